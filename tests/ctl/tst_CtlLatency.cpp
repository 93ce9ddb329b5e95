#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>

#include <csignal>
#include <mutex>

#include "core/demo/DemoDeployment.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/FakeDeployment.h"
#include "tests/support/RedisServer.h"
#include "tests/support/ScriptedServer.h"

using namespace rollcall;
using test::contentOf;
using test::CtlProcess;
using test::CtlResult;
using test::words;

/// `latency run`, on the embedded demo.
class CtlLatencyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        demo::DemoOptions options;
        options.sessions = 200;
        auto started = demo::DemoDeployment::start(options, base::Call::within(std::chrono::seconds(30)));
        QVERIFY(started);
        m_demo = std::move(*started);
        m_ctl.neverShow(contentOf(m_demo->info().secretFile).trimmed());
        const QByteArray cookie = contentOf(m_demo->info().cookieFile).trimmed();
        m_ctl.neverShow(cookie.mid(cookie.indexOf('=') + 1));
        m_stats = stats();
        QVERIFY(!m_stats.isEmpty());
    }

    void cleanup() { QVERIFY2(stats() == m_stats, "a run left sessions or users behind"); }

    void aRunIsADocument_data()
    {
        QTest::addColumn<QStringList>("pace");
        QTest::newRow("closed") << words("--concurrency 2");
        QTest::newRow("open") << words("--rate 60 --arrival constant");
    }

    void aRunIsADocument()
    {
        QFETCH(QStringList, pace);
        const QString out = m_ctl.folder() + QStringLiteral("/run.json");
        const CtlResult result = run(words("--route / --route /dashboard --modes local,proxy,cached,route,floor "
                                           "--samples 6 --yes --out")
                                     << out << pace);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonObject document = result.json();
        for (const char *key : {"schema", "meta", "plan", "cells", "comparisons", "budgets", "guards", "stopReason"})
            QVERIFY2(document.contains(QLatin1StringView(key)), key);
        QCOMPARE(document.value(QStringLiteral("schema")).toString(), QStringLiteral("rollcall-latency/1"));
        QFile file(out);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), result.out);
        const QJsonArray cells = document.value(QStringLiteral("cells")).toArray();
        QCOMPARE(cells.size(), 12); // two routes; cached is a hit and a miss
        for (const QJsonValue &value : cells) {
            const QJsonObject cell = value.toObject();
            QCOMPARE(cell.value(QStringLiteral("count")).toInt(), 6);
            QVERIFY2(cell.value(QStringLiteral("ok")).toInt() == 6 &&
                         cell.value(QStringLiteral("errors")).toObject().isEmpty(),
                     QJsonDocument(cell).toJson().constData());
            QVERIFY(cell.value(QStringLiteral("service")).toObject().value(QStringLiteral("p50")).toDouble() > 0);
        }
        // The canary's row is written and removed on record.
        const CtlResult audit = m_ctl.run(words("audit verify"));
        QVERIFY2(audit.exitCode == 0 && audit.json().value(QStringLiteral("entries")).toInt() >= 4,
                 audit.all().constData());
    }

    void aRunChecksItself()
    {
        const CtlResult result = run(words("--route / --modes local,proxy --samples 12 --concurrency 1 --yes"));
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonObject meta = result.json().value(QStringLiteral("meta")).toObject();
        QVERIFY(
            meta.value(QStringLiteral("selfCalibration")).toObject().value(QStringLiteral("overheadP50Ns")).toInt() >
            0);
        const QJsonObject control = meta.value(QStringLiteral("control")).toObject();
        QCOMPARE(control.value(QStringLiteral("mode")).toString(), QStringLiteral("proxy"));
        QVERIFY(control.value(QStringLiteral("ratio")).toDouble() > 0);
        // The control is no cell of the answer, and its samples are not among those kept.
        QCOMPARE(result.json().value(QStringLiteral("cells")).toArray().size(), 2);
        QCOMPARE(result.json().value(QStringLiteral("samples")).toObject().value(QStringLiteral("count")).toInt(), 30);
        const CtlResult full = m_ctl.run(words("latency run --route / --modes floor --samples 300 --concurrency 4 "
                                               "--guards off --cookie none --base-url")
                                         << m_demo->info().baseUrl.toString());
        QVERIFY2(full.exitCode == 0, full.all().constData());
        const double occupancy = full.json()
                                     .value(QStringLiteral("meta"))
                                     .toObject()
                                     .value(QStringLiteral("littlesLaw"))
                                     .toObject()
                                     .value(QStringLiteral("value"))
                                     .toDouble();
        // On a machine that has other things to do, much of the time is spent between two requests.
        QVERIFY2(occupancy > 0 && occupancy <= 1.0001, qPrintable(QString::number(occupancy)));
    }

    void cachesAreNamed()
    {
        const test::RedisServer server;
        QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
        const QString cache = QStringLiteral("redis://127.0.0.1:%1").arg(server.port());
        const CtlResult result =
            run(words("--route / --modes cached,cached-redis,cached-memory --samples 40 --concurrency 1 --yes --cache")
                << cache);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QCOMPARE(
            result.json().value(QStringLiteral("meta")).toObject().value(QStringLiteral("cacheBackend")).toString(),
            QStringLiteral("redis"));
        const QJsonArray cells = result.json().value(QStringLiteral("cells")).toArray();
        QCOMPARE(cells.size(), 6); // three caches, a hit and a miss each
        for (const QJsonValue &cell : cells)
            QCOMPARE(cell.toObject().value(QStringLiteral("ok")).toInt(), 40);
        const auto median = [&cells](qsizetype i) {
            return cells.at(i)
                .toObject()
                .value(QStringLiteral("service"))
                .toObject()
                .value(QStringLiteral("p50"))
                .toDouble();
        };
        QVERIFY2(median(4) < median(2), "a hit in memory asks no server"); // cached-memory against cached-redis
    }
    void aNamedCacheMustBeConfigured_data()
    {
        QTest::addColumn<QStringList>("more");
        QTest::newRow("no cache") << words("--modes cached-redis");
        QTest::newRow("no Upstash") << words("--modes cached-upstash");
        QTest::newRow("another cache") << words("--modes cached-upstash --cache redis://127.0.0.1:1");
    }
    void aNamedCacheMustBeConfigured()
    {
        QFETCH(QStringList, more);
        const CtlResult result = run(words("--route / --samples 3 --yes") + more);
        QVERIFY2(result.exitCode == 2 && result.errorCode() == QStringLiteral("PartNotGiven"),
                 result.all().constData());
        QVERIFY2(result.err.contains("--cache"), result.err.constData());
    }

    void coldConnectionsAndStrangersAreCells()
    {
        const QString out = m_ctl.folder() + QStringLiteral("/states.json");
        const CtlResult result = run(words("--route /dashboard --modes local,proxy,route --cookies valid,none,garbage "
                                           "--connections reused,cold --samples 6 --concurrency 1 --yes --out")
                                     << out);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QStringList seen;
        const QJsonArray cells = result.json().value(QStringLiteral("cells")).toArray();
        for (const QJsonValue &value : cells) {
            const QJsonObject cell = value.toObject();
            const QString connection = cell.value(QStringLiteral("connection")).toString();
            seen << cell.value(QStringLiteral("mode")).toString() + QLatin1Char(' ') +
                        cell.value(QStringLiteral("cookie")).toString() + QLatin1Char(' ') + connection;
            QVERIFY2(cell.value(QStringLiteral("ok")).toInt() == 6, QJsonDocument(cell).toJson().constData());
            const QJsonValue tcp = cell.value(QStringLiteral("phases")).toObject().value(QStringLiteral("tcp"));
            QVERIFY2(connection != QStringLiteral("cold") || tcp.toInt() > 0, result.all().constData());
        }
        QCOMPARE(seen.size(), 13);
        seen.removeDuplicates();
        QCOMPARE(seen.size(), 13);
        // What was measured beside the plan's own cookie takes part in no comparison.
        QCOMPARE(result.json().value(QStringLiteral("comparisons")).toArray().size(), 1);
        for (const char *form : {"html", "csv", "hdr", "openmetrics", "markdown"}) {
            const CtlResult report = m_ctl.run({QStringLiteral("latency"), QStringLiteral("report"), out,
                                                QStringLiteral("--as"), QString::fromLatin1(form)});
            QVERIFY2(report.exitCode == 0, report.all().constData());
        }
        const CtlResult same = m_ctl.run({QStringLiteral("latency"), QStringLiteral("compare"), out, out});
        QCOMPARE(same.json().value(QStringLiteral("cells")).toArray().size(), 13);
        for (const char *wrong : {"--cookies valid,stale", "--connections warm", "--cookies none --cookie none"}) {
            const CtlResult usage = run(words("--route / --modes proxy --samples 3 --yes") + words(wrong));
            QVERIFY2(usage.exitCode == 2, usage.all().constData());
        }
    }

    void jwtNeedsNoConsent()
    {
        const CtlResult result = m_ctl.run(
            words("latency run --route / --modes local,proxy --samples 3 --concurrency 1 --guards off --base-url")
            << m_demo->info().jwtBaseUrl.toString() << QStringLiteral("--secret-file") << m_demo->info().secretFile);
        QVERIFY2(result.exitCode == 0, result.all().constData());
    }

    void aCanaryRowNeedsConsent()
    {
        const CtlResult result = run(words("--route / --samples 3"));
        QVERIFY2(result.exitCode == 4 && result.errorCode() == QStringLiteral("WriteRefused"),
                 result.all().constData());
        const CtlResult readOnly = run(words("--route / --samples 3 --yes --read-only"));
        QVERIFY2(readOnly.exitCode == 4, readOnly.all().constData());
    }

    void budgets_data()
    {
        QTest::addColumn<QString>("budget");
        QTest::addColumn<QStringList>("more");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("kept") << QStringLiteral("proxy.max<30s") << words("--samples 12") << 0;
        // Of what goes over the network nothing is judged where the machine is too busy for a stable run. Whether it is
        // stable so few samples do not tell.
        QTest::newRow("missed") << QStringLiteral("proxy.max<1ns") << words("--samples 5") << 1;
        QTest::newRow("missed on the route") << QStringLiteral("/:local.p50<1ns") << words("--samples 12") << 1;
        QTest::newRow("not enough samples") << QStringLiteral("proxy.p999<30s") << words("--samples 12") << 0;
        QTest::newRow("not enough samples, strict")
            << QStringLiteral("proxy.p999<30s") << words("--samples 12 --strict") << 1;
    }

    void budgets()
    {
        QFETCH(QString, budget);
        QFETCH(QStringList, more);
        QFETCH(int, exitCode);
        const CtlResult result =
            run(words("--route / --modes local,proxy --concurrency 1 --yes --budget") << budget << more);
        QVERIFY2(result.exitCode == exitCode, result.all().constData());
        const QJsonObject judged = result.json().value(QStringLiteral("budgets")).toArray().first().toObject();
        for (const char *key : {"budget", "route", "mode", "valueNs", "limitNs", "verdict"})
            QVERIFY2(judged.contains(QLatin1StringView(key)), key);
    }

    void revocationsAreTimed()
    {
        const CtlResult result = m_ctl.run(propagation(words("--modes local,proxy,cached --trials 3 --yes")));
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonArray cells = result.json().value(QStringLiteral("cells")).toArray();
        QCOMPARE(cells.size(), 3);
        for (const QJsonValue &value : cells) {
            const QJsonObject cell = value.toObject();
            for (const char *key : {"strategy", "mode", "trials", "refused", "p50Ms", "p99Ms", "maxMs"})
                QVERIFY2(cell.contains(QLatin1StringView(key)), key);
            QCOMPARE(cell.value(QStringLiteral("strategy")).toString(), QStringLiteral("database"));
            QCOMPARE(cell.value(QStringLiteral("refused")).toInt(), 3);
            QVERIFY(cell.value(QStringLiteral("p50Ms")).toDouble() <= cell.value(QStringLiteral("maxMs")).toDouble());
        }
        QCOMPARE(cells.at(2).toObject().value(QStringLiteral("mode")).toString(), QStringLiteral("cached"));
        // What it answers can stand in the report of a run.
        const QTemporaryDir folder;
        const QString revocations = folder.filePath(QStringLiteral("revocations.json"));
        const QString document = folder.filePath(QStringLiteral("run.json"));
        QFile file(revocations);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(result.out) == result.out.size());
        file.close();
        const CtlResult measured =
            run(words("--route / --modes local --samples 3 --concurrency 1 --yes --out") << document);
        QVERIFY2(measured.exitCode == 0, measured.all().constData());
        const QStringList report = words("latency report") << document << QStringLiteral("--revocations");
        const CtlResult html = m_ctl.run(report + QStringList{revocations});
        QVERIFY2(html.exitCode == 0 && html.out.contains("id=\"revocations\"") &&
                     html.out.contains("cached (database): half of the sessions"),
                 html.all().constData());
        const CtlResult wrong = m_ctl.run(report + QStringList{document});
        QVERIFY2(wrong.exitCode != 0 && wrong.errorCode() == QStringLiteral("FileFormatInvalid"),
                 wrong.all().constData());
        const CtlResult twice = m_ctl.run(words("latency report - --revocations -"));
        QVERIFY2(twice.exitCode == 2, twice.all().constData());
        const CtlResult csv = m_ctl.run(report + QStringList{revocations} + words("--as csv"));
        QVERIFY2(csv.exitCode == 2, csv.all().constData());
        const CtlResult audit = m_ctl.run(words("audit verify"));
        QVERIFY2(audit.exitCode == 0, audit.all().constData());
    }
    void revocationsNeedConsent()
    {
        const CtlResult refused = m_ctl.run(propagation(words("--modes local --trials 1")));
        QVERIFY2(refused.exitCode == 4 && refused.errorCode() == QStringLiteral("WriteRefused"),
                 refused.all().constData());
        const CtlResult readOnly = m_ctl.run(propagation(words("--modes local --trials 1 --yes --read-only")));
        QVERIFY2(readOnly.exitCode == 4, readOnly.all().constData());
        for (const char *wrong : {"--modes route", "--modes floor", "--trials 0", "--interval 1ms", "--trials many"}) {
            const CtlResult usage = m_ctl.run(propagation(words(wrong) + words("--yes")));
            QVERIFY2(usage.exitCode == 2, usage.all().constData());
        }
    }
    void timingRevocationsStopsCleanly()
    {
        // Canary sessions are made, all of them; then they are revoked one by one.
        const int before = live();
        int most = before;
        const CtlResult result = m_ctl.runUntil(
            propagation(words("--modes proxy --trials 5 --settle 50s --yes --format json")),
            [&](const QByteArray &) {
                const int now = live();
                most = std::max(most, now);
                return most == before + 5 || now < most;
            },
            SIGINT);
        QVERIFY2(result.exitCode == 130, result.all().constData());
        QCOMPARE(result.errorCode(), QStringLiteral("Cancelled"));
        QCOMPARE(result.json().value(QStringLiteral("cells")).toArray().size(), 1);
    }
    void jwtRevocationsAreTimedWithoutWriting()
    {
        const CtlResult result = m_ctl.run(words("latency propagation --modes local,proxy --trials 2 --interval 20ms "
                                                 "--horizon 3s --age 50ms --settle 0s --base-url")
                                           << m_demo->info().jwtBaseUrl.toString() << QStringLiteral("--secret-file")
                                           << m_demo->info().secretFile);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonObject cell = result.json().value(QStringLiteral("cells")).toArray().at(1).toObject();
        QCOMPARE(cell.value(QStringLiteral("strategy")).toString(), QStringLiteral("jwt"));
        QCOMPARE(cell.value(QStringLiteral("refused")).toInt(-1), 0);
        // Never refused: at least as long as it was asked, and so it stands in a table.
        for (const char *time : {"p50", "p95", "p99", "max", "windowP95"}) {
            const QString name = QLatin1StringView(time);
            QVERIFY(cell.value(name + QStringLiteral("Ms")).isNull());
            QVERIFY2(cell.value(name + QStringLiteral("AtLeastMs")).toDouble() >= 3000, result.out.constData());
        }
        QVERIFY2(result.err.contains("not-before"), result.err.constData());
        const CtlResult table = m_ctl.run(words("latency propagation --format table --modes local --trials 1 "
                                                "--interval 20ms --horizon 3s --age 50ms --settle 0s --base-url")
                                          << m_demo->info().jwtBaseUrl.toString() << QStringLiteral("--secret-file")
                                          << m_demo->info().secretFile);
        QVERIFY2(table.exitCode == 0 && table.out.count("≥ ") == 3 && table.out.contains("≥: still accepted"),
                 table.all().constData());
        // Cookies that the deployment never accepts: of their times nothing is known.
        const CtlResult silent = m_ctl.run(words("latency propagation --format table --modes proxy --trials 1 "
                                                 "--interval 20ms --horizon 3s --age 50ms --settle 0s --base-url")
                                           << m_demo->info().jwtBaseUrl.toString() << QStringLiteral("--secret-file")
                                           << m_ctl.writeFile(QStringLiteral("other.secret"), "of another deployment"));
        QVERIFY2(silent.exitCode == 1 && silent.out.count("–") == 3, silent.all().constData());
    }

    void stopsCleanly()
    {
        // The demo's sessions behind a deployment that tells when it is asked: then measuring is under way.
        const demo::DemoInfo &info = m_demo->info();
        test::FakeDeployment::Options options;
        options.secret = contentOf(info.secretFile).trimmed();
        options.isLive = [](const QByteArray &) { return true; };
        const test::FakeDeployment deployment(options);
        const int before = live();
        int during = before;
        const CtlResult result = m_ctl.runUntil(
            words("latency run --route / --modes local,proxy --duration 60s --rate 50 --guards off --yes --format json "
                  "--base-url")
                << deployment.origin() << QStringLiteral("--database") << info.databaseUrl
                << QStringLiteral("--secret-file") << info.secretFile,
            [&](const QByteArray &) {
                if (deployment.tokensAsked().size() <= 20)
                    return false;
                during = live();
                return true;
            },
            SIGINT);
        QVERIFY2(result.exitCode == 130, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("stopReason")).toString(), QStringLiteral("cancelled"));
        QCOMPARE(result.errorCode(), QStringLiteral("Cancelled"));
        QCOMPARE(during, before + 1); // its canary
        QCOMPARE(live(), before);
    }

    void anyServerWillDoForRoutes()
    {
        const test::ScriptedServer server(
            [](const test::ScriptedServer::Request &) { return test::Reply::http(204, {}); });
        const CtlResult result = m_ctl.run(words("latency run --route /anything --modes route --cookie none --samples "
                                                 "5 --rate 50 --guards off --base-url")
                                           << server.url(QString()).toString());
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonObject cell = result.json().value(QStringLiteral("cells")).toArray().first().toObject();
        QCOMPARE(cell.value(QStringLiteral("ok")).toInt(), 5);
    }

    void coldStartsAreSingleRequestsApart()
    {
        std::mutex mutex;
        std::vector<std::chrono::steady_clock::time_point> asked;
        const test::ScriptedServer server([&](const test::ScriptedServer::Request &) {
            const std::scoped_lock lock(mutex);
            asked.push_back(std::chrono::steady_clock::now());
            return test::Reply::http(204, {});
        });
        const QStringList cold = words("latency run --route /a --modes route --cookie none --timeout 2 --idle 3s "
                                       "--base-url")
                                 << server.url(QString()).toString();
        const CtlResult result = m_ctl.run(cold);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonObject cell = result.json().value(QStringLiteral("cells")).toArray().first().toObject();
        QCOMPARE(cell.value(QStringLiteral("ok")).toInt(), 3);
        QCOMPARE(cell.value(QStringLiteral("connection")).toString(), QStringLiteral("cold"));
        // A request of its own each, and before each, the first too, nobody asked.
        const std::scoped_lock lock(mutex);
        QVERIFY(asked.size() >= 3);
        QCOMPARE(server.connections(), static_cast<int>(asked.size()));
        for (std::size_t i = asked.size() - 3; i < asked.size(); ++i)
            QVERIFY(i == 0 || asked[i] - asked[i - 1] >= std::chrono::seconds(3));
        for (const char *wrong : {"--rate 1", "--connections reused", "--warmup 2", "--route /b", "--duration 5s",
                                  "--cookies valid,none"}) {
            const CtlResult usage = m_ctl.run(cold + words(wrong));
            QVERIFY2(usage.exitCode == 2, usage.all().constData());
        }
        const CtlResult awake = run(words("--route / --modes local,proxy --yes --idle 1s"));
        QVERIFY2(awake.exitCode == 2 && awake.err.contains("awake"), awake.all().constData());
        const CtlResult endless = m_ctl.run(cold + words("--samples 100000"));
        QVERIFY2(endless.exitCode == 4 && endless.err.contains("at most 719 samples"), endless.all().constData());
        // A rest that is too long by itself is said so.
        const CtlResult rest =
            m_ctl.run(words("latency run --route /a --modes route --cookie none --idle 61m --base-url")
                      << server.url(QString()).toString());
        QVERIFY2(rest.exitCode == 4 && rest.err.contains("a single rest"), rest.all().constData());
    }

    void guardsStayOnElsewhere()
    {
        const QStringList base = words("latency run --route / --modes route --cookie none --samples 1 --timeout 1 "
                                       "--base-url https://shop.invalid");
        const CtlResult off = m_ctl.run(base + words("--guards off"));
        QVERIFY2(off.exitCode == 4, off.all().constData());
        const CtlResult other = m_ctl.run(base + words("--guards off --confirm-host example.com"));
        QVERIFY2(other.exitCode == 4, other.all().constData());
        const CtlResult confirmed = m_ctl.run(base + words("--guards off --confirm-host shop.invalid"));
        QVERIFY2(confirmed.exitCode == 3 && confirmed.errorCode() == QStringLiteral("HostNotFound"),
                 confirmed.all().constData());
        const CtlResult fast = m_ctl.run(base + words("--rate 1000"));
        QVERIFY2(fast.exitCode == 4, fast.all().constData());
    }

    void tableAndCsv()
    {
        const QStringList flags = words("--route / --modes local --samples 3 --concurrency 1 --yes");
        const CtlResult table = run(flags + words("--format table"));
        QVERIFY2(table.exitCode == 0 && table.out.startsWith("route  mode") && table.out.contains("  p50  "),
                 table.all().constData());
        // With the unit that fits: what takes some microseconds is no 0.000 ms.
        QVERIFY2(QRegularExpression(QStringLiteral("\\d (ns|µs|ms)  ")).match(QString::fromUtf8(table.out)).hasMatch(),
                 table.all().constData());
        const CtlResult csv = run(flags + words("--format csv"));
        QVERIFY2(csv.exitCode == 0 && csv.out.startsWith("route,mode,cache,") && csv.out.count('\n') == 2,
                 csv.all().constData());
    }

