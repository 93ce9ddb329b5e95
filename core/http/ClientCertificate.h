#pragma once

#include <QList>
#include <QSslCertificate>
#include <QSslKey>

#include "core/base/Result.h"
#include "core/base/Secret.h"

namespace rollcall::http {

/// Where a TLS client's own certificate and its key are. **Thread-safety:** plain value.
struct ClientCertificate
{
    QString certificate;        ///< path of a PEM file, intermediate certificates behind the first; empty: none
    QString key;                ///< path of a PEM file
    base::SecretBytes password; ///< of the key; empty: it is not encrypted

    [[nodiscard]] bool isNamed() const { return !certificate.isEmpty() || !key.isEmpty(); }
    [[nodiscard]] ClientCertificate clone() const { return {certificate, key, password.clone()}; }
};

/// What a TLS client shows of itself, and the key that proves it.
struct ClientIdentity
{
    QList<QSslCertificate> chain; ///< the client's own first
    QSslKey key;
};

/// Reads the two files, so that it can be said what is wrong with them: TLS libraries say little. @p files: named.
/// Blocks briefly. **Thread-safety:** reentrant. Errors: FileUnreadable, FileFormatInvalid (Path, Detail), UrlInvalid
/// (one without the other; @p part, "database" or "cache", is whose address named it).
[[nodiscard]] base::Result<ClientIdentity> readIdentity(const ClientCertificate &files, const QString &part);

} // namespace rollcall::http
