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

QByteArray sessionOfClaims(const JsonValue &claims, base::Instant expires)
{
    JsonValue::Object user;
    const auto copy = [&](const QString &member, QStringView claim) {
        if (const JsonValue *value = claims.find(claim))
            user.push_back({member, *value});
    };
    copy(QStringLiteral("name"), u"name");
    copy(QStringLiteral("email"), u"email");
    copy(QStringLiteral("image"), u"picture");
    return sessionText(std::move(user), expires);
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
