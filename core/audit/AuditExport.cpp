#include "core/audit/AuditExport.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <limits>

#include "core/base/CsvText.h"
#include "core/base/DurableFile.h"

namespace rollcall::audit {

namespace {

/// JSON text of any value.
QByteArray jsonText(const QJsonValue &value)
{
    // QJsonDocument writes arrays and objects only: the brackets around the one element are cut off again.
    const QByteArray wrapped = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return wrapped.sliced(1, wrapped.size() - 2);
}

QByteArray asJson(const std::vector<AuditEntry> &entries)
{
    QByteArrayList elements;
    for (const AuditEntry &entry : entries) {
        const QJsonObject json = entry.toJson();
        QByteArrayList members;
        for (const QString &name : exportedMembers())
            members << jsonText(name) + ':' + jsonText(json.value(name));
        elements << '{' + members.join(',') + '}';
    }
    return "{\"entries\":[" + elements.join(',') + "]}\n";
}

QByteArray asCsv(const std::vector<AuditEntry> &entries)
{
    QByteArray text = exportedMembers().join(QLatin1Char(',')).toUtf8() + '\n';
    for (const AuditEntry &entry : entries) {
        const QJsonObject json = entry.toJson();
        QByteArrayList cells;
        for (const QString &name : exportedMembers()) {
            const QJsonValue value = json.value(name);
            cells << (value.isNull()     ? QByteArray()
                      : value.isString() ? base::csvCell(value.toString())
                                         : base::csvCell(QString::fromUtf8(jsonText(value))));
        }
        text += cells.join(',') + '\n';
    }
    return text;
}

} // namespace

const QStringList &exportedMembers()
{
    static const QStringList members{
        QStringLiteral("seq"),        QStringLiteral("at"),           QStringLiteral("operation"),
        QStringLiteral("phase"),      QStringLiteral("action"),       QStringLiteral("actor"),
        QStringLiteral("connection"), QStringLiteral("reason"),       QStringLiteral("planDigest"),
        QStringLiteral("counts"),     QStringLiteral("verification"), QStringLiteral("hash")};
    return members;
}

base::Result<qint64> exportLog(const AuditLog &log, ExportForm form, const QString &path)
{
    const auto entries = log.list(0, std::numeric_limits<int>::max());
    if (!entries)
        return base::fail(entries.error());
    const QByteArray bytes = form == ExportForm::Csv ? asCsv(*entries) : asJson(*entries);
    if (auto written = base::replaceFile(path, bytes, base::ErrorCode::FileUnwritable); !written)
        return base::fail(std::move(written.error()));
    return static_cast<qint64>(entries->size());
}

} // namespace rollcall::audit
