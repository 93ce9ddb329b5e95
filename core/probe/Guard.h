#pragma once

#include <QString>

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <vector>

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
    std::chrono::nanoseconds pause = std::chrono::seconds(5); ///< of a breaker, where the answer names no Retry-After

    static constexpr qint64 requestsCeiling = 20'000;

    bool operator==(const GuardLimits &) const = default;
};

/// The limits for @p plan. What the plan names (rate, concurrency, samples, duration) raises a default up to its hard
/// ceiling; with guards off the ceilings alone remain, and towards loopback none but the bounds of memory.
[[nodiscard]] GuardLimits guardLimits(const RunPlan &plan, bool loopback);

/// A guard that fired, or something it wants on record.
struct GuardEvent
{
    QString rule;   ///< "error-breaker", "latency-breaker", "rate-limited", "scope", "requests", "run-length", "pause",
                    ///< "user-pause", "cleanup"
    QString detail; ///< for people
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
    /// Looks at the outcome of a network sample; an event where the run must not go on: stop it, or pause it where
    /// pauseAfter() allows that.
    [[nodiscard]] std::optional<GuardEvent> afterSample(const Sample &sample);
    /// After an event of afterSample() at @p nowNs: for how long to send nothing before one retry, from which on the
    /// rate is halved; @p retryAfter: what the answer asks for. nullopt: stop; there was a pause before, or it would be
    /// too long or outlast the run. The next sample looked at is the retry: where that fails there is an event again.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> pauseAfter(std::optional<std::chrono::nanoseconds> retryAfter,
                                                                     qint64 nowNs);
    /// The pause as an event for the record: @p why and how long.
    [[nodiscard]] GuardEvent paused(const GuardEvent &why, std::chrono::nanoseconds pause) const;
    /// The run stood still for @p time because somebody wanted that: it is no part of its length.
    void excuse(std::chrono::nanoseconds time) { m_excusedNs += time.count(); }
    /// An answer that leaves what the run may touch (ScopeWatch): @p how.
    [[nodiscard]] GuardEvent scopeBreach(const QString &how, qint64 nowNs) const;

    [[nodiscard]] qint64 requests() const { return m_requests; }
    /// How many more requests the run may send.
    [[nodiscard]] qint64 remaining() const { return m_limits.requests - m_requests; }
    /// Looks at what an ok answer of a floor or route cell took; an event where the deployment has become so much
    /// slower since the run began that the run itself may be why: the smoothed time of that cell above twice the median
    /// of its first ten, and 100 ms beyond. **Source:** facts/latency-method.md §1.8, latency breaker.
    [[nodiscard]] std::optional<GuardEvent> afterTime(int cell, qint64 ns, qint64 nowNs);

private:
    static constexpr std::size_t window = 20;
    static constexpr int mostErrors = 5;

    [[nodiscard]] GuardEvent event(const QString &rule, const QString &detail, qint64 nowNs) const;

    GuardLimits m_limits;
    qint64 m_beginNs;
    qint64 m_excusedNs = 0;
    qint64 m_requests = 0;
    std::array<bool, window> m_bad{}; ///< ring of the last outcomes
    std::size_t m_seen = 0;
    bool m_paused = false;   ///< once is all there is
    bool m_retrying = false; ///< the next sample is the retry

    struct Level
    {
        std::vector<qint64> first; ///< the first ten times, then sorted
        double smoothed = 0;       ///< EWMA(0.2)
    };
    std::map<int, Level> m_levels; ///< by cell
};

} // namespace rollcall::probe
