#pragma once

#include <QJsonObject>
#include <QProcess>
#include <QString>

#include <optional>

#include "core/store/sql/DatabaseUrl.h"

namespace rollcall::test {

/// A throw-away PostgreSQL server of one's own (tests/support/postgres-server.sh): unprivileged, loopback only, gone
/// with the object, and also when the test dies. **Thread-safety:** one thread.
class PostgresServer final
{
public:
    enum class Tls { Off, Required };
    /// @p fileLimitKib: see the script; 0 for none.
    explicit PostgresServer(Tls tls = Tls::Off, int fileLimitKib = 0);
    ~PostgresServer();
    PostgresServer(const PostgresServer &) = delete;
    PostgresServer &operator=(const PostgresServer &) = delete;

    /// Empty where the server runs; else why it does not.
    [[nodiscard]] QString problem() const { return m_problem; }

    /// Makes an empty database. Returns what went wrong, empty for nothing (as the next two).
    [[nodiscard]] QString createDatabase(const QString &name);
    [[nodiscard]] QString runSqlFile(const QString &database, const QString &path);
    /// runSqlFile() with psql's @p variables ("name=value"), within @p timeoutMs.
    [[nodiscard]] QString runSqlFile(const QString &database, const QString &path, const QStringList &variables,
                                     int timeoutMs);
    [[nodiscard]] QString runSql(const QString &database, const QString &sql);

    /// The address of a database as the superuser, or as @p user with @p password.
    [[nodiscard]] store::DatabaseUrl url(const QString &database, const QString &user = {},
                                         const QString &password = {}) const;
    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] QString caFile() const { return m_caFile; }
    /// What the server has logged since it was started last.
    [[nodiscard]] QByteArray log() const;

    /// Ends the server at once, without waiting for its clients ("immediate" shutdown); false where that failed.
    [[nodiscard]] bool kill();
    /// Starts it again after kill(), with its data and on its port; false where it does not come up.
    [[nodiscard]] bool start();

private:
    QString psql(const QString &database, const QStringList &arguments, int timeoutMs = 60'000);
    [[nodiscard]] std::optional<QJsonObject> answer();

    QProcess m_script;
    QString m_problem, m_password, m_caFile, m_logFile;
    int m_port = 0;
};

} // namespace rollcall::test
