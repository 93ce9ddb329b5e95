#include "core/deployment/Deployment.h"

#include <QCryptographicHash>
#include <QPasswordDigestor>
#include <QSysInfo>

#include <thread>

#include "core/base/ErrorText.h"
#include "core/base/Loopback.h"
#include "core/cache/RedisCache.h"
#include "core/deployment/UnavailableStore.h"
#include "core/store/schema/SchemaDetector.h"

namespace rollcall::deployment {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using session::AuthVersion;
using session::Strategy;

namespace {

constexpr std::size_t cacheBytes = 64 << 20;
constexpr std::chrono::milliseconds cachePatience{2'000}; // a connection over TLS to another continent fits in

Error partNotGiven(const QString &part, const QString &flag)
{
    return Error(ErrorCode::PartNotGiven).with(ErrorParam::Part, part).with(ErrorParam::Flag, flag);
}

Error addressNotGiven(const ConnectionConfig &config)
{
    return config.baseUrlError.value_or(
        partNotGiven(QStringLiteral("deployment address"), QStringLiteral("--base-url")));
}

Error databaseNotGiven()
{
    return partNotGiven(QStringLiteral("database"), QStringLiteral("--database"));
}

/// A resolver that owns the store it looks into.
class OwningResolver final : public engine::Resolver
{
public:
    OwningResolver(std::unique_ptr<store::SessionStore> store, std::unique_ptr<engine::Resolver> resolver)
        : m_store(std::move(store)), m_resolver(std::move(resolver))
    {}
    [[nodiscard]] session::Resolution resolve(QByteArrayView cookieHeader, const Call &call) override
    {
        return m_resolver->resolve(cookieHeader, call);
    }

private:
    std::unique_ptr<store::SessionStore> m_store;
    std::unique_ptr<engine::Resolver> m_resolver;
};

std::optional<store::SchemaProfile> schemaOf(const ConnectionConfig &config, const CheckResult &check)
{
    if (config.schema)
        return config.schema;
    return check.schema ? check.schema->best : std::nullopt;
}

/// A library and whether it is a guess.
struct Version
{
    AuthVersion version;
    bool isAssumed;
};

Version versionOf(const ConnectionConfig &config, const CheckResult &check, QStringList &notes)
{
    const auto &facts = check.deployment;
    if (config.profile.version) {
        if (facts && facts->version && *facts->version != *config.profile.version)
            notes << QStringLiteral("The deployment answers as %1, but the connection says %2, which is used.")
                         .arg(versionName(*facts->version), versionName(*config.profile.version));
        return {*config.profile.version, false};
    }
    if (facts && facts->version)
        return {*facts->version, false};
    if (check.deploymentError)
        notes << QStringLiteral("The deployment could not be asked: %1")
                     .arg(base::describe(*check.deploymentError).message);
    const auto schema = schemaOf(config, check);
    if (schema && schema->adapter == QStringLiteral("better-auth")) {
        notes << QStringLiteral("The tables are laid out as Better Auth's, so that library is assumed.");
        return {AuthVersion::BetterAuth, true};
    }
    const AuthVersion version = config.profile.versionHint.value_or(AuthVersion::V5);
    notes << QStringLiteral("Which library runs is not known; %1 is assumed%2.")
                 .arg(versionName(version), config.profile.versionHint
                                                ? QStringLiteral(", as the names of variables or cookies suggest")
                                                : QString());
    return {version, true};
}

/// Rows where there is a sessions table, or where a database that cannot be read now leaves it open.
Strategy strategyOf(const ConnectionConfig &config, const CheckResult &check, AuthVersion version, QStringList &notes)
{
    if (config.profile.strategy)
        return *config.profile.strategy;
    if (config.schema || (check.schema && store::recognised(check.schema->candidates) > 0))
        return Strategy::Database;
    // Better Auth has no JWT sessions; that it keeps them in its cookie cache alone must be said.
    const bool isBetterAuth = version == AuthVersion::BetterAuth;
    if (!config.database && isBetterAuth)
        return Strategy::Database;
    if (!config.database) {
        notes << QStringLiteral("No database is given; JWT sessions are assumed.");
        return Strategy::Jwt;
    }
    if (check.databaseError) {
        notes << QStringLiteral("The database could not be read, so its sessions are assumed to be rows: %1")
                     .arg(base::describe(*check.databaseError).message);
        return Strategy::Database;
    }
    if (isBetterAuth)
        return Strategy::Database;
    notes << QStringLiteral("The database has no sessions table; JWT sessions are assumed.");
    return Strategy::Jwt;
}

bool isSecure(const ConnectionConfig &config, const CheckResult &check)
{
    if (config.profile.cookieName.startsWith(QStringLiteral("__Secure-")))
        return true;
    if (check.deployment && check.deployment->version != AuthVersion::BetterAuth)
        return check.deployment->secureCookies;
    return config.baseUrl && config.baseUrl->scheme() == QStringLiteral("https");
}

/// The secrets as the deployment has them: the one it proved to use, else all that its library reads.
std::vector<base::SecretBytes> secretsOf(const ConnectionConfig &config, const CheckResult &check, AuthVersion version)
{
    const auto proven = check.deployment ? check.deployment->provenSecret : std::nullopt;
    if (proven && static_cast<size_t>(*proven) < config.secrets.authSecrets.size()) {
        std::vector<base::SecretBytes> secrets;
        secrets.push_back(config.secrets.authSecrets[static_cast<size_t>(*proven)].clone());
        return secrets;
    }
    return config.secrets.secretsFor(version);
}

/// Why there is no schema although a database was given; nullopt where there is one, or no database.
std::optional<Error> schemaErrorOf(const ConnectionConfig &config, const CheckResult &check)
{
    if (!config.database || config.schema)
        return std::nullopt;
    if (check.databaseError)
        return check.databaseError;
    if (!check.schema || check.schema->best)
        return std::nullopt;
    if (store::recognised(check.schema->candidates) > 0)
        return store::ambiguity(check.schema->candidates);
    return Error(ErrorCode::SchemaNotFound)
        .with(ErrorParam::Name, config.database->database)
        .with(ErrorParam::Count, check.schema->tablesSeen);
}

/// A word that stands for @p parts, wherever one ends and the next begins.
QByteArray wordOf(const std::vector<QByteArray> &parts)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArray &part : parts) {
        hash.addData(QByteArray::number(part.size()));
        hash.addData(":");
        hash.addData(part);
    }
    return hash.result().toHex().first(16);
}

/// What of a secret may stand where others read it: slow to guess by.
QByteArray shareable(const base::SecretBytes &secret)
{
    constexpr int rounds = 20'000;
    constexpr quint64 bytes = 16;
    QByteArray plain = secret.view().toByteArray();
    const QByteArray derived = QPasswordDigestor::deriveKeyPbkdf2(
        QCryptographicHash::Sha256, plain, QByteArrayLiteral("Rollcall cache form"), rounds, bytes);
    base::wipe(plain);
    return derived;
}

/// Entries in a shared cache are named by their token alone, so that who revokes a session reaches them whatever he
/// calls the database; whose they are, and of which way of looking, is their form.
cache::RedisCache::Names cacheNames(const ConnectionConfig &config, const session::AuthProfile &auth,
                                    const std::optional<store::SchemaProfile> &schema, const base::Clock &clock)
{
    std::vector<QByteArray> form{strategyName(auth.strategy).toLatin1()};
    if (auth.strategy == Strategy::Jwt) {
        form.push_back(engine::sessionCookieName(auth));
        for (const base::SecretBytes &secret : auth.secrets)
            form.push_back(shareable(secret));
    } else if (config.database) {
        const store::DatabaseUrl &database = *config.database;
        form.push_back(QByteArray::number(static_cast<int>(database.kind)));
        // The names of this machine are one host, and its files and local servers are not those of others.
        const bool isHere = database.host.isEmpty() || base::isLoopbackHost(database.host);
        form.push_back(isHere ? QByteArray("localhost") : database.host.toLower().toUtf8());
        if (isHere)
            form.push_back(QSysInfo::machineUniqueId());
        form.push_back(QByteArray::number(database.port));
        form.push_back(database.database.toUtf8());
        form.push_back(database.schema.toUtf8());
        if (schema) {
            form.push_back(schema->sessions.schema.toUtf8());
            form.push_back(schema->sessions.table.toUtf8());
        }
    }
    form.push_back(versionName(auth.version).toLatin1());
    form.push_back(QByteArray::number(qint64{auth.lifetime().count()}));
    form.push_back(QByteArray::number(qint64{auth.updateAge.count()}));
    form.push_back(config.profile.timeZone.toUtf8());
    // What was found by a made-up time is nobody else's truth.
    if (clock.isFixed())
        form.push_back(base::toIso(clock.now()).toLatin1());
    return {QByteArrayLiteral("all"), wordOf(form)};
}

std::shared_ptr<cache::SessionCache> makeCache(const ConnectionConfig &config, const session::AuthProfile &auth,
                                               const std::optional<store::SchemaProfile> &schema,
                                               const base::Clock &clock)
{
    if (!config.cache)
        return engine::makeMemoryCache(cacheBytes, clock);
    const auto url = std::make_shared<const redis::RedisUrl>(config.cache->clone());
    const auto channels = [url, options = config.httpOptions] { return redis::makeChannel(url->clone(), options); };
    return std::make_shared<cache::RedisCache>(channels, cacheNames(config, auth, schema, clock), cachePatience, clock);
}

} // namespace

