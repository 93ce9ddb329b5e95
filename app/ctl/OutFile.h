#pragma once

#include "app/ctl/Command.h"

namespace rollcall::ctl {

// Where a command's `--out FILE` goes: one rule for all of them. A file that holds something stays, unless
// `--overwrite` says that it is to be replaced; and no `--overwrite` replaces a database, a key file, what Rollcall
// keeps in its own folders, a file that the command itself reads, or what is no regular file.

/// The flags --out, which @p help is about, and --overwrite.
[[nodiscard]] std::vector<Flag> outFlags(const QString &help);

/// What --out names, if a file may be written there; nullopt where it was not given. Asked before anything is
/// contacted. Errors: UsageInvalid (--overwrite without --out), FileUnwritable.
[[nodiscard]] base::Result<std::optional<QString>> outFile(Context &context);

/// The same where --out is needed. Errors: UsageInvalid, FileUnwritable.
[[nodiscard]] base::Result<QString> neededOutFile(Context &context);

} // namespace rollcall::ctl
