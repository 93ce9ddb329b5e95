#pragma once

namespace rollcall::probe {

/// What a cache of sessions in front of the database saves, and how long it lets a deleted session live. Entries live
/// for a time to live from when they were filled; a hit does not extend them. Rates are of one session, times in
/// seconds. **Source:** facts/latency-method.md §4.2, A, B and F. **Thread-safety:** immutable.
class TradeoffModel final
{
public:
    /// Requests at random moments, @p requestsPerSecond > 0, spread evenly over @p instances (from 1) that have a cache
    /// each; @p ttlSeconds > 0.
    [[nodiscard]] static TradeoffModel poisson(double requestsPerSecond, double ttlSeconds, int instances = 1);
    /// A client that asks every @p intervalSeconds > 0, one cache; @p ttlSeconds > 0.
    [[nodiscard]] static TradeoffModel polling(double intervalSeconds, double ttlSeconds);

    /// The share of requests that need no database, 0 … 1.
    [[nodiscard]] double hitRatio() const { return m_hitRatio; }
    [[nodiscard]] double databaseCallsPerSecond() const { return m_requestsPerSecond * (1 - m_hitRatio); }
    /// The probability that one instance holds the session when it is deleted.
    [[nodiscard]] double liveShare() const { return m_liveShare; }
    /// How long after a delete the last instance still accepts the session: the quantile @p q (0 … 1) over deletes.
    [[nodiscard]] double windowQuantile(double q) const;
    /// The mean of the same.
    [[nodiscard]] double windowMean() const;
    /// Requests that are answered as if the session were there, after its delete: their mean number.
    [[nodiscard]] double staleAccepts() const;

private:
    TradeoffModel(double requestsPerSecond, double ttlSeconds, int instances, double hitRatio, double liveShare)
        : m_requestsPerSecond(requestsPerSecond),
          m_ttlSeconds(ttlSeconds),
          m_instances(instances),
          m_hitRatio(hitRatio),
          m_liveShare(liveShare)
    {}

    double m_requestsPerSecond;
    double m_ttlSeconds;
    int m_instances;
    double m_hitRatio;
    double m_liveShare;
};

} // namespace rollcall::probe
