#pragma once

#include <QByteArrayList>

#include <optional>

#include "core/base/WebUrl.h"

namespace rollcall::routes {

/// What `next.config.js` says that addresses depend on. (`i18n.domains` is not known here.)
struct NextConfig
{
    QByteArray basePath; ///< "/app"; empty: none
    QByteArrayList locales;
    QByteArray defaultLocale; ///< empty: none
    bool trailingSlash = false;
};

/// `NextURL`: an address as a Next.js middleware sees it, taken apart into base path, build id (of `_next/data`
/// requests), locale, path and trailing slash, and put together again. Loopback addresses read as "localhost".
/// **Thread-safety:** a plain value. **Source:** next 16.4.6 server/web/next-url.js,
/// shared/lib/router/utils/get-next-pathname-info.js, format-next-pathname-info.js.
class NextUrl final
{
public:
    /// `new NextURL(text, {nextConfig})`; nullopt where that throws.
    [[nodiscard]] static std::optional<NextUrl> parse(QByteArrayView text, const NextConfig &config);

    /// The whole address, put together.
    [[nodiscard]] QByteArray href() const;
    [[nodiscard]] QByteArray origin() const { return m_url.origin(); }
    /// Without base path, locale and data prefix.
    [[nodiscard]] const QByteArray &pathname() const { return m_url.path; }
    [[nodiscard]] QByteArray search() const { return m_url.search(); }
    /// The base path where the address has it; empty else.
    [[nodiscard]] const QByteArray &basePath() const { return m_basePath; }
    [[nodiscard]] const QByteArray &locale() const { return m_locale; }

    /// As assigning to `pathname`; the other parts stay.
    void setPathname(QByteArrayView path) { m_url.setPath(path); }
    /// `searchParams.set(name, value)`.
    void setSearchParam(const QByteArray &name, QByteArray value);
    /// Makes a data request the request for its page, as the router does before middleware runs.
    void dropBuildId() { m_buildId.clear(); }

private:
    explicit NextUrl(base::WebUrl url) : m_url(std::move(url)) {}
    void analyze(const NextConfig &config);
    [[nodiscard]] QByteArray formattedPath() const;

    base::WebUrl m_url;
    QByteArray m_basePath;
    QByteArray m_buildId;
    QByteArray m_locale;
    QByteArray m_defaultLocale;
    bool m_trailingSlash = false;
};

} // namespace rollcall::routes
