#include "core/engine/LocalResolver.h"

#include <cmath>

#include "core/engine/CookieEffects.h"
#include "core/engine/DefaultCallbacks.h"
#include "core/engine/NullDiagnosis.h"
#include "core/engine/StepTimer.h"
#include "core/http/CookieNames.h"

namespace rollcall::engine {

namespace {

using base::Instant;
using session::AuthVersion;
using session::NullReason;
using session::Resolution;
using session::RowEffect;
using session::StepOutcome;

/// The salt of the profile's tokens: nothing in v4, the cookie name in v5.
QByteArray saltOf(const session::AuthProfile &profile)
{
    return profile.version == AuthVersion::V4 ? QByteArray() : http::sessionCookieName(profile);
}

/// The last instant at which a token with these claims is accepted; nullopt where that is never over.
std::optional<Instant> lastInstant(const jose::Claims &claims)
{
    constexpr double furthest = 253'402'300'799.0; // the end of year 9999
    const auto exp = claims.number("exp");
    if (!exp || *exp > furthest)
        return std::nullopt;
    const std::chrono::seconds ends(static_cast<qint64>(std::ceil(*exp)));
    return Instant(ends + jose::defaultTolerance) - std::chrono::milliseconds(1);
}

/// @auth/core's encode throws for these; iat and exp are set anew before it looks.
bool hasInfiniteNotBefore(const jose::Claims &claims)
{
    const auto notBefore = claims.number("nbf");
    return notBefore && !std::isfinite(*notBefore);
}

/// The caller's own bounds are no fault of the database.
NullReason reasonOf(const base::Call &call, NullReason fault)
{
    return call.cancelled() || call.expired() ? NullReason::CancelledOrDeadline : fault;
}

} // namespace

struct LocalResolver::Request
{
    QByteArrayView header;
    Instant now;
    Resolution &result;
    StepTimer &timer;
    http::Cookies cookies;   // recognised as the session cookie or its parts
    base::SecretBytes token; // what they join to

