#include "core/workspace/EnvSecrets.h"

namespace rollcall::workspace {

using session::AuthVersion;

namespace {

/// JavaScript's `first ?? second`: the first that is assigned at all, if it is not empty.
std::vector<QByteArray> firstAssigned(const DotEnv &env, std::initializer_list<const char *> names)
{
    for (const char *name : names) {
        if (const base::SecretBytes *value = env.find(name))
            return value->isEmpty() ? std::vector<QByteArray>{} : std::vector<QByteArray>{name};
    }
    return {};
}

} // namespace

std::vector<QByteArray> secretVariables(AuthVersion version, const DotEnv &env)
{
    switch (version) {
    case AuthVersion::V4:
        return firstAssigned(env, {"NEXTAUTH_SECRET", "AUTH_SECRET"});
    case AuthVersion::BetterAuth:
        return firstAssigned(env, {"BETTER_AUTH_SECRET", "AUTH_SECRET"});
    case AuthVersion::V5:
        break;
    }
    std::vector<QByteArray> names = firstAssigned(env, {"AUTH_SECRET", "NEXTAUTH_SECRET"});
    if (!names.empty())
        return names;
    for (const char *name : {"AUTH_SECRET_3", "AUTH_SECRET_2", "AUTH_SECRET_1"}) {
        if (const base::SecretBytes *value = env.find(name); value && !value->isEmpty())
            names.emplace_back(name);
    }
    return names;
}

std::optional<AuthVersion> suggestedVersion(const DotEnv &env)
{
    const auto has = [&](const char *name) { return env.find(name) != nullptr; };
    if (has("AUTH_URL") || has("AUTH_SECRET_1") || has("AUTH_SECRET_2") || has("AUTH_SECRET_3"))
        return AuthVersion::V5;
    if (has("NEXTAUTH_URL") || has("NEXTAUTH_SECRET"))
        return has("AUTH_SECRET") ? AuthVersion::V5 : AuthVersion::V4;
    if (has("BETTER_AUTH_URL") || has("BETTER_AUTH_SECRET"))
        return AuthVersion::BetterAuth;
    if (has("AUTH_SECRET"))
        return AuthVersion::V5;
    return std::nullopt;
}

} // namespace rollcall::workspace
