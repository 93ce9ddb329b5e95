#include "core/probe/Guard.h"

#include <algorithm>
#include <limits>

#include "core/probe/RunPlan.h"

namespace rollcall::probe {

namespace {

constexpr std::chrono::minutes lengthCeiling{60};
constexpr std::chrono::minutes longestPause{2};
constexpr std::size_t baseline = 10; // answers that tell how fast the deployment was at the begin
constexpr double smoothing = 0.2;
constexpr double slowerByNs = 100e6;

} // namespace

GuardLimits guardLimits(const RunPlan &plan, bool loopback)
{
    GuardLimits limits;
    if (!plan.guards && loopback) {
        limits.rateCeiling = 1'000'000;
        limits.inFlightCeiling = 1024;
        limits.inFlight = plan.concurrency.value_or(64);
        limits.requests = std::numeric_limits<qint64>::max();
        limits.length = std::chrono::hours(24);
        limits.closedRate = 0;
        limits.localPerSecond = 0;
        limits.breakers = false;
        return limits;
    }
    if (!plan.guards) {
        limits.requests = GuardLimits::requestsCeiling;
        limits.length = lengthCeiling;
        limits.inFlight = limits.inFlightCeiling;
        limits.closedRate = limits.rateCeiling;
        limits.breakers = false;
    }
    if (plan.concurrency)
        limits.inFlight = std::min(*plan.concurrency, limits.inFlightCeiling);
    if (plan.rate)
        limits.rate = std::min(*plan.rate, limits.rateCeiling);
    if (plan.samples) {
        const auto perCell = static_cast<qint64>(*plan.samples) + plan.warmupBlocks();
        limits.requests = std::clamp(perCell * static_cast<qint64>(plan.cells().size()), limits.requests,
                                     GuardLimits::requestsCeiling);
    }
    if (plan.duration) {
        limits.length = std::clamp<std::chrono::nanoseconds>(*plan.duration + std::chrono::minutes(1), limits.length,
                                                             lengthCeiling);
    }
    return limits;
}

Guard::Guard(GuardLimits limits, qint64 beginNs) : m_limits(limits), m_beginNs(beginNs) {}

GuardEvent Guard::event(const QString &rule, const QString &detail, qint64 nowNs) const
{
    return {rule, detail, nowNs - m_beginNs};
}

std::optional<GuardEvent> Guard::beforeRequest(qint64 nowNs)
{
    if (m_requests >= m_limits.requests) {
        return event(QStringLiteral("requests"), QStringLiteral("%1 requests are the most of a run").arg(m_requests),
                     nowNs);
    }
    if (nowNs - m_beginNs - m_excusedNs > m_limits.length.count()) {
        return event(QStringLiteral("run-length"),
                     QStringLiteral("a run lasts %1 s at most")
                         .arg(std::chrono::duration_cast<std::chrono::seconds>(m_limits.length).count()),
                     nowNs);
    }
    ++m_requests;
    return std::nullopt;
}

std::optional<GuardEvent> Guard::afterSample(const Sample &sample)
{
    if (!m_limits.breakers || isAborted(sample.outcome))
        return std::nullopt;
    if (sample.outcome == Outcome::RateLimited || sample.status == 503) {
        return event(QStringLiteral("rate-limited"),
                     QStringLiteral("the deployment answered %1: it asks for fewer requests").arg(sample.status),
                     sample.endNs);
    }
    if (m_retrying && sample.outcome != Outcome::Ok) {
        return event(QStringLiteral("error-breaker"),
                     QStringLiteral("the retry after the pause failed too: %1").arg(outcomeName(sample.outcome)),
                     sample.endNs);
    }
    m_retrying = false;
    m_bad[m_seen++ % window] = sample.outcome != Outcome::Ok;
    const auto errors = std::count(m_bad.begin(), m_bad.end(), true);
    if (errors < mostErrors)
        return std::nullopt;
    return event(QStringLiteral("error-breaker"),
                 QStringLiteral("%1 of the last %2 requests failed, the last one: %3")
                     .arg(errors)
                     .arg(std::min(m_seen, window))
                     .arg(outcomeName(sample.outcome)),
                 sample.endNs);
}

std::optional<std::chrono::nanoseconds> Guard::pauseAfter(std::optional<std::chrono::nanoseconds> retryAfter,
                                                          qint64 nowNs)
{
    const std::chrono::nanoseconds wait = std::max(std::chrono::nanoseconds(0), retryAfter.value_or(m_limits.pause));
    if (m_paused || wait > longestPause || nowNs - m_beginNs - m_excusedNs > (m_limits.length - wait).count())
        return std::nullopt;
    m_paused = true;
    m_retrying = true;
    m_bad.fill(false); // what failed before the pause has had its consequence
    m_seen = 0;
    return wait;
}

GuardEvent Guard::paused(const GuardEvent &why, std::chrono::nanoseconds pause) const
{
    return {QStringLiteral("pause"),
            QStringLiteral("%1; paused for %2 s, then at half the rate")
                .arg(why.detail, QString::number(std::chrono::duration<double>(pause).count(), 'f', 1)),
            why.atNs};
}

std::optional<GuardEvent> Guard::afterTime(int cell, qint64 ns, qint64 nowNs)
{
    if (!m_limits.breakers)
        return std::nullopt;
    Level &level = m_levels[cell];
    if (level.first.size() < baseline) {
        level.first.push_back(ns);
        std::sort(level.first.begin(), level.first.end());
        level.smoothed = static_cast<double>(level.first[level.first.size() / 2]);
        return std::nullopt;
    }
    level.smoothed += smoothing * (static_cast<double>(ns) - level.smoothed);
    const auto usual = static_cast<double>(level.first[baseline / 2]);
    if (level.smoothed <= 2 * usual || level.smoothed <= usual + slowerByNs)
        return std::nullopt;
    return event(QStringLiteral("latency-breaker"),
                 QStringLiteral("answers take %1 ms, at the run's begin they took %2 ms")
                     .arg(QString::number(level.smoothed / 1e6, 'f', 0), QString::number(usual / 1e6, 'f', 0)),
                 nowNs);
}

GuardEvent Guard::scopeBreach(const QString &how, qint64 nowNs) const
{
    return event(QStringLiteral("scope"), how, nowNs);
}

} // namespace rollcall::probe
