#pragma once

#include "core/probe/RunDocument.h"

namespace rollcall::probe {

/// Whether charts draw @p cell of @p document: one mark a mode, for its colour stands for the mode, and what was
/// measured beside its usual state (another cookie, cold connections) would look the same. Tables and phases have all.
[[nodiscard]] bool isDrawn(const RunDocument &document, const CellResult &cell);

} // namespace rollcall::probe
