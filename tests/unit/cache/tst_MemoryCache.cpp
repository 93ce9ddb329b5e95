#include <QtTest>

#include <latch>
#include <random>
#include <thread>

#include "core/cache/MemoryCache.h"
#include "tests/support/ManualClock.h"

using namespace rollcall;
using namespace std::chrono_literals;
using cache::MemoryCache;
using cache::SessionCache;
using session::NullReason;

namespace {

SessionCache::Entry sessionOf(const QByteArray &json, const QString &userId = QStringLiteral("u1"))
{
    SessionCache::Entry entry;
    entry.session = json;
    entry.userId = userId;
    return entry;
}

SessionCache::Entry absence(NullReason reason = NullReason::RowMissing)
{
    SessionCache::Entry entry;
    entry.reason = reason;
    return entry;
}

} // namespace

class MemoryCacheTest final : public QObject
{
    Q_OBJECT

private:
    test::ManualClock m_clock;
    std::unique_ptr<MemoryCache> m_cache;

    void keep(QByteArrayView token, const SessionCache::Entry &entry, std::chrono::milliseconds ttl = 60s)
    {
        QVERIFY(m_cache->store(token, entry, ttl, m_cache->find(token, {})->generation, {}).has_value());
    }
    [[nodiscard]] std::optional<SessionCache::Entry> found(QByteArrayView token)
    {
        auto result = m_cache->find(token, {});
        return result ? result->entry : std::nullopt;
    }
    [[nodiscard]] std::optional<QByteArray> atHand(QByteArrayView token)
    {
        session::Resolution answer;
        return m_cache->findAtHand(token, answer) ? answer.session : std::nullopt;
    }

private Q_SLOTS:
    void init() { m_cache = std::make_unique<MemoryCache>(8 << 20, m_clock); }

    void tellsWhatItKeeps()
    {
        SessionCache::Entry entry = sessionOf("{\"user\":1}");
        entry.sessionExpires = m_clock.now() + 1h;
        keep("t", entry);
        const auto back = found("t");
        QVERIFY(back.has_value());
        QCOMPARE(back->session, entry.session);
        QCOMPARE(back->sessionExpires, entry.sessionExpires);
        QVERIFY(!back->reason);
        keep("n", absence(NullReason::CancelledOrDeadline));
        QCOMPARE(found("n")->reason, std::optional(NullReason::CancelledOrDeadline));
        QVERIFY(!found("n")->session);
        QVERIFY(!found("other"));
    }

