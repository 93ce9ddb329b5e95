#include "core/http/HttpTransport.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslSocket>

#include "core/base/Loopback.h"

namespace rollcall::http {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

/// The system's CAs, read once a process: parsing them takes longer than a handshake.
const QList<QSslCertificate> &systemAuthorities()
{
    static const QList<QSslCertificate> authorities = QSslConfiguration::systemCaCertificates();
    return authorities;
}

} // namespace

base::Result<Origin> originOf(const QUrl &url)
{
    const auto invalid = [](const QString &detail) {
        return base::fail(Error(ErrorCode::UrlInvalid)
                              .with(ErrorParam::Part, QStringLiteral("deployment"))
                              .with(ErrorParam::Detail, detail));
    };
    if (!url.isValid())
        return invalid(QStringLiteral("it is no address"));
    const QString scheme = url.scheme();
    if (scheme != QStringLiteral("http") && scheme != QStringLiteral("https")) {
        return base::fail(Error(ErrorCode::UrlSchemeUnsupported)
                              .with(ErrorParam::Part, QStringLiteral("deployment"))
                              .with(ErrorParam::Detail, scheme));
    }
    if (url.host().isEmpty())
        return invalid(QStringLiteral("it names no host"));
    if (!url.userInfo().isEmpty())
        return invalid(QStringLiteral("it holds a user name or password, which are not sent"));
    const bool tls = scheme == QStringLiteral("https");
    const int port = url.port(tls ? 443 : 80);
    if (port < 1 || port > 65535)
        return invalid(QStringLiteral("its port is not between 1 and 65535"));
    return Origin{tls, url.host(QUrl::FullyEncoded), static_cast<quint16>(port)};
}

bool isTrustedUnverified(const Origin &origin, const HttpOptions &options)
{
    return base::isLoopbackHost(origin.host) || options.insecureHosts.contains(origin.host, Qt::CaseInsensitive);
}

base::Status checkRequest(const HttpRequest &request, const Origin &origin, const HttpOptions &options)
{
    const auto refuse = [](const QString &detail) {
        return base::fail(Error(ErrorCode::UsageInvalid).with(ErrorParam::Detail, detail));
    };
    const bool posts = request.method == "POST";
    if (request.method != "GET" && request.method != "HEAD" && !(posts && options.mayPost))
        return refuse(QStringLiteral("only GET and HEAD are sent to a deployment"));
    for (const auto &[name, value] : request.headers) {
        if (!isHeaderName(name) || !isHeaderValue(value))
            return refuse(QStringLiteral("a header of the request holds a line break or another control character"));
    }
    if (!posts && !request.body.isEmpty())
        return refuse(QStringLiteral("only a POST has a body"));
    const bool holdsSecret =
        !headerValue(request.headers, "Cookie").isEmpty() || !headerValue(request.headers, "Authorization").isEmpty();
    if (!origin.tls && holdsSecret && !isTrustedUnverified(origin, options))
        return base::fail(Error(ErrorCode::InsecureTransport).with(ErrorParam::Host, origin.host));
    return {};
}

QByteArray encodeRequest(const HttpRequest &request, const Origin &origin)
{
    QByteArray target = request.url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveFragment);
    if (!target.startsWith('/'))
        target.prepend('/');
    QByteArray host = origin.host.toLatin1();
    if (host.contains(':'))
        host = '[' + host + ']';
    if (origin.port != (origin.tls ? 443 : 80))
        host += ':' + QByteArray::number(origin.port);
    // With its whole room from the beginning: it may hold a cookie, and what grows leaves copies.
    constexpr qsizetype ownLines = 256;
    qsizetype room = ownLines + request.method.size() + target.size() + host.size() + request.body.size();
    for (const auto &[name, value] : request.headers)
        room += name.size() + value.size() + 4;
    QByteArray bytes;
    bytes.reserve(room);
    bytes += request.method + ' ' + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: keep-alive\r\n";
    if (headerValue(request.headers, "User-Agent").isEmpty())
        bytes += "User-Agent: rollcall/" ROLLCALL_VERSION "\r\n";
    // No Accept-Encoding: answers come as they are, and their length is that of the content.
    if (headerValue(request.headers, "Accept").isEmpty())
        bytes += "Accept: application/json, */*;q=0.1\r\n";
    for (const auto &[name, value] : request.headers)
        bytes.append(name).append(": ").append(value).append("\r\n");
    if (request.method == "POST")
        bytes += "Content-Length: " + QByteArray::number(request.body.size()) + "\r\n";
    bytes.append("\r\n").append(request.body);
    return bytes;
}

