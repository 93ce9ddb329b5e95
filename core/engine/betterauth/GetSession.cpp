#include "core/engine/betterauth/GetSession.h"

#include "core/base/ErrorText.h"
#include "core/engine/StepTimer.h"
#include "core/engine/UserId.h"
#include "core/engine/betterauth/CacheWriter.h"
#include "core/engine/betterauth/CookieCache.h"
#include "core/engine/betterauth/CookieDiagnosis.h"
#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/JsonAccess.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/jose/Utf8.h"

namespace rollcall::engine::betterauth {

namespace {

using base::Call;
using base::Instant;
using jose::JsonValue;
using session::NullReason;
using session::RowEffect;
using session::StepOutcome;

/// The session that an opened cache shows.
FoundSession cachedSession(const Config &config, const CacheContent &content)
{
    const JsonValue *session = content.payload.find(u"session");
    const JsonValue *user = content.payload.find(u"user");
    const JsonValue none{JsonValue::Object()};
    return {{withoutHidden(session ? *session : none, config.sessionFields),
             toDate(session ? session->find(u"expiresAt") : nullptr)},
            withoutHidden(user ? *user : none, config.userFields)};
}

/// When it ends; nullopt where that is unknown or never.
std::optional<Instant> endOf(const OutputSession &session)
{
    constexpr double furthest = 253'402'300'799'999.0;           // the end of year 9999
    if (!session.expiresAt || !(*session.expiresAt <= furthest)) // NaN is no date
        return std::nullopt;
    return Instant(std::chrono::milliseconds(static_cast<qint64>(*session.expiresAt)));
}

/// One request on its way through the steps.
class Steps
{
public:
    Steps(const Config &config, SessionAdapter &adapter, const GetSessionRequest &request, Instant now,
          SessionAnswer &answer)
        : m_config(config),
          m_adapter(adapter),
          m_request(request),
          m_now(now),
          m_cookies(request.cookieHeader),
          m_answer(answer),
          m_timer(answer.resolution)
    {}

    void run(const Call &call);

private:
    [[nodiscard]] bool tryCache(QByteArrayView sealed);
    [[nodiscard]] QString whyNotCached(const CacheContent &content) const;
    void answerFromCache(const CacheContent &content);
    void lookUp(const Call &call);
    void refuse(const Lookup &lookup, const Call &call);
    void answerLive(FoundSession found, const Call &call);
    void renew(FoundSession found, const Call &call);

    void show(FoundSession found);
    [[nodiscard]] bool fillCache(const FoundSession &found);
    void fail(NullReason reason, const QString &evidence);
    void failStore(const base::Error &error, const Call &call);
    void failRequest(NullReason reason, const QString &evidence);

