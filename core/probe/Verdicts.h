#pragma once

#include <span>
#include <vector>

#include "core/probe/RunDocument.h"

namespace rollcall::probe {

/// The share of good answers that no budget does without.
inline constexpr double goodputTarget = 0.995;

/// False where the A/A control differs from itself, or the level changed during the run by more than 10 % and 2 ms:
/// then a run is no basis for verdicts over the network.
[[nodiscard]] bool isStable(const RunDocument &document);

/// Judges each budget on each route it is about; cached modes by their hits. @p document holds cells, stop reason and
/// plan already. **Source:** facts/latency-method.md §1.7; of the goodput rule, Over wants Wilson's upper bound below
/// the target, Within the observed share at or above it.
[[nodiscard]] std::vector<BudgetResult> judgeBudgets(const std::vector<Budget> &budgets, const RunDocument &document);

} // namespace rollcall::probe
