#pragma once

#include <QAbstractSocket>
#include <QSslConfiguration>
#include <QUrl>

#include "core/base/Result.h"
#include "core/http/HttpClient.h"
#include "core/http/HttpMessage.h"

// What HttpClient and HttpConnection must do alike: which requests may be sent where, how they look on the wire, and
// how failures are named. All functions are thread-safe.
namespace rollcall::http {

/// Scheme, host and port of a server.
struct Origin
{
    bool tls = false;
    QString host; ///< as written, ASCII form, without brackets
    quint16 port = 0;

    bool operator==(const Origin &) const = default;
};

/// The origin of an http or https address. Errors: UrlInvalid (no host, user name in the address),
/// UrlSchemeUnsupported.
[[nodiscard]] base::Result<Origin> originOf(const QUrl &url);

/// True where clear text and unverified TLS are tolerated: loopback hosts and options.insecureHosts.
[[nodiscard]] bool isTrustedUnverified(const Origin &origin, const HttpOptions &options);

/// Whether @p request may go to @p origin. Errors: UsageInvalid, InsecureTransport.
[[nodiscard]] base::Status checkRequest(const HttpRequest &request, const Origin &origin, const HttpOptions &options);

/// The bytes of @p request, which has passed checkRequest(). They may hold bearer secrets: the caller wipes them; there
/// are no other copies.
[[nodiscard]] QByteArray encodeRequest(const HttpRequest &request, const Origin &origin);

/// TLS settings towards @p origin: 1.2 or later, verified against the system's CAs and options.caFile unless the host
/// is trusted unverified. Reads files: blocks briefly. Errors: FileUnreadable, FileFormatInvalid.
[[nodiscard]] base::Result<QSslConfiguration> tlsConfiguration(const Origin &origin, const HttpOptions &options);

/// The caps on an answer that @p options ask for.
[[nodiscard]] MessageLimits limitsOf(const HttpOptions &options);

/// @p code with Host and Port.
[[nodiscard]] base::Error errorAt(base::ErrorCode code, const Origin &origin);

/// An answer that could not be read, as an error: HttpTooLarge, ConnectionLost (cut off) or HttpMalformed.
[[nodiscard]] base::Error faultError(const Origin &origin, MessageFault fault, bool started,
                                     const MessageLimits &limits);

/// A socket's failure as an error: HostNotFound, ConnectRefused, ConnectTimeout, TlsFailed or ConnectionLost.
[[nodiscard]] base::Error socketError(const Origin &origin, QAbstractSocket::SocketError error, const QString &text);

} // namespace rollcall::http
