#pragma once

#include <QString>

#include <functional>
#include <optional>
#include <vector>

#include "core/audit/AuditEntry.h"
#include "core/base/SecretVault.h"

namespace rollcall::audit {

/// The state of the chain. `entries` counts whole entries from the start to the first bad one.
struct AuditState
{
    qint64 entries = 0;
    bool ok = true;
    std::optional<qint64> brokenAt; ///< seq of the first entry that is wrong or missing
    bool sealed = false;            ///< every entry and the seal beside the log were checked with the key
    /// What was looked at is whole (entries counts all of it), but an act has found the log broken at brokenAt: what
    /// was done to it before it was changed back is not known, so it counts as broken until it is renewed.
    bool foundByAct = false;
};

/// Told what an act finds amiss with the log as it puts its intent on record: AuditBroken. Called in the thread that
/// appends, before the act; must return soon.
using OnFault = std::function<void(const base::Error &fault)>;

/// The append-only, hash-chained log of everything done to deployments: `audit.ndjson` in a folder, one entry a line,
/// flushed to disk before append() returns, guarded by a file lock against other processes. A seal beside it
/// (`audit.seal`, see AuditSeal) makes cutting the log short visible, a mark in the vault (AuditMark) putting older
/// copies of both in their place. Each entry and the seal are signed (Ed25519; the
/// private key rests in the vault under "audit-key", the public one goes with evidence packs). A line that
/// a crash left half written is removed and noted by the next append. A log that was tampered with is still appended to
/// (an incident is no time to refuse: whoever can write to the log could else stop every revocation), in such a way
/// that the break stays visible for ever. Before an intent is appended the end of the log is checked (256 KiB of it,
/// with its seal and its mark, never more than a few MiB): what is amiss is said, and stands in the entry. A log that
/// was found broken once is said to be by each act until it is renewed; all of it is read by verify() alone. So are a
/// new key where the one that signed before was not found, and another log that was renewed with another key. A log
/// that two keys sign by turns counts as broken.
/// **Thread-safety:** thread-safe; calls block on the disk.
class AuditLog final
{
public:
    /// @p folder is made on the first append. @p vault (borrowed, may be null) keeps the seal's key; without it
    /// append() fails with NoKeyStore and reading works unsealed. @p onFault may be empty.
    AuditLog(QString folder, base::SecretVault *vault, const base::Clock &clock, OnFault onFault = {});

    /// Appends and syncs; returns seq. Where the mark alone cannot be written the entry stands all the same. Errors:
    /// NoKeyStore, AuditUnwritable, FileUnreadable, DiskFull, KeychainFailed, KeyFileUnsafe, Timeout, Cancelled,
    /// Internal.
    [[nodiscard]] base::Result<qint64> append(AuditEntry entry, const base::Call &call);

    /// Entries after @p afterSeq, at most @p limit, in order. A missing log: none; a half line at its end is passed
    /// over. Errors: FileUnreadable, FileFormatInvalid (Line).
    [[nodiscard]] base::Result<std::vector<AuditEntry>> list(qint64 afterSeq, int limit) const;

    /// Gives each entry after @p afterSeq to @p take, in order and one at a time, however long the log is, until that
    /// answers false. Errors: those of list(), Cancelled.
    [[nodiscard]] base::Status forEach(qint64 afterSeq, const base::Call &call,
                                       const std::function<bool(AuditEntry &&entry)> &take) const;

    /// Checks chain and seal (the seal only where the vault has its key; a read never makes one), and whether an act
    /// has found the log broken. Ends where @p call is cancelled, but not with its time: a long log is checked all the
    /// same. Errors: FileUnreadable, Cancelled and those of the vault.
    [[nodiscard]] base::Result<AuditState> verify(const base::Call &call) const;

    /// Whether what is read from the log may be written to @p path: not into the log's own folder, where it would take
    /// the place of the log, its seal or its lock. Errors: FileUnwritable.
    [[nodiscard]] base::Status checkTarget(const QString &path) const;

    /// Path of the log file.
    [[nodiscard]] QString path() const;
    /// Where the sealing key rests; may be null.
    [[nodiscard]] base::SecretVault *vault() const { return m_vault; }

private:
    QString m_folder;
    base::SecretVault *m_vault;
    const base::Clock &m_clock;
    OnFault m_onFault;
};

/// Checks the copy of a log at @p path, with the seal `NAME.seal` beside it where there is one; a copy without a seal
/// can only be checked in itself. @p vault may be null. Errors: FileUnreadable (also where there is none), those of the
/// vault.
[[nodiscard]] base::Result<AuditState> verifyFile(const QString &path, base::SecretVault *vault,
                                                  const base::Call &call);

/// "user@host" of this process, for AuditEntry::actor.
[[nodiscard]] QString currentActor();

/// A new operation name: "op-" and 20 random characters.
[[nodiscard]] QString newOperationId();

} // namespace rollcall::audit
