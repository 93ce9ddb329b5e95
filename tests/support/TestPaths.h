#pragma once

#include <QString>

namespace rollcall::test {

/// Absolute path of tests/data/@p name in the source tree.
[[nodiscard]] QString dataFile(const QString &name);

/// Absolute path of @p name in the source tree.
[[nodiscard]] QString sourceFile(const QString &name);

/// Absolute path of @p name in the build tree ("app/ctl/rollcallctl").
[[nodiscard]] QString buildFile(const QString &name);

} // namespace rollcall::test
