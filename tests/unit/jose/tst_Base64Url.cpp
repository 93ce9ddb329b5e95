#include <QtTest>

#include "core/jose/Base64Url.h"
#include "core/jose/Utf8.h"

using namespace rollcall::jose;

class Base64UrlTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decodes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("lenient");
        QTest::addColumn<bool>("strictOk");
        // Expectations: Node 20's Buffer.from(text, "base64") and atob rules (facts/session-protocol.md §3.4).
        QTest::newRow("empty") << QByteArray() << QByteArray() << true;
        QTest::newRow("plain") << QByteArray("aGVsbG8") << QByteArray("hello") << true;
        QTest::newRow("padded") << QByteArray("aGVsbG8=") << QByteArray("hello") << true;
        QTest::newRow("two pads") << QByteArray("aGVsbA==") << QByteArray("hell") << true;
        QTest::newRow("one pad of two") << QByteArray("aGVsbA=") << QByteArray("hell") << false;
        QTest::newRow("three pads") << QByteArray("aGVsb===") << QByteArray("hel") << false;
        QTest::newRow("pads alone") << QByteArray("==") << QByteArray() << false;
        QTest::newRow("pad inside") << QByteArray("aGVs=bG8") << QByteArray("hel") << false;
        QTest::newRow("url alphabet") << QByteArray("-_-_") << QByteArray("\xfb\xff\xbf") << true;
        QTest::newRow("standard alphabet") << QByteArray("+/+/") << QByteArray("\xfb\xff\xbf") << false;
        QTest::newRow("white space") << QByteArray("aGVs\n bG8") << QByteArray("hello") << true;
        QTest::newRow("vertical tab") << QByteArray("aGVs\vbG8") << QByteArray("hello") << false;
        QTest::newRow("junk") << QByteArray("aGV!sbG8") << QByteArray("hello") << false;
        QTest::newRow("length 1 mod 4") << QByteArray("aGVsb") << QByteArray("hel") << false;
        QTest::newRow("trailing bits") << QByteArray("YR") << QByteArray("a") << true;
        QTest::newRow("high byte") << QByteArray("aGVs\xc3\xa9") << QByteArray("hel") << false;
    }
    void decodes()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, lenient);
        QFETCH(bool, strictOk);
        QCOMPARE(fromBase64Lenient(text), lenient);
        const auto strict = fromBase64UrlStrict(text);
        QCOMPARE(strict.has_value(), strictOk);
        if (strict)
            QCOMPARE(*strict, lenient);
    }

    void roundTrips()
    {
        QByteArray bytes;
        for (int i = 0; i < 300; ++i) {
            QCOMPARE(fromBase64UrlStrict(toBase64Url(bytes)).value_or("refused"), bytes);
            QCOMPARE(fromBase64Lenient(toBase64Url(bytes)), bytes);
            bytes.append(static_cast<char>(i * 7));
        }
    }

    void utf8_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("strictOk");
        const QString bad(QChar(QChar::ReplacementCharacter));
        // Expectations: new TextDecoder() of Node 20.
        QTest::newRow("ascii") << QByteArray("a") << QStringLiteral("a") << true;
        QTest::newRow("nul") << QByteArray("a\0b", 3) << QString::fromLatin1("a\0b", 3) << true;
        QTest::newRow("bom") << QByteArray("\xef\xbb\xbf"
                                           "a")
                             << QStringLiteral("a") << true;
        QTest::newRow("second bom stays") << QByteArray("\xef\xbb\xbf\xef\xbb\xbf") << QString(QChar(0xfeff)) << true;
        QTest::newRow("astral") << QByteArray("\xf0\x9f\x98\x80") << QString::fromUtf8("\xf0\x9f\x98\x80") << true;
        QTest::newRow("cut off") << QByteArray("\xe2\x82") << bad << false;
        QTest::newRow("cut off, then text") << QByteArray("\xe2\x82"
                                                          "a")
                                            << QString(bad + u'a') << false;
        QTest::newRow("four bytes cut off") << QByteArray("\xf0\x9f\x98"
                                                          "a")
                                            << QString(bad + u'a') << false;
        QTest::newRow("overlong") << QByteArray("\xc0\x80") << QString(bad + bad) << false;
        QTest::newRow("overlong in three") << QByteArray("\xe0\x9f\xbf") << QString(bad + bad + bad) << false;
        QTest::newRow("overlong in four") << QByteArray("\xf0\x8f\xbf\xbf") << QString(bad + bad + bad + bad) << false;
        QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << QString(bad + bad + bad) << false;
        QTest::newRow("too big") << QByteArray("\xf4\x90\x80\x80") << QString(bad + bad + bad + bad) << false;
        QTest::newRow("bare continuation") << QByteArray("\x80") << bad << false;
    }
    void utf8()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        QFETCH(bool, strictOk);
        QCOMPARE(utf8Replacing(bytes), text);
        QCOMPARE(utf8Strict(bytes).has_value(), strictOk);
        if (strictOk)
            QCOMPARE(utf8Strict(bytes).value_or(QString()), text);
    }
};

QTEST_GUILESS_MAIN(Base64UrlTest)
#include "tst_Base64Url.moc"
