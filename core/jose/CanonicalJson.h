#pragma once

#include <QByteArrayView>

#include "core/jose/Claims.h"

namespace rollcall::jose {

/// Whether @p text is exactly what JSON.stringify prints of the object that JSON.parse reads in it, so that neither has
/// to be done; @p index then holds its members. It is the common form alone that is accepted: no white space, no byte
/// order mark, valid UTF-8, short escapes (`\n`, never `\u`), integers of at most 15 digits and no other numbers, no
/// member name twice or spelling an array index, at most maxCanonicalDepth levels. False for all else, which may be
/// JSON still. **Thread-safety:** a pure function.
[[nodiscard]] bool indexCanonical(QByteArrayView text, ClaimIndex &index);

/// Nesting that indexCanonical() follows.
inline constexpr int maxCanonicalDepth = 16;

} // namespace rollcall::jose
