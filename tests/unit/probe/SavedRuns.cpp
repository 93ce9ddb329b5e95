#include "tests/unit/probe/SavedRuns.h"

#include <QDebug>

#include "core/probe/Comparison.h"
#include "core/probe/Random.h"
#include "core/probe/SampleLog.h"

namespace rollcall::test {

using namespace probe;

Sample sampleOf(int cell, int block, qint64 ns, Outcome outcome)
{
    Sample sample;
    sample.cell = cell;
    sample.block = block;
    sample.intendedNs = block * qint64(1'000'000);
    sample.startNs = sample.intendedNs + 500;
    sample.endNs = sample.startNs + ns;
    sample.outcome = outcome;
    sample.status = outcome == Outcome::Ok ? 200 : 500;
    sample.phases.wait = ns / 2;
    sample.phases.receive = ns / 4;
    sample.phases.server = ns / 5;
    return sample;
}

RunDocument documentOf(const QString &route, int blocks, double factor)
{
    RunDocument document;
    document.meta = {{QStringLiteral("tool"), QStringLiteral("rollcall <test>")},
                     {QStringLiteral("startedAt"), QStringLiteral("2026-05-01T12:00:00.000Z")},
                     {QStringLiteral("elapsedNs"), 5e9}};
    document.plan = {{QStringLiteral("seed"), 5}, {QStringLiteral("timeoutMs"), 10'000}};
    const std::vector<CellId> ids{{route, ProbeMode::Proxy, {}}, {route, ProbeMode::Local, {}}};
    Random random(3);
    for (int block = 0; block < blocks; ++block) {
        const double noise = 1 + random.uniform();
        document.samples.push_back(sampleOf(0, block, static_cast<qint64>(10e6 * noise * factor)));
        document.samples.push_back(
            sampleOf(1, block, static_cast<qint64>(1e6 * noise * (0.9 + 0.2 * random.uniform()))));
    }
    document.samples.push_back(sampleOf(0, blocks, 77, Outcome::Timeout));
    document.samples.front().warmup = true;
    const auto byCell = measuredByCell(document.samples, ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        document.cells.push_back(summarise(ids[i], byCell[i], 10'000'000'000, 1));
        document.cells.back().cookie = QStringLiteral("none");
        document.cells.back().connection = QStringLiteral("reused");
    }
    document.comparisons.push_back(*compareMedians(ids[0], byCell[0], ids[1], byCell[1], true, 5));
    document.budgets.push_back(
        {*parseBudget(QStringLiteral("proxy.p50<100ms")), route, 15'000'000, Verdict::Within, {}});
    return document;
}

RunDocument reread(const RunDocument &document)
{
    const auto read = RunDocument::fromJson(document.toJson(), QStringLiteral("run.json"));
    if (!read)
        qWarning() << read.error().param(base::ErrorParam::Detail);
    return read.value_or(RunDocument{});
}

} // namespace rollcall::test
