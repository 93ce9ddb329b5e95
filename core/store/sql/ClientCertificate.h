#pragma once

#include "core/base/Result.h"
#include "core/store/sql/DatabaseUrl.h"

namespace rollcall::store {

/// Whether the client certificate of @p url and its key can be read and the password opens the key: the client
/// libraries say little of what is wrong with them. Fine where none is named. Reads the two files.
/// **Thread-safety:** reentrant. Errors: FileUnreadable, FileFormatInvalid (Path, Detail), UrlInvalid (one without the
/// other).
[[nodiscard]] base::Status checkClientCertificate(const DatabaseUrl &url);

} // namespace rollcall::store
