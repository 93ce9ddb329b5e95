#pragma once

#include <QJsonObject>
#include <QJsonValue>

#include <span>

#include "core/probe/RunSetup.h"
#include "core/probe/RunSlice.h"
#include "core/probe/Sample.h"

namespace rollcall::probe {

// What a run checks of itself, as it stands in `meta` of its document. Pure functions: **thread-safe**.

/// The A/A control: @p a and @p b are measured samples of one cell under two names. `stable` is false where their ratio
/// excludes 1 and reaches beyond ±10 % and ±2 ms: then the run cannot tell one thing from itself.
/// `{"route","mode","ratio","lo","hi","blocks","stable"}`, null where they have no block in common.
/// **Source:** facts/latency-method.md §1.3.
[[nodiscard]] QJsonValue controlCheck(std::span<const Sample> a, std::span<const Sample> b, const RunSetup &setup);

/// Whether the level of the network samples that are no warm-up changed during the run:
/// `{"block","atNs","ratio","stable"}`, null where no change is found. `ratio` is after over before; `stable` is false
/// where it is beyond 10 % and 2 ms.
[[nodiscard]] QJsonValue levelCheck(std::span<const Sample> samples, const RunSetup &setup);

/// Little's law on a closed run's samples, all of the network, less the warm-up: how many requests were in flight on
/// average between the first end and the last start, less @p pauses (in the clock of the samples), over @p concurrency.
/// `{"value","kept"}`; kept: within 1 ± 0.02. null for fewer than 100 samples.
/// **Source:** facts/latency-method.md §5.1.
[[nodiscard]] QJsonValue occupancyCheck(std::span<const Sample> samples, std::span<const TimeRange> pauses,
                                        int concurrency);

} // namespace rollcall::probe
