#pragma once

#include <QByteArray>

#include <array>
#include <map>
#include <optional>
#include <span>

#include "core/probe/Cell.h"
#include "core/probe/Mixture.h"
#include "core/probe/Quantiles.h"
#include "core/probe/Sample.h"

namespace rollcall::probe {

/// The distribution of one kind of time in a cell, nanoseconds. A quantile is absent where there are too few samples
/// for it; min, p50, max and mean are absent only where there are none at all.
struct Distribution
{
    std::optional<qint64> min;
    std::optional<qint64> mean;
    std::optional<qint64> max;
    /// By the order of reportedQuantiles: p50, p90, p95, p99, p999.
    std::array<std::optional<qint64>, 5> quantiles;
    std::array<std::optional<Interval>, 5> intervals; ///< 95 %
    std::optional<qint64> effective;                  ///< how many independent times tell as much (effectiveSize())
    std::optional<SlowMode> slow;                     ///< where the times of answers are two populations
    bool operator==(const Distribution &) const = default;
};

/// Medians of the phases of a cell's exchanges, nanoseconds; absent where a phase never took place.
struct PhaseMedians
{
    std::optional<qint64> lag; ///< from the intended to the actual start
    std::optional<qint64> dns;
    std::optional<qint64> tcp;
    std::optional<qint64> tls;
    std::optional<qint64> wait;
    std::optional<qint64> receive;
    std::optional<qint64> server;  ///< by Server-Timing, within wait
    std::optional<qint64> connect; ///< opening the database connection: once, before the run, and in no sample
    std::optional<qint64> execute; ///< of a look-up: the statement sent to its first row
    std::optional<qint64> fetch;   ///< the first row to the statement's end
    std::optional<qint64> decode;  ///< all else, in this process
    bool operator==(const PhaseMedians &) const = default;
};

/// What was measured of one cell: a value that charts, tables and files show.
struct CellResult
{
    CellId id;
    QString cookie;     ///< "canary", "none", "given"
    QString connection; ///< "reused" for network cells, "none" for cells in this process
    qint64 count = 0;   ///< measured requests, errors included
    qint64 ok = 0;
    std::map<QString, qint64> errors; ///< by outcomeName()
    qint64 censored = 0;              ///< timeouts: counted in the distributions as lower bounds
    int batch = 1;                    ///< calls that one sample is the mean of
    qint64 setCookies = 0;            ///< answers that carried Set-Cookie
    qint64 firsts = 0;                ///< the first requests of their connections: no TLS or TCP state to build on
    Distribution response;            ///< from the intended start
    Distribution service;             ///< from the actual start
    PhaseMedians phases;
    QByteArray histogram; ///< Histogram::encoded() of the response times

    /// Distribution index of the quantile of @p p; reportedQuantiles only.
    [[nodiscard]] static std::size_t indexOf(double p);
    bool operator==(const CellResult &) const = default;
};

/// Computes distributions and phases of @p samples: those of one cell, in the order of time, without warm-up. Timeouts
/// stand in the distributions at @p timeoutNs after their start; other errors are counted, not timed.
/// @p batch as in CellResult. **Source:** facts/latency-method.md §§1.4–1.6.
[[nodiscard]] CellResult summarise(const CellId &id, std::span<const Sample> samples, qint64 timeoutNs, int batch);

/// The times (response or service) that a cell's distribution is made of, in the order of time.
[[nodiscard]] std::vector<qint64> distributionTimes(std::span<const Sample> samples, bool response, qint64 timeoutNs);

} // namespace rollcall::probe
