#include "core/probe/Histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/probe/ZigZag.h"

namespace rollcall::probe {

namespace {

constexpr int exactBits = 11; // values below 2^11 have a bucket each
constexpr std::size_t half = Histogram::subBuckets / 2;
constexpr std::size_t bucketCount = Histogram::subBuckets + 30 * half;

tl::unexpected<base::Error> invalid()
{
    return base::fail(base::Error(base::ErrorCode::FileFormatInvalid)
                          .with(base::ErrorParam::Detail, QStringLiteral("a histogram's counts cannot be read")));
}

} // namespace

Histogram::Histogram() : m_counts(bucketCount, 0) {}

std::size_t Histogram::bytes()
{
    return bucketCount * sizeof(quint32);
}

std::size_t Histogram::indexOf(qint64 ns)
{
    const auto value = static_cast<quint64>(ns);
    if (value < subBuckets)
        return value;
    const auto shift = static_cast<std::size_t>(std::bit_width(value)) - exactBits;
    return subBuckets + (shift - 1) * half + (static_cast<std::size_t>(value >> shift) - half);
}

qint64 Histogram::upperBound(std::size_t index)
{
    if (index < subBuckets)
        return static_cast<qint64>(index);
    const std::size_t shift = (index - subBuckets) / half + 1;
    const std::size_t sub = (index - subBuckets) % half + half;
    return static_cast<qint64>(((sub + 1) << shift) - 1);
}

void Histogram::record(qint64 ns, quint32 times)
{
    const qint64 value = std::clamp<qint64>(ns, 0, maxValue);
    m_counts[indexOf(value)] += times;
    m_total += times;
    m_max = std::max(m_max, value);
}

qint64 Histogram::atRank(quint64 rank) const
{
    quint64 seen = 0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        seen += m_counts[i];
        if (seen >= rank)
            return std::min(upperBound(i), m_max);
    }
    return m_max;
}

qint64 Histogram::quantile(double p) const
{
    if (m_total == 0)
        return 0;
    const double rank = std::ceil(p * static_cast<double>(m_total));
    return atRank(std::clamp<quint64>(static_cast<quint64>(rank), 1, m_total));
}

std::vector<HistogramBucket> Histogram::buckets() const
{
    std::vector<HistogramBucket> found;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        if (m_counts[i] > 0)
            found.push_back({i == 0 ? 0 : upperBound(i - 1) + 1, upperBound(i), m_counts[i]});
    }
    return found;
}

std::vector<std::pair<qint64, quint64>> Histogram::cumulative() const
{
    std::vector<std::pair<qint64, quint64>> buckets;
    quint64 seen = 0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        seen += m_counts[i];
        if (m_counts[i] > 0)
            buckets.emplace_back(std::min(upperBound(i), m_max), seen);
    }
    return buckets;
}

QByteArray Histogram::encoded() const
{
    return countBytes().toBase64();
}

QByteArray Histogram::countBytes() const
{
    QByteArray bytes;
    qint64 zeros = 0;
    for (const quint32 count : m_counts) {
        if (count == 0) {
            ++zeros;
            continue;
        }
        if (zeros > 0)
            appendZigZag(bytes, -zeros);
        zeros = 0;
        appendZigZag(bytes, count);
    }
    return bytes;
}

base::Result<Histogram> Histogram::decode(const QByteArray &text)
{
    const auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return invalid();
    auto histogram = fromCountBytes(*decoded);
    // Ours alone: one way to write a histogram, so that what is read and written again is the same bytes.
    if (histogram && histogram->countBytes() != *decoded)
        return invalid();
    return histogram;
}

base::Result<Histogram> Histogram::fromCountBytes(const QByteArray &bytes)
{
    Histogram histogram;
    std::size_t index = 0;
    for (qsizetype at = 0; at < bytes.size();) {
        const std::optional<qint64> number = takeZigZag(bytes, at);
        if (!number)
            return invalid();
        if (*number < 0) {
            if (static_cast<quint64>(-*number) > bucketCount - index)
                return invalid();
            index += static_cast<std::size_t>(-*number);
            continue;
        }
        if (index >= bucketCount || *number > std::numeric_limits<quint32>::max())
            return invalid();
        histogram.m_counts[index] = static_cast<quint32>(*number);
        histogram.m_total += static_cast<quint64>(*number);
        if (*number > 0)
            histogram.m_max = upperBound(index);
        ++index;
    }
    return histogram;
}

} // namespace rollcall::probe
