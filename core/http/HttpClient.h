#pragma once

#include <QByteArray>
#include <QStringList>
#include <QUrl>

#include <chrono>
#include <memory>
#include <vector>

#include "core/base/Call.h"
#include "core/http/Headers.h"

namespace rollcall::http {

/// One request to send. Cookie and Authorization values are bearer secrets: never logged.
struct HttpRequest
{
    QByteArray method = QByteArrayLiteral("GET"); ///< GET or HEAD; POST where HttpOptions::mayPost
    QUrl url;
    HeaderList headers; ///< besides Host, User-Agent, Accept (unless given here), Connection and Content-Length, which
                        ///< the client sets
    QByteArray body;    ///< of a POST
};

/// A complete answer. Redirects are never followed.
struct HttpResponse
{
    int status = 0;
    HeaderList headers;
    QByteArray body;
    std::chrono::nanoseconds took{0}; ///< from the first byte sent to the end of the body

    /// First value of @p name (any case); empty where absent.
    [[nodiscard]] QByteArray header(QByteArrayView name) const;
    /// All values of @p name.
    [[nodiscard]] std::vector<QByteArray> headerValues(QByteArrayView name) const;
};

/// How to reach servers over HTTP.
struct HttpOptions
{
    QString caFile;            ///< PEM with additional trusted CAs; empty: the system's
    QStringList insecureHosts; ///< hosts for which clear text or unverified TLS was deliberately allowed
    std::chrono::milliseconds timeout{10'000}; ///< of one request, connecting included; the Call may be shorter
    qsizetype maxBody = 1 << 20;               ///< bytes; larger answers are HttpTooLarge
    bool mayPost = false;                      ///< for services that are asked by POST; never towards a deployment
};

/// A blocking HTTP/1.1 client: keep-alive to one origin, verified TLS, no redirects, bounded sizes and times. A kept
/// connection on which anything came unasked before the next request is not used again.
/// Cookies travel in clear only to loopback hosts and to insecureHosts, which are also the hosts whose certificate is
/// not demanded. Proxy settings of the environment are not used: the deployment is asked directly. `localhost` is tried
/// as ::1, then 127.0.0.1.
/// **Thread-safety:** one object belongs to one thread at a time, and may go from one to another between requests.
class HttpClient final
{
public:
    explicit HttpClient(HttpOptions options);
    ~HttpClient();
    HttpClient(const HttpClient &) = delete;
    HttpClient &operator=(const HttpClient &) = delete;

    /// Sends @p request and waits for the whole answer. A kept-alive connection that turns out dead before any byte of
    /// the answer is retried once on a new one (GET and HEAD alone).
    /// Errors: HostNotFound, ConnectRefused, ConnectTimeout, ConnectionLost, TlsFailed, InsecureTransport (a request
    /// with a Cookie or Authorization header to a clear-text, non-loopback host), HttpMalformed, HttpTooLarge, Timeout,
    /// Cancelled, UrlInvalid, UrlSchemeUnsupported, UsageInvalid (another method, a header that breaks its line),
    /// FileUnreadable and FileFormatInvalid (caFile), Overloaded (no place for a name look-up in that time).
    [[nodiscard]] base::Result<HttpResponse> send(const HttpRequest &request, const base::Call &call);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace rollcall::http
