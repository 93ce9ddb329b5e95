#pragma once

#include <optional>
#include <vector>

#include "core/probe/Quantiles.h"

namespace rollcall::probe {

/// How long something was watched, and whether what it was watched for happened then.
struct Watched
{
    double ms = 0;
    bool ended = false; ///< false: it lasted at least so long (right-censored)
    bool operator==(const Watched &) const = default;
};

/// Which share lasts longer than a time, where some were watched for a shorter one: Kaplan and Meier's product. Its
/// interval is Wilson's of as many whole observations as have Greenwood's variance: where nothing is censored, Wilson's
/// own; and one that says something also where all or none last. **Source:** facts/latency-method.md §4.1.
/// **Thread-safety:** immutable.
class SurvivalCurve final
{
public:
    SurvivalCurve() = default;
    /// @p watched in any order.
    explicit SurvivalCurve(std::vector<Watched> watched);

    struct Point
    {
        double share = 1;
        ShareInterval interval;
    };
    /// What is known of @p ms (not negative); nullopt where nothing was watched so long and some still lasted.
    [[nodiscard]] std::optional<Point> at(double ms) const;
    /// How long it takes until share @p p, in (0, 1), has ended, by one rule: the first time at which the curve S is
    /// down at 1 − p, inf{t: S(t) ≤ 1 − p}, also where it stays there for a while. Not ended: at least so long, as the
    /// curve is not down there where it ends; nullopt where nothing was watched.
    [[nodiscard]] std::optional<Watched> quantile(double p) const;
    struct Bounds
    {
        double loMs = 0;
        std::optional<double> hiMs; ///< nullopt: it is not bounded by what was watched
    };
    /// The 95 % interval of quantile @p p: the times at which 1 − p lies in the curve's own (Brookmeyer and Crowley).
    [[nodiscard]] Bounds quantileBounds(double p) const;
    /// Where the curve falls, ascending.
    [[nodiscard]] std::vector<double> stepsMs() const;
    /// Until when it is known; nullopt: for ever, as it falls to 0.
    [[nodiscard]] std::optional<double> endMs() const;
    /// How many were watched.
    [[nodiscard]] qsizetype count() const { return static_cast<qsizetype>(m_watched.size()); }

private:
    /// Where the curve falls, and what is known from there on.
    struct Fall
    {
        double ms = 0;
        double share = 0;
        double whole = 0; ///< observations without censoring that would tell as much
    };
    [[nodiscard]] const Fall *lastFall(double ms) const;

    std::vector<Watched> m_watched; ///< ascending; what ends before what is watched no longer than that
    std::vector<Fall> m_falls;      ///< ascending
};

} // namespace rollcall::probe
