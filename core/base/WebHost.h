#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace rollcall::base {

/// The host of a URL as JavaScript's `URL` prints it: percent-decoded, lower-case, international names in their ASCII
/// form, IPv4 in any notation as four decimals, IPv6 shortened, in brackets. nullopt where `URL` throws. @p isSpecial:
/// the scheme is one of the web's; other hosts are only percent-encoded. @p text is UTF-8. **Thread-safety:** a pure
/// function. **Source:** url.spec.whatwg.org, "host parser".
[[nodiscard]] std::optional<QByteArray> webHost(QByteArrayView text, bool isSpecial);

} // namespace rollcall::base
