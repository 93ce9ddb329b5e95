#include "core/deployment/Demands.h"

#include <QDir>
#include <QFileInfo>
#include <QHostAddress>
#include <QSysInfo>
#include <QUrl>

#include "core/base/Loopback.h"

namespace rollcall::deployment {

using redis::RedisUrl;
using store::DatabaseKind;
using store::DatabaseUrl;
using workspace::ConnectionProfile;
using workspace::Environment;

namespace {

/// @p host in the one spelling that is compared; empty for this machine, however it is called.
QString hostOf(const QString &host)
{
    if (host.startsWith(QLatin1Char('/')))
        return {}; // a Unix socket; which one, its port says
    QString name = host.toLower();
    if (name.startsWith(QLatin1Char('[')) && name.endsWith(QLatin1Char(']')))
        name = name.mid(1, name.size() - 2);
    while (name.endsWith(QLatin1Char('.')))
        name.chop(1);
    if (base::isLoopbackHost(name) || name == QSysInfo::machineHostName().toLower())
        return {};
    const QHostAddress address(name);
    if (address.isNull())
        return name;
    // "Any address" is this machine too where it is connected to.
    const bool isHere =
        address.isLoopback() || address == QHostAddress(QHostAddress::AnyIPv4) || address == QHostAddress::AnyIPv6;
    return isHere ? QString() : address.toString();
}

bool isSame(const RedisUrl &left, const RedisUrl &right)
{
    return left.kind == right.kind && hostOf(left.host) == hostOf(right.host) && left.port == right.port &&
           left.database == right.database;
}

QString fileOf(const DatabaseUrl &database)
{
    const QFileInfo file(database.database);
    return file.exists() ? file.canonicalFilePath() : file.absoluteFilePath();
}

/// The database's name; PostgreSQL takes the user's where none is given.
QString nameOf(const DatabaseUrl &database)
{
    return database.database.isEmpty() ? database.user : database.database;
}

bool isSame(const DatabaseUrl &left, const DatabaseUrl &right)
{
    if (left.kind != right.kind)
        return false;
    if (left.kind == DatabaseKind::Sqlite)
        return fileOf(left) == fileOf(right);
    if (left.kind == DatabaseKind::Redis)
        return left.redis && right.redis && isSame(*left.redis, *right.redis);
    return hostOf(left.host) == hostOf(right.host) && left.port == right.port && nameOf(left) == nameOf(right);
}

/// A saved address, which has no password, as it can be read: Upstash's want their token.
QByteArray readable(const QString &saved)
{
    const QString scheme = QStringLiteral("upstash:");
    const QString text = saved.trimmed();
    if (!text.startsWith(scheme))
        return text.toUtf8();
    QUrl rest(text.mid(scheme.size()));
    rest.setUserInfo(QStringLiteral("default:unknown"));
    return (scheme + rest.toString(QUrl::FullyEncoded)).toUtf8();
}

bool isOfDatabase(const ConnectionProfile &profile, const ConnectionConfig &config)
{
    if (!config.database)
        return false;
    const auto its = DatabaseUrl::parse(readable(profile.database), QDir::currentPath());
    return its && isSame(*its, *config.database);
}

bool isOfCache(const ConnectionProfile &profile, const ConnectionConfig &config)
{
    if (!config.cache)
        return false;
    const auto its = RedisUrl::parse(readable(profile.cache));
    return its && isSame(*its, *config.cache);
}

} // namespace

void holdToDemands(ConnectionConfig &config, const std::vector<ConnectionProfile> &saved)
{
    ConnectionProfile &held = config.profile;
    for (const ConnectionProfile &profile : saved) {
        const bool isDatabase = isOfDatabase(profile, config);
        held.needsApproval = held.needsApproval || (profile.needsApproval && isDatabase);
        if (profile.environment != Environment::Production || (!isDatabase && !isOfCache(profile, config)))
            continue;
        held.environment = Environment::Production;
        if (held.name.isEmpty())
            held.name = profile.name;
    }
}

} // namespace rollcall::deployment
