#include "core/engine/betterauth/CookieDiagnosis.h"

#include <algorithm>

#include "core/http/CookieNames.h"

namespace rollcall::engine::betterauth {

namespace {

using session::AuthVersion;
using session::NullReason;

QString called(const QByteArray &name)
{
    return QString::fromUtf8(name);
}

Diagnosis underAnotherName(const QByteArray &name, const http::Cookies &cookies)
{
    const auto has = [&cookies](const QByteArray &wanted) {
        return std::ranges::find(cookies, wanted, &http::Cookie::name) != cookies.end();
    };
    const auto sent = [&name](const QByteArray &other) {
        return QStringLiteral("the request has %1, the deployment reads %2").arg(called(other), called(name));
    };
    if (has(siblingName(name)))
        return {NullReason::SecurePrefixMismatch, sent(siblingName(name))};
    for (const AuthVersion version : {AuthVersion::BetterAuth, AuthVersion::V5, AuthVersion::V4}) {
        for (const bool secure : {false, true}) {
            const QByteArray other = http::defaultCookieName(version, http::CookiePurpose::Session, secure);
            if (other != name && has(other)) {
                const bool isOurs = version == AuthVersion::BetterAuth;
                return {isOurs ? NullReason::CustomNameMismatch : NullReason::OtherMajorName, sent(other)};
            }
        }
    }
    return {NullReason::NoCookie, notAmong(name, cookies)};
}

/// Whether the parser kept the raw text because it could not percent-decode it, or cut a quotation mark off one end.
bool isMangled(QByteArrayView raw)
{
    if (raw.startsWith('"'))
        return raw.size() < 2 || !raw.endsWith('"');
    const QByteArray header = "x=" + raw.toByteArray();
    const http::Cookies parsed = http::parseCookies(header, http::CookieDialect::BetterCall);
    return raw.contains('%') && !parsed.empty() && parsed.front().value.view() == raw;
}

} // namespace

Diagnosis whyNoSignedToken(const Config &config, QByteArrayView header, SignedCookieState state, bool hasCache)
{
    const QByteArray &name = config.sessionToken.name;
    const auto values = rawValues(header, name);
    if (std::ranges::adjacent_find(values, std::not_equal_to<>()) != values.end()) {
        return {NullReason::DuplicateCookie,
                QStringLiteral("%1 occurs %2 times with different values; the first counts")
                    .arg(called(name))
                    .arg(values.size())};
    }
    if (state == SignedCookieState::Absent) {
        if (!values.empty())
            return {NullReason::EmptyCookie, QStringLiteral("%1 is sent with an empty value").arg(called(name))};
        if (hasCache) {
            return {NullReason::BaCacheWithoutToken,
                    QStringLiteral("%1 is sent without %2").arg(called(config.sessionData.name), called(name))};
        }
        return underAnotherName(name, http::parseCookies(header, http::CookieDialect::BetterCall));
    }
    if (!values.empty() && isMangled(values.front())) {
        return {NullReason::CookieNotParsed,
                QStringLiteral("%1 is not percent-encoded as it was set, or has one quotation mark").arg(called(name))};
    }
    if (state == SignedCookieState::Unsigned)
        return {NullReason::BaUnsigned, QStringLiteral("%1 holds no signature").arg(called(name))};
    return {NullReason::BaBadSignature,
            QStringLiteral("the signature of %1 is not of the current secret").arg(called(name))};
}

} // namespace rollcall::engine::betterauth
