#pragma once

#include "tests/support/ThrowawayServer.h"

namespace rollcall::test {

/// A throw-away MariaDB server of one's own (tests/support/mariadb-server.sh). **Thread-safety:** one thread.
class MariaDbServer final : public ThrowawayServer
{
public:
    /// @p fileLimitKib: see the script; 0 for none.
    explicit MariaDbServer(Tls tls = Tls::Off, int fileLimitKib = 0)
        : ThrowawayServer(QStringLiteral("mariadb-server.sh"), tls, fileLimitKib)
    {}

    /// Makes an empty database. Returns what went wrong, empty for nothing (as the next two, which take names in double
    /// quotes and backslashes for what they are).
    [[nodiscard]] QString createDatabase(const QString &name);
    /// Runs a dump, in MySQL's own spelling.
    [[nodiscard]] QString runSqlFile(const QString &database, const QString &path);
    [[nodiscard]] QString runSql(const QString &database, const QString &sql);

    /// The address of a database as the administrator, or as @p user with @p password.
    [[nodiscard]] store::DatabaseUrl url(const QString &database, const QString &user = {},
                                         const QString &password = {}) const
    {
        return urlOf(store::DatabaseKind::MySql, database, user, password);
    }

    /// Makes it stand still, links and all, or go on; false where that failed.
    [[nodiscard]] bool freeze(bool still);

private:
    [[nodiscard]] QString client(const QString &database, const QByteArray &sql, const QString &file);
};

} // namespace rollcall::test