    void fail(NullReason reason, const QString &evidence) const
    {
        result.session.reset();
        result.reason = reason;
        result.evidence = evidence;
    }
    void fail(const Diagnosis &diagnosis) const { fail(diagnosis.reason, diagnosis.evidence); }
};

LocalResolver::LocalResolver(std::shared_ptr<const session::AuthProfile> profile, store::SessionStore *store,
                             Effects effects, const base::Clock &clock)
    : m_profile(std::move(profile)),
      m_store(store),
      m_effects(effects),
      m_clock(clock),
      m_cookieName(http::sessionCookieName(*m_profile)),
      m_attributes(http::sessionCookieAttributes(*m_profile)),
      m_keys(m_profile->version, m_profile->secrets, saltOf(*m_profile))
{}

bool LocalResolver::lacksSecret() const
{
    // A lone empty secret counts as none (N52); the database strategy needs none to find its rows.
    const auto &secrets = m_profile->secrets;
    return m_profile->strategy == session::Strategy::Jwt &&
           (secrets.empty() || (secrets.size() == 1 && secrets.front().isEmpty()));
}

Resolution LocalResolver::resolve(QByteArrayView cookieHeader, const base::Call &call)
{
    Resolution result;
    {
        StepTimer timer(result);
        Request request{cookieHeader, m_clock.now(), result, timer, {}, {}};
        run(request, call);
    }
    return result;
}

void LocalResolver::run(Request &request, const base::Call &call) const
{
    if (const auto bounds = call.check(QStringLiteral("resolve")); !bounds)
        return request.fail(NullReason::CancelledOrDeadline, base::errorName(bounds.error().code));
    if (m_profile->version == AuthVersion::BetterAuth) {
        return request.fail(NullReason::UnconfiguredRuntime,
                            QStringLiteral("Better Auth sessions are not resolved in process"));
    }
    if (lacksSecret())
        return request.fail(NullReason::MissingSecret, QStringLiteral("no secret is known for this deployment"));
    http::Cookies parsed = http::parseCookies(request.header, http::dialectOf(*m_profile));
    request.timer.end(QStringLiteral("cookies"), StepOutcome::Ok, QStringLiteral("%1 cookies").arg(parsed.size()));
    request.cookies = http::sessionCookies(std::move(parsed), m_cookieName, m_profile->version);
    request.token = http::assembleChunks(request.cookies, m_profile->version);
    const bool found = !request.token.isEmpty();
    request.timer.end(QStringLiteral("assemble"), found ? StepOutcome::Ok : StepOutcome::Fail,
                      QStringLiteral("%1: %2 bytes from %3 cookies")
                          .arg(QString::fromUtf8(m_cookieName))
                          .arg(request.token.size())
                          .arg(request.cookies.size()));
    if (!found)
        request.fail(whyNoToken(*m_profile, request.header));
    else if (m_profile->strategy == session::Strategy::Jwt)
        resolveJwt(request);
    else
        resolveRow(request, call);
}

void LocalResolver::resolveJwt(Request &request) const
{
    auto opened = jose::openToken(m_keys, request.token.view(), request.now);
    request.timer.end(QStringLiteral("decode"), opened.ok ? StepOutcome::Ok : StepOutcome::Fail,
                      opened.ok ? QString() : QString(jose::kindName(opened.failure) + u": " + opened.detail));
    if (!opened.ok) {
        const bool maybeCookies =
            opened.failure == jose::DecodeFailure::Malformed || opened.failure == jose::DecodeFailure::DecryptionFailed;
        const auto broken = maybeCookies ? whyBrokenCookies(*m_profile, request.header, request.cookies) : std::nullopt;
        request.fail(broken ? *broken : whyNotDecoded(*m_profile, m_keys, opened, request.token.view()));
        request.result.setCookies = effectsOf(http::clearedCookies(request.cookies, m_attributes));
        return;
    }
    const Instant expires = request.now + m_profile->maxAge;
    request.result.session = sessionOfClaims(opened.claims, expires);
    request.result.validUntil = lastInstant(opened.claims);
    request.result.userId = opened.claims.string("sub").value_or(QString());
    request.timer.end(QStringLiteral("session"), StepOutcome::Ok);
    reissue(request, opened.claims, expires);
}

void LocalResolver::reissue(Request &request, const jose::Claims &claims, Instant expires) const
{
    const QString step = QStringLiteral("renew");
    if (m_profile->version != AuthVersion::V4 && hasInfiniteNotBefore(claims)) {
        request.result.setCookies = effectsOf(http::clearedCookies(request.cookies, m_attributes));
        request.timer.end(step, StepOutcome::Fail,
                          QStringLiteral("the library cannot seal an infinite \"nbf\": cookies cleared"));
        return;
    }
    const auto token = jose::sealToken(m_keys, claims, m_profile->maxAge, request.now);
    if (!token) {
        request.timer.end(step, StepOutcome::Error, base::errorName(token.error().code));
        return;
    }
    request.result.setCookies = effectsOf(
        http::renewedCookies(request.cookies, m_cookieName, *token, expires, m_attributes, m_profile->version));
    request.timer.end(step, StepOutcome::Ok, QStringLiteral("a new token of %1 bytes").arg(token->size()));
}

void LocalResolver::resolveRow(Request &request, const base::Call &call) const
{
    const QString step = QStringLiteral("lookup");
    if (!m_store) {
        request.timer.end(step, StepOutcome::Skipped, QStringLiteral("no database is connected"));
        request.fail(NullReason::AdapterMissing, QStringLiteral("sessions live in a database, but none is connected"));
        return;
    }
    const auto row = m_store->lookup(request.token.view(), call);
    if (!row) {
        const QString code = base::errorName(row.error().code);
        request.timer.end(step, StepOutcome::Error, code);
        request.fail(reasonOf(call, NullReason::AdapterError), code);
        return;
    }
    request.timer.end(step, *row ? StepOutcome::Ok : StepOutcome::Fail,
                      *row ? QStringLiteral("row found") : QStringLiteral("no row"));
    const auto clear = [&] {
        request.result.setCookies = effectsOf(http::clearedCookies(request.cookies, m_attributes));
    };
    if (!*row) {
        request.fail(whyNoRow(request));
        clear();
        return;
    }
    request.timer.end(QStringLiteral("user"), (*row)->hasUser ? StepOutcome::Ok : StepOutcome::Fail);
    if (!(*row)->hasUser) {
        request.fail(NullReason::UserMissing, QStringLiteral("the row is there, its user is gone"));
        clear();
        return;
    }
    if (!(*row)->expires) {
        request.timer.end(QStringLiteral("expiry"), StepOutcome::Error, QStringLiteral("unreadable"));
        request.fail(NullReason::BadRow, QStringLiteral("the row's expiry cannot be read"));
        return;
    }
    if (*(*row)->expires >= request.now) {
        request.timer.end(QStringLiteral("expiry"), StepOutcome::Ok, base::toIso(*(*row)->expires));
        resolveLiveRow(request, **row, call);
        return;
    }
    request.timer.end(QStringLiteral("expiry"), StepOutcome::Fail, base::toIso(*(*row)->expires));
    request.result.rowEffect = RowEffect::DeleteExpired;
    if (m_effects == Effects::Apply) {
        const auto deleted = m_store->deleteExpired(request.token.view(), request.now, call);
        if (!deleted) {
            request.result.rowEffect = RowEffect::None;
            request.fail(reasonOf(call, NullReason::AdapterWriteError), base::errorName(deleted.error().code));
            return;
        }
    }
    request.fail(NullReason::RowExpired, QStringLiteral("the row expired at %1").arg(base::toIso(*(*row)->expires)));
    clear();
}

void LocalResolver::resolveLiveRow(Request &request, const store::SessionRow &row, const base::Call &call) const
{
    const Instant expires = request.now + m_profile->maxAge;
    const bool due = *row.expires - m_profile->maxAge + m_profile->updateAge <= request.now;
    const QString step = QStringLiteral("renew");
    if (due && m_effects == Effects::Apply) {
        if (const auto extended = m_store->extend(request.token.view(), expires, call); !extended) {
            const QString code = base::errorName(extended.error().code);
            request.timer.end(step, StepOutcome::Error, code);
            request.fail(reasonOf(call, NullReason::AdapterWriteError), code);
            return;
        }
    }
    if (due)
        request.result.rowEffect = RowEffect::Extend;
    request.timer.end(step, due ? StepOutcome::Ok : StepOutcome::Skipped,
                      due ? QStringLiteral("due: to %1").arg(base::toIso(expires)) : QStringLiteral("not due"));
    // The answer shows the row as it was read, also after it was extended.
    request.result.session = sessionOfRow(row, *row.expires);
    request.result.validUntil = due && m_effects == Effects::Apply ? expires : *row.expires;
    request.result.userId = row.userId.value_or(QString());
    http::SetCookie cookie{m_cookieName, request.token.clone(), m_attributes, m_attributes.maxAge, expires};
    request.result.setCookies.push_back(effectOf(cookie));
    request.timer.end(QStringLiteral("session"), StepOutcome::Ok);
}

Diagnosis LocalResolver::whyNoRow(const Request &request) const
{
    if (const auto broken = whyBrokenCookies(*m_profile, request.header, request.cookies))
        return *broken;
    if (looksLikeJwe(request.token.view()))
        return {NullReason::JwtAtDatabase, QStringLiteral("an encrypted JWT; no row has it for a token")};
    return {NullReason::RowMissing, QStringLiteral("no row has this token")};
}

std::unique_ptr<Resolver> makeLocalResolver(std::shared_ptr<const session::AuthProfile> profile,
                                            store::SessionStore *store, Effects effects, const base::Clock &clock)
{
    return std::make_unique<LocalResolver>(std::move(profile), store, effects, clock);
}

} // namespace rollcall::engine
