#pragma once

#include "core/base/Clock.h"
#include "core/engine/betterauth/SessionRows.h"
#include "core/store/SessionStore.h"

namespace rollcall::engine::betterauth {

/// The rows of a connected database, as far as a SessionStore knows their columns: of the session token, expiresAt,
/// userId and id; of the user name, email, image and id. Errors: the store's. **Thread-safety:** the store's.
class StoreRows final : public SessionRows
{
public:
    /// Both are borrowed.
    StoreRows(store::SessionStore &store, const base::Clock &clock) : m_store(store), m_clock(clock) {}

    [[nodiscard]] base::Result<std::optional<SessionAndUser>> find(QByteArrayView token,
                                                                   const base::Call &call) override;
    /// Only `expiresAt` reaches the database: the store knows no `updatedAt`.
    [[nodiscard]] base::Result<std::optional<jose::JsonValue>>
    renew(QByteArrayView token, base::Instant expiresAt, base::Instant updatedAt, const base::Call &call) override;
    /// Removes the row if it is over: resolving never removes another.
    [[nodiscard]] base::Status remove(QByteArrayView token, const base::Call &call) override;
    [[nodiscard]] base::Status end(QByteArrayView token, base::Instant now, const base::Call &call) override;

private:
    store::SessionStore &m_store;
    const base::Clock &m_clock;
};

/// No rows at all: of a deployment to whose database there is no connection. All functions fail.
class UnconnectedRows final : public SessionRows
{
public:
    [[nodiscard]] base::Result<std::optional<SessionAndUser>> find(QByteArrayView token,
                                                                   const base::Call &call) override;
    [[nodiscard]] base::Result<std::optional<jose::JsonValue>>
    renew(QByteArrayView token, base::Instant expiresAt, base::Instant updatedAt, const base::Call &call) override;
    [[nodiscard]] base::Status remove(QByteArrayView token, const base::Call &call) override;
    [[nodiscard]] base::Status end(QByteArrayView token, base::Instant now, const base::Call &call) override;
};

} // namespace rollcall::engine::betterauth