Deployment::Deployment(ConnectionConfig config, std::shared_ptr<const session::AuthProfile> auth, bool isVersionAssumed,
                       std::optional<store::SchemaProfile> schema, std::optional<Error> databaseError,
                       QStringList notes, const base::Clock &clock)
    : m_config(std::move(config)),
      m_auth(std::move(auth)),
      m_isVersionAssumed(isVersionAssumed),
      m_schema(std::move(schema)),
      m_databaseError(std::move(databaseError)),
      m_notes(std::move(notes)),
      m_clock(clock),
      m_cache(makeCache(m_config, *m_auth, m_schema, clock))
{}

base::Result<std::shared_ptr<Deployment>> Deployment::open(ConnectionConfig config, Needs needs,
                                                           const base::Clock &clock, const Call &call)
{
    CheckResult found;
    {
        // Side by side: a deployment that does not answer must not double the wait.
        std::jthread asking;
        if (config.baseUrl) {
            asking = std::jthread([&] {
                auto facts = askDeployment(config, call);
                if (facts)
                    found.deployment = std::move(*facts);
                else
                    found.deploymentError = facts.error();
            });
        }
        if (config.database && !config.schema && config.profile.strategy != Strategy::Jwt) {
            auto schema = store::detectSchema(*config.database, config.storeOptions, call);
            if (schema)
                found.schema = std::move(*schema);
            else
                found.databaseError = schema.error();
        }
    }
    for (const auto *error : {&found.databaseError, &found.deploymentError}) {
        if (*error && (*error)->code == ErrorCode::Cancelled)
            return base::fail(**error);
    }
    return open(std::move(config), found, needs, clock);
}

