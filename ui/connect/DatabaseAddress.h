#pragma once

#include <QString>

#include "core/base/Secret.h"

namespace rollcall::connect {

/// An address of a database or a cache with its password apart, as the form shows them.
struct SplitAddress
{
    QString address; ///< without password
    base::SecretBytes password;
};

/// Takes the password, or an Upstash address' token, out of @p url (percent-decoded). Where it cannot be read the
/// address alone is kept.
[[nodiscard]] SplitAddress splitPassword(const QByteArray &url);

/// Puts @p password (percent-encoded) into @p address: "postgresql://user@host/db" → "postgresql://user:…@host/db".
/// Empty where there is no password, or no place for one (a SQLite file, a text that is no address).
[[nodiscard]] base::SecretBytes joinPassword(const QString &address, const base::SecretBytes &password);

/// True for the address of a file: it has no password.
[[nodiscard]] bool isFileAddress(const QString &address);

/// True for redis:, rediss: and upstash: addresses, whose stores have keys in place of tables.
[[nodiscard]] bool isRedisAddress(const QString &address);

} // namespace rollcall::connect
