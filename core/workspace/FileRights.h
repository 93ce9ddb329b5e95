#pragma once

#include <QString>

namespace rollcall::workspace {

/// True where group or others may read the file at @p path: for a file with secrets callers warn. False where there is
/// no such file. Blocks on the file system alone.
[[nodiscard]] bool othersMayRead(const QString &path);

/// Makes the folder @p path (and those above it) where it is absent, open to its owner alone. False where that fails.
[[nodiscard]] bool makePrivateFolder(const QString &path);

} // namespace rollcall::workspace
