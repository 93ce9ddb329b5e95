#include <QtTest>

#include <limits>

#include "core/base/ArraySort.h"

using namespace rollcall;

class ArraySortTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sortsAsV8_data()
    {
        QTest::addColumn<quint32>("seed");
        QTest::addColumn<quint32>("size");
        QTest::addColumn<quint32>("missing"); // per cent of keys that are NaN
        QTest::addColumn<quint32>("digest");
        const auto row = [](quint32 seed, quint32 size, quint32 missing, quint32 digest) {
            QTest::addRow("%u of %u, %u%% NaN", seed, size, missing) << seed << size << missing << digest;
        };
        // Node 20.20.2 and 22.23.3:
        //   const next = () => seed = (seed * 1664525 + 1013904223) >>> 0
        //   for (let i = 0; i < size; i++) {
        //     const isMissing = (next() >>> 8) % 100 < missing, value = (next() >>> 8) % size
        //     keys.push(isMissing ? NaN : i % 3 ? i : value)
        //   }
        //   for (const i of [...keys.keys()].sort((a, b) => keys[a] - keys[b])) digest = (Math.imul(digest, 31) + i)
        //   >>> 0
        row(1, 1, 0, 0U);
        row(2, 2, 50, 1U);
        row(3, 63, 0, 1950604043U);
        row(4, 63, 20, 52007715U);
        row(5, 64, 0, 1031759232U);
        row(6, 64, 20, 498784246U);
        row(7, 65, 50, 3079756636U);
        row(8, 127, 5, 1466326469U);
        row(9, 128, 20, 2505458994U);
        row(10, 200, 20, 1434888430U);
        row(11, 300, 1, 714712132U);
        row(12, 333, 50, 111674354U);
        row(13, 400, 5, 2566886774U);
        row(14, 400, 20, 3316071048U);
        row(15, 400, 90, 1242179452U);
    }
    void sortsAsV8()
    {
        QFETCH(quint32, seed);
        QFETCH(quint32, size);
        QFETCH(quint32, missing);
        const auto next = [&seed] { return seed = seed * 1'664'525U + 1'013'904'223U; };
        std::vector<double> keys;
        for (quint32 i = 0; i < size; ++i) {
            const bool isMissing = (next() >> 8U) % 100 < missing;
            const quint32 value = (next() >> 8U) % size;
            keys.push_back(isMissing ? std::numeric_limits<double>::quiet_NaN() : i % 3 == 0 ? value : i);
        }
        quint32 digest = 0;
        for (const std::size_t i : base::arraySortOrder(keys))
            digest = digest * 31U + static_cast<quint32>(i);
        QTEST(digest, "digest");
    }

    void sortsNothing() { QVERIFY(base::arraySortOrder({}).empty()); }
};

QTEST_GUILESS_MAIN(ArraySortTest)
#include "tst_ArraySort.moc"
