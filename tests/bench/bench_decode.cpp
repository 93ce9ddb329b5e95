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

/// Claims to a token, as a session is renewed: with new times and a new id.
void encode(benchmark::State &state, const TokenInputs &given)
{
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(given.secret);
    const jose::KeyRing ring(given.version, secrets, given.salt);
    const base::SystemClock clock;
    std::vector<jose::Claims> claims;
    for (const QByteArray &token : given.tokens)
        claims.push_back(jose::openToken(ring, token, clock.now()).claims);
    std::size_t next = 0;
    for (auto _ : state) {
        const auto token = jose::sealToken(ring, claims[next], std::chrono::hours(24 * 30), clock.now());
        if (!token || token->isEmpty()) {
            state.SkipWithError("a token was not sealed");
            break;
        }
        next = (next + 1) % claims.size();
    }
}

BENCHMARK_CAPTURE(decode, v4, inputs().v4)->Name("decode-v4");
BENCHMARK_CAPTURE(decode, v5, inputs().v5)->Name("decode-v5");
BENCHMARK_CAPTURE(encode, v4, inputs().v4)->Name("encode-v4");
BENCHMARK_CAPTURE(encode, v5, inputs().v5)->Name("encode-v5");

} // namespace

} // namespace rollcall::bench
