#pragma once

#include <QString>

#include <vector>

namespace rollcall::charts {

/// A logarithmic latency axis in whole decades. (QLogValueAxis shows neither ticks nor labels for a range inside one
/// decade, and drops a series with a value of 0.) **Thread-safety:** a value.
struct LatencyAxis
{
    double lo = 1e6; ///< ns, a power of ten
    double hi = 1e9; ///< ns, a power of ten above lo

    /// The whole decades around @p minNs … @p maxNs; the two may be equal, values below 1 ns count as 1.
    [[nodiscard]] static LatencyAxis around(double minNs, double maxNs);

    /// Every power of ten from lo to hi.
    [[nodiscard]] std::vector<double> decades() const;
    /// 2 … 9 times each decade.
    [[nodiscard]] std::vector<double> minorTicks() const;
};

/// "1 µs", "10 ms", "1 s": a tick's label with its unit.
[[nodiscard]] QString tickLabel(double ns);

/// A latency for people with the unit that fits, three digits: "262 ms", "6.1 ms", "950 ns".
[[nodiscard]] QString latencyText(qint64 ns);

/// A ratio: "43×", "1.6×".
[[nodiscard]] QString ratioText(double ratio);

} // namespace rollcall::charts
