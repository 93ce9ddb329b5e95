#include "core/http/ClientCertificate.h"

#include <QFile>
#include <QScopeGuard>

#include "core/base/FileError.h"

namespace rollcall::http {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::fail;
using base::Result;

namespace {

constexpr qint64 largestFile = 1 << 20;

Result<QByteArray> contentOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(base::fileError(ErrorCode::FileUnreadable, path, file.errorString()));
    return file.read(largestFile);
}

/// Null where @p password does not open it, or it is none.
QSslKey keyOf(const QByteArray &pem, QByteArrayView password)
{
    // OpenSSL reads up to a NUL, which the caller's bytes do not have.
    QByteArray phrase = password.toByteArray();
    const auto wiping = qScopeGuard([&phrase] { base::wipe(phrase); });
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Rsa, QSsl::Ec, QSsl::Dsa}) {
        QSslKey key(pem, algorithm, QSsl::Pem, QSsl::PrivateKey, phrase);
        if (!key.isNull())
            return key;
    }
    return {};
}

} // namespace

Result<ClientIdentity> readIdentity(const ClientCertificate &files, const QString &part)
{
    if (files.certificate.isEmpty() || files.key.isEmpty())
        return fail(Error(ErrorCode::UrlInvalid)
                        .with(ErrorParam::Part, part)
                        .with(ErrorParam::Detail, QStringLiteral("a client certificate and its key belong together")));
    const auto certificate = contentOf(files.certificate);
    if (!certificate)
        return fail(certificate.error());
    ClientIdentity identity;
    identity.chain = QSslCertificate::fromData(*certificate, QSsl::Pem);
    if (identity.chain.isEmpty())
        return fail(base::fileError(ErrorCode::FileFormatInvalid, files.certificate,
                                    QStringLiteral("it holds no certificate in PEM form")));
    auto key = contentOf(files.key);
    if (!key)
        return fail(std::move(key.error()));
    identity.key = keyOf(*key, files.password.view());
    const bool encrypted = key->contains("ENCRYPTED");
    base::wipe(*key);
    if (!identity.key.isNull())
        return identity;
    if (!encrypted)
        return fail(
            base::fileError(ErrorCode::FileFormatInvalid, files.key, QStringLiteral("it holds no key in PEM form")));
    return fail(base::fileError(ErrorCode::FileUnreadable, files.key,
                                files.password.isEmpty()
                                    ? QStringLiteral("the key is encrypted, and no password was given")
                                    : QStringLiteral("the password given does not open the key")));
}

} // namespace rollcall::http
