#pragma once

#include <QByteArrayView>

namespace rollcall::audit {

/// resources/audit/FORMAT.md, which goes with every evidence pack. **Thread-safety:** thread-safe.
[[nodiscard]] QByteArrayView auditFormat();

} // namespace rollcall::audit
