#include "core/redis/RedisUrl.h"

#include <QUrlQuery>

#include <algorithm>

#include "core/base/Loopback.h"

namespace rollcall::redis {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr int highestDatabase = 1'000'000; // servers are configured for fewer; this only keeps numbers sane

tl::unexpected<Error> invalid(const QString &detail)
{
    return base::fail(
        Error(ErrorCode::UrlInvalid).with(ErrorParam::Part, QStringLiteral("cache")).with(ErrorParam::Detail, detail));
}

tl::unexpected<Error> unsupported(const QString &scheme)
{
    return base::fail(Error(ErrorCode::UrlSchemeUnsupported)
                          .with(ErrorParam::Part, QStringLiteral("cache"))
                          .with(ErrorParam::Detail, scheme));
}

/// Host, port, user and password, which all forms share.
base::Status readAuthority(const QUrl &url, RedisUrl &result, int defaultPort)
{
    if (url.host().isEmpty())
        return invalid(QStringLiteral("it names no host"));
    const int port = url.port(defaultPort);
    if (port < 1 || port > 65535)
        return invalid(QStringLiteral("its port is not between 1 and 65535"));
    result.host = url.host(QUrl::FullyEncoded);
    result.port = static_cast<quint16>(port);
    result.user = url.userName(QUrl::FullyDecoded);
    QByteArray password = url.password(QUrl::FullyDecoded).toUtf8();
    result.password = base::SecretBytes::fromAndWipe(password);
    return {};
}

/// Database number and client certificate, where parameters name them.
base::Status readParameters(const QUrlQuery &query, RedisUrl &result, QString &database)
{
    const auto value = [&query](const QString &name) { return query.queryItemValue(name, QUrl::FullyDecoded); };
    if (database.isEmpty())
        database = value(QStringLiteral("db"));
    result.certificate.certificate = value(QStringLiteral("sslcert"));
    result.certificate.key = value(QStringLiteral("sslkey"));
    QByteArray password = value(QStringLiteral("sslpassword")).toUtf8();
    result.certificate.password = base::SecretBytes::fromAndWipe(password);
    if (result.certificate.isNamed() && !result.tls)
        return invalid(QStringLiteral("a client certificate is shown over TLS alone: write rediss://"));
    return {};
}

base::Result<RedisUrl> readUpstash(const QByteArray &text)
{
    const QUrl url = QUrl::fromEncoded(text, QUrl::StrictMode);
    if (!url.isValid())
        return invalid(QStringLiteral("what follows upstash: is no URL; special characters are percent-encoded"));
    if (url.scheme() != QStringLiteral("https") && url.scheme() != QStringLiteral("http"))
        return invalid(QStringLiteral("upstash: wants its https:// REST address after it"));
    RedisUrl result;
    result.kind = RedisUrl::Kind::Upstash;
    result.tls = url.scheme() == QStringLiteral("https");
    if (const auto status = readAuthority(url, result, result.tls ? 443 : 80); !status)
        return base::fail(status.error());
    if (url.path().size() > 1 || url.hasQuery() || url.hasFragment())
        return invalid(QStringLiteral("nothing follows the host of an Upstash address"));
    if (result.password.isEmpty())
        return invalid(QStringLiteral("the REST token is missing; write it as upstash:https://default:TOKEN@host, best "
                                      "in an env file"));
    return result;
}

} // namespace

RedisUrl RedisUrl::clone() const
{
    return {kind, tls, host, port, database, user, password.clone(), certificate.clone()};
}

QString RedisUrl::withoutPassword() const
{
    QUrl url;
    url.setScheme(kind == Kind::Upstash ? (tls ? QStringLiteral("https") : QStringLiteral("http"))
                                        : (tls ? QStringLiteral("rediss") : QStringLiteral("redis")));
    url.setHost(host);
    if (kind == Kind::Resp) {
        url.setUserName(user);
        url.setPort(port);
        url.setPath(QStringLiteral("/%1").arg(database));
        return url.toString();
    }
    if (port != (tls ? 443 : 80))
        url.setPort(port);
    return QStringLiteral("upstash:") + url.toString();
}

QUrl RedisUrl::restUrl() const
{
    QUrl url;
    url.setScheme(tls ? QStringLiteral("https") : QStringLiteral("http"));
    url.setHost(host);
    url.setPort(port);
    url.setPath(QStringLiteral("/"));
    return url;
}

base::Status RedisUrl::checkTransport(const QStringList &insecureHosts) const
{
    if (tls || base::isLoopbackHost(host) || insecureHosts.contains(host, Qt::CaseInsensitive))
        return {};
    return base::fail(Error(ErrorCode::InsecureTransport).with(ErrorParam::Host, host));
}

base::Result<RedisUrl> RedisUrl::parse(const QByteArray &text)
{
    const QByteArray trimmed = text.trimmed();
    const qsizetype colon = trimmed.indexOf(':');
    const QByteArray scheme = trimmed.first(std::max<qsizetype>(colon, 0)).toLower();
    if (scheme == "upstash")
        return readUpstash(trimmed.sliced(colon + 1));
    if (scheme == "https" || scheme == "http")
        return invalid(QStringLiteral("write upstash: before the https:// address of an Upstash REST endpoint"));
    if (scheme != "redis" && scheme != "rediss") {
        if (colon < 0 || !trimmed.contains("://"))
            return invalid(QStringLiteral("write redis:// or rediss:// before the host"));
        return unsupported(QString::fromLatin1(scheme));
    }
    const QUrl url = QUrl::fromEncoded(trimmed, QUrl::StrictMode);
    if (!url.isValid())
        return invalid(QStringLiteral("it is no URL; special characters of a password are percent-encoded"));
    RedisUrl result;
    result.tls = scheme == "rediss";
    if (const auto status = readAuthority(url, result, 6379); !status)
        return base::fail(status.error());
    const QString path = url.path(QUrl::FullyDecoded);
    if (path.contains(QLatin1Char('@')))
        return invalid(QStringLiteral("the password holds a / that must be written %2F"));
    QString database = path.mid(1);
    if (const auto status = readParameters(QUrlQuery(url), result, database); !status)
        return base::fail(status.error());
    if (!database.isEmpty()) {
        bool ok = false;
        result.database = database.toInt(&ok);
        if (!ok || result.database < 0 || result.database > highestDatabase)
            return invalid(QStringLiteral("what follows the host is no database number"));
    }
    return result;
}

} // namespace rollcall::redis
