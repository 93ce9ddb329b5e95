#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

#include "core/base/SearchParams.h"

namespace rollcall::base {

/// An address as JavaScript's `URL` reads and prints it, which the libraries compare as text; QUrl follows another
/// standard (backslashes, missing slashes, numbers for hosts, dots in paths). `file:` is read without its rules for
/// drive letters. **Source:** url.spec.whatwg.org, as Node 20 has it. **Thread-safety:** a plain value.
struct WebUrl
{
    QByteArray scheme;           ///< lower case: "http", "https", "localhost" in "localhost:3000"
    QByteArray user;             ///< percent-encoded
    QByteArray password;         ///< percent-encoded; a secret
    bool hasHost = false;        ///< false where the address has none ("mailto:x"); a host may be empty too
    QByteArray host;             ///< lower case, ASCII form; IPv6 in brackets
    std::optional<quint16> port; ///< nullopt: the scheme's default
    QByteArray path;             ///< dots resolved, percent-encoded; of http and https it begins with "/"
    bool isOpaque = false;       ///< the path has no segments ("3000" in "localhost:3000")
    QByteArray query;            ///< with its "?" (which may stand alone), percent-encoded; empty: none
    QByteArray fragment;         ///< with its "#", the same

    [[nodiscard]] bool isSecure() const { return scheme == "https"; }
    /// "example.org" or "example.org:8080".
    [[nodiscard]] QByteArray hostAndPort() const;
    /// "https://example.org:8080"; "null" where the scheme has no origin.
    [[nodiscard]] QByteArray origin() const;
    /// The whole address. It shows the password where there is one.
    [[nodiscard]] QByteArray href() const;
    /// As `search`: the query, empty where it is a lone "?".
    [[nodiscard]] QByteArray search() const;

    /// As assigning to `pathname`: dot segments are resolved, "?" and "#" escaped. No effect on opaque paths.
    void setPath(QByteArrayView text);
    /// As changes through `searchParams`: an empty list leaves no query.
    void setSearchParams(const SearchParams &params);

    bool operator==(const WebUrl &) const = default;
};

/// `new URL(text)`; nullopt where that throws. @p text is UTF-8.
[[nodiscard]] std::optional<WebUrl> parseAnyUrl(QByteArrayView text);

/// `new URL(text, base)`.
[[nodiscard]] std::optional<WebUrl> parseAnyUrl(QByteArrayView text, const WebUrl &base);

/// The same, but nullopt for schemes other than http and https.
[[nodiscard]] std::optional<WebUrl> parseWebUrl(QByteArrayView text);
[[nodiscard]] std::optional<WebUrl> parseWebUrl(QByteArrayView text, const WebUrl &base);

} // namespace rollcall::base
