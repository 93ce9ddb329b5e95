#include "tests/differential/Engine.h"

#include "core/http/Cookie.h"
#include "core/jose/Jws.h"
#include "core/jose/TokenCodec.h"
#include "tests/differential/SigningKeys.h"

namespace rollcall::differential {

namespace {

JsonValue decodeAnswer(const JsonValue &request)
{
    const auto secrets = secretsOf(request);
    const jose::Decoded decoded = jose::decodeToken(versionOf(request), bytesOf(request, u"token"), secrets,
                                                    textOf(request, u"salt").toUtf8(), nowOf(request));
    if (!decoded.ok)
        return object({{"kind", text(jose::kindName(decoded.failure))}});
    return object({{"claims", text(QString::fromUtf8(decoded.claimsJson))}});
}

JsonValue verifyAnswer(const JsonValue &request)
{
    const auto algorithm = signingAlgorithm(QString(u"signed-" + textOf(request, u"algorithm")));
    const auto keys = signingKeysOf(*algorithm, secretsOf(request));
    if (!keys)
        return object({{"kind", text(jose::kindName(jose::DecodeFailure::Other))}});
    const auto opened = jose::openSigned(*keys, bytesOf(request, u"token"), nowOf(request));
    if (!opened.ok)
        return object({{"kind", text(jose::kindName(opened.failure))}});
    return object({{"claims", text(QString::fromUtf8(opened.claims.text()))}});
}

JsonValue parseAnswer(const JsonValue &request)
{
    const QString dialect = textOf(request, u"dialect");
    const auto parser = dialect == u"cookie-0.7"  ? http::CookieDialect::Cookie07
                        : dialect == u"next-api"  ? http::CookieDialect::NextApi
                        : dialect == u"next-edge" ? http::CookieDialect::NextEdge
                                                  : http::CookieDialect::AuthCore;
    JsonValue::Array cookies;
    for (const http::Cookie &cookie : http::parseCookies(bytesOf(request, u"header"), parser)) {
        cookies.push_back(list({text(QString::fromUtf8(cookie.name)), text(QString::fromUtf8(cookie.value.view()))}));
    }
    return object({{"cookies", list(std::move(cookies))}});
}

} // namespace

session::AuthVersion versionOf(const JsonValue &request)
{
    return textOf(request, u"version") == u"v4" ? session::AuthVersion::V4 : session::AuthVersion::V5;
}

std::vector<base::SecretBytes> secretsOf(const JsonValue &request)
{
    std::vector<base::SecretBytes> secrets;
    for (const JsonValue &secret : listOf(request, u"secrets"))
        secrets.emplace_back(QByteArrayView(secret.string() ? secret.string()->toUtf8() : QByteArray()));
    return secrets;
}

base::Instant nowOf(const JsonValue &request)
{
    return base::Instant(std::chrono::milliseconds(numberOf(request, u"now", 0)));
}

JsonValue answerOf(const JsonValue &request)
{
    const QString kind = textOf(request, u"kind");
    if (kind == u"decode")
        return decodeAnswer(request);
    if (kind == u"verify")
        return verifyAnswer(request);
    if (kind == u"middleware")
        return middlewareAnswer(request);
    return kind == u"parse" ? parseAnswer(request) : sessionAnswer(request);
}

} // namespace rollcall::differential