    const Config &m_config;
    SessionAdapter &m_adapter;
    const GetSessionRequest &m_request;
    Instant m_now;
    RequestCookies m_cookies;
    SessionAnswer &m_answer;
    StepTimer m_timer;
    QString m_token;
    bool m_dontRemember = false;
};

void Steps::fail(NullReason reason, const QString &evidence)
{
    m_answer.resolution.reason = reason;
    m_answer.resolution.evidence = evidence;
}

void Steps::failRequest(NullReason reason, const QString &evidence)
{
    m_answer.status = 500;
    m_answer.body = errorBody(QStringLiteral("Failed to get session"), QStringLiteral("FAILED_TO_GET_SESSION"));
    fail(reason, evidence);
}

void Steps::failStore(const base::Error &error, const Call &call)
{
    const bool ownBounds = call.cancelled() || call.expired();
    failRequest(ownBounds ? NullReason::CancelledOrDeadline : NullReason::BaStoreError, base::describe(error).message);
}

void Steps::run(const Call &call)
{
    if (m_request.post && !m_config.deferSessionRefresh) {
        m_answer.status = 405;
        m_answer.body =
            errorBody(QStringLiteral("POST method requires deferSessionRefresh to be enabled in session config"),
                      QStringLiteral("METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED"));
        return fail(NullReason::MethodRefused, QStringLiteral("POST without deferSessionRefresh"));
    }
    if (const auto bounds = call.check(QStringLiteral("resolve")); !bounds)
        return fail(NullReason::CancelledOrDeadline, base::errorName(bounds.error().code));
    if (m_config.secrets.empty() || m_config.secrets.front().isEmpty())
        return failRequest(NullReason::MissingSecret, QStringLiteral("no secret is known for this deployment"));
    const QByteArrayView secret = m_config.secrets.front().view();
    const SignedCookie token = readSignedCookie(secret, m_cookies.value(m_config.sessionToken.name));
    const bool isSigned = token.state == SignedCookieState::Valid;
    m_timer.end(QStringLiteral("cookies"), isSigned ? StepOutcome::Ok : StepOutcome::Fail,
                QString::fromUtf8(m_config.sessionToken.name));
    const auto sealed = m_cookies.joined(m_config.sessionData.name);
    const bool isCached = sealed && !sealed->isEmpty();
    if (isCached && !m_config.cacheEnabled)
        m_answer.cookies.clean(m_config.sessionData, m_cookies);
    if (!isSigned) {
        const Diagnosis why = whyNoSignedToken(m_config, m_request.cookieHeader, token.state, isCached);
        return fail(why.reason, why.evidence);
    }
    m_token = jose::utf8Whole(token.value.view());
    m_dontRemember =
        readSignedCookie(secret, m_cookies.value(m_config.dontRemember.name)).state == SignedCookieState::Valid;
    if (isCached && m_config.cacheEnabled && !m_request.disableCookieCache && tryCache(sealed->view()))
        return;
    lookUp(call);
}

/// True where the cookie cache decided over the answer.
bool Steps::tryCache(QByteArrayView sealed)
{
    const QString step = QStringLiteral("cache");
    const auto content = decodeCookieCache(m_config, sealed, m_now);
    if (!content && content.error() == CacheFailure::Throws) {
        m_timer.end(step, StepOutcome::Error, QStringLiteral("not base64: the library's decoder throws"));
        failRequest(NullReason::BaCacheRefused,
                    QStringLiteral("the cookie cache is not base64: every request with it fails"));
        return true;
    }
    const QString refusal = content ? whyNotCached(*content) : QStringLiteral("cannot be opened");
    // Beside the answer, whatever it will be: a refused cache alone never makes it null (N92).
    m_timer.end(step, refusal.isEmpty() ? StepOutcome::Hit : StepOutcome::Miss,
                refusal.isEmpty() ? QString() : QString(nullReasonName(NullReason::BaCacheRefused) + u": " + refusal));
    if (refusal.isEmpty())
        answerFromCache(*content);
    else
        m_answer.cookies.expire(m_config.sessionData);
    return refusal.isEmpty();
}

/// Why an opened cache is not used; empty where it is.
QString Steps::whyNotCached(const CacheContent &content) const
{
    const JsonValue *session = content.payload.find(u"session");
    if (!session || textOf(session->find(u"token")) != m_token)
        return QStringLiteral("of another session token");
    if (versionOf(content.payload) != m_config.cacheVersion)
        return QStringLiteral("of another version");
    if (content.expiresAt < milliseconds(m_now) || toDate(session->find(u"expiresAt")) < milliseconds(m_now))
        return QStringLiteral("expired");
    return {};
}

void Steps::answerFromCache(const CacheContent &content)
{
    m_answer.resolution.isShareable = false;
    FoundSession found = cachedSession(m_config, content);
    const bool isDue = m_config.refreshCacheAge && content.expiresAt - milliseconds(m_now) <
                                                       static_cast<double>(m_config.refreshCacheAge->count()) * 1000;
    if (isDue) {
        const auto maxAge = m_dontRemember ? std::nullopt : std::optional(m_config.expiresIn);
        if (!writeCache(m_config, m_cookies, found, m_config.sessionData.attributes.maxAge, m_now, m_answer.cookies) ||
            !m_answer.cookies.set(m_config.sessionToken, signCookie(m_config.secrets.front().view(), m_token.toUtf8()),
                                  maxAge))
            return failRequest(NullReason::BaStoreError, QStringLiteral("a cookie cannot be written"));
        m_timer.end(QStringLiteral("renew"), StepOutcome::Ok, QStringLiteral("the cookie cache is sealed anew"));
    }
    show(std::move(found));
}

void Steps::lookUp(const Call &call)
{
    const QString step = QStringLiteral("lookup");
    auto lookup = m_adapter.find(m_token, call);
    if (!lookup) {
        m_timer.end(step, StepOutcome::Error, base::errorName(lookup.error().code));
        return failStore(lookup.error(), call);
    }
    m_timer.end(step, lookup->found || lookup->missing == Missing::User ? StepOutcome::Ok : StepOutcome::Fail,
                m_config.secondaryStorage ? QStringLiteral("secondary storage first") : QString());
    if (!lookup->found)
        return refuse(*lookup, call);
    m_timer.end(QStringLiteral("user"), StepOutcome::Ok);
    const auto expiresAt = lookup->found->session.expiresAt;
    if (expiresAt && *expiresAt < milliseconds(m_now))
        return refuse(*lookup, call);
    m_timer.end(QStringLiteral("expiry"), StepOutcome::Ok);
    answerLive(std::move(*lookup->found), call);
}

/// Nothing found, or something that is over.
void Steps::refuse(const Lookup &lookup, const Call &call)
{
    deleteSessionCookies(m_config, m_cookies, m_answer.cookies);
    if (!lookup.found) {
        switch (lookup.missing) {
        case Missing::Row:
            return fail(NullReason::RowMissing, QStringLiteral("no row has this token"));
        case Missing::User:
            m_timer.end(QStringLiteral("user"), StepOutcome::Fail);
            return fail(NullReason::UserMissing, QStringLiteral("the row is there, its user is gone"));
        case Missing::Storage:
            return fail(NullReason::BaStorageMiss, QStringLiteral("secondary storage has no such session"));
        }
    }
    const JsonValue expiresAt = dateJson(*lookup.found->session.expiresAt);
    const QString ends = textOf(&expiresAt);
    m_timer.end(QStringLiteral("expiry"), StepOutcome::Fail, ends);
    if (!m_config.deferSessionRefresh || m_request.post) {
        m_answer.resolution.rowEffect = RowEffect::DeleteExpired;
        if (const auto removed = m_adapter.remove(lookup.found->session.text(u"token"), call); !removed) {
            m_answer.resolution.rowEffect = RowEffect::None;
            return failStore(removed.error(), call);
        }
    }
    fail(NullReason::RowExpired, QStringLiteral("the row expired at %1").arg(ends));
}

void Steps::answerLive(FoundSession found, const Call &call)
{
    const QString step = QStringLiteral("renew");
    if (m_dontRemember || m_request.disableRefresh) {
        m_timer.end(step, StepOutcome::Skipped, QStringLiteral("never for this request"));
        return show(std::move(found));
    }
    if (!found.session.expiresAt)
        return failRequest(NullReason::BaStoreError, QStringLiteral("the session has no expiresAt"));
    const auto seconds = [](std::chrono::seconds duration) { return static_cast<double>(duration.count()) * 1000; };
    const bool due =
        *found.session.expiresAt - seconds(m_config.expiresIn) + seconds(m_config.updateAge) <= milliseconds(m_now);
    const bool needsRefresh = due && !m_config.disableSessionRefresh;
    const bool isDeferred = m_config.deferSessionRefresh && !m_request.post;
    if (needsRefresh && !isDeferred)
        return renew(std::move(found), call);
    m_timer.end(step, StepOutcome::Skipped,
                needsRefresh ? QStringLiteral("due, left to a POST") : QStringLiteral("not due"));
    if (!fillCache(found))
        return failRequest(NullReason::BaStoreError, QStringLiteral("a cookie cannot be written"));
    show(std::move(found));
    if (isDeferred)
        m_answer.body.set(QStringLiteral("needsRefresh"), JsonValue(needsRefresh));
}

void Steps::renew(FoundSession found, const Call &call)
{
    const QString step = QStringLiteral("renew");
    m_answer.validUnrenewed = endOf(found.session);
    auto renewed = m_adapter.renew(found.session.text(u"token"), call);
    if (!renewed) {
        m_timer.end(step, StepOutcome::Error, base::errorName(renewed.error().code));
        return failStore(renewed.error(), call);
    }
    if (!*renewed) {
        m_timer.end(step, StepOutcome::Fail, QStringLiteral("gone"));
        deleteSessionCookies(m_config, m_cookies, m_answer.cookies);
        failRequest(NullReason::BaGoneWhileRenewing, QStringLiteral("the session was removed while it was renewed"));
        m_answer.status = 401;
        return;
    }
    m_answer.resolution.rowEffect = RowEffect::Extend;
    found.session = std::move(**renewed);
    m_timer.end(step, StepOutcome::Ok, QStringLiteral("due"));
    if (!m_answer.cookies.set(m_config.sessionToken,
                              signCookie(m_config.secrets.front().view(), found.session.text(u"token").toUtf8()),
                              m_config.expiresIn) ||
        !fillCache(found))
        return failRequest(NullReason::BaStoreError, QStringLiteral("a cookie cannot be written"));
    show(std::move(found));
}

bool Steps::fillCache(const FoundSession &found)
{
    return !m_config.cacheEnabled ||
           writeCache(m_config, m_cookies, found, m_config.sessionData.attributes.maxAge, m_now, m_answer.cookies);
}

void Steps::show(FoundSession found)
{
    m_answer.body = JsonValue(JsonValue::Object());
    m_answer.body.set(QStringLiteral("session"), found.session.session);
    m_answer.body.set(QStringLiteral("user"), found.user);
    m_answer.resolution.userId = userIdOf(found.user.find(u"id"));
    m_answer.resolution.validUntil = endOf(found.session);
    m_timer.end(QStringLiteral("session"), StepOutcome::Ok);
    m_answer.found = std::move(found);
}

} // namespace

SessionAnswer getSession(const Config &config, SessionAdapter &adapter, const GetSessionRequest &request, Instant now,
                         const Call &call)
{
    SessionAnswer answer;
    {
        Steps steps(config, adapter, request, now, answer);
        steps.run(call);
    }
    return answer;
}

void deleteSessionCookies(const Config &config, const RequestCookies &request, ResponseCookies &cookies)
{
    cookies.expire(config.sessionToken);
    cookies.expire(config.sessionData);
    if (config.storeAccountCookie) {
        cookies.expire(config.accountData);
        cookies.clean(config.accountData, request);
    }
    if (config.stateInCookie)
        cookies.expire(config.oauthState);
    cookies.clean(config.sessionData, request);
    cookies.expire(config.dontRemember);
}

JsonValue errorBody(const QString &message, const QString &code)
{
    JsonValue body{JsonValue::Object()};
    body.set(QStringLiteral("message"), JsonValue(message));
    body.set(QStringLiteral("code"), JsonValue(code));
    return body;
}

} // namespace rollcall::engine::betterauth
