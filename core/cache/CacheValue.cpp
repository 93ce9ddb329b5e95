#include "core/cache/CacheValue.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>

#include "core/jose/JsonText.h"

namespace rollcall::cache {

namespace {

constexpr int formVersion = 2;
constexpr double furthest = 8.64e15; // the last millisecond of JavaScript's calendar

constexpr char tokenMark = '\x1a'; // a control character: JSON texts hold none in their strings

constexpr QLatin1String sessionKey("session");
constexpr QLatin1String reasonKey("reason");
constexpr QLatin1String userKey("user");
constexpr QLatin1String expiresKey("expires");

/// @p token as it stands inside a string of a JSON text.
QByteArray asInJson(QByteArrayView token)
{
    return jose::printJson(jose::JsonValue(QString::fromUtf8(token))).chopped(1).sliced(1);
}

/// The text of @p session without the token: a server that others may read must not hold what opens a session.
QByteArray withoutToken(QByteArray session, QByteArrayView token)
{
    if (!token.isEmpty())
        session.replace(asInJson(token), QByteArrayView(&tokenMark, 1));
    return session;
}

QByteArray withToken(QByteArray session, QByteArrayView token)
{
    if (session.contains(tokenMark))
        session.replace(QByteArrayView(&tokenMark, 1), asInJson(token));
    return session;
}

std::optional<quint32> tagOf(const QJsonValue &value)
{
    const double number = value.toDouble(-1);
    if (number < 1 || number > std::numeric_limits<quint32>::max() || std::trunc(number) != number)
        return std::nullopt;
    return static_cast<quint32>(number);
}

} // namespace

QByteArray encodeCacheValue(const CacheValue &value, QByteArrayView token)
{
    QJsonObject object{{QStringLiteral("v"), formVersion},
                       {QStringLiteral("g"), qint64{value.tags.all}},
                       {QStringLiteral("a"), qint64{value.tags.absences}},
                       {QStringLiteral("f"), QString::fromLatin1(value.form)},
                       {QStringLiteral("t"), QString::fromLatin1(value.digest)}};
    const SessionCache::Entry &entry = value.entry;
    if (entry.session)
        object.insert(sessionKey, QString::fromUtf8(withoutToken(*entry.session, token)));
    else if (entry.reason)
        object.insert(reasonKey, session::nullReasonName(*entry.reason));
    if (!entry.userId.isEmpty())
        object.insert(userKey, entry.userId);
    if (entry.sessionExpires)
        object.insert(expiresKey, qint64{entry.sessionExpires->time_since_epoch().count()});
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

std::optional<CacheValue> decodeCacheValue(const QByteArray &text, QByteArrayView token)
{
    const QJsonObject object = QJsonDocument::fromJson(text).object();
    const auto all = tagOf(object.value(QStringLiteral("g")));
    const auto absences = tagOf(object.value(QStringLiteral("a")));
    const QJsonValue form = object.value(QStringLiteral("f"));
    const QJsonValue digest = object.value(QStringLiteral("t"));
    if (object.value(QStringLiteral("v")).toInt() != formVersion || !all || !absences || !form.isString() ||
        !digest.isString())
        return std::nullopt;
    CacheValue value{{}, {*all, *absences}, form.toString().toLatin1(), digest.toString().toLatin1()};
    const QJsonValue session = object.value(sessionKey);
    const QJsonValue reason = object.value(reasonKey);
    if (session.isString() == reason.isString())
        return std::nullopt;
    if (session.isString()) {
        value.entry.session = withToken(session.toString().toUtf8(), token);
    } else {
        value.entry.reason = session::nullReasonOf(reason.toString());
        if (!value.entry.reason)
            return std::nullopt;
    }
    const QJsonValue user = object.value(userKey);
    const QJsonValue expires = object.value(expiresKey);
    if (!(user.isUndefined() || user.isString()) || !(expires.isUndefined() || expires.isDouble()))
        return std::nullopt;
    value.entry.userId = user.toString();
    if (expires.isDouble()) {
        if (!(std::abs(expires.toDouble()) <= furthest))
            return std::nullopt;
        value.entry.sessionExpires = base::Instant(std::chrono::milliseconds(expires.toInteger()));
    }
    return value;
}

} // namespace rollcall::cache
