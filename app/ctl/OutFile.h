#pragma once

#include "app/ctl/Command.h"
#include "core/base/DurableFile.h"

namespace rollcall::ctl {

// Where a command's `--out FILE` goes: one rule for all of them. A record, or a secret, that stands there already
// stays, unless `--overwrite` says that it is to be replaced; measurements and what is made of them are replaced, as
// other tools do, so that a script can run twice, and so is what the same command wrote, where it is of a kind that can
// be made anew. Nothing replaces a database or what lies beside it, a key file, what Rollcall keeps in its own folders,
// a file that the command itself reads, or what is no regular file.

/// What becomes of a file that holds something.
enum class Existing { Kept, Replaced };

/// Whether a file whose first bytes are @p begin (OutTarget::mostRead of them at most) was written by the same command.
using IsOwnKind = bool (*)(QByteArrayView begin);

/// Where to write.
struct OutTarget
{
    QString path;                           ///< links followed: itself none
    base::Onto onto = base::Onto::Anything; ///< what may be replaced when it is written
    QByteArray stood = {};                  ///< which file stood there, as it was then; empty: none

    static constexpr qint64 mostRead = 64 * 1024;
};

/// The flags --out, which @p help is about, and --overwrite where @p existing ones are kept without it.
[[nodiscard]] std::vector<Flag> outFlags(const QString &help, Existing existing = Existing::Kept);

/// What --out names, if a file may be written there; nullopt where it was not given. @p isOwnKind: which existing
/// files are replaced all the same. Asked before anything is contacted. Errors: UsageInvalid (--overwrite without
/// --out), FileUnwritable.
[[nodiscard]] base::Result<std::optional<OutTarget>> outFile(Context &context, Existing existing = Existing::Kept,
                                                             IsOwnKind isOwnKind = nullptr);

/// The same where --out is needed. Errors: UsageInvalid, FileUnwritable.
[[nodiscard]] base::Result<OutTarget> neededOutFile(Context &context, IsOwnKind isOwnKind = nullptr);

/// Puts a measurement, which is @p bytes, where @p target, of before it, says. What was made or changed there meanwhile
/// nobody agreed to replace: it stays, and the measurement lies beside it under a name with a number ("run-2.json"),
/// which is said. Errors: FileUnwritable,
/// DiskFull.
[[nodiscard]] base::Status writeMeasured(Context &context, const OutTarget &target, const QByteArray &bytes);

} // namespace rollcall::ctl
