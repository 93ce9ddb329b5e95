#include "tests/unit/probe/ProbeRuns.h"

#include <algorithm>

#include "core/http/HttpConnection.h"

namespace rollcall::test {

using namespace probe;

Reply session()
{
    return Reply::http(200, sessionJson);
}

RunPlan planOf(const QString &modes, int samples)
{
    RunPlan plan;
    plan.routes = {QStringLiteral("/a")};
    plan.modes = *parseModes(modes);
    plan.samples = samples;
    plan.warmup = 0;
    plan.guards = false;
    plan.seed = 1;
    plan.timeout = std::chrono::seconds(5);
    return plan;
}

RunSetup setupOf(const RunPlan &plan, const QUrl &origin, bool cookie)
{
    RunSetup setup = RunSetup::from(plan, true);
    setup.origin = origin;
    setup.http.timeout = plan.timeout;
    for (RunCell &cell : setup.cells) {
        cell.request.url = origin;
        cell.cookieSent = cookie;
        if (cookie)
            cell.request.headers.emplace_back("Cookie", "next-auth.session-token=canary");
    }
    return setup;
}

Ran run(const RunSetup &setup, const base::Call &call, LocalProbe *local)
{
    Ran ran;
    ran.state = runProbe(setup, local, call, ran.samples, {});
    return ran;
}

qsizetype countWhere(const std::vector<Sample> &samples, const std::function<bool(const Sample &)> &predicate)
{
    return std::count_if(samples.begin(), samples.end(), predicate);
}

void BusyLocal::measure(const CellId &cell, Done done)
{
    Q_UNUSED(cell)
    m_thread = std::jthread([done = std::move(done)] {
        Sample sample;
        sample.startNs = http::steadyNs();
        sample.intendedNs = sample.startNs;
        do
            sample.endNs = http::steadyNs();
        while (sample.endNs < sample.startNs + 2'000'000);
        done(sample);
    });
}

void BusyLocal::freshen(std::function<void()> done)
{
    ++freshened;
    m_thread = std::jthread([this, done = std::move(done)] {
        std::this_thread::sleep_for(freshenFor);
        done();
    });
}

int BusyLocal::batchOf(const CellId &cell) const
{
    Q_UNUSED(cell)
    return 1;
}

} // namespace rollcall::test
