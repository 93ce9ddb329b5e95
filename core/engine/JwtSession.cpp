#include <algorithm>
#include <cmath>

#include "core/base/JsDate.h"
#include "core/base/WideText.h"
#include "core/engine/DefaultCallbacks.h"
#include "core/engine/SessionRun.h"
#include "core/engine/UserId.h"

// The session action under the JWT strategy.
namespace rollcall::engine {

namespace {

using base::Instant;
using jose::Claims;
using jose::JsonValue;
using session::NullReason;
using session::StepOutcome;

/// The last instant at which a token with these claims is accepted; nullopt where that is never over.
std::optional<Instant> lastInstant(const Claims &claims, std::chrono::seconds tolerance)
{
    constexpr double furthest = 253'402'300'799.0; // the end of year 9999
    const auto exp = claims.number("exp");
    if (!exp || *exp > furthest)
        return std::nullopt;
    const double last = std::ceil(std::max(*exp, -furthest));
    return Instant(std::chrono::seconds(static_cast<qint64>(last)) + tolerance) - std::chrono::milliseconds(1);
}

/// @auth/core's encode throws for these; iat and exp are set anew before it looks.
bool hasInfiniteNotBefore(const Claims &claims)
{
    const auto notBefore = claims.number("nbf");
    return notBefore && !std::isfinite(*notBefore);
}

bool isNullOrUndefined(const CallbackResult &result)
{
    const auto *value = std::get_if<JsonValue>(&result);
    return !value || value->isNull();
}

/// What JavaScript takes for false, among what a callback may return.
bool isFalsy(const CallbackResult &result)
{
    const auto *value = std::get_if<JsonValue>(&result);
    if (!value || value->isNull())
        return true;
    if (const bool *boolean = value->boolean())
        return !*boolean;
    if (const double *number = value->number())
        return *number == 0;
    return value->string() && value->string()->isEmpty();
}

} // namespace

void SessionAction::logJwtError(Run &run, const QString &message) const
{
    run.log(isV4() ? QByteArrayLiteral("JWT_SESSION_ERROR") : QByteArrayLiteral("JWTSessionError"), message);
}

void SessionAction::failJwt(Run &run, NullReason reason, const QString &evidence) const
{
    run.fail(reason, evidence);
    logJwtError(run, evidence);
    clear(run);
}

std::optional<JsonValue> SessionAction::decodeByCallback(Run &run) const
{
    CallbackResult result = callSafely(m_callbacks->decode, run.token);
    const auto *failure = std::get_if<CallbackFailure>(&result);
    const bool failed = failure || isFalsy(result);
    run.steps.end(QStringLiteral("decode"), failed ? StepOutcome::Fail : StepOutcome::Ok);
    if (!failed)
        return std::get<JsonValue>(std::move(result));
    failJwt(run, NullReason::CustomDecodeNull,
            failure ? QStringLiteral("jwt.decode threw: %1").arg(failure->message)
                    : QStringLiteral("jwt.decode returned nothing"));
    return std::nullopt;
}

bool SessionAction::decode(Run &run, jose::OpenedToken &opened) const
{
    const QString step = QStringLiteral("decode");
    run.steps.end(step, opened.ok ? StepOutcome::Ok : StepOutcome::Fail, [&opened] {
        return opened.ok ? QString() : QString(jose::kindName(opened.failure) + u": " + opened.detail);
    });
    if (opened.ok)
        return true;
    const bool maybeCookies =
        opened.failure == jose::DecodeFailure::Malformed || opened.failure == jose::DecodeFailure::DecryptionFailed;
    auto broken =
        maybeCookies ? whyBrokenCookies(*m_profile, m_cookieName, run.input.header, run.input.cookies) : std::nullopt;
    const Diagnosis diagnosis = broken ? std::move(*broken) : whyNotDecoded(*m_profile, m_keys, opened, run.token);
    failJwt(run, diagnosis.reason, diagnosis.evidence);
    return false;
}

void SessionAction::runJwt(Run &run) const
{
    const Instant expires = base::dateAfter(run.input.now, m_profile->lifetime());
    if (m_callbacks->decode) {
        const auto decoded = decodeByCallback(run);
        if (!decoded)
            return;
        note(run, Claims::fromValue(*decoded).value_or(Claims()));
        runCallbacks(run, *decoded, expires);
        return;
    }
    jose::OpenedToken opened = open(run.token, run.input.now);
    if (!decode(run, opened))
        return;
    const Claims &claims = opened.claims;
    note(run, claims);
    if (m_callbacks->jwt || m_callbacks->session || m_callbacks->encode || !base::isDate(expires)) {
        runCallbacks(run, claims.value(), expires);
        return;
    }
    run.outcome.body = SessionOutcome::Body::Json;
    run.outcome.json = sessionOfClaims(claims, expires);
    run.steps.end(QStringLiteral("session"), StepOutcome::Ok);
    sealAndSet(run, claims, expires);
}

void SessionAction::note(Run &run, const Claims &claims) const
{
    run.outcome.validUntil = lastInstant(claims, m_profile->clockTolerance);
    run.outcome.userId = userIdOf(claims);
}

bool SessionAction::jwtCallback(Run &run, const JsonValue &decoded, CallbackResult &token) const
{
    token = decoded;
    if (!m_callbacks->jwt)
        return true;
    token = callSafely(m_callbacks->jwt, JwtCallbackArguments{decoded, run.input.isUpdate, run.input.newSession});
    if (const auto *failure = std::get_if<CallbackFailure>(&token)) {
        failJwt(run, NullReason::JwtCbThrew, failure->message);
        return false;
    }
    if (isV4() || !isNullOrUndefined(token))
        return true;
    const bool isNull = std::holds_alternative<JsonValue>(token);
    if (isNull) {
        // v5 takes a null for a sign-out and logs nothing.
        run.fail(NullReason::JwtCbNull, QStringLiteral("the jwt callback returned null"));
        clear(run);
    } else {
        failJwt(run, NullReason::JwtCbNull, QStringLiteral("the jwt callback returned undefined"));
    }
    return false;
}

void SessionAction::runCallbacks(Run &run, const JsonValue &decoded, Instant expires) const
{
    CallbackResult token;
    if (!jwtCallback(run, decoded, token))
        return;
    if (!base::isDate(expires)) {
        // toISOString throws before the session callback is called.
        return failJwt(run, NullReason::SessionCbThrew,
                       QStringLiteral("Invalid time value: maxAge leads beyond all dates"));
    }
    const JsonValue undefinedToken;
    const auto *tokenValue = std::get_if<JsonValue>(&token);
    // v4 shows the decoded token's user, v5 that of the jwt callback's result.
    JsonValue session = sessionValueOfClaims(isV4() ? decoded : tokenValue ? *tokenValue : undefinedToken, expires);
    CallbackResult result = session;
    if (m_callbacks->session) {
        // Of an update the libraries tell this callback under the database strategy alone.
        result = callSafely(m_callbacks->session, SessionCallbackArguments{session, tokenValue});
    }
    if (const auto *failure = std::get_if<CallbackFailure>(&result)) {
        failJwt(run, NullReason::SessionCbThrew, failure->message);
        return;
    }
    if (run.input.form == SessionForm::Auth) {
        JsonValue whole{JsonValue::Object()};
        if (tokenValue)
            whole.set(QStringLiteral("user"), *tokenValue);
        spread(whole, isNullOrUndefined(result) ? session : std::get<JsonValue>(result));
        result = std::move(whole);
    }
    setBody(run, std::move(result));
    run.steps.end(QStringLiteral("session"), run.outcome.reason ? StepOutcome::Fail : StepOutcome::Ok);
    if (m_callbacks->encode)
        return encodeAndSet(run, tokenValue ? *tokenValue : JsonValue(), expires);
    // v4's encode takes {} for undefined.
    const auto renewed = tokenValue ? Claims::fromValue(*tokenValue) : Claims();
    if (!renewed) {
        // The body stands as it is: it was set before encode throws.
        logJwtError(run, QStringLiteral("JWT Claims Set MUST be an object"));
        clear(run);
        return;
    }
    sealAndSet(run, *renewed, expires);
}

void SessionAction::failRenewal(Run &run, const QString &why) const
{
    logJwtError(run, why);
    clear(run);
    run.steps.end(QStringLiteral("renew"), StepOutcome::Fail, [&why] { return QString(why + u": cookies cleared"); });
}

void SessionAction::sealAndSet(Run &run, const Claims &claims, Instant expires) const
{
    if (!isV4() && !m_signing && hasInfiniteNotBefore(claims))
        return failRenewal(run, QStringLiteral("the library cannot seal an infinite \"nbf\""));
    auto token = seal(claims, run.input.now);
    if (!token)
        return failRenewal(run, base::errorName(token.error().code));
    setToken(run, std::move(*token), expires);
    for (http::SetCookie &cookie : run.outcome.cookies)
        cookie.isPlain = true;
}

void SessionAction::encodeAndSet(Run &run, const JsonValue &claims, Instant expires) const
{
    const CallbackResult result = callSafely(m_callbacks->encode, claims);
    if (const auto *failure = std::get_if<CallbackFailure>(&result))
        return failRenewal(run, failure->message);
    if (isNullOrUndefined(result)) {
        // The library has let go of the request's cookies when it stumbles over this: it clears none.
        logJwtError(run, QStringLiteral("jwt.encode returned nothing"));
        run.steps.end(QStringLiteral("renew"), StepOutcome::Fail);
        return;
    }
    // What is no text has no length to the library, as an empty text: the old cookies are cleared, none is set.
    const QString *text = std::get<JsonValue>(result).string();
    QByteArray bytes = text ? base::utf8WithHalves(*text) : QByteArray();
    setToken(run, base::SecretBytes::fromAndWipe(bytes), expires);
}

void SessionAction::setToken(Run &run, base::SecretBytes token, Instant expires) const
{
    const qsizetype size = token.size();
    run.outcome.cookies = http::renewedCookies(run.input.cookies, m_cookieName, std::move(token), expires, m_attributes,
                                               m_profile->version);
    run.steps.end(QStringLiteral("renew"), StepOutcome::Ok,
                  [size] { return QStringLiteral("a new token of %1 bytes").arg(size); });
}

} // namespace rollcall::engine
