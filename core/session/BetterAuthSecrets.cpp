#include "core/session/AuthEnvironment.h"

#include <algorithm>
#include <set>

namespace rollcall::session {

namespace {

/// The secret that the documentation prints: whoever sees it in a configuration has set none.
constexpr char publishedSecret[] = "better-auth-secret-12345678901234567890";

base::Error malformed(const QString &what)
{
    return base::Error(base::ErrorCode::UsageInvalid)
        .with(base::ErrorParam::Name, QStringLiteral("BETTER_AUTH_SECRETS"))
        .with(base::ErrorParam::Detail, what);
}

/// The leading decimal digits, as `parseInt(text, 10)` reads them; nullopt where there are none.
std::optional<qint64> leadingNumber(QByteArrayView text)
{
    text = text.trimmed();
    const auto end = std::ranges::find_if_not(text, [](char c) { return c >= '0' && c <= '9'; });
    bool ok = false;
    const qint64 number = text.first(end - text.begin()).toLongLong(&ok);
    return ok ? std::optional(number) : std::nullopt;
}

base::Result<std::vector<base::SecretBytes>> parseVariable(QByteArrayView variable)
{
    std::vector<base::SecretBytes> secrets;
    std::set<qint64> versions;
    while (true) {
        const qsizetype comma = variable.indexOf(',');
        const QByteArrayView entry = (comma < 0 ? variable : variable.first(comma)).trimmed();
        const qsizetype colon = entry.indexOf(':');
        const auto version = colon < 0 ? std::nullopt : leadingNumber(entry.first(colon));
        if (!version)
            return base::fail(malformed(QStringLiteral("an entry is not <version>:<secret>")));
        const QByteArrayView value = entry.sliced(colon + 1).trimmed();
        if (value.isEmpty())
            return base::fail(malformed(QStringLiteral("the secret of version %1 is empty").arg(*version)));
        if (!versions.insert(*version).second)
            return base::fail(malformed(QStringLiteral("version %1 occurs twice").arg(*version)));
        secrets.emplace_back(value);
        if (comma < 0)
            return secrets;
        variable = variable.sliced(comma + 1);
    }
}

} // namespace

base::Result<std::vector<base::SecretBytes>> betterAuthSecrets(const Environment &environment,
                                                               const AuthOptions &options)
{
    const auto valueOf = [&environment](const char *name) {
        const auto found = environment.find(QByteArray::fromRawData(name, qsizetype(qstrlen(name))));
        return found == environment.end() ? QByteArrayView() : found->second.view();
    };
    std::vector<base::SecretBytes> secrets;
    if (options.secrets) {
        for (const base::SecretBytes &secret : *options.secrets)
            secrets.push_back(secret.clone());
    }
    if (const QByteArrayView variable = valueOf("BETTER_AUTH_SECRETS"); secrets.empty() && !variable.isEmpty()) {
        auto parsed = parseVariable(variable);
        if (!parsed)
            return parsed;
        secrets = std::move(*parsed);
    }
    QByteArrayView single = valueOf("BETTER_AUTH_SECRET");
    if (single.isEmpty())
        single = valueOf("AUTH_SECRET");
    const bool isKnown =
        std::ranges::any_of(secrets, [single](const base::SecretBytes &secret) { return secret.view() == single; });
    if (!single.isEmpty() && !isKnown && (secrets.empty() || single != QByteArrayView(publishedSecret)))
        secrets.emplace_back(single);
    return secrets;
}

} // namespace rollcall::session
