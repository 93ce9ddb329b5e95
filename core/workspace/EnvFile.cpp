#include "core/workspace/EnvFile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <algorithm>
#include <array>

#include "core/workspace/EnvSecrets.h"

namespace rollcall::workspace {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::SecretBytes;
using session::AuthVersion;

namespace {

constexpr qint64 largestFile = 1 << 20;

QString quoted(const QByteArray &name)
{
    return QString::fromUtf8(name);
}

/// The first of @p names that holds anything; empty where none does.
QByteArray firstFilled(const DotEnv &env, std::initializer_list<const char *> names)
{
    for (const char *name : names) {
        if (const SecretBytes *value = env.find(name); value && !value->isEmpty())
            return name;
    }
    return {};
}

/// A relative SQLite path stands relative to the file's folder (Prisma: to its `prisma` folder beside it).
QByteArray absoluteSqlite(const QByteArray &address, const QString &origin, QStringList &notes)
{
    const qsizetype colon = address.indexOf(':');
    const QByteArray scheme = address.first(std::max<qsizetype>(colon, 0));
    if ((scheme != "file" && scheme != "sqlite") || address.mid(colon + 1).startsWith('/'))
        return address;
    const QByteArray rest = address.mid(colon + 1);
    const qsizetype query = scheme == "file" ? rest.indexOf('?') : -1;
    const QString path = QFile::decodeName(query < 0 ? rest : rest.first(query));
    const QDir folder = QFileInfo(origin).absoluteDir();
    QString file = QDir::cleanPath(folder.absoluteFilePath(path));
    const QString beside = QDir::cleanPath(folder.absoluteFilePath(QStringLiteral("prisma/") + path));
    if (scheme == "file" && !QFile::exists(file) && QFile::exists(beside)) {
        notes << QStringLiteral("The SQLite file was found in the prisma folder, where Prisma looks for it.");
        file = beside;
    }
    return scheme + ':' + QFile::encodeName(file) + (query < 0 ? QByteArray() : rest.mid(query));
}

void importDatabase(const DotEnv &env, const QString &origin, EnvImport &result)
{
    const QByteArray name = firstFilled(env, {"DATABASE_URL", "POSTGRES_URL", "POSTGRES_PRISMA_URL", "DIRECT_URL"});
    if (name.isEmpty()) {
        result.notes << QStringLiteral(
            "No DATABASE_URL, POSTGRES_URL, POSTGRES_PRISMA_URL or DIRECT_URL: no database.");
        return;
    }
    QByteArray address = absoluteSqlite(env.find(name)->view().toByteArray().trimmed(), origin, result.notes);
    result.notes << QStringLiteral("Database from %1.").arg(quoted(name));
    result.profile.database = redactUrl(address);
    if (urlHasPassword(address))
        result.secrets.databaseUrl = SecretBytes::fromAndWipe(address);
}

void importCache(const DotEnv &env, EnvImport &result)
{
    struct Rest
    {
        const char *url;
        const char *token;
    };
    for (const Rest &rest :
         {Rest{"UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"}, Rest{"KV_REST_API_URL", "KV_REST_API_TOKEN"}}) {
        const QByteArray urlName = firstFilled(env, {rest.url});
        if (urlName.isEmpty() || !firstFilled(env, {"REDIS_URL"}).isEmpty())
            continue;
        const QByteArray url = env.find(urlName)->view().toByteArray().trimmed();
        result.profile.cache = QStringLiteral("upstash:") + redactUrl(url);
        result.notes << QStringLiteral("Cache from %1.").arg(quoted(urlName));
        if (const SecretBytes *token = env.find(rest.token); token && !token->isEmpty()) {
            // The token stands where a password stands in other addresses, so that one rule hides both.
            QByteArray whole = "upstash:" + url;
            whole.insert(whole.indexOf("://") + 3, "default:" + token->view().toByteArray().toPercentEncoding() + '@');
            result.secrets.cacheUrl = SecretBytes::fromAndWipe(whole);
        } else {
            result.warnings
                << QStringLiteral("%1 is not set, so that cache cannot be used.").arg(QLatin1StringView(rest.token));
        }
        return;
    }
    const QByteArray name = firstFilled(env, {"REDIS_URL"});
    if (name.isEmpty())
        return;
    QByteArray address = env.find(name)->view().toByteArray().trimmed();
    result.notes << QStringLiteral("Cache from %1.").arg(quoted(name));
    result.profile.cache = redactUrl(address);
    if (urlHasPassword(address))
        result.secrets.cacheUrl = SecretBytes::fromAndWipe(address);
}

void importBaseUrl(const DotEnv &env, EnvImport &result)
{
    const QByteArray name = firstFilled(env, {"AUTH_URL", "NEXTAUTH_URL", "BETTER_AUTH_URL"});
    if (name.isEmpty()) {
        result.notes << QStringLiteral("No AUTH_URL, NEXTAUTH_URL or BETTER_AUTH_URL: give the deployment's address.");
        return;
    }
    const auto refuse = [&result, &name](const QString &why) {
        result.warnings << QStringLiteral("%1 was not used: %2.").arg(quoted(name), why);
        result.baseUrlError = Error(ErrorCode::UrlInvalid)
                                  .with(ErrorParam::Part, QStringLiteral("deployment (%1)").arg(quoted(name)))
                                  .with(ErrorParam::Detail, why);
    };
    QString text = QString::fromUtf8(env.find(name)->view().toByteArray().trimmed());
    if (!text.contains(QLatin1StringView("://"))) {
        // Auth.js v5 and Better Auth throw Invalid URL. **Source:** facts/session-protocol.md §6.
        if (name != "NEXTAUTH_URL")
            return refuse(QStringLiteral("it has no scheme: write https:// or http:// before the host"));
        text.prepend(QLatin1StringView("https://"));
        result.warnings << QStringLiteral("NEXTAUTH_URL has no scheme: https is taken, as NextAuth 4 does.");
    }
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != u"https" && url.scheme() != u"http"))
        return refuse(QStringLiteral("it is no http or https address"));
    result.profile.baseUrl =
        url.toString(QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment);
    QString path = url.path();
    while (path.endsWith(QLatin1Char('/')))
        path.chop(1);
    if (!path.isEmpty())
        result.profile.basePath = path;
    result.notes << QStringLiteral("Deployment address from %1.").arg(quoted(name));
}

