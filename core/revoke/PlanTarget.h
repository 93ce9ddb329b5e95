#pragma once

#include <QString>

#include "core/base/Result.h"

namespace rollcall::revoke {

/// What is to be written.
enum class PlanDocument { Plan, Approval };

/// Whether @p document may be written to the file @p path: where none is, where an empty one is, or in the place of
/// another of its kind; nothing but a regular file is looked into; by whatever path or link it is reached. A plan must
/// not be lost to its own approval, nor an env file to a plan. Errors: FileUnwritable. **Thread-safety:** reentrant;
/// blocks on the file.
[[nodiscard]] base::Status mayWriteTo(const QString &path, PlanDocument document);

} // namespace rollcall::revoke
