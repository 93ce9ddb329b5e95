#include "core/deployment/Demands.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHostAddress>
#include <QSysInfo>
#include <QUrl>

#include <algorithm>

#include <sys/stat.h>

#include "core/base/Loopback.h"

namespace rollcall::deployment {

using redis::RedisUrl;
using store::DatabaseKind;
using store::DatabaseUrl;
using workspace::ConnectionProfile;
using workspace::Environment;

namespace {

/// A host in the one spelling that is compared. Two rules: of what may be the same, and of what is.
using HostRule = QString (*)(const QString &host);

/// @p host, which is no socket's path, in one spelling: without regard to case, a dot at the end and how an IP address
/// is spelt.
QString spelling(const QString &host)
{
    QString name = host.toLower();
    if (name.startsWith(QLatin1Char('[')) && name.endsWith(QLatin1Char(']')))
        name = name.mid(1, name.size() - 2);
    while (name.endsWith(QLatin1Char('.')))
        name.chop(1);
    const QHostAddress address(name);
    if (address.isNull())
        return name;
    bool isMapped = false;
    const QHostAddress inside(address.toIPv4Address(&isMapped)); // of ::ffff:10.0.0.1 too
    return (isMapped ? inside : address).toString();
}

/// For demands: empty for this machine, however it is called. Whoever gets around one by a spelling does harm; whoever
/// is asked once too often does not.
QString possibleHost(const QString &host)
{
    if (host.startsWith(QLatin1Char('/')))
        return {}; // a Unix socket; which one, its port says
    const QString name = spelling(host);
    const QHostAddress address(name);
    // "Any address" is this machine too where it is connected to.
    const bool isHere = base::isLoopbackHost(name) || name == QSysInfo::machineHostName().toLower() ||
                        address == QHostAddress(QHostAddress::AnyIPv4) || address == QHostAddress::AnyIPv6;
    return isHere ? QString() : name;
}

/// For identity: what is taken for the same must be it, as rows are deleted and put back there. A socket is its path.
QString certainHost(const QString &host)
{
    if (host.startsWith(QLatin1Char('/'))) {
        const QString path = QFileInfo(host).canonicalFilePath();
        return path.isEmpty() ? QDir::cleanPath(host) : path; // nothing is there
    }
    const QString name = spelling(host);
    return name == QStringLiteral("127.0.0.1") || name == QStringLiteral("::1") ? QStringLiteral("localhost") : name;
}

bool isSame(const RedisUrl &left, const RedisUrl &right, HostRule hostOf)
{
    return left.kind == right.kind && hostOf(left.host) == hostOf(right.host) && left.port == right.port &&
           left.database == right.database;
}

/// Whether two paths lead to one file, also by hard links.
bool isSameFile(const QString &left, const QString &right)
{
    struct stat one = {};
    struct stat other = {};
    if (::stat(QFile::encodeName(left).constData(), &one) == 0 &&
        ::stat(QFile::encodeName(right).constData(), &other) == 0)
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
    return QFileInfo(left).absoluteFilePath() == QFileInfo(right).absoluteFilePath();
}

/// The database's name; PostgreSQL takes the user's where none is given.
QString nameOf(const DatabaseUrl &database)
{
    return database.database.isEmpty() ? database.user : database.database;
}

bool isSame(const DatabaseUrl &left, const DatabaseUrl &right, HostRule hostOf)
{
    if (left.kind != right.kind)
        return false;
    if (left.kind == DatabaseKind::Sqlite)
        return isSameFile(left.database, right.database);
    if (left.kind == DatabaseKind::Redis)
        return left.redis && right.redis && isSame(*left.redis, *right.redis, hostOf);
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

/// The database at @p address, which has no password; nullopt where it cannot be read.
std::optional<DatabaseUrl> databaseAt(const QString &address)
{
    auto read = DatabaseUrl::parse(readable(address), QDir::currentPath());
    return read ? std::optional(std::move(*read)) : std::nullopt;
}

/// The cache at @p address, likewise.
std::optional<RedisUrl> cacheAt(const QString &address)
{
    auto read = RedisUrl::parse(readable(address));
    return read ? std::optional(std::move(*read)) : std::nullopt;
}

/// The Redis that a connection's database or cache is: the one can be reached as the other.
const RedisUrl *redisOf(const std::optional<DatabaseUrl> &database)
{
    return database && database->kind == DatabaseKind::Redis && database->redis ? &*database->redis : nullptr;
}

const RedisUrl *redisOf(const std::optional<RedisUrl> &cache)
{
    return cache ? &*cache : nullptr;
}

bool isSame(const RedisUrl *left, const RedisUrl *right)
{
    return left && right && isSame(*left, *right, possibleHost);
}

/// What @p config shares with a saved connection.
struct Shared
{
    bool sessions = false;  ///< the saved one's database
    bool somewhere = false; ///< that, or its cache
};

Shared sharedBy(const ConnectionProfile &profile, const ConnectionConfig &config)
{
    const std::optional<DatabaseUrl> database = databaseAt(profile.database);
    const std::optional<RedisUrl> cache = cacheAt(profile.cache);
    const RedisUrl *const ours = redisOf(config.database);
    const RedisUrl *const oursCached = redisOf(config.cache);
    Shared shared;
    shared.sessions = (database && config.database && isSame(*database, *config.database, possibleHost)) ||
                      isSame(redisOf(database), oursCached);
    shared.somewhere = shared.sessions || isSame(redisOf(cache), ours) || isSame(redisOf(cache), oursCached);
    return shared;
}

} // namespace

QStringList whoWantApproval(const ConnectionConfig &config, const std::vector<ConnectionProfile> &saved)
{
    QStringList names;
    for (const ConnectionProfile &profile : saved) {
        if (profile.needsApproval && sharedBy(profile, config).sessions)
            names << profile.name;
    }
    return names;
}

void holdToDemands(ConnectionConfig &config, const std::vector<ConnectionProfile> &saved)
{
    ConnectionProfile &held = config.profile;
    for (const ConnectionProfile &profile : saved) {
        const Shared shared = sharedBy(profile, config);
        held.needsApproval = held.needsApproval || (profile.needsApproval && shared.sessions);
        if (profile.environment != Environment::Production || !shared.somewhere)
            continue;
        held.environment = Environment::Production;
        if (held.name.isEmpty())
            held.name = profile.name;
    }
}

bool isDatabaseOf(const ConnectionConfig &config, const QString &address)
{
    if (!config.database)
        return address.isEmpty();
    const QString ours = config.database->withoutPassword();
    // Also where what it says cannot be read back: older builds wrote names and sockets as they are.
    if (address == ours || address == QUrl::fromPercentEncoding(ours.toUtf8()))
        return true;
    const std::optional<DatabaseUrl> database = databaseAt(address);
    return database && isSame(*database, *config.database, certainHost);
}

bool isSameDatabase(const QString &left, const QString &right)
{
    if (left == right)
        return true;
    ConnectionConfig config;
    config.database = databaseAt(left);
    return config.database && isDatabaseOf(config, right);
}

ConnectionProfile demandsOn(const QString &address, const QString &name, const std::vector<ConnectionProfile> &saved)
{
    ConnectionConfig config;
    config.database = databaseAt(address);
    ConnectionProfile &held = config.profile;
    if (const auto meant = std::ranges::find(saved, name, &ConnectionProfile::name); meant != saved.end()) {
        held.name = name;
        held.environment = meant->environment;
        held.needsApproval = meant->needsApproval;
    }
    holdToDemands(config, saved);
    const auto production = std::ranges::find(saved, Environment::Production, &ConnectionProfile::environment);
    if (!config.database && production != saved.end()) {
        held.environment = Environment::Production;
        if (held.name.isEmpty())
            held.name = production->name;
    }
    return std::move(config.profile);
}

bool GivenUp::isWithin(const GivenUp &other) const
{
    return (!production || other.production) && (!approval || other.approval) && (!approvers || other.approvers);
}

GivenUp givenUpBy(const ConnectionProfile &old, const ConnectionProfile &now)
{
    // Nothing to lose, or the same words: also where they cannot be read.
    const auto isKept = [](const QString &before, const QString &after) {
        return before.trimmed().isEmpty() || before.trimmed() == after.trimmed();
    };
    ConnectionConfig database;
    database.database = databaseAt(old.database);
    ConnectionConfig cache;
    cache.cache = cacheAt(old.cache);
    const bool isDatabaseKept = isKept(old.database, now.database);
    const Shared shared = sharedBy(now, database);
    const bool isCacheKept = isKept(old.cache, now.cache) || sharedBy(now, cache).somewhere;
    GivenUp lost;
    lost.approval = old.needsApproval && (!now.needsApproval || !(isDatabaseKept || shared.sessions));
    lost.production =
        old.environment == Environment::Production &&
        (now.environment != Environment::Production || !(isDatabaseKept || shared.somewhere) || !isCacheKept);
    return lost;
}

QString sqliteFileAt(const QString &address)
{
    const std::optional<DatabaseUrl> database = databaseAt(address);
    return database && database->kind == DatabaseKind::Sqlite ? QFileInfo(database->database).canonicalFilePath()
                                                              : QString();
}

} // namespace rollcall::deployment
