#pragma once

#include <QString>

#include <optional>

#include "core/audit/AuditEntry.h"
#include "core/base/SecretVault.h"

namespace rollcall::audit {

/// AuditEntry::action of a renewal, whose outcome begins the new log.
[[nodiscard]] QString renewedAction();

/// What the vault remembers of the log in a folder, written after each entry, before anything is done that it is the
/// intent of: with it, log and seal that are gone together are noticed, and such as were put in their place, by another
/// key or as an older copy of both. A crash may leave it one entry behind: a log may be longer than its mark says,
/// never shorter.
/// **Thread-safety:** plain value.
struct AuditMark
{
    QString keyId;       ///< of the key that signs; empty: no log was begun
    qint64 entries = 0;  ///< that were on disk
    QString hash;        ///< of the last of these
    qint64 brokenAt = 0; ///< where an act found the log broken: it stays so until it is renewed; 0: none did
    QString firstHash; ///< of the log's first entry, by which it is told from another; empty: not known. Without keyId:
                       ///< of the last entry of the log that was put aside, while its renewal has not ended

    /// Whether it is of another log than the one that begins with @p first: of one that was renewed with another key.
    /// A log that says nothing of a renewal is not another, but what was put in the place of this one.
    [[nodiscard]] bool isOfAnother(const std::optional<AuditEntry> &first) const;

    /// What @p vault holds of the log in @p folder. Errors: those of the vault.
    [[nodiscard]] static base::Result<AuditMark> read(base::SecretVault &vault, const QString &folder,
                                                      const base::Call &call);
    /// Stores it. Errors: those of the vault.
    [[nodiscard]] base::Status write(base::SecretVault &vault, const QString &folder, const base::Call &call) const;
};

} // namespace rollcall::audit
