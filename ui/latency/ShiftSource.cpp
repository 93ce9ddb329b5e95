#include "ui/latency/ShiftSource.h"

#include <algorithm>

#include "core/probe/DrawnCells.h"
#include "core/probe/SampleLog.h"

namespace rollcall::latency {

using probe::CellId;
using probe::ProbeMode;
using probe::RunDocument;
using probe::Sample;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int spared = 10; ///< how many times as long as a computation took the next waits during a run

/// Measured samples of one cell.
std::vector<Sample> samplesOf(const RunDocument &document, const CellId &id)
{
    std::vector<Sample> samples;
    for (const Sample &sample : document.samples) {
        const bool measured = !sample.warmup && !probe::isAborted(sample.outcome);
        if (measured && document.cells[static_cast<std::size_t>(sample.cell)].id == id)
            samples.push_back(sample);
    }
    return samples;
}

} // namespace

std::vector<ModePair> modePairs(const RunDocument &document, const QString &route)
{
    std::vector<CellId> ids;
    for (const probe::CellResult &cell : document.cells) {
        if (cell.id.route == route && cell.id.mode != ProbeMode::Floor && cell.id.cache != probe::CachePath::Miss &&
            isDrawn(document, cell))
            ids.push_back(cell.id);
    }
    std::vector<ModePair> pairs;
    for (const ProbeMode slower : {ProbeMode::Proxy, ProbeMode::Local, ProbeMode::Route}) {
        const auto a = std::find_if(ids.begin(), ids.end(), [&](const CellId &id) { return id.mode == slower; });
        if (a == ids.end())
            continue;
        for (const CellId &b : ids) {
            const bool known = std::any_of(pairs.begin(), pairs.end(),
                                           [&](const ModePair &pair) { return pair.first == b && pair.second == *a; });
            if (!(b == *a) && !known)
                pairs.emplace_back(*a, b);
        }
    }
    return pairs;
}

ShiftSource::ShiftSource(QObject *parent) : QObject(parent), m_worker("rc-shift", 2) {}

ShiftSource::~ShiftSource() = default;

void ShiftSource::want(std::shared_ptr<const RunDocument> document, const ModePair &pair, bool running)
{
    if (running && (m_busy || Clock::now() < m_notBefore))
        return;
    m_next = std::make_unique<Wish>(Wish{std::move(document), pair});
    if (!m_busy)
        begin();
}

void ShiftSource::begin()
{
    m_busy = true;
    const std::shared_ptr<const Wish> wish = std::move(m_next);
    const auto queued = m_worker.submit([this, wish, sender = m_mailbox.sender()](std::stop_token) {
        const auto from = Clock::now();
        const RunDocument &document = *wish->document;
        const auto seed = static_cast<quint64>(document.plan.value(QStringLiteral("seed")).toInteger());
        charts::ShiftCurve curve{wish->pair.first, wish->pair.second, {}};
        curve.points = probe::shiftFunction(samplesOf(document, curve.a), samplesOf(document, curve.b),
                                            !document.isClosed(), seed);
        sender.post([this, curve = std::move(curve), cost = Clock::now() - from] {
            m_busy = false;
            m_notBefore = Clock::now() + spared * cost;
            if (m_next)
                begin(); // what was wanted meanwhile is what is to be seen
            else
                Q_EMIT ready(curve);
        });
    });
    if (!queued)
        m_busy = false; // two jobs fit and one is made at a time: only a worker that ends refuses
}

} // namespace rollcall::latency
