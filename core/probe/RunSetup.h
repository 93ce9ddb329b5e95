#pragma once

#include "core/http/HttpClient.h"
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
    std::optional<QUrl> origin; ///< of the deployment; absent where there are no network cells
    http::HttpOptions http;     ///< timeout is that of one request
    GuardLimits limits;
    bool closed = false;
    int concurrency = 1; ///< closed runs
    double rate = 2;     ///< open runs
    Arrival arrival = Arrival::Poisson;
    int warmupBlocks = 0;
    int measuredBlocks = 1;
    std::optional<std::chrono::nanoseconds> duration; ///< after the warm-up
    bool stopByInterval = false;                      ///< end early once every median's interval is narrow
    quint64 seed = 0;

    /// The setup for @p plan: cells without requests, numbers resolved against the guards. @p loopback: of the origin.
    [[nodiscard]] static RunSetup from(const RunPlan &plan, bool loopback);

    /// Ids (indexes) of the cells that send requests (@p network) and of those in this process (@p local).
    [[nodiscard]] std::vector<int> cellIds(bool network, bool local) const;
};

} // namespace rollcall::probe
