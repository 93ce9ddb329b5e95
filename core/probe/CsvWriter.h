#pragma once

#include "core/probe/RunDocument.h"

namespace rollcall::probe {

/// A row for each cell (RFC 4180, LF, figures in ns, empty where there are too few samples). Cells that a spreadsheet
/// would take for a formula get a leading quote mark.
[[nodiscard]] QByteArray cellsAsCsv(const RunDocument &document);

/// A row for each sample of @p document, warm-up included, in the order in which they ended; times in ns, t_int_ns from
/// the run's first intended start. **Source:** columns of facts/latency-method.md §1.10.
[[nodiscard]] QByteArray samplesAsCsv(const RunDocument &document);

} // namespace rollcall::probe
