#include <benchmark/benchmark.h>

#include "core/engine/SessionEngine.h"
#include "tests/bench/BenchInputs.h"
#include "tests/bench/BenchStore.h"
#include "tests/bench/Latencies.h"

namespace rollcall::bench {

namespace {

/// Cookie header to session and renewed cookie, under the JWT strategy.
void resolve(benchmark::State &state, const TokenInputs &given)
{
    const base::SystemClock clock;
    const auto resolver = engine::makeLocalResolver(given.profile(), nullptr, engine::Effects::Observe, clock);
    std::size_t next = 0;
    for (auto _ : state) {
        const auto resolution = resolver->resolve(given.cookieHeaders[next], {});
        if (!resolution.hasSession() || resolution.setCookies.size() != 1) {
            state.SkipWithError("a request gave no session or no renewed cookie");
            break;
        }
        next = (next + 1) % given.cookieHeaders.size();
    }
}

/// Cookie header to session, with the session in a database.
void resolveRow(benchmark::State &state)
{
    const auto sessions = openStore(state, inputs().postgresUrl);
    if (!sessions)
        return;
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = session::AuthVersion::V4;
    profile->cookieParser = session::CookieParser::Pages;
    const base::SystemClock clock;
    const auto resolver = engine::makeLocalResolver(profile, sessions.get(), engine::Effects::Observe, clock);
    std::vector<QByteArray> headers;
    for (const QByteArray &token : lookedUpTokens())
        headers.push_back(browserCookies(session::AuthVersion::V4, token));
    std::size_t next = 0;
    Latencies latencies;
    for (auto _ : state) {
        bool found = false;
        latencies.measure(
            [&] { found = resolver->resolve(headers[next], base::Call::within(lookupTime)).hasSession(); });
        if (!found) {
            state.SkipWithError("a request gave no session");
            break;
        }
        next = (next + 1) % headers.size();
    }
    latencies.report(state);
}

BENCHMARK_CAPTURE(resolve, v4, inputs().v4)->Name("resolve-v4");
BENCHMARK_CAPTURE(resolve, v5, inputs().v5)->Name("resolve-v5");
BENCHMARK(resolveRow)->Name("resolve-v4-database")->UseRealTime();

} // namespace

} // namespace rollcall::bench
