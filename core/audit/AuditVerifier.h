#pragma once

#include "core/audit/AuditLog.h"

namespace rollcall::audit {

/// Names under which the vault keeps what belongs to an audit log.
[[nodiscard]] QString sealKeyName();
/// The sealing key of @p vault (may be null): its public half, nullopt where there is none. Never makes one. Errors:
/// those of SigningKey::find().
[[nodiscard]] base::Result<std::optional<base::PublicKey>> publicSealKey(base::SecretVault *vault,
                                                                         const base::Call &call);
/// A mark that a log was begun in @p folder: the keyId of the key that signs it. With it, log and seal that are gone
/// together are noticed, and such as were put in their place under the name of another key.
[[nodiscard]] QString begunName(const QString &folder);
/// What @p vault holds as that mark; empty where the log was not begun. Errors: those of the vault.
[[nodiscard]] base::Result<QString> begunBy(base::SecretVault &vault, const QString &folder, const base::Call &call);
/// Where the seal of the log at @p logPath lies: "audit.ndjson" → "audit.seal".
[[nodiscard]] QString sealPath(const QString &logPath);

/// What a check knows beside the log itself.
struct VerifyInput
{
    std::optional<base::PublicKey> key; ///< that seals; nullopt: chain alone
    QString begunBy;                    ///< what the vault remembers of this log, see begunBy()
    bool sealExpected = false;          ///< a missing seal is a fault (false for copies)
};

/// Checks the log at @p logPath against its chain, its seal and @p input. A missing file counts as a log without
/// entries. A signature takes a tenth of a millisecond: it ends where @p call is cancelled, but not with its time, as a
/// long log is checked all the same. Errors: FileUnreadable, Cancelled.
[[nodiscard]] base::Result<AuditState> verifyLog(const QString &logPath, const VerifyInput &input,
                                                 const base::Call &call);

} // namespace rollcall::audit
