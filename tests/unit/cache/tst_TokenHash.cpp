#include <QtTest>

#include <set>

#include "core/cache/TokenHash.h"

using namespace rollcall;
using cache::TokenDigest;
using cache::TokenHash;

namespace {

constexpr qsizetype sizes[] = {0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 36, 450, 4095, 4096, 4097, 20'000};

} // namespace

class TokenHashTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sameTextSameDigest_data()
    {
        QTest::addColumn<qsizetype>("size");
        for (const qsizetype size : sizes)
            QTest::addRow("%lld bytes", qlonglong(size)) << size;
    }
    void sameTextSameDigest()
    {
        QFETCH(qsizetype, size);
        const TokenHash hash;
        const QByteArray text(size, 'x');
        const QByteArray elsewhere = "y" + text; // other alignment
        QVERIFY(hash(text) == hash(QByteArrayView(elsewhere).sliced(1)));
    }

    void everyBitCounts_data() { sameTextSameDigest_data(); }
    void everyBitCounts()
    {
        QFETCH(qsizetype, size);
        const TokenHash hash;
        QByteArray text(size, 'x');
        const TokenDigest before = hash(text);
        for (qsizetype i = 0; i<size; i += size> 500 ? 97 : 1) {
            for (const char bit : {char(1), char(0x40)}) {
                text[i] = static_cast<char>(text.at(i) ^ bit);
                const TokenDigest after = hash(text);
                // Each half must tell them apart by itself: that is what the bound multiplies.
                QVERIFY(after.high != before.high && after.low != before.low);
                text[i] = static_cast<char>(text.at(i) ^ bit);
            }
        }
    }

    void zerosAtTheEndCount()
    {
        const TokenHash hash;
        std::set<std::pair<quint64, quint64>> seen;
        for (qsizetype size = 0; size <= 100; ++size) {
            const TokenDigest digest = hash(QByteArray(size, '\0'));
            seen.emplace(digest.high, digest.low);
        }
        QCOMPARE(seen.size(), std::size_t{101});
    }

    void wordsThatChangePlacesCount()
    {
        const TokenHash hash;
        const QByteArray a(16, 'a');
        const QByteArray b(16, 'b');
        QVERIFY(hash(QByteArray(a + b)) != hash(QByteArray(b + a)));
        QVERIFY(hash("aaaaaaaabbbbbbbb") != hash("bbbbbbbbaaaaaaaa"));
    }

    void keysDiffer_data() { sameTextSameDigest_data(); }
    void keysDiffer()
    {
        QFETCH(qsizetype, size);
        const QByteArray text(size, 'x');
        QVERIFY(TokenHash()(text) != TokenHash()(text));
    }

    void bitsAreEven()
    {
        // Each bit of the digest must be set about as often as not. That is promised of a token under keys drawn at
        // random; under one key, tokens that are much alike may well share a bit, so many keys are asked.
        constexpr int keys = 2'000;
        constexpr int tokensOfKey = 10;
        constexpr int count = keys * tokensOfKey;
        std::array<int, 128> set{};
        for (int key = 0; key < keys; ++key) {
            const TokenHash hash;
            for (int i = 0; i < tokensOfKey; ++i) {
                const TokenDigest digest = hash(QByteArray::number(key * tokensOfKey + i));
                for (std::size_t bit = 0; bit < 64; ++bit) {
                    set.at(bit) += static_cast<int>(digest.high >> bit & 1);
                    set.at(64 + bit) += static_cast<int>(digest.low >> bit & 1);
                }
            }
        }
        // Eight standard deviations, even where all tokens of a key share the bit: 8 * sqrt(2,000) * 10 / 2.
        constexpr int most = 1'790;
        for (const int ones : set)
            QVERIFY2(std::abs(ones - count / 2) < most, qPrintable(QString::number(ones)));
    }
};

QTEST_APPLESS_MAIN(TokenHashTest)
#include "tst_TokenHash.moc"
