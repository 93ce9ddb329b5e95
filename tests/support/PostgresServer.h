#pragma once

#include <memory>

#include "tests/support/ThrowawayServer.h"

namespace rollcall::test {

/// A throw-away PostgreSQL server of one's own (tests/support/postgres-server.sh). **Thread-safety:** one thread.
class PostgresServer final : public ThrowawayServer
{
public:
    /// @p fileLimitKib: see the script; 0 for none.
    explicit PostgresServer(Tls tls = Tls::Off, int fileLimitKib = 0)
        : ThrowawayServer(QStringLiteral("postgres-server.sh"), tls, fileLimitKib)
    {}

    /// A standby that streams from @p primary, which has no TLS: the same databases, read only.
    [[nodiscard]] static std::unique_ptr<PostgresServer> standbyOf(const PostgresServer &primary)
    {
        return std::unique_ptr<PostgresServer>(
            new PostgresServer({QStringLiteral("--standby-of"), QString::number(primary.port())},
                               {{QStringLiteral("PGPASSWORD"), primary.said("password").toString()}}));
    }

    /// Makes an empty database. Returns what went wrong, empty for nothing (as the next two).
    [[nodiscard]] QString createDatabase(const QString &name);
    [[nodiscard]] QString runSqlFile(const QString &database, const QString &path);
    /// runSqlFile() with psql's @p variables ("name=value"), within @p timeoutMs.
    [[nodiscard]] QString runSqlFile(const QString &database, const QString &path, const QStringList &variables,
                                     int timeoutMs);
    [[nodiscard]] QString runSql(const QString &database, const QString &sql);
    /// The one value that @p sql selects, as text; nullopt where it cannot be run.
    [[nodiscard]] std::optional<QString> value(const QString &database, const QString &sql);

    /// The address of a database as the superuser, or as @p user with @p password.
    [[nodiscard]] store::DatabaseUrl url(const QString &database, const QString &user = {},
                                         const QString &password = {}) const
    {
        return urlOf(store::DatabaseKind::PostgreSql, database, user, password);
    }
    /// What the server has logged since it was started last.
    [[nodiscard]] QByteArray log() const;

private:
    PostgresServer(const QStringList &more, const QMap<QString, QString> &environment)
        : ThrowawayServer(QStringLiteral("postgres-server.sh"), Tls::Off, 0, more, environment)
    {}

    /// What went wrong, empty for nothing; what psql printed goes to @p printed, where wanted.
    QString psql(const QString &database, const QStringList &arguments, int timeoutMs = 60'000,
                 QByteArray *printed = nullptr);
};

} // namespace rollcall::test
