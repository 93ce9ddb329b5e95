#pragma once

#include <QJsonArray>
#include <QJsonObject>

#include <chrono>
#include <set>
#include <vector>

#include "core/probe/Cell.h"
#include "core/probe/JsonFields.h"
#include "core/probe/RevokedBy.h"
#include "core/probe/SurvivalCurve.h"
#include "core/probe/TradeoffModel.h"

namespace rollcall::probe {

struct PropagationCell;

/// How far what was measured lies from what the model of a cache says. Times in milliseconds.
struct ModelDeparture
{
    Watched measured;           ///< not ended: at least so long
    double loMs = 0;            ///< of the measured one's 95 % interval
    std::optional<double> hiMs; ///< nullopt: the trials do not bound it
    double modelMs = 0;

    /// @p ms against the model in percent: +6 for 6 % more; nullopt where the model says 0.
    [[nodiscard]] std::optional<double> percentOff(double ms) const;
};

/// What became of the sessions that one way of asking was tried with.
struct RevocationCell
{
    RevokedBy by = RevokedBy::Row;
    ProbeMode mode = ProbeMode::Local;
    int ended = 0;                ///< trials carried through, of those in `watched`
    std::vector<Watched> watched; ///< empty: nothing is known of any
    bool operator==(const RevocationCell &) const = default;
};

/// An experiment with revocations as it is kept beside a run. **Thread-safety:** a plain value.
struct Revocations
{
    double ttlMs = 0;      ///< of what the cached modes keep
    double intervalMs = 0; ///< between two probes of a trial, on average
    std::vector<RevocationCell> cells;

    /// Of cells that nothing is known of, nothing is kept.
    [[nodiscard]] static Revocations of(const std::vector<PropagationCell> &cells, std::chrono::nanoseconds ttl,
                                        std::chrono::nanoseconds interval);
    /// `{"cacheTtlMs","intervalMs","cells":[{"strategy","mode","trials","watched":[{"ms","ended"}]}]}`.
    [[nodiscard]] QJsonObject toJson() const;
    /// Reads that, and what `latency propagation` answers, which has more members. What is wrong is noted in @p fields:
    /// also what is longer than a day, of which no experiment tells, and a way of revoking and asking that is there
    /// twice.
    [[nodiscard]] static Revocations fromJson(const JsonFields &fields);

    /// The model of one cache that is asked as the trials ask; both times above 0.
    [[nodiscard]] TradeoffModel model() const;
    /// Whether there is a model of what @p cell did: a cache of ours, and a row that was deleted.
    [[nodiscard]] bool hasModel(const RevocationCell &cell) const;
    /// How often a trial must ask, at least, to be held against model(): every twentieth of the time to live. More
    /// rarely, what is measured departs from it by the trial's own steps.
    [[nodiscard]] double rarestIntervalMs() const { return ttlMs / 20; }
    /// How far quantile @p p of @p cell lies from model(); nullopt where there is no such model, or the trials asked
    /// more rarely than rarestIntervalMs(). **Source:** facts/latency-method.md §4.2 A.
    [[nodiscard]] std::optional<ModelDeparture> departureOf(const RevocationCell &cell, double p) const;
    /// When to tell how many sessions of @p cell are still accepted: at the times that the method names, where the
    /// curve falls and where it ends. Milliseconds.
    [[nodiscard]] std::set<double> reportedTimes(const RevocationCell &cell) const;
    bool operator==(const Revocations &) const = default;
};

/// `[{"ms","ended"}]`.
[[nodiscard]] QJsonArray watchedToJson(const std::vector<Watched> &watched);

} // namespace rollcall::probe
