#include "core/workspace/EnvSecrets.h"

#include "core/session/AuthEnvironment.h"

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

bool isValueOf(const DotEnv &env, const char *name, const base::SecretBytes &value)
{
    const base::SecretBytes *found = env.find(name);
    return found && *found == value;
}

} // namespace

base::Result<std::vector<EnvSecret>> environmentSecrets(AuthVersion version, const DotEnv &env)
{
    std::vector<EnvSecret> secrets;
    if (version == AuthVersion::BetterAuth) {
        auto values = session::betterAuthSecrets(env.values, {});
        if (!values)
            return base::fail(std::move(values.error()));
        for (base::SecretBytes &value : *values) {
            const bool isSingle = isValueOf(env, "BETTER_AUTH_SECRET", value) || isValueOf(env, "AUTH_SECRET", value);
            const char *single = isValueOf(env, "BETTER_AUTH_SECRET", value) ? "BETTER_AUTH_SECRET" : "AUTH_SECRET";
            secrets.push_back({isSingle ? single : "BETTER_AUTH_SECRETS", std::move(value)});
        }
        return secrets;
    }
    std::vector<QByteArray> names = version == AuthVersion::V4 ? firstAssigned(env, {"NEXTAUTH_SECRET", "AUTH_SECRET"})
                                                               : firstAssigned(env, {"AUTH_SECRET", "NEXTAUTH_SECRET"});
    if (names.empty() && version == AuthVersion::V5) {
        for (const char *name : {"AUTH_SECRET_3", "AUTH_SECRET_2", "AUTH_SECRET_1"}) {
            if (const base::SecretBytes *value = env.find(name); value && !value->isEmpty())
                names.emplace_back(name);
        }
    }
    for (const QByteArray &name : names)
        secrets.push_back({name, env.find(name)->clone()});
    return secrets;
}

std::optional<AuthVersion> suggestedVersion(const DotEnv &env)
{
    const auto has = [&](const char *name) { return env.find(name) != nullptr; };
    if (has("AUTH_URL") || has("AUTH_SECRET_1") || has("AUTH_SECRET_2") || has("AUTH_SECRET_3"))
        return AuthVersion::V5;
    if (has("NEXTAUTH_URL") || has("NEXTAUTH_SECRET"))
        return has("AUTH_SECRET") ? AuthVersion::V5 : AuthVersion::V4;
    if (has("BETTER_AUTH_URL") || has("BETTER_AUTH_SECRET") || has("BETTER_AUTH_SECRETS"))
        return AuthVersion::BetterAuth;
    if (has("AUTH_SECRET"))
        return AuthVersion::V5;
    return std::nullopt;
}

} // namespace rollcall::workspace
