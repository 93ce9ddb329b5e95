#include "core/probe/RunSetup.h"

#include <algorithm>
#include <limits>

namespace rollcall::probe {

RunSetup RunSetup::from(const RunPlan &plan, bool loopback)
{
    RunSetup setup;
    for (const CellId &id : plan.cells())
        setup.cells.push_back({id, {}, false});
    setup.limits = guardLimits(plan, loopback);
    setup.closed = plan.isClosed();
    setup.concurrency = plan.concurrency.value_or(1);
    setup.rate = plan.rate.value_or(setup.limits.rate);
    setup.arrival = plan.arrival;
    setup.warmupBlocks = plan.warmupBlocks();
    setup.duration = plan.duration;
    setup.stopByInterval = !plan.samples && !plan.duration;
    setup.seed = plan.seed;
    constexpr int unnamedBlocks = 600;
    const auto network = static_cast<qint64>(setup.cellIds(true, false).size());
    const qint64 affordable = network > 0 ? setup.limits.requests / network - setup.warmupBlocks : unnamedBlocks;
    const qint64 unnamed =
        plan.duration ? std::numeric_limits<int>::max() / 2 : std::clamp<qint64>(affordable, 1, unnamedBlocks);
    setup.measuredBlocks = plan.samples.value_or(static_cast<int>(unnamed));
    return setup;
}

std::vector<int> RunSetup::cellIds(bool network, bool local) const
{
    std::vector<int> ids;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (isNetwork(cells[i].id.mode) ? network : local)
            ids.push_back(static_cast<int>(i));
    }
    return ids;
}

} // namespace rollcall::probe
