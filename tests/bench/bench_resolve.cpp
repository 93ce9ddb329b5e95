#include <benchmark/benchmark.h>

#include "core/engine/SessionRuntime.h"
#include "tests/bench/BenchInputs.h"
#include "tests/bench/BenchStore.h"
#include "tests/bench/Latencies.h"

namespace rollcall::bench {

namespace {

/// Puts a local runtime with defaults in force; false, with the benchmark skipped, where it is refused.
bool configure(benchmark::State &state, engine::SessionRuntime &runtime, engine::LocalRuntime local)
{
    const auto configured = runtime.configureLocal(std::move(local));
    if (!configured)
        state.SkipWithError("the runtime cannot be configured");
    return configured.has_value();
}

/// Whether a request was resolved as the library resolves it: a session, and one cookie to renew it.
bool isRenewed(const base::Result<engine::RuntimeSession> &answer)
{
    return answer && answer->session && answer->setCookies.size() == 1;
}

/// Cookie header to session and renewed cookie, under the JWT strategy.
void resolve(benchmark::State &state, const TokenInputs &given)
{
    engine::SessionRuntime runtime;
    engine::LocalRuntime local;
    local.profile = given.profile(session::Strategy::Jwt);
    if (!configure(state, runtime, std::move(local)))
        return;
    std::size_t next = 0;
    for (auto _ : state) {
        if (!isRenewed(runtime.getServerSession(engine::RequestHeaders::fromCookie(given.cookieHeaders[next]), {}))) {
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
    engine::SessionRuntime runtime;
    engine::LocalRuntime local;
    local.profile = inputs().v4.profile(session::Strategy::Database);
    local.openAdapter = [&sessions](const base::Call &) {
        return base::Result<std::unique_ptr<engine::Adapter>>(engine::makeStoreAdapter(*sessions));
    };
    local.mostAdapters = 1;
    if (!configure(state, runtime, std::move(local)))
        return;
    std::vector<QByteArray> headers;
    for (const QByteArray &token : lookedUpTokens())
        headers.push_back(browserCookies(inputs().v4, token));
    std::size_t next = 0;
    Latencies latencies;
    for (auto _ : state) {
        bool found = false;
        latencies.measure([&] {
            found = isRenewed(runtime.getServerSession(engine::RequestHeaders::fromCookie(headers[next]),
                                                       base::Call::within(lookupTime)));
        });
        if (!found) {
            state.SkipWithError("a request gave no session or no renewed cookie");
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
