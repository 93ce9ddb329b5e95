#include "core/engine/DefaultCallbacks.h"

namespace rollcall::engine {

namespace {

using jose::JsonValue;

QByteArray sessionText(JsonValue::Object user, base::Instant expires)
{
    JsonValue::Object session;
    session.push_back({QStringLiteral("user"), JsonValue(std::move(user))});
    session.push_back({QStringLiteral("expires"), JsonValue(base::toIso(expires))});
    return jose::printJson(JsonValue(std::move(session)));
}

JsonValue textOrNull(const std::optional<QString> &text)
{
    return text ? JsonValue(*text) : JsonValue();
}

} // namespace

QByteArray sessionOfClaims(const jose::Claims &claims, base::Instant expires)
{
    QByteArray text("{\"user\":{");
    bool first = true;
    const auto copy = [&](const char *start, QByteArrayView claim) {
        const QByteArrayView value = claims.raw(claim);
        if (value.isEmpty())
            return;
        if (!first)
            text.append(',');
        first = false;
        text.append(start).append(value);
    };
    copy("\"name\":", "name");
    copy("\"email\":", "email");
    copy("\"image\":", "picture");
    return text.append("},\"expires\":\"").append(base::toIso(expires).toLatin1()).append("\"}");
}

QByteArray sessionOfRow(const store::SessionRow &row, base::Instant expires)
{
    JsonValue::Object user;
    user.push_back({QStringLiteral("name"), textOrNull(row.userName)});
    user.push_back({QStringLiteral("email"), textOrNull(row.userEmail)});
    user.push_back({QStringLiteral("image"), textOrNull(row.userImage)});
    return sessionText(std::move(user), expires);
}

} // namespace rollcall::engine
