#include <QtTest>

#include "core/redis/RespFramer.h"

using namespace rollcall::redis;

Q_DECLARE_METATYPE(RedisReply)

namespace {

/// Limits that a test can reach.
constexpr RespLimits small{1'000, 100, 3, 10};

} // namespace

class RespFramerTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<RedisReply>("reply");
        QTest::newRow("simple") << QByteArray("+OK\r\n") << RedisReply::ofText("OK");
        QTest::newRow("empty simple") << QByteArray("+\r\n") << RedisReply::ofText("");
        QTest::newRow("error") << QByteArray("-WRONGTYPE of\r\n") << RedisReply::ofError("WRONGTYPE of");
        QTest::newRow("integer") << QByteArray(":-42\r\n") << RedisReply::ofInteger(-42);
        QTest::newRow("bulk") << QByteArray("$4\r\na\r\nb\r\n") << RedisReply::ofText("a\r\nb");
        QTest::newRow("empty bulk") << QByteArray("$0\r\n\r\n") << RedisReply::ofText("");
        QTest::newRow("nil") << QByteArray("$-1\r\n") << RedisReply();
        QTest::newRow("nil array") << QByteArray("*-1\r\n") << RedisReply();
        QTest::newRow("empty array") << QByteArray("*0\r\n") << RedisReply::ofArray({});
        QTest::newRow("array") << QByteArray("*3\r\n$1\r\nx\r\n$-1\r\n:7\r\n")
                               << RedisReply::ofArray({RedisReply::ofText("x"), {}, RedisReply::ofInteger(7)});
        QTest::newRow("nested") << QByteArray("*2\r\n*1\r\n*0\r\n+z\r\n")
                                << RedisReply::ofArray(
                                       {RedisReply::ofArray({RedisReply::ofArray({})}), RedisReply::ofText("z")});
    }
    void reads()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(RedisReply, reply);
        for (const qsizetype piece : {bytes.size(), qsizetype(1), qsizetype(3)}) {
            RespFramer framer(small);
            const QByteArray stream = bytes + "+next\r\n";
            qsizetype at = 0;
            while (framer.state() == RespFramer::State::Reading) {
                QVERIFY(at < stream.size());
                at += framer.feed(QByteArrayView(stream).sliced(at, std::min(piece, stream.size() - at)));
            }
            QCOMPARE(framer.state(), RespFramer::State::Complete);
            QCOMPARE(at, bytes.size()); // the next reply is left alone
            QVERIFY(framer.take() == reply);
            QVERIFY(!framer.started());
        }
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<RespFault>("fault");
        QTest::newRow("HTTP") << QByteArray("HTTP/1.1 400 Bad Request\r\n") << RespFault::UnknownType;
        QTest::newRow("no carriage return") << QByteArray("+OK\n") << RespFault::BadLineEnd;
        QTest::newRow("empty line") << QByteArray("\r\n") << RespFault::BadLineEnd;
        QTest::newRow("bulk without its end") << QByteArray("$1\r\nabc") << RespFault::BadLineEnd;
        QTest::newRow("length no number") << QByteArray("$x\r\n") << RespFault::BadNumber;
        QTest::newRow("length with rest") << QByteArray("$1x\r\n") << RespFault::BadNumber;
        QTest::newRow("no length") << QByteArray("$\r\n") << RespFault::BadNumber;
        QTest::newRow("negative length") << QByteArray("$-2\r\n") << RespFault::BadNumber;
        QTest::newRow("length beyond 64 bits") << QByteArray("$9223372036854775808\r\n") << RespFault::BadNumber;
        QTest::newRow("huge bulk") << QByteArray("$9223372036854775807\r\n") << RespFault::TooLarge;
        QTest::newRow("huge array") << QByteArray("*9223372036854775807\r\n") << RespFault::TooLarge;
        QTest::newRow("elements of all arrays") << QByteArray("*6\r\n*5\r\n") << RespFault::TooLarge;
        QTest::newRow("long line") << QByteArray('+' + QByteArray(200, 'x')) << RespFault::TooLarge;
        QTest::newRow("long reply") << QByteArray(QByteArray("*2\r\n$600\r\n") + QByteArray(600, 'x') + "\r\n$600\r\n")
                                    << RespFault::TooLarge;
        QTest::newRow("deep") << QByteArray("*1\r\n*1\r\n*1\r\n*1\r\n") << RespFault::TooDeep;
    }
    void refuses()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(RespFault, fault);
        for (const qsizetype piece : {bytes.size(), qsizetype(1)}) {
            RespFramer framer(small);
            for (qsizetype at = 0; at < bytes.size() && framer.state() == RespFramer::State::Reading; at += piece)
                static_cast<void>(framer.feed(QByteArrayView(bytes).sliced(at, std::min(piece, bytes.size() - at))));
            QCOMPARE(framer.state(), RespFramer::State::Failed);
            QVERIFY(framer.fault() == fault);
            QVERIFY(!faultText(fault).isEmpty());
        }
    }

    void encodesWhateverBytes()
    {
        QCOMPARE(encodeCommand({"SET", QByteArray("k\r\n\0", 4), ""}),
                 QByteArray("*3\r\n$3\r\nSET\r\n$4\r\nk\r\n\0\r\n$0\r\n\r\n", 29));
    }
};

QTEST_APPLESS_MAIN(RespFramerTest)
#include "tst_RespFramer.moc"
