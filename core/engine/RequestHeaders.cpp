#include "core/engine/RequestHeaders.h"

#include <algorithm>

#include "core/base/Secret.h"

namespace rollcall::engine {

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
        if (m_cookie.isNull()) {
            m_cookie = value;
            return;
        }
        // In a buffer of its own size: what grew would leave a copy.
        QByteArray joined;
        joined.reserve(cookie().size() + 2 + value.size());
        joined.append(cookie()).append("; ").append(value);
        base::wipe(m_joined);
        m_joined = std::move(joined);
    } else if (name.compare("authorization", Qt::CaseInsensitive) == 0) {
        // As `Headers` does: blanks around it are dropped, a repeated one is joined. More than one never holds a token.
        m_authorization = m_authorization.isNull() ? value.trimmed() : QByteArray(m_authorization + ", " + value);
    }
}

} // namespace rollcall::engine
