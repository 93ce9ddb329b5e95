#include <benchmark/benchmark.h>

#include <malloc.h>

#include "core/engine/SessionEngine.h"
#include "tests/bench/BenchInputs.h"

namespace rollcall::bench {

namespace {

// As many as on the other side (tests/bench/node/cache.mjs).
constexpr int cachedSessions = 10'000;
constexpr int requests = 1024;
constexpr std::chrono::hours keptFor(1);

QByteArray sessionOf(int number)
{
    const QByteArray user = QByteArray::number(number);
    return "{\"user\":{\"name\":\"User " + user + "\",\"email\":\"user" + user +
           "@example.com\",\"image\":\"https://lh3.googleusercontent.com/a/" + sessionToken(54, number) +
           "=s96-c\"},\"expires\":\"2026-12-21T12:00:00.000Z\"}";
}

cache::SessionCache::Entry entryOf(int number)
{
    cache::SessionCache::Entry entry;
    entry.session = sessionOf(number);
    entry.userId = QString::number(number);
    return entry;
}

/// Answers as many requests with a session as the cache is to hold; afterwards nobody is signed in.
class SignedInAtFirst final : public engine::Resolver
{
public:
    session::Resolution resolve(QByteArrayView, const base::Call &) override
    {
        session::Resolution resolution;
        if (m_number == cachedSessions) {
            resolution.reason = session::NullReason::NoCookie;
            return resolution;
        }
        resolution.session = sessionOf(m_number);
        resolution.validUntil = base::SystemClock().now() + keptFor;
        resolution.userId = QString::number(m_number++);
        return resolution;
    }

private:
    int m_number = 0;
};

QByteArray header(int length, int number)
{
    return "theme=dark; authjs.session-token=" + sessionToken(length, number);
}

std::vector<QByteArray> headers(int length, int first, int step)
{
    std::vector<QByteArray> all;
    for (int i = 0; i < requests; ++i)
        all.push_back(header(length, first + i * step));
    return all;
}

/// A cached resolver whose cache holds @ref cachedSessions sessions under tokens of @p length characters.
std::unique_ptr<engine::Resolver> filled(int length, const base::Clock &clock)
{
    auto resolver =
        engine::makeCachedResolver(std::make_shared<session::AuthProfile>(), std::make_unique<SignedInAtFirst>(),
                                   engine::makeMemoryCache(64 << 20, clock), keptFor, engine::Trace::Off);
    for (int i = 0; i < cachedSessions; ++i)
        static_cast<void>(resolver->resolve(header(length, i), {}));
    return resolver;
}

void resolveAll(benchmark::State &state, engine::Resolver &resolver, const std::vector<QByteArray> &asked,
                bool isCached)
{
    std::size_t next = 0;
    for (auto _ : state) {
        const auto resolution = resolver.resolve(asked[next], {});
        if (resolution.hasSession() != isCached) {
            state.SkipWithError("the cache answered wrongly");
            break;
        }
        next = (next + 1) % asked.size();
    }
}

/// Cookie header to session, found in the memory cache.
void hit(benchmark::State &state, int length)
{
    const base::SystemClock clock;
    resolveAll(state, *filled(length, clock), headers(length, 0, 9), true);
}

/// Cookie header to null, with a look into the memory cache and a source that knows at once that nobody is signed in.
void miss(benchmark::State &state, int length)
{
    const base::SystemClock clock;
    resolveAll(state, *filled(length, clock), headers(length, cachedSessions, 1), false);
}

std::size_t allocated()
{
    const struct mallinfo2 all = mallinfo2();
    return all.uordblks + all.hblkhd;
}

/// What the allocator gives out for a million sessions, beyond their JSON text: counter `bytes`, of one session.
void memory(benchmark::State &state)
{
    constexpr int sessions = 1'000'000;
    const base::SystemClock clock;
    for (auto _ : state) {
        const std::size_t before = allocated();
        const auto cache = engine::makeMemoryCache(std::size_t{1} << 30, clock);
        std::size_t payload = 0;
        for (int i = 0; i < sessions; ++i) {
            const auto entry = entryOf(i);
            payload += static_cast<std::size_t>(entry.session->size());
            static_cast<void>(cache->store(sessionToken(36, i), entry, keptFor, 0, {}));
        }
        for (const int i : {0, sessions / 2, sessions - 1}) {
            if (const auto found = cache->find(sessionToken(36, i), {}); !found || !found->entry)
                state.SkipWithError("the cache did not keep all sessions");
        }
        state.counters["bytes"] = static_cast<double>(allocated() - before - payload) / sessions;
        state.counters["payload"] = static_cast<double>(payload) / sessions;
    }
}

BENCHMARK_CAPTURE(hit, uuid, 36)->Name("cache-hit");
BENCHMARK_CAPTURE(hit, long, 450)->Name("cache-hit-450");
BENCHMARK_CAPTURE(miss, uuid, 36)->Name("cache-miss");
BENCHMARK_CAPTURE(miss, long, 450)->Name("cache-miss-450");
BENCHMARK(memory)->Name("cache-memory")->Iterations(1);

} // namespace

} // namespace rollcall::bench
