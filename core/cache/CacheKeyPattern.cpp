#include "core/cache/CacheKeyPattern.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/cache/SessionCache.h"

namespace rollcall::cache {

namespace {

constexpr qsizetype digestDigits = 64;
constexpr qsizetype fingerprintDigits = 16;
constexpr qsizetype longestToken = 4096;

/// What means something to SCAN's MATCH, escaped. **Source:** redis.io/docs/latest/commands/keys.
QByteArray escaped(const QByteArray &text)
{
    QByteArray result;
    for (const char c : text) {
        if (QByteArrayView("*?[]\\^-").contains(c))
            result += '\\';
        result += c;
    }
    return result;
}

bool isHex(QByteArrayView text)
{
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

base::Error invalid(const QString &detail)
{
    return base::Error(base::ErrorCode::UsageInvalid)
        .with(base::ErrorParam::Flag, QStringLiteral("--cache-keys"))
        .with(base::ErrorParam::Detail, detail);
}

} // namespace

base::Result<CacheKeyPattern> CacheKeyPattern::parse(const QString &text)
{
    if (text == QStringLiteral("upstash"))
        return CacheKeyPattern(text, QByteArrayLiteral("user:session:"), {}, Names::Token, Values::Upstash);
    if (text == QStringLiteral("better-auth"))
        return CacheKeyPattern(text, {}, {}, Names::Token, Values::BetterAuth);
    static const std::array<std::pair<QByteArray, Names>, 3> places{
        {{QByteArrayLiteral("{token}"), Names::Token},
         {QByteArrayLiteral("{sha256}"), Names::Sha256},
         {QByteArrayLiteral("{fingerprint}"), Names::Fingerprint}}};
    const QByteArray bytes = text.toUtf8();
    const auto found = std::ranges::find_if(places, [&](const auto &place) { return bytes.contains(place.first); });
    if (found == places.end())
        return base::fail(invalid(QStringLiteral("wants upstash, better-auth, or a key with {token}, {sha256} or "
                                                 "{fingerprint} where the session stands in it")));
    const qsizetype at = bytes.indexOf(found->first);
    QByteArray prefix = bytes.first(at);
    QByteArray suffix = bytes.sliced(at + found->first.size());
    if (suffix.contains('{') || prefix.contains('{'))
        return base::fail(invalid(QStringLiteral("names the session in more than one place")));
    // Without any text of its own every key of that database would be a session's.
    if (prefix.isEmpty())
        return base::fail(
            invalid(QStringLiteral("needs text before the session's place, such as app:session:{token}")));
    return CacheKeyPattern(text, std::move(prefix), std::move(suffix), found->second, Values::Any);
}

CacheKeyPattern CacheKeyPattern::ours()
{
    // Every deployment's scope so far is "all" (Deployment.cpp).
    return CacheKeyPattern(QStringLiteral("rollcall"), QByteArrayLiteral("rollcall:1:all:s:"), {}, Names::Sha256,
                           Values::Rollcall);
}

QByteArray CacheKeyPattern::keyOf(QByteArrayView token) const
{
    switch (m_names) {
    case Names::Token:
        return m_prefix + token + m_suffix;
    case Names::Sha256:
        return m_prefix + cacheKey(token) + m_suffix;
    case Names::Fingerprint:
        return m_prefix + cacheKey(token).first(fingerprintDigits) + m_suffix;
    }
    Q_UNREACHABLE();
}

QByteArray CacheKeyPattern::scanPattern() const
{
    return escaped(m_prefix) + '*' + escaped(m_suffix);
}

std::optional<CacheKeyPattern::Match> CacheKeyPattern::match(QByteArrayView key) const
{
    if (!key.startsWith(m_prefix) || !key.endsWith(m_suffix) || key.size() <= m_prefix.size() + m_suffix.size())
        return std::nullopt;
    const QByteArrayView middle = key.sliced(m_prefix.size(), key.size() - m_prefix.size() - m_suffix.size());
    if (m_names == Names::Token) {
        if (middle.size() > longestToken)
            return std::nullopt;
        return Match{base::SecretBytes(middle), base::Fingerprint::of(middle)};
    }
    const qsizetype digits = m_names == Names::Sha256 ? digestDigits : fingerprintDigits;
    if (middle.size() != digits || !isHex(middle))
        return std::nullopt;
    return Match{{}, base::Fingerprint::fromText(QString::fromLatin1(middle.first(fingerprintDigits)))};
}

} // namespace rollcall::cache
