#include "core/probe/SampleLog.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>
#include <limits>

#include "core/probe/BoundedInflate.h"
#include "core/probe/ZigZag.h"

namespace rollcall::probe {

namespace {

constexpr const char *columns[] = {"cell", "block",   "intendedStep", "lag",   "total",  "dns",     "tcp",  "tls",
                                   "wait", "receive", "server",       "bytes", "status", "outcome", "flags"};
/// Behind the others where any sample has them: look-ups in a database were measured.
constexpr const char *stageColumns[] = {"execute", "fetch", "decode"};
constexpr qint64 reusedFlag = 1;
constexpr qint64 warmupFlag = 2;
constexpr qint64 setCookieFlag = 4;
constexpr qint64 firstFlag = 8;
constexpr qint64 allFlags = reusedFlag | warmupFlag | setCookieFlag | firstFlag;
/// Beyond it a time or size is no measurement of ours.
constexpr qint64 largest = qint64(1) << 61;
/// Each block leaves a sample at least, so the samples of a run are of far fewer.
constexpr int largestBlock = 1 << 24;
constexpr qsizetype usualSampleBytes = 32;
constexpr qsizetype mostBytes = qsizetype(256) * 1024 * 1024;

tl::unexpected<base::Error> invalid(const QString &detail)
{
    return base::fail(
        base::Error(base::ErrorCode::FileFormatInvalid)
            .with(base::ErrorParam::Detail, QString(QStringLiteral("\"samples\" cannot be read: ") + detail)));
}

void appendPhase(QByteArray &bytes, const std::optional<qint64> &phase)
{
    appendZigZag(bytes, phase ? *phase + 1 : 0);
}

/// Takes the numbers of a sample one by one; after the first that is missing or out of range all are 0.
class Reader
{
public:
    explicit Reader(const QByteArray &bytes) : m_bytes(bytes) {}

