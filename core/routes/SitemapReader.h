#pragma once

#include <QByteArray>
#include <QUrl>

#include <vector>

#include "core/base/Result.h"

namespace rollcall::routes {

/// What a sitemap names. **Thread-safety:** a value.
struct Sitemap
{
    std::vector<QUrl> pages;    ///< without query and fragment
    std::vector<QUrl> sitemaps; ///< of a sitemap index: further sitemaps, not read
};

/// Reads a sitemap or a sitemap index; addresses that are none, or of another scheme than http and https, are left out.
/// No entity but XML's own is expanded, nothing is fetched. Errors: FileFormatInvalid (Path = @p origin, Line, Detail).
/// **Source:** sitemaps.org protocol 0.9.
[[nodiscard]] base::Result<Sitemap> readSitemap(const QByteArray &xml, const QString &origin);

} // namespace rollcall::routes
