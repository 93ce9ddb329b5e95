#pragma once

#include <QString>

#include "core/base/SecretVault.h"

namespace rollcall::audit {

/// What the vault remembers of the log in a folder, written after each entry, before anything is done that it is the
/// intent of: with it, log and seal that are gone together are noticed, and such as were put in their place, by another
/// key or as an older copy of both. A crash may leave it one entry behind: a log may be longer than its mark says,
/// never shorter.
/// **Thread-safety:** plain value.
struct AuditMark
{
    QString keyId;         ///< of the key that signs; empty: no log was begun
    qint64 entries = 0;    ///< that were on disk
    QString hash;          ///< of the last of these
    bool isBroken = false; ///< an act found the log broken since: it stays so, however far behind the end the break is

    /// What @p vault holds of the log in @p folder. Errors: those of the vault.
    [[nodiscard]] static base::Result<AuditMark> read(base::SecretVault &vault, const QString &folder,
                                                      const base::Call &call);
    /// Stores it. Errors: those of the vault.
    [[nodiscard]] base::Status write(base::SecretVault &vault, const QString &folder, const base::Call &call) const;
};

} // namespace rollcall::audit
