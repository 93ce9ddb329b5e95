#pragma once

#include "core/redis/RedisChannel.h"

namespace rollcall::redis {

/// An Upstash Redis database over its REST interface: commands as JSON arrays by POST, answered as JSON. Values are
/// text: bytes that are not UTF-8 do not survive.
/// **Source:** upstash.com/docs/redis/features/restapi ("POST Command in Body", "Pipelining", "HTTP Codes").
/// **Thread-safety:** one object belongs to one thread at a time.
class UpstashChannel final : public RedisChannel
{
public:
    /// @p options: see makeChannel().
    UpstashChannel(RedisUrl url, http::HttpOptions options);

    [[nodiscard]] base::Result<std::vector<RedisReply>> pipeline(std::span<const RedisCommand> commands,
                                                                 const base::Call &call) override;

private:
    [[nodiscard]] base::Result<std::vector<RedisReply>> readAnswer(const http::HttpResponse &response,
                                                                   std::size_t commands) const;

    RedisUrl m_url;
    QStringList m_insecureHosts;
    http::HttpClient m_client;
};

} // namespace rollcall::redis
