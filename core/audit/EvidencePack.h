#pragma once

#include <functional>

#include "core/audit/AuditLog.h"
#include "core/base/DurableFile.h"

namespace rollcall::audit {

/// Which entries an evidence pack is about: those of one operation, or of a span of time.
struct EvidenceScope
{
    QString operation;                 ///< empty: by time
    std::optional<base::Instant> from; ///< inclusive
    std::optional<base::Instant> to;   ///< exclusive
    /// Whole entries, so that their hashes can be computed again: with who acted and the reason that was typed, which
    /// may be personal data. Else both are left out and the hashes stand for them.
    bool whole = false;
};

/// What was packed.
struct Evidence
{
    qint64 entries = 0; ///< of the scope
    qint64 links = 0;   ///< of the chain excerpt: from the scope's first entry to its last
    QString keyDigest;  ///< hex SHA-256 of public-key.pem: how the signer is known to whoever checks
    AuditState log;     ///< as it stood when it was packed: a broken log is packed all the same, and says so
};

/// Writes one tar archive that stands for itself, to be checked without Rollcall and without a network by `sha256sum`
/// and `openssl`; resources/audit/FORMAT.md says how, and is in it:
///
/// | file | |
/// | --- | --- |
/// | `evidence.json` | scope, method, counts and proofs of each operation, state of the log when it was packed |
/// | `chain.ndjson` | sequence number, hash and previous hash of each entry from the first to the last, in order |
/// | `entries.ndjson` | the scope's own entries |
/// | `audit.seal` | the log's seal as it was when it was packed; empty where there was none |
/// | `SHA256SUMS`, `SHA256SUMS.sig`, `public-key.pem` | digests of the files above, their Ed25519 signature, its key |
/// | `FORMAT.md` | the formats, and how to check all this |
///
/// It is signed by the key that seals the log. No token is in any of it, as none is in the log. @p now is written into
/// it. @p onto: what may be replaced. Errors: NotFound (no such entries; no key, which is never made here), NoKeyStore,
/// FileUnwritable, DiskFull, those of AuditLog::forEach(), AuditLog::checkTarget(), AuditLog::verify() and of the
/// vault. Of the log only what the scope needs is held in memory. **Thread-safety:** reentrant.
[[nodiscard]] base::Result<Evidence> writeEvidence(const AuditLog &log, const EvidenceScope &scope, const QString &path,
                                                   base::Instant now, const base::Call &call,
                                                   base::Onto onto = base::Onto::Anything);

/// Whether a file that begins with @p begin is such an archive.
[[nodiscard]] bool isEvidence(QByteArrayView begin);

} // namespace rollcall::audit
