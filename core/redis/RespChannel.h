#pragma once

#include "core/http/StreamSocket.h"
#include "core/redis/RedisChannel.h"

namespace rollcall::redis {

/// A connection to a Redis server in RESP2, over TCP or verified TLS. It signs in (AUTH) and chooses the database
/// (SELECT) by itself.
/// **Thread-safety:** one object belongs to one thread at a time.
class RespChannel final : public RedisChannel
{
public:
    /// @p options: see makeChannel().
    RespChannel(RedisUrl url, http::HttpOptions options);

    [[nodiscard]] base::Result<std::vector<RedisReply>> pipeline(std::span<const RedisCommand> commands,
                                                                 const base::Call &call) override;

private:
    /// What one attempt came to. `dead`: the connection ended before any byte of a reply.
    struct Failure
    {
        base::Error error;
        bool dead = false;
    };
    using Exchange = tl::expected<std::vector<RedisReply>, Failure>;

    [[nodiscard]] base::Status connect(const base::Call &call);
    /// Has the socket show our certificate, where the address names one.
    [[nodiscard]] base::Status presentCertificate();
    /// @p error of a new connection as what it says of our certificate; @p isDead: it ended before any byte of a reply.
    [[nodiscard]] base::Error explainRefusal(base::Error error, bool isDead) const;
    [[nodiscard]] Exchange exchange(std::span<const RedisCommand> commands, const base::Call &call);

    RedisUrl m_url;
    http::HttpOptions m_options;
    http::Origin m_origin;
    http::StreamSocket m_socket;
    bool m_presents = false; ///< the socket has our certificate
};

} // namespace rollcall::redis
