#pragma once

#include <benchmark/benchmark.h>

#include "core/store/StoreFactory.h"

namespace rollcall::bench {

inline constexpr std::chrono::seconds setupTime(30);
inline constexpr std::chrono::seconds lookupTime(5);

/// One of the databases that the inputs name.
struct Database
{
    store::DatabaseUrl url;
    store::SchemaProfile schema;
};

/// Finds out how the database at @p address is laid out. Where there is none, skips the benchmark and gives nothing.
[[nodiscard]] std::optional<Database> findDatabase(benchmark::State &state, const QByteArray &address);

/// The sessions at @p address behind the store that the engine uses; null, with the benchmark skipped, where that
/// cannot be.
[[nodiscard]] std::unique_ptr<store::SessionStore> openStore(benchmark::State &state, const QByteArray &address);

/// The tokens that every side looks up, spread over the table.
[[nodiscard]] std::vector<QByteArray> lookedUpTokens();

} // namespace rollcall::bench
