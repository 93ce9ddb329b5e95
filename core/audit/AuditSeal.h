#pragma once

#include <QString>

#include <optional>

#include "core/base/SigningKey.h"

namespace rollcall::audit {

/// What stands beside the log and says how long it is: without the private key nobody can make one for a shorter log.
/// Written before an entry (naming it as `next`) and again after it, so that a crash between the two is told from a
/// cut.
/// **Thread-safety:** plain value.
struct AuditSeal
{
    qint64 entries = 0; ///< entries known to be on disk; seq of the last
    qint64 bytes = 0;   ///< size of the log with them
    QString hash;       ///< hash of the last of them
    QString nextHash;   ///< hash of the entry about to be appended; empty: none
    QString keyId;
    QString signature; ///< of all of the above, see signatureOf()

    /// Whether the pair of @p key made this seal.
    [[nodiscard]] bool isBy(const base::PublicKey &key) const;

    /// Signs with @p key and writes the file atomically with mode 0600. Errors: AuditUnwritable, DiskFull, Internal.
    [[nodiscard]] base::Status write(const QString &path, const base::SigningKey &key);

    /// The seal at @p path: nullopt where there is no such file; one that cannot be read as a seal has no keyId.
    [[nodiscard]] static std::optional<AuditSeal> read(const QString &path);

private:
    [[nodiscard]] QByteArray canonical() const;
    /// The file's content.
    [[nodiscard]] QByteArray text() const;
};

} // namespace rollcall::audit
