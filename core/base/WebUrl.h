#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace rollcall::base {

/// An http or https address as JavaScript's `new URL(…)` reads it; QUrl follows another standard (backslashes, missing
/// slashes, numbers for hosts, dots in paths). **Source:** WHATWG URL Standard. **Thread-safety:** a plain value.
struct WebUrl
{
    QByteArray scheme;           ///< "http" or "https"
    QByteArray host;             ///< lower case, ASCII form; IPv6 in brackets
    std::optional<quint16> port; ///< nullopt: the scheme's default
    QByteArray path;             ///< begins with "/"; dots resolved, percent-encoded
    QByteArray query;            ///< with its "?", as written but for percent-encoding; empty where there is none

    [[nodiscard]] bool isSecure() const { return scheme == "https"; }
    /// "example.org" or "example.org:8080".
    [[nodiscard]] QByteArray hostAndPort() const;
    /// "https://example.org:8080".
    [[nodiscard]] QByteArray origin() const;
    /// The whole address, without user and fragment.
    [[nodiscard]] QByteArray href() const;

    bool operator==(const WebUrl &) const = default;
};

/// Reads an absolute address (UTF-8); nullopt where `new URL(text)` throws or gives another scheme than http and https.
[[nodiscard]] std::optional<WebUrl> parseWebUrl(QByteArrayView text);

/// The same with a base, which @p text may rely on where it begins with a slash or backslash (`new URL(text, base)`).
[[nodiscard]] std::optional<WebUrl> parseWebUrl(QByteArrayView text, const WebUrl &base);

} // namespace rollcall::base
