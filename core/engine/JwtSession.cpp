#include <cmath>

#include "core/engine/DefaultCallbacks.h"
#include "core/engine/SessionRun.h"

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
    return Instant(std::chrono::seconds(static_cast<qint64>(std::ceil(*exp))) + tolerance) -
           std::chrono::milliseconds(1);
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

bool SessionAction::decode(Run &run, Claims &claims) const
{
    const QString step = QStringLiteral("decode");
    if (m_callbacks->decode) {
        const CallbackResult result = callSafely(m_callbacks->decode, run.token);
        const auto *failure = std::get_if<CallbackFailure>(&result);
        run.steps.end(step, failure || isFalsy(result) ? StepOutcome::Fail : StepOutcome::Ok);
        if (failure || isFalsy(result)) {
            failJwt(run, NullReason::CustomDecodeNull,
                    failure ? QStringLiteral("jwt.decode threw: %1").arg(failure->message)
                            : QStringLiteral("jwt.decode returned nothing"));
            return false;
        }
        claims = Claims::fromValue(std::get<JsonValue>(result)).value_or(Claims());
        return true;
    }
    auto opened = open(run.token, run.input.now);
    run.steps.end(step, opened.ok ? StepOutcome::Ok : StepOutcome::Fail, [&opened] {
        return opened.ok ? QString() : QString(jose::kindName(opened.failure) + u": " + opened.detail);
    });
    if (opened.ok) {
        claims = std::move(opened.claims);
        return true;
    }
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
    Claims claims;
    if (!decode(run, claims))
        return;
    const Instant expires = run.input.now + m_profile->maxAge;
    run.outcome.validUntil = lastInstant(claims, m_profile->clockTolerance);
    run.outcome.userId = claims.string("sub").value_or(QString());
    if (m_callbacks->jwt || m_callbacks->session) {
        runCallbacks(run, claims, expires);
        return;
    }
    run.outcome.body = SessionOutcome::Body::Json;
    run.outcome.json = sessionOfClaims(claims, expires);
    run.steps.end(QStringLiteral("session"), StepOutcome::Ok);
    sealAndSet(run, claims, expires);
}

bool SessionAction::jwtCallback(Run &run, const Claims &claims, CallbackResult &token) const
{
    token = claims.value();
    if (!m_callbacks->jwt)
        return true;
    const JsonValue decoded = std::get<JsonValue>(token);
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

void SessionAction::runCallbacks(Run &run, const Claims &claims, Instant expires) const
{
    CallbackResult token;
    if (!jwtCallback(run, claims, token))
        return;
    const JsonValue undefinedToken;
    const auto *tokenValue = std::get_if<JsonValue>(&token);
    // v4 shows the decoded token's user, v5 that of the jwt callback's result.
    JsonValue session = sessionValueOfClaims(isV4()       ? claims.value()
                                             : tokenValue ? *tokenValue
                                                          : undefinedToken,
                                             expires);
    CallbackResult result = session;
    if (m_callbacks->session) {
        result = callSafely(m_callbacks->session,
                            SessionCallbackArguments{session, tokenValue, nullptr, run.input.isUpdate, nullptr});
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

void SessionAction::sealAndSet(Run &run, const Claims &claims, Instant expires) const
{
    const QString step = QStringLiteral("renew");
    const auto refuse = [&](const QString &why) {
        logJwtError(run, why);
        clear(run);
        run.steps.end(step, StepOutcome::Fail, [&why] { return QString(why + u": cookies cleared"); });
    };
    if (!isV4() && !m_signing && hasInfiniteNotBefore(claims))
        return refuse(QStringLiteral("the library cannot seal an infinite \"nbf\""));
    base::SecretBytes sealed;
    if (m_callbacks->encode) {
        const CallbackResult result = callSafely(m_callbacks->encode, claims.value());
        const auto *text = std::get_if<JsonValue>(&result);
        if (!text || !text->string())
            return refuse(QStringLiteral("jwt.encode gave no token"));
        QByteArray bytes = text->string()->toUtf8();
        sealed = base::SecretBytes::fromAndWipe(bytes);
    } else {
        auto token = seal(claims, run.input.now);
        if (!token)
            return refuse(base::errorName(token.error().code));
        sealed = std::move(*token);
    }
    const qsizetype size = sealed.size();
    run.outcome.cookies = http::renewedCookies(run.input.cookies, m_cookieName, std::move(sealed), expires,
                                               m_attributes, m_profile->version);
    run.steps.end(step, StepOutcome::Ok, [size] { return QStringLiteral("a new token of %1 bytes").arg(size); });
}

} // namespace rollcall::engine