private:
    QStringList arguments(const QStringList &flags) const
    {
        const demo::DemoInfo &info = m_demo->info();
        return words("latency run --guards off") + flags +
               QStringList{QStringLiteral("--base-url"),    info.baseUrl.toString(),
                           QStringLiteral("--database"),    info.databaseUrl,
                           QStringLiteral("--secret-file"), info.secretFile};
    }

    QStringList propagation(const QStringList &flags) const
    {
        const demo::DemoInfo &info = m_demo->info();
        QStringList all = words("latency propagation --cache-ttl 300ms");
        if (!flags.contains(QStringLiteral("--interval")))
            all += words("--interval 20ms");
        if (!flags.contains(QStringLiteral("--settle")))
            all += words("--settle 0s --age 50ms");
        return all + flags + QStringList{QStringLiteral("--base-url"),    info.baseUrl.toString(),
                                         QStringLiteral("--database"),    info.databaseUrl,
                                         QStringLiteral("--secret-file"), info.secretFile};
    }

    CtlResult run(const QStringList &flags) { return m_ctl.run(arguments(flags)); }

    QByteArray stats()
    {
        return m_ctl.run(words("sessions stats --now 1781524800 --database") << m_demo->info().databaseUrl).out;
    }

    int live() { return QJsonDocument::fromJson(stats()).object().value(QStringLiteral("live")).toInt(); }

    std::unique_ptr<demo::DemoDeployment> m_demo;
    CtlProcess m_ctl;
    QByteArray m_stats;
};

QTEST_GUILESS_MAIN(CtlLatencyTest)
#include "tst_CtlLatency.moc"
