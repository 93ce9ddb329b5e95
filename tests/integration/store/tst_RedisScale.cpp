#include <QtTest>

#include <QElapsedTimer>
#include <QUuid>

#include <random>
#include <thread>

#include "core/base/ErrorText.h"
#include "tests/integration/store/StoreFixtures.h"
#include "tests/support/ProcessMemory.h"
#include "tests/support/RedisFixtures.h"
#include "tests/support/RedisServer.h"

using namespace rollcall;
using rollcall::test::fixtureNow;
using rollcall::test::RedisKeys;

namespace {

/// Lets VmHWM begin anew.
void resetPeak()
{
    QFile file(QStringLiteral("/proc/self/clear_refs"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write("5"), qint64{1});
}

} // namespace

/// Listing a large Redis database: with what commands, how fast, in how much memory. ROLLCALL_REDIS_KEYS says how many
/// keys (20,000; the proof asks for a million).
class RedisScaleTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::RedisServer> m_server;
    int m_keys = 20'000;

    [[nodiscard]] base::Call call() const { return base::Call::within(std::chrono::minutes(5)); }
    void load(const RedisKeys &keys) const
    {
        QString problem;
        test::loadRedis(m_server->url(), keys, problem);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const int asked = qEnvironmentVariableIntValue("ROLLCALL_REDIS_KEYS"); asked > 0)
            m_keys = asked;
        m_server = std::make_unique<test::RedisServer>();
        QVERIFY2(m_server->problem().isEmpty(), qPrintable(m_server->problem()));
        // Of ten keys two are users, one is an account and seven are sessions, two thirds of them expired.
        std::mt19937_64 random(1);
        const auto uuid = [&random] {
            const quint64 parts[2]{random(), random()};
            return QUuid::fromRfc4122(QByteArrayView(reinterpret_cast<const char *>(parts), 16))
                .toByteArray(QUuid::WithoutBraces);
        };
        QByteArrayList users;
        for (int from = 0; from < m_keys; from += 10'000) {
            RedisKeys keys;
            for (int i = from; i < std::min(from + 10'000, m_keys); ++i) {
                if (i % 10 < 2) {
                    users << uuid();
                    keys.insert("user:" + users.back(),
                                test::userValue(users.back(), QByteArray::number(i) + "@example.com"));
                } else if (i % 10 == 2) {
                    const QByteArray account = QByteArray::number(i);
                    keys.insert("user:account:github:" + account, "{\"userId\":\"" + users.back() +
                                                                      "\",\"provider\":\"github\",\"access_token\":\"" +
                                                                      QByteArray(40, 'x') + "\"}");
                } else {
                    const QByteArray token = uuid();
                    const auto end = fixtureNow() + std::chrono::minutes(qint64(random() % 90'000) - 60'000);
                    keys.insert("user:session:" + token,
                                test::sessionValue(token, users.at(qsizetype(random() % quint64(users.size()))),
                                                   "\"" + base::toIso(end).toLatin1() + "\""));
                }
            }
            load(keys);
        }
        QCOMPARE(test::redisCommand(m_server->url(), {"DBSIZE"}).toInt(), m_keys);
    }

    void listsWithScanAloneInBoundedMemory()
    {
        test::redisCommand(m_server->url(), {"CONFIG", "RESETSTAT"});
        resetPeak();
        const qint64 before = test::memoryOfThis("VmRSS");
        QElapsedTimer timer;
        timer.start();
        const auto took = [&timer] { return qreal(timer.nsecsElapsed()) / 1e6; };
        QString problem;
        const auto sessions =
            test::openDetected(test::databaseAt("redis://127.0.0.1:" + QByteArray::number(m_server->port())),
                               store::Access::ReadOnly, problem);
        QVERIFY2(sessions, qPrintable(problem));
        const qreal detected = took();

        store::SessionQuery query;
        timer.restart();
        auto page = sessions->page(query, std::nullopt, fixtureNow(), call());
        QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
        const qreal first = took();
        QCOMPARE(page->sessions.size(), std::size_t{100});
        timer.restart();
        page = sessions->page(query, page->next, fixtureNow(), call());
        QVERIFY(page && page->sessions.size() == 100);
        const qreal next = took();
        timer.restart();
        const auto stats = sessions->stats(fixtureNow(), call());
        QVERIFY(stats.has_value());
        const qreal counted = took();
        const qint64 all = stats->live + stats->expired + stats->orphan;
        QCOMPARE(all, qint64(m_keys) / 10 * 7);
        QCOMPARE(stats->orphan, qint64{0});

        // A pass of ten seconds ends as soon as it is asked to.
        store::StoreOptions slow;
        slow.scanPace = {.keysAtOnce = m_keys / 100, .keysPerSecond = m_keys / 10};
        const auto slowly =
            test::openDetected(test::databaseAt("redis://127.0.0.1:" + QByteArray::number(m_server->port())),
                               store::Access::ReadOnly, problem, slow);
        QVERIFY2(slowly, qPrintable(problem));
        std::stop_source stop;
        timer.restart();
        std::jthread stopper([&stop] {
            std::this_thread::sleep_for(std::chrono::milliseconds(150));
            stop.request_stop();
        });
        const auto cancelled =
            slowly->planRows(query, 10, fixtureNow(), base::Call::within(std::chrono::minutes(5), stop.get_token()));
        const qreal stopped = took();
        QVERIFY2(!cancelled, qPrintable(QStringLiteral("done in %1 ms").arg(stopped)));
        QVERIFY2(cancelled.error().code == base::ErrorCode::Cancelled, qPrintable(base::oneLine(cancelled.error())));

        const qint64 peak = test::memoryOfThis("VmHWM") - before;
        qInfo("%d keys: detected in %.0f ms, first page %.0f ms, next page %.1f ms, counts %.1f ms, cancelled after "
              "%.0f ms, %.1f MiB at most",
              m_keys, detected, first, next, counted, stopped, double(peak) / 1024);
        // 20 MiB of buffers, and what SessionIndex.h says of sessions and users, with room for a vector that grows.
        const qint64 bound = 20 * 1024 + qint64(m_keys) * 130 / 1024;
        QVERIFY2(peak < bound, qPrintable(QStringLiteral("%1 KiB of %2").arg(peak).arg(bound)));
        // The pace: a pass may not be faster.
        QVERIFY(first >= m_keys * 1000.0 / store::ScanPace().keysPerSecond * 0.9 - 10);

        const QByteArray used = test::redisCommand(m_server->url(), {"INFO", "commandstats"});
        QVERIFY2(used.contains("cmdstat_scan:"), used.constData());
        for (const char *never : {"cmdstat_keys:", "cmdstat_set:", "cmdstat_del:", "cmdstat_eval:", "cmdstat_hgetall:"})
            QVERIFY2(!used.contains(never), used.constData());
    }
};

QTEST_GUILESS_MAIN(RedisScaleTest)
#include "tst_RedisScale.moc"
