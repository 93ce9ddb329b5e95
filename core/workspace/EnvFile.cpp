#include "core/workspace/EnvFile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <algorithm>

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
            result.notes
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
    QString text = QString::fromUtf8(env.find(name)->view().toByteArray().trimmed());
    if (!text.contains(QLatin1StringView("://"))) {
        text.prepend(QLatin1StringView("https://"));
        result.notes << QStringLiteral("%1 has no scheme; NextAuth 4 takes https.").arg(quoted(name));
    }
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != u"https" && url.scheme() != u"http")) {
        result.notes << QStringLiteral("%1 is no http or https address and was not used.").arg(quoted(name));
        return;
    }
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
    result.notes
        << QStringLiteral("BETTER_AUTH_SECRETS is not used: %1.").arg(secrets.error().param(ErrorParam::Detail));
    return {};
}

void importSecrets(const DotEnv &env, EnvImport &result)
{
    result.profile.versionHint = suggestedVersion(env);
    const AuthVersion version = result.profile.versionHint.value_or(AuthVersion::V5);
    std::vector<EnvSecret> secrets = readSecrets(version, env, result);
    // Which library runs is known only once the deployment was asked, so what the other one would read comes along,
    // behind; the deployment's csrf cookie then proves which of them it is.
    for (const AuthVersion other : {AuthVersion::V5, AuthVersion::V4, AuthVersion::BetterAuth}) {
        if (other == version)
            continue;
        for (EnvSecret &secret : readSecrets(other, env, result)) {
            if (std::ranges::find(secrets, secret.value, &EnvSecret::value) != secrets.end())
                continue;
            result.notes << QStringLiteral("%1 differs from the secret taken first and is tried after it.")
                                .arg(quoted(secret.variable));
            secrets.push_back(std::move(secret));
        }
    }
    const auto isRead = [&secrets](const char *name) {
        return std::ranges::find(secrets, QByteArray(name), &EnvSecret::variable) != secrets.end();
    };
    if (secrets.empty())
        result.notes << QStringLiteral("No AUTH_SECRET, NEXTAUTH_SECRET, BETTER_AUTH_SECRET or BETTER_AUTH_SECRETS: "
                                       "tokens cannot be opened.");
    for (const char *name : {"AUTH_SECRET_1", "AUTH_SECRET_2", "AUTH_SECRET_3"}) {
        if (env.find(name) && !isRead(name))
            result.notes << QStringLiteral(
                                "%1 is not read: the libraries ignore it beside AUTH_SECRET or NEXTAUTH_SECRET, "
                                "and where it is empty.")
                                .arg(QLatin1StringView(name));
    }
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
    result.notes = env->notes;
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
