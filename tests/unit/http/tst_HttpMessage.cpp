#include <QtTest>

#include <random>

#include "core/http/HttpMessage.h"
#include "tests/support/ProcessMemory.h"

using namespace rollcall::http;

Q_DECLARE_METATYPE(rollcall::http::MessageFault)

namespace {

constexpr MessageLimits small{512, 6, 100, 100};

/// Feeds @p bytes in pieces of random size; stops where the framer takes no more.
HttpFramer fedInPieces(HttpFramer framer, const QByteArray &bytes, std::mt19937 &random, qsizetype &taken)
{
    taken = 0;
    while (taken < bytes.size() && framer.state() == HttpFramer::State::Reading) {
        std::uniform_int_distribution<qsizetype> size(1, std::min<qsizetype>(40, bytes.size() - taken));
        taken += framer.feed(QByteArrayView(bytes).sliced(taken, size(random)));
    }
    return framer;
}

} // namespace

class HttpMessageTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsResponses_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("ended"); // the stream ends after the bytes
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("keepAlive");
        const QByteArray get("GET");
        QTest::newRow("length") << get << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull") << false << 200
                                << QByteArray("null") << true;
        QTest::newRow("no reason") << get << QByteArray("HTTP/1.1 404\r\ncontent-length:0\r\n\r\n") << false << 404
                                   << QByteArray() << true;
        QTest::newRow("chunked") << get
                                 << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                               "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n")
                                 << false << 200 << QByteArray("abc0123456789") << true;
        QTest::newRow("chunked with trailers")
            << get
            << QByteArray("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nDigest: x\r\n\r\n")
            << false << 200 << QByteArray("a") << true;
        QTest::newRow("until close") << get << QByteArray("HTTP/1.1 200 OK\r\n\r\nhello") << true << 200
                                     << QByteArray("hello") << false;
        QTest::newRow("HEAD") << QByteArray("HEAD") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
                              << false << 200 << QByteArray() << true;
        QTest::newRow("204") << get << QByteArray("HTTP/1.1 204 No Content\r\n\r\n") << false << 204 << QByteArray()
                             << true;
        QTest::newRow("304 with length") << get << QByteArray("HTTP/1.1 304 X\r\nContent-Length: 7\r\n\r\n") << false
                                         << 304 << QByteArray() << true;
        QTest::newRow("after 100 and 103")
            << get
            << QByteArray("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
            << false << 200 << QByteArray("x") << true;
        QTest::newRow("close") << get
                               << QByteArray("HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 1\r\n\r\nx")
                               << false << 200 << QByteArray("x") << false;
        QTest::newRow("HTTP/1.0") << get << QByteArray("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx") << false << 200
                                  << QByteArray("x") << false;
        QTest::newRow("HTTP/1.0 keep-alive")
            << get << QByteArray("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx") << false
            << 200 << QByteArray("x") << true;
    }

    void readsResponses()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, bytes);
        QFETCH(bool, ended);
        std::mt19937 random(7);
        for (int round = 0; round < 50; ++round) {
            qsizetype taken = 0;
            HttpFramer framer = fedInPieces(HttpFramer::forResponse(method, {}), bytes, random, taken);
            QCOMPARE(taken, bytes.size());
            if (ended) {
                QCOMPARE(framer.state(), HttpFramer::State::Reading);
                framer.endOfStream();
            }
            QCOMPARE(framer.state(), HttpFramer::State::Complete);
            const HttpMessage message = framer.take();
            QTEST(message.status, "status");
            QTEST(message.body, "body");
            QTEST(message.keepAlive, "keepAlive");
            QCOMPARE(message.bodyBytes, message.body.size());
        }
    }

    /// Every byte in every place of values of every length to a few words of the processor.
    void valuesHaveNoControlCharacters()
    {
        for (qsizetype length = 1; length <= 20; ++length) {
            for (qsizetype place = 0; place < length; ++place) {
                for (int byte = 0; byte < 256; ++byte) {
                    for (const char other : {'a', '\t', ' ', '\xff'}) {
                        QByteArray value(length, other);
                        value[place] = static_cast<char>(byte);
                        QCOMPARE(isHeaderValue(value), (byte >= 0x20 && byte != 0x7f) || byte == '\t');
                    }
                }
            }
        }
        QVERIFY(isHeaderValue({}));
    }

    /// Lines as in the answer before count as those that are read.
    void linesAsBeforeAreBounded()
    {
        MessageLimits limits;
        limits.maxHead = 60;
        limits.maxHeaders = 2;
        const QByteArray two("HTTP/1.1 200 OK\r\nA: a\r\nB: b\r\n");
        const auto after = [&](const QByteArray &more) {
            HttpFramer framer = HttpFramer::forResponse("GET", limits);
            framer.feed(QByteArray(two + "\r\n"));
            framer.endOfStream();
            Q_ASSERT(framer.state() == HttpFramer::State::Complete);
            framer.recycle(framer.take());
            framer.restart("GET");
            framer.feed(more);
            return framer.fault();
        };
        QVERIFY(!after(two + "\r\n"));
        QVERIFY(after(two + "C: c\r\n\r\n") == MessageFault::TooManyHeaders);
        limits.maxHeaders = 1;
        HttpFramer one = HttpFramer::forResponse("GET", limits);
        one.feed(two);
        QVERIFY(one.fault() == MessageFault::TooManyHeaders);
        limits.maxHeaders = 9;
        QVERIFY(after(two + "C: " + QByteArray(60, 'c') + "\r\n\r\n") == MessageFault::HeadTooLarge);
    }

    /// One framer for many answers, with the memory of earlier ones, reads each as a new one would.
    void startsAnew()
    {
        const QByteArray answers[] = {
            "HTTP/1.1 200 OK\r\nServer: one\r\nSet-Cookie: a=a-long-value\r\nContent-Length: 4\r\n\r\nnull",
            "HTTP/1.1 404\r\ncontent-length:0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.0 200 OK\r\nConnection: keep-alive\r\nA: \r\nContent-Length: "
            "1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            // Headers as before, but for less and less of them.
            "HTTP/1.1 200 OK\r\nServer: one\r\nSet-Cookie: a=a-long-value\r\nContent-Length: 4\r\n\r\nnull",
            "HTTP/1.1 200 OK\r\nServer: one\r\nSet-Cookie: a=a-long-valuf\r\nContent-Length: 4\r\n\r\nnull",
            "HTTP/1.1 200 OK\r\nServer: one\r\nSet-Cookie: a=a-long-value \r\nContent-Length: 40\r\n\r\nnull",
            "HTTP/1.1 200 OK\r\nServer: one\r\nSet-Cookie:a=a-long-value\r\nContent-Length: 4\r\n\r\nnull",
            "HTTP/1.1 200 OK\r\nserver: one\r\n: a\r\n\r\n", "HTTP/1.1 200 OK\r\nServer: one\n\r\n",
            "HTTP/1.1 200 OK\r\nServer: one\r\n: \r\n\r\n",
            "HTTP/1.1 200 OK\r\nServer: one\r\nContent-Length: 0\r\nServer: one\r\n\r\n", "HTTP/1.1 200 O",
            "HTTP/1.1 20x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nServer: two\r\nB: b\r\nC: c\r\nD: d\r\nE: e\r\nContent-Length: 0\r\n\r\n"};
        HttpFramer kept = HttpFramer::forResponse("GET", small);
        for (int round = 0; round < 3; ++round) {
            for (const QByteArray &answer : answers) {
                HttpFramer fresh = HttpFramer::forResponse("GET", small);
                kept.restart("GET");
                QVERIFY(!kept.started());
                QCOMPARE(kept.feed(answer), fresh.feed(answer));
                QCOMPARE(kept.state(), fresh.state());
                QVERIFY(kept.fault() == fresh.fault());
                if (kept.state() != HttpFramer::State::Complete)
                    continue;
                HttpMessage message = kept.take();
                const HttpMessage expected = fresh.take();
                QVERIFY(message.headers == expected.headers);
                QCOMPARE(message.status, expected.status);
                QCOMPARE(message.body, expected.body);
                QCOMPARE(message.bodyBytes, expected.bodyBytes);
                QCOMPARE(message.keepAlive, expected.keepAlive);
                const HeaderList headers = message.headers; // shares their bytes
                kept.recycle(std::move(message));
                QVERIFY(headers == expected.headers);
            }
        }
    }

    /// A cookie that was set, and a body, are gone from memory once the framer is: however they came and whatever their
    /// memory served for afterwards.
    void nothingOfAnAnswerStaysBehind_data()
    {
        QTest::addColumn<qsizetype>("pieces");
        QTest::addColumn<QByteArray>("next");
        const qsizetype whole = 10'000;
        const QByteArray shorter("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nX: y\r\nContent-Length: 1\r\n\r\nx");
        QTest::newRow("the last") << whole << QByteArray();
        QTest::newRow("in pieces") << qsizetype{7} << QByteArray();
        QTest::newRow("then shorter") << whole << shorter;
        QTest::newRow("then fewer headers") << whole << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        QTest::newRow("then longer") << whole
                                     << QByteArray("HTTP/1.1 200 OK\r\nSet-Cookie: " + QByteArray(2000, 'c') +
                                                   "\r\nX: " + QByteArray(2000, 'x') +
                                                   "\r\nContent-Length: 3000\r\n\r\n" + QByteArray(3000, 'b'));
        QTest::newRow("then cut off") << whole << QByteArray("HTTP/1.1 200 OK\r\nSet-Cookie: a=");
        QTest::newRow("then refused") << whole << QByteArray("HTTP/1.1 200 OK\r\nSet-Cookie\r\n");
    }

    void nothingOfAnAnswerStaysBehind()
    {
        QFETCH(qsizetype, pieces);
        QFETCH(QByteArray, next);
        std::mt19937_64 random(std::random_device{}());
        const rollcall::test::MemoryRegions memory = rollcall::test::writableMemory();
        // Made in one place, which is wiped; known from then on by its inverse.
        QByteArray answer;
        answer.reserve(1000);
        answer += "HTTP/1.1 200 OK\r\nServer: one\r\nSet-Cookie: a=";
        const qsizetype at = answer.size();
        answer.append(160, 's').append("; Path=/\r\nContent-Length: 160\r\n\r\n");
        const qsizetype body = answer.size();
        answer.append(160, 'b');
        for (qsizetype i = 0; i < 160; ++i)
            answer[at + i] = answer[body + i] = static_cast<char>('a' + random() % 26);
        const QByteArray head = rollcall::test::inverted(answer.sliced(at, 40));
        const QByteArray tail = rollcall::test::inverted(answer.sliced(at + 120, 40));
        {
            HttpFramer framer = HttpFramer::forResponse("GET", {});
            for (qsizetype from = 0; from < answer.size(); from += pieces)
                framer.feed(QByteArrayView(answer).sliced(from, std::min(pieces, answer.size() - from)));
            QCOMPARE(framer.state(), HttpFramer::State::Complete);
            framer.recycle(framer.take());
            QVERIFY(rollcall::test::placesIn(memory, tail) > 1); // it would be found: here, and there
            framer.restart("GET");
            framer.feed(next);
        }
        ::explicit_bzero(answer.data(), static_cast<std::size_t>(answer.size()));
        QCOMPARE(rollcall::test::placesIn(memory, head), 0);
        QCOMPARE(rollcall::test::placesIn(memory, tail), 0);
    }

    void refusesResponses_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<MessageFault>("fault");
        const QByteArray ok("HTTP/1.1 200 OK\r\n");
        const auto row = [](const char *name, const QByteArray &bytes, MessageFault fault) {
            QTest::newRow(name) << bytes << fault;
        };
        row("html", "<!doctype html>", MessageFault::StartLineInvalid);
        row("tls alert", QByteArray("\x15\x03\x01\x00\x02\x02\x46", 7), MessageFault::StartLineInvalid);
        row("http 2", "HTTP/2 200\r\n", MessageFault::VersionUnsupported);
        row("status of letters", "HTTP/1.1 abc\r\n", MessageFault::StatusInvalid);
        row("status of four digits", "HTTP/1.1 2000 OK\r\n", MessageFault::StatusInvalid);
        row("status 099", "HTTP/1.1 099 OK\r\n", MessageFault::StatusInvalid);
        row("bare LF", ok + "A: b\nC: d\r\n", MessageFault::LineEndInvalid);
        row("bare CR", ok + "A: b\rC: d\r\n", MessageFault::LineEndInvalid);
        row("no colon", ok + "nothing\r\n", MessageFault::HeaderInvalid);
        row("blank before colon", ok + "Content-Length : 1\r\n", MessageFault::HeaderInvalid);
        row("folded", ok + "A: b\r\n c\r\n", MessageFault::HeaderInvalid);
        row("NUL", ok + QByteArray("A: b\0c\r\n", 8), MessageFault::HeaderInvalid);
        row("negative length", ok + "Content-Length: -1\r\n\r\n", MessageFault::LengthInvalid);
        row("signed length", ok + "Content-Length: +1\r\n\r\n", MessageFault::LengthInvalid);
        row("huge length", ok + "Content-Length: 99999999999999999999\r\n\r\n", MessageFault::LengthInvalid);
        row("two lengths", ok + "Content-Length: 1\r\ncontent-length: 1\r\n\r\n", MessageFault::LengthRepeated);
        row("length list", ok + "Content-Length: 1, 1\r\n\r\n", MessageFault::LengthRepeated);
        row("length and coding", ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            MessageFault::LengthAndCoding);
        row("gzip coding", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", MessageFault::CodingUnsupported);
        row("coding twice", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            MessageFault::CodingUnsupported);
        row("coding in 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", MessageFault::CodingUnsupported);
        const QByteArray chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
        row("chunk size", chunked + "xyz\r\n", MessageFault::ChunkInvalid);
        row("empty chunk size", chunked + "\r\n", MessageFault::ChunkInvalid);
        row("chunk end", chunked + "1\r\nab\r\n", MessageFault::ChunkInvalid);
        row("chunk size overflow", chunked + "ffffffffffffffff\r\n", MessageFault::ChunkInvalid);
        row("endless chunk extension", chunked + "1;" + QByteArray(300, 'x'), MessageFault::ChunkInvalid);
        row("switching", "HTTP/1.1 101 X\r\n\r\n", MessageFault::SwitchingProtocols);
        row("interim without end", QByteArray("HTTP/1.1 100 X\r\n\r\n").repeated(9), MessageFault::TooManyInterim);
        row("large head", ok + "A: " + QByteArray(600, 'x'), MessageFault::HeadTooLarge);
        row("many headers", ok + QByteArray("A: b\r\n").repeated(7), MessageFault::TooManyHeaders);
        row("large length", ok + "Content-Length: 101\r\n\r\n", MessageFault::BodyTooLarge);
        row("large chunks", chunked + "32\r\n" + QByteArray(50, 'a') + "\r\n33\r\n", MessageFault::BodyTooLarge);
        row("large until close", ok + "\r\n" + QByteArray(101, 'a'), MessageFault::BodyTooLarge);
        row("endless trailers", chunked + "0\r\n" + QByteArray("A: b\r\n").repeated(100), MessageFault::HeadTooLarge);
    }

    void refusesResponses()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(MessageFault, fault);
        std::mt19937 random(11);
        for (int round = 0; round < 50; ++round) {
            qsizetype taken = 0;
            const HttpFramer framer = fedInPieces(HttpFramer::forResponse("GET", small), bytes, random, taken);
            QCOMPARE(framer.state(), HttpFramer::State::Failed);
            QCOMPARE(framer.fault(), fault);
        }
        HttpFramer whole = HttpFramer::forResponse("GET", small);
        whole.feed(bytes);
        QCOMPARE(whole.fault(), fault);
        QVERIFY(!faultText(fault).isEmpty());
    }

    void truncationIsAFaultAtEveryByte()
    {
        const QByteArray bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n");
        for (qsizetype length = 0; length < bytes.size(); ++length) {
            HttpFramer framer = HttpFramer::forResponse("GET", {});
            framer.feed(QByteArrayView(bytes).first(length));
            framer.endOfStream();
            QCOMPARE(framer.fault(), MessageFault::Truncated);
            QCOMPARE(framer.started(), length > 0);
        }
    }

    void leavesWhatFollows()
    {
        const QByteArray bytes("GET /a?b=c HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\n\r\nGET / HTTP/1.1\r\n");
        HttpFramer framer = HttpFramer::forRequest({});
        QCOMPARE(framer.feed(bytes), bytes.indexOf("\r\n\r\n") + 4);
        const HttpMessage message = framer.take();
        QCOMPARE(message.method, QByteArray("GET"));
        QCOMPARE(message.target, QByteArray("/a?b=c"));
        QCOMPARE(headerValue(message.headers, "cookie"), QByteArray("a=b"));
    }

    void refusesRequests_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<MessageFault>("fault");
        QTest::newRow("one word") << QByteArray("GET\r\n") << MessageFault::StartLineInvalid;
        QTest::newRow("two words") << QByteArray("GET /\r\n") << MessageFault::StartLineInvalid;
        QTest::newRow("blank in target") << QByteArray("GET /a b HTTP/1.1\r\n") << MessageFault::StartLineInvalid;
        QTest::newRow("no host") << QByteArray("GET / HTTP/1.1\r\n\r\n") << MessageFault::HostInvalid;
        QTest::newRow("two hosts") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
                                   << MessageFault::HostInvalid;
        QTest::newRow("http 2") << QByteArray("PRI * HTTP/2.0\r\n") << MessageFault::VersionUnsupported;
    }

    void refusesRequests()
    {
        QFETCH(QByteArray, bytes);
        HttpFramer framer = HttpFramer::forRequest(small);
        framer.feed(bytes);
        QCOMPARE(framer.state(), HttpFramer::State::Failed);
        QTEST(*framer.fault(), "fault");
    }

    void countsWhatItDoesNotKeep()
    {
        MessageLimits limits;
        limits.keepBody = 3;
        HttpFramer framer = HttpFramer::forResponse("GET", limits);
        framer.feed("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
        QCOMPARE(framer.state(), HttpFramer::State::Complete);
        const HttpMessage message = framer.take();
        QCOMPARE(message.body, QByteArray("012"));
        QCOMPARE(message.bodyBytes, 10);
    }

    /// Random damage to real messages: whatever comes, the outcome does not depend on how the bytes were cut.
    void damagedMessagesNeverDependOnTheCut()
    {
        const std::vector<QByteArray> seeds{
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=b\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\nuntil the end"};
        static constexpr char damage[] = "\r\n :;,0159afHTP/\t\0\x80\xff";
        const QByteArray alphabet(damage, sizeof damage - 1);
        std::mt19937 random(2026);
        int completed = 0;
        int failed = 0;
        for (int round = 0; round < 20'000; ++round) {
            QByteArray bytes = seeds.at(static_cast<std::size_t>(round) % seeds.size());
            for (unsigned left = random() % 4; left > 0; --left) {
                const auto at = static_cast<qsizetype>(random() % static_cast<unsigned>(bytes.size()));
                const char byte =
                    alphabet.at(static_cast<qsizetype>(random() % static_cast<unsigned>(alphabet.size())));
                if (random() % 2 == 0)
                    bytes[at] = byte;
                else
                    bytes.insert(at, byte);
            }
            HttpFramer whole = HttpFramer::forResponse("GET", small);
            const qsizetype takenWhole = whole.feed(bytes);
            qsizetype takenInPieces = 0;
            HttpFramer pieces = fedInPieces(HttpFramer::forResponse("GET", small), bytes, random, takenInPieces);
            whole.endOfStream();
            pieces.endOfStream();
            QCOMPARE(pieces.state(), whole.state());
            QCOMPARE(pieces.fault(), whole.fault());
            if (whole.state() == HttpFramer::State::Complete) {
                ++completed;
                QCOMPARE(takenInPieces, takenWhole);
                const HttpMessage a = whole.take();
                const HttpMessage b = pieces.take();
                QCOMPARE(b.status, a.status);
                QCOMPARE(b.body, a.body);
                QCOMPARE(b.headers == a.headers, true);
            } else {
                ++failed;
            }
        }
        QVERIFY2(completed > 1000 && failed > 1000, "the damage reaches both outcomes");
    }

    void noiseNeverCrashes()
    {
        std::mt19937 random(5);
        for (int round = 0; round < 5'000; ++round) {
            QByteArray bytes(static_cast<qsizetype>(random() % 300), Qt::Uninitialized);
            for (char &byte : bytes)
                byte = static_cast<char>(random());
            if (round % 2 == 0)
                bytes.prepend("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            HttpFramer response = HttpFramer::forResponse("GET", small);
            response.feed(bytes);
            response.endOfStream();
            QVERIFY(response.state() != HttpFramer::State::Reading);
            HttpFramer request = HttpFramer::forRequest(small);
            request.feed(bytes);
            request.endOfStream();
            QCOMPARE(request.state(), HttpFramer::State::Failed);
        }
    }
};

QTEST_GUILESS_MAIN(HttpMessageTest)
#include "tst_HttpMessage.moc"
