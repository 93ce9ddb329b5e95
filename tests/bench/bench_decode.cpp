#include <benchmark/benchmark.h>

#include "core/jose/TokenCodec.h"
#include "tests/bench/BenchInputs.h"

namespace rollcall::bench {

namespace {

/// Looks at every claim, as a callback might.
void readAll(const jose::Claims &claims)
{
    for (const jose::ClaimMember &member : claims.members()) {
        if (member.kind == jose::JsonKind::Number)
            benchmark::DoNotOptimize(claims.number(member));
        else
            benchmark::DoNotOptimize(claims.raw(member));
    }
}

void decode(benchmark::State &state, const TokenInputs &given)
{
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(given.secret);
    const jose::KeyRing ring(given.version, secrets, given.salt);
    const base::SystemClock clock;
    std::size_t next = 0;
    for (auto _ : state) {
        const auto token = jose::openToken(ring, given.tokens[next], clock.now());
        if (!token.ok || !token.claims.has("sub")) {
            state.SkipWithError("a token was not decoded");
            break;
        }
        readAll(token.claims);
        next = (next + 1) % given.tokens.size();
    }
}

BENCHMARK_CAPTURE(decode, v4, inputs().v4)->Name("decode-v4");
BENCHMARK_CAPTURE(decode, v5, inputs().v5)->Name("decode-v5");

} // namespace

} // namespace rollcall::bench