    void timesOut_data()
    {
        QTest::addColumn<bool>("isAbsence");
        QTest::addColumn<qint64>("ttlMs");
        QTest::addColumn<qint64>("endsAfterMs"); // of the session itself; -1: no end
        QTest::addColumn<qint64>("lastGoodMs");  // -1: never found
        QTest::newRow("ttl") << false << qint64(10'000) << qint64(-1) << qint64(9'999);
        QTest::newRow("session ends before") << false << qint64(10'000) << qint64(3'000) << qint64(3'000);
        QTest::newRow("session ends later") << false << qint64(10'000) << qint64(30'000) << qint64(9'999);
        QTest::newRow("session over") << false << qint64(10'000) << qint64(-5'000) << qint64(-1);
        QTest::newRow("no time at all") << false << qint64(0) << qint64(-1) << qint64(-1);
        QTest::newRow("negative time") << false << qint64(-1) << qint64(-1) << qint64(-1);
        QTest::newRow("shorter than the coarse clock's step") << false << qint64(2) << qint64(-1) << qint64(1);
        QTest::newRow("beyond all calendars")
            << false << std::numeric_limits<qint64>::max() << qint64(-1) << qint64(1'000'000'000'000);
        QTest::newRow("absence") << true << qint64(60'000) << qint64(-1) << qint64(4'999);
        QTest::newRow("short absence") << true << qint64(1'000) << qint64(-1) << qint64(999);
    }
    void timesOut()
    {
        QFETCH(bool, isAbsence);
        QFETCH(qint64, ttlMs);
        QFETCH(qint64, endsAfterMs);
        QFETCH(qint64, lastGoodMs);
        SessionCache::Entry entry = isAbsence ? absence() : sessionOf("{}");
        if (endsAfterMs != -1)
            entry.sessionExpires = m_clock.now() + std::chrono::milliseconds(endsAfterMs);
        keep("t", entry, std::chrono::milliseconds(ttlMs));
        if (lastGoodMs < 0) {
            QVERIFY(!found("t"));
            return;
        }
        m_clock.advance(std::chrono::milliseconds(lastGoodMs));
        QVERIFY(found("t").has_value());
        m_clock.advance(1ms);
        QCOMPARE(found("t").has_value(), ttlMs == std::numeric_limits<qint64>::max());
    }

    void settingTheClockLengthensNoLife()
    {
        keep("t", sessionOf("{}"), 60s);
        m_clock.set(-24h);
        QVERIFY(found("t"));
        m_clock.advance(59'999ms);
        QVERIFY(found("t"));
        m_clock.advance(1ms);
        QVERIFY(!found("t"));
        // Nor does it shorten one,
        keep("t", sessionOf("{}"), 60s);
        m_clock.set(24h);
        QVERIFY(found("t"));
        // save where the session has ended by the new time.
        SessionCache::Entry entry = sessionOf("{}");
        entry.sessionExpires = m_clock.now() + 30s;
        keep("ending", entry);
        QVERIFY(found("ending"));
        m_clock.set(31s);
        QVERIFY(!found("ending"));
    }

    void aClockThatWasSetIsHeededAtHandOneTickLater()
    {
        SessionCache::Entry entry = sessionOf("{}");
        entry.sessionExpires = m_clock.now() + 30s;
        keep("t", entry);
        QVERIFY(atHand("t"));
        m_clock.set(31s);
        m_clock.advance(1ms);
        QVERIFY(!atHand("t"));
        m_clock.set(-31s);
        m_clock.advance(1ms);
        QVERIFY(atHand("t"));
    }

    /// Whatever happens to a cache: what is at hand is what is found, and a session with time left is at hand.
    void whatIsAtHandIsWhatIsFound()
    {
        MemoryCache cache(1 << 20, m_clock);
        std::mt19937 random(7); // the same in each run
        const auto upTo = [&random](unsigned most) { return static_cast<int>(random() % most); };
        int hits = 0;
        int careful = 0; // found, though not at hand
        for (int i = 0; i < 200'000; ++i) {
            const QByteArray token = QByteArray::number(upTo(4'000));
            if (upTo(3) == 0) {
                SessionCache::Entry entry = upTo(10) == 0 ? absence() : sessionOf(QByteArray(upTo(2'000), 'x'));
                if (entry.session && upTo(2) == 0)
                    entry.sessionExpires = m_clock.now() + std::chrono::milliseconds(upTo(20'000));
                static_cast<void>(cache.store(token, entry, std::chrono::milliseconds(upTo(20'000)),
                                              cache.find(token, {})->generation, {}));
            } else if (upTo(50) == 0) {
                static_cast<void>(cache.erase(token, {}));
            }
            if (upTo(20'000) == 0)
                static_cast<void>(cache.clear({}));
            m_clock.advance(std::chrono::milliseconds(upTo(3)));
            session::Resolution answer;
            const bool isAtHand = cache.findAtHand(token, answer);
            const auto known = cache.find(token, {});
            if (isAtHand) {
                ++hits;
                QVERIFY(known->entry);
                QCOMPARE(answer.session, known->entry->session);
                QCOMPARE(answer.validUntil, known->entry->sessionExpires);
                QVERIFY(!answer.reason);
            } else {
                careful += known->entry && known->entry->session ? 1 : 0;
            }
        }
        QVERIFY2(hits > 10'000, QByteArray::number(hits).constData());
        QVERIFY2(careful < hits / 20, QByteArray::number(careful).constData());
    }

    void staysAtHandWhileTheIndexGrows()
    {
        constexpr int sessions = 20'000;
        MemoryCache cache(32 << 20, m_clock);
        for (int i = 0; i < sessions; ++i)
            static_cast<void>(cache.store(QByteArray::number(i), sessionOf(QByteArray::number(i)), 60s, 0, {}));
        int hits = 0;
        for (int i = 0; i < sessions; ++i) {
            session::Resolution answer;
            if (cache.findAtHand(QByteArray::number(i), answer)) {
                ++hits;
                QCOMPARE(answer.session, std::optional(QByteArray::number(i)));
            }
        }
        // Few are further behind their first cell than is looked without the lock.
        QVERIFY2(hits > sessions / 10 * 9, QByteArray::number(hits).constData());
    }

    void anAnswerThatIsNotKeptReplacesTheOldOne_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<qint64>("ttlMs");
        QTest::newRow("too large") << QByteArray(cache::longestSession + 1, 'x') << qint64(1'000);
        QTest::newRow("no time") << QByteArray("{}") << qint64(0);
    }
    void anAnswerThatIsNotKeptReplacesTheOldOne()
    {
        QFETCH(QByteArray, json);
        QFETCH(qint64, ttlMs);
        keep("t", sessionOf("{\"old\":1}"));
        keep("t", sessionOf(json), std::chrono::milliseconds(ttlMs));
        QVERIFY(!found("t"));
    }

    void largestSessionIsKept()
    {
        const QByteArray json(cache::longestSession, 'x');
        keep("t", sessionOf(json));
        QCOMPARE(found("t")->session, std::optional(json));
    }

    void entryWithNeitherSessionNorReasonIsNone()
    {
        keep("t", SessionCache::Entry{});
        QVERIFY(!found("t"));
    }

    void invalidatesByUser()
    {
        for (int i = 0; i < 1'000; ++i)
            keep(QByteArray::number(i), sessionOf("{}", QStringLiteral("user-%1").arg(i % 10)));
        keep("anonymous", sessionOf("{}", {}));
        QCOMPARE(m_cache->eraseUser(QStringLiteral("user-3"), {}).value(), qint64{100});
        QVERIFY2(!found("anonymous"), "whose it is, is not known: it may be his");
        QCOMPARE(m_cache->eraseUser(QStringLiteral("user-3"), {}).value(), qint64{0});
        keep("anonymous", sessionOf("{}", {}));
        QCOMPARE(m_cache->eraseUser({}, {}).value(), qint64{0});
        QVERIFY(!found("anonymous"));
        for (int i = 0; i < 1'000; ++i)
            QCOMPARE(found(QByteArray::number(i)).has_value(), i % 10 != 3);
    }

    void aSignInEndsAbsences()
    {
        keep("absent", absence());
        keep("u1", sessionOf("{}", QStringLiteral("u1")));
        keep("u2", sessionOf("{}", QStringLiteral("u2")));
        QVERIFY(m_cache->noteSignIn({}, {}).has_value());
        QVERIFY(!found("absent"));
        QVERIFY(found("u1").has_value());
        keep("absent", absence());
        QVERIFY(found("absent").has_value());
        QVERIFY(m_cache->noteSignIn(QStringLiteral("u1"), {}).has_value());
        QVERIFY(!found("absent"));
        QVERIFY(!found("u1"));
        QVERIFY(found("u2").has_value());
    }

    void boundInBytes_data()
    {
        QTest::addColumn<int>("megabytes");
        QTest::newRow("one shard") << 1;
        QTest::newRow("several shards") << 7;
        QTest::newRow("all shards") << 64;
    }
    void boundInBytes()
    {
        QFETCH(int, megabytes);
        const auto bound = static_cast<std::size_t>(megabytes) << 20;
        MemoryCache cache(bound, m_clock);
        const QByteArray json(1'000, 'x');
        const int more = megabytes * 2'000; // about twice what fits
        for (int i = 0; i < more; ++i)
            QVERIFY(cache.store(QByteArray::number(i), sessionOf(json), 60s, 0, {}).has_value());
        QVERIFY(cache.bytes() <= bound);
        QVERIFY2(cache.bytes() > bound / 10 * 9, qPrintable(QString::number(cache.bytes())));
    }

    void nothingWithoutBytes()
    {
        MemoryCache cache(0, m_clock);
        QVERIFY(cache.store("t", sessionOf("{}"), 60s, 0, {}).has_value());
        QVERIFY(!cache.find("t", {})->entry.has_value());
    }

    void sharesTheSessionsBytes()
    {
        const QByteArray json = QByteArray("{\"a\":1}").repeated(10);
        keep("t", sessionOf(json));
        const auto first = found("t");
        const auto second = found("t");
        QCOMPARE(static_cast<const void *>(first->session->constData()),
                 static_cast<const void *>(second->session->constData()));
    }

    void anErasureIsSeenByEveryThreadAtOnce()
    {
        // Writers fill and erase their own tokens while readers look on and others clear, sign in and erase users: what
        // a writer has erased is never found by it afterwards, and sessions are always whole.
        constexpr int writers = 3;
        constexpr int rounds = 3'000;
        MemoryCache cache(2 << 20, m_clock);
        std::atomic<int> wrong{0};
        std::atomic<bool> over{false};
        const auto json = [](int i) { return QByteArray(50 + i % 100, static_cast<char>('a' + i % 26)); };
        {
            std::vector<std::jthread> threads;
            for (int writer = 0; writer < writers; ++writer) {
                threads.emplace_back([&, writer] {
                    for (int i = 0; i < rounds; ++i) {
                        const QByteArray token = QByteArray::number(writer) + '-' + QByteArray::number(i % 50);
                        static_cast<void>(
                            cache.store(token, sessionOf(json(i)), 60s, cache.find(token, {})->generation, {}));
                        const auto mine = cache.find(token, {});
                        if (mine->entry && mine->entry->session != json(i))
                            ++wrong;
                        static_cast<void>(cache.erase(token, {}));
                        session::Resolution answer;
                        if (cache.find(token, {})->entry || cache.findAtHand(token, answer))
                            ++wrong;
                    }
                });
            }
            std::jthread reader([&] {
                std::mt19937 random(1);
                while (!over) {
                    const QByteArray token =
                        QByteArray::number(random() % writers) + '-' + QByteArray::number(random() % 50);
                    const auto isWhole = [](const QByteArray &text) { return text.count(text.front()) == text.size(); };
                    const auto seen = cache.find(token, {});
                    session::Resolution answer;
                    if ((seen->entry && !isWhole(*seen->entry->session)) ||
                        (cache.findAtHand(token, answer) && !isWhole(*answer.session)))
                        ++wrong;
                }
            });
            std::jthread purger([&] {
                while (!over) {
                    static_cast<void>(cache.eraseUser(QStringLiteral("u1"), {}));
                    static_cast<void>(cache.noteSignIn({}, {}));
                    static_cast<void>(cache.clear({}));
                }
            });
            threads.clear();
            over = true;
        }
        QCOMPARE(wrong.load(), 0);
    }
};

QTEST_APPLESS_MAIN(MemoryCacheTest)
#include "tst_MemoryCache.moc"
