#include "core/probe/DocumentBuilder.h"

#include <QDateTime>

#include <algorithm>
#include <limits>

#include "core/probe/RunChecks.h"
#include "core/probe/RunMeta.h"
#include "core/probe/SampleLog.h"
#include "core/probe/Verdicts.h"

namespace rollcall::probe {

namespace {

/// What is compared with what on each route: the slower way first, so that the ratio says how much faster the other is.
constexpr std::pair<ProbeMode, ProbeMode> pairs[] = {
    {ProbeMode::Proxy, ProbeMode::Local},
    {ProbeMode::Proxy, ProbeMode::Cached},
    {ProbeMode::Proxy, ProbeMode::CachedMemory},
    {ProbeMode::Local, ProbeMode::Cached},
    {ProbeMode::Local, ProbeMode::CachedMemory},
    {ProbeMode::Proxy, ProbeMode::CachedRedis},
    {ProbeMode::Local, ProbeMode::CachedRedis},
    {ProbeMode::Proxy, ProbeMode::CachedUpstash},
    {ProbeMode::Local, ProbeMode::CachedUpstash},
    {ProbeMode::CachedRedis, ProbeMode::CachedMemory},
    {ProbeMode::CachedUpstash, ProbeMode::CachedMemory},
};

/// Where measuring itself costs more than a tenth of a cell's median, the cell is limited by the tool.
constexpr qint64 toolShare = 10;

/// @p samples with times that count from the first intended start: the steady clock's own zero means nothing later.
std::vector<Sample> fromFirstStart(std::vector<Sample> samples)
{
    qint64 first = std::numeric_limits<qint64>::max();
    for (const Sample &sample : samples)
        first = std::min(first, sample.intendedNs);
    for (Sample &sample : samples) {
        sample.intendedNs -= first;
        sample.startNs -= first;
        sample.endNs -= first;
    }
    return samples;
}

} // namespace

DocumentBuilder::DocumentBuilder(const RunPlan &plan, const RunSetup &setup)
    : m_plan(plan), m_setup(setup), m_batches(setup.cells.size(), 1)
{}

void DocumentBuilder::begin(base::Instant startedAt, const QString &version, const QString &strategy)
{
    m_meta = machineMeta();
    m_meta.insert(QStringLiteral("startedAt"), base::toIso(startedAt));
    m_meta.insert(QStringLiteral("utcOffsetMinutes"), QDateTime::currentDateTime().offsetFromUtc() / 60);
    m_meta.insert(QStringLiteral("authVersion"), version);
    m_meta.insert(QStringLiteral("strategy"), strategy);
    m_meta.insert(QStringLiteral("quantiles"), QStringLiteral("type7"));
    m_meta.insert(QStringLiteral("interval"), QStringLiteral("95 %, hull of binomial and block score"));
    m_meta.insert(QStringLiteral("cacheBackend"), QStringLiteral("memory"));
    // null: not done.
    m_meta.insert(QStringLiteral("selfCalibration"), QJsonValue());
    m_meta.insert(QStringLiteral("levelChange"), QJsonValue());
    m_meta.insert(QStringLiteral("littlesLaw"), QJsonValue());
    m_meta.insert(QStringLiteral("control"), QJsonValue());
    m_meta.insert(QStringLiteral("canary"), QJsonValue());
    m_meta.insert(QStringLiteral("server"), QJsonValue());
    m_meta.insert(QStringLiteral("addressDigest"), QJsonValue());
}

void DocumentBuilder::setLifetime(std::chrono::seconds maxAge, std::chrono::seconds updateAge)
{
    m_meta.insert(QStringLiteral("maxAgeSeconds"), qint64(maxAge.count()));
    m_meta.insert(QStringLiteral("updateAgeSeconds"), qint64(updateAge.count()));
}

void DocumentBuilder::setCalibration(const std::optional<SelfCalibration> &calibration)
{
    if (calibration)
        m_meta.insert(QStringLiteral("selfCalibration"), toJson(*calibration));
}

void DocumentBuilder::setBatches(const LocalProbe &local)
{
    for (std::size_t i = 0; i < m_setup.cells.size(); ++i) {
        if (!isNetwork(m_setup.cells[i].id.mode))
            m_batches[i] = local.batchOf(m_setup.cells[i].id);
    }
    m_connectNs = local.connectNs();
}

std::vector<CellResult> DocumentBuilder::cellsOf(const ByCell &samples) const
{
    const qint64 timeoutNs = std::chrono::nanoseconds(m_plan.timeout).count();
    std::vector<CellResult> cells;
    for (std::size_t i = 0; i < m_setup.planCells(); ++i) {
        const RunCell &cell = m_setup.cells[i];
        CellResult result = summarise(cell.id, samples[i], timeoutNs, m_batches[i]);
        if (result.phases.execute)
            result.phases.connect = m_connectNs;
        if (cell.id.cookie != CookieState::Plan)
            result.cookie = cookieStateName(cell.id.cookie);
        else
            result.cookie = cookieChoiceName(cell.id.mode == ProbeMode::Floor ? CookieChoice::None : m_plan.cookie);
        result.connection = !isNetwork(cell.id.mode) ? QStringLiteral("none")
                            : cell.id.cold           ? QStringLiteral("cold")
                                                     : QStringLiteral("reused");
        cells.push_back(std::move(result));
    }
    return cells;
}

std::vector<Comparison> DocumentBuilder::comparisonsOf(const ByCell &samples) const
{
    const auto find = [this](const QString &route, ProbeMode mode) {
        return std::find_if(m_setup.cells.begin(), m_setup.cells.end(), [&](const RunCell &cell) {
            return cell.id.route == route && cell.id.mode == mode && cell.id.cache != CachePath::Miss &&
                   cell.id.isPrimary();
        });
    };
    std::vector<Comparison> comparisons;
    for (const QString &route : m_plan.routes) {
        for (const auto &[slower, faster] : pairs) {
            const auto a = find(route, slower);
            const auto b = find(route, faster);
            if (a == m_setup.cells.end() || b == m_setup.cells.end())
                continue;
            const auto &samplesA = samples[static_cast<std::size_t>(a - m_setup.cells.begin())];
            const auto &samplesB = samples[static_cast<std::size_t>(b - m_setup.cells.begin())];
            if (auto comparison = compareMedians(a->id, samplesA, b->id, samplesB, !m_setup.closed, m_setup.seed))
                comparisons.push_back(std::move(*comparison));
        }
    }
    judgeTogether(comparisons);
    return comparisons;
}

RunDocument DocumentBuilder::documentOf(const ByCell &measured) const
{
    RunDocument document;
    document.meta = m_meta;
    document.plan = planToJson(m_plan, m_setup.rate);
    document.cells = cellsOf(measured);
    return document;
}

RunDocument DocumentBuilder::live(std::span<const Sample> samples) const
{
    RunDocument document = documentOf(measuredByCell(samples, m_setup.cells.size()));
    if (samples.size() <= mostLiveSamples)
        document.samples = withoutControl({samples.begin(), samples.end()});
    return document;
}

/// The samples of the plan's own cells, their times from the first start.
std::vector<Sample> DocumentBuilder::withoutControl(std::vector<Sample> samples) const
{
    std::erase_if(samples, [this](const Sample &s) { return static_cast<std::size_t>(s.cell) >= m_setup.planCells(); });
    return fromFirstStart(std::move(samples));
}

void DocumentBuilder::noteChecks(RunDocument &document, const ByCell &measured, std::span<const Sample> samples,
                                 const RunRecord::State &state) const
{
    if (m_setup.controlOf)
        document.meta.insert(QStringLiteral("control"),
                             controlCheck(measured[*m_setup.controlOf], measured.back(), m_setup));
    document.meta.insert(QStringLiteral("levelChange"), levelCheck(samples, m_setup));
    if (m_setup.closed && m_setup.limits.closedRate <= 0 && !m_plan.hasLocal())
        document.meta.insert(QStringLiteral("littlesLaw"), occupancyCheck(samples, state.pauses, m_setup.concurrency));
    QJsonObject calibration = document.meta.value(QStringLiteral("selfCalibration")).toObject();
    if (calibration.isEmpty())
        return;
    const qint64 overhead = calibration.value(QStringLiteral("overheadP50Ns")).toInteger();
    QJsonArray limited;
    for (const CellResult &cell : document.cells) {
        const auto median = cell.service.quantiles[0];
        if (isNetwork(cell.id.mode) && median && overhead * toolShare > *median)
            limited.append(cellName(cell.id));
    }
    calibration.insert(QStringLiteral("toolLimited"), limited);
    document.meta.insert(QStringLiteral("selfCalibration"), calibration);
}

RunDocument DocumentBuilder::finished(std::vector<Sample> samples, const RunRecord::State &state,
                                      base::Instant endedAt) const
{
    for (Sample &sample : samples)
        sample.warmup = sample.block < state.warmupBlocks;
    const ByCell measured = measuredByCell(samples, m_setup.cells.size());
    RunDocument document = documentOf(measured);
    noteChecks(document, measured, samples, state);
    // Where a cell differs from itself, a difference from another says nothing.
    if (document.meta.value(QStringLiteral("control")).toObject().value(QStringLiteral("stable")).toBool(true))
        document.comparisons = comparisonsOf(measured);
    document.guards = state.events;
    document.stopReason = state.stopReason;
    document.budgets = judgeBudgets(m_plan.budgets, document);
    document.meta.insert(QStringLiteral("endedAt"), base::toIso(endedAt));
    document.meta.insert(QStringLiteral("elapsedNs"), state.endNs - state.beginNs);
    document.meta.insert(QStringLiteral("pausedNs"), state.pausedNs(state.endNs)); // of these
    document.meta.insert(QStringLiteral("cpuNs"), state.cpuNs);
    document.meta.insert(QStringLiteral("loadAfter"), loadAverage());
    document.meta.insert(QStringLiteral("samples"), static_cast<qint64>(samples.size()));
    document.meta.insert(QStringLiteral("blocks"), std::max(0, state.block + 1 - state.warmupBlocks));
    document.meta.insert(QStringLiteral("warmupBlocks"), state.warmupBlocks);
    document.meta.insert(QStringLiteral("orderDigest"), orderDigest(m_setup, state.block + 1));
    if (m_setup.origin)
        document.meta.insert(QStringLiteral("server"), state.server.toJson());
    document.samples = withoutControl(std::move(samples));
    return document;
}

} // namespace rollcall::probe
