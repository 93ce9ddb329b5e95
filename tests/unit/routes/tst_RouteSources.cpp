#include <QtTest>

#include <QTemporaryDir>

#include "core/routes/NavigationAudit.h"
#include "core/routes/NextBuild.h"
#include "core/routes/RouteList.h"
#include "core/routes/SitemapPages.h"
#include "core/routes/SitemapReader.h"
#include "tests/support/TestPaths.h"

using namespace rollcall;
using base::ErrorCode;
using base::ErrorParam;

namespace {

void write(const QString &path, const QByteArray &content)
{
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
}

QByteArray entry(int second, const char *url, const char *more, const char *type = "document", int status = 200)
{
    return QByteArray("{\"startedDateTime\":\"2026-05-01T12:00:0") + QByteArray::number(second) +
           ".500Z\",\"time\":12.5,\"request\":{\"method\":\"GET\",\"url\":\"" + url +
           "\"},\"response\":{\"status\":" + QByteArray::number(status) +
           ",\"content\":{\"mimeType\":\"text/html; charset=utf-8\"}},\"_resourceType\":\"" + type + "\"" + more + "}";
}

QByteArray har(const QByteArrayList &entries)
{
    return "{\"log\":{\"version\":\"1.2\",\"entries\":[" + entries.join(',') + "]}}";
}

} // namespace

