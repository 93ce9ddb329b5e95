#pragma once

#include "core/redis/RedisChannel.h"

namespace rollcall::redis {

/// A channel that knows commands which read, and no other: Redis has no session that the server itself would hold to
/// reading, so this is what keeps a reader from writing. It goes by a list of what is allowed; what is not on it, new
/// commands and KEYS (which stops the server for as long as it takes) among them, never leaves this process.
/// **Thread-safety:** one object belongs to one thread at a time.
class ReadOnlyChannel final : public RedisChannel
{
public:
    /// @p channel is borrowed.
    explicit ReadOnlyChannel(RedisChannel &channel) : m_channel(channel) {}

    /// As the channel's. Errors, besides its own: WriteRefused where one of @p commands is not known to read; then none
    /// of them is sent.
    [[nodiscard]] base::Result<std::vector<RedisReply>> pipeline(std::span<const RedisCommand> commands,
                                                                 const base::Call &call) override;

private:
    RedisChannel &m_channel;
};

/// True for commands that ReadOnlyChannel lets pass.
[[nodiscard]] bool isReadCommand(const RedisCommand &command);

} // namespace rollcall::redis
