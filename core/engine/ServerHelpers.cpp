#include "core/engine/ServerHelpers.h"

#include <algorithm>

#include "core/base/WebUrl.h"
#include "core/engine/NullDiagnosis.h"
#include "core/http/CookieNames.h"
#include "core/jose/CanonicalJson.h"

namespace rollcall::engine {

namespace {

using jose::JsonValue;
using session::AuthVersion;
using session::NullReason;

/// `delete body.expires`.
QByteArray withoutExpires(const QByteArray &session)
{
    jose::ClaimIndex index;
    if (jose::indexCanonical(session, index)) {
        const auto found = std::ranges::find_if(index, [&session](const jose::ClaimMember &member) {
            return QByteArrayView(session).sliced(member.nameAt, member.nameSize) == "expires";
        });
        if (found == index.end())
            return session;
        // With one of the commas beside it.
        const bool isFirst = found == index.begin();
        const qsizetype from = qsizetype{found->nameAt} - (isFirst ? 1 : 2);
        const qsizetype end = qsizetype{found->end} + (isFirst && index.size() > 1 ? 1 : 0);
        return session.first(from) + session.sliced(end);
    }
    const auto value = jose::parseJson(QString::fromUtf8(session));
    const JsonValue::Object *members = value ? value->object() : nullptr;
    if (!members)
        return session;
    JsonValue::Object kept = *members;
    std::erase_if(kept, [](const JsonValue::Member &member) { return member.name == u"expires"; });
    return jose::printJson(JsonValue(std::move(kept)));
}

/// The token behind `Bearer`; nullopt where the header is of another scheme, or its percent-encoding is broken.
std::optional<base::SecretBytes> bearerToken(QByteArrayView authorization)
{
    const qsizetype space = authorization.indexOf(' ');
    if ((space < 0 ? authorization : authorization.first(space)) != "Bearer")
        return std::nullopt;
    // JavaScript's decodeURIComponent(undefined) is a text.
    if (space < 0)
        return base::SecretBytes("undefined");
    const QByteArrayView rest = authorization.sliced(space + 1);
    const qsizetype end = rest.indexOf(' ');
    return http::decodeUriComponent(end < 0 ? rest : rest.first(end));
}

http::CookieDialect dialectOf(ServerForm form)
{
    switch (form) {
    case ServerForm::Pages:
        return http::CookieDialect::NextApi;
    case ServerForm::App:
        return http::CookieDialect::NextEdge;
    case ServerForm::Web:
        return http::CookieDialect::Cookie07;
    }
    Q_UNREACHABLE();
}

TokenResult noToken(NullReason reason, const QString &evidence)
{
    TokenResult result;
    result.reason = reason;
    result.evidence = evidence;
    return result;
}

} // namespace

std::optional<QByteArray> takeServerSession(EndpointResponse &response, ServerForm form)
{
    if (response.status != 200 && !response.thrown) {
        response.thrown = QStringLiteral("There is a problem with the server configuration. Check the server logs for "
                                         "more information.");
        return std::nullopt;
    }
    if (response.thrown) {
        response.setCookies.clear();
        return std::nullopt;
    }
    if (response.outcome.reason)
        return std::nullopt;
    return form == ServerForm::App ? withoutExpires(response.body) : std::move(response.body);
}

HelperResult getServerSession(const SessionEndpoint &endpoint, QByteArrayView cookieHeader, ServerForm form,
                              const session::BaseUrl &baseUrl, const EndpointContext &context, const base::Call &call)
{
    SessionEndpoint::ActionRequest request;
    request.cookieHeader = cookieHeader;
    request.dialect = dialectOf(form);
    request.wantsHeaders = false;
    EndpointResponse response = endpoint.answerV4(request, baseUrl, context, call);
    HelperResult result;
    result.session = takeServerSession(response, form);
    result.thrown = std::move(response.thrown);
    result.setCookies = std::move(response.setCookies);
    result.outcome = std::move(response.outcome);
    return result;
}

HelperResult authHelper(const SessionEndpoint &endpoint, QByteArrayView cookieHeader, const QByteArray &actionUrl,
                        const EndpointContext &context, const base::Call &call)
{
    if (const auto url = base::parseAnyUrl(actionUrl); url && !(url->user.isEmpty() && url->password.isEmpty())) {
        HelperResult refused;
        refused.thrown = QStringLiteral("Request cannot be constructed from a URL that includes credentials");
        refused.outcome.reason = NullReason::UnusableUrl;
        refused.outcome.evidence = *refused.thrown;
        return refused;
    }
    EndpointRequest request;
    request.url = actionUrl;
    request.headers.emplace_back(QByteArrayLiteral("Cookie"), cookieHeader.toByteArray());
    EndpointResponse response = endpoint.handleV5(request, SessionForm::Auth, context, call);
    base::wipe(request.headers.front().second);
    HelperResult result;
    result.outcome = std::move(response.outcome);
    result.thrown = std::move(response.thrown);
    result.setCookies = std::move(response.setCookies);
    const bool isOk = response.status >= 200 && response.status < 300;
    if (isOk && !result.thrown && response.body != "null")
        result.session = std::move(response.body);
    return result;
}

TokenResult getToken(const SessionEndpoint &endpoint, const TokenRequest &request, base::Instant now)
{
    const session::AuthProfile &profile = endpoint.profile();
    const QByteArray name =
        request.cookieName.isEmpty()
            ? http::defaultCookieName(profile.version, http::CookiePurpose::Session, request.secureCookie)
            : request.cookieName;
    base::SecretBytes token =
        http::assembleChunks(http::sessionCookies(http::viewCookies(request.cookieHeader, request.dialect, {name, {}}),
                                                  name, profile.version),
                             profile.version);
    if (token.isEmpty()) {
        auto bearer = bearerToken(request.authorization);
        if (!bearer || bearer->isEmpty()) {
            const Diagnosis diagnosis = whyNoToken(profile, name, request.cookieHeader);
            return noToken(diagnosis.reason, diagnosis.evidence);
        }
        token = std::move(*bearer);
    }
    TokenResult result;
    if (request.raw) {
        result.raw = std::move(token);
        return result;
    }
    const bool isV4 = profile.version == AuthVersion::V4;
    const bool loneEmpty = profile.secrets.size() == 1 && profile.secrets.front().isEmpty();
    // v5 wants a secret whatever decodes; v4 leaves it to the decoder whether one is needed.
    if (isV4 ? profile.secrets.empty() && !profile.signedTokens : profile.secrets.empty() || loneEmpty)
        return noToken(NullReason::MissingSecret, QStringLiteral("no secret is known for this deployment"));
    // Keys stand ready for the deployment's own names; another name has keys of its own, in v5.
    for (const bool secure : {false, true}) {
        const SessionAction &action = endpoint.action(secure);
        if (!isV4 && !profile.signedTokens && action.cookieName() != name)
            continue;
        auto opened = action.open(token.view(), now);
        if (opened.ok) {
            result.claims = std::move(opened.claims);
            return result;
        }
        const auto [reason, evidence] = action.whyRefused(opened, token.view());
        return noToken(reason, evidence);
    }
    const jose::KeyRing keys(profile.version, profile.secrets, name);
    auto opened = jose::openToken(keys, token.view(), now, profile.clockTolerance);
    if (!opened.ok) {
        const Diagnosis diagnosis = whyNotDecoded(profile, keys, opened, token.view());
        return noToken(diagnosis.reason, diagnosis.evidence);
    }
    result.claims = std::move(opened.claims);
    return result;
}

} // namespace rollcall::engine
