#pragma once

#include <array>
#include <memory>

#include "core/base/Secret.h"
#include "core/http/HttpClient.h"
#include "core/probe/BlockScheduler.h"
#include "core/probe/Guard.h"
#include "core/probe/RunPlan.h"

namespace rollcall::probe {

/// One cell as the runner measures it.
struct RunCell
{
    CellId id;
    http::HttpRequest request; ///< network cells; its Cookie header is a bearer secret
    bool cookieSent = false;
};

/// Everything a run needs, decided beforehand.
struct RunSetup
{
    std::vector<RunCell> cells;
    /// The A/A control: the last of `cells` is a second copy of this one, measured as a cell of its own and not shown.
    std::optional<std::size_t> controlOf;
    std::optional<QUrl> origin; ///< of the deployment; absent where there are no network cells
    http::HttpOptions http;     ///< timeout is that of one request
    /// By what the requests' session is known, which no answer may hand on (tokenTraces()); null: none is sent.
    std::shared_ptr<const std::vector<base::SecretBytes>> traces;
    GuardLimits limits;
    bool closed = false;
    int concurrency = 1; ///< closed runs
    double rate = 2;     ///< open runs
    Arrival arrival = Arrival::Poisson;
    int warmupBlocks = 0;
    bool findWarmup = false; ///< warmupBlocks is the least; how many it really takes is found (SteadyState)
    int measuredBlocks = 1;
    std::optional<std::chrono::nanoseconds> duration; ///< after the warm-up
    bool stopByInterval = false;                      ///< end early once every median's interval is narrow
    /// How long a run may be paused in all; its canary lives that much longer than the longest run.
    std::chrono::nanoseconds mostPaused = std::chrono::minutes(8);
    quint64 seed = 0;

    /// The setup for @p plan: cells without requests, numbers resolved against the guards. @p loopback: of the origin.
    /// With @p control a proxy cell that others are compared with is there twice (see controlOf).
    [[nodiscard]] static RunSetup from(const RunPlan &plan, bool loopback, bool control = false);

    /// How many of `cells`, from the first, are the plan's.
    [[nodiscard]] std::size_t planCells() const { return cells.size() - (controlOf ? 1 : 0); }

    /// The visits of a run: of what is sent on a schedule (in closed runs all cells), and of what is measured between
    /// in this process.
    [[nodiscard]] std::array<BlockScheduler, 2> visits() const;

    /// Ids (indexes) of the cells that send requests (@p network) and of those in this process (@p local).
    [[nodiscard]] std::vector<int> cellIds(bool network, bool local) const;
};

} // namespace rollcall::probe
