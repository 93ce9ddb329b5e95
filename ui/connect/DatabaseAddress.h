#pragma once

#include <QString>

#include "core/http/ClientCertificate.h"

namespace rollcall::connect {

using http::ClientCertificate;

/// An address of a database or a cache with its password and client certificate apart, as the form shows them.
struct SplitAddress
{
    QString address; ///< without password
    base::SecretBytes password;
    ClientCertificate certificate;
};

/// Takes the password, or an Upstash address' token, and the client certificate out of @p url (percent-decoded). Where
/// it cannot be read the address alone is kept.
[[nodiscard]] SplitAddress splitPassword(const QByteArray &url);

/// Puts @p password (percent-encoded) into @p address: "postgresql://user@host/db" → "postgresql://user:…@host/db".
/// Empty where there is no password, or no place for one (a SQLite file, a text that is no address).
[[nodiscard]] base::SecretBytes joinPassword(const QString &address, const base::SecretBytes &password);

/// Puts what names @p certificate into @p address, its password aside: what is saved. @p address as it is where there
/// is no certificate, or the database shows none.
[[nodiscard]] QString withCertificate(const QString &address, const ClientCertificate &certificate);
/// joinPassword() with the certificate and its password as well; empty where neither password is given.
[[nodiscard]] base::SecretBytes joinSecrets(const QString &address, const base::SecretBytes &password,
                                            const ClientCertificate &certificate);

/// True for the address of a server that may want a certificate of ours: every one but those of Redis without TLS and
/// of Upstash.
[[nodiscard]] bool takesCertificate(const QString &address);

/// True for the address of a file: it has no password.
[[nodiscard]] bool isFileAddress(const QString &address);

/// True for redis:, rediss: and upstash: addresses, whose stores have keys in place of tables.
[[nodiscard]] bool isRedisAddress(const QString &address);

} // namespace rollcall::connect
