#include "core/store/sql/DatabaseUrl.h"

#include <QDir>
#include <QHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

#include <algorithm>
#include <optional>

using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::SecretBytes;

namespace rollcall::store {

namespace {

Error invalid(const char *detail)
{
    return Error(ErrorCode::UrlInvalid)
        .with(ErrorParam::Part, QStringLiteral("database"))
        .with(ErrorParam::Detail, QString::fromLatin1(detail));
}

/// Strict percent-decoding: a lone '%' is refused, because guessing would turn one password into another.
std::optional<QByteArray> decoded(QByteArrayView text)
{
    const auto isHex = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && (i + 2 >= text.size() || !isHex(text[i + 1]) || !isHex(text[i + 2])))
            return std::nullopt;
    }
    return QByteArray::fromPercentEncoding(text.toByteArray());
}

/// Host and port of "host", "host:port", "[v6]:port".
base::Status readHostPort(QByteArrayView text, DatabaseUrl &url)
{
    QByteArrayView port;
    if (text.startsWith('[')) {
        const qsizetype end = text.indexOf(']');
        if (end < 0)
            return fail(invalid("the bracket around the IPv6 address is not closed"));
        url.host = QString::fromUtf8(text.sliced(1, end - 1));
        const QByteArrayView rest = text.sliced(end + 1);
        if (!rest.isEmpty() && !rest.startsWith(':'))
            return fail(invalid("something stands between the IPv6 address and the port"));
        port = rest.isEmpty() ? rest : rest.sliced(1);
    } else {
        if (text.contains(','))
            return fail(invalid("several hosts are not supported: name one"));
        const qsizetype colon = text.lastIndexOf(':');
        const auto host = decoded(colon < 0 ? text : text.first(colon));
        if (!host)
            return fail(invalid("the host is not percent-encoded correctly"));
        url.host = QString::fromUtf8(*host);
        port = colon < 0 ? QByteArrayView() : text.sliced(colon + 1);
    }
    if (!port.isEmpty()) {
        bool ok = false;
        url.port = port.toByteArray().toInt(&ok);
        if (!ok || url.port < 1 || url.port > 65535)
            return fail(invalid("the port is not a number from 1 to 65535"));
    }
    return {};
}

base::Status readUserInfo(QByteArrayView text, DatabaseUrl &url)
{
    const qsizetype colon = text.indexOf(':');
    const auto user = decoded(colon < 0 ? text : text.first(colon));
    if (!user)
        return fail(invalid("the user name is not percent-encoded correctly"));
    url.user = QString::fromUtf8(*user);
    if (colon >= 0) {
        auto password = decoded(text.sliced(colon + 1));
        if (!password)
            return fail(invalid("the password is not percent-encoded correctly (a % must be written %25)"));
        url.hadPassword = !password->isEmpty();
        url.password = SecretBytes::fromAndWipe(*password);
    }
    return {};
}

QString knownSslMode(const QString &value)
{
    static const QStringList modes{QStringLiteral("disable"),   QStringLiteral("allow"),
                                   QStringLiteral("prefer"),    QStringLiteral("require"),
                                   QStringLiteral("verify-ca"), QStringLiteral("verify-full")};
    return modes.contains(value) ? value : QString();
}

/// What Prisma, mysql2 and MySQL's own programs write about TLS, in libpq's words; empty for anything else.
QString mysqlSslMode(QByteArrayView key, const QString &value)
{
    static const QHash<QString, QString> modes{{QStringLiteral("DISABLED"), QStringLiteral("disable")},
                                               {QStringLiteral("PREFERRED"), QStringLiteral("prefer")},
                                               {QStringLiteral("REQUIRED"), QStringLiteral("require")},
                                               {QStringLiteral("VERIFY_CA"), QStringLiteral("verify-ca")},
                                               {QStringLiteral("VERIFY_IDENTITY"), QStringLiteral("verify-full")}};
    if (key == "ssl-mode" || key == "sslmode")
        return modes.value(value.toUpper(), knownSslMode(value));
    if (key == "sslaccept") {
        if (value == QStringLiteral("strict"))
            return QStringLiteral("verify-full");
        return value == QStringLiteral("accept_invalid_certs") ? QStringLiteral("require") : QString();
    }
    // mysql2: ssl={"rejectUnauthorized":true}, or a profile's name such as "Amazon RDS".
    if (value.isEmpty() || value == QStringLiteral("false") || value == QStringLiteral("0"))
        return QStringLiteral("disable");
    const QJsonObject options = QJsonDocument::fromJson(value.toUtf8()).object();
    const bool verified = options.value(QStringLiteral("rejectUnauthorized")).toBool(!options.isEmpty());
    return verified ? QStringLiteral("verify-full") : QStringLiteral("require");
}

