#pragma once

#include <QObject>
#include <QSslConfiguration>
#include <QTimer>

#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/http/HttpClient.h"
#include "core/http/HttpMessage.h"
#include "core/http/PlainSocket.h"

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
    std::optional<qint64> writtenNs;   ///< t_wr: the request is about to go to the kernel in one write; t_q where
                                       ///< nothing stands between the two
    std::optional<qint64> firstByteNs; ///< t_ttfb: the first byte of the final answer or of an interim one
    qint64 endNs = 0; ///< t_end: the bytes arrived that complete the framing, or the failure was noticed
};

/// What a TLS handshake came to.
struct TlsFacts
{
    QString protocol;       ///< "TLSv1.3"
    QString cipher;         ///< "TLS_AES_256_GCM_SHA384"
    QByteArray alpn;        ///< "http/1.1"; empty where the server chose none
    QByteArray certificate; ///< SHA-256 of the one that the server showed; empty where it showed none
};

/// Holds all connections that share it to one certificate of the server: the first that any of them is shown.
/// **Thread-safety:** as the connections'.
struct CertificatePin
{
    QByteArray digest; ///< empty: none was shown yet
};

/// One request and what came of it.
struct Exchange
{
    std::optional<base::Error> error; ///< as HttpClient::send(); where set, `message` is empty
    HttpMessage message;              ///< body cut to ConnectionOptions::keepBody; bodyBytes is its true length
    PhaseTimes times;
    bool reused = false;           ///< sent on a connection that was there already
    bool first = false;            ///< nothing had been sent on its connection before
    bool retried = false;          ///< the kept connection was found dead; `times` cover the second attempt too
    bool otherCertificate = false; ///< `error` is that the server shows another certificate than the pin's: nothing
                                   ///< was sent
};

/// A request as it goes over the wire, made once for many exchanges. Holds what the request's headers hold, wiped with
/// it. Move-only.
struct PreparedRequest
{
    QByteArray method;
    base::SecretBytes bytes;
};

/// How a HttpConnection behaves.
struct ConnectionOptions
{
    HttpOptions http;               ///< timeout is that of one exchange, connecting included
    qint64 keepBody = 64 * 1024;    ///< bytes of the body kept for judging the answer
    SocketPoller *poller = nullptr; ///< borrowed: shared by many connections of one thread; null: one of its own
    CertificatePin *pin = nullptr;  ///< borrowed: shared by the connections of a run; null: any certificate that holds
};

/// Now, in the clock of PhaseTimes.
[[nodiscard]] qint64 steadyNs();

/// A keep-alive HTTP/1.1 connection to one origin that stamps the phases of each exchange, for the latency probe: one
/// write a request, no delay in the kernel, no redirects, no environment proxies, no cookies of its own. Timestamps
/// are taken before writing and first thing when bytes arrive. One exchange at a time; open several for more. Qt
/// connects, and does TLS; without TLS the connected socket is then read and written directly (PlainSocket).
/// **Thread-safety:** lives on the thread that made it, which must run an event loop; all functions are called there.
/// To end a run from another thread, post abort() to this object: it takes effect at the loop's next turn.
class HttpConnection final : public QObject, private SocketPoller::Client
{
    Q_OBJECT

public:
    /// Told of the outcome, on this object's thread, never from within send() or abort(). It may call send() again; it
    /// must not destroy this object (deleteLater() is fine). The exchange is there until it returns.
    using Handler = std::function<void(const Exchange &)>;

    /// @p origin: scheme, host and port count, its path does not. For https it
    /// reads the CA files (some 10 ms, once a process); what is wrong with them or with the address is told by send().
    explicit HttpConnection(const QUrl &origin, ConnectionOptions options, QObject *parent = nullptr);
    ~HttpConnection() override;

