#include "core/engine/betterauth/RequestCookies.h"

#include <algorithm>

namespace rollcall::engine::betterauth {

namespace {

/// The number of a chunk of @p cookieName: what stands behind it and a dot, if that is how JavaScript prints a safe
/// integer.
std::optional<quint64> chunkNumber(QByteArrayView name, QByteArrayView cookieName)
{
    constexpr quint64 largestSafeInteger = (1ULL << 53U) - 1;
    if (!name.startsWith(cookieName) || name.size() < cookieName.size() + 2 || name.at(cookieName.size()) != '.')
        return std::nullopt;
    const QByteArrayView digits = name.sliced(cookieName.size() + 1);
    bool ok = false;
    const quint64 number = digits.toByteArray().toULongLong(&ok);
    if (!ok || number > largestSafeInteger || QByteArray::number(number) != digits)
        return std::nullopt;
    return number;
}

} // namespace

RequestCookies::RequestCookies(QByteArrayView header)
    : m_whole(http::parseCookies(header, http::CookieDialect::BetterCall)),
      m_chunks(http::parseCookies(header, http::CookieDialect::BetterAuth))
{}

QByteArrayView RequestCookies::value(QByteArrayView name) const
{
    const auto found =
        std::ranges::find_if(m_whole, [name](const http::Cookie &cookie) { return cookie.name == name; });
    return found == m_whole.end() ? QByteArrayView() : found->value.view();
}

std::optional<base::SecretBytes> RequestCookies::joined(const QByteArray &name) const
{
    if (const QByteArrayView whole = value(name); !whole.isEmpty())
        return base::SecretBytes(whole);
    std::vector<std::pair<quint64, QByteArrayView>> chunks;
    qsizetype size = 0;
    for (const http::Cookie &cookie : m_chunks) {
        if (const auto number = chunkNumber(cookie.name, name)) {
            chunks.emplace_back(*number, cookie.value.view());
            size += cookie.value.size();
        }
    }
    if (chunks.empty())
        return std::nullopt;
    std::ranges::stable_sort(chunks, {}, &std::pair<quint64, QByteArrayView>::first);
    QByteArray text;
    text.reserve(size);
    for (const auto &[number, chunk] : chunks)
        text.append(chunk);
    return base::SecretBytes::fromAndWipe(text);
}

std::vector<QByteArray> RequestCookies::partsOf(const QByteArray &name) const
{
    std::vector<QByteArray> names;
    for (const http::Cookie &cookie : m_chunks) {
        if (cookie.name == name || chunkNumber(cookie.name, name))
            names.push_back(cookie.name);
    }
    return names;
}

} // namespace rollcall::engine::betterauth
