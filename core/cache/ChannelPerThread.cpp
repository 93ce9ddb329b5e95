#include "core/cache/ChannelPerThread.h"

#include <algorithm>
#include <vector>

namespace rollcall::cache {

namespace {

struct Owned
{
    std::weak_ptr<const int> life;
    std::unique_ptr<redis::RedisChannel> channel;
};

} // namespace

ChannelPerThread::ChannelPerThread(Factory factory)
    : m_factory(std::move(factory)), m_life(std::make_shared<const int>(0))
{}

redis::RedisChannel &ChannelPerThread::channel()
{
    thread_local std::vector<Owned> channels;
    std::erase_if(channels, [](const Owned &owned) { return owned.life.expired(); });
    const auto own = std::ranges::find_if(channels, [this](const Owned &owned) {
        return !owned.life.owner_before(m_life) && !m_life.owner_before(owned.life);
    });
    if (own != channels.end())
        return *own->channel;
    channels.push_back({m_life, m_factory()});
    return *channels.back().channel;
}

} // namespace rollcall::cache
