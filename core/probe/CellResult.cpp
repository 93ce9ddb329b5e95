#include "core/probe/CellResult.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/probe/EffectiveSize.h"
#include "core/probe/Histogram.h"

namespace rollcall::probe {

namespace {

/// The times (response or service) of what was answered, ascending.
std::vector<qint64> answeredTimes(std::span<const Sample> samples, bool response)
{
    std::vector<qint64> times;
    for (const Sample &sample : samples) {
        if (sample.outcome == Outcome::Ok)
            times.push_back(response ? sample.responseNs() : sample.serviceNs());
    }
    std::sort(times.begin(), times.end());
    return times;
}

/// Of the times @p inOrder, without its populations.
Distribution distributionOf(const std::vector<qint64> &inOrder)
{
    Distribution result;
    if (inOrder.empty())
        return result;
    const QuantileIntervals intervals(inOrder);
    const std::vector<qint64> &sorted = intervals.sorted();
    result.min = sorted.front();
    result.max = sorted.back();
    const double sum = std::accumulate(sorted.begin(), sorted.end(), 0.0);
    result.mean = std::llround(sum / static_cast<double>(sorted.size()));
    for (std::size_t i = 0; i < std::size(reportedQuantiles); ++i) {
        const double p = reportedQuantiles[i];
        // The median is shown from the first sample on; without an interval it claims nothing.
        if (i == 0 || static_cast<qsizetype>(sorted.size()) >= minimumSamples(p))
            result.quantiles[i] = std::llround(quantile7(sorted, p));
        result.intervals[i] = intervals.at(p);
    }
    result.effective = effectiveSize(inOrder);
    return result;
}

/// The median of what @p part takes from each sample; absent where it takes nothing.
template <typename Part>
std::optional<qint64> medianOf(std::span<const Sample> samples, Part part)
{
    std::vector<qint64> values;
    for (const Sample &sample : samples) {
        if (const std::optional<qint64> value = part(sample); value && sample.outcome == Outcome::Ok)
            values.push_back(*value);
    }
    if (values.empty())
        return std::nullopt;
    return std::llround(takeMedian(values));
}

PhaseMedians phasesOf(std::span<const Sample> samples)
{
    using Value = std::optional<qint64>;
    PhaseMedians medians;
    medians.lag = medianOf(samples, [](const Sample &s) -> Value { return s.startNs - s.intendedNs; });
    medians.dns = medianOf(samples, [](const Sample &s) { return s.phases.dns; });
    medians.tcp = medianOf(samples, [](const Sample &s) { return s.phases.tcp; });
    medians.tls = medianOf(samples, [](const Sample &s) { return s.phases.tls; });
    medians.wait = medianOf(samples, [](const Sample &s) { return s.phases.wait; });
    medians.receive = medianOf(samples, [](const Sample &s) { return s.phases.receive; });
    medians.server = medianOf(samples, [](const Sample &s) { return s.phases.server; });
    medians.execute = medianOf(samples, [](const Sample &s) { return s.phases.execute; });
    medians.fetch = medianOf(samples, [](const Sample &s) { return s.phases.fetch; });
    medians.decode = medianOf(samples, [](const Sample &s) { return s.phases.decode; });
    return medians;
}

} // namespace

std::size_t CellResult::indexOf(double p)
{
    const auto *at = std::find(std::begin(reportedQuantiles), std::end(reportedQuantiles), p);
    return static_cast<std::size_t>(at - std::begin(reportedQuantiles));
}

std::vector<qint64> distributionTimes(std::span<const Sample> samples, bool response, qint64 timeoutNs)
{
    std::vector<qint64> times;
    times.reserve(samples.size());
    for (const Sample &sample : samples) {
        if (isCensored(sample.outcome))
            times.push_back(timeoutNs + (response ? sample.startNs - sample.intendedNs : 0));
        else if (sample.outcome == Outcome::Ok)
            times.push_back(response ? sample.responseNs() : sample.serviceNs());
    }
    return times;
}

CellResult summarise(const CellId &id, std::span<const Sample> samples, qint64 timeoutNs, int batch)
{
    CellResult result;
    result.id = id;
    result.batch = batch;
    result.count = static_cast<qint64>(samples.size());
    for (const Sample &sample : samples) {
        if (sample.outcome == Outcome::Ok)
            ++result.ok;
        else
            ++result.errors[outcomeName(sample.outcome)];
        result.censored += isCensored(sample.outcome) ? 1 : 0;
        result.setCookies += sample.setCookie ? 1 : 0;
        result.firsts += sample.first ? 1 : 0;
    }
    const std::vector<qint64> responses = distributionTimes(samples, true, timeoutNs);
    result.response = distributionOf(responses);
    const std::vector<qint64> services = distributionTimes(samples, false, timeoutNs);
    result.service = services == responses ? result.response : distributionOf(services); // closed runs: the same
    // Timeouts are a limit, not a time: they are no population.
    result.response.slow = slowModeOf(answeredTimes(samples, true));
    result.service.slow = slowModeOf(answeredTimes(samples, false));
    result.phases = phasesOf(samples);
    Histogram histogram;
    for (const qint64 response : responses)
        histogram.record(response);
    result.histogram = histogram.encoded();
    return result;
}

} // namespace rollcall::probe
