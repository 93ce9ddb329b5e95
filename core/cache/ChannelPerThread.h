#pragma once

#include <functional>
#include <memory>

#include "core/redis/RedisChannel.h"

namespace rollcall::cache {

/// Gives each thread a channel of its own, made on first use: a channel's socket belongs to one thread. A channel
/// closes on its thread, when that ends or at its next look-up of any channel after this object has gone.
/// **Thread-safety:** thread-safe.
class ChannelPerThread final
{
public:
    using Factory = std::function<std::unique_ptr<redis::RedisChannel>()>;

    /// @p factory is called on the threads that ask, at any time.
    explicit ChannelPerThread(Factory factory);

    /// The calling thread's channel; valid on this thread while this object lives.
    [[nodiscard]] redis::RedisChannel &channel();

private:
    Factory m_factory;
    std::shared_ptr<const int> m_life; ///< channels of other threads see by it that this object has gone
};

} // namespace rollcall::cache
