#pragma once

#include "core/redis/RedisUrl.h"
#include "tests/support/ScriptedServer.h"

namespace rollcall::test {

/// Upstash's REST interface in front of a Redis server: takes `POST /pipeline` with the right bearer token, as the real
/// service documents it. **Thread-safety:** as ScriptedServer.
class UpstashServer final
{
public:
    /// @p behind: the server that carries the commands out.
    explicit UpstashServer(redis::RedisUrl behind);

    /// Its address as connections are given it, with the token.
    [[nodiscard]] QByteArray address() const;

private:
    redis::RedisUrl m_behind;
    ScriptedServer m_server;
};

} // namespace rollcall::test