base::Result<std::shared_ptr<Deployment>> Deployment::open(ConnectionConfig config, const CheckResult &check,
                                                           Needs needs, const base::Clock &clock)
{
    if (needs.deployment && !config.baseUrl)
        return base::fail(addressNotGiven(config));
    QStringList notes;
    const auto auth = std::make_shared<session::AuthProfile>();
    const auto [version, isVersionAssumed] = versionOf(config, check, notes);
    auth->version = version;
    auth->strategy = strategyOf(config, check, version, notes);
    auth->secureCookies = isSecure(config, check);
    auth->cookieName = config.profile.cookieName.toUtf8();
    auth->basePath = config.profile.basePath.toUtf8();
    auth->maxAge = config.profile.maxAge;
    auth->updateAge = config.profile.updateAge;
    auth->cookieParser = config.profile.cookieParser;
    auth->secrets = secretsOf(config, check, version);

    const auto schema = schemaOf(config, check);
    const auto schemaError = schemaErrorOf(config, check);
    if (needs.rows) {
        // A secret without a database is what a JWT deployment is; with neither, something was forgotten.
        const bool saidJwt = config.profile.strategy == Strategy::Jwt ||
                             (!config.profile.strategy && !config.database && !config.secrets.authSecrets.empty());
        if (saidJwt)
            return base::fail(Error(ErrorCode::NoSessionRows));
        if (!config.database)
            return base::fail(databaseNotGiven());
        if (schemaError)
            return base::fail(*schemaError);
    }
    return std::shared_ptr<Deployment>(
        new Deployment(std::move(config), auth, isVersionAssumed, schema, schemaError, std::move(notes), clock));
}

base::Result<std::unique_ptr<store::SessionStore>> Deployment::openStore(store::Access access, const Call &call) const
{
    if (m_auth->strategy == Strategy::Jwt)
        return base::fail(Error(ErrorCode::NoSessionRows));
    if (!m_config.database)
        return base::fail(databaseNotGiven());
    if (!m_schema)
        return base::fail(m_databaseError.value_or(Error(ErrorCode::SchemaNotFound)));
    return store::openStore(*m_config.database, *m_schema, m_config.storeOptions, access, call);
}

base::Result<std::unique_ptr<engine::Resolver>> Deployment::makeResolver(engine::Mode mode, store::SessionStore *store,
                                                                         engine::Effects effects,
                                                                         std::chrono::milliseconds ttl) const
{
    if (mode == engine::Mode::Proxy) {
        if (!m_config.baseUrl)
            return base::fail(addressNotGiven(m_config));
        return engine::makeProxyResolver(m_auth, *m_config.baseUrl, m_config.httpOptions);
    }
    if (mode == engine::Mode::Cached) {
        if (base::Status usable = m_config.checkCache(); !usable)
            return base::fail(std::move(usable.error()));
    }
    std::unique_ptr<engine::Resolver> local;
    if (!store && m_databaseError && m_auth->strategy == Strategy::Database) {
        auto unavailable = std::make_unique<UnavailableStore>(*m_databaseError);
        auto resolver = engine::makeLocalResolver(m_auth, unavailable.get(), effects, m_clock);
        local = std::make_unique<OwningResolver>(std::move(unavailable), std::move(resolver));
    } else {
        local = engine::makeLocalResolver(m_auth, store, effects, m_clock);
    }
    if (mode == engine::Mode::Local)
        return local;
    return engine::makeCachedResolver(m_auth, std::move(local), m_cache, ttl);
}

} // namespace rollcall::deployment
