#include "core/probe/HdrWriter.h"

#include <QLocale>
#include <QtEndian>

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/base/Clock.h"
#include "core/probe/Histogram.h"
#include "core/probe/ReportText.h"

namespace rollcall::probe {

namespace {

constexpr quint32 payloadCookie = 0x1c849303 | 0x10; // V2, LEB128 counts
constexpr quint32 compressedCookie = 0x1c849304 | 0x10;
constexpr int hdrBuckets = 31; // octaves up to Histogram::maxValue
constexpr double nsPerMs = 1e6;
constexpr double nsPerUs = 1e3;
constexpr double ticks = 5;

template <typename T>
void appendBigEndian(QByteArray &bytes, T value)
{
    const T big = qToBigEndian(value);
    bytes.append(reinterpret_cast<const char *>(&big), sizeof big);
}

/// The histogram as the text that stands in a log's line.
QByteArray compressed(const Histogram &histogram)
{
    const QByteArray counts = histogram.countBytes();
    QByteArray payload;
    appendBigEndian<quint32>(payload, payloadCookie);
    appendBigEndian<quint32>(payload, static_cast<quint32>(counts.size()));
    appendBigEndian<quint32>(payload, 0); // normalising index offset
    appendBigEndian<quint32>(payload, 3); // significant digits
    appendBigEndian<quint64>(payload, 1); // lowest discernible value
    appendBigEndian<quint64>(payload, static_cast<quint64>(Histogram::maxValue));
    appendBigEndian<quint64>(payload, std::bit_cast<quint64>(1.0)); // integer to double ratio
    payload += counts;
    const QByteArray deflated = qCompress(payload, 9).mid(4); // without Qt's own length
    QByteArray bytes;
    appendBigEndian<quint32>(bytes, compressedCookie);
    appendBigEndian<quint32>(bytes, static_cast<quint32>(deflated.size()));
    bytes += deflated;
    return bytes.toBase64();
}

/// A tag must not hold what separates fields and lines.
QByteArray tagOf(const CellId &id)
{
    return cellName(id).toUtf8().toPercentEncoding("/?&=:+@!$'()*;[]", " ,\"\r\n");
}

/// @p number, which is not negative, with @p decimals places as hdr-histogram-js (Intl.NumberFormat) writes it: the
/// shortest decimal that stands for this number is rounded, halves up. 0.1245 as a number is a little less than that,
/// and printf() would write 0.124.
QByteArray fixed(double number, int decimals)
{
    QByteArray text = QByteArray::number(number, 'f', QLocale::FloatingPointShortest);
    if (!text.contains('.'))
        text += '.';
    const qsizetype size = text.indexOf('.') + 1 + decimals;
    if (text.size() <= size)
        return text.leftJustified(size, '0');
    const bool isUp = text.at(size) >= '5';
    text.truncate(size);
    qsizetype at = size - 1;
    for (; isUp && at >= 0 && (text.at(at) == '9' || text.at(at) == '.'); --at) {
        if (text.at(at) == '9')
            text[at] = '0';
    }
    if (isUp && at < 0)
        text.prepend('1');
    else if (isUp)
        text[at] = static_cast<char>(text.at(at) + 1);
    return text;
}

QByteArray padded(double number, int width, int decimals)
{
    return fixed(number, decimals).rightJustified(width);
}

/// The middle of a bucket as HdrHistogram takes it.
double middle(const HistogramBucket &bucket)
{
    return static_cast<double>(bucket.lowest + ((bucket.highest - bucket.lowest + 1) >> 1));
}

/// @p max: exactly, which a histogram in memory knows and its counts alone do not.
QByteArray summaryLines(const std::vector<HistogramBucket> &buckets, double total, double max)
{
    double sum = 0;
    for (const HistogramBucket &bucket : buckets)
        sum += middle(bucket) * bucket.count;
    const double mean = total > 0 ? sum / total : 0;
    double squares = 0;
    for (const HistogramBucket &bucket : buckets)
        squares += (middle(bucket) - mean) * (middle(bucket) - mean) * bucket.count;
    const double deviation = total > 0 ? std::sqrt(squares / total) : 0;
    return "#[Mean    = " + padded(mean / nsPerUs, 12, 3) + ", StdDeviation   = " + padded(deviation / nsPerUs, 12, 3) +
           "]\n#[Max     = " + padded(max / nsPerUs, 12, 3) +
           ", Total count    = " + QByteArray::number(static_cast<qint64>(total)).rightJustified(12) +
           "]\n#[Buckets = " + QByteArray::number(hdrBuckets).rightJustified(12) +
           ", SubBuckets     = " + QByteArray::number(Histogram::subBuckets).rightJustified(12) + "]\n";
}

QByteArray percentileLine(const HistogramBucket &bucket, double percentile, quint64 upTo, bool last)
{
    QByteArray line = padded(static_cast<double>(bucket.highest) / nsPerUs, 12, 3) + ' ' + fixed(percentile / 100, 12) +
                      ' ' + QByteArray::number(upTo).rightJustified(10);
    if (!last)
        line += ' ' + padded(1 / (1 - percentile / 100), 14, 2);
    return line + '\n';
}

/// The table of one histogram: levels halve their distance to 100 % every five steps. **Source:** PercentileIterator
/// and outputPercentileDistribution() of hdr-histogram-js 3.0.1.
QByteArray percentileTable(const Histogram &histogram, qint64 max)
{
    QByteArray text = QByteArrayLiteral("       Value     Percentile TotalCount 1/(1-Percentile)\n\n");
    const std::vector<HistogramBucket> buckets = histogram.buckets();
    const auto total = static_cast<double>(histogram.total());
    double level = 0;
    quint64 seen = 0;
    for (const HistogramBucket &bucket : buckets) {
        seen += bucket.count;
        const double percentile = 100 * static_cast<double>(seen) / total;
        while (percentile >= level && level < 100) {
            text += percentileLine(bucket, level, seen, false);
            const double reporting = ticks * std::pow(2, std::floor(std::log2(100 / (100 - level))) + 1);
            level += 100 / reporting;
            if (seen == histogram.total())
                break;
        }
    }
    if (!buckets.empty())
        text += percentileLine(buckets.back(), 100, histogram.total(), true);
    return text + summaryLines(buckets, total, static_cast<double>(max));
}

} // namespace

QByteArray asHdrLog(const RunDocument &document)
{
    const base::Instant started = startOf(document);
    const double seconds = static_cast<double>(started.time_since_epoch().count()) / 1000;
    const double length = (document.meta.value(QStringLiteral("elapsedNs")).toDouble() -
                           document.meta.value(QStringLiteral("pausedNs")).toDouble()) /
                          1e9;
    QByteArray log = "#[rollcall latency run, response times in ns]\n#[Histogram log format version 1.3]\n"
                     "#[StartTime: " +
                     fixed(seconds, 3) + " (seconds since epoch), " + base::toIso(started).toUtf8() +
                     "]\n\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
    for (const CellResult &cell : document.cells) {
        const auto histogram = Histogram::decode(cell.histogram);
        if (!histogram || histogram->total() == 0)
            continue; // an interval without values says nothing, and some readers stumble over it
        log += "Tag=" + tagOf(cell.id) + ',' + fixed(seconds, 3) + ',' + fixed(length, 3) + ',' +
               fixed(static_cast<double>(histogram->max()) / nsPerMs, 3) + ',' + compressed(*histogram) + '\n';
    }
    return log;
}

QByteArray asPercentileText(const RunDocument &document)
{
    QByteArray text;
    for (const CellResult &cell : document.cells) {
        const auto histogram = Histogram::decode(cell.histogram);
        if (!histogram || histogram->total() == 0)
            continue;
        text += (text.isEmpty() ? "" : "\n") + ("#[Cell: " + cellName(cell.id).toUtf8()) + ", response times in us]\n" +
                percentileTable(*histogram, cell.response.max.value_or(histogram->max()));
    }
    return text;
}

} // namespace rollcall::probe