    [[nodiscard]] qint64 number(qint64 least, qint64 most)
    {
        const auto value = takeZigZag(m_bytes, m_at);
        if (!value || *value < least || *value > most)
            m_ok = false;
        return m_ok ? *value : 0;
    }
    [[nodiscard]] std::optional<qint64> phase()
    {
        const qint64 value = number(0, largest);
        return value > 0 ? std::optional(value - 1) : std::nullopt;
    }
    void refuse() { m_ok = false; }
    [[nodiscard]] bool ok() const { return m_ok; }
    [[nodiscard]] bool atEnd() const { return m_at == m_bytes.size(); }

private:
    const QByteArray &m_bytes;
    qsizetype m_at = 0;
    bool m_ok = true;
};

QJsonArray columnNames(bool stages)
{
    QJsonArray names;
    for (const char *name : columns)
        names.append(QLatin1String(name));
    if (stages) {
        for (const char *name : stageColumns)
            names.append(QLatin1String(name));
    }
    return names;
}

Sample sampleFrom(Reader &reader, qint64 &intended, std::size_t cells, bool stages)
{
    Sample sample;
    sample.cell = static_cast<int>(reader.number(0, static_cast<qint64>(cells) - 1));
    sample.block = static_cast<int>(reader.number(0, std::numeric_limits<int>::max()));
    intended += reader.number(-largest, largest);
    if (intended < -largest || intended > largest) { // the sum is bounded as each of its parts is
        reader.refuse();
        return sample;
    }
    sample.intendedNs = intended;
    sample.startNs = sample.intendedNs + reader.number(-largest, largest);
    sample.endNs = sample.startNs + reader.number(0, largest);
    sample.phases.dns = reader.phase();
    sample.phases.tcp = reader.phase();
    sample.phases.tls = reader.phase();
    sample.phases.wait = reader.phase();
    sample.phases.receive = reader.phase();
    sample.phases.server = reader.phase();
    sample.bytes = reader.number(0, largest);
    sample.status = static_cast<int>(reader.number(0, 999));
    sample.outcome = static_cast<Outcome>(reader.number(0, static_cast<qint64>(outcomeCount) - 1));
    const qint64 flags = reader.number(0, allFlags);
    sample.reused = (flags & reusedFlag) != 0;
    sample.warmup = (flags & warmupFlag) != 0;
    sample.setCookie = (flags & setCookieFlag) != 0;
    sample.first = (flags & firstFlag) != 0;
    if (stages) {
        sample.phases.execute = reader.phase();
        sample.phases.fetch = reader.phase();
        sample.phases.decode = reader.phase();
    }
    return sample;
}

} // namespace

QJsonValue samplesToJson(std::span<const Sample> samples)
{
    if (samples.empty() || samples.size() > mostLoggedSamples)
        return {};
    const qint64 begin = std::min_element(samples.begin(), samples.end(), [](const Sample &a, const Sample &b) {
                             return a.intendedNs < b.intendedNs;
                         })->intendedNs;
    const bool stages =
        std::any_of(samples.begin(), samples.end(), [](const Sample &s) { return s.phases.execute.has_value(); });
    QByteArray bytes;
    bytes.reserve(static_cast<qsizetype>(samples.size()) * usualSampleBytes);
    qint64 before = begin;
    for (const Sample &sample : samples) {
        appendZigZag(bytes, sample.cell);
        appendZigZag(bytes, sample.block);
        appendZigZag(bytes, sample.intendedNs - before);
        before = sample.intendedNs;
        appendZigZag(bytes, sample.startNs - sample.intendedNs);
        appendZigZag(bytes, sample.serviceNs());
        for (const auto &phase : {sample.phases.dns, sample.phases.tcp, sample.phases.tls, sample.phases.wait,
                                  sample.phases.receive, sample.phases.server})
            appendPhase(bytes, phase);
        appendZigZag(bytes, sample.bytes);
        appendZigZag(bytes, sample.status);
        appendZigZag(bytes, static_cast<qint64>(sample.outcome));
        appendZigZag(bytes, (sample.reused ? reusedFlag : 0) | (sample.warmup ? warmupFlag : 0) |
                                (sample.setCookie ? setCookieFlag : 0) | (sample.first ? firstFlag : 0));
        if (stages) {
            for (const auto &stage : {sample.phases.execute, sample.phases.fetch, sample.phases.decode})
                appendPhase(bytes, stage);
        }
    }
    // Level 1: the usual one was an eighth of what a run at full speed costs. qCompress() puts four bytes of length
    // before the zlib stream; the stream alone is what others can read.
    return QJsonObject{{QStringLiteral("count"), static_cast<qint64>(samples.size())},
                       {QStringLiteral("columns"), columnNames(stages)},
                       {QStringLiteral("data"), QString::fromLatin1(qCompress(bytes, 1).mid(4).toBase64())}};
}

base::Result<std::vector<Sample>> samplesFromJson(const QJsonValue &value, std::size_t cells)
{
    std::vector<Sample> samples;
    if (value.isNull() || value.isUndefined())
        return samples;
    const QJsonObject object = value.toObject();
    const qint64 count = object.value(QStringLiteral("count")).toInteger(-1);
    if (count < 0 || count > static_cast<qint64>(mostLoggedSamples))
        return invalid(QStringLiteral("\"count\" is no number of samples"));
    const QJsonArray names = object.value(QStringLiteral("columns")).toArray();
    const bool stages = names == columnNames(true);
    if (!stages && names != columnNames(false))
        return invalid(QStringLiteral("its columns are not those of this version"));
    const QByteArray data = object.value(QStringLiteral("data")).toString().toLatin1();
    const auto packed = QByteArray::fromBase64Encoding(data, QByteArray::AbortOnBase64DecodingErrors);
    if (!packed || (*packed).isEmpty())
        return invalid(QStringLiteral("\"data\" is not base64"));
    // A number has at most nine bytes: what says it is longer is not believed, so nothing large is made.
    const qint64 most = std::min<qint64>(mostBytes, count * names.size() * 9);
    const auto inflated = inflateZlib(*packed, most);
    if (!inflated)
        return invalid(QStringLiteral("\"data\" is not a deflated stream of %1 samples").arg(count));
    samples.reserve(static_cast<std::size_t>(count));
    Reader reader(*inflated);
    qint64 intended = 0;
    for (qint64 i = 0; i < count; ++i) {
        samples.push_back(sampleFrom(reader, intended, cells, stages));
        if (!reader.ok())
            return invalid(QStringLiteral("sample %1 is out of range").arg(i + 1));
        if (samples.back().block > largestBlock) {
            return invalid(QStringLiteral("sample %1 is said to be of block %2, and no run has so many")
                               .arg(i + 1)
                               .arg(samples.back().block));
        }
    }
    if (!reader.atEnd())
        return invalid(QStringLiteral("more stands behind its %1 samples").arg(count));
    return samples;
}

bool isMeasured(const Sample &sample)
{
    // What we cut off ourselves when the run ended says nothing of the deployment; the log of samples keeps it.
    return !sample.warmup && !isAborted(sample.outcome);
}

std::vector<std::vector<Sample>> measuredByCell(std::span<const Sample> samples, std::size_t cells)
{
    std::vector<std::vector<Sample>> byCell(cells);
    for (const Sample &sample : samples) {
        if (isMeasured(sample))
            byCell[static_cast<std::size_t>(sample.cell)].push_back(sample);
    }
    return byCell;
}

} // namespace rollcall::probe
