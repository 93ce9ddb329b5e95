#pragma once

#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

#include "core/base/Clock.h"
#include "core/base/SecretVault.h"

namespace rollcall::audit {

enum class Phase { Intent, Outcome };

/// One line of the audit log. Holds no token, secret or personal data beyond what the actor wrote as reason.
struct AuditEntry
{
    qint64 seq = 0;              ///< from 1, set by append()
    base::Instant at;            ///< set by append()
    QString operation;           ///< names the act everywhere (auditId)
    Phase phase = Phase::Intent;
    QString action;              ///< "sessions.revoke", "token.mint", "token.remove", "sessions.reveal", …
    QString actor;               ///< user@host
    QString connection;          ///< profile name, or the redacted address
    QString reason;
    QString planDigest;
    QJsonObject counts;          ///< matched, revoked, skipped, …
    std::optional<QJsonObject> verification;
    QString previousHash;        ///< hex SHA-256 of the previous entry's line; set by append()
    QString hash;                ///< hex SHA-256 over previousHash and this entry; set by append()

    [[nodiscard]] QJsonObject toJson() const;
};

/// The state of the chain. `entries` counts whole entries from the start to the first bad one.
struct AuditState
{
    qint64 entries = 0;
    bool ok = true;
    std::optional<qint64> brokenAt; ///< seq of the first entry that is wrong or missing
    bool sealed = false;            ///< the last seal beside the log was checked with the key
};

/// The append-only, hash-chained log of everything done to deployments: `audit.ndjson` in a folder, one entry a line,
/// flushed to disk before append() returns, guarded by a file lock against other processes. A seal beside it (keyed
/// digest over the count and last hash, key in the vault) makes cutting the log short visible. A line that a crash left
/// half written is mended and noted by the next append.
/// **Thread-safety:** thread-safe; calls block on the disk.
class AuditLog final
{
public:
    /// @p folder is made on the first append. @p vault (borrowed, may be null) keeps the seal's key; without it append()
    /// fails with NoKeyStore and reading works unsealed.
    AuditLog(QString folder, base::SecretVault *vault, const base::Clock &clock);

    /// Appends and syncs; returns seq. Errors: NoKeyStore, AuditUnwritable, DiskFull, KeychainFailed, KeyFileUnsafe, Timeout.
    [[nodiscard]] base::Result<qint64> append(AuditEntry entry, const base::Call &call);

    /// Entries after @p afterSeq, at most @p limit, in order. A missing log: none. Errors: FileUnreadable, FileFormatInvalid.
    [[nodiscard]] base::Result<std::vector<AuditEntry>> list(qint64 afterSeq, int limit) const;

    /// Checks chain and seal (the seal only where the vault has its key; a read never makes one).
    [[nodiscard]] base::Result<AuditState> verify(const base::Call &call) const;

    /// Path of the log file.
    [[nodiscard]] QString path() const;

private:
    QString m_folder;
    base::SecretVault *m_vault;
    const base::Clock &m_clock;
};

/// "user@host" of this process, for AuditEntry::actor.
[[nodiscard]] QString currentActor();

/// A new operation name: "op-" and 20 random characters.
[[nodiscard]] QString newOperationId();

} // namespace rollcall::audit
