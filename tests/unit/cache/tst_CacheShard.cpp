#include <QtTest>

#include <map>
#include <random>

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

bool has(CacheShard &shard, const TokenDigest &digest)
{
    CachedValue found;
    return shard.find(digest, found);
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
            const TokenDigest digest =
                clash ? clashing(number)
                      : TokenDigest{number * 0x9E37'79B9'7F4A'7C15U, number * 0xD1B5'4A32'D192'ED03U};
            switch (random() % 4) {
            case 0:
            case 1:
                model[number] = QByteArray::number(round);
                shard.store(digest, value(model[number]), 0);
                break;
            case 2:
                QCOMPARE(shard.erase(digest), model.erase(number) == 1);
                break;
            default:
                CachedValue found;
                QCOMPARE(shard.find(digest, found), model.contains(number));
                if (model.contains(number))
                    QCOMPARE(found.session, model[number]);
            }
            QCOMPARE(shard.entries(), model.size());
        }
        shard.clear();
        QCOMPARE(shard.entries(), std::size_t{0});
        QCOMPARE(shard.bytes(), std::size_t{0});
    }

    void staysWithinItsBytes()
    {
        constexpr std::size_t bound = 100'000;
        CacheShard shard(bound);
        std::mt19937 random(11);
        for (quint64 i = 0; i < 5'000; ++i) {
            shard.store({i, i << 20}, value(QByteArray(static_cast<qsizetype>(random() % 2'000), 'x')), 0);
            QVERIFY(shard.bytes() <= bound);
            QVERIFY(has(shard, {i, i << 20}));
        }
        QVERIFY(shard.bytes() > bound / 2);
        QVERIFY(shard.entries() > 50);
    }

    void whatIsLargerThanTheShardIsNotKept()
    {
        CacheShard shard(1'000);
        shard.store({1, 1}, value("{}"), 0);
        shard.store({2, 2}, value(QByteArray(1'001, 'x')), 0);
        QVERIFY(has(shard, {1, 1}));
        QVERIFY(!has(shard, {2, 2}));
        shard.store({1, 1}, value(QByteArray(1'001, 'x')), 0);
        QVERIFY2(!has(shard, {1, 1}), "an answer that is no longer the source's last");
    }

    void whatWasNotUsedGoesFirst()
    {
        CacheShard shard(3 * 200);
        const QByteArray json(80, 'x'); // 183 bytes with all that it costs
        for (const quint64 i : {1U, 2U, 3U})
            shard.store({i, i}, value(json), 0);
        QVERIFY(has(shard, {1, 1}));
        QVERIFY(has(shard, {3, 3}));
        shard.store({4, 4}, value(json), 0); // 1 and 3 were used, so it is 2 that goes
        QCOMPARE(shard.entries(), std::size_t{3});
        QVERIFY(!has(shard, {2, 2}));
        QVERIFY(has(shard, {1, 1}));
        QVERIFY(has(shard, {4, 4}));
    }

    void whatIsOverGoesBeforeWhatIsUsed()
    {
        CacheShard shard(2 * 200);
        const QByteArray json(80, 'x');
        shard.store({1, 1}, value(json, 1, 50), 0);
        shard.store({2, 2}, value(json, 1, 500), 0);
        QVERIFY(has(shard, {1, 1}));
        shard.store({3, 3}, value(json), 100);
        QVERIFY(!has(shard, {1, 1}));
        QVERIFY(has(shard, {2, 2}));
    }

    void usersGoAlone()
    {
        CacheShard shard(1 << 20);
        for (quint64 i = 0; i < 1'000; ++i)
            shard.store({i, i << 30}, value("{}", static_cast<quint32>(i % 3)), 0);
        QCOMPARE(shard.eraseUser(2), qint64{333});
        QCOMPARE(shard.eraseUser(2), qint64{0});
        for (quint64 i = 0; i < 1'000; ++i)
            QCOMPARE(has(shard, {i, i << 30}), i % 3 != 2);
    }

    void aFoundSessionOutlivesItsEntry()
    {
        CacheShard shard(1 << 20);
        shard.store({1, 1}, value("{\"a\":1}"), 0);
        CachedValue found;
        QVERIFY(shard.find({1, 1}, found));
        shard.clear();
        QCOMPARE(found.session, QByteArray("{\"a\":1}"));
    }
};

QTEST_APPLESS_MAIN(CacheShardTest)
#include "tst_CacheShard.moc"
