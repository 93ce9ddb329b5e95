#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <map>

#include "core/http/Headers.h"

namespace rollcall::engine {

/// What a caller has of a request: its Cookie header, its header list, or its headers by name; or nothing, which stands
/// for a request without headers. What it is made of must outlive it. **Thread-safety:** immutable; one object may be
/// read by several threads.
class RequestHeaders final
{
public:
    /// No headers.
    RequestHeaders() = default;
    /// A raw Cookie header value alone.
    [[nodiscard]] static RequestHeaders fromCookie(QByteArrayView cookieHeader);
    /// A header list; names in any case, several Cookie headers are joined with "; ".
    [[nodiscard]] static RequestHeaders fromList(const http::HeaderList &headers);
    /// Headers by name, in any case: `{"Cookie", "name=value; …"}`, not cookies by their names.
    [[nodiscard]] static RequestHeaders fromRecord(const std::map<QByteArray, QByteArray> &headers);

    RequestHeaders(const RequestHeaders &) = delete;
    RequestHeaders &operator=(const RequestHeaders &) = delete;
    RequestHeaders(RequestHeaders &&) noexcept = default;
    RequestHeaders &operator=(RequestHeaders &&) noexcept = default;
    ~RequestHeaders();

    /// False for an absent input.
    [[nodiscard]] bool isGiven() const { return m_isGiven; }
    /// The Cookie header's value; empty where there is none. A bearer secret.
    [[nodiscard]] QByteArrayView cookie() const { return m_joined.isEmpty() ? m_cookie : QByteArrayView(m_joined); }
    /// The Authorization header's value; empty where there is none. A bearer secret.
    [[nodiscard]] QByteArrayView authorization() const
    {
        return m_joinedAuthorization.isEmpty() ? m_authorization : QByteArrayView(m_joinedAuthorization);
    }
    /// First value of @p name (any case); empty where it is absent or only the Cookie header is known.
    [[nodiscard]] QByteArrayView value(QByteArrayView name) const;

private:
    void take(const QByteArray &name, const QByteArray &value);

    bool m_isGiven = false;
    QByteArrayView m_cookie;
    QByteArrayView m_authorization;
    QByteArray m_joined;              ///< several Cookie headers
    QByteArray m_joinedAuthorization; ///< several Authorization headers
    std::vector<std::pair<QByteArrayView, QByteArrayView>> m_headers;
};

} // namespace rollcall::engine