/// True where @p key means something to MySQL's drivers that concerns us.
bool readMysqlParameter(QByteArrayView key, const QString &value, DatabaseUrl &url)
{
    if (key == "ssl-mode" || key == "sslmode" || key == "sslaccept" || key == "ssl")
        url.sslMode = mysqlSslMode(key, value);
    else if (key == "sslcert" || key == "ssl-ca" || key == "sslrootcert") // Prisma's sslcert is the CA's
        url.sslRootCert = value;
    else if (key == "ssl-cert")
        url.sslCert = value;
    else if (key == "ssl-key")
        url.sslKey = value;
    else if (key == "socket" || key == "socketPath")
        url.host = value;
    else
        return false;
    return true;
}

base::Status readParameter(QByteArrayView key, QByteArrayView rawValue, DatabaseUrl &url)
{
    auto value = decoded(rawValue);
    if (!value)
        return fail(invalid("a parameter is not percent-encoded correctly"));
    if (key == "sslpassword") {
        url.hadPassword = url.hadPassword || !value->isEmpty();
        url.sslPassword = SecretBytes::fromAndWipe(*value);
        return {};
    }
    const QString text = QString::fromUtf8(*value);
    if (url.kind == DatabaseKind::MySql) {
        if (!readMysqlParameter(key, text, url) && !key.isEmpty())
            url.ignored << QString::fromUtf8(key);
        return {};
    }
    if (key == "schema") {
        url.schema = text;
    } else if (key == "sslmode") {
        url.sslMode = knownSslMode(text);
        if (url.sslMode.isEmpty())
            url.ignored << QStringLiteral("sslmode");
    } else if (key == "ssl") {
        if (url.sslMode.isEmpty() && (text == QStringLiteral("true") || text == QStringLiteral("1")))
            url.sslMode = QStringLiteral("require");
    } else if (key == "sslrootcert") {
        // "system" is newer than libpq 15; it means what we do anyway.
        if (text != QStringLiteral("system"))
            url.sslRootCert = text;
    } else if (key == "sslcert") {
        url.sslCert = text;
    } else if (key == "sslkey") {
        url.sslKey = text;
    } else if (key == "host") {
        url.host = text;
    } else if (key == "user") {
        url.user = text;
    } else if (key == "password") {
        url.hadPassword = !value->isEmpty();
        url.password = SecretBytes::fromAndWipe(*value);
    } else if (!key.isEmpty()) {
        url.ignored << QString::fromUtf8(key);
    }
    return {};
}

base::Status readParameters(QByteArrayView query, DatabaseUrl &url)
{
    while (!query.isEmpty()) {
        const qsizetype end = query.indexOf('&');
        const QByteArrayView pair = end < 0 ? query : query.first(end);
        query = end < 0 ? QByteArrayView() : query.sliced(end + 1);
        const qsizetype equals = pair.indexOf('=');
        const auto done =
            equals < 0 ? readParameter(pair, {}, url) : readParameter(pair.first(equals), pair.sliced(equals + 1), url);
        if (!done)
            return done;
    }
    return {};
}

Result<DatabaseUrl> parseServer(DatabaseKind kind, QByteArrayView rest)
{
    DatabaseUrl url;
    url.kind = kind;
    if (kind == DatabaseKind::MySql)
        url.port = 3306;
    if (!rest.startsWith("//"))
        return fail(invalid("// is missing after the scheme"));
    rest = rest.sliced(2);
    const qsizetype question = rest.indexOf('?');
    const QByteArrayView query = question < 0 ? QByteArrayView() : rest.sliced(question + 1);
    QByteArrayView place = question < 0 ? rest : rest.first(question);
    QByteArrayView authority = place;
    // The user information ends at the last '@' before the path, so that a password may hold an unencoded '@'.
    const qsizetype slash = place.indexOf('/');
    QByteArrayView path;
    if (slash >= 0) {
        authority = place.first(slash);
        path = place.sliced(slash + 1);
    }
    const qsizetype at = authority.lastIndexOf('@');
    if (at < 0 && path.contains('@'))
        return fail(invalid("the password holds a / that must be written %2F"));
    if (at >= 0) {
        if (const auto done = readUserInfo(authority.first(at), url); !done)
            return fail(done.error());
    }
    if (const auto done = readHostPort(authority.sliced(at + 1), url); !done)
        return fail(done.error());
    const auto database = decoded(path);
    if (!database)
        return fail(invalid("the database name is not percent-encoded correctly"));
    url.database = QString::fromUtf8(*database);
    if (const auto done = readParameters(query, url); !done)
        return fail(done.error());
    // Prisma's sslcert is the server's CA; a certificate of ours is of no use without its key.
    // Source: prisma.io/docs, PostgreSQL connector, "sslcert".
    if (kind == DatabaseKind::PostgreSql && url.sslKey.isEmpty() && !url.sslCert.isEmpty()) {
        if (url.sslRootCert.isEmpty())
            url.sslRootCert = url.sslCert;
        url.sslCert.clear();
    }
    if (url.host.isEmpty())
        url.host = QStringLiteral("localhost");
    if (url.database.isEmpty() && kind == DatabaseKind::PostgreSql)
        url.database = url.user; // what every PostgreSQL client does
    if (url.database.isEmpty())
        return fail(invalid("the database's name is missing at the end"));
    return url;
}

