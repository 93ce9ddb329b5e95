#pragma once

#include <QSslConfiguration>

#include <memory>
#include <optional>

#include "core/base/Call.h"
#include "core/http/ClientCertificate.h"
#include "core/http/HttpTransport.h"

class QTcpSocket;

namespace rollcall::http {

/// A blocking connection to one server at a time, over TCP or TLS, for clients that frame messages themselves. It waits
/// in slices of at most 50 ms, so that a cancelled call ends soon.
/// **Thread-safety:** one object belongs to one thread at a time, and may go from one to another between operations.
class StreamSocket final
{
public:
    /// Of @p options only caFile and insecureHosts matter: see tlsConfiguration().
    explicit StreamSocket(HttpOptions options);
    ~StreamSocket();
    StreamSocket(const StreamSocket &) = delete;
    StreamSocket &operator=(const StreamSocket &) = delete;

    /// Shows @p identity to servers that ask for it, from the next connectTo() on.
    void present(ClientIdentity identity);

    /// Begins an operation: Error Timeout tells how long it has lasted from here.
    void begin() { m_begun = base::Call::Clock::now(); }

    /// True where a connection to @p origin stands, as far as this end knows.
    [[nodiscard]] bool isConnectedTo(const Origin &origin) const;

    /// Connects anew, TLS included. Blocks. Errors: those of connectTcp() and tlsConfiguration(), TlsFailed (Part
    /// "certificate" where the peer's is not to be trusted), ConnectionLost, Timeout, Cancelled.
    [[nodiscard]] base::Status connectTo(const Origin &origin, const base::Call &call);

    /// Sends @p bytes. A peer that closes meanwhile is no error here: read() tells what it had said before.
    /// @p part names the act in Error Timeout. Blocks. Errors: Timeout, Cancelled.
    [[nodiscard]] base::Status write(const QByteArray &bytes, const QString &part, const base::Call &call);

    /// At least one byte, at most 256 KiB; empty where the peer has closed. Blocks. Errors: Timeout, Cancelled.
    [[nodiscard]] base::Result<QByteArray> read(const QString &part, const base::Call &call);

    /// True where bytes have come that were not read, as far as was read from the system.
    [[nodiscard]] bool hasUnread() const;

    /// hasUnread(), the system asked as well: for a connection that has been idle. Never waits.
    [[nodiscard]] bool hasArrived();

    void close();

private:
    [[nodiscard]] base::Status startTls(const base::Call &call);
    [[nodiscard]] base::Status check(const QString &part, const base::Call &call) const;

    HttpOptions m_options;
    Origin m_origin;
    std::unique_ptr<QTcpSocket> m_socket; ///< null: no connection
    std::optional<ClientIdentity> m_identity;
    std::optional<QSslConfiguration> m_tls;
    base::Call::Clock::time_point m_begun;
};

} // namespace rollcall::http
