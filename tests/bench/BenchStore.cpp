#include "tests/bench/BenchStore.h"

#include "tests/bench/BenchInputs.h"

namespace rollcall::bench {

std::optional<Database> findDatabase(benchmark::State &state, const QByteArray &address)
{
    if (address.isEmpty()) {
        state.SkipWithError("no database: run tests/bench/side-by-side.sh");
        return std::nullopt;
    }
    auto url = store::DatabaseUrl::parse(address);
    if (!url) {
        state.SkipWithError("the database address cannot be read");
        return std::nullopt;
    }
    auto detection = store::detectSchema(*url, {}, base::Call::within(setupTime));
    if (!detection || !detection->best) {
        state.SkipWithError("the sessions table was not recognised");
        return std::nullopt;
    }
    return Database{std::move(*url), std::move(*detection->best)};
}

std::unique_ptr<store::SessionStore> openStore(benchmark::State &state, const QByteArray &address)
{
    const auto database = findDatabase(state, address);
    if (!database)
        return nullptr;
    auto opened =
        store::openStore(database->url, database->schema, {}, store::Access::ReadOnly, base::Call::within(setupTime));
    if (!opened) {
        state.SkipWithError("the database cannot be opened");
        return nullptr;
    }
    return std::move(*opened);
}

std::vector<QByteArray> lookedUpTokens()
{
    std::vector<QByteArray> tokens;
    for (int i = 0; i < distinctInputs; ++i)
        tokens.push_back(sessionToken(36, i * (inputs().databaseSessions / distinctInputs)));
    return tokens;
}

} // namespace rollcall::bench
