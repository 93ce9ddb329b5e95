#pragma once

#include <QtGlobal>

#include <span>

namespace rollcall::probe {

/// How many independent values tell as much as @p inOrder, the times of one cell in the order of time, of which
/// neighbours are alike: n / (1 + 2 Σ ρ_k), the autocorrelations of the logarithms summed while pairs of them are
/// positive, to a lag of n / 10 or 1,000 at most. At least 1, at most n; 0 of none.
/// **Source:** facts/latency-method.md §1.4. Pure: **thread-safe**.
[[nodiscard]] qint64 effectiveSize(std::span<const qint64> inOrder);

} // namespace rollcall::probe
