#pragma once

#include <QObject>
#include <QSslConfiguration>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>

#include "core/base/Result.h"
#include "core/http/HttpClient.h"
#include "core/http/HttpMessage.h"

class QTcpSocket;

namespace rollcall::http {

struct Origin;

/// When the phases of one exchange ended: nanoseconds of std::chrono::steady_clock (facts/latency-method.md §1.1).
/// Phases that a reused connection does not have are absent, not zero.
struct PhaseTimes
{
    qint64 queuedNs = 0;               ///< t_q: send() was called
    std::optional<qint64> resolvedNs;  ///< t_dns: the address is known
    std::optional<qint64> connectedNs; ///< t_conn
    std::optional<qint64> encryptedNs; ///< t_tls; absent in clear text too
    std::optional<qint64> writtenNs;   ///< t_wr: the request is about to go to the kernel in one write
    std::optional<qint64> firstByteNs; ///< t_ttfb: the first byte of the final answer or of an interim one
    qint64 endNs = 0;                  ///< t_end: framing complete, or the failure was noticed
};

/// One request and what came of it.
struct Exchange
{
    std::optional<base::Error> error; ///< as HttpClient::send(); where set, `message` is empty
    HttpMessage message;              ///< body cut to ConnectionOptions::keepBody; bodyBytes is its true length
    PhaseTimes times;
    bool reused = false;  ///< sent on a connection that had carried an exchange before
    bool retried = false; ///< the kept connection was found dead; `times` cover the second attempt too
};

/// How a HttpConnection behaves.
struct ConnectionOptions
{
    HttpOptions http;            ///< timeout is that of one exchange, connecting included
    qint64 keepBody = 64 * 1024; ///< bytes of the body kept for judging the answer
};

/// Now, in the clock of PhaseTimes.
[[nodiscard]] qint64 steadyNs();

/// A keep-alive HTTP/1.1 connection to one origin that stamps the phases of each exchange, for the latency probe: one
/// write a request, no delay in the kernel, no redirects, no environment proxies, no cookies of its own. Timestamps
/// are taken before writing and first thing when bytes arrive. One exchange at a time; open several for more.
/// **Thread-safety:** lives on the thread that made it, which must run an event loop; all functions are called there.
/// To end a run from another thread, post abort() to this object: it takes effect at the loop's next turn.
class HttpConnection final : public QObject
{
    Q_OBJECT

public:
    /// Told of the outcome, on this object's thread, never from within send() or abort(). It may call send() again; it
    /// must not destroy this object (deleteLater() is fine).
    using Handler = std::function<void(Exchange)>;

    /// @p origin: scheme, host and port count, its path does not. For https it
    /// reads the CA files (some 10 ms, once a process); what is wrong with them or with the address is told by send().
    explicit HttpConnection(const QUrl &origin, ConnectionOptions options, QObject *parent = nullptr);
    ~HttpConnection() override;

    /// Sends @p request and returns at once; @p handler is called exactly once, unless this object is destroyed first.
    /// A request to another origin than the constructor's is UrlInvalid; not to be called while isBusy(). A kept
    /// connection on which anything came unasked is not used again; one that turns out dead before any byte of the
    /// answer is retried once on a new one.
    void send(const HttpRequest &request, Handler handler);

    /// Closes the idle connection, so that the next exchange is a cold one. No effect on an exchange under way.
    void disconnectIdle();

    /// Ends the exchange under way with Cancelled (the handler runs at the loop's next turn) and closes the connection.
    void abort();

    /// True from send() until the handler is called.
    [[nodiscard]] bool isBusy() const { return static_cast<bool>(m_handler); }

private:
    enum class Phase { Idle, Connecting, Handshake, Answer };

    /// Whether a connection of an earlier exchange is there that may be used: open, and nothing came unasked.
    [[nodiscard]] bool isKept();
    void connectNext();
    void onConnected();
    void writeRequest();
    void onReadyRead(qint64 arrivedNs);
    void onClosed();
    void onSocketError();
    void onTimeout();
    void judge(bool surplus);
    void failLater(base::Error error);
    void finish();
    void closeSocket();

    std::unique_ptr<Origin> m_origin;         ///< null where the constructor's address was unusable
    std::optional<base::Error> m_originError; ///< why nothing can be sent
    ConnectionOptions m_options;
    MessageLimits m_limits;
    QSslConfiguration m_tls; ///< of https origins
    std::unique_ptr<QTcpSocket> m_socket;
    QTimer m_timeout;
    Phase m_phase = Phase::Idle;
    QStringList m_addresses; ///< still to be tried
    QByteArray m_method;
    QByteArray m_bytes; ///< the request on the wire; wiped after the exchange
    std::optional<HttpFramer> m_framer;
    Exchange m_exchange;
    Handler m_handler;
};

} // namespace rollcall::http
