#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <vector>

namespace rollcall::bench {

/// Takes the time of each operation of a benchmark, for quantiles: what waits for a server is compared by its median.
/// **Thread-safety:** one thread.
class Latencies final
{
public:
    /// Runs @p operation and notes how long it took.
    template <typename Operation>
    void measure(Operation &&operation)
    {
        const auto start = std::chrono::steady_clock::now();
        operation();
        m_nanoseconds.push_back((std::chrono::steady_clock::now() - start).count());
    }

    /// Puts the median into @p state as counter `p50`, in nanoseconds.
    void report(benchmark::State &state);

private:
    std::vector<std::chrono::nanoseconds::rep> m_nanoseconds;
};

} // namespace rollcall::bench
