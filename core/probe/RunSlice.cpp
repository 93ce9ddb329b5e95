#include "core/probe/RunSlice.h"

#include <algorithm>

#include "core/probe/SampleLog.h"

namespace rollcall::probe {

RunDocument sliceOf(const RunDocument &document, const TimeRange &range)
{
    RunDocument slice;
    slice.meta = document.meta;
    slice.plan = document.plan;
    slice.budgets = document.budgets;
    slice.guards = document.guards;
    slice.stopReason = document.stopReason;
    std::ranges::copy_if(document.samples, std::back_inserter(slice.samples), [&range](const Sample &sample) {
        return sample.startNs >= range.fromNs && sample.startNs < range.toNs;
    });
    const qint64 timeoutNs = timeoutNsOf(document);
    const auto samples = measuredByCell(slice.samples, document.cells.size());
    for (std::size_t i = 0; i < document.cells.size(); ++i) {
        const CellResult &whole = document.cells[i];
        CellResult cell = summarise(whole.id, samples[i], timeoutNs, whole.batch);
        cell.cookie = whole.cookie;
        cell.connection = whole.connection;
        cell.phases.connect = whole.phases.connect;
        slice.cells.push_back(std::move(cell));
    }
    return slice;
}

qint64 timeoutNsOf(const RunDocument &document)
{
    return document.plan.value(QStringLiteral("timeoutMs")).toInteger() * 1'000'000;
}

} // namespace rollcall::probe
