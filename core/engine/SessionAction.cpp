#include "core/engine/SessionAction.h"

#include <openssl/rand.h>

#include "core/base/ErrorText.h"
#include "core/engine/SessionRun.h"
#include "core/http/CookieNames.h"
#include "core/jose/Jws.h"

namespace rollcall::engine {

namespace {

using session::AuthProfile;
using session::AuthVersion;
using session::NullReason;
using session::StepOutcome;

QByteArray nameOf(const AuthProfile &profile, bool secure)
{
    return profile.cookieName.isEmpty() ? http::defaultCookieName(profile.version, http::CookiePurpose::Session, secure)
                                        : profile.cookieName;
}

/// The keys of the profile's secrets. next-auth 4 without any takes a hash of its options, which nobody outside can
/// know: a random secret opens as little as that one would.
jose::KeyRing keysOf(const AuthProfile &profile, const QByteArray &cookieName)
{
    const bool isV4 = profile.version == AuthVersion::V4;
    const QByteArray salt = isV4 ? QByteArray() : cookieName;
    if (!isV4 || !profile.secrets.empty())
        return {profile.version, profile.secrets, salt};
    QByteArray random(32, Qt::Uninitialized);
    if (RAND_bytes(reinterpret_cast<unsigned char *>(random.data()), static_cast<int>(random.size())) != 1)
        return {profile.version, {}, salt};
    std::vector<base::SecretBytes> secrets;
    secrets.push_back(base::SecretBytes::fromAndWipe(random));
    return {profile.version, secrets, salt};
}

std::optional<base::Result<jose::JwsKeys>> signingOf(const AuthProfile &profile)
{
    if (!profile.signedTokens)
        return std::nullopt;
    return jose::JwsKeys::of(*profile.signedTokens, profile.secrets);
}

} // namespace

SessionAction::SessionAction(std::shared_ptr<const AuthProfile> profile, bool secure,
                             std::shared_ptr<const Callbacks> callbacks)
    : m_profile(std::move(profile)),
      m_callbacks(callbacks ? std::move(callbacks) : std::make_shared<const Callbacks>()),
      m_cookieName(nameOf(*m_profile, secure)),
      m_attributes(http::cookieAttributes(m_profile->version, secure, m_profile->cookieOptions)),
      m_keys(keysOf(*m_profile, m_cookieName)),
      m_signing(signingOf(*m_profile))
{}

http::Cookies SessionAction::cookiesOf(QByteArrayView header, http::CookieDialect dialect) const
{
    return http::sessionCookies(http::viewCookies(header, dialect, {m_cookieName, {}}), m_cookieName,
                                m_profile->version);
}

void SessionAction::run(const SessionInput &input, SessionOutcome &outcome, const base::Call &call) const
{
    // A cookie that is alone is the token.
    const bool isAlone = input.cookies.size() == 1;
    const base::SecretBytes joined =
        isAlone ? base::SecretBytes() : http::assembleChunks(input.cookies, m_profile->version);
    Run run{input, outcome, StepLog(input.trace == Trace::On ? &outcome.trace : nullptr),
            isAlone ? input.cookies.front().value.view() : joined.view()};
    const bool found = !run.token.isEmpty();
    run.steps.end(QStringLiteral("assemble"), found ? StepOutcome::Ok : StepOutcome::Fail, [&] {
        return QStringLiteral("%1: %2 bytes from %3 cookies")
            .arg(QString::fromUtf8(m_cookieName))
            .arg(run.token.size())
            .arg(input.cookies.size());
    });
    if (!found) {
        const Diagnosis diagnosis = whyNoToken(*m_profile, m_cookieName, input.header);
        run.fail(diagnosis.reason, diagnosis.evidence);
    } else if (m_profile->strategy == session::Strategy::Jwt) {
        runJwt(run);
    } else {
        runRow(run, call);
    }
}

jose::OpenedToken SessionAction::open(QByteArrayView token, base::Instant now) const
{
    if (!m_signing)
        return jose::openToken(m_keys, token, now, m_profile->clockTolerance);
    if (*m_signing)
        return jose::openSigned(**m_signing, token, now, m_profile->clockTolerance);
    jose::OpenedToken refused;
    refused.failure = jose::DecodeFailure::Other;
    refused.detail = base::describe(m_signing->error()).message;
    return refused;
}

base::Result<base::SecretBytes> SessionAction::seal(const jose::Claims &claims, base::Instant now) const
{
    const auto maxAge = isV4() ? m_profile->lifetime() : m_profile->jwtMaxAge.value_or(m_profile->lifetime());
    if (!m_signing)
        return jose::sealToken(m_keys, claims, maxAge, now);
    if (!*m_signing)
        return base::fail(m_signing->error());
    return jose::sealSigned(**m_signing, claims, maxAge, now);
}

std::pair<NullReason, QString> SessionAction::whyRefused(const jose::OpenedToken &opened, QByteArrayView token) const
{
    const Diagnosis diagnosis = whyNotDecoded(*m_profile, m_keys, opened, token);
    return {diagnosis.reason, diagnosis.evidence};
}

void SessionAction::clear(Run &run) const
{
    auto cleared = http::clearedCookies(run.input.cookies, m_attributes);
    run.outcome.cookies.insert(run.outcome.cookies.end(), std::make_move_iterator(cleared.begin()),
                               std::make_move_iterator(cleared.end()));
}

void SessionAction::setBody(Run &run, CallbackResult result) const
{
    SessionOutcome &outcome = run.outcome;
    const auto *value = std::get_if<jose::JsonValue>(&result);
    outcome.body = value ? SessionOutcome::Body::Json : SessionOutcome::Body::Undefined;
    if (value)
        outcome.json = jose::printJson(*value);
    if (!value || value->isNull()) {
        outcome.reason = NullReason::SessionCbNull;
        outcome.evidence = QStringLiteral("the session callback returned %1")
                               .arg(value ? QStringLiteral("null") : QStringLiteral("undefined"));
        return;
    }
    // v4's getServerSession counts the members of what is no text.
    const bool counts = (value->object() && !value->object()->empty()) || (value->array() && !value->array()->empty());
    if (isV4() && !counts) {
        outcome.reason = NullReason::SessionCbEmpty;
        outcome.evidence = QStringLiteral("the session callback returned nothing that has members");
    }
}

} // namespace rollcall::engine
