#include <QtTest>

#include <atomic>
#include <functional>
#include <map>
#include <random>
#include <thread>

#include "core/cache/CacheShard.h"

using namespace rollcall;
using cache::CachedValue;
using cache::CacheShard;
using cache::TokenDigest;

namespace {

CachedValue value(const QByteArray &json, quint32 user = 1, qint64 until = 1'000)
{
    return {json, until, CachedValue::noEnd, user, 0};
}

bool find(CacheShard &shard, const TokenDigest &digest, CachedValue &found)
{
    quint32 generation = 0;
    return shard.find(digest, found, generation);
}

bool has(CacheShard &shard, const TokenDigest &digest)
{
    CachedValue found;
    return find(shard, digest, found);
}

void store(CacheShard &shard, const TokenDigest &digest, const CachedValue &value, qint64 now)
{
    CachedValue before;
    quint32 generation = 0;
    static_cast<void>(shard.find(digest, before, generation));
    shard.store(digest, value, now, generation);
}

TokenDigest spread(quint64 number)
{
    return {number * 0x9E37'79B9'7F4A'7C15U, number * 0xD1B5'4A32'D192'ED03U};
}

/// Digests that meet in the same index cell at first.
TokenDigest clashing(quint64 number)
{
    return {number << 8 | 7, number << 40};
}

} // namespace

class CacheShardTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void behavesAsAMap_data()
    {
        QTest::addColumn<bool>("clash");
        QTest::newRow("spread") << false;
        QTest::newRow("all in one run of cells") << true;
    }
    void behavesAsAMap()
    {
        QFETCH(bool, clash);
        CacheShard shard(64 << 20);
        std::map<quint64, QByteArray> model;
        std::mt19937 random(7);
        const int rounds = clash ? 6'000 : 60'000;
        const quint64 keys = clash ? 150 : 5'000;
        for (int round = 0; round < rounds; ++round) {
            const quint64 number = random() % keys;
            const TokenDigest digest = clash ? clashing(number) : spread(number);
            switch (random() % 4) {
            case 0:
            case 1:
                model[number] = QByteArray::number(round);
                store(shard, digest, value(model[number]), 0);
                break;
            case 2:
                QCOMPARE(shard.erase(digest), model.erase(number) == 1);
                break;
            default:
                CachedValue found;
                QCOMPARE(find(shard, digest, found), model.contains(number));
                if (model.contains(number))
                    QCOMPARE(found.session, model[number]);
            }
            QCOMPARE(shard.entries(), model.size());
        }
        shard.clear();
        QCOMPARE(shard.entries(), std::size_t{0});
        const std::size_t index = shard.bytes(); // which stays
        QVERIFY(index < std::size_t{5'000} * 40);
        store(shard, spread(1), value({}), 0);
        QCOMPARE(shard.bytes(), index + 64);
    }

    void staysWithinItsBytes()
    {
        constexpr std::size_t bound = 100'000;
        CacheShard shard(bound);
        std::mt19937 random(11);
        for (quint64 i = 0; i < 5'000; ++i) {
            store(shard, {i, i << 20}, value(QByteArray(static_cast<qsizetype>(random() % 2'000), 'x')), 0);
            QVERIFY(shard.bytes() <= bound);
            QVERIFY(has(shard, {i, i << 20}));
        }
        QVERIFY(shard.bytes() > bound / 2);
        QVERIFY(shard.entries() > 50);
    }

    void placesOfSmallEntriesServeLargeOnes()
    {
        constexpr std::size_t bound = 1 << 20;
        CacheShard shard(bound);
        quint64 next = 1;
        const auto fill = [&](qsizetype size, quint64 count) {
            for (quint64 i = 0; i < count; ++i, ++next) {
                store(shard, spread(next), value(QByteArray(size, 'x')), 0);
                QVERIFY(shard.bytes() <= bound);
                QVERIFY(has(shard, spread(next)));
            }
        };
        fill(0, 20'000);
        QVERIFY(shard.entries() > 12'000);
        fill(30'000, 100);
        QVERIFY2(shard.entries() > 20, "free places of the small ones hold the bytes");
        fill(0, 40'000); // the last large ones have gone
        QVERIFY(shard.entries() > 12'000);
        for (quint64 i = next - 5'000; i < next; ++i)
            QVERIFY(has(shard, spread(i)));
    }

    void aLargeEntryTakesTheRoomOfAllSmallOnes_data()
    {
        QTest::addColumn<int>("small");
        // Up to an eighth of the bound in free places is left for later, unless nothing else is left to go.
        QTest::newRow("free places below an eighth") << 100;
        QTest::newRow("above") << 200;
        QTest::newRow("one") << 1;
    }
    void aLargeEntryTakesTheRoomOfAllSmallOnes()
    {
        QFETCH(int, small);
        constexpr std::size_t bound = 70'000;
        CacheShard shard(bound);
        for (quint64 i = 0; i < static_cast<quint64>(small); ++i)
            store(shard, spread(i + 1), value({}), 0);
        QCOMPARE(shard.entries(), static_cast<std::size_t>(small));
        store(shard, spread(1'000), value(QByteArray(66'000, 'x')), 0);
        QVERIFY(has(shard, spread(1'000)));
        QVERIFY(shard.bytes() <= bound);
        store(shard, spread(1'001), value({}), 0);
        QVERIFY(has(shard, spread(1'001)));
    }

    void whatIsLargerThanTheShardIsNotKept()
    {
        CacheShard shard(1'000);
        store(shard, {1, 1}, value("{}"), 0);
        store(shard, {2, 2}, value(QByteArray(1'001, 'x')), 0);
        QVERIFY(has(shard, {1, 1}));
        QVERIFY(!has(shard, {2, 2}));
        store(shard, {1, 1}, value(QByteArray(1'001, 'x')), 0);
        QVERIFY2(!has(shard, {1, 1}), "an answer that is no longer the source's last");
    }

    void whatWasNotUsedGoesFirst()
    {
        CacheShard shard(3 * 200);
        const QByteArray json(80, 'x'); // 177 bytes with all that it costs
        for (const quint64 i : {1U, 2U, 3U})
            store(shard, {i, i}, value(json), 0);
        QVERIFY(has(shard, {1, 1}));
        QVERIFY(has(shard, {3, 3}));
        store(shard, {4, 4}, value(json), 0); // 1 and 3 were used, so it is 2 that goes
        QCOMPARE(shard.entries(), std::size_t{3});
        QVERIFY(!has(shard, {2, 2}));
        QVERIFY(has(shard, {1, 1}));
        QVERIFY(has(shard, {4, 4}));
    }

    void whatIsOverGoesBeforeWhatIsUsed()
    {
        CacheShard shard(2 * 200);
        const QByteArray json(80, 'x');
        store(shard, {1, 1}, value(json, 1, 50), 0);
        store(shard, {2, 2}, value(json, 1, 500), 0);
        QVERIFY(has(shard, {1, 1}));
        store(shard, {3, 3}, value(json), 100);
        QVERIFY(!has(shard, {1, 1}));
        QVERIFY(has(shard, {2, 2}));
    }

    /// What was seen without the lock is answered only if it is still there.
    void aGlimpseOfWhatIsGoneFindsNothing_data()
    {
        using Change = std::function<void(CacheShard &)>;
        QTest::addColumn<Change>("change");
        QTest::addColumn<bool>("isFound");
        const TokenDigest digest{1, 1};
        QTest::newRow("nothing") << Change([](CacheShard &) {}) << true;
        QTest::newRow("erased") << Change([=](CacheShard &shard) { QVERIFY(shard.erase(digest)); }) << false;
        QTest::newRow("its user erased") << Change([](CacheShard &shard) { QCOMPARE(shard.eraseUser(1), 1); }) << false;
        QTest::newRow("cleared") << Change([](CacheShard &shard) { shard.clear(); }) << false;
        // Another one in the same slot, under the same tag and in the same cell.
        QTest::newRow("its place taken") << Change([=](CacheShard &shard) {
            QVERIFY(shard.erase(digest));
            store(shard, {1 | quint64{1} << 20, 1 | quint64{1} << 40}, value("{}"), 0);
        }) << false;
        QTest::newRow("an absence by now") << Change([=](CacheShard &shard) {
            CachedValue absent = value({});
            absent.reason = 1;
            store(shard, digest, absent, 0);
        }) << false;
        QTest::newRow("the index grown") << Change([](CacheShard &shard) {
            for (quint64 i = 0; i < 100; ++i)
                store(shard, spread(i + 1), value("{}", 2), 0);
        }) << false;
        QTest::newRow("moved and freed") << Change([](CacheShard &shard) {
            for (quint64 i = 0; i < 20'000; ++i)
                store(shard, spread(i + 1), value({}, 2), 0);
            for (quint64 i = 0; i < 100; ++i)
                store(shard, spread(i + 1), value(QByteArray(30'000, 'x'), 2), 0);
        }) << false;
    }
    void aGlimpseOfWhatIsGoneFindsNothing()
    {
        QFETCH(std::function<void(CacheShard &)>, change);
        QFETCH(bool, isFound);
        CacheShard shard(1 << 20);
        store(shard, {1, 1}, value("{\"a\":1}"), 0);
        const CacheShard::Glimpse seen = shard.glimpse({1, 1});
        change(shard);
        std::optional<QByteArray> session;
        qint64 expires = 0;
        QCOMPARE(shard.findSession({1, 1}, seen, 0, 0, session, expires), isFound);
        QCOMPARE(session, isFound ? std::optional(QByteArray("{\"a\":1}")) : std::nullopt);
        // Nor is it where its time may be over.
        QVERIFY(!shard.findSession({1, 1}, shard.glimpse({1, 1}), 1'001, 0, session, expires));
    }

    /// Others look on while an index grows from nothing, its entries move and it is emptied.
    void glimpsesWhileTheIndexChanges()
    {
        constexpr quint64 keys = 5'000;
        CacheShard shard(1 << 20);
        std::atomic<bool> over{false};
        std::atomic<int> wrong{0};
        std::atomic<int> hits{0};
        {
            const auto look = [&](unsigned seed) {
                std::mt19937 random(seed);
                while (!over) {
                    const quint64 number = random() % keys;
                    std::optional<QByteArray> session;
                    qint64 expires = 0;
                    if (!shard.findSession(spread(number), shard.glimpse(spread(number)), 0, 0, session, expires))
                        continue;
                    ++hits;
                    if (session != QByteArray::number(number))
                        ++wrong;
                }
            };
            const std::jthread one(look, 1);
            const std::jthread other(look, 2);
            // Until they have looked: on a busy machine they may begin late.
            const QDeadlineTimer patience(10'000);
            for (int round = 0; round < 20 || (hits == 0 && !patience.hasExpired()); ++round) {
                for (quint64 i = 0; i < keys; ++i)
                    store(shard, spread(i), value(QByteArray::number(i)), 0);
                for (quint64 i = 0; i < 40; ++i)
                    store(shard, spread(keys + i), value(QByteArray(30'000, 'x')), 0);
                if (round % 4 == 3)
                    shard.clear();
            }
            over = true;
        }
        QCOMPARE(wrong.load(), 0);
        QVERIFY(hits > 0);
    }

    void usersGoAlone()
    {
        CacheShard shard(1 << 20);
        for (quint64 i = 0; i < 1'000; ++i)
            store(shard, {i, i << 30}, value("{}", static_cast<quint32>(i % 3)), 0);
        QCOMPARE(shard.eraseUser(2), qint64{333});
        QCOMPARE(shard.eraseUser(2), qint64{0});
        // Those of nobody (0) may be his too, and are gone with them, uncounted.
        for (quint64 i = 0; i < 1'000; ++i)
            QCOMPARE(has(shard, {i, i << 30}), i % 3 == 1);
    }

    void whatWasLookedUpBeforeARemovalIsNotKept()
    {
        CacheShard shard(1 << 20);
        CachedValue found;
        quint32 before = 0;
        const auto kept = [&](const std::function<void()> &meanwhile) {
            static_cast<void>(shard.find({1, 1}, found, before));
            meanwhile();
            shard.store({1, 1}, value("{}"), 0, before);
            return has(shard, {1, 1});
        };
        QVERIFY(kept([] {}));
        QVERIFY(!kept([&] { QVERIFY(shard.erase({1, 1})); }));
        QVERIFY(!kept([&] { QVERIFY(!shard.erase({1, 1})); }));
        QVERIFY(!kept([&] { QCOMPARE(shard.eraseUser(1), qint64(0)); }));
        QVERIFY(!kept([&] { shard.clear(); }));
        QVERIFY(kept([] {}));
    }

    void aFoundSessionOutlivesItsEntry()
    {
        CacheShard shard(1 << 20);
        store(shard, {1, 1}, value("{\"a\":1}"), 0);
        CachedValue found;
        QVERIFY(find(shard, {1, 1}, found));
        shard.clear();
        QCOMPARE(found.session, QByteArray("{\"a\":1}"));
    }
};

QTEST_APPLESS_MAIN(CacheShardTest)
#include "tst_CacheShard.moc"
