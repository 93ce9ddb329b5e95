#include <benchmark/benchmark.h>

#include "core/engine/SessionEngine.h"
#include "tests/bench/BenchInputs.h"

namespace rollcall::bench {

namespace {

// As many as on the other side (tests/bench/node/cache.mjs).
constexpr int cachedSessions = 10'000;
constexpr int requests = 1024;
constexpr std::chrono::hours keptFor(1);

/// Answers every request with a session, so that the cache can be filled through its resolver.
class AnyoneSignedIn final : public engine::Resolver
{
public:
    session::Resolution resolve(QByteArrayView, const base::Call &) override
    {
        const QByteArray number = QByteArray::number(m_number++);
        session::Resolution resolution;
        resolution.session = "{\"user\":{\"name\":\"User " + number + "\",\"email\":\"user" + number +
                             "@example.com\",\"image\":\"https://example.com/avatars/" + number +
                             ".png\"},\"expires\":\"" + base::toIso(base::SystemClock().now()).toLatin1() + "\"}";
        resolution.validUntil = base::SystemClock().now() + keptFor;
        resolution.userId = QString::fromLatin1(number);
        return resolution;
    }

private:
    int m_number = 0;
};

QByteArray header(int length, int number)
{
    return "theme=dark; authjs.session-token=" + sessionToken(length, number);
}

/// Cookie header to session, found in the memory cache.
void hit(benchmark::State &state, int length)
{
    const base::SystemClock clock;
    auto profile = std::make_shared<session::AuthProfile>();
    const auto resolver =
        engine::makeCachedResolver(profile, std::make_unique<AnyoneSignedIn>(),
                                   engine::makeMemoryCache(64 << 20, clock), keptFor, clock);
    for (int i = 0; i < cachedSessions; ++i)
        static_cast<void>(resolver->resolve(header(length, i), {}));
    std::vector<QByteArray> headers;
    for (int i = 0; i < requests; ++i)
        headers.push_back(header(length, i * 9));
    std::size_t next = 0;
    for (auto _ : state) {
        const auto resolution = resolver->resolve(headers[next], {});
        if (!resolution.hasSession()) {
            state.SkipWithError("a request gave no session");
            break;
        }
        next = (next + 1) % headers.size();
    }
}

BENCHMARK_CAPTURE(hit, uuid, 36)->Name("cache-hit");
BENCHMARK_CAPTURE(hit, long, 450)->Name("cache-hit-450");

} // namespace

} // namespace rollcall::bench