/// Where routes come from: a Next.js build, a HAR file, a sitemap, and what middleware covers of them.
class RouteSourcesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void buildsAreRead_data()
    {
        QTest::addColumn<bool>("edge");
        QTest::addColumn<bool>("inner");
        QTest::newRow("Edge middleware") << true << false;
        QTest::newRow("Node.js middleware, the application's folder") << false << true;
    }
    void buildsAreRead()
    {
        QFETCH(bool, edge);
        QFETCH(bool, inner);
        QTemporaryDir folder;
        const QString place = folder.filePath(inner ? QStringLiteral(".next/") : QString());
        write(place + QStringLiteral("/routes-manifest.json"), "{\"version\":3,\"basePath\":\"/shop\"}");
        write(place + QStringLiteral("/app-path-routes-manifest.json"),
              "{\"/page\":\"/\",\"/orders/[id]/page\":\"/orders/[id]\",\"/_not-found/page\":\"/_not-found\"}");
        write(place + QStringLiteral("/server/pages-manifest.json"),
              "{\"/404\":\"pages/404.html\",\"/_app\":\"x\",\"/old/[[...rest]]\":\"x\",\"/api/me\":\"x\"}");
        const QByteArray matchers = "{\"matchers\":[{\"regexp\":\"x\",\"originalSource\":\"/orders/:path*\"}]}";
        if (edge)
            write(place + QStringLiteral("/server/middleware-manifest.json"),
                  "{\"middleware\":{\"/\":" + matchers + "}}");
        else
            write(place + QStringLiteral("/server/functions-config-manifest.json"),
                  "{\"functions\":{\"/_middleware\":" + matchers + "}}");
        const auto build = routes::readNextBuild(folder.path());
        QVERIFY2(build.has_value(), build ? "" : qPrintable(build.error().param(ErrorParam::Detail)));
        QCOMPARE(build->routes,
                 (QStringList{QStringLiteral("/shop"), QStringLiteral("/shop/api/me"),
                              QStringLiteral("/shop/old/[[...rest]]"), QStringLiteral("/shop/orders/[id]")}));
        QVERIFY(build->hasMiddleware);
        routes::RouteList list;
        for (const QString &route : build->routes)
            list.add(route, QStringLiteral("build"));
        QVERIFY(list.protect(build->matchers).has_value());
        for (const routes::ListedRoute &route : list.routes())
            QCOMPARE(route.protectedBy.has_value(), route.path == QStringLiteral("/shop/orders/[id]"));
    }
    void wrongBuildsSayWhy_data()
    {
        QTest::addColumn<QByteArray>("routesManifest");
        QTest::addColumn<QByteArray>("middleware");
        QTest::addColumn<QString>("why");
        QTest::newRow("never built") << QByteArray() << QByteArray() << QStringLiteral("finished build");
        QTest::newRow("another") << QByteArray("{}") << QByteArray() << QStringLiteral("not a routes manifest");
        QTest::newRow("cut") << QByteArray("{\"vers") << QByteArray() << QStringLiteral("not a JSON object");
        QTest::newRow("matcher") << QByteArray("{\"version\":3}")
                                 << QByteArray("{\"middleware\":{\"/\":{\"matchers\":[{\"originalSource\":\"/((\"}]}}}")
                                 << QStringLiteral("matcher /((");
        QTest::newRow("condition") << QByteArray("{\"version\":3}")
                                   << QByteArray("{\"middleware\":{\"/\":{\"matchers\":[{\"originalSource\":\"/a\","
                                                 "\"has\":[{\"type\":\"moon\"}]}]}}}")
                                   << QStringLiteral("unknown type");
    }
    void wrongBuildsSayWhy()
    {
        QFETCH(QByteArray, routesManifest);
        QFETCH(QByteArray, middleware);
        QFETCH(QString, why);
        QTemporaryDir folder;
        if (!routesManifest.isEmpty())
            write(folder.filePath(QStringLiteral("routes-manifest.json")), routesManifest);
        if (!middleware.isEmpty())
            write(folder.filePath(QStringLiteral("server/middleware-manifest.json")), middleware);
        const auto build = routes::readNextBuild(folder.path());
        QVERIFY(!build.has_value());
        QVERIFY2(build.error().param(ErrorParam::Detail).contains(why),
                 qPrintable(build.error().param(ErrorParam::Detail)));
    }

    void examplesOfDynamicRoutes_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("example");
        QTest::newRow("plain") << "/a/b"
                               << "/a/b";
        QTest::newRow("parameter") << "/a/[id]/b"
                                   << "/a/_/b";
        QTest::newRow("catch-all") << "/a/[...rest]"
                                   << "/a/_";
        QTest::newRow("optional") << "/[[...rest]]"
                                  << "/";
    }
    void examplesOfDynamicRoutes()
    {
        QFETCH(QString, path);
        QTEST(routes::examplePath(path), "example");
        QCOMPARE(routes::isDynamicRoute(path), path.contains(QLatin1Char('[')));
    }

    void sessionCallsBelongToTheirNavigation()
    {
        const QByteArray file = har({
            entry(0, "https://shop.example/api/auth/session", "", "fetch"),
            entry(1, "https://shop.example/?token=secret#x", ",\"pageref\":\"p1\""),
            entry(2, "https://shop.example/api/auth/session?x=1", ",\"pageref\":\"p1\"", "fetch"),
            entry(3, "https://shop.example/_next/static/a.js", "", "script"),
            entry(3, "https://cdn.example/b", "", "fetch"),
            entry(3, "data:text/plain,x", "", "fetch"),
            entry(4, "https://shop.example/old", "", "document", 307),
            entry(5, "https://shop.example/orders", ",\"pageref\":\"p2\""),
            entry(6, "https://shop.example/api/auth/session", ",\"pageref\":\"p1\"", "fetch", 500),
            entry(7, "https://shop.example/api/auth/session", "", "fetch"),
            entry(8, "https://shop.example/api/orders", "", "fetch"),
        });
        const auto entries = http::readHar(file, QStringLiteral("x.har"));
        QVERIFY(entries.has_value());
        QCOMPARE(entries->size(), 10U);
        const routes::HarRoutes found = routes::auditNavigations(*entries, QStringLiteral("/api/auth/session"));
        QCOMPARE(found.paths,
                 (QStringList{QStringLiteral("/api/auth/session"), QStringLiteral("/"), QStringLiteral("/old"),
                              QStringLiteral("/orders"), QStringLiteral("/api/orders")}));
        QCOMPARE(found.sessionCallsBefore, 1);
        QCOMPARE(found.navigations.size(), 2U);
        QCOMPARE(found.navigations[0].path, QStringLiteral("/"));
        QCOMPARE(found.navigations[0].sessionCalls, 2); // the late one is noted as p1's
        QCOMPARE(found.navigations[0].failedSessionCalls, 1);
        QCOMPARE(found.navigations[0].sessionTime, std::chrono::nanoseconds(25'000'000));
        QCOMPARE(found.navigations[1].sessionCalls, 1);
    }
    void wrongHarsSayWhy_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("why");
        QTest::newRow("no JSON") << QByteArray("<html>") << QStringLiteral("not JSON");
        QTest::newRow("another") << QByteArray("{\"a\":1}") << QStringLiteral("no log.entries");
        QTest::newRow("time") << har({entry(1, "https://a/", "").replace("12.5", "\"x\"").replace("2026", "20x6")})
                              << QStringLiteral("log.entries[0]: startedDateTime");
        QTest::newRow("address") << har({entry(1, "https://a/", ""), entry(1, "nothing", "")})
                                 << QStringLiteral("log.entries[1]: request.url");
    }
    void wrongHarsSayWhy()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, why);
        const auto entries = http::readHar(json, QStringLiteral("x.har"));
        QVERIFY(!entries.has_value());
        QCOMPARE(entries.error().code, ErrorCode::FileFormatInvalid);
        QVERIFY2(entries.error().param(ErrorParam::Detail).contains(why),
                 qPrintable(entries.error().param(ErrorParam::Detail)));
    }

    void sitemapsAreRead()
    {
        const auto sitemap = routes::readSitemap(
            "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
            "xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>"
            "<url><loc> https://shop.example/a?x=1 </loc><image:image><image:loc>https://cdn.example/i</image:loc>"
            "</image:image></url><url><loc>mailto:x@y</loc></url><url><loc>https://shop.example/b</loc></url></urlset>",
            QStringLiteral("sitemap.xml"));
        QVERIFY(sitemap.has_value());
        QCOMPARE(sitemap->pages.size(), 2U);
        QCOMPARE(sitemap->pages[0].toString(), QStringLiteral("https://shop.example/a"));
        routes::RouteList list;
        QCOMPARE(routes::addPages(*sitemap, QUrl(QStringLiteral("http://shop.example:80")), list), 0);
        QCOMPARE(list.routes().size(), 2U);
        for (const char *other : {"https://www.shop.example", "https://shop.example:8443", "http://localhost:3000"})
            QCOMPARE(routes::addPages(*sitemap, QUrl(QString::fromLatin1(other)), list), 2);
        QCOMPARE(list.routes().size(), 2U);
        const auto index = routes::readSitemap(
            "<sitemapindex><sitemap><loc>https://shop.example/s.xml</loc></sitemap></sitemapindex>", QString());
        QVERIFY(index && index->pages.empty() && index->sitemaps.size() == 1);
    }
    void wrongSitemapsSayWhy_data()
    {
        QTest::addColumn<QByteArray>("xml");
        QTest::addColumn<QString>("why");
        QTest::newRow("empty") << QByteArray() << QStringLiteral("not XML");
        QTest::newRow("HTML") << QByteArray("<html></html>") << QStringLiteral("not a sitemap");
        QTest::newRow("cut") << QByteArray("<urlset><url><loc>https://a/b</loc>") << QStringLiteral("not XML");
        QTest::newRow("gzip") << QByteArray("\x1f\x8b\x08") << QStringLiteral("gzip");
        QTest::newRow("entities without end")
            << QByteArray("<!DOCTYPE u [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
                          "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">"
                          "]><urlset><url><loc>https://a/&d;</loc></url></urlset>")
            << QStringLiteral("not XML");
    }
    void wrongSitemapsSayWhy()
    {
        QFETCH(QByteArray, xml);
        QFETCH(QString, why);
        const auto sitemap = routes::readSitemap(xml, QStringLiteral("sitemap.xml"));
        QVERIFY(!sitemap.has_value());
        QVERIFY2(sitemap.error().param(ErrorParam::Detail).contains(why),
                 qPrintable(sitemap.error().param(ErrorParam::Detail)));
    }
};

QTEST_GUILESS_MAIN(RouteSourcesTest)
#include "tst_RouteSources.moc"
