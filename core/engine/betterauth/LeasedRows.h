#pragma once

#include <map>

#include "core/base/Secret.h"
#include "core/engine/Pool.h"
#include "core/engine/betterauth/SessionRows.h"

namespace rollcall::engine::betterauth {

/// Rows of a shared pool, taken at the first need: what a cookie cache answers asks no database. Rows that were looked
/// up together beforehand are answered from memory until they change. **Thread-safety:** one object, one thread.
/// Errors: those of taking a connection, and the rows' own.
class LeasedRows final : public SessionRows
{
public:
    /// @p pool outlives the object.
    explicit LeasedRows(Pool<SessionRows> &pool) : m_lease(pool) {}

    /// Looks up @p tokens together. A failure, or another number of rows, is answered as an Error to all that ask for
    /// one of them.
    void prefetch(std::span<const QByteArrayView> tokens, const base::Call &call);

    [[nodiscard]] base::Result<std::optional<SessionAndUser>> find(QByteArrayView token,
                                                                   const base::Call &call) override;
    [[nodiscard]] base::Result<std::vector<std::optional<SessionAndUser>>>
    findMany(std::span<const QByteArrayView> tokens, const base::Call &call) override;
    [[nodiscard]] base::Result<std::optional<jose::JsonValue>>
    renew(QByteArrayView token, base::Instant expiresAt, base::Instant updatedAt, const base::Call &call) override;
    [[nodiscard]] base::Status remove(QByteArrayView token, const base::Call &call) override;
    [[nodiscard]] base::Status end(QByteArrayView token, base::Instant now, const base::Call &call) override;

private:
    /// Order of tokens, in which one is found by a view of it.
    struct ByBytes
    {
        using is_transparent = void;
        static QByteArrayView bytesOf(QByteArrayView token) { return token; }
        static QByteArrayView bytesOf(const base::SecretBytes &token) { return token.view(); }
        template <typename A, typename B>
        bool operator()(const A &a, const B &b) const
        {
            return bytesOf(a) < bytesOf(b);
        }
    };

    /// A row that changes is looked up anew.
    void forget(QByteArrayView token);

    LazyLease<SessionRows> m_lease;
    std::map<base::SecretBytes, base::Result<std::optional<SessionAndUser>>, ByBytes> m_prefetched; ///< by token
};

/// Secondary storage of a shared pool, taken at the first need. **Thread-safety:** one object, one thread.
class LeasedStorage final : public SecondaryStorage
{
public:
    /// @p pool outlives the object.
    explicit LeasedStorage(Pool<SecondaryStorage> &pool) : m_lease(pool) {}

    [[nodiscard]] base::Result<std::optional<QString>> get(const QString &key, const base::Call &call) override;
    [[nodiscard]] base::Status set(const QString &key, const QString &text, std::chrono::seconds ttl,
                                   const base::Call &call) override;
    [[nodiscard]] base::Status remove(const QString &key, const base::Call &call) override;

private:
    LazyLease<SecondaryStorage> m_lease;
};

} // namespace rollcall::engine::betterauth
