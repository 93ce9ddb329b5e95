#include "core/engine/betterauth/Observing.h"

#include "core/engine/betterauth/JsDate.h"

namespace rollcall::engine::betterauth {

using base::Call;
using base::fail;
using base::Instant;
using base::Result;
using base::Status;
using jose::JsonValue;

JsonValue renewedRow(JsonValue row, Instant expiresAt, Instant updatedAt)
{
    row.set(QStringLiteral("expiresAt"), dateJson(milliseconds(expiresAt)));
    row.set(QStringLiteral("updatedAt"), dateJson(milliseconds(updatedAt)));
    return row;
}

Result<std::optional<SessionAndUser>> ObservedRows::find(QByteArrayView token, const Call &call)
{
    return m_rows.find(token, call);
}

Result<std::vector<std::optional<SessionAndUser>>> ObservedRows::findMany(std::span<const QByteArrayView> tokens,
                                                                          const Call &call)
{
    return m_rows.findMany(tokens, call);
}

Result<std::optional<JsonValue>> ObservedRows::renew(QByteArrayView token, Instant expiresAt, Instant updatedAt,
                                                     const Call &call)
{
    auto row = m_rows.find(token, call);
    if (!row)
        return fail(row.error());
    return *row ? std::optional(renewedRow(std::move((*row)->session), expiresAt, updatedAt)) : std::nullopt;
}

Status ObservedRows::remove(QByteArrayView, const Call &)
{
    return {};
}

Status ObservedRows::end(QByteArrayView, Instant, const Call &)
{
    return {};
}

Result<std::optional<QString>> ObservedStorage::get(const QString &key, const Call &call)
{
    return m_storage.get(key, call);
}

Status ObservedStorage::set(const QString &, const QString &, std::chrono::seconds, const Call &)
{
    return {};
}

Status ObservedStorage::remove(const QString &, const Call &)
{
    return {};
}

} // namespace rollcall::engine::betterauth
