#include <algorithm>
#include <array>

#include "tests/conformance/Checker.h"

namespace rollcall::conformance {

std::span<const Format> formats()
{
    static const std::array table{
        Format{"encrypted token", {u"token", u"secrets", u"salt"}, {}, checkJwe},
        Format{"derived key", {u"info", u"length", u"hash"}, {}, checkDerivedKey},
        Format{"key id", {u"thumbprintInput", u"kid"}, {}, checkKeyId},
        Format{"cookie header", {u"kind", u"header"}, {}, checkCookies},
        Format{"Set-Cookie", {u"operation", u"existing"}, {}, checkSetCookie},
        Format{"session", {u"version", u"secrets", u"request", u"expected"}, {u"callbacks"}, checkSession},
        Format{"Better Auth", {u"kind", u"secret"}, {}, checkBetterAuth},
        Format{"route matcher", {u"matcher"}, {}, checkMatcher},
        Format{"middleware", {u"version", u"url", u"options"}, {u"authorizedCallbacks"}, checkMiddleware},
        Format{"runtime", {u"mode", u"input", u"expected"}, {}, checkRuntime},
        Format{"environment", {u"env", u"headers", u"expected"}, {}, checkEnvironment},
    };
    return table;
}

const Format *formatOf(const jose::JsonValue &vector)
{
    const auto all = formats();
    const auto found = std::ranges::find_if(all, [&vector](const Format &format) {
        return std::ranges::all_of(format.signature,
                                   [&vector](const char16_t *name) { return vector.find(QStringView(name)); });
    });
    return found == all.end() ? nullptr : &*found;
}

session::AuthVersion versionOf(Fields &vector, Differences &differences)
{
    const QString version = vector.text(u"version");
    if (version == u"v4")
        return session::AuthVersion::V4;
    if (version != u"v5")
        differences.add(QStringLiteral("field version: \"%1\" is not a known word").arg(version));
    return session::AuthVersion::V5;
}

std::vector<base::SecretBytes> secretsOf(const QStringList &texts)
{
    std::vector<base::SecretBytes> secrets;
    for (const QString &text : texts)
        secrets.emplace_back(QByteArrayView(text.toUtf8()));
    return secrets;
}

} // namespace rollcall::conformance
