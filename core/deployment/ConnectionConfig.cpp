#include "core/deployment/ConnectionConfig.h"

#include "core/base/Loopback.h"
#include "core/cache/CacheKeyPattern.h"

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>

namespace rollcall::deployment {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

Error urlInvalid(const QString &detail)
{
    return Error(ErrorCode::UrlInvalid)
        .with(ErrorParam::Part, QStringLiteral("deployment"))
        .with(ErrorParam::Detail, detail);
}

base::Result<QUrl> parseBaseUrl(const QString &text)
{
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    if (!url.isValid())
        return base::fail(urlInvalid(QStringLiteral("it is no URL")));
    if (url.scheme() != QStringLiteral("https") && url.scheme() != QStringLiteral("http")) {
        if (url.scheme().isEmpty() || !text.contains(QStringLiteral("://")))
            return base::fail(urlInvalid(QStringLiteral("write https:// before the host")));
        return base::fail(Error(ErrorCode::UrlSchemeUnsupported)
                              .with(ErrorParam::Part, QStringLiteral("deployment"))
                              .with(ErrorParam::Detail, url.scheme()));
    }
    if (url.host().isEmpty())
        return base::fail(urlInvalid(QStringLiteral("it names no host")));
    if (!url.userInfo().isEmpty())
        return base::fail(urlInvalid(QStringLiteral("user name and password do not belong into it")));
    if (!url.path().isEmpty() && url.path() != QStringLiteral("/"))
        return base::fail(urlInvalid(QStringLiteral("the path \"%1\" belongs into the base path").arg(url.path())));
    return url.adjusted(QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment);
}

/// "/api/auth": a slash in front, none behind.
base::Result<QString> parseBasePath(const QString &text)
{
    QString path = text.trimmed().isEmpty() ? QStringLiteral("/api/auth") : text.trimmed();
    while (path.endsWith(QLatin1Char('/')))
        path.chop(1);
    if (!path.startsWith(QLatin1Char('/')))
        path.prepend(QLatin1Char('/'));
    if (path.contains(QLatin1Char('?')) || path.contains(QLatin1Char('#')) || path.contains(QLatin1Char(' ')))
        return base::fail(Error(ErrorCode::UsageInvalid)
                              .with(ErrorParam::Flag, QStringLiteral("--base-path"))
                              .with(ErrorParam::Detail, QStringLiteral("it is a path such as /api/auth")));
    return path == QStringLiteral("/") ? QString() : path;
}

base::Result<store::SchemaProfile> parseSchemaMap(const QString &text)
{
    const QString origin = QStringLiteral("schema map");
    QJsonParseError parsing;
    const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8(), &parsing);
    if (!document.isObject())
        return base::fail(Error(ErrorCode::FileFormatInvalid)
                              .with(ErrorParam::Path, origin)
                              .with(ErrorParam::Detail, parsing.error == QJsonParseError::NoError
                                                            ? QStringLiteral("no JSON object")
                                                            : parsing.errorString()));
    const QJsonObject map = document.object();
    if (map.contains(QStringLiteral("candidates")) && !map.contains(QStringLiteral("sessions")))
        return base::fail(Error(ErrorCode::FileFormatInvalid)
                              .with(ErrorParam::Path, origin)
                              .with(ErrorParam::Detail,
                                    QStringLiteral("it is the whole answer of schema detect where that was not sure; "
                                                   "a map is one of its candidates, alone")));
    return store::SchemaProfile::fromJson(map, origin);
}

} // namespace

ConnectionConfig ConnectionConfig::clone() const
{
    ConnectionConfig copy;
    copy.profile = profile;
    copy.secrets = secrets.clone();
    if (database)
        copy.database = database->clone();
    copy.baseUrl = baseUrl;
    copy.baseUrlError = baseUrlError;
    if (cache)
        copy.cache = cache->clone();
    copy.cacheError = cacheError;
    copy.schema = schema;
    copy.storeOptions = storeOptions;
    copy.httpOptions = httpOptions;
    return copy;
}

