#include "ui/latency/RouteImport.h"

#include <QUrl>

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

/// Takes the pages of the sitemap @p xml into @p list.
Status readSitemapInto(routes::RouteList &list, QStringList &remarks, const QByteArray &xml, const QString &origin)
{
    const auto sitemap = routes::readSitemap(xml, origin);
    if (!sitemap)
        return base::fail(sitemap.error());
    // Which need not be the deployment's.
    if (!sitemap->pages.empty())
        remarks << RouteImport::tr("Its pages are of %1.").arg(sitemap->pages.front().host());
    if (const int elsewhere = routes::addPages(*sitemap, list); elsewhere > 0) {
        remarks << RouteImport::tr("Left out, because they are of other hosts: %1.").arg(elsewhere);
    }
    if (!sitemap->sitemaps.empty())
        remarks << RouteImport::tr("It is an index: %1 further sitemaps are not read.").arg(sitemap->sitemaps.size());
    return {};
}

Status readInto(routes::RouteList &list, QStringList &remarks, RouteSource source, const QString &path,
                const QString &sessionPath)
{
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
        const routes::HarRoutes har = routes::auditNavigations(*entries, sessionPath);
        for (const QString &route : har.paths)
            list.add(route, QStringLiteral("har"));
        remarks << auditText(har);
    } else if (source == RouteSource::Sitemap) {
        return readSitemapInto(list, remarks, *content, path);
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

void RouteImport::read(RouteSource source, const QString &path, const QString &sessionPath)
{
    begin([source, path, sessionPath](Found &found, std::stop_token) {
        return readInto(found.list, found.remarks, source, path, sessionPath);
    });
}

void RouteImport::fetch(const SitemapRequest &request)
{
    begin([request](Found &found, std::stop_token stop) -> Status {
        const auto xml = routes::fetchSitemap(request.url, request.options,
                                              base::Call::within(request.options.timeout, std::move(stop)));
        if (!xml)
            return base::fail(xml.error());
        return readSitemapInto(found.list, found.remarks, *xml, request.url.toDisplayString());
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
            sender.post([this, taken = paths.mid(0, mostRoutes), remark = found.remarks.join(QLatin1Char(' '))] {
                Q_EMIT ready(taken, remark);
            });
        });
    if (!queued)
        Q_EMIT failed(queued.error());
}

} // namespace rollcall::latency
