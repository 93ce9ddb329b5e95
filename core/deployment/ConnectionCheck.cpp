#include "core/deployment/ConnectionCheck.h"

#include <QUuid>

#include <algorithm>
#include <thread>

#include "core/base/ErrorText.h"
#include "core/base/Loopback.h"
#include "core/base/Mutex.h"
#include "core/http/CookieNames.h"
#include "core/redis/RedisChannel.h"
#include "core/store/schema/SchemaDetector.h"

namespace rollcall::deployment {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::Instant;
using session::AuthVersion;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds tolerableSkew{5'000};

Leg leg(LegKind kind, LegStatus status, QString detail, QString remedy = {})
{
    Leg result;
    result.kind = kind;
    result.status = status;
    result.detail = std::move(detail);
    result.remedy = std::move(remedy);
    return result;
}

Leg failed(LegKind kind, const Error &error)
{
    const base::ErrorText text = base::describe(error);
    Leg result = leg(kind, LegStatus::Fail, text.message, text.remedy);
    result.error = error.code;
    return result;
}

/// "3.2 s ahead of", "0.4 s behind".
QString skewText(milliseconds difference)
{
    return QStringLiteral("%1 s %2 this machine's clock")
        .arg(static_cast<double>(std::abs(difference.count())) / 1000.0, 0, 'f', 1)
        .arg(difference.count() >= 0 ? QStringLiteral("ahead of") : QStringLiteral("behind"));
}

/// The legs as they become known, from several threads.
class Board
{
public:
    explicit Board(const std::function<void(const Leg &)> &onLeg) : m_onLeg(onLeg) {}

    void set(Leg leg)
    {
        const base::MutexLock lock(m_mutex);
        leg.took = std::chrono::duration_cast<milliseconds>(Call::Clock::now() - m_begun);
        if (m_onLeg)
            m_onLeg(leg);
        m_legs.push_back(std::move(leg));
    }
    /// In the order of LegKind. Only when no thread sets any more.
    std::vector<Leg> take()
    {
        const base::MutexLock lock(m_mutex);
        std::ranges::sort(m_legs, {}, &Leg::kind);
        return std::move(m_legs);
    }

private:
    const std::function<void(const Leg &)> &m_onLeg;
    const Call::Clock::time_point m_begun = Call::Clock::now();
    base::Mutex m_mutex;
    std::vector<Leg> m_legs ROLLCALL_GUARDED_BY(m_mutex);
};

Leg databaseLeg(const ConnectionConfig &config, const store::DatabaseVersion &version)
{
    QString detail = QStringLiteral("%1 %2 answers (%3).").arg(version.kind, version.version, version.tls);
    if (!config.database->ignored.isEmpty())
        detail += QStringLiteral(" Parameters that only the deployment's driver knows are ignored: %1.")
                      .arg(config.database->ignored.join(QStringLiteral(", ")));
    if (!config.database->isLoopback() &&
        config.storeOptions.insecureHosts.contains(config.database->host, Qt::CaseInsensitive))
        return leg(LegKind::Database, LegStatus::Warn,
                   detail + QStringLiteral(" The link to %1 may be unverified, as deliberately allowed.")
                                .arg(config.database->host),
                   QStringLiteral("Give the issuing CA by --ca-file, then drop --allow-insecure."));
    return leg(LegKind::Database, LegStatus::Ok, detail);
}

QString described(const store::SchemaProfile &schema)
{
    const QString table = schema.sessions.schema.isEmpty()
                              ? schema.sessions.table
                              : schema.sessions.schema + QLatin1Char('.') + schema.sessions.table;
    return QStringLiteral("Sessions in %1 (%2 layout), expiry in %3 as %4.")
        .arg(table, schema.adapter, schema.sessions.expires, store::encodingName(schema.sessions.encoding));
}

Leg schemaLeg(const ConnectionConfig &config, const store::SchemaDetection &found)
{
    if (found.best) {
        if (found.best->warnings.isEmpty())
            return leg(LegKind::Schema, LegStatus::Ok, described(*found.best));
        return leg(LegKind::Schema, LegStatus::Warn, described(*found.best),
                   found.best->warnings.join(QLatin1Char(' ')));
    }
    if (store::recognised(found.candidates) > 0)
        return failed(LegKind::Schema, store::ambiguity(found.candidates));
    const QString guess =
        found.candidates.empty()
            ? QString()
            : QString(QStringLiteral("; %1 could be one, by its name").arg(found.candidates.front().sessions.table));
    return failed(LegKind::Schema,
                  Error(ErrorCode::SchemaNotFound)
                      .with(base::ErrorParam::Name, config.database->database)
                      .with(base::ErrorParam::Count, found.tablesSeen)
                      .with(base::ErrorParam::Detail, (config.database->redis ? QStringLiteral("%1 keys looked at")
                                                                              : QStringLiteral("%1 tables seen"))
                                                              .arg(found.tablesSeen) +
                                                          guess));
}

/// Database and schema legs; answers how far the database's clock is from ours.
std::optional<milliseconds> checkDatabase(const ConnectionConfig &config, const Call &call, CheckResult &result,
                                          Board &board)
{
    const auto skipSchema = [&](const QString &why) { board.set(leg(LegKind::Schema, LegStatus::Skipped, why)); };
    if (!config.database) {
        board.set(leg(LegKind::Database, LegStatus::Skipped,
                      config.profile.strategy == session::Strategy::Database
                          ? QStringLiteral("Sessions are said to live in a database, but none was given.")
                          : QStringLiteral("No database was given.")));
        skipSchema(QStringLiteral("No database was given."));
        return std::nullopt;
    }
    auto version = store::probeDatabase(*config.database, config.storeOptions, call);
    if (!version) {
        result.databaseError = version.error();
        board.set(failed(LegKind::Database, version.error()));
        skipSchema(QStringLiteral("The database cannot be reached."));
        return std::nullopt;
    }
    board.set(databaseLeg(config, *version));
    result.database = std::move(*version);

    if (config.profile.strategy == session::Strategy::Jwt) {
        skipSchema(QStringLiteral("JWT sessions are no rows, so no sessions table is looked for."));
        return std::nullopt;
    }
    std::optional<store::SchemaProfile> schema = config.schema;
    if (!schema) {
        auto found = store::detectSchema(*config.database, config.storeOptions, call);
        if (!found) {
            result.databaseError = found.error();
            board.set(failed(LegKind::Schema, found.error()));
            return std::nullopt;
        }
        board.set(schemaLeg(config, *found));
        schema = found->best;
        result.schema = std::move(*found);
    }
    if (!schema)
        return std::nullopt;
    auto store = store::openStore(*config.database, *schema, config.storeOptions, store::Access::ReadOnly, call);
    if (!store) {
        if (config.schema)
            board.set(failed(LegKind::Schema, store.error()));
        return std::nullopt;
    }
    if (config.schema) {
        // A map is the user's word: whether its names exist is seen by reading one row.
        store::SessionQuery one;
        one.state = store::StateFilter::All;
        one.limit = 1;
        const auto page = (*store)->page(one, std::nullopt, base::SystemClock().now(), call);
        board.set(page ? leg(LegKind::Schema, LegStatus::Ok, described(*schema) + QStringLiteral(" As the map says."))
                       : failed(LegKind::Schema, page.error()));
    }
    const Instant before = base::SystemClock().now();
    const auto time = (*store)->serverTime(call);
    if (!time)
        return std::nullopt;
    const Instant after = base::SystemClock().now();
    return *time - (before + (after - before) / 2);
}

Leg deploymentLeg(const ConnectionConfig &config, const DeploymentFacts &facts)
{
    const QString host = config.baseUrl->toString();
    const bool https = config.baseUrl->scheme() == QStringLiteral("https");
    if (facts.version == AuthVersion::BetterAuth)
        return leg(LegKind::Deployment, LegStatus::Ok, QStringLiteral("%1 answers as Better Auth does.").arg(host));
    QString detail =
        QStringLiteral("%1 answers as %2 does, with %3 cookies.")
            .arg(host, facts.version == AuthVersion::V4 ? QStringLiteral("NextAuth 4") : QStringLiteral("Auth.js v5"),
                 facts.secureCookies ? QStringLiteral("secure") : QStringLiteral("plain"));
    if (!facts.providers.isEmpty())
        detail += QStringLiteral(" Providers: %1.").arg(facts.providers.join(QStringLiteral(", ")));
    if (config.profile.version && facts.version && *config.profile.version != *facts.version)
        return leg(LegKind::Deployment, LegStatus::Warn, detail,
                   QStringLiteral("The connection says %1: set the version to auto or %2.")
                       .arg(versionName(*config.profile.version), versionName(*facts.version)));
    const QByteArray name = config.profile.cookieName.toUtf8();
    const QByteArray expected = http::defaultCookieName(facts.version.value_or(AuthVersion::V5),
                                                        http::CookiePurpose::Session, facts.secureCookies);
    if (http::isDefaultSessionName(name) && name != expected)
        return leg(LegKind::Deployment, LegStatus::Warn, detail,
                   QStringLiteral("The connection says that the session cookie is called %1; by its csrf cookie this "
                                  "deployment calls it %2.")
                       .arg(config.profile.cookieName, QString::fromLatin1(expected)));
    if (!name.isEmpty() && name != expected)
        detail += QStringLiteral(" That its session cookie is called %1 cannot be seen without a session.")
                      .arg(config.profile.cookieName);
    if (https != facts.secureCookies)
        return leg(LegKind::Deployment, LegStatus::Warn, detail,
                   https ? QStringLiteral(
                               "It is reached by https and yet sets cookies without the secure prefix: set its "
                               "NEXTAUTH_URL or AUTH_URL to https, or let the proxy in front send x-forwarded-proto.")
                         : QStringLiteral(
                               "It is reached by http and yet expects cookies with the secure prefix, so plain session "
                               "cookies are not seen: set its NEXTAUTH_URL or AUTH_URL to this address."));
    if (!https && !store::isLoopbackHost(config.baseUrl->host()))
        return leg(LegKind::Deployment, LegStatus::Warn,
                   detail + QStringLiteral(" Cookies travel to it in clear text, as deliberately allowed."),
                   QStringLiteral("Use https, or a tunnel to a loopback address."));
    return leg(LegKind::Deployment, LegStatus::Ok, detail);
}

Leg secretLeg(const ConnectionConfig &config, const DeploymentFacts &facts)
{
    if (!facts.secretMatches)
        return leg(LegKind::Secret, LegStatus::Skipped,
                   QStringLiteral("The deployment set no csrf cookie by which the secret could be proven."));
    if (!*facts.secretMatches) {
        Leg result = leg(
            LegKind::Secret, LegStatus::Fail,
            QStringLiteral("The deployment's csrf cookie was made with another secret than %1.")
                .arg(config.secrets.authSecrets.size() == 1 ? QStringLiteral("the one given")
                                                            : QStringLiteral("those given")),
            QStringLiteral("Give the AUTH_SECRET or NEXTAUTH_SECRET that the deployment runs with, exactly: blanks and "
                           "line ends count. Where it has several secrets, give all, the current one first."));
        return result;
    }
    QString detail = QStringLiteral("The deployment's csrf cookie was made with this secret.");
    if (config.secrets.authSecrets.size() > 1)
        detail = facts.provenSecret
                     ? QStringLiteral(
                           "The deployment's csrf cookie was made with secret %1 of %2 alone, so that one is used.")
                           .arg(*facts.provenSecret + 1)
                           .arg(config.secrets.authSecrets.size())
                     : QStringLiteral("The deployment's csrf cookie was made with all %1 secrets in this order.")
                           .arg(config.secrets.secretsFor(facts.version.value_or(AuthVersion::V5)).size());
    return leg(LegKind::Secret, LegStatus::Ok, detail);
}

/// Deployment and secret legs; answers how far the deployment's clock is from ours.
std::optional<milliseconds> checkDeployment(const ConnectionConfig &config, const Call &call, CheckResult &result,
                                            Board &board)
{
    const bool hasSecret = !config.secrets.authSecrets.empty();
    const auto skipSecret = [&](const QString &why) {
        board.set(leg(LegKind::Secret, LegStatus::Skipped, hasSecret ? why : QStringLiteral("No secret was given.")));
    };
    if (config.baseUrlError) {
        board.set(failed(LegKind::Deployment, *config.baseUrlError));
        skipSecret(QStringLiteral("Without the deployment's address a secret cannot be proven."));
        return std::nullopt;
    }
    if (!config.baseUrl) {
        board.set(leg(LegKind::Deployment, LegStatus::Skipped, QStringLiteral("No deployment address was given.")));
        skipSecret(QStringLiteral("Without the deployment's address a secret cannot be proven."));
        return std::nullopt;
    }
    auto facts = askDeployment(config, call);
    if (!facts) {
        result.deploymentError = facts.error();
        board.set(failed(LegKind::Deployment, facts.error()));
        skipSecret(QStringLiteral("The deployment did not answer as Auth.js does, so a secret cannot be proven."));
        return std::nullopt;
    }
    board.set(deploymentLeg(config, *facts));
    if (hasSecret)
        board.set(secretLeg(config, *facts));
    else
        skipSecret({});
    std::optional<milliseconds> difference;
    if (facts->serverTime && facts->localTime) // a Date header drops the milliseconds: half a second is its mean
        difference = *facts->serverTime + milliseconds(500) - *facts->localTime;
    result.deployment = std::move(*facts);
    return difference;
}

/// Commands of every kind that a cache needs, none of which changes anything: the key is drawn at random and not there,
/// and XX sets only what is.
std::vector<redis::RedisCommand> cacheTrial()
{
    const QByteArray key = "rollcall:1:check:" + QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    return {{"PING"},
            {"MGET", key},
            {"SET", key, "1", "XX", "PX", "1"},
            {"DEL", key},
            {"ZADD", key, "XX", "1", "1"},
            {"ZRANGE", key, "0", "-1"},
            {"ZREM", key, "1"},
            {"ZREMRANGEBYSCORE", key, "-inf", "0"},
            {"ZCARD", key},
            {"PEXPIRE", key, "1"}};
}

/// A cache that allows all that is needed; @p pong is its answer to PING.
Leg answeringCache(const ConnectionConfig &config, const redis::RedisReply &pong)
{
    const QString address = config.cache->withoutPassword();
    if (pong.text != "PONG")
        return failed(LegKind::Cache, Error(ErrorCode::NotADatabase).with(base::ErrorParam::Host, config.cache->host));
    const bool exempt = config.httpOptions.insecureHosts.contains(config.cache->host, Qt::CaseInsensitive);
    if (exempt && !base::isLoopbackHost(config.cache->host))
        return leg(LegKind::Cache, LegStatus::Warn,
                   QStringLiteral("%1 answers. The link to it may be in clear text or unverified, as deliberately "
                                  "allowed.")
                       .arg(address),
                   QStringLiteral("Use rediss:// and give the issuing CA by --ca-file, then drop --allow-insecure."));
    return leg(LegKind::Cache, LegStatus::Ok,
               QStringLiteral("%1 answers (%2).")
                   .arg(address, config.cache->tls ? QStringLiteral("TLS") : QStringLiteral("no TLS, loopback")));
}

/// A cache that can be signed in to, answers, and may be read and written.
Leg cacheLeg(const ConnectionConfig &config, const Call &call)
{
    if (config.cacheError)
        return failed(LegKind::Cache, *config.cacheError);
    if (!config.cache)
        return leg(LegKind::Cache, LegStatus::Skipped,
                   QStringLiteral("No cache was given; cached mode keeps entries in this process's memory."));
    const auto start = Call::Clock::now();
    const auto answers = redis::makeChannel(config.cache->clone(), config.httpOptions)->pipeline(cacheTrial(), call);
    if (!answers)
        return failed(LegKind::Cache, answers.error());
    const auto refused = std::ranges::find(*answers, redis::RedisReply::Kind::Error, &redis::RedisReply::kind);
    if (refused != answers->end())
        return failed(LegKind::Cache, redis::refusal(*refused, config.cache->host));
    Leg good = answeringCache(config, answers->front());
    good.took = std::chrono::duration_cast<milliseconds>(Call::Clock::now() - start);
    return good;
}

Leg clockLeg(bool fixed, std::optional<milliseconds> database, std::optional<milliseconds> deployment)
{
    if (fixed)
        return leg(LegKind::Clock, LegStatus::Skipped,
                   QStringLiteral("The time is fixed, so there is nothing to compare."));
    QStringList parts;
    bool bad = false;
    const auto add = [&](const QString &who, std::optional<milliseconds> difference) {
        if (!difference)
            return;
        parts << who + QLatin1Char(' ') + skewText(*difference);
        bad = bad || std::chrono::abs(*difference) > tolerableSkew;
    };
    add(QStringLiteral("deployment"), deployment);
    add(QStringLiteral("database"), database);
    if (parts.isEmpty())
        return leg(LegKind::Clock, LegStatus::Skipped,
                   QStringLiteral("Neither the deployment nor the database told its time."));
    const QString detail = parts.join(QStringLiteral("; ")) + QLatin1Char('.');
    if (!bad)
        return leg(LegKind::Clock, LegStatus::Ok, detail);
    return leg(
        LegKind::Clock, LegStatus::Warn, detail,
        QStringLiteral("Set the clocks by NTP: sessions expire by the deployment's clock, and are shown by this one."));
}

} // namespace

QString legName(LegKind kind)
{
    switch (kind) {
    case LegKind::Database:
        return QStringLiteral("database");
    case LegKind::Schema:
        return QStringLiteral("schema");
    case LegKind::Secret:
        return QStringLiteral("secret");
    case LegKind::Deployment:
        return QStringLiteral("deployment");
    case LegKind::Cache:
        return QStringLiteral("cache");
    case LegKind::Clock:
        return QStringLiteral("clock");
    }
    Q_UNREACHABLE();
}

QString legStatusName(LegStatus status)
{
    switch (status) {
    case LegStatus::Ok:
        return QStringLiteral("ok");
    case LegStatus::Warn:
        return QStringLiteral("warn");
    case LegStatus::Fail:
        return QStringLiteral("fail");
    case LegStatus::Skipped:
        return QStringLiteral("skipped");
    }
    Q_UNREACHABLE();
}

const Leg &CheckResult::leg(LegKind kind) const
{
    return legs.at(static_cast<size_t>(kind));
}

CheckResult checkConnection(const ConnectionConfig &config, const base::Clock &clock, const Call &call,
                            const std::function<void(const Leg &)> &onLeg)
{
    CheckResult result;
    Board board(onLeg);
    std::optional<milliseconds> databaseSkew;
    std::optional<milliseconds> deploymentSkew;
    {
        // Each thread writes members of its own of the result.
        const std::jthread deployment([&] { deploymentSkew = checkDeployment(config, call, result, board); });
        const std::jthread cache([&] { board.set(cacheLeg(config, call)); });
        databaseSkew = checkDatabase(config, call, result, board);
    }
    board.set(clockLeg(clock.isFixed(), databaseSkew, deploymentSkew));
    result.legs = board.take();
    return result;
}

} // namespace rollcall::deployment
