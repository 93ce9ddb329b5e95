#include "app/ctl/ConnectionFlags.h"

#include <QFile>
#include <QFileInfo>

#include "app/ctl/InputFile.h"
#include "core/redis/RedisUrl.h"
#include "core/workspace/EnvFile.h"

namespace rollcall::ctl {

namespace {

using workspace::ConnectionProfile;
using workspace::ConnectionSecrets;

constexpr qint64 longestLifetime = 100LL * 365 * 86'400;

/// The value of an environment variable named on the command line. It is read on request only, so no other variable
/// matters.
base::Result<QByteArray> environmentValue(const QString &flag, const QString &variable)
{
    const QByteArray name = variable.toLocal8Bit();
    if (!qEnvironmentVariableIsSet(name.constData()))
        return base::fail(usageError(flag, QStringLiteral("the environment has no variable %1").arg(variable)));
    return qgetenv(name.constData());
}

void warnIfReadable(const QString &path, const Warn &warn)
{
    const QFileInfo info(path);
    if (info.isFile() && (info.permissions() & (QFile::ReadGroup | QFile::ReadOther)))
        warn(QStringLiteral("%1 holds secrets and others may read it: chmod 600 makes it yours alone.").arg(path));
}

base::Status readSecrets(const Arguments &arguments, ConnectionSecrets &secrets, const Warn &warn)
{
    if (const auto variable = arguments.value(QStringLiteral("secret-env"))) {
        auto value = environmentValue(QStringLiteral("--secret-env"), *variable);
        if (!value)
            return base::fail(value.error());
        std::vector<base::SecretBytes> one;
        one.push_back(base::SecretBytes::fromAndWipe(*value));
        secrets.setAuthSecrets(std::move(one));
    }
    if (const auto path = arguments.value(QStringLiteral("secret-file"))) {
        auto text = readInputFile(*path);
        if (!text)
            return base::fail(text.error());
        warnIfReadable(*path, warn);
        secrets.setAuthSecrets(secretLines(*text));
        base::wipe(*text);
        if (secrets.authSecrets.empty()) {
            return base::fail(base::Error(base::ErrorCode::FileFormatInvalid)
                                  .with(base::ErrorParam::Path, *path)
                                  .with(base::ErrorParam::Detail, QStringLiteral("it holds no secret, one a line")));
        }
    }
    return {};
}

/// An address given by a flag is meant, so a wrong one ends the command; one in an env file matters to those who use
/// it.
base::Status checkAddress(const QString &flag, const QByteArray &url)
{
    if (flag != QStringLiteral("cache"))
        return {}; // the database's is checked where the connection is put together
    const auto parsed = redis::RedisUrl::parse(url);
    return parsed ? base::Status() : base::fail(parsed.error());
}

/// Takes an address with its possible password apart into what may be shown and what is secret.
void takeUrl(QByteArray url, QString &shown, base::SecretBytes &secret)
{
    shown = workspace::redactUrl(url);
    secret = workspace::urlHasPassword(url) ? base::SecretBytes::fromAndWipe(url) : base::SecretBytes();
}

base::Status readUrls(const Arguments &arguments, ConnectionProfile &profile, ConnectionSecrets &secrets,
                      const Warn &warn)
{
    struct Target
    {
        QString flag;
        QString *shown;
        base::SecretBytes *secret;
    };
    for (const Target &target : {Target{QStringLiteral("database"), &profile.database, &secrets.databaseUrl},
                                 Target{QStringLiteral("cache"), &profile.cache, &secrets.cacheUrl}}) {
        if (const auto url = arguments.value(target.flag)) {
            if (auto status = checkAddress(target.flag, url->toUtf8()); !status)
                return status;
            takeUrl(url->toUtf8(), *target.shown, *target.secret);
            if (!target.secret->isEmpty()) {
                warn(QStringLiteral("a password inside --%1 can be seen by others on this machine: use --%1-env VAR or "
                                    "--env-file FILE.")
                         .arg(target.flag));
            }
        }
        const QString fromEnvironment = target.flag + QStringLiteral("-env");
        if (const auto variable = arguments.value(fromEnvironment)) {
            const auto value = environmentValue(QStringLiteral("--") + fromEnvironment, *variable);
            if (!value)
                return base::fail(value.error());
            if (auto status = checkAddress(target.flag, *value); !status)
                return status;
            takeUrl(*value, *target.shown, *target.secret);
        }
    }
    return {};
}

base::Status readAuth(const Arguments &arguments, ConnectionProfile &profile)
{
    const auto strategy = arguments.choice(QStringLiteral("strategy"),
                                           {QStringLiteral("auto"), QStringLiteral("jwt"), QStringLiteral("database")});
    if (!strategy)
        return base::fail(strategy.error());
    if (arguments.has(QStringLiteral("strategy"))) {
        profile.strategy.reset();
        if (*strategy != QStringLiteral("auto"))
            profile.strategy =
                *strategy == QStringLiteral("jwt") ? session::Strategy::Jwt : session::Strategy::Database;
    }
    const auto version =
        arguments.choice(QStringLiteral("auth-version"), {QStringLiteral("auto"), QStringLiteral("v4"),
                                                          QStringLiteral("v5"), QStringLiteral("better-auth")});
    if (!version)
        return base::fail(version.error());
    if (arguments.has(QStringLiteral("auth-version"))) {
        profile.version.reset();
        for (const auto candidate :
             {session::AuthVersion::V4, session::AuthVersion::V5, session::AuthVersion::BetterAuth}) {
            if (*version == session::versionName(candidate))
                profile.version = candidate;
        }
    }
    const auto parser = arguments.choice(QStringLiteral("cookie-parser"),
                                         {QStringLiteral("app"), QStringLiteral("pages"), QStringLiteral("web")});
    if (!parser)
        return base::fail(parser.error());
    if (arguments.has(QStringLiteral("cookie-parser"))) {
        profile.cookieParser = *parser == QStringLiteral("app")     ? session::CookieParser::App
                               : *parser == QStringLiteral("pages") ? session::CookieParser::Pages
                                                                    : session::CookieParser::Web;
    }
    if (arguments.has(QStringLiteral("max-age"))) {
        const auto maxAge = arguments.integer(QStringLiteral("max-age"), 0, 1, longestLifetime);
        if (!maxAge)
            return base::fail(maxAge.error());
        profile.maxAge = std::chrono::seconds(*maxAge);
    }
    const auto updateAge =
        arguments.integer(QStringLiteral("update-age"), profile.updateAge.count(), 0, longestLifetime);
    if (!updateAge)
        return base::fail(updateAge.error());
    profile.updateAge = std::chrono::seconds(*updateAge);
    return {};
}

base::Status readRest(const Arguments &arguments, ConnectionProfile &profile)
{
    const auto set = [&arguments](const char *flag, QString &target) {
        if (const auto value = arguments.value(QLatin1StringView(flag)))
            target = *value;
    };
    set("base-url", profile.baseUrl);
    set("base-path", profile.basePath);
    set("cookie-name", profile.cookieName);
    set("ca-file", profile.caFile);
    set("timezone", profile.timeZone);
    set("own-user", profile.ownUser);
    for (const QString &keys : arguments.values(QStringLiteral("cache-keys"))) {
        if (!profile.cacheKeys.contains(keys))
            profile.cacheKeys << keys;
    }
    for (const QString &host : arguments.values(QStringLiteral("allow-insecure"))) {
        if (!profile.insecureHosts.contains(host))
            profile.insecureHosts << host;
    }
    if (const auto path = arguments.value(QStringLiteral("map"))) {
        const auto text = readInputFile(*path);
        if (!text)
            return base::fail(text.error());
        profile.schemaMap = QString::fromUtf8(*text);
    }
    return {};
}

} // namespace

const std::vector<Flag> &commonFlags()
{
    static const std::vector<Flag> flags{
        {QStringLiteral("connection"), QStringLiteral("NAME"), QStringLiteral("a saved connection")},
        {QStringLiteral("env-file"), QStringLiteral("FILE"), QStringLiteral("a deployment's own .env")},
        {QStringLiteral("database"), QStringLiteral("URL"),
         QStringLiteral(
             "postgresql://, mysql://, mariadb://, sqlite:PATH, file:PATH, redis://, rediss:// or upstash:https://")},
        {QStringLiteral("database-env"), QStringLiteral("VAR"),
         QStringLiteral("environment variable that holds that URL")},
        {QStringLiteral("cache"), QStringLiteral("URL"),
         QStringLiteral("redis://, rediss:// or upstash:https://: where cached mode keeps answers")},
        {QStringLiteral("cache-env"), QStringLiteral("VAR"),
         QStringLiteral("environment variable that holds that URL")},
        {QStringLiteral("cache-keys"), QStringLiteral("PATTERN"),
         QStringLiteral("keys of the deployment's own copies in the cache: upstash, better-auth, app:{token}"), true},
        {QStringLiteral("base-url"), QStringLiteral("URL"), QStringLiteral("the deployment's origin")},
        {QStringLiteral("base-path"), QStringLiteral("PATH"), QStringLiteral("where Auth.js answers (/api/auth)")},
        {QStringLiteral("strategy"), QStringLiteral("auto|jwt|database"), QStringLiteral("where sessions live (auto)")},
        {QStringLiteral("auth-version"), QStringLiteral("auto|v4|v5|better-auth"),
         QStringLiteral("the library (auto)")},
        {QStringLiteral("cookie-name"), QStringLiteral("NAME"),
         QStringLiteral("session cookie (the version's default)")},
        {QStringLiteral("cookie-parser"), QStringLiteral("app|pages|web"),
         QStringLiteral("how v4 reads cookies (app)")},
        {QStringLiteral("max-age"), QStringLiteral("SECONDS"),
         QStringLiteral("session lifetime (30 days; better-auth 7)")},
        {QStringLiteral("update-age"), QStringLiteral("SECONDS"),
         QStringLiteral("how often rows are extended (1 day)")},
        {QStringLiteral("ca-file"), QStringLiteral("PEM"), QStringLiteral("certificate authority to trust besides")},
        {QStringLiteral("timezone"), QStringLiteral("ZONE"), QStringLiteral("zone of times stored without one (UTC)")},
        {QStringLiteral("own-user"), QStringLiteral("ID|EMAIL"),
         QStringLiteral("as whom you sign in there: plans say which sessions are your own")},
        {QStringLiteral("map"), QStringLiteral("FILE"),
         QStringLiteral("schema mapping, as `schema detect` answers it")},
        {QStringLiteral("secret-env"), QStringLiteral("VAR"),
         QStringLiteral("environment variable that holds the secret")},
        {QStringLiteral("secret-file"), QStringLiteral("FILE"),
         QStringLiteral("secrets, one a line, the current one first")},
        {QStringLiteral("allow-insecure"), QStringLiteral("HOST"),
         QStringLiteral("deliberately allow an unverified link to this host"), true},
        {QStringLiteral("key-file"), QStringLiteral("FILE"), QStringLiteral("takes the place of the OS keychain")},
        {QStringLiteral("read-only"), {}, QStringLiteral("refuse every write")},
        {QStringLiteral("timeout"), QStringLiteral("SECONDS"), QStringLiteral("bound of each operation (10)")},
        {QStringLiteral("now"), QStringLiteral("EPOCH_SECONDS"), QStringLiteral("fix the clock")},
        {QStringLiteral("format"), QStringLiteral("table|json|ndjson|csv"),
         QStringLiteral("of the answer (table on a terminal, else json)")},
        {QStringLiteral("help"), {}, QStringLiteral("this text")},
    };
    return flags;
}

const std::vector<QStringList> &commonExclusive()
{
    static const std::vector<QStringList> groups{
        {QStringLiteral("connection"), QStringLiteral("env-file")},
        {QStringLiteral("database"), QStringLiteral("database-env")},
        {QStringLiteral("cache"), QStringLiteral("cache-env")},
        {QStringLiteral("secret-env"), QStringLiteral("secret-file")},
    };
    return groups;
}

base::Result<CommonOptions> CommonOptions::from(const Arguments &arguments)
{
    CommonOptions options;
    const auto seconds = [&arguments](const QString &flag, double least,
                                      double most) -> base::Result<std::optional<double>> {
        const auto text = arguments.value(flag);
        if (!text)
            return std::optional<double>();
        bool ok = false;
        const double number = text->toDouble(&ok);
        if (!ok || !(number >= least && number <= most))
            return base::fail(
                usageError(QStringLiteral("--") + flag,
                           QStringLiteral("wants a number of seconds from %1 to %2").arg(least).arg(most, 0, 'f', 0)));
        return std::optional(number);
    };
    const auto timeout = seconds(QStringLiteral("timeout"), 0.01, 3'600);
    if (!timeout)
        return base::fail(timeout.error());
    const auto milliseconds = [](double value) {
        return std::chrono::milliseconds(static_cast<qint64>(value * 1'000));
    };
    if (*timeout)
        options.timeout = milliseconds(**timeout);
    constexpr double endOfCalendar = 253'402'300'799; // 9999-12-31T23:59:59Z
    const auto now = seconds(QStringLiteral("now"), 0, endOfCalendar);
    if (!now)
        return base::fail(now.error());
    if (*now)
        options.now = base::Instant(milliseconds(**now));
    options.keyFile = arguments.value(QStringLiteral("key-file")).value_or(QString());
    options.readOnly = arguments.has(QStringLiteral("read-only"));
    return options;
}

base::Result<ConnectionParts> readConnectionFlags(const Arguments &arguments, const workspace::Workspace &workspace,
                                                  const std::function<base::SecretVault *()> &vault,
                                                  const base::Call &call, const Warn &warn)
{
    ConnectionParts parts;
    if (const auto name = arguments.value(QStringLiteral("connection"))) {
        auto saved = workspace.profile(*name);
        if (!saved)
            return base::fail(saved.error());
        auto kept = workspace.secrets(*name, vault(), call);
        if (!kept)
            return base::fail(kept.error());
        parts.profile = std::move(*saved);
        parts.secrets = std::move(*kept);
    } else if (const auto path = arguments.value(QStringLiteral("env-file"))) {
        auto imported = workspace::importEnvFile(*path);
        if (!imported)
            return base::fail(imported.error());
        warnIfReadable(*path, warn);
        for (const QString &warning : imported->warnings)
            warn(QStringLiteral("%1: %2").arg(*path, warning));
        parts.profile = std::move(imported->profile);
        parts.secrets = std::move(imported->secrets);
        parts.baseUrlError = std::move(imported->baseUrlError);
    }
    for (const auto &status :
         {readUrls(arguments, parts.profile, parts.secrets, warn), readSecrets(arguments, parts.secrets, warn),
          readAuth(arguments, parts.profile), readRest(arguments, parts.profile)}) {
        if (!status)
            return base::fail(status.error());
    }
    if (arguments.has(QStringLiteral("base-url")))
        parts.baseUrlError.reset();
    return parts;
}

} // namespace rollcall::ctl
