#include "core/probe/HdrReader.h"

#include <QByteArrayList>
#include <QtEndian>

#include <bit>
#include <cmath>
#include <limits>

#include "core/probe/BoundedInflate.h"
#include "core/probe/ZigZag.h"

namespace rollcall::probe {

namespace {

constexpr quint32 payloadCookie = 0x1c849303 | 0x10;
constexpr quint32 compressedCookie = 0x1c849304 | 0x10;
constexpr qsizetype compressedHeader = 8;
constexpr qsizetype payloadHeader = 40;
constexpr qsizetype mostPayload = 8 * 1024 * 1024;

template <typename T>
T bigEndian(const QByteArray &bytes, qsizetype at)
{
    return qFromBigEndian<T>(bytes.constData() + at);
}

/// How a histogram's counts map to values.
struct Layout
{
    int unitMagnitude = 0;
    int halfMagnitude = 10; ///< log2 of half the sub-buckets

    [[nodiscard]] qint64 highestOf(qint64 index) const
    {
        const qint64 half = qint64(1) << halfMagnitude;
        qint64 bucket = (index >> halfMagnitude) - 1;
        qint64 sub = (index & (half - 1)) + half;
        if (bucket < 0) {
            sub -= half;
            bucket = 0;
        }
        const qint64 shift = bucket + unitMagnitude;
        if (shift + halfMagnitude + 2 >= 62)
            return Histogram::maxValue;
        return ((sub + 1) << shift) - 1;
    }
};

/// Adds what @p text holds to @p histogram; what is wrong with it, empty where nothing is.
QString addInterval(const QByteArray &text, Histogram &histogram)
{
    const auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || (*decoded).size() < compressedHeader)
        return QStringLiteral("the histogram is not base64");
    const QByteArray &outer = *decoded;
    if (bigEndian<quint32>(outer, 0) != compressedCookie)
        return QStringLiteral("the histogram is not a compressed one of version 2");
    const auto payload = inflateZlib(QByteArrayView(outer).sliced(compressedHeader), mostPayload);
    if (!payload || payload->size() < payloadHeader)
        return QStringLiteral("the histogram cannot be inflated");
    if (bigEndian<quint32>(*payload, 0) != payloadCookie || bigEndian<quint32>(*payload, 8) != 0)
        return QStringLiteral("the histogram's payload is not of version 2 without offset");
    const auto digits = bigEndian<quint32>(*payload, 12);
    const auto lowest = bigEndian<quint64>(*payload, 16);
    if (digits > 5 || lowest < 1 || lowest > static_cast<quint64>(Histogram::maxValue))
        return QStringLiteral("the histogram's resolution is out of range");
    Layout layout;
    layout.unitMagnitude = static_cast<int>(std::bit_width(lowest)) - 1;
    layout.halfMagnitude =
        std::max(0, static_cast<int>(std::ceil(std::log2(2 * std::pow(10, static_cast<double>(digits))))) - 1);
    qint64 index = 0;
    for (qsizetype at = payloadHeader; at < payload->size();) {
        const auto count = takeZigZag(*payload, at);
        if (!count || *count > std::numeric_limits<quint32>::max() || *count < -mostPayload || index > mostPayload)
            return QStringLiteral("the histogram's counts cannot be read");
        if (*count < 0) {
            index -= *count;
            continue;
        }
        if (*count > 0)
            histogram.record(layout.highestOf(index), static_cast<quint32>(*count));
        ++index;
    }
    return {};
}

} // namespace

base::Result<std::map<QString, Histogram>> readHdrLog(const QByteArray &text, const QString &origin)
{
    std::map<QString, Histogram> byTag;
    qint64 number = 0;
    const auto invalid = [&](const QString &detail) {
        return base::fail(base::Error(base::ErrorCode::FileFormatInvalid)
                              .with(base::ErrorParam::Path, origin)
                              .with(base::ErrorParam::Line, number)
                              .with(base::ErrorParam::Detail, detail));
    };
    for (QByteArray line : text.split('\n')) {
        ++number;
        line = line.trimmed();
        if (line.isEmpty() || line.startsWith('#') || line.startsWith("\"StartTimestamp\""))
            continue;
        QList<QByteArray> fields = line.split(',');
        QString tag;
        if (fields.front().startsWith("Tag="))
            tag = QString::fromUtf8(QByteArray::fromPercentEncoding(fields.takeFirst().mid(4)));
        if (fields.size() != 4)
            return invalid(QStringLiteral("an interval has four fields after its tag"));
        constexpr std::size_t mostTags = 1000;
        if (byTag.size() >= mostTags && !byTag.contains(tag))
            return invalid(QStringLiteral("more than %1 tags").arg(mostTags));
        if (const QString fault = addInterval(fields.at(3), byTag[tag]); !fault.isEmpty())
            return invalid(fault);
    }
    if (byTag.empty())
        return invalid(QStringLiteral("no interval in it"));
    return byTag;
}

} // namespace rollcall::probe
