#include "core/store/sql/ClientCertificate.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslKey>

#include <algorithm>

using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

constexpr qint64 largestFile = 1 << 20;

Error about(ErrorCode code, const QString &path, const QString &detail)
{
    return Error(code).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail);
}

Result<QByteArray> contentOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(about(ErrorCode::FileUnreadable, path, file.errorString()));
    return file.read(largestFile);
}

bool opens(const QByteArray &pem, QByteArrayView password)
{
    // A view of the caller's: no copy of the password stays behind.
    const QByteArray phrase = QByteArray::fromRawData(password.data(), password.size());
    return std::ranges::any_of(std::initializer_list{QSsl::Rsa, QSsl::Ec, QSsl::Dsa},
                               [&](QSsl::KeyAlgorithm algorithm) {
                                   return !QSslKey(pem, algorithm, QSsl::Pem, QSsl::PrivateKey, phrase).isNull();
                               });
}

} // namespace

Status checkClientCertificate(const DatabaseUrl &url)
{
    if (url.sslCert.isEmpty() && url.sslKey.isEmpty())
        return {};
    if (url.sslCert.isEmpty() || url.sslKey.isEmpty())
        return fail(Error(ErrorCode::UrlInvalid)
                        .with(ErrorParam::Part, QStringLiteral("database"))
                        .with(ErrorParam::Detail, QStringLiteral("a client certificate and its key belong together")));
    const auto certificate = contentOf(url.sslCert);
    if (!certificate)
        return fail(certificate.error());
    if (QSslCertificate::fromData(*certificate, QSsl::Pem).isEmpty())
        return fail(
            about(ErrorCode::FileFormatInvalid, url.sslCert, QStringLiteral("it holds no certificate in PEM form")));
    auto key = contentOf(url.sslKey);
    if (!key)
        return fail(std::move(key.error()));
    const bool usable = opens(*key, url.sslPassword.view());
    const bool encrypted = key->contains("ENCRYPTED");
    base::wipe(*key);
    if (usable)
        return {};
    if (!encrypted)
        return fail(about(ErrorCode::FileFormatInvalid, url.sslKey, QStringLiteral("it holds no key in PEM form")));
    return fail(about(ErrorCode::FileUnreadable, url.sslKey,
                      url.sslPassword.isEmpty() ? QStringLiteral("the key is encrypted, and no password was given")
                                                : QStringLiteral("the password given does not open the key")));
}

} // namespace rollcall::store
