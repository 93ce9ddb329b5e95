#pragma once

#include <memory>

#include "core/engine/betterauth/SessionRows.h"
#include "core/redis/RedisChannel.h"

namespace rollcall::engine::betterauth {

/// Better Auth's secondary storage in a Redis database, as its documentation shows it: `GET`, `SET` with `EX` where
/// there is a time to live, `DEL`. **Source:** better-auth.com/docs/concepts/database#secondary-storage;
/// facts/database-schemas.md §6. **Thread-safety:** as SecondaryStorage. Errors: those of RedisChannel::send().
class RedisStorage final : public SecondaryStorage
{
public:
    /// @p prefix: what the deployment puts before its keys; the library has none of its own.
    explicit RedisStorage(std::unique_ptr<redis::RedisChannel> channel, QByteArray prefix = {})
        : m_channel(std::move(channel)), m_prefix(std::move(prefix))
    {}

    [[nodiscard]] base::Result<std::optional<QString>> get(const QString &key, const base::Call &call) override;
    /// With a @p ttl of 0 the text stays until it is removed.
    [[nodiscard]] base::Status set(const QString &key, const QString &text, std::chrono::seconds ttl,
                                   const base::Call &call) override;
    [[nodiscard]] base::Status remove(const QString &key, const base::Call &call) override;

private:
    std::unique_ptr<redis::RedisChannel> m_channel;
    const QByteArray m_prefix;
};

} // namespace rollcall::engine::betterauth
