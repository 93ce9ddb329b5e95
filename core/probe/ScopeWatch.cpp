#include "core/probe/ScopeWatch.h"

#include <algorithm>

#include "core/http/HttpTransport.h"

namespace rollcall::probe {

namespace {

/// What cannot stand within an address, so that one begins behind it.
constexpr QByteArrayView borders(" \t\r\n\"'<>()[]{}|^`,");

/// Where in @p address the "//" before its host stands: at its begin (behind "0;url=", too) or after a scheme. Two
/// slashes elsewhere are an empty segment of a path. -1: nowhere.
qsizetype authorityIn(QByteArrayView address)
{
    for (qsizetype at = address.indexOf("//"); at >= 0; at = address.indexOf("//", at + 1)) {
        const QByteArrayView before = address.first(at);
        const bool inPath =
            std::any_of(before.begin(), before.end(), [](char c) { return c == '/' || c == '?' || c == '#'; });
        if (before.isEmpty() || before.endsWith(':') || (before.endsWith('=') && !inPath))
            return at;
    }
    return -1;
}

} // namespace

ScopeWatch::ScopeWatch(QUrl origin, std::shared_ptr<const std::vector<base::SecretBytes>> traces)
    : m_origin(std::move(origin)),
      m_traces(traces ? std::move(traces) : std::make_shared<const std::vector<base::SecretBytes>>())
{}

std::optional<QString> ScopeWatch::breachOf(const http::Exchange &exchange) const
{
    if (exchange.otherCertificate)
        return QStringLiteral("the deployment showed another certificate than at the run's begin");
    if (exchange.error)
        return std::nullopt;
    if (leavesHost(exchange))
        return QStringLiteral("an answer redirected to another host");
    const auto &headers = exchange.message.headers;
    const bool handed = std::any_of(m_traces->begin(), m_traces->end(), [&](const base::SecretBytes &trace) {
        return handsOver(exchange.message.body, trace.view()) ||
               std::any_of(headers.begin(), headers.end(),
                           [&](const auto &h) { return handsOver(h.second, trace.view()); });
    });
    return handed ? std::optional(QStringLiteral("an answer hands the session's token to another origin"))
                  : std::nullopt;
}

bool ScopeWatch::holdsToken(QByteArrayView text) const
{
    return std::any_of(m_traces->begin(), m_traces->end(),
                       [text](const base::SecretBytes &trace) { return text.contains(trace.view()); });
}

bool ScopeWatch::leavesHost(const http::Exchange &exchange) const
{
    if (exchange.message.status < 300 || exchange.message.status >= 400)
        return false;
    const QByteArray location = http::headerValue(exchange.message.headers, "Location");
    const QUrl target = m_origin.resolved(QUrl(QString::fromUtf8(location)));
    return !location.isEmpty() && target.host() != m_origin.host();
}

/// Whether @p text has an address of another origin with @p trace in it. Setting the cookie anew is none of that: who
/// is sent it then is the deployment's to choose.
bool ScopeWatch::handsOver(QByteArrayView text, QByteArrayView trace) const
{
    for (qsizetype at = text.indexOf(trace); at >= 0; at = text.indexOf(trace, at + trace.size())) {
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
    QByteArray address = before.toByteArray(); // ends where the token begins
    for (const char *slash : {"\\/", "\\u002f", "\\u002F"})
        address.replace(slash, "/"); // as JSON may write it
    const qsizetype slashes = authorityIn(address);
    if (slashes < 0)
        return false; // relative: of the deployment itself
    const QByteArray scheme = address.first(slashes).toLower();
    const QByteArrayView rest = QByteArrayView(address).sliced(slashes + 2);
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
