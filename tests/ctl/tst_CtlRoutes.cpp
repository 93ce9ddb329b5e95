#include <QtTest>

#include <QDir>
#include <QJsonArray>

#include "tests/support/CtlProcess.h"
#include "tests/support/ScriptedServer.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;

/// `routes match` and `routes list`: the matchers of a Next.js middleware, and the routes that they cover.
class CtlRoutesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matches_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QStringList>("patterns");
        QTest::addColumn<QString>("by"); // empty: none
        const QString docs = QStringLiteral("/((?!api|_next/static|_next/image|favicon.ico).*)");
        QTest::newRow("second") << QStringLiteral("/orders/7")
                                << QStringList{QStringLiteral("/a"), QStringLiteral("/orders/:id*")}
                                << QStringLiteral("/orders/:id*");
        QTest::newRow("query") << QStringLiteral("/a?b=c") << QStringList{QStringLiteral("/a")} << QStringLiteral("/a");
        QTest::newRow("look-ahead") << QStringLiteral("/x") << QStringList{docs} << docs;
        QTest::newRow("kept out") << QStringLiteral("/apix") << QStringList{docs} << QString();
        QTest::newRow("case") << QStringLiteral("/A") << QStringList{QStringLiteral("/a")} << QString();
    }
    void matches()
    {
        QFETCH(QString, path);
        QFETCH(QStringList, patterns);
        QFETCH(QString, by);
        CtlProcess ctl;
        QStringList words{QStringLiteral("routes"), QStringLiteral("match"), path};
        for (const QString &pattern : patterns)
            words << QStringLiteral("--matcher") << pattern;
        const CtlResult result = ctl.run(words);
        QVERIFY2(result.exitCode == (by.isEmpty() ? 1 : 0), result.all().constData());
        const QJsonObject answer = result.json();
        QCOMPARE(answer.keys(), (QStringList{QStringLiteral("by"), QStringLiteral("matches"), QStringLiteral("path")}));
        QCOMPARE(answer.value(QStringLiteral("path")).toString(), path);
        QCOMPARE(answer.value(QStringLiteral("matches")).toBool(), !by.isEmpty());
        QCOMPARE(answer.value(QStringLiteral("by")), by.isEmpty() ? QJsonValue() : QJsonValue(by));
    }

    void readsWhatStandsInTheConfiguration_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("by"); // empty: none
        const QString list = QStringLiteral("--matcher=[\"/a\",{\"source\":\"/orders/:id*\"}]");
        QTest::newRow("a list") << QStringList{QStringLiteral("/orders/7"), list} << QStringLiteral("/orders/:id*");
        const QString object =
            QStringLiteral("--matcher={\"source\":\"/b\",\"has\":[{\"type\":\"query\",\"key\":\"beta\"}]}");
        QTest::newRow("has") << QStringList{QStringLiteral("/b?beta=1"), object} << QStringLiteral("/b");
        QTest::newRow("has not") << QStringList{QStringLiteral("/b"), object} << QString();
        const QString basePath = QStringLiteral("--next-base-path=/docs");
        QTest::newRow("base path") << QStringList{QStringLiteral("/docs/a"), list, basePath} << QStringLiteral("/a");
        QTest::newRow("without it") << QStringList{QStringLiteral("/a"), list, basePath} << QString();
    }
    void readsWhatStandsInTheConfiguration()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, by);
        CtlProcess ctl;
        const CtlResult result = ctl.run(QStringList{QStringLiteral("routes"), QStringLiteral("match")} + words);
        QVERIFY2(result.exitCode == (by.isEmpty() ? 1 : 0), result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("by")).toString(), by);
    }

    void aBasePathOfAnotherKindIsSaidToBeOne()
    {
        CtlProcess ctl;
        const CtlResult result = ctl.run({QStringLiteral("routes"), QStringLiteral("match"), QStringLiteral("/docs/a"),
                                          QStringLiteral("--matcher=/a"), QStringLiteral("--base-path=/docs")});
        QVERIFY2(result.exitCode == 1, result.all().constData());
        QVERIFY2(result.err.contains("--next-base-path"), result.all().constData());
    }

    void refuses_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("bad pattern") << QStringList{QStringLiteral("/a"), QStringLiteral("--matcher=/a(b")}
                                     << QByteArray("Unbalanced pattern at 2");
        QTest::newRow("no slash") << QStringList{QStringLiteral("/a"), QStringLiteral("--matcher=a")}
                                  << QByteArray("source must start with /");
        QTest::newRow("which of several")
            << QStringList{QStringLiteral("/a"), QStringLiteral("--matcher=/a"), QStringLiteral("--matcher=orders/:id")}
            << QByteArray("orders/:id");
        QTest::newRow("which of a list") << QStringList{QStringLiteral("/a"),
                                                        QStringLiteral("--matcher=[\"/a\",\"orders\"]")}
                                         << QByteArray("(in orders)");
        QTest::newRow("JavaScript, no JSON")
            << QStringList{QStringLiteral("/a"), QStringLiteral("--matcher=['/a']")} << QByteArray("no JSON");
        QTest::newRow("unknown member") << QStringList{QStringLiteral("/a"),
                                                       QStringLiteral("--matcher={\"source\":\"/a\",\"x\":1}")}
                                        << QByteArray("--matcher");
        QTest::newRow("base path") << QStringList{QStringLiteral("/a"), QStringLiteral("--matcher=/a"),
                                                  QStringLiteral("--next-base-path=docs")}
                                   << QByteArray("--next-base-path");
        QTest::newRow("too hard") << QStringList{QString(u'/' + QStringLiteral("a").repeated(5000) + u'!'),
                                                 QStringLiteral("--matcher=/((?:a+)+)b")}
                                  << QByteArray("steps");
        QTest::newRow("no pattern") << QStringList{QStringLiteral("/a")} << QByteArray("--matcher");
        QTest::newRow("no path") << QStringList{QStringLiteral("--matcher=/a")} << QByteArray("PATH");
        QTest::newRow("relative path") << QStringList{QStringLiteral("a"), QStringLiteral("--matcher=/a")}
                                       << QByteArray("slash");
    }
    void refuses()
    {
        QFETCH(QStringList, words);
        QFETCH(QByteArray, says);
        CtlProcess ctl;
        const CtlResult result = ctl.run(QStringList{QStringLiteral("routes"), QStringLiteral("match")} + words);
        QVERIFY2(result.exitCode == 2, result.all().constData());
        QCOMPARE(result.errorCode(), QStringLiteral("UsageInvalid"));
        QVERIFY2(result.err.contains(says), result.all().constData());
    }

    void listsWhatSourcesName()
    {
        CtlProcess ctl;
        const QString folder = ctl.folder() + QStringLiteral("/app");
        QVERIFY(QDir().mkpath(folder + QStringLiteral("/.next/server")));
        const auto write = [&](const QString &name, const QByteArray &content) {
            QFile file(folder + QStringLiteral("/.next/") + name);
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
        };
        write(QStringLiteral("routes-manifest.json"), "{\"version\":3,\"basePath\":\"\"}");
        write(QStringLiteral("app-path-routes-manifest.json"),
              "{\"/page\":\"/\",\"/orders/[id]/page\":\"/orders/[id]\"}");
        write(QStringLiteral("server/middleware-manifest.json"),
              "{\"middleware\":{\"/\":{\"matchers\":[{\"originalSource\":\"/orders/:path*\"}]}}}");
        const QString list = ctl.writeFile(QStringLiteral("paths"), "/\n# more\n/reports/7\n");
        const CtlResult result =
            ctl.run({QStringLiteral("routes"), QStringLiteral("list"), QStringLiteral("--build"), folder,
                     QStringLiteral("--list"), list, QStringLiteral("--matcher=/reports/:path*")});
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const auto route = [](const char *path, const QJsonValue &by, const char *source) {
            return QJsonObject{{QStringLiteral("path"), QLatin1String(path)},
                               {QStringLiteral("protectedBy"), by},
                               {QStringLiteral("source"), QLatin1String(source)}};
        };
        QCOMPARE(result.json().value(QStringLiteral("routes")).toArray(),
                 (QJsonArray{route("/", QJsonValue(), "build"),
                             route("/orders/[id]", QStringLiteral("/orders/:path*"), "build"),
                             route("/reports/7", QStringLiteral("/reports/:path*"), "list")}));
        const CtlResult match = ctl.run({QStringLiteral("routes"), QStringLiteral("match"), QStringLiteral("/orders/7"),
                                         QStringLiteral("--build"), folder});
        QVERIFY2(match.exitCode == 0 &&
                     match.json().value(QStringLiteral("by")).toString() == QStringLiteral("/orders/:path*"),
                 match.all().constData());
    }

    void auditsTheNavigationsOfAHar()
    {
        CtlProcess ctl;
        ctl.neverShow("very-secret-code");
        const auto entry = [](const char *second, const char *url, const char *type) -> QByteArray {
            return QByteArray("{\"startedDateTime\":\"2026-05-01T12:00:0") + second +
                   "Z\",\"time\":20,\"request\":{\"method\":\"GET\",\"url\":\"" + url +
                   "\"},\"response\":{\"status\":200},\"_resourceType\":\"" + type + "\"}";
        };
        const QString har = ctl.writeFile(QStringLiteral("x.har"),
                                          "{\"log\":{\"entries\":[" +
                                              entry("1", "https://a.example/in?code=very-secret-code", "document") +
                                              ',' + entry("2", "https://a.example/api/auth/session", "fetch") + ',' +
                                              entry("3", "https://a.example/api/auth/session", "fetch") + "]}}");
        const CtlResult result =
            ctl.run({QStringLiteral("routes"), QStringLiteral("list"), QStringLiteral("--har"), har});
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonObject navigation = result.json().value(QStringLiteral("navigations")).toArray().first().toObject();
        QCOMPARE(navigation.value(QStringLiteral("path")).toString(), QStringLiteral("/in"));
        QCOMPARE(navigation.value(QStringLiteral("sessionCalls")).toInt(), 2);
        QCOMPARE(navigation.value(QStringLiteral("sessionMs")).toDouble(), 40.0);
        const CtlResult elsewhere = ctl.run({QStringLiteral("routes"), QStringLiteral("list"), QStringLiteral("--har"),
                                             har, QStringLiteral("--base-path"), QStringLiteral("/auth")});
        QCOMPARE(elsewhere.json()
                     .value(QStringLiteral("navigations"))
                     .toArray()
                     .first()
                     .toObject()
                     .value(QStringLiteral("sessionCalls"))
                     .toInt(),
                 0);
    }

    void fetchesASitemap()
    {
        const rollcall::test::ScriptedServer server([](const rollcall::test::ScriptedServer::Request &request) {
            return request.requestLine().contains("/sitemap.xml")
                       ? rollcall::test::Reply::http(200, "<urlset><url><loc>https://a.example/x</loc></url></urlset>")
                       : rollcall::test::Reply::http(404, "");
        });
        CtlProcess ctl;
        const CtlResult result = ctl.run({QStringLiteral("routes"), QStringLiteral("list"), QStringLiteral("--sitemap"),
                                          server.url(QStringLiteral("/sitemap.xml")).toString()});
        QVERIFY2(result.exitCode == 0 && result.out.contains("\"/x\""), result.all().constData());
        QVERIFY2(result.err.contains("The pages are of a.example, not of 127.0.0.1:"), result.all().constData());
        const CtlResult missing =
            ctl.run({QStringLiteral("routes"), QStringLiteral("list"), QStringLiteral("--sitemap"),
                     server.url(QStringLiteral("/nothing.xml")).toString()});
        QVERIFY2(missing.exitCode == 3 && missing.errorCode() == QStringLiteral("DeploymentStatus"),
                 missing.all().constData());
    }

    void wrongSourcesSayWhy_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("code");
        QTest::newRow("none") << QStringList{} << QStringLiteral("UsageInvalid");
        QTest::newRow("no folder") << QStringList{QStringLiteral("--build=/nowhere")}
                                   << QStringLiteral("FileUnreadable");
        QTest::newRow("no file") << QStringList{QStringLiteral("--har=/nowhere")} << QStringLiteral("FileUnreadable");
        QTest::newRow("no HAR") << QStringList{QStringLiteral("--har=/proc/self/status")}
                                << QStringLiteral("FileFormatInvalid");
        QTest::newRow("no sitemap") << QStringList{QStringLiteral("--sitemap=/proc/self/status")}
                                    << QStringLiteral("FileFormatInvalid");
        QTest::newRow("no paths") << QStringList{QStringLiteral("--list=/proc/self/status")}
                                  << QStringLiteral("FileFormatInvalid");
    }
    void wrongSourcesSayWhy()
    {
        QFETCH(QStringList, words);
        CtlProcess ctl;
        const CtlResult result = ctl.run(QStringList{QStringLiteral("routes"), QStringLiteral("list")} + words);
        QVERIFY2(result.exitCode == 2, result.all().constData());
        QTEST(result.errorCode(), "code");
    }

    void help()
    {
        CtlProcess ctl;
        const CtlResult result = ctl.run({QStringLiteral("routes"), QStringLiteral("match"), QStringLiteral("--help")});
        QCOMPARE(result.exitCode, 0);
        QVERIFY2(result.out.contains("--matcher"), result.all().constData());
    }
};

QTEST_GUILESS_MAIN(CtlRoutesTest)
#include "tst_CtlRoutes.moc"
