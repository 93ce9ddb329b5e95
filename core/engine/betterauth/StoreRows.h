#pragma once

#include "core/base/Clock.h"
#include "core/engine/betterauth/SessionRows.h"
#include "core/store/SessionStore.h"

namespace rollcall::engine::betterauth {

/// The rows of a connected database, with all columns that its tables have. Errors: the store's. **Thread-safety:** the
/// store's.
class StoreRows final : public SessionRows
{
public:
    /// Both are borrowed.
    StoreRows(store::SessionStore &store, const base::Clock &clock) : m_store(store), m_clock(clock) {}

    [[nodiscard]] base::Result<std::optional<SessionAndUser>> find(QByteArrayView token,
                                                                   const base::Call &call) override;
    [[nodiscard]] base::Result<std::vector<std::optional<SessionAndUser>>>
    findMany(std::span<const QByteArrayView> tokens, const base::Call &call) override;
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
    [[nodiscard]] base::Result<std::vector<std::optional<SessionAndUser>>>
    findMany(std::span<const QByteArrayView> tokens, const base::Call &call) override;
    [[nodiscard]] base::Result<std::optional<jose::JsonValue>>
    renew(QByteArrayView token, base::Instant expiresAt, base::Instant updatedAt, const base::Call &call) override;
    [[nodiscard]] base::Status remove(QByteArrayView token, const base::Call &call) override;
    [[nodiscard]] base::Status end(QByteArrayView token, base::Instant now, const base::Call &call) override;
};

/// Secondary storage to which there is no connection. All functions fail.
class UnconnectedStorage final : public SecondaryStorage
{
public:
    [[nodiscard]] base::Result<std::optional<QString>> get(const QString &key, const base::Call &call) override;
    [[nodiscard]] base::Status set(const QString &key, const QString &text, std::chrono::seconds ttl,
                                   const base::Call &call) override;
    [[nodiscard]] base::Status remove(const QString &key, const base::Call &call) override;
};

} // namespace rollcall::engine::betterauth