    /// Sends @p request and returns at once; @p handler is called exactly once, unless this object is destroyed first.
    /// A request to another origin than the constructor's is UrlInvalid; not to be called while isBusy(). A kept
    /// connection on which anything came unasked is not used again; one that turns out dead before any byte of the
    /// answer is retried once on a new one.
    void send(const HttpRequest &request, Handler handler);
    /// The same with what prepare() made, which must stay until the handler is called.
    void send(const PreparedRequest &request, Handler handler);

    /// Connects without sending anything, so that the first exchange finds a connection: @p handler is told as by
    /// send(), of an exchange that ends with its last phase before `writtenNs`. Where a connection is there already a
    /// new one takes its place. Not to be called while isBusy().
    void open(Handler handler);

    /// @p request for many exchanges with this origin. Errors: UrlInvalid, UrlSchemeUnsupported, UsageInvalid,
    /// InsecureTransport, those of the constructor's address.
    [[nodiscard]] base::Result<PreparedRequest> prepare(const HttpRequest &request) const;

    /// Closes the idle connection, so that the next exchange is a cold one. No effect on an exchange under way.
    void disconnectIdle();

    /// Ends the exchange under way with Cancelled (the handler runs at the loop's next turn) and closes the connection.
    void abort();

    /// True from send() until the handler is called.
    [[nodiscard]] bool isBusy() const { return static_cast<bool>(m_handler); }

    /// Whether a connection of an earlier exchange is there that may be used: open, and nothing came unasked. Not to be
    /// called while isBusy().
    [[nodiscard]] bool isKept();

    /// What the newest TLS handshake came to; nullopt before it, and without TLS.
    [[nodiscard]] const std::optional<TlsFacts> &tlsFacts() const { return m_tlsFacts; }

private:
    enum class Phase { Idle, Connecting, Handshake, Answer };

    void connectNext();
    void onConnected();
    void onEncrypted();
    void writeRequest(qint64 nowNs);
    [[nodiscard]] Exchange &current() { return m_exchanges[m_current]; }
    void begin(const PreparedRequest &request);
    void startClock(Handler handler);
    void onReady();
    void onSocketReady(bool ending) override;
    void onReadyRead();
    void onArrived(QByteArrayView bytes);
    void onClosed();
    void onEnded();
    void onSocketError();
    void onTimeout();
    void judge(bool surplus);
    void failLater(base::Error error);
    void finish();
    void closeSocket();
    void closeQtSocket();

    std::unique_ptr<Origin> m_origin;         ///< null where the constructor's address was unusable
    std::optional<base::Error> m_originError; ///< why nothing can be sent
    ConnectionOptions m_options;
    MessageLimits m_limits;
    QSslConfiguration m_tls; ///< of https origins
    std::optional<TlsFacts> m_tlsFacts;
    std::unique_ptr<SocketPoller> m_ownPoller;
    SocketPoller *m_poller;
    std::unique_ptr<QTcpSocket> m_socket; ///< while connecting, and with TLS
    std::unique_ptr<PlainSocket> m_plain; ///< once connected without TLS; goes before its poller
    bool m_drained = false;               ///< within a handler: what came was read to its end an instant ago
    bool m_ending = false;                ///< the peer has closed: this answer is the connection's last
    bool m_fresh = true;                  ///< nothing was sent on the connection yet
    QTimer m_timeout;                     ///< fires at the deadline or before: setting it anew for each exchange costs
    qint64 m_deadlineNs = 0;
    Phase m_phase = Phase::Idle;
    QStringList m_addresses;                    ///< still to be tried
    PreparedRequest m_own;                      ///< of send() with a plain request; wiped after the exchange
    const PreparedRequest *m_request = nullptr; ///< of the exchange under way; null: of open(), or none
    HttpFramer m_framer;
    qint64 m_arrivedNs = 0;              ///< when the bytes that are looked at came, or the connection's end
    std::array<Exchange, 2> m_exchanges; ///< the one under way, and the one that a handler is told of meanwhile
    std::size_t m_current = 0;           ///< index of the one under way
    std::optional<SocketPoller::Detour> m_detour; ///< while Qt connects or reads, or an end is on its way in the loop
    Handler m_handler;
};

} // namespace rollcall::http
