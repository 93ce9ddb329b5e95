#include "core/engine/betterauth/StoreRows.h"

#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/Observing.h"

namespace rollcall::engine::betterauth {

namespace {

using base::Call;
using base::fail;
using base::Instant;
using base::Result;
using base::Status;
using jose::JsonValue;

JsonValue textOrNull(const std::optional<QString> &text)
{
    return text ? JsonValue(*text) : JsonValue();
}

base::Error unconnected()
{
    return base::Error(base::ErrorCode::Unconfigured)
        .with(base::ErrorParam::Detail, QStringLiteral("no database is connected"));
}

} // namespace

Result<std::optional<SessionAndUser>> StoreRows::find(QByteArrayView token, const Call &call)
{
    const auto row = m_store.lookup(token, call);
    if (!row)
        return fail(row.error());
    if (!*row)
        return std::nullopt;
    SessionAndUser found;
    found.session = JsonValue(JsonValue::Object());
    // An end that cannot be read is what the library's adapter would make an Invalid Date of.
    found.session.set(QStringLiteral("expiresAt"), (*row)->expires ? dateJson(milliseconds(*(*row)->expires))
                                                                   : JsonValue(QStringLiteral("unreadable")));
    found.session.set(QStringLiteral("token"), JsonValue(QString::fromUtf8(token)));
    found.session.set(QStringLiteral("userId"), textOrNull((*row)->userId));
    if ((*row)->sessionId)
        found.session.set(QStringLiteral("id"), JsonValue(*(*row)->sessionId));
    if (!(*row)->hasUser)
        return found;
    found.user = JsonValue(JsonValue::Object());
    found.user->set(QStringLiteral("name"), textOrNull((*row)->userName));
    found.user->set(QStringLiteral("email"), textOrNull((*row)->userEmail));
    found.user->set(QStringLiteral("image"), textOrNull((*row)->userImage));
    found.user->set(QStringLiteral("id"), textOrNull((*row)->userId));
    return found;
}

Result<std::optional<JsonValue>> StoreRows::renew(QByteArrayView token, Instant expiresAt, Instant updatedAt,
                                                  const Call &call)
{
    if (const auto extended = m_store.extend(token, expiresAt, call); !extended)
        return fail(extended.error());
    auto row = find(token, call);
    if (!row)
        return fail(row.error());
    return *row ? std::optional(renewedRow(std::move((*row)->session), expiresAt, updatedAt)) : std::nullopt;
}

Status StoreRows::remove(QByteArrayView token, const Call &call)
{
    return m_store.deleteExpired(token, m_clock.now(), call);
}

Status StoreRows::end(QByteArrayView token, Instant now, const Call &call)
{
    return m_store.extend(token, now, call);
}

Result<std::optional<SessionAndUser>> UnconnectedRows::find(QByteArrayView, const Call &)
{
    return fail(unconnected());
}

Result<std::optional<JsonValue>> UnconnectedRows::renew(QByteArrayView, Instant, Instant, const Call &)
{
    return fail(unconnected());
}

Status UnconnectedRows::remove(QByteArrayView, const Call &)
{
    return fail(unconnected());
}

Status UnconnectedRows::end(QByteArrayView, Instant, const Call &)
{
    return fail(unconnected());
}

} // namespace rollcall::engine::betterauth
