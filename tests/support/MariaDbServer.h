#pragma once

#include <QJsonObject>
#include <QProcess>
#include <QString>

#include <optional>

#include "core/store/sql/DatabaseUrl.h"

namespace rollcall::test {

/// A throw-away MariaDB server of one's own (tests/support/mariadb-server.sh): unprivileged, loopback only, gone with
/// the object, and also when the test dies. **Thread-safety:** one thread.
class MariaDbServer final
{
public:
    enum class Tls { Off, Required };
    /// @p fileLimitKib: see the script; 0 for none.
    explicit MariaDbServer(Tls tls = Tls::Off, int fileLimitKib = 0);
    ~MariaDbServer();
    MariaDbServer(const MariaDbServer &) = delete;
    MariaDbServer &operator=(const MariaDbServer &) = delete;

    /// Empty where the server runs; else why it does not.
    [[nodiscard]] QString problem() const { return m_problem; }

    /// Makes an empty database. Returns what went wrong, empty for nothing (as the next two, which take names in double
    /// quotes and backslashes for what they are).
    [[nodiscard]] QString createDatabase(const QString &name);
    /// Runs a dump, in MySQL's own spelling.
    [[nodiscard]] QString runSqlFile(const QString &database, const QString &path);
    [[nodiscard]] QString runSql(const QString &database, const QString &sql);

    /// The address of a database as the administrator, or as @p user with @p password.
    [[nodiscard]] store::DatabaseUrl url(const QString &database, const QString &user = {},
                                         const QString &password = {}) const;
    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] QString caFile() const { return m_caFile; }

    /// Ends the server at once, without a word to its clients; false where that failed.
    [[nodiscard]] bool kill();
    /// Starts it again after kill(), with its data and on its port; false where it does not come up.
    [[nodiscard]] bool start();

    /// Makes it stand still, links and all, or go on; false where that failed.
    [[nodiscard]] bool freeze(bool still);

private:
    [[nodiscard]] QString client(const QString &database, const QByteArray &sql, const QString &file);
    [[nodiscard]] std::optional<QJsonObject> answer();

    QProcess m_script;
    QString m_problem, m_password, m_caFile;
    int m_port = 0;
    qint64 m_pid = 0;
};

} // namespace rollcall::test
