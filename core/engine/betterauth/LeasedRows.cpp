#include "core/engine/betterauth/LeasedRows.h"

namespace rollcall::engine::betterauth {

using base::Call;
using base::fail;
using base::Instant;
using base::Result;
using base::Status;
using jose::JsonValue;

void LeasedRows::prefetch(std::span<const QByteArrayView> tokens, const Call &call)
{
    auto found = findMany(tokens, call);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (found)
            m_prefetched.insert_or_assign(tokens[i].toByteArray(), found->at(i));
        else
            m_prefetched.insert_or_assign(tokens[i].toByteArray(), fail(found.error()));
    }
}

Result<std::optional<SessionAndUser>> LeasedRows::find(QByteArrayView token, const Call &call)
{
    if (const auto known = m_prefetched.find(token.toByteArray()); known != m_prefetched.end())
        return known->second;
    const auto rows = m_lease.get(call);
    return rows ? (*rows)->find(token, call) : fail(rows.error());
}

Result<std::vector<std::optional<SessionAndUser>>> LeasedRows::findMany(std::span<const QByteArrayView> tokens,
                                                                        const Call &call)
{
    const auto rows = m_lease.get(call);
    return rows ? (*rows)->findMany(tokens, call) : fail(rows.error());
}

Result<std::optional<JsonValue>> LeasedRows::renew(QByteArrayView token, Instant expiresAt, Instant updatedAt,
                                                   const Call &call)
{
    m_prefetched.erase(token.toByteArray());
    const auto rows = m_lease.get(call);
    return rows ? (*rows)->renew(token, expiresAt, updatedAt, call) : fail(rows.error());
}

Status LeasedRows::remove(QByteArrayView token, const Call &call)
{
    m_prefetched.erase(token.toByteArray());
    const auto rows = m_lease.get(call);
    return rows ? (*rows)->remove(token, call) : fail(rows.error());
}

Status LeasedRows::end(QByteArrayView token, Instant now, const Call &call)
{
    m_prefetched.erase(token.toByteArray());
    const auto rows = m_lease.get(call);
    return rows ? (*rows)->end(token, now, call) : fail(rows.error());
}

Result<std::optional<QString>> LeasedStorage::get(const QString &key, const Call &call)
{
    const auto storage = m_lease.get(call);
    return storage ? (*storage)->get(key, call) : fail(storage.error());
}

Status LeasedStorage::set(const QString &key, const QString &text, std::chrono::seconds ttl, const Call &call)
{
    const auto storage = m_lease.get(call);
    return storage ? (*storage)->set(key, text, ttl, call) : fail(storage.error());
}

Status LeasedStorage::remove(const QString &key, const Call &call)
{
    const auto storage = m_lease.get(call);
    return storage ? (*storage)->remove(key, call) : fail(storage.error());
}

} // namespace rollcall::engine::betterauth
