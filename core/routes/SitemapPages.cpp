#include "core/routes/SitemapPages.h"

namespace rollcall::routes {

namespace {
constexpr qint64 largestSitemap = 50 * 1024 * 1024; // the protocol's own limit
} // namespace

base::Result<QByteArray> fetchSitemap(const QUrl &url, http::HttpOptions options, const base::Call &call)
{
    options.maxBody = largestSitemap;
    auto answer = http::HttpClient(std::move(options)).send({QByteArrayLiteral("GET"), url, {}, {}}, call);
    if (!answer)
        return base::fail(std::move(answer.error()));
    if (answer->status != 200) {
        return base::fail(base::Error(base::ErrorCode::DeploymentStatus)
                              .with(base::ErrorParam::Host, url.host())
                              .with(base::ErrorParam::Status, answer->status)
                              .with(base::ErrorParam::Detail, QStringLiteral("asked for %1").arg(url.path())));
    }
    return std::move(answer->body);
}

int addPages(const Sitemap &sitemap, RouteList &list)
{
    int elsewhere = 0;
    for (const QUrl &page : sitemap.pages) {
        const QString path = page.path(QUrl::FullyEncoded);
        if (page.authority() == sitemap.pages.front().authority())
            list.add(path.isEmpty() ? QStringLiteral("/") : path, QStringLiteral("sitemap"));
        else
            ++elsewhere;
    }
    return elsewhere;
}

} // namespace rollcall::routes
