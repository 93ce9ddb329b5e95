#include "core/probe/RunSetup.h"

#include <algorithm>
#include <limits>

namespace rollcall::probe {

namespace {

/// The cell whose second copy is the control: the first that is asked over the network and compared with others.
std::optional<std::size_t> controlCell(const RunPlan &plan, const std::vector<RunCell> &cells)
{
    if (!plan.hasLocal())
        return std::nullopt; // nothing is compared, so there is nothing to control
    const auto at = std::find_if(cells.begin(), cells.end(), [](const RunCell &cell) {
        return cell.id.mode == ProbeMode::Proxy && cell.id.isPrimary();
    });
    return at == cells.end() ? std::nullopt : std::optional(static_cast<std::size_t>(at - cells.begin()));
}

} // namespace

RunSetup RunSetup::from(const RunPlan &plan, bool loopback, bool control)
{
    RunSetup setup;
    for (const CellId &id : plan.cells())
        setup.cells.push_back({id, {}, false});
    setup.limits = guardLimits(plan, loopback);
    if (control)
        setup.controlOf = controlCell(plan, setup.cells);
    if (setup.controlOf) {
        setup.cells.push_back(setup.cells[*setup.controlOf]);
        if (plan.samples && setup.limits.requests < GuardLimits::requestsCeiling)
            setup.limits.requests =
                std::min(GuardLimits::requestsCeiling, setup.limits.requests + *plan.samples + plan.warmupBlocks());
    }
    setup.findWarmup = !plan.warmup;
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

std::array<BlockScheduler, 2> RunSetup::visits() const
{
    const int blocks = warmupBlocks + measuredBlocks;
    return {BlockScheduler(cellIds(true, closed), blocks, seed),
            BlockScheduler(cellIds(false, !closed), blocks, seed + 1)};
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
