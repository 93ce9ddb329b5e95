#pragma once

#include <QString>

#include <vector>

namespace rollcall::charts {

/// How latencies are placed: by their logarithm, or evenly from 0.
enum class LatencyScale { Log, Linear };

/// A latency axis: logarithmic in whole decades, or linear from 0 in even steps. (QLogValueAxis shows neither ticks nor
/// labels for a range inside one decade, and drops a series with a value of 0.) **Thread-safety:** a value.
struct LatencyAxis
{
    double lo = 1e6; ///< ns, a power of ten; linear: 0
    double hi = 1e9; ///< ns, a power of ten above lo; linear: a whole number of steps
    LatencyScale scale = LatencyScale::Log;

    /// What holds @p minNs … @p maxNs; the two may be equal, values below 1 ns count as 1.
    [[nodiscard]] static LatencyAxis around(double minNs, double maxNs, LatencyScale scale = LatencyScale::Log);

    /// Where @p ns lies on it, 0 … 1 within; and what lies there.
    [[nodiscard]] double shareOf(double ns) const;
    [[nodiscard]] double at(double share) const;
    /// Every power of ten from lo to hi; linear: every step.
    [[nodiscard]] std::vector<double> ticks() const;
    /// 2 … 9 times each decade; linear: none.
    [[nodiscard]] std::vector<double> minorTicks() const;
};

/// "1 µs", "10 ms", "1 s", "2.5 s": a tick's label with its unit.
[[nodiscard]] QString tickLabel(double ns);

/// A latency for people with the unit that fits, three digits: "262 ms", "6.1 ms", "950 ns".
[[nodiscard]] QString latencyText(qint64 ns);

/// A share for people: "99.8 %".
[[nodiscard]] QString percentText(double percent, int decimals);

/// A ratio: "43×", "1.6×".
[[nodiscard]] QString ratioText(double ratio);

} // namespace rollcall::charts
