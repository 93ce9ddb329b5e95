#include "tests/bench/Latencies.h"

#include <algorithm>

namespace rollcall::bench {

void Latencies::report(benchmark::State &state)
{
    if (m_nanoseconds.empty())
        return;
    const auto middle = m_nanoseconds.begin() + static_cast<std::ptrdiff_t>(m_nanoseconds.size() / 2);
    std::ranges::nth_element(m_nanoseconds, middle);
    state.counters["p50"] = static_cast<double>(*middle);
}

} // namespace rollcall::bench
