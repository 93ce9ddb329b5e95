#pragma once

#include <QtGlobal>

#include <vector>

namespace rollcall::probe {

/// @p p, two-sided p values of questions that are judged together, adjusted by Holm's step-down rule, in their order:
/// whoever calls those of at most 0.05 a difference is wrong in any of them in at most 5 % of runs. Pure:
/// **thread-safe**. **Source:** facts/latency-method.md §1.6; Holm, Scandinavian Journal of Statistics 6 (1979).
[[nodiscard]] std::vector<double> holmAdjusted(const std::vector<double> &p);

/// What an adjusted p may be at most to be called a difference.
inline constexpr double holmLevel = 0.05;

/// The two-sided p of a standard normal @p z.
[[nodiscard]] double normalP(double z);

/// The two-sided p of Student's @p t with @p degrees of freedom (at least 1).
[[nodiscard]] double studentP(double t, qsizetype degrees);

} // namespace rollcall::probe
