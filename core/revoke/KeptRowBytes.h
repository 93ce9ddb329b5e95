#pragma once

#include "core/store/KeptRows.h"

namespace rollcall::revoke {

/// @p rows as bytes, with tokens in clear: to be sealed. **Thread-safety:** pure.
[[nodiscard]] base::SecretBytes keptRowBytes(std::span<const store::KeptRow> rows);

/// What keptRowBytes() made. Errors: FileFormatInvalid. **Thread-safety:** pure.
[[nodiscard]] base::Result<std::vector<store::KeptRow>> keptRowsOf(const base::SecretBytes &bytes);

} // namespace rollcall::revoke