Result<DatabaseUrl> parseSqlite(QByteArrayView rest, bool prismaForm, const QString &baseDir)
{
    DatabaseUrl url;
    url.kind = DatabaseKind::Sqlite;
    url.port = 0;
    QByteArrayView path = rest;
    const qsizetype question = rest.lastIndexOf('?');
    // Only Prisma's file: form has parameters; in sqlite:PATH a '?' is part of the name.
    if (prismaForm && question >= 0 && rest.sliced(question).contains('=')) {
        path = rest.first(question);
        DatabaseUrl parameters;
        if (const auto done = readParameters(rest.sliced(question + 1), parameters); !done)
            return fail(done.error());
        url.ignored = parameters.ignored;
    }
    if (path.isEmpty())
        return fail(invalid("the path of the SQLite file is missing"));
    if (path.contains('\0'))
        return fail(invalid("the path holds a NUL character"));
    const QString text = QString::fromUtf8(path);
    url.database = QDir::isAbsolutePath(text) || baseDir.isEmpty() ? text : QDir(baseDir).filePath(text);
    return url;
}

Result<DatabaseUrl> parseRedis(const QByteArray &text)
{
    auto parsed = redis::RedisUrl::parse(text);
    if (!parsed) {
        // As an address of a cache would be refused, but for the name of the part.
        const Error &error = parsed.error();
        return fail(Error(error.code)
                        .with(ErrorParam::Part, QStringLiteral("database"))
                        .with(ErrorParam::Detail, error.param(ErrorParam::Detail)));
    }
    DatabaseUrl url;
    url.kind = DatabaseKind::Redis;
    url.host = parsed->host;
    url.port = parsed->port;
    url.database = QString::number(parsed->database);
    url.user = parsed->user;
    url.hadPassword = !parsed->password.isEmpty();
    url.redis = std::move(*parsed);
    return url;
}

} // namespace

DatabaseUrl DatabaseUrl::clone() const
{
    return {kind,     host,        port,
            database, user,        password.clone(),
            schema,   sslMode,     sslRootCert,
            sslCert,  sslKey,      sslPassword.clone(),
            ignored,  hadPassword, redis ? std::optional(redis->clone()) : std::nullopt};
}

bool DatabaseUrl::isLoopback() const
{
    return kind == DatabaseKind::Sqlite || host.startsWith(QLatin1Char('/')) || isLoopbackHost(host);
}

QString DatabaseUrl::withoutPassword() const
{
    if (kind == DatabaseKind::Sqlite)
        return QStringLiteral("sqlite:") + database;
    if (redis)
        return redis->withoutPassword();
    // As it can be read again: a socket's path would be taken for the database's name.
    const auto encoded = [](const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); };
    const QString shownHost = host.startsWith(QLatin1Char('/')) ? encoded(host)
                              : host.contains(QLatin1Char(':')) ? QStringLiteral("[%1]").arg(host)
                                                                : host;
    const QString userPart = user.isEmpty() ? QString() : encoded(user) + QLatin1Char('@');
    const QString scheme = kind == DatabaseKind::MySql ? QStringLiteral("mysql") : QStringLiteral("postgresql");
    return QStringLiteral("%1://%2%3:%4/%5").arg(scheme, userPart, shownHost, QString::number(port), encoded(database));
}

Result<DatabaseUrl> DatabaseUrl::parse(const QByteArray &text, const QString &baseDir)
{
    const QByteArrayView view = QByteArrayView(text).trimmed();
    const qsizetype colon = view.indexOf(':');
    if (view.isEmpty())
        return fail(invalid("it is empty"));
    if (colon <= 0)
        return fail(invalid("a scheme such as postgresql:, mysql:, sqlite: or redis: is missing"));
    const QByteArray scheme = view.first(colon).toByteArray().toLower();
    const QByteArrayView rest = view.sliced(colon + 1);
    if (scheme == "postgresql" || scheme == "postgres")
        return parseServer(DatabaseKind::PostgreSql, rest);
    if (scheme == "mysql" || scheme == "mariadb")
        return parseServer(DatabaseKind::MySql, rest);
    if (scheme == "sqlite")
        return parseSqlite(rest, false, baseDir);
    if (scheme == "file")
        return parseSqlite(rest, true, baseDir);
    if (scheme == "redis" || scheme == "rediss" || scheme == "upstash")
        return parseRedis(text);
    // What stands before a ':' need not be a scheme: it could be a user name. Only a plausible one is repeated.
    const bool plausible =
        scheme.size() <= 20 && rest.startsWith("//") && std::all_of(scheme.cbegin(), scheme.cend(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-';
        });
    if (!plausible)
        return fail(invalid("a scheme such as postgresql://, mysql://, sqlite: or redis:// is missing"));
    return fail(Error(ErrorCode::UrlSchemeUnsupported)
                    .with(ErrorParam::Part, QStringLiteral("database"))
                    .with(ErrorParam::Detail, QString::fromLatin1(scheme)));
}

} // namespace rollcall::store
