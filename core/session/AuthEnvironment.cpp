#include "core/session/AuthEnvironment.h"

#include <array>

namespace rollcall::session {

namespace {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::SecretBytes;

const SecretBytes *find(const Environment &environment, const char *name)
{
    const auto found = environment.find(QByteArray::fromRawData(name, qsizetype(qstrlen(name))));
    return found == environment.end() ? nullptr : &found->second;
}

/// `a ?? b ?? …`: the first that is set.
template <typename... Names>
const SecretBytes *firstSet(const Environment &environment, Names... names)
{
    for (const char *name : {names...}) {
        if (const SecretBytes *value = find(environment, name))
            return value;
    }
    return nullptr;
}

bool isTruthy(const SecretBytes *value)
{
    return value && !value->isEmpty();
}

/// The addresses of the environment are no secrets.
QByteArray textOf(const SecretBytes *value)
{
    return value ? value->view().toByteArray() : QByteArray();
}

Error invalidUrl(const QString &part)
{
    return Error(ErrorCode::UrlInvalid)
        .with(ErrorParam::Part, part)
        .with(ErrorParam::Detail, QStringLiteral("Invalid URL"));
}

std::vector<SecretBytes> copies(const std::vector<SecretBytes> &secrets)
{
    std::vector<SecretBytes> result;
    result.reserve(secrets.size());
    for (const SecretBytes &secret : secrets)
        result.push_back(secret.clone());
    return result;
}

/// What the core does where it was given no secret: the numbered ones, the highest first, then `AUTH_SECRET`.
std::vector<SecretBytes> rotationSecrets(const Environment &environment)
{
    std::vector<SecretBytes> secrets;
    for (const char *name : {"AUTH_SECRET_3", "AUTH_SECRET_2", "AUTH_SECRET_1", "AUTH_SECRET"}) {
        if (const SecretBytes *secret = find(environment, name); isTruthy(secret))
            secrets.push_back(secret->clone());
    }
    return secrets;
}

bool trustHost(const Environment &environment, const AuthOptions &options)
{
    if (options.trustHost)
        return *options.trustHost;
    if (const SecretBytes *value = firstSet(environment, "AUTH_URL", "AUTH_TRUST_HOST", "VERCEL", "CF_PAGES"))
        return !value->isEmpty();
    return textOf(find(environment, "NODE_ENV")) != "production";
}

/// One slash at the end of @p text.
QByteArray withoutTrailingSlash(QByteArray text)
{
    if (text.endsWith('/'))
        text.chop(1);
    return text;
}

} // namespace

Strategy strategyInForce(std::optional<Strategy> option, bool hasAdapter)
{
    return option.value_or(hasAdapter ? Strategy::Database : Strategy::Jwt);
}

std::optional<QByteArray> detectOrigin(const Environment &environment, const ForwardedHeaders &headers)
{
    const SecretBytes *url = find(environment, "NEXTAUTH_URL");
    if (!isTruthy(url) && isTruthy(firstSet(environment, "VERCEL", "AUTH_TRUST_HOST"))) {
        const QByteArray scheme =
            headers.forwardedProto == "http" ? QByteArrayLiteral("http") : QByteArrayLiteral("https");
        const auto &host = headers.forwardedHost ? headers.forwardedHost : headers.host;
        return scheme + "://" + host.value_or(QByteArrayLiteral("undefined"));
    }
    return url ? std::optional(textOf(url)) : std::nullopt;
}

base::Result<BaseUrl> parseBaseUrl(const std::optional<QByteArray> &url)
{
    static const QByteArray standard = QByteArrayLiteral("http://localhost:3000/api/auth");
    QByteArray text = url.value_or(standard);
    if (!text.isEmpty() && !text.startsWith("http"))
        text.prepend("https://");
    const auto parsed = base::parseAnyUrl(text);
    if (!parsed)
        return tl::unexpected(invalidUrl(QStringLiteral("NEXTAUTH_URL")));
    BaseUrl result;
    result.origin = parsed->origin();
    result.path = withoutTrailingSlash(parsed->path == "/" ? QByteArrayLiteral("/api/auth") : parsed->path);
    result.base = result.origin + result.path;
    return result;
}

std::optional<SecretBytes> secretV4(const Environment &environment, const AuthOptions &options)
{
    if (options.secrets && !options.secrets->empty())
        return options.secrets->front().clone();
    const SecretBytes *secret = firstSet(environment, "NEXTAUTH_SECRET", "AUTH_SECRET");
    return secret ? std::optional(secret->clone()) : std::nullopt;
}

bool getTokenIsSecure(const Environment &environment)
{
    if (const SecretBytes *url = find(environment, "NEXTAUTH_URL"))
        return url->view().startsWith("https://");
    return isTruthy(find(environment, "VERCEL"));
}

ConfigDefaults nextAuthDefaults(const Environment &environment, const AuthOptions &options)
{
    ConfigDefaults config;
    config.trustHost = trustHost(environment, options);
    const SecretBytes *secret = firstSet(environment, "AUTH_SECRET", "NEXTAUTH_SECRET");
    if (options.secrets)
        config.secrets = copies(*options.secrets);
    else if (isTruthy(secret))
        config.secrets.push_back(secret->clone());
    if (config.secrets.empty())
        config.secrets = rotationSecrets(environment);

    config.basePath = options.basePath.value_or(QByteArray());
    const SecretBytes *url = firstSet(environment, "AUTH_URL", "NEXTAUTH_URL");
    if (config.basePath.isEmpty() && isTruthy(url)) {
        // An address that cannot be read is passed over here; actionUrl() meets it again.
        const auto parsed = base::parseAnyUrl(url->view());
        if (parsed && parsed->path != "/")
            config.basePath = parsed->path;
    }
    if (config.basePath.isEmpty())
        config.basePath = QByteArrayLiteral("/api/auth");
    return config;
}

ConfigDefaults coreDefaults(const Environment &environment, const AuthOptions &options)
{
    ConfigDefaults config;
    config.trustHost = trustHost(environment, options);
    if (options.secrets)
        config.secrets = copies(*options.secrets);
    if (config.secrets.empty())
        config.secrets = rotationSecrets(environment);

    std::optional<QByteArray> basePath = options.basePath;
    const SecretBytes *url = find(environment, "AUTH_URL");
    if (isTruthy(url) && basePath.value_or(QByteArray()).isEmpty()) {
        if (const auto parsed = base::parseAnyUrl(url->view()))
            basePath = parsed->path;
    }
    config.basePath = basePath.value_or(QByteArrayLiteral("/auth"));
    return config;
}

base::Result<base::WebUrl> actionUrl(const QByteArray &action, const Environment &environment,
                                     const ForwardedHeaders &headers, const QByteArray &basePath)
{
    const SecretBytes *configured = firstSet(environment, "AUTH_URL", "NEXTAUTH_URL");
    const bool fromEnvironment = isTruthy(configured);
    QByteArray text;
    if (fromEnvironment) {
        text = textOf(configured);
    } else {
        const QByteArray proto = headers.forwardedProto.value_or(QByteArrayLiteral("https"));
        const auto &host = headers.forwardedHost ? headers.forwardedHost : headers.host;
        text = (proto.endsWith(':') ? proto : proto + ':') + "//" + host.value_or(QByteArrayLiteral("null"));
    }
    const QString part = fromEnvironment ? QStringLiteral("AUTH_URL") : QStringLiteral("x-forwarded-proto");
    auto url = base::parseAnyUrl(text);
    if (!url)
        return tl::unexpected(invalidUrl(part));
    if (fromEnvironment && !basePath.isEmpty() && basePath != "/" && url->path != "/")
        url->setPath("/");

    QByteArray address = withoutTrailingSlash(url->href());
    if (!basePath.isEmpty()) {
        // JavaScript's replace with ^\/|\/$ takes both slashes of "/x/", and of "/" its only one.
        QByteArray path = basePath.startsWith('/') ? basePath.sliced(1) : basePath;
        address += '/' + withoutTrailingSlash(path);
    }
    address += '/' + action;
    auto result = base::parseAnyUrl(address);
    if (!result)
        return tl::unexpected(invalidUrl(part));
    return std::move(*result);
}

base::Result<std::optional<QByteArray>> environmentOrigin(const Environment &environment)
{
    const SecretBytes *configured = firstSet(environment, "AUTH_URL", "NEXTAUTH_URL");
    if (!isTruthy(configured))
        return std::optional<QByteArray>();
    const auto url = base::parseAnyUrl(configured->view());
    if (!url)
        return tl::unexpected(invalidUrl(QStringLiteral("AUTH_URL")));
    return std::optional(url->origin());
}

} // namespace rollcall::session