base::Status ConnectionConfig::checkTransport() const
{
    if (!baseUrl || baseUrl->scheme() == QStringLiteral("https") || base::isLoopbackHost(baseUrl->host()) ||
        httpOptions.insecureHosts.contains(baseUrl->host(), Qt::CaseInsensitive))
        return {};
    return base::fail(base::Error(base::ErrorCode::InsecureTransport).with(base::ErrorParam::Host, baseUrl->host()));
}

base::Status ConnectionConfig::checkCache() const
{
    if (cacheError)
        return base::fail(*cacheError);
    return cache ? cache->checkTransport(httpOptions.insecureHosts) : base::Status();
}

QString ConnectionConfig::displayName() const
{
    if (!profile.name.isEmpty())
        return profile.name;
    if (database)
        return database->withoutPassword();
    return baseUrl ? baseUrl->toString() : QStringLiteral("unnamed connection");
}

base::Result<ConnectionConfig> ConnectionConfig::from(workspace::ConnectionProfile profile,
                                                      workspace::ConnectionSecrets secrets,
                                                      std::chrono::milliseconds timeout)
{
    ConnectionConfig config;
    config.profile = std::move(profile);
    config.secrets = std::move(secrets);
    const QByteArray address = config.secrets.databaseUrl.isEmpty() ? config.profile.database.trimmed().toUtf8()
                                                                    : config.secrets.databaseUrl.view().toByteArray();
    if (!address.isEmpty()) {
        auto database = store::DatabaseUrl::parse(address, QDir::currentPath());
        if (!database)
            return base::fail(database.error());
        config.database = std::move(*database);
    }
    const QByteArray cacheAddress = config.secrets.cacheUrl.isEmpty() ? config.profile.cache.trimmed().toUtf8()
                                                                      : config.secrets.cacheUrl.view().toByteArray();
    if (!cacheAddress.isEmpty()) {
        if (auto cache = redis::RedisUrl::parse(cacheAddress))
            config.cache = std::move(*cache);
        else
            config.cacheError = std::move(cache.error());
    }
    for (const QString &keys : config.profile.cacheKeys) {
        if (auto pattern = cache::CacheKeyPattern::parse(keys); !pattern)
            return base::fail(std::move(pattern.error()));
    }
    if (!config.profile.baseUrl.trimmed().isEmpty()) {
        auto url = parseBaseUrl(config.profile.baseUrl);
        if (!url)
            return base::fail(url.error());
        config.baseUrl = std::move(*url);
    }
    auto path = parseBasePath(config.profile.basePath);
    if (!path)
        return base::fail(path.error());
    config.profile.basePath = std::move(*path);
    if (!config.profile.schemaMap.trimmed().isEmpty()) {
        auto schema = parseSchemaMap(config.profile.schemaMap);
        if (!schema)
            return base::fail(schema.error());
        config.schema = std::move(*schema);
    }
    if (!config.profile.timeZone.isEmpty()) {
        const QTimeZone zone(config.profile.timeZone.toUtf8());
        if (!zone.isValid())
            return base::fail(
                Error(ErrorCode::UsageInvalid)
                    .with(ErrorParam::Flag, QStringLiteral("--timezone"))
                    .with(ErrorParam::Detail, QStringLiteral("\"%1\" is no zone of the IANA database, such as "
                                                             "Europe/Vienna")
                                                  .arg(config.profile.timeZone)));
        config.storeOptions.timeZone = zone;
    }
    config.storeOptions.caFile = config.httpOptions.caFile = config.profile.caFile;
    config.storeOptions.insecureHosts = config.httpOptions.insecureHosts = config.profile.insecureHosts;
    config.storeOptions.timeout = config.httpOptions.timeout = timeout;
    return config;
}

} // namespace rollcall::deployment
