#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <utility>
#include <vector>

namespace rollcall::http {

/// Header lines in wire order. Values of Cookie and Set-Cookie are bearer secrets: never logged.
using HeaderList = std::vector<std::pair<QByteArray, QByteArray>>;

/// Overwrites and empties names and values from the one at @p from on, as far as they are not shared.
void wipeHeaders(HeaderList &headers, std::size_t from = 0);

/// First value of @p name (any case); empty where absent.
[[nodiscard]] QByteArray headerValue(const HeaderList &headers, QByteArrayView name);

/// All values of @p name (any case), in wire order.
[[nodiscard]] std::vector<QByteArray> headerValues(const HeaderList &headers, QByteArrayView name);

/// The Cookie header's value: several lines are joined with "; ", as Node.js and `Headers` do; empty where there is
/// none. It is a bearer secret. **Source:** facts/session-protocol.md §2.1.
[[nodiscard]] QByteArray cookieHeader(const HeaderList &headers);

/// True where the comma list of @p name holds @p token (both any case), e.g. `Connection: close`.
[[nodiscard]] bool headerHasToken(const HeaderList &headers, QByteArrayView name, QByteArrayView token);

/// True for a non-empty run of `tchar`. **Source:** RFC 9110 §5.6.2.
[[nodiscard]] bool isHeaderName(QByteArrayView text);

/// True where @p text holds no control character but tab, so that it cannot end the line. **Source:** RFC 9110 §5.5.
[[nodiscard]] bool isHeaderValue(QByteArrayView text);

/// @p text without blanks and tabs at both ends. **Source:** OWS, RFC 9110 §5.6.3.
[[nodiscard]] QByteArrayView trimmedOws(QByteArrayView text);

} // namespace rollcall::http
