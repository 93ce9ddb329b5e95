#pragma once

#include <QJsonValue>

#include <span>
#include <vector>

#include "core/base/Result.h"
#include "core/probe/Sample.h"

namespace rollcall::probe {

/// A run of more samples than this keeps figures and histograms in its document, no single samples.
inline constexpr std::size_t mostLoggedSamples = 250'000;

/// The samples of a run as the member `samples` of its document: `{"count","columns","data"}`, data being the columns
/// of each sample as ZigZag LEB128 numbers, deflated, in base64. Intended starts count from the first one and stand as
/// differences to the sample before; a phase that did not take place is 0, others are one more than their nanoseconds.
/// null where there are none or more than mostLoggedSamples. The same samples give the same bytes.
[[nodiscard]] QJsonValue samplesToJson(std::span<const Sample> samples);

/// Reads that form; times count from the run's first intended start. @p cells: how many cells the document has.
/// Errors: FileFormatInvalid (Detail), also for a sample of a cell that is not there.
[[nodiscard]] base::Result<std::vector<Sample>> samplesFromJson(const QJsonValue &value, std::size_t cells);

/// Whether figures are made of @p sample: no warm-up, nothing that we cut off ourselves.
[[nodiscard]] bool isMeasured(const Sample &sample);

/// Of @p samples those that figures are made of. An element a cell, each in the order of time.
[[nodiscard]] std::vector<std::vector<Sample>> measuredByCell(std::span<const Sample> samples, std::size_t cells);

} // namespace rollcall::probe
