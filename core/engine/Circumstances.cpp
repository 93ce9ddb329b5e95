#include "core/engine/Circumstances.h"

#include <algorithm>

#include "core/http/CookieNames.h"
#include "core/http/SetCookieReader.h"

namespace rollcall::engine {

namespace {

using session::NullReason;
using session::Resolution;

/// Browsers drop what is longer.
constexpr qsizetype longestSetCookie = 4096;
/// Node.js answers 431 to requests whose headers are longer altogether.
constexpr qsizetype longestHeaders = 16 * 1024;

/// A session cookie as an answer set it.
struct SetSessionCookie
{
    session::CookieEffect effect;
    qsizetype lineBytes = 0; ///< of the whole Set-Cookie value
    qsizetype pairBytes = 0; ///< of name and value, which come back in each request
};

std::vector<SetSessionCookie> sessionCookiesOf(const session::AuthProfile &profile,
                                               std::span<const QByteArray> setCookies)
{
    const auto stems = http::sessionCookieStems(profile);
    std::vector<SetSessionCookie> result;
    for (const QByteArray &line : setCookies) {
        // When an Expires lies is not asked: what was set to end at once says so by its empty value.
        auto effect = http::readSetCookie(line, base::Instant());
        const auto isOurs = [&effect](const QByteArray &stem) { return effect->name.startsWith(stem); };
        if (!effect || effect->cleared || std::ranges::none_of(stems, isOurs))
            continue;
        const qsizetype pair = line.indexOf(';');
        result.push_back({std::move(*effect), line.size(), pair < 0 ? line.size() : pair});
    }
    return result;
}

QString called(const session::CookieEffect &cookie)
{
    return QString::fromUtf8(cookie.name);
}

std::optional<Diagnosis> whyDropped(const std::vector<SetSessionCookie> &cookies, const base::WebUrl &setBy)
{
    qsizetype together = 0;
    for (const SetSessionCookie &cookie : cookies) {
        if (cookie.effect.secure && !setBy.isSecure()) {
            return Diagnosis{NullReason::CookieDropped,
                             QStringLiteral("%1 is Secure, but was set over http").arg(called(cookie.effect))};
        }
        if (cookie.lineBytes > longestSetCookie) {
            return Diagnosis{NullReason::CookieDropped,
                             QStringLiteral("the Set-Cookie of %1 has %2 bytes; browsers keep %3")
                                 .arg(called(cookie.effect))
                                 .arg(cookie.lineBytes)
                                 .arg(longestSetCookie)};
        }
        together += cookie.pairBytes;
    }
    if (together <= longestHeaders)
        return std::nullopt;
    return Diagnosis{NullReason::CookieDropped,
                     QStringLiteral("%1 chunks with %2 bytes together; Node.js refuses headers beyond %3")
                         .arg(cookies.size())
                         .arg(together)
                         .arg(longestHeaders)};
}

/// Whether @p host is @p domain or stands below it.
bool domainMatches(const QByteArray &host, QByteArray domain)
{
    domain = domain.toLower();
    if (domain.startsWith('.'))
        domain.remove(0, 1);
    const bool isAddress =
        host.startsWith('[') || std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
    return host == domain || (!isAddress && host.endsWith(QByteArray('.' + domain)));
}

/// The path of a cookie that was set without one.
QByteArray defaultPath(const QByteArray &setByPath)
{
    const qsizetype last = setByPath.lastIndexOf('/');
    return last <= 0 ? QByteArrayLiteral("/") : setByPath.first(last);
}

bool pathMatches(const QByteArray &path, const QByteArray &cookiePath)
{
    if (!path.startsWith(cookiePath))
        return false;
    return path.size() == cookiePath.size() || cookiePath.endsWith('/') || path.at(cookiePath.size()) == '/';
}

std::optional<QString> whyNotCovered(const session::CookieEffect &cookie, const base::WebUrl &setBy,
                                     const base::WebUrl &asked)
{
    if (cookie.domain && !cookie.domain->isEmpty()) {
        if (!domainMatches(asked.host, *cookie.domain))
            return QStringLiteral("its Domain is %1, the host asked is %2")
                .arg(QString::fromUtf8(*cookie.domain), QString::fromUtf8(asked.host));
    } else if (asked.host != setBy.host) {
        return QStringLiteral("it was set by %1 for that host alone, the host asked is %2")
            .arg(QString::fromUtf8(setBy.host), QString::fromUtf8(asked.host));
    }
    const QByteArray path = cookie.path.startsWith('/') ? cookie.path : defaultPath(setBy.path);
    if (!pathMatches(asked.path, path))
        return QStringLiteral("its Path is %1, the path asked is %2")
            .arg(QString::fromUtf8(path), QString::fromUtf8(asked.path));
    if (cookie.secure && !asked.isSecure())
        return QStringLiteral("it is Secure, and the address asked is http");
    return std::nullopt;
}

bool isOver(const Resolution &resolution)
{
    return resolution.reason == NullReason::Expired || resolution.reason == NullReason::NotBefore ||
           resolution.reason == NullReason::RowExpired;
}

/// Absences of which the source is sure: those that tell of a failure say nothing about the session.
bool isAbsence(const Resolution &resolution)
{
    return resolution.reason == NullReason::RowMissing || resolution.reason == NullReason::UserMissing ||
           resolution.reason == NullReason::BaStorageMiss || resolution.reason == NullReason::ProxyNull ||
           resolution.reason == NullReason::ProxyEmptyObject || isOver(resolution);
}

} // namespace

std::optional<Diagnosis> whyNotSent(const session::AuthProfile &profile, std::span<const QByteArray> setCookies,
                                    const base::WebUrl &setBy, const base::WebUrl &asked)
{
    const auto cookies = sessionCookiesOf(profile, setCookies);
    if (auto dropped = whyDropped(cookies, setBy))
        return dropped;
    for (const SetSessionCookie &cookie : cookies) {
        if (const auto why = whyNotCovered(cookie.effect, setBy, asked))
            return Diagnosis{NullReason::DomainPathMismatch,
                             QStringLiteral("%1 does not come here: %2").arg(called(cookie.effect), *why)};
    }
    return std::nullopt;
}

std::optional<Diagnosis> whyByTheClock(const Resolution &there, const Resolution &here, std::chrono::milliseconds skew)
{
    if (!isOver(there) || !here.session)
        return std::nullopt;
    return Diagnosis{NullReason::ClockSkew,
                     QStringLiteral("the deployment's clock is %1 s off; by ours the session is good")
                         .arg(std::chrono::duration_cast<std::chrono::seconds>(skew).count())};
}

std::optional<Diagnosis> whyCacheDiffers(const Resolution &cached, const Resolution &source)
{
    if (!cached.session && source.session)
        return Diagnosis{NullReason::CacheStaleNegative, QStringLiteral("the source has a session by now")};
    if (cached.session && !source.session && isAbsence(source))
        return Diagnosis{NullReason::CacheStalePositive,
                         QStringLiteral("the source has none any more: %1").arg(nullReasonName(*source.reason))};
    return std::nullopt;
}

} // namespace rollcall::engine
