#pragma once

#include <QJsonObject>
#include <QProcess>
#include <QString>

#include "core/store/sql/DatabaseUrl.h"

namespace rollcall::test {

/// What a PostgresServer and a MariaDbServer have in common: the script beside that runs the server, unprivileged, on
/// loopback only, gone with the object, and also when the test dies. **Thread-safety:** one thread.
class ThrowawayServer
{
public:
    enum class Tls { Off, Required };
    ThrowawayServer(const ThrowawayServer &) = delete;
    ThrowawayServer &operator=(const ThrowawayServer &) = delete;

    /// Empty where the server runs; else why it does not.
    [[nodiscard]] QString problem() const { return m_problem; }
    [[nodiscard]] int port() const { return m_port; }
    /// Of its CA; empty without TLS.
    [[nodiscard]] QString caFile() const { return said("caFile").toString(); }

    /// Ends the server at once, without a word to its clients; false where that failed.
    [[nodiscard]] bool kill();
    /// Starts it again after kill(), with its data and on its port; false where it does not come up.
    [[nodiscard]] bool start();

protected:
    /// Runs @p script of this folder. @p fileLimitKib: see there; 0 for none. @p more: further arguments;
    /// @p environment: further variables.
    ThrowawayServer(const QString &script, Tls tls, int fileLimitKib, const QStringList &more = {},
                    const QMap<QString, QString> &environment = {});
    ~ThrowawayServer();

    /// A member of what the script said when the server was started last.
    [[nodiscard]] QJsonValue said(const char *member) const { return m_said.value(QLatin1StringView(member)); }
    /// The address of a database as the administrator, or as @p user with @p password.
    [[nodiscard]] store::DatabaseUrl urlOf(store::DatabaseKind kind, const QString &database, const QString &user,
                                           const QString &password) const;

private:
    /// Waits for a line of the script, which becomes what it said last; false where none comes.
    [[nodiscard]] bool hear();

    QProcess m_script;
    QString m_problem;
    QJsonObject m_said;
    int m_port = 0;
};

} // namespace rollcall::test
