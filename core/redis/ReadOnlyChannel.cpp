#include "core/redis/ReadOnlyChannel.h"

#include <algorithm>
#include <array>

namespace rollcall::redis {

bool isReadCommand(const RedisCommand &command)
{
    // Nothing with a form that writes or blocks (SORT … STORE, GETEX, EVAL), and nothing that tells what others do.
    static constexpr std::array names{"DBSIZE", "EXISTS", "GET",    "INFO", "MGET", "PING",
                                      "PTTL",   "SCAN",   "STRLEN", "TIME", "TTL",  "TYPE"};
    return !command.empty() &&
           std::ranges::any_of(names, [&](const char *name) { return command.front().toUpper() == name; });
}

base::Result<std::vector<RedisReply>> ReadOnlyChannel::pipeline(std::span<const RedisCommand> commands,
                                                                const base::Call &call)
{
    const auto refused = std::ranges::find_if_not(commands, isReadCommand);
    if (refused != commands.end()) {
        return base::fail(
            base::Error(base::ErrorCode::WriteRefused)
                .with(base::ErrorParam::Detail, QStringLiteral("this connection to Redis is for reading only")));
    }
    return m_channel.pipeline(commands, call);
}

} // namespace rollcall::redis
