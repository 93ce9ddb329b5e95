#pragma once

#include <QFile>

#include "core/audit/AuditLog.h"
#include "core/audit/AuditMark.h"

namespace rollcall::audit {

/// The name under which the vault keeps the key that seals.
[[nodiscard]] QString sealKeyName();
/// The sealing key of @p vault (may be null): its public half, nullopt where there is none. Never makes one. Errors:
/// those of SigningKey::find().
[[nodiscard]] base::Result<std::optional<base::PublicKey>> publicSealKey(base::SecretVault *vault,
                                                                         const base::Call &call);
/// Where the seal of the log at @p logPath lies: "audit.ndjson" → "audit.seal".
[[nodiscard]] QString sealPath(const QString &logPath);

/// The file whose lock whoever appends to the log at @p logPath holds: "audit.ndjson" → "audit.lock".
[[nodiscard]] QString lockPath(const QString &logPath);

/// What an act checks of a log that was whole so far: several hundred entries, in some ten milliseconds.
inline constexpr qint64 checkedBytes = 256 * 1024;

/// How many changes of the key a check names: who can write to the log can have one in each line.
inline constexpr std::size_t mostKeyChanges = 100;

/// Where in a log the entries name another key than the one before. **Thread-safety:** plain value.
struct KeyChange
{
    qint64 seq = 0;      ///< the first entry that names it
    QString keyId;       ///< of that key: AuditEntry::keyId, its first 16 characters
    QString before;      ///< of the one that the entry before names
    bool isOurs = false; ///< it is the key that is here, and has signed that entry: another's signature is not checked
};

/// All such places among the entries up to the first bad one. **Thread-safety:** plain value.
struct KeyChanges
{
    std::vector<KeyChange> first; ///< in order, mostKeyChanges of them at most: the first ones and the last one
    qint64 count = 0;             ///< how many there are in all
};

/// What a check knows beside the log itself.
struct VerifyInput
{
    std::optional<base::PublicKey> key; ///< that seals; nullopt: chain alone
    AuditMark mark;                     ///< what the vault remembers of this log
    bool sealExpected = false;          ///< a missing seal is a fault (false for copies)
    /// How much of the log is looked at, from its end; 0: all of it. What is looked at so is not checked for each
    /// entry's signature: the seal's covers the last hash, and with it the chain behind that.
    qint64 lastBytes = 0;
    KeyChanges *changes = nullptr; ///< borrowed, may be null: where to say it, of all of the log (lastBytes 0)
};

/// Checks the log at @p logPath against its chain, its seal and @p input, also while it is appended to. A missing file
/// counts as a log without entries. A signature takes a tenth of a millisecond: it ends where @p call is cancelled, but
/// not with its time, as a long log is checked all the same. Errors: FileUnreadable, Cancelled.
[[nodiscard]] base::Result<AuditState> verifyLog(const QString &logPath, const VerifyInput &input,
                                                 const base::Call &call);

/// Checks our own @p log by its key and its mark: its last @p lastBytes, or all of it (0). What an act found once
/// counts as broken (AuditState::foundByAct). @p changes as in VerifyInput. Errors: those of AuditLog::verify().
/// **Thread-safety:** thread-safe; blocks on the disk.
[[nodiscard]] base::Result<AuditState> verifyOurs(const AuditLog &log, qint64 lastBytes, const base::Call &call,
                                                  KeyChanges *changes = nullptr);

/// As verifyFile(), with @p changes as in VerifyInput.
[[nodiscard]] base::Result<AuditState> verifyCopy(const QString &path, base::SecretVault *vault, const base::Call &call,
                                                  KeyChanges *changes);

/// The last whole line of the first @p size bytes of the log @p file, without its line end; empty where there is none.
[[nodiscard]] QByteArray lastWholeLine(QFile &file, qint64 size);

/// The key that the last line of the log at @p logPath names (AuditEntry::keyId), or its seal where that line cannot be
/// read as an entry; empty where neither says one. It is checked by nothing: whoever can write there can name any.
/// Errors: FileUnreadable. **Thread-safety:** thread-safe; reads the log's end.
[[nodiscard]] base::Result<QString> lastKeyId(const QString &logPath);

/// As an act checks @p log before it goes on record: its end, its seal and its mark, in time that does not grow with
/// the log; broken too where an act has found it so. Errors: those of AuditLog::verify(). **Thread-safety:**
/// thread-safe; blocks on the disk.
[[nodiscard]] base::Result<AuditState> verifyEnd(const AuditLog &log, const base::Call &call);

/// Whether the log at @p logPath, found broken at @p brokenAt, has no such entry: what is wrong is that its end is
/// missing, or its seal. Errors: FileUnreadable. **Thread-safety:** thread-safe; reads the log.
[[nodiscard]] base::Result<bool> isBrokenAtItsEnd(const QString &logPath, qint64 brokenAt);

} // namespace rollcall::audit
