#pragma once

#include <optional>

#include "core/http/Cookie.h"

namespace rollcall::engine::betterauth {

/// A request's cookies as Better Auth's two parsers see them: better-call's (signed cookies, whole ones) and its own
/// (chunks). **Thread-safety:** immutable after construction.
class RequestCookies final
{
public:
    /// Parses a raw Cookie header value.
    explicit RequestCookies(QByteArrayView header);

    /// The value of a cookie; empty where it is absent or empty. Valid while this object lives.
    [[nodiscard]] QByteArrayView value(QByteArrayView name) const;

    /// The value of a cookie that may be split over `name.0`, `name.1`, …: the whole one wins unless it is empty, else
    /// the chunks by their numbers; nullopt where there is neither. Gaps are not noticed. **Source:** better-auth 1.7.7
    /// cookies/session-store (getChunkedCookie).
    [[nodiscard]] std::optional<base::SecretBytes> joined(const QByteArray &name) const;

    /// The names in the request that @p name is kept under, whole or as a chunk, in the request's order. **Source:** as
    /// above (readExistingChunks).
    [[nodiscard]] std::vector<QByteArray> partsOf(const QByteArray &name) const;

private:
    http::Cookies m_whole;  ///< of better-call's parser
    http::Cookies m_chunks; ///< of Better Auth's own
};

} // namespace rollcall::engine::betterauth
