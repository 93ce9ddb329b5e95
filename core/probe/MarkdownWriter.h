#pragma once

#include "core/probe/RunDocument.h"

namespace rollcall::probe {

/// The run for an issue or a wiki: what it says in sentences, a table of cells with intervals, budgets, phases and how
/// it was measured. Text from the document cannot break out of its table cell or become markup.
[[nodiscard]] QByteArray asMarkdown(const RunDocument &document);

} // namespace rollcall::probe
