#include <QHash>

#include <algorithm>

#include "core/engine/NullDiagnosis.h"
#include "core/http/ChunkedCookie.h"
#include "core/http/CookieNames.h"

namespace rollcall::engine {

namespace {

using http::CookiePurpose;
using session::AuthProfile;
using session::AuthVersion;
using session::NullReason;

bool anyStartsWith(const http::Cookies &cookies, const QByteArray &name)
{
    return std::ranges::any_of(cookies, [&name](const http::Cookie &cookie) { return cookie.name.startsWith(name); });
}

QString called(const QByteArray &name)
{
    return QString::fromUtf8(name);
}

std::optional<Diagnosis> underAnotherName(const AuthProfile &profile, const QByteArray &name,
                                          const http::Cookies &cookies)
{
    if (anyStartsWith(cookies, siblingName(name))) {
        return Diagnosis{
            NullReason::SecurePrefixMismatch,
            QStringLiteral("the request has %1, the deployment reads %2").arg(called(siblingName(name)), called(name))};
    }
    // The helper may be told another name than the deployment (getToken, withAuth).
    const QByteArray &configured = profile.cookieName;
    if (!configured.isEmpty() && configured != name && anyStartsWith(cookies, configured)) {
        return Diagnosis{NullReason::CustomNameMismatch,
                         QStringLiteral("the request has %1, the name that the deployment is configured with; %2 is "
                                        "looked for")
                             .arg(called(configured), called(name))};
    }
    for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5, AuthVersion::BetterAuth}) {
        for (const bool secure : {false, true}) {
            const QByteArray other = http::defaultCookieName(version, CookiePurpose::Session, secure);
            if (other == name || !anyStartsWith(cookies, other))
                continue;
            const bool sameLibrary = version == profile.version;
            return Diagnosis{
                sameLibrary ? NullReason::CustomNameMismatch : NullReason::OtherMajorName,
                QStringLiteral("the request has %1, the deployment reads %2").arg(called(other), called(name))};
        }
    }
    return std::nullopt;
}

/// What the names of the recognised cookies are, in the order in which they are joined.
struct ChunkLayout
{
    bool plain = false;
    bool foreign = false;
    bool inOrder = true;
    bool contiguous = true;   ///< chunks 0, 1, 2, …
    bool shortInside = false; ///< a chunk that is not the last is not full: those behind it are left over
    bool lastIsFull = false;
    qint64 chunks = 0;
    qint64 dots = 0; ///< in all values together; a whole token has four
};

ChunkLayout layoutOf(const http::Cookies &recognised, const QByteArray &name, AuthVersion version)
{
    ChunkLayout layout;
    qint64 previous = -1;
    for (const std::size_t i : http::chunkOrder(recognised, version)) {
        const http::Cookie &cookie = recognised.at(i);
        layout.dots += std::ranges::count(cookie.value.view(), '.');
        const auto index = http::chunkIndex(cookie.name, name);
        if (!index) {
            (cookie.name == name ? layout.plain : layout.foreign) = true;
            continue;
        }
        layout.inOrder = layout.inOrder && *index > previous;
        layout.contiguous = layout.contiguous && *index == layout.chunks;
        layout.shortInside = layout.shortInside || (layout.chunks > 0 && !layout.lastIsFull);
        layout.lastIsFull = cookie.value.size() >= http::chunkSize(version);
        previous = *index;
        ++layout.chunks;
    }
    return layout;
}

/// Calls @p use with name and value of each pair in @p header, neither decoded.
template <typename Use>
void forEachPair(QByteArrayView header, Use use)
{
    while (!header.isEmpty()) {
        const qsizetype end = header.indexOf(';');
        const QByteArrayView piece = end < 0 ? header : header.first(end);
        header = end < 0 ? QByteArrayView() : header.sliced(end + 1);
        const qsizetype equals = piece.indexOf('=');
        if (equals >= 0)
            use(piece.first(equals).trimmed(), piece.sliced(equals + 1).trimmed());
    }
}

std::optional<Diagnosis> duplicates(QByteArrayView header, const http::Cookies &recognised)
{
    struct Seen
    {
        QByteArrayView value; ///< the first
        qint64 times = 0;
        bool differ = false;
    };
    // The header is walked once, however many cookies are recognised: a client may send thousands.
    QHash<QByteArrayView, Seen> all;
    forEachPair(header, [&all](QByteArrayView name, QByteArrayView value) {
        Seen &seen = all[name];
        if (seen.times++ == 0)
            seen.value = value;
        seen.differ = seen.differ || seen.value != value;
    });
    for (const http::Cookie &cookie : recognised) {
        const auto seen = all.constFind(QByteArrayView(cookie.name));
        if (seen != all.cend() && seen->differ) {
            return Diagnosis{
                NullReason::DuplicateCookie,
                QStringLiteral("%1 occurs %2 times with different values").arg(called(cookie.name)).arg(seen->times)};
        }
    }
    return std::nullopt;
}

} // namespace

std::vector<QByteArrayView> rawValues(QByteArrayView header, QByteArrayView name)
{
    std::vector<QByteArrayView> values;
    forEachPair(header, [&values, name](QByteArrayView found, QByteArrayView value) {
        if (found == name)
            values.push_back(value);
    });
    return values;
}

QByteArray siblingName(const QByteArray &name)
{
    const QByteArray prefix = QByteArrayLiteral("__Secure-");
    return name.startsWith(prefix) ? name.sliced(prefix.size()) : QByteArray(prefix + name);
}

