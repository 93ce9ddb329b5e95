#pragma once

#include <QProcess>
#include <QTemporaryDir>

#include "tests/support/PostgresServer.h"

namespace rollcall::test {

/// PgBouncer in transaction mode before a test server: every transaction may get another server session. On a free
/// loopback port, unprivileged, gone with the object. **Thread-safety:** one thread.
class PgBouncer final
{
public:
    /// @p settings: further lines of its configuration.
    PgBouncer(const PostgresServer &server, const QString &database, const QByteArray &settings = {});
    ~PgBouncer();
    PgBouncer(const PgBouncer &) = delete;
    PgBouncer &operator=(const PgBouncer &) = delete;

    /// Empty where it runs; else why it does not.
    [[nodiscard]] QString problem() const { return m_problem; }
    /// The database, through the pooler.
    [[nodiscard]] store::DatabaseUrl url() const;

private:
    QTemporaryDir m_directory;
    QProcess m_process;
    QString m_problem, m_database;
    int m_port = 0;
};

} // namespace rollcall::test
