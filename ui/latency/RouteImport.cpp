#include "ui/latency/RouteImport.h"

#include <QUrl>

#include <algorithm>

#include "core/http/HarReader.h"
#include "core/routes/NavigationAudit.h"
#include "core/routes/NextBuild.h"
#include "core/routes/RouteList.h"
#include "core/routes/SitemapPages.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/SmallFile.h"

namespace rollcall::latency {

using base::Status;

struct RouteImport::Found
{
    routes::RouteList list;
    QStringList remarks;
    QString otherHost; ///< whose pages they are, where it is not the site's
};

namespace {

constexpr qint64 largestFile = 64 * 1024 * 1024;

QString auditText(const routes::HarRoutes &har)
{
    int calls = 0;
    std::chrono::nanoseconds time{0};
    std::chrono::nanoseconds longest{0};
    for (const routes::Navigation &navigation : har.navigations) {
        calls += navigation.sessionCalls;
        time += navigation.sessionTime;
        longest = std::max(longest, navigation.longestSession);
    }
    if (calls == 0)
        return RouteImport::tr("%1 navigations asked for no session.").arg(har.navigations.size());
    return RouteImport::tr("%1 navigations made %2 session calls: %3 in all, %4 the longest.")
        .arg(QString::number(har.navigations.size()), QString::number(calls), common::durationText(time),
             common::durationText(longest));
}

/// Takes the pages of the sitemap @p xml that are of @p site, or where it names none those of its first page's host.
Status readSitemapInto(RouteImport::Found &found, const QByteArray &xml, const QString &origin,
                       const MeasuredSite &site)
{
    const auto sitemap = routes::readSitemap(xml, origin);
    if (!sitemap)
        return base::fail(sitemap.error());
    const auto isOwn = [&site](const QUrl &page) { return site.baseUrl && routes::isOfHost(page, *site.baseUrl); };
    if (!sitemap->pages.empty()) {
        const bool own = std::any_of(sitemap->pages.begin(), sitemap->pages.end(), isOwn);
        const QUrl &host = own ? *site.baseUrl : sitemap->pages.front();
        if (!own && site.baseUrl)
            found.otherHost = host.authority();
        found.remarks << RouteImport::tr("Its pages are of %1.").arg(host.authority());
        if (const int elsewhere = routes::addPages(*sitemap, host, found.list); elsewhere > 0)
            found.remarks << RouteImport::tr("Left out, because they are of other hosts: %1.").arg(elsewhere);
    }
    if (!sitemap->sitemaps.empty())
        found.remarks
            << RouteImport::tr("It is an index: %1 further sitemaps are not read.").arg(sitemap->sitemaps.size());
    return {};
}

Status readInto(RouteImport::Found &found, RouteSource source, const QString &path, const MeasuredSite &site)
{
    routes::RouteList &list = found.list;
    if (source == RouteSource::Build) {
        const auto build = routes::readNextBuild(path);
        if (!build)
            return base::fail(build.error());
        for (const QString &route : build->routes)
            list.add(route, QStringLiteral("build"));
        return {};
    }
    const auto content = common::readSmallFile(path, largestFile);
    if (!content)
        return base::fail(content.error());
    if (source == RouteSource::Har) {
        const auto entries = http::readHar(*content, path);
        if (!entries)
            return base::fail(entries.error());
        const routes::HarRoutes har = routes::auditNavigations(*entries, site.sessionPath);
        for (const QString &route : har.paths)
            list.add(route, QStringLiteral("har"));
        found.remarks << auditText(har);
    } else if (source == RouteSource::Sitemap) {
        return readSitemapInto(found, *content, path, site);
    } else {
        for (const QString &line : QString::fromUtf8(*content).split(QLatin1Char('\n'))) {
            const QString route = line.trimmed();
            if (!route.isEmpty() && !route.startsWith(QLatin1Char('#')))
                list.add(route, QStringLiteral("list"));
        }
    }
    return {};
}

} // namespace

RouteImport::RouteImport(QObject *parent) : QObject(parent), m_worker("rc-routes", 2) {}

RouteImport::~RouteImport() = default;

void RouteImport::read(RouteSource source, const QString &path, const MeasuredSite &site)
{
    begin([source, path, site](Found &found, std::stop_token) { return readInto(found, source, path, site); });
}

void RouteImport::fetch(const SitemapRequest &request, const MeasuredSite &site)
{
    begin([request, site](Found &found, std::stop_token stop) -> Status {
        const auto xml = routes::fetchSitemap(request.url, request.options,
                                              base::Call::within(request.options.timeout, std::move(stop)));
        if (!xml)
            return base::fail(xml.error());
        return readSitemapInto(found, *xml, request.url.toDisplayString(), site);
    });
}

void RouteImport::begin(Reading reading)
{
    const auto queued =
        m_worker.submit([this, reading = std::move(reading), sender = m_mailbox.sender()](std::stop_token stop) {
            Found found;
            const Status read = reading(found, std::move(stop));
            if (!read) {
                sender.post([this, error = read.error()] { Q_EMIT failed(error); });
                return;
            }
            QStringList paths;
            qsizetype dynamic = 0;
            for (const routes::ListedRoute &route : found.list.routes()) {
                if (routes::isDynamicRoute(route.path))
                    ++dynamic;
                else
                    paths << route.path;
            }
            if (dynamic > 0)
                found.remarks << tr("Left out, because they take parameters: %1.").arg(dynamic);
            if (paths.size() > mostRoutes)
                found.remarks << tr("The first %1 of %2 routes are taken.").arg(mostRoutes).arg(paths.size());
            if (paths.isEmpty())
                found.remarks << tr("No route to measure is named there.");
            sender.post([this, taken = paths.mid(0, mostRoutes), remark = found.remarks.join(QLatin1Char(' ')),
                         otherHost = found.otherHost] { Q_EMIT ready(taken, remark, otherHost); });
        });
    if (!queued)
        Q_EMIT failed(queued.error());
}

} // namespace rollcall::latency
