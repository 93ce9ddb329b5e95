#include "core/probe/TradeoffModel.h"

#include <algorithm>
#include <cmath>

namespace rollcall::probe {

TradeoffModel TradeoffModel::poisson(double requestsPerSecond, double ttlSeconds, int instances)
{
    const double perEntry = requestsPerSecond * ttlSeconds / instances; // requests that one instance sees in a lifetime
    const double hitRatio = perEntry / (1 + perEntry);
    // Arrivals at random see what the average over time is: the share of hits is the share of time with an entry.
    return {requestsPerSecond, ttlSeconds, instances, hitRatio, hitRatio};
}

TradeoffModel TradeoffModel::polling(double intervalSeconds, double ttlSeconds)
{
    const double requestsPerFill = std::ceil(ttlSeconds / intervalSeconds); // the fill itself and its hits
    return {1 / intervalSeconds, ttlSeconds, 1, (requestsPerFill - 1) / requestsPerFill,
            ttlSeconds / (requestsPerFill * intervalSeconds)};
}

double TradeoffModel::windowQuantile(double q) const
{
    if (q >= 1)
        return m_ttlSeconds;
    return m_ttlSeconds * std::max(0.0, 1 - (1 - std::pow(std::max(0.0, q), 1.0 / m_instances)) / m_liveShare);
}

double TradeoffModel::windowMean() const
{
    // The integral of 1 - (1 - h(1 - t/T))^m from 0 to T.
    const double m = m_instances;
    return m_ttlSeconds * (1 - (1 - std::pow(1 - m_liveShare, m + 1)) / (m_liveShare * (m + 1)));
}

double TradeoffModel::staleAccepts() const
{
    return m_requestsPerSecond * m_liveShare * m_ttlSeconds / 2;
}

} // namespace rollcall::probe
