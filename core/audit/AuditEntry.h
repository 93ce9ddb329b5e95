#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <optional>

#include "core/base/Clock.h"
#include "core/base/SigningKey.h"

namespace rollcall::audit {

enum class Phase { Intent, Outcome };

/// "intent", "outcome".
[[nodiscard]] QString phaseName(Phase phase);

/// One line of the audit log. Holds no token, secret or personal data beyond what the actor wrote as reason.
/// **Thread-safety:** plain value.
struct AuditEntry
{
    qint64 seq = 0;    ///< from 1, set by append()
    base::Instant at;  ///< set by append()
    QString operation; ///< names the act everywhere (auditId)
    Phase phase = Phase::Intent;
    QString action;     ///< "sessions.revoke", "token.mint", "token.remove", "sessions.reveal", …
    QString actor;      ///< user@host
    QString connection; ///< profile name, or the redacted address
    QString reason;
    QString planDigest;
    QJsonObject counts; ///< matched, revoked, skipped, …
    std::optional<QJsonObject> verification;
    QString note; ///< what the log itself has to say of this line: a mended end, a missing seal; set by append()
    QString previousHash; ///< the previous entry's hash, empty for the first; set by append()
    QString keyId;        ///< of the key that signs; set by append()
    QString hash;         ///< hex SHA-256 of the canonical JSON without it and `signature`; set by append()
    QString signature;    ///< of `hash`, see signed(): a chain computed anew betrays itself; set by append()

    /// All members; `verification` is null where there is none, `note` absent where empty.
    [[nodiscard]] QJsonObject toJson() const;
    /// The log's line without its line end: canonical JSON (members sorted, no blanks).
    [[nodiscard]] QByteArray toLine() const;
    /// Reads a line; nullopt where it is no entry, or not in canonical form.
    [[nodiscard]] static std::optional<AuditEntry> fromLine(const QByteArray &line);

    /// What `hash` must be.
    [[nodiscard]] QString computeHash() const;
};

/// The signature of @p text by @p key as entries and seals hold it, in Base64. Errors: those of SigningKey::sign().
[[nodiscard]] base::Result<QString> signatureOf(const QByteArray &text, const base::SigningKey &key);

/// Whether @p signature, as signatureOf() makes it, is that of @p text by the pair of @p key.
[[nodiscard]] bool isSigned(const QByteArray &text, const QString &signature, const base::PublicKey &key);

/// How entries and seals name a key: the first 16 hex digits of the SHA-256 of its public half.
[[nodiscard]] QString keyIdOf(const base::PublicKey &key);

} // namespace rollcall::audit
