#pragma once

#include <memory>
#include <vector>

#include "core/async/Worker.h"
#include "core/deployment/Deployment.h"
#include "core/probe/LocalProbe.h"

namespace rollcall::probe {

/// Measures local and cached resolutions on a thread of its own, with a database connection of its own; observes only,
/// never writes a row. **Thread-safety:** functions from one thread at a time; done handlers run on its own thread.
class LocalRunner final : public LocalProbe
{
public:
    /// @p cookieHeader is shared with the probe thread (bytes never change during the run). @p ttl is the cached
    /// cells'.
    LocalRunner(std::shared_ptr<const deployment::Deployment> deployment,
                std::shared_ptr<const base::SecretBytes> cookieHeader, std::chrono::milliseconds ttl,
                std::chrono::milliseconds timeout);
    ~LocalRunner() override;

    /// Opens what @p cells need and finds out how many calls make one sample of each. Blocks.
    /// Errors: those of Deployment::openStore() and makeResolver().
    [[nodiscard]] base::Status prepare(const std::vector<CellId> &cells, const base::Call &call);

    void measure(const CellId &cell, Done done) override;
    void freshen(std::function<void()> done) override;
    void cancel() override { m_stop.request_stop(); }
    [[nodiscard]] int batchOf(const CellId &cell) const override;
    [[nodiscard]] std::optional<qint64> connectNs() const override;

private:
    struct State;
    std::shared_ptr<State> m_state; ///< touched on the worker only, but for what prepare() found
    std::stop_source m_stop;
    async::Worker m_worker;
};

} // namespace rollcall::probe
