#pragma once

#include <QProcess>
#include <QTemporaryDir>

#include "core/redis/RedisUrl.h"

namespace rollcall::test {

/// A throw-away Redis server of one's own (tests/support/redis-server.sh): unprivileged, loopback only, gone with the
/// object, and also when the test dies. **Thread-safety:** one thread.
class RedisServer final
{
public:
    enum class Tls { Off, Only };
    /// @p configuration: further options of redis-server ("--requirepass", "secret"). With TLS the certificate is that
    /// of tests/data/tls, for `localhost` and 0.0.0.0.
    /// With @p clientAuthority, the file of a CA, it wants a client certificate by that.
    explicit RedisServer(const QStringList &configuration = {}, Tls tls = Tls::Off,
                         const QString &clientAuthority = {});
    ~RedisServer();
    RedisServer(const RedisServer &) = delete;
    RedisServer &operator=(const RedisServer &) = delete;

    /// Empty where the server runs; else why it does not.
    [[nodiscard]] QString problem() const { return m_problem; }
    [[nodiscard]] int port() const { return m_port; }
    /// Its address, with @p user and @p password where given.
    [[nodiscard]] redis::RedisUrl url(const QByteArray &userInfo = {}, const QByteArray &database = {}) const;

    /// Ends the server at once. It does not come back.
    void kill();

private:
    QTemporaryDir m_folder;
    QProcess m_script;
    QString m_problem;
    Tls m_tls;
    int m_port = 0;
    qint64 m_pid = 0;
};

} // namespace rollcall::test
