#include "core/probe/DocumentBuilder.h"

#include <algorithm>

#include "core/probe/RunMeta.h"
#include "core/probe/Verdicts.h"

namespace rollcall::probe {

namespace {

/// What is compared with what on each route: the slower way first, so that the ratio says how much faster the other is.
constexpr std::pair<ProbeMode, ProbeMode> pairs[] = {
    {ProbeMode::Proxy, ProbeMode::Local},        {ProbeMode::Proxy, ProbeMode::Cached},
    {ProbeMode::Proxy, ProbeMode::CachedMemory}, {ProbeMode::Local, ProbeMode::Cached},
    {ProbeMode::Local, ProbeMode::CachedMemory},
};

} // namespace

DocumentBuilder::DocumentBuilder(const RunPlan &plan, const RunSetup &setup)
    : m_plan(plan), m_setup(setup), m_batches(setup.cells.size(), 1)
{}

void DocumentBuilder::begin(base::Instant startedAt, const QString &version, const QString &strategy)
{
    m_meta = machineMeta();
    m_meta.insert(QStringLiteral("startedAt"), base::toIso(startedAt));
    m_meta.insert(QStringLiteral("authVersion"), version);
    m_meta.insert(QStringLiteral("strategy"), strategy);
    m_meta.insert(QStringLiteral("quantiles"), QStringLiteral("type7"));
    m_meta.insert(QStringLiteral("interval"), QStringLiteral("95 %, hull of binomial and block score"));
    m_meta.insert(QStringLiteral("cacheBackend"), QStringLiteral("memory"));
    // Not done yet, and said so rather than left out.
    m_meta.insert(QStringLiteral("selfCalibration"), QJsonValue());
    m_meta.insert(QStringLiteral("control"), QJsonValue());
    m_meta.insert(QStringLiteral("canary"), QJsonValue());
}

void DocumentBuilder::setBatches(const LocalProbe &local)
{
    for (std::size_t i = 0; i < m_setup.cells.size(); ++i) {
        if (!isNetwork(m_setup.cells[i].id.mode))
            m_batches[i] = local.batchOf(m_setup.cells[i].id);
    }
}

DocumentBuilder::ByCell DocumentBuilder::measuredByCell(std::span<const Sample> samples) const
{
    ByCell byCell(m_setup.cells.size());
    for (const Sample &sample : samples) {
        // What we cut off ourselves when the run ended says nothing of the deployment; the log of samples keeps it.
        if (!sample.warmup && !isAborted(sample.outcome))
            byCell[static_cast<std::size_t>(sample.cell)].push_back(sample);
    }
    return byCell;
}

std::vector<CellResult> DocumentBuilder::cellsOf(const ByCell &samples) const
{
    const qint64 timeoutNs = std::chrono::nanoseconds(m_plan.timeout).count();
    std::vector<CellResult> cells;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const RunCell &cell = m_setup.cells[i];
        CellResult result = summarise(cell.id, samples[i], timeoutNs, m_batches[i]);
        result.cookie =
            cell.id.mode == ProbeMode::Floor ? cookieChoiceName(CookieChoice::None) : cookieChoiceName(m_plan.cookie);
        result.connection = isNetwork(cell.id.mode) ? QStringLiteral("reused") : QStringLiteral("none");
        cells.push_back(std::move(result));
    }
    return cells;
}

std::vector<Comparison> DocumentBuilder::comparisonsOf(const ByCell &samples) const
{
    const auto find = [this](const QString &route, ProbeMode mode) {
        return std::find_if(m_setup.cells.begin(), m_setup.cells.end(), [&](const RunCell &cell) {
            return cell.id.route == route && cell.id.mode == mode && cell.id.cache != CachePath::Miss;
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
    return comparisons;
}

RunDocument DocumentBuilder::partial(std::span<const Sample> samples) const
{
    RunDocument document;
    document.meta = m_meta;
    document.plan = planToJson(m_plan, m_setup.rate);
    document.cells = cellsOf(measuredByCell(samples));
    return document;
}

RunDocument DocumentBuilder::finished(std::span<const Sample> samples, const RunRecord::State &state,
                                      base::Instant endedAt) const
{
    RunDocument document = partial(samples);
    document.comparisons = comparisonsOf(measuredByCell(samples));
    document.guards = state.events;
    document.stopReason = state.stopReason;
    document.budgets = judgeBudgets(m_plan.budgets, document);
    document.meta.insert(QStringLiteral("endedAt"), base::toIso(endedAt));
    document.meta.insert(QStringLiteral("elapsedNs"), state.endNs - state.beginNs);
    document.meta.insert(QStringLiteral("loadAfter"), loadAverage());
    document.meta.insert(QStringLiteral("samples"), static_cast<qint64>(samples.size()));
    document.meta.insert(QStringLiteral("blocks"), std::max(0, state.block + 1 - m_setup.warmupBlocks));
    return document;
}

} // namespace rollcall::probe
