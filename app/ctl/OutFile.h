#pragma once

#include "app/ctl/Command.h"

namespace rollcall::ctl {

// Where a command's `--out FILE` goes: one rule for all of them. A record, or a secret, that stands there already
// stays, unless `--overwrite` says that it is to be replaced; measurements and what is made of them are replaced, as
// other tools do, so that a script can run twice. Nothing replaces a database, a key file, what Rollcall keeps in its
// own folders, a file that the command itself reads, or what is no regular file.

/// What becomes of a file that holds something.
enum class Existing { Kept, Replaced };

/// The flags --out, which @p help is about, and --overwrite where @p existing ones are kept without it.
[[nodiscard]] std::vector<Flag> outFlags(const QString &help, Existing existing = Existing::Kept);

/// What --out names, if a file may be written there; nullopt where it was not given. Asked before anything is
/// contacted. Errors: UsageInvalid (--overwrite without --out), FileUnwritable.
[[nodiscard]] base::Result<std::optional<QString>> outFile(Context &context, Existing existing = Existing::Kept);

/// The same where --out is needed. Errors: UsageInvalid, FileUnwritable.
[[nodiscard]] base::Result<QString> neededOutFile(Context &context);

} // namespace rollcall::ctl
