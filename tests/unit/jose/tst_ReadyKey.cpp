#include <QtTest>

#include <QMessageAuthenticationCode>
#include <QtEndian>

#include "core/jose/Base64Url.h"
#include "core/jose/CarefulPath.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/KeyRing.h"
#include "core/jose/ReadyKey.h"

using namespace rollcall;
using session::AuthVersion;

// What a ready key does by itself where the library leaves it to OpenSSL: the padding of CBC, and IVs.

namespace {

constexpr base::Instant now{std::chrono::seconds(1'760'000'000)};

jose::KeyRing ringOf(AuthVersion version)
{
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(QByteArrayView("a secret"));
    return {version, secrets, version == AuthVersion::V5 ? "authjs.session-token" : ""};
}

/// An authentic token whose blocks decrypt to exactly @p blocks, whatever padding they end in.
QByteArray tokenOf(const jose::KeyRing::Key &key, const QByteArray &blocks)
{
    const QByteArray header = key.ready->header();
    const QByteArray iv(16, 'i');
    const auto sealed =
        jose::sealContent(*jose::contentAlgorithm(u"A256CBC-HS512"), key.cbc.view(), iv, blocks, header);
    // Whole blocks are padded by one more, which goes.
    const QByteArray ciphertext = sealed->ciphertext.first(blocks.size());
    QByteArray bits(8, '\0');
    qToBigEndian(static_cast<quint64>(header.size()) * 8, bits.data());
    const QByteArray mac = QMessageAuthenticationCode::hash(
        header + iv + ciphertext + bits, key.cbc.view().first(32).toByteArray(), QCryptographicHash::Sha512);
    return header + ".." + jose::toBase64Url(iv) + '.' + jose::toBase64Url(ciphertext) + '.' +
           jose::toBase64Url(mac.first(32));
}

} // namespace

class ReadyKeyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void paddingIsWhatItSaysOrNone_data()
    {
        QTest::addColumn<QByteArray>("end");
        QTest::addColumn<bool>("opens");
        QTest::newRow("one") << QByteArray("\x01") << true;
        QTest::newRow("five") << QByteArray(5, '\x05') << true;
        QTest::newRow("a block") << QByteArray(16, '\x10') << true;
        QTest::newRow("zero") << QByteArray("\0", 1) << false;
        QTest::newRow("more than a block") << QByteArray(17, '\x11') << false;
        QTest::newRow("one that differs") << QByteArray("\x03\x02\x03") << false;
        QTest::newRow("none") << QByteArray("}") << false;
        QTest::newRow("more than all") << QByteArray(1, '\xff') << false;
    }
    void paddingIsWhatItSaysOrNone()
    {
        QFETCH(QByteArray, end);
        QFETCH(bool, opens);
        const jose::KeyRing ring = ringOf(AuthVersion::V5);
        // Claims that fill whole blocks with the padding.
        QByteArray claims = "{\"sub\":\"";
        claims += QByteArray(48 - claims.size() - 2 - end.size(), 'x') + "\"}";
        const QByteArray token = tokenOf(ring.keys().front(), claims + end);
        // By itself, and once more behind a token that it refused: openToken() would try the careful way too.
        const jose::ReadyKey &ready = *ring.keys().front().ready;
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(ready.open(token), opens ? std::optional(claims) : std::nullopt);
            QVERIFY(!ready.open(QByteArray(token.chopped(4) + "AAAA")));
        }
        const auto opened = jose::openToken(ring, token, now);
        QCOMPARE(opened.ok, opens);
        if (opens)
            QCOMPARE(opened.claims.text().toByteArray(), claims);
        const auto careful = jose::openCarefully(ring, token, now, jose::defaultTolerance);
        QCOMPARE(careful.ok, opens);
        QCOMPARE(careful.failure, opened.failure);
        // What was refused leaves nothing behind for the next token.
        QVERIFY(
            jose::openToken(ring, jose::sealToken(ring, opened.claims, std::chrono::hours(1), now)->view(), now).ok);
    }

    void anAuthenticTokenWithoutABlockIsRefused()
    {
        const jose::KeyRing ring = ringOf(AuthVersion::V5);
        QVERIFY(!jose::openToken(ring, tokenOf(ring.keys().front(), {}), now).ok);
    }

    void noIvComesTwice_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::newRow("v4") << AuthVersion::V4;
        QTest::newRow("v5") << AuthVersion::V5;
    }
    void noIvComesTwice()
    {
        QFETCH(AuthVersion, version);
        const jose::KeyRing ring = ringOf(version);
        QSet<QByteArray> ivs;
        QSet<QByteArray> texts;
        constexpr int rounds = 2000;
        for (int i = 0; i < rounds; ++i) {
            // Some have room behind them and some have not.
            QByteArray plaintext = "{\"sub\":\"one and the same\"}";
            if (i % 2 == 0)
                plaintext.reserve(plaintext.size() + jose::ReadyKey::sealingRoom);
            const auto token = ring.keys().front().ready->seal(plaintext);
            QVERIFY(token);
            const QList<QByteArray> parts = token->view().toByteArray().split('.');
            ivs.insert(parts.at(2));
            texts.insert(parts.at(3));
            const auto opened = jose::openCarefully(ring, token->view(), now, jose::defaultTolerance);
            QVERIFY2(opened.ok, qPrintable(opened.detail));
            // What was opened has its room in front and can be sealed again.
            auto again = ring.keys().front().ready->open(token->view());
            QVERIFY(again && ring.keys().front().ready->seal(*again));
            QCOMPARE(opened.claims.text(), QByteArrayView("{\"sub\":\"one and the same\"}"));
        }
        QCOMPARE(ivs.size(), rounds);
        QCOMPARE(texts.size(), rounds);
    }
};

QTEST_GUILESS_MAIN(ReadyKeyTest)
#include "tst_ReadyKey.moc"