base::Result<QSslConfiguration> tlsConfiguration(const Origin &origin, const HttpOptions &options)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    // A CA that was named is meant, towards loopback too.
    const bool unverified = options.insecureHosts.contains(origin.host, Qt::CaseInsensitive) ||
                            (base::isLoopbackHost(origin.host) && options.caFile.isEmpty());
    tls.setPeerVerifyMode(unverified ? QSslSocket::VerifyNone : QSslSocket::VerifyPeer);
    QList<QSslCertificate> authorities = systemAuthorities();
    if (!options.caFile.isEmpty()) {
        QFile file(options.caFile);
        if (!file.open(QIODevice::ReadOnly)) {
            return base::fail(Error(ErrorCode::FileUnreadable)
                                  .with(ErrorParam::Path, options.caFile)
                                  .with(ErrorParam::Detail, file.errorString()));
        }
        const QList<QSslCertificate> added = QSslCertificate::fromDevice(&file, QSsl::Pem);
        if (added.isEmpty()) {
            return base::fail(Error(ErrorCode::FileFormatInvalid)
                                  .with(ErrorParam::Path, options.caFile)
                                  .with(ErrorParam::Detail, QStringLiteral("it holds no certificate in PEM form")));
        }
        authorities += added;
    }
    tls.setCaCertificates(authorities);
    return tls;
}

MessageLimits limitsOf(const HttpOptions &options)
{
    MessageLimits limits;
    limits.maxBody = options.maxBody;
    limits.keepBody = options.maxBody;
    return limits;
}

base::Error errorAt(base::ErrorCode code, const Origin &origin)
{
    return Error(code).with(ErrorParam::Host, origin.host).with(ErrorParam::Port, qint64{origin.port});
}

base::Error faultError(const Origin &origin, MessageFault fault, bool started, const MessageLimits &limits)
{
    if (fault == MessageFault::Truncated) {
        return errorAt(ErrorCode::ConnectionLost, origin)
            .with(ErrorParam::Detail, started ? QStringLiteral("it was closed in the middle of the answer")
                                              : QStringLiteral("it was closed without an answer"));
    }
    if (isSizeFault(fault)) {
        return errorAt(ErrorCode::HttpTooLarge, origin)
            .with(ErrorParam::Limit, fault == MessageFault::BodyTooLarge   ? limits.maxBody
                                     : fault == MessageFault::HeadTooLarge ? qint64{limits.maxHead}
                                                                           : qint64{limits.maxHeaders})
            .with(ErrorParam::Detail, faultText(fault));
    }
    return errorAt(ErrorCode::HttpMalformed, origin).with(ErrorParam::Detail, faultText(fault));
}

base::Error socketError(const Origin &origin, QAbstractSocket::SocketError error, const QString &text)
{
    // The socket has many more ways to break than a reader can act upon: what is not named here is a broken link.
    ErrorCode code = ErrorCode::ConnectionLost;
    if (error == QAbstractSocket::HostNotFoundError)
        code = ErrorCode::HostNotFound;
    else if (error == QAbstractSocket::ConnectionRefusedError)
        code = ErrorCode::ConnectRefused;
    else if (error == QAbstractSocket::SocketTimeoutError)
        code = ErrorCode::ConnectTimeout;
    else if (error == QAbstractSocket::SslHandshakeFailedError || error == QAbstractSocket::SslInternalError ||
             error == QAbstractSocket::SslInvalidUserDataError)
        code = ErrorCode::TlsFailed;
    return errorAt(code, origin).with(ErrorParam::Detail, text);
}

} // namespace rollcall::http
