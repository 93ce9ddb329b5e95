#pragma once

#include "core/base/Clock.h"
#include "core/base/TextWriter.h"

namespace rollcall::base {

/// Characters that putIso() writes at most.
inline constexpr qsizetype longestIso = 27;

/// `2026-12-20T21:48:07.731Z`, as JavaScript's toISOString writes it; years beyond four digits have six and a sign.
/// **Thread-safety:** thread-safe.
void putIso(TextWriter &writer, Instant instant);

} // namespace rollcall::base
