#include "core/engine/RequestHeaders.h"

#include <algorithm>

#include "core/base/Secret.h"

namespace rollcall::engine {

namespace {

/// Puts @p first and @p second, which may be views of @p target, into it.
void join(QByteArrayView first, QByteArrayView separator, QByteArrayView second, QByteArray &target)
{
    // In a buffer of its own size: what grew would leave a copy.
    QByteArray joined;
    joined.reserve(first.size() + separator.size() + second.size());
    joined.append(first).append(separator).append(second);
    base::wipe(target);
    target = std::move(joined);
}

} // namespace

RequestHeaders RequestHeaders::fromCookie(QByteArrayView cookieHeader)
{
    RequestHeaders result;
    result.m_isGiven = true;
    result.m_cookie = cookieHeader;
    return result;
}

RequestHeaders RequestHeaders::fromList(const http::HeaderList &headers)
{
    RequestHeaders result;
    result.m_isGiven = true;
    for (const auto &[name, value] : headers)
        result.take(name, value);
    return result;
}

RequestHeaders RequestHeaders::fromRecord(const std::map<QByteArray, QByteArray> &headers)
{
    RequestHeaders result;
    result.m_isGiven = true;
    for (const auto &[name, value] : headers)
        result.take(name, value);
    return result;
}

RequestHeaders::~RequestHeaders()
{
    base::wipe(m_joined);
    base::wipe(m_joinedAuthorization);
}

QByteArrayView RequestHeaders::value(QByteArrayView name) const
{
    const auto found = std::ranges::find_if(
        m_headers, [name](const auto &header) { return header.first.compare(name, Qt::CaseInsensitive) == 0; });
    return found == m_headers.end() ? QByteArrayView() : found->second;
}

void RequestHeaders::take(const QByteArray &name, const QByteArray &value)
{
    m_headers.emplace_back(name, value);
    if (name.compare("cookie", Qt::CaseInsensitive) == 0) {
        if (m_cookie.isNull())
            m_cookie = value;
        else
            join(cookie(), "; ", value, m_joined);
    } else if (name.compare("authorization", Qt::CaseInsensitive) == 0) {
        // As `Headers` does: blanks around it are dropped, a repeated one is joined. More than one never holds a token.
        const QByteArrayView trimmed = QByteArrayView(value).trimmed();
        if (m_authorization.isNull())
            m_authorization = trimmed;
        else
            join(authorization(), ", ", trimmed, m_joinedAuthorization);
    }
}

} // namespace rollcall::engine
