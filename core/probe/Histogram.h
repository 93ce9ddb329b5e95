#pragma once

#include <QByteArray>

#include <utility>
#include <vector>

#include "core/base/Result.h"

namespace rollcall::probe {

/// One bucket that holds something: the values from @p lowest to @p highest, nanoseconds.
struct HistogramBucket
{
    qint64 lowest = 0;
    qint64 highest = 0;
    quint32 count = 0;
};

/// A log-linear histogram of nanoseconds: exact to 2 047 ns, then 1 024 buckets an octave, up to 2^41 - 1 ns (36 min).
/// 128 KiB, no allocation while recording. **Source:** facts/latency-method.md §1.11.
/// **Thread-safety:** one thread at a time.
class Histogram final
{
public:
    static constexpr int subBuckets = 2048;
    static constexpr qint64 maxValue = (qint64(1) << 41) - 1;

    Histogram();

    /// What the counts of one take.
    [[nodiscard]] static std::size_t bytes();

    /// Counts @p ns (@p times times); values outside 0 … maxValue are counted at the nearer end.
    void record(qint64 ns, quint32 times = 1);

    [[nodiscard]] quint64 total() const { return m_total; }
    /// The largest value recorded, exactly; 0 where there is none.
    [[nodiscard]] qint64 max() const { return m_max; }
    /// Upper bound of the bucket that holds the value of rank @p rank (1 … total()): at most 2^-10 above the value.
    [[nodiscard]] qint64 atRank(quint64 rank) const;
    /// Upper bound of the first bucket whose cumulative count reaches @p p of all; 0 where there is none.
    [[nodiscard]] qint64 quantile(double p) const;

    /// The buckets that hold something, ascending: upper bound and count up to it.
    [[nodiscard]] std::vector<std::pair<qint64, quint64>> cumulative() const;

    /// The buckets that hold something, ascending.
    [[nodiscard]] std::vector<HistogramBucket> buckets() const;

    /// Counts as ZigZag LEB128 numbers, a negative one standing for a run of zeros; trailing zeros left out. Our
    /// buckets are those of an HdrHistogram with lowest value 1 and 3 digits, and so is this form.
    [[nodiscard]] QByteArray countBytes() const;
    /// Reads countBytes(), and what HdrHistogram writes (single zeros stand as 0 there).
    /// Errors: FileFormatInvalid (no such bytes, or counts beyond the last bucket).
    [[nodiscard]] static base::Result<Histogram> fromCountBytes(const QByteArray &bytes);
    /// countBytes() in base64.
    [[nodiscard]] QByteArray encoded() const;
    /// Reads that form. Errors: as fromCountBytes().
    [[nodiscard]] static base::Result<Histogram> decode(const QByteArray &text);

    friend bool operator==(const Histogram &a, const Histogram &b) { return a.m_counts == b.m_counts; }

private:
    [[nodiscard]] static std::size_t indexOf(qint64 ns);
    [[nodiscard]] static qint64 upperBound(std::size_t index);

    std::vector<quint32> m_counts;
    quint64 m_total = 0;
    qint64 m_max = 0;
};

} // namespace rollcall::probe
