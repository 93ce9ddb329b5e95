#include "core/routes/SitemapPages.h"

namespace rollcall::routes {

namespace {

constexpr qint64 largestSitemap = 50 * 1024 * 1024; // the protocol's own limit

/// -1 where it is the scheme's own.
int ownPort(const QUrl &url)
{
    const int usual = url.scheme() == QLatin1String("https") ? 443 : 80;
    return url.port() == usual ? -1 : url.port();
}

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

bool isOfHost(const QUrl &page, const QUrl &site)
{
    return page.host() == site.host() && ownPort(page) == ownPort(site);
}

int addPages(const Sitemap &sitemap, const QUrl &site, RouteList &list)
{
    int elsewhere = 0;
    for (const QUrl &page : sitemap.pages) {
        const QString path = page.path(QUrl::FullyEncoded);
        if (isOfHost(page, site))
            list.add(path.isEmpty() ? QStringLiteral("/") : path, QStringLiteral("sitemap"));
        else
            ++elsewhere;
    }
    return elsewhere;
}

} // namespace rollcall::routes
