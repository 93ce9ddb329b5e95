#pragma once

#include <QString>

#include <array>
#include <chrono>
#include <optional>

#include "core/probe/Sample.h"

namespace rollcall::probe {

struct RunPlan;

/// What a run may do to a deployment. **Source:** facts/latency-method.md §1.8.
struct GuardLimits
{
    double rate = 2; ///< requests a second where the plan names no rate
    double rateCeiling = 20;
    int inFlight = 2;
    int inFlightCeiling = 16;
    qint64 requests = 600;
    std::chrono::nanoseconds length = std::chrono::minutes(10);
    double closedRate = 2;      ///< a closed run sends no faster than this; 0: as fast as answers come
    double localPerSecond = 50; ///< database look-ups of the local cells; 0: as fast as they go
    bool breakers = true;

    bool operator==(const GuardLimits &) const = default;
};

/// The limits for @p plan. What the plan names (rate, concurrency, samples, duration) raises a default up to its hard
/// ceiling; with guards off the ceilings alone remain, and towards loopback none but the bounds of memory.
[[nodiscard]] GuardLimits guardLimits(const RunPlan &plan, bool loopback);

/// A guard that fired, or something it wants on record.
struct GuardEvent
{
    QString rule;    ///< "error-breaker", "rate-limited", "scope", "requests", "run-length", "cleanup"
    QString detail;  ///< for people
    qint64 atNs = 0; ///< after the run's begin
    bool operator==(const GuardEvent &) const = default;
};

/// Watches the samples of a run and says when it must stop. Pure: time comes with the samples.
/// **Thread-safety:** one thread at a time.
class Guard final
{
public:
    /// @p beginNs: steady clock at the run's begin.
    Guard(GuardLimits limits, qint64 beginNs);

    /// Counts one request about to be sent at @p nowNs; an event where it must not be sent.
    [[nodiscard]] std::optional<GuardEvent> beforeRequest(qint64 nowNs);
    /// Looks at the outcome of a network sample; an event where the run must stop.
    [[nodiscard]] std::optional<GuardEvent> afterSample(const Sample &sample);
    /// A redirect that left the deployment's own host.
    [[nodiscard]] GuardEvent scopeBreach(qint64 nowNs) const;

    [[nodiscard]] qint64 requests() const { return m_requests; }

private:
    static constexpr std::size_t window = 20;
    static constexpr int mostErrors = 5;

    [[nodiscard]] GuardEvent event(const QString &rule, const QString &detail, qint64 nowNs) const;

    GuardLimits m_limits;
    qint64 m_beginNs;
    qint64 m_requests = 0;
    std::array<bool, window> m_bad{}; ///< ring of the last outcomes
    std::size_t m_seen = 0;
};

} // namespace rollcall::probe