QString notAmong(const QByteArray &name, const http::Cookies &cookies)
{
    constexpr qsizetype longestName = 40;
    constexpr qsizetype mostNames = 5;
    QStringList names;
    for (const http::Cookie &cookie : cookies) {
        const QByteArrayView value = cookie.value.view();
        // Base64 ends in equals signs: what stands before them is no name.
        const bool isName =
            cookie.name.size() <= longestName && std::ranges::any_of(value, [](char c) { return c != '='; });
        if (isName && names.size() < mostNames)
            names << called(cookie.name);
    }
    const QString said =
        QStringLiteral("%1 is not among the request's %2 cookies").arg(called(name)).arg(cookies.size());
    return names.isEmpty() ? said : QStringLiteral("%1: %2").arg(said, names.join(QStringLiteral(", ")));
}

Diagnosis whyNoToken(const AuthProfile &profile, const QByteArray &name, QByteArrayView header)
{
    // The most lenient parser shows what the request holds, whatever the deployment's own makes of it.
    const http::Cookies cookies = http::parseCookies(header, http::CookieDialect::AuthCore);
    if (anyStartsWith(cookies, name)) {
        const bool hasValue = std::ranges::any_of(cookies, [&name](const http::Cookie &cookie) {
            return cookie.name.startsWith(name) && !cookie.value.isEmpty();
        });
        if (hasValue) {
            return {NullReason::CookieNotParsed,
                    QStringLiteral("%1 is sent, but the deployment's cookie parser drops it").arg(called(name))};
        }
        const auto values = rawValues(header, name);
        if (values.size() > 1 && std::ranges::any_of(values, [](QByteArrayView value) { return !value.isEmpty(); }))
            return {NullReason::DuplicateCookie,
                    QStringLiteral("%1 occurs twice, the one that counts is empty").arg(called(name))};
        return {NullReason::EmptyCookie, QStringLiteral("%1 is sent with an empty value").arg(called(name))};
    }
    if (const auto other = underAnotherName(profile, name, cookies))
        return *other;
    return {NullReason::NoCookie, notAmong(name, cookies)};
}

void explainBearer(QByteArrayView authorization, std::optional<NullReason> &reason, QString &evidence)
{
    if (reason != NullReason::NoCookie || !authorization.startsWith("Bearer "))
        return;
    reason = NullReason::BearerOnly;
    evidence = QStringLiteral("the request has a bearer token and no session cookie: only getToken reads the former");
}

std::optional<Diagnosis> whyBrokenCookies(const AuthProfile &profile, const QByteArray &name, QByteArrayView header,
                                          const http::Cookies &recognised)
{
    if (auto twice = duplicates(header, recognised))
        return twice;
    const bool keepsQuotes = http::dialectOf(profile) == http::CookieDialect::NextEdge;
    if (keepsQuotes &&
        std::ranges::any_of(recognised, [](const http::Cookie &cookie) { return cookie.value.view().startsWith('"'); }))
        return Diagnosis{NullReason::CookieNotParsed,
                         QStringLiteral("the value stands in quotes, which this parser keeps")};
    const ChunkLayout layout = layoutOf(recognised, name, profile.version);
    if (layout.foreign)
        return Diagnosis{NullReason::PrefixSharer,
                         QStringLiteral("another cookie's name begins with %1").arg(called(name))};
    if (layout.chunks == 0)
        return std::nullopt;
    if (!layout.inOrder)
        return Diagnosis{NullReason::ChunkOrder, QStringLiteral("the plain cookie keeps the chunks from being sorted")};
    if (layout.plain)
        return Diagnosis{NullReason::StaleChunk,
                         QStringLiteral("a plain cookie stands beside %1 chunks").arg(layout.chunks)};
    if (!layout.contiguous)
        return Diagnosis{NullReason::ChunkMissing,
                         QStringLiteral("%1 chunks, not numbered from 0 without a gap").arg(layout.chunks)};
    constexpr qint64 dotsOfAToken = 4;
    if (layout.dots < dotsOfAToken)
        return Diagnosis{NullReason::ChunkMissing,
                         QStringLiteral("the %1 chunks hold no whole token").arg(layout.chunks)};
    if (layout.shortInside)
        return Diagnosis{NullReason::StaleChunk, QStringLiteral("chunks follow one that is not full")};
    if (layout.lastIsFull)
        return Diagnosis{NullReason::ChunkMissing,
                         QStringLiteral("the last of %1 chunks is full: one more is missing").arg(layout.chunks)};
    return std::nullopt;
}

QString marksOfRewriting(QByteArrayView token)
{
    if (token.startsWith('"') || token.endsWith('"') || token.startsWith('\'') || token.endsWith('\''))
        return QStringLiteral("the cookie's value stands in quotes, which this parser keeps: something on the way "
                              "rewrites cookies");
    if (token.contains('%'))
        return QStringLiteral("the cookie's value has percent signs that do not decode, or was encoded twice: "
                              "something on the way rewrites cookies");
    return {};
}

Diagnosis whyNoRow(const AuthProfile &profile, const QByteArray &name, QByteArrayView header,
                   const http::Cookies &recognised, QByteArrayView token)
{
    if (auto broken = whyBrokenCookies(profile, name, header, recognised))
        return std::move(*broken);
    if (looksLikeJwe(token))
        return {NullReason::JwtAtDatabase, QStringLiteral("an encrypted JWT; no row has it for a token")};
    const QString marks = marksOfRewriting(token);
    const QString none = QStringLiteral("no row has this token");
    return {NullReason::RowMissing, marks.isEmpty() ? none : none + QStringLiteral(": ") + marks};
}

} // namespace rollcall::engine
