#pragma once

#include <QString>
#include <QStringList>

#include <optional>

#include "core/base/Loopback.h"
#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/redis/RedisUrl.h"

namespace rollcall::store {

enum class DatabaseKind { PostgreSql, MySql, Sqlite, Redis }; ///< MySql: MariaDB as well, which answers as MySQL does

/// A database address, taken apart. **Thread-safety:** reentrant value.
struct DatabaseUrl
{
    DatabaseKind kind = DatabaseKind::PostgreSql;
    QString host;     ///< as written, or the path of a Unix socket; empty for SQLite
    int port = 5432;  ///< MySQL's own is 3306
    QString database; ///< name; for SQLite the file path as it stands; for Redis its number
    QString user;
    base::SecretBytes password; ///< empty: none; for Redis always: redis has it
    QString schema;             ///< PostgreSQL `?schema=`: the search path; empty: the role's own
    QString sslMode; ///< in libpq's words; towards other hosts than loopback verify-full is used whatever it says
    QString sslRootCert;
    QString sslCert;               ///< PEM of a client certificate; empty: none is shown
    QString sslKey;                ///< PEM of its key
    base::SecretBytes sslPassword; ///< that opens the key; empty: it is not encrypted
    QStringList ignored;      ///< parameter names only a deployment's driver knows (pgbouncer, connection_limit, …)
    bool hadPassword = false; ///< the text held a password
    std::optional<redis::RedisUrl> redis; ///< set where the kind is Redis

    [[nodiscard]] DatabaseUrl clone() const;

    /// True for `localhost`, 127.0.0.0/8 and `::1` as written (not as a name resolves), and for SQLite.
    [[nodiscard]] bool isLoopback() const;

    /// The address without password, for people and files: "postgresql://user@host:5432/name",
    /// "mysql://user@host:3306/name".
    [[nodiscard]] QString withoutPassword() const;

    /// Reads postgresql://, postgres://, mysql://, mariadb:// (with Prisma's, mysql2's and the servers' own spellings
    /// of TLS and socket; a client certificate is sslcert, sslkey and sslpassword as libpq has them, for MySQL
    /// ssl-cert, ssl-key and sslpassword), sqlite:PATH, file:PATH (relative to @p baseDir), and what RedisUrl::parse()
    /// reads. User name, password, database and parameters are percent-decoded; SQLite paths are taken as they stand
    /// (Prisma's
    /// `?connection_limit=…` is cut). Errors: UrlInvalid, UrlSchemeUnsupported.
    [[nodiscard]] static base::Result<DatabaseUrl> parse(const QByteArray &text, const QString &baseDir = {});
};

using base::isLoopbackHost;

} // namespace rollcall::store
