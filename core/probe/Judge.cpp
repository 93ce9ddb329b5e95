#include "core/probe/Judge.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace rollcall::probe {

using base::ErrorCode;

namespace {

/// Ways in which an exchange ends without an answer. What cannot come of one counts as a reset.
Outcome outcomeOf(ErrorCode code)
{
    static const QHash<ErrorCode, Outcome> outcomes{
        {ErrorCode::HostNotFound, Outcome::Dns},        {ErrorCode::ConnectRefused, Outcome::ConnectRefused},
        {ErrorCode::TlsFailed, Outcome::Tls},           {ErrorCode::ConnectTimeout, Outcome::ConnectTimeout},
        {ErrorCode::TlsUnavailable, Outcome::Tls},      {ErrorCode::HttpTooLarge, Outcome::Oversize},
        {ErrorCode::HttpMalformed, Outcome::BadBody},   {ErrorCode::Timeout, Outcome::Timeout},
        {ErrorCode::Cancelled, Outcome::AbortedByUser},
    };
    return outcomes.value(code, Outcome::Reset);
}

Outcome judgeSessionAnswer(bool cookieSent, const QByteArray &body)
{
    const QByteArray text = body.trimmed();
    const bool isNull = text == "null"; // v5 without a session; v4 says {}
    const QJsonDocument json = QJsonDocument::fromJson(text);
    if (!isNull && !json.isObject())
        return Outcome::BadBody;
    const bool session = !isNull && !json.object().isEmpty();
    if (session == cookieSent)
        return Outcome::Ok;
    return cookieSent ? Outcome::Unauthenticated : Outcome::UnexpectedAuth;
}

} // namespace

Outcome judge(ProbeMode mode, bool cookieSent, const http::Exchange &exchange)
{
    if (exchange.error)
        return outcomeOf(exchange.error->code);
    const http::HttpMessage &answer = exchange.message;
    if (answer.status == 429 || (answer.status == 503 && !http::headerValue(answer.headers, "Retry-After").isEmpty()))
        return Outcome::RateLimited;
    if (answer.status >= 500)
        return Outcome::Http5xx;
    if (mode == ProbeMode::Floor && (answer.status == 404 || answer.status < 300))
        return Outcome::Ok; // nobody promises the path; that no application code answers is the point
    if (answer.status >= 400) {
        const bool denied = answer.status == 401 || answer.status == 403;
        return denied && cookieSent ? Outcome::Unauthenticated : Outcome::Http4xx;
    }
    if (answer.status >= 300)
        return Outcome::Redirect;
    return mode == ProbeMode::Proxy ? judgeSessionAnswer(cookieSent, answer.body) : Outcome::Ok;
}

Outcome judgeStranger(ProbeMode mode, const http::Exchange &exchange)
{
    const Outcome outcome = judge(mode, false, exchange);
    const bool denied = !exchange.error && (exchange.message.status == 401 || exchange.message.status == 403);
    return denied || outcome == Outcome::Redirect ? Outcome::Ok : outcome;
}

Outcome judge(bool cookieSent, const session::Resolution &resolution)
{
    if (resolution.hasSession())
        return cookieSent ? Outcome::Ok : Outcome::UnexpectedAuth;
    if (resolution.reason == session::NullReason::CancelledOrDeadline)
        return Outcome::Timeout;
    return cookieSent ? Outcome::Unauthenticated : Outcome::Ok;
}

} // namespace rollcall::probe
