#pragma once

#include <memory>
#include <span>

#include "core/base/Call.h"
#include "core/http/HttpClient.h"
#include "core/redis/RedisUrl.h"
#include "core/redis/RespFramer.h"

namespace rollcall::redis {

/// A way to a Redis server: commands in, replies out.
/// **Thread-safety:** one object belongs to one thread at a time.
class RedisChannel
{
public:
    RedisChannel() = default;
    virtual ~RedisChannel() = default;
    RedisChannel(const RedisChannel &) = delete;
    RedisChannel &operator=(const RedisChannel &) = delete;

    /// Sends @p commands in one go and answers their replies in order; a command that the server refuses is a reply of
    /// kind Error, while the others are carried out. Connects where there is no connection. Where a connection kept
    /// from before proves dead before any reply, it is tried once more on a new one if isRepeatable() of every command.
    /// Blocks within @p call. Errors: HostNotFound, ConnectRefused, ConnectTimeout, ConnectionLost, TlsFailed,
    /// AuthenticationFailed, PermissionDenied, InsecureTransport, NotADatabase (another protocol), HttpTooLarge,
    /// HttpMalformed, DeploymentStatus, DatabaseUnavailable, Timeout, Cancelled, FileUnreadable and FileFormatInvalid
    /// (CA file, client certificate), UrlInvalid (a client certificate without its key), Overloaded.
    [[nodiscard]] virtual base::Result<std::vector<RedisReply>> pipeline(std::span<const RedisCommand> commands,
                                                                         const base::Call &call) = 0;

    /// One command; a refusal of the server is an error here (see refusal()).
    [[nodiscard]] base::Result<RedisReply> send(const RedisCommand &command, const base::Call &call);
};

/// True for commands that may be carried out twice without harm: all that only read, and those that set or remove what
/// is named. A counter's increment is not.
[[nodiscard]] bool isRepeatable(const RedisCommand &command);

/// A reply of kind Error as an error: AuthenticationFailed (NOAUTH, WRONGPASS, …), PermissionDenied (NOPERM; no Table),
/// DatabaseUnavailable (LOADING, OOM, READONLY, …), else StatementFailed. Of the server's text only the leading code is
/// taken over, as the rest may repeat arguments.
[[nodiscard]] base::Error refusal(const RedisReply &reply, const QString &host);

/// The channel for @p url: RespChannel or UpstashChannel. Of @p options caFile, insecureHosts and timeout (of one
/// pipeline, connecting included) matter. Never blocks: the connection is made with the first command.
[[nodiscard]] std::unique_ptr<RedisChannel> makeChannel(RedisUrl url, http::HttpOptions options);

} // namespace rollcall::redis
