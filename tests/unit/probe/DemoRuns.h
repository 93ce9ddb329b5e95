#pragma once

#include "core/demo/DemoDeployment.h"
#include "core/deployment/Deployment.h"

namespace rollcall::test {

/// A demo with its two deployments, for whole runs with everything real but the people. **Thread-safety:** one thread.
class DemoRuns
{
protected:
    /// A demo of so many sessions; null where it does not start.
    [[nodiscard]] static std::unique_ptr<demo::DemoDeployment> startDemo(int sessions);
    /// The deployment with rows, or that with JWTs and not-before rules in the database @p rulesAt, where one is named.
    /// Null where it cannot be opened.
    [[nodiscard]] std::shared_ptr<const deployment::Deployment> open(bool rows, const QString &rulesAt = {}) const;
    /// How many sessions it has, live or not; -1 where they cannot be counted.
    [[nodiscard]] qint64 rowsOf(const deployment::Deployment &deployment) const;

    std::unique_ptr<demo::DemoDeployment> m_demo;
    base::SystemClock m_clock;
};

} // namespace rollcall::test
