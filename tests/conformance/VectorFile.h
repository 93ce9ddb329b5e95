#pragma once

#include "core/base/Result.h"
#include "core/jose/JsonText.h"

namespace rollcall::conformance {

/// Files above this many bytes are refused.
inline constexpr qint64 maxVectorFileBytes = 64 * 1024 * 1024;

/// Reads a file of vectors with the parser that keeps member order and lone surrogates. Checks that it is an object
/// with a non-empty array of cases. Errors: FileUnreadable, FileFormatInvalid.
[[nodiscard]] base::Result<jose::JsonValue> readVectorFile(const QString &path);

/// The cases of @p file (of readVectorFile()).
[[nodiscard]] const jose::JsonValue::Array &casesOf(const jose::JsonValue &file);

} // namespace rollcall::conformance
