#include <benchmark/benchmark.h>

#include "core/store/RowSql.h"
#include "core/store/sql/PostgresConnection.h"
#include "tests/bench/BenchInputs.h"
#include "tests/bench/BenchStore.h"
#include "tests/bench/Latencies.h"

namespace rollcall::bench {

namespace {

void lookup(benchmark::State &state, const QByteArray &address)
{
    const auto sessions = openStore(state, address);
    if (!sessions)
        return;
    const auto tokens = lookedUpTokens();
    std::size_t next = 0;
    Latencies latencies;
    for (auto _ : state) {
        bool found = false;
        latencies.measure([&] {
            const auto row = sessions->lookup(tokens[next], base::Call::within(lookupTime));
            found = row && *row && (*row)->hasUser && (*row)->expires;
        });
        if (!found) {
            state.SkipWithError("a session was not found");
            break;
        }
        next = (next + 1) % tokens.size();
    }
    latencies.report(state);
}

/// All of the tokens at once.
void lookupMany(benchmark::State &state, const QByteArray &address)
{
    const auto sessions = openStore(state, address);
    if (!sessions)
        return;
    const auto tokens = lookedUpTokens();
    const std::vector<QByteArrayView> asked(tokens.begin(), tokens.end());
    Latencies latencies;
    for (auto _ : state) {
        bool found = false;
        latencies.measure([&] {
            const auto rows = sessions->lookupMany(asked, base::Call::within(lookupTime));
            found = rows && std::ranges::all_of(*rows, [](const auto &row) { return row && row->hasUser; });
        });
        if (!found) {
            state.SkipWithError("a session was not found");
            break;
        }
    }
    latencies.report(state);
}

/// Puts the statement that the store sends into the benchmark's label: pgbench runs the same.
void showStatement(benchmark::State &state)
{
    const auto database = findDatabase(state, inputs().postgresUrl);
    if (!database)
        return;
    const auto call = base::Call::within(setupTime);
    const auto connection = store::PostgresConnection::open(database->url, {}, store::Access::ReadOnly, call);
    if (!connection) {
        state.SkipWithError("the database cannot be opened");
        return;
    }
    auto bound = store::bindSchema(**connection, database->url.kind, database->schema, call);
    if (!bound) {
        state.SkipWithError("the schema does not fit");
        return;
    }
    const store::SchemaSql schema(store::dialectFor(database->url.kind), std::move(*bound), QTimeZone::utc());
    const store::SqlStatement statement = store::RowSql(schema).lookup(sessionToken(36, 0));
    for (auto _ : state)
        benchmark::DoNotOptimize(statement);
    state.SetLabel(statement.sql.toStdString());
}

BENCHMARK(showStatement)->Name("statement")->Iterations(1);
BENCHMARK_CAPTURE(lookup, postgres, inputs().postgresUrl)->Name("lookup-postgres")->UseRealTime();
BENCHMARK_CAPTURE(lookup, sqlite, inputs().sqliteUrl)->Name("lookup-sqlite")->UseRealTime();
BENCHMARK_CAPTURE(lookupMany, postgres, inputs().postgresUrl)->Name("lookup-postgres-64")->UseRealTime();
BENCHMARK_CAPTURE(lookupMany, sqlite, inputs().sqliteUrl)->Name("lookup-sqlite-64")->UseRealTime();

} // namespace

} // namespace rollcall::bench
