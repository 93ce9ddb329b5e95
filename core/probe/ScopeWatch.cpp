#include "core/probe/ScopeWatch.h"

#include <algorithm>

#include "core/http/HttpTransport.h"

namespace rollcall::probe {

namespace {

/// What cannot stand within an address, so that one begins behind it.
constexpr QByteArrayView borders(" \t\r\n\"'<>()[]{}|^`,");

} // namespace

ScopeWatch::ScopeWatch(QUrl origin, std::shared_ptr<const base::SecretBytes> token)
    : m_origin(std::move(origin)), m_token(std::move(token))
{}

std::optional<QString> ScopeWatch::breachOf(const http::Exchange &exchange) const
{
    if (exchange.otherCertificate)
        return QStringLiteral("the deployment showed another certificate than at the run's begin");
    if (exchange.error)
        return std::nullopt;
    if (leavesHost(exchange))
        return QStringLiteral("an answer redirected to another host");
    if (!m_token || m_token->isEmpty())
        return std::nullopt;
    const auto &headers = exchange.message.headers;
    const bool handed =
        handsOver(exchange.message.body) ||
        std::any_of(headers.begin(), headers.end(), [this](const auto &h) { return handsOver(h.second); });
    return handed ? std::optional(QStringLiteral("an answer hands the session's token to another origin"))
                  : std::nullopt;
}

bool ScopeWatch::holdsToken(QByteArrayView text) const
{
    return m_token && !m_token->isEmpty() && text.contains(m_token->view());
}

bool ScopeWatch::leavesHost(const http::Exchange &exchange) const
{
    if (exchange.message.status < 300 || exchange.message.status >= 400)
        return false;
    const QByteArray location = http::headerValue(exchange.message.headers, "Location");
    const QUrl target = m_origin.resolved(QUrl(QString::fromUtf8(location)));
    return !location.isEmpty() && target.host() != m_origin.host();
}

/// Whether @p text has an address of another origin with the token in it. Setting the cookie anew is none of that: who
/// is sent it then is the deployment's to choose.
bool ScopeWatch::handsOver(QByteArrayView text) const
{
    const QByteArrayView token = m_token->view();
    for (qsizetype at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + token.size())) {
        const auto *const end = text.begin() + at;
        const auto *begin = end;
        while (begin != text.begin() && !borders.contains(*(begin - 1)))
            --begin;
        if (isForeignAddress(QByteArrayView(begin, end)))
            return true;
    }
    return false;
}

/// Whether what stands @p before the token is the begin of an address (as "0;url=https://host/?t=") elsewhere.
bool ScopeWatch::isForeignAddress(QByteArrayView before) const
{
    const qsizetype slashes = before.indexOf("//");
    if (slashes < 0)
        return false; // relative: of the deployment itself
    const QByteArrayView scheme = before.first(slashes);
    const QByteArrayView rest = before.sliced(slashes + 2);
    const auto *const end =
        std::find_if(rest.begin(), rest.end(), [](char c) { return c == '/' || c == '?' || c == '#' || c == '\\'; });
    const QString authority = QString::fromLatin1(QByteArrayView(rest.begin(), end));
    const QString word = scheme.endsWith("https:")  ? QStringLiteral("https")
                         : scheme.endsWith("http:") ? QStringLiteral("http")
                                                    : m_origin.scheme();
    const auto target = http::originOf(QUrl(word + QStringLiteral("://") + authority + QLatin1Char('/')));
    const auto own = http::originOf(m_origin);
    return !target || !own || *target != *own; // what cannot be read is not ours either
}

} // namespace rollcall::probe
