#include "core/http/HarReader.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>

#include "core/base/FileError.h"

namespace rollcall::http {

namespace {

tl::unexpected<base::Error> invalid(const QString &origin, const QString &detail)
{
    return base::fail(base::fileError(base::ErrorCode::FileFormatInvalid, origin, detail));
}

/// What is wrong with an entry, by its path in the file; empty where nothing is.
QString readEntry(const QJsonObject &json, HarEntry &entry)
{
    const QJsonObject request = json.value(QStringLiteral("request")).toObject();
    const QJsonObject response = json.value(QStringLiteral("response")).toObject();
    const QDateTime started =
        QDateTime::fromString(json.value(QStringLiteral("startedDateTime")).toString(), Qt::ISODateWithMs);
    if (!started.isValid())
        return QStringLiteral("startedDateTime is no time");
    entry.startedAt = base::Instant(std::chrono::milliseconds(started.toMSecsSinceEpoch()));
    const double milliseconds = json.value(QStringLiteral("time")).toDouble(-1);
    constexpr double longest = 1e9; // 11 days: more is a mistake
    if (!(milliseconds >= -1 && milliseconds < longest))
        return QStringLiteral("time is no duration");
    entry.duration = std::chrono::nanoseconds(std::llround(std::max(0.0, milliseconds) * 1e6));
    entry.method = request.value(QStringLiteral("method")).toString().toUtf8();
    const QUrl url(request.value(QStringLiteral("url")).toString());
    if (entry.method.isEmpty() || !url.isValid() || url.scheme().isEmpty())
        return QStringLiteral("request.url is no address");
    entry.url = url.adjusted(QUrl::RemoveQuery | QUrl::RemoveFragment | QUrl::RemoveUserInfo);
    entry.status = response.value(QStringLiteral("status")).toInt();
    entry.mimeType = response.value(QStringLiteral("content"))
                         .toObject()
                         .value(QStringLiteral("mimeType"))
                         .toString()
                         .section(QLatin1Char(';'), 0, 0)
                         .trimmed()
                         .toLower();
    entry.resourceType = json.value(QStringLiteral("_resourceType")).toString();
    entry.page = json.value(QStringLiteral("pageref")).toString();
    return {};
}

} // namespace

base::Result<std::vector<HarEntry>> readHar(const QByteArray &json, const QString &origin)
{
    QJsonParseError problem;
    const QJsonDocument parsed = QJsonDocument::fromJson(json, &problem);
    if (problem.error != QJsonParseError::NoError)
        return invalid(origin,
                       QStringLiteral("not JSON (%1 at byte %2)").arg(problem.errorString()).arg(problem.offset));
    const QJsonValue list = parsed.object().value(QStringLiteral("log")).toObject().value(QStringLiteral("entries"));
    if (!list.isArray())
        return invalid(origin, QStringLiteral("not a HAR file: it has no log.entries"));
    std::vector<HarEntry> entries;
    const QJsonArray array = list.toArray();
    for (qsizetype i = 0; i < array.size(); ++i) {
        HarEntry entry;
        if (const QString fault = readEntry(array.at(i).toObject(), entry); !fault.isEmpty())
            return invalid(origin, QStringLiteral("log.entries[%1]: %2").arg(QString::number(i), fault));
        if (entry.url.scheme() == QLatin1String("http") || entry.url.scheme() == QLatin1String("https"))
            entries.push_back(std::move(entry));
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const HarEntry &a, const HarEntry &b) { return a.startedAt < b.startedAt; });
    return entries;
}

} // namespace rollcall::http
