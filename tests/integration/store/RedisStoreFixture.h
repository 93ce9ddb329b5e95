#pragma once

#include <memory>

#include "tests/integration/store/StoreFixtures.h"
#include "tests/support/RedisFixtures.h"
#include "tests/support/RedisServer.h"

namespace rollcall::test {

/// The time at which the sessions of Better Auth's fixture live.
[[nodiscard]] base::Instant betterAuthNow();
/// @p keys with @p prefix in front of all, and in the values that name keys.
[[nodiscard]] RedisKeys behind(const QByteArray &prefix, const RedisKeys &keys);
/// The adapter's keys under names of a deployment's own.
[[nodiscard]] RedisKeys renamed(const RedisKeys &keys);

/// A Redis server with the keys of the Upstash-Redis adapter or of Better Auth's secondary storage, for the tests of
/// their store. **Thread-safety:** one thread.
class RedisStoreFixture
{
protected:
    /// A call with time enough for a loaded machine, valid until the next.
    [[nodiscard]] static const base::Call &soon();
    [[nodiscard]] static store::RowKey keyOf(const QByteArray &token, const QString &userId);

    /// Starts the server; what went wrong, empty for nothing.
    [[nodiscard]] QString start();
    [[nodiscard]] QByteArray address() const { return "redis://127.0.0.1:" + QByteArray::number(m_server->port()); }
    [[nodiscard]] store::DatabaseUrl url() const { return databaseAt(address()); }
    /// Fails the running test where it cannot.
    void load(const RedisKeys &keys) const;
    /// Null, with a warning, where the layout is not found.
    [[nodiscard]] std::unique_ptr<store::SessionStore> open(store::Access access = store::Access::ReadOnly,
                                                            const store::StoreOptions &options = {}) const;

    std::unique_ptr<RedisServer> m_server;
    const RedisKeys m_adapters = redisFixture(QStringLiteral("upstash-redis-adapter-redis"));
    const RedisKeys m_betterAuth = redisFixture(QStringLiteral("better-auth-secondary-storage-redis"));
};

} // namespace rollcall::test