std::vector<EnvSecret> readSecrets(AuthVersion version, const DotEnv &env, EnvImport &result)
{
    auto secrets = environmentSecrets(version, env);
    if (secrets)
        return std::move(*secrets);
    result.warnings
        << QStringLiteral("BETTER_AUTH_SECRETS is not used: %1.").arg(secrets.error().param(ErrorParam::Detail));
    return {};
}

QString libraryName(AuthVersion version)
{
    switch (version) {
    case AuthVersion::V4:
        return QStringLiteral("NextAuth 4");
    case AuthVersion::V5:
        return QStringLiteral("Auth.js v5");
    case AuthVersion::BetterAuth:
        return QStringLiteral("Better Auth");
    }
    Q_UNREACHABLE();
}

/// Says what the libraries pass over, which costs people hours.
void warnOfHidden(const DotEnv &env, const std::vector<EnvSecret> &read, EnvImport &result)
{
    const auto isEmptyText = [&env](const char *name) {
        const SecretBytes *value = env.find(name);
        return value && value->isEmpty();
    };
    const auto isFilled = [&env](const char *name) { return env.find(name) && !env.find(name)->isEmpty(); };
    if (isEmptyText("AUTH_SECRET") && isFilled("NEXTAUTH_SECRET"))
        result.warnings << QStringLiteral(
            "AUTH_SECRET is empty, which counts as set: Auth.js v5 then does not read NEXTAUTH_SECRET.");
    if (isEmptyText("NEXTAUTH_SECRET") && isFilled("AUTH_SECRET"))
        result.warnings << QStringLiteral(
            "NEXTAUTH_SECRET is empty, which counts as set: NextAuth 4 then does not read AUTH_SECRET.");
    for (const char *name : {"AUTH_SECRET_1", "AUTH_SECRET_2", "AUTH_SECRET_3"}) {
        if (env.find(name) && std::ranges::find(read, QByteArray(name), &EnvSecret::variable) == read.end())
            result.warnings << QStringLiteral(
                                   "%1 is not read: the libraries ignore it beside AUTH_SECRET or NEXTAUTH_SECRET, "
                                   "and where it is empty.")
                                   .arg(QLatin1StringView(name));
    }
}

void importSecrets(const DotEnv &env, EnvImport &result)
{
    result.profile.versionHint = suggestedVersion(env);
    const AuthVersion first = result.profile.versionHint.value_or(AuthVersion::V5);
    std::vector<AuthVersion> versions{first};
    std::ranges::copy_if(std::array{AuthVersion::V5, AuthVersion::V4, AuthVersion::BetterAuth},
                         std::back_inserter(versions), [first](AuthVersion version) { return version != first; });
    // Which library runs may be known only once the deployment was asked, so what the others would read comes along,
    // behind, with who reads it.
    std::vector<EnvSecret> secrets;
    for (const AuthVersion version : versions) {
        std::vector<std::size_t> &indices = result.secrets.readBy[version];
        for (EnvSecret &secret : readSecrets(version, env, result)) {
            auto known = std::ranges::find(secrets, secret.value, &EnvSecret::value);
            if (known == secrets.end()) {
                if (version != first && !secrets.empty())
                    result.warnings << QStringLiteral("%1 differs from %2: it is read by %3 alone.")
                                           .arg(quoted(secret.variable), quoted(secrets.front().variable),
                                                libraryName(version));
                secrets.push_back(std::move(secret));
                known = secrets.end() - 1;
            }
            indices.push_back(static_cast<std::size_t>(known - secrets.begin()));
        }
    }
    if (secrets.empty())
        result.notes << QStringLiteral("No AUTH_SECRET, NEXTAUTH_SECRET, BETTER_AUTH_SECRET or BETTER_AUTH_SECRETS: "
                                       "tokens cannot be opened.");
    warnOfHidden(env, secrets, result);
    for (EnvSecret &secret : secrets) {
        result.notes << QStringLiteral("Secret from %1.").arg(quoted(secret.variable));
        result.secrets.authSecrets.push_back(std::move(secret.value));
    }
}

} // namespace

base::Result<EnvImport> importEnv(const QByteArray &text, const QString &origin)
{
    const auto env = DotEnv::parse(text, origin);
    if (!env)
        return base::fail(env.error());
    EnvImport result;
    result.warnings = env->notes;
    importDatabase(*env, origin, result);
    importSecrets(*env, result);
    importBaseUrl(*env, result);
    importCache(*env, result);
    return result;
}

base::Result<EnvImport> importEnvFile(const QString &path)
{
    const auto unreadable = [&](const QString &detail) {
        return base::fail(
            Error(ErrorCode::FileUnreadable).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail));
    };
    const QFileInfo info(path);
    if (info.exists() && !info.isFile())
        return unreadable(QStringLiteral("it is no regular file"));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return unreadable(file.errorString());
    QByteArray text = file.read(largestFile + 1);
    if (file.error() != QFileDevice::NoError)
        return unreadable(file.errorString());
    auto result = importEnv(text, path);
    base::wipe(text);
    return result;
}

} // namespace rollcall::workspace
