#include "core/engine/betterauth/LeasedRows.h"

#include "core/engine/RowCount.h"

namespace rollcall::engine::betterauth {

using base::Call;
using base::fail;
using base::Instant;
using base::Result;
using base::Status;
using jose::JsonValue;

void LeasedRows::prefetch(std::span<const QByteArrayView> tokens, const Call &call)
{
    auto found = oneForEach(tokens.size(), findMany(tokens, call));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (found)
            m_prefetched.insert_or_assign(base::SecretBytes(tokens[i]), found->at(i));
        else
            m_prefetched.insert_or_assign(base::SecretBytes(tokens[i]), fail(found.error()));
    }
}

void LeasedRows::forget(QByteArrayView token)
{
    if (const auto known = m_prefetched.find(token); known != m_prefetched.end())
        m_prefetched.erase(known);
}

Result<std::optional<SessionAndUser>> LeasedRows::find(QByteArrayView token, const Call &call)
{
    if (const auto known = m_prefetched.find(token); known != m_prefetched.end())
        return known->second;
    return m_lease.read(call, [&](SessionRows &rows) { return rows.find(token, call); });
}

Result<std::vector<std::optional<SessionAndUser>>> LeasedRows::findMany(std::span<const QByteArrayView> tokens,
                                                                        const Call &call)
{
    return m_lease.read(call, [&](SessionRows &rows) { return rows.findMany(tokens, call); });
}

Result<std::optional<JsonValue>> LeasedRows::renew(QByteArrayView token, Instant expiresAt, Instant updatedAt,
                                                   const Call &call)
{
    forget(token);
    return m_lease.ask(call, [&](SessionRows &rows) { return rows.renew(token, expiresAt, updatedAt, call); });
}

Status LeasedRows::remove(QByteArrayView token, const Call &call)
{
    forget(token);
    return m_lease.ask(call, [&](SessionRows &rows) { return rows.remove(token, call); });
}

Status LeasedRows::end(QByteArrayView token, Instant now, const Call &call)
{
    forget(token);
    return m_lease.ask(call, [&](SessionRows &rows) { return rows.end(token, now, call); });
}

Result<std::optional<QString>> LeasedStorage::get(const QString &key, const Call &call)
{
    return m_lease.read(call, [&](SecondaryStorage &storage) { return storage.get(key, call); });
}

Status LeasedStorage::set(const QString &key, const QString &text, std::chrono::seconds ttl, const Call &call)
{
    return m_lease.ask(call, [&](SecondaryStorage &storage) { return storage.set(key, text, ttl, call); });
}

Status LeasedStorage::remove(const QString &key, const Call &call)
{
    return m_lease.ask(call, [&](SecondaryStorage &storage) { return storage.remove(key, call); });
}

} // namespace rollcall::engine::betterauth
