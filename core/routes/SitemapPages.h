#pragma once

#include "core/base/Call.h"
#include "core/http/HttpClient.h"
#include "core/routes/RouteList.h"
#include "core/routes/SitemapReader.h"

namespace rollcall::routes {

/// Asks for the sitemap at @p url. Blocks. Of @p options its bound of the body is that of the protocol, 50 MiB.
/// Errors: those of HttpClient::send(), DeploymentStatus (another answer than 200).
[[nodiscard]] base::Result<QByteArray> fetchSitemap(const QUrl &url, http::HttpOptions options, const base::Call &call);

/// Whether @p page is of the host of @p site: the same name and port, by http or https.
[[nodiscard]] bool isOfHost(const QUrl &page, const QUrl &site);

/// Adds the paths of @p sitemap's pages to @p list; pages of other hosts than @p site's are left out, and how many
/// these are is the answer.
[[nodiscard]] int addPages(const Sitemap &sitemap, const QUrl &site, RouteList &list);

} // namespace rollcall::routes
