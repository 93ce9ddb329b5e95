#include <QtTest>

#include <thread>

#include "core/http/HttpConnection.h"
#include "tests/support/Patience.h"
#include "tests/support/ProcessorTime.h"
#include "tests/support/ScriptedServer.h"
#include "tests/support/TestPaths.h"
#include "tests/support/TlsServer.h"

using namespace rollcall::http;
using namespace std::chrono_literals;
using rollcall::base::Call;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::test::patience;
using rollcall::test::processorSeconds;
using rollcall::test::Reply;
using rollcall::test::ScriptedServer;
using rollcall::test::TlsServer;

Q_DECLARE_METATYPE(rollcall::base::ErrorCode)
Q_DECLARE_METATYPE(rollcall::test::Reply)

namespace {

HttpRequest get(const QUrl &url)
{
    HttpRequest request;
    request.url = url;
    return request;
}

/// Sends and spins the loop until the outcome is there.
std::optional<Exchange> exchange(HttpConnection &connection, const HttpRequest &request)
{
    std::optional<Exchange> outcome;
    connection.send(request, [&outcome](Exchange done) { outcome = std::move(done); });
    // "Never from within send()": nobody has been told yet, whatever happened.
    if (outcome)
        return std::nullopt;
    static_cast<void>(QTest::qWaitFor([&outcome] { return outcome.has_value(); }, patience));
    return outcome;
}

QByteArray nobody(int)
{
    return QByteArrayLiteral("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull");
}

} // namespace

class HttpConnectionTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void phasesOfAColdAndAKeptExchange()
    {
        ScriptedServer server([](const ScriptedServer::Request &) {
            Reply reply = Reply::http(200, "{\"a\":1}", "application/json", "Server-Timing: db;dur=1\r\n");
            reply.delay = 20ms;
            return reply;
        });
        HttpConnection connection(server.url(), {});
        const qint64 before = steadyNs();
        const auto cold = exchange(connection, get(server.url(QStringLiteral("/a"))));
        QVERIFY(cold && !cold->error);
        QCOMPARE(cold->message.status, 200);
        QCOMPARE(cold->message.body, QByteArray("{\"a\":1}"));
        QVERIFY(!cold->reused);
        const PhaseTimes &times = cold->times;
        QVERIFY(times.resolvedNs && times.connectedNs && times.writtenNs && times.firstByteNs);
        QVERIFY(!times.encryptedNs);
        QVERIFY(before <= times.queuedNs && times.queuedNs <= *times.resolvedNs);
        QVERIFY(*times.resolvedNs <= *times.connectedNs && *times.connectedNs <= *times.writtenNs);
        QVERIFY(*times.firstByteNs <= times.endNs);
        // The server waits 20 ms after having read the request.
        QVERIFY(*times.firstByteNs - *times.writtenNs >= 20'000'000);

        const auto kept = exchange(connection, get(server.url(QStringLiteral("/b"))));
        QVERIFY(kept && !kept->error && kept->reused);
        QVERIFY(!kept->times.resolvedNs && !kept->times.connectedNs && !kept->times.encryptedNs);
        QCOMPARE(server.connections(), 1);

        connection.disconnectIdle();
        const auto coldAgain = exchange(connection, get(server.url(QStringLiteral("/c"))));
        QVERIFY(coldAgain && !coldAgain->error && !coldAgain->reused);
        QCOMPARE(server.connections(), 2);
    }

    void openedBeforeTheFirstRequest()
    {
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        HttpConnection connection(server.url(), {});
        std::optional<Exchange> opened;
        connection.open([&opened](Exchange done) { opened = std::move(done); });
        QVERIFY(!opened && connection.isBusy());
        QTRY_VERIFY_WITH_TIMEOUT(opened.has_value(), patience);
        QVERIFY(!opened->error && opened->times.connectedNs && !opened->times.writtenNs);
        QVERIFY(server.requests().empty());
        const auto first = exchange(connection, get(server.url()));
        QVERIFY(first && !first->error && first->reused && first->first);
        QVERIFY(!first->times.connectedNs && !first->times.resolvedNs);
        const auto second = exchange(connection, get(server.url()));
        QVERIFY(second && !second->error && second->reused && !second->first);
        connection.disconnectIdle();
        const auto cold = exchange(connection, get(server.url()));
        QVERIFY(cold && !cold->error && !cold->reused && cold->first);
        QCOMPARE(server.connections(), 2);
    }

    void openingFailsAsSendingDoes()
    {
        quint16 port = 0;
        {
            const ScriptedServer gone([](const auto &) { return Reply::http(200, "null"); });
            port = gone.port();
        }
        HttpConnection connection(QUrl(QStringLiteral("http://127.0.0.1:%1/").arg(port)), {});
        std::optional<Exchange> opened;
        connection.open([&opened](Exchange done) { opened = std::move(done); });
        QTRY_VERIFY_WITH_TIMEOUT(opened.has_value(), patience);
        QVERIFY(opened->error && opened->error->code == ErrorCode::ConnectRefused);
        QVERIFY(!connection.isBusy());
    }

    /// A peer that closes without having said so: the next request goes over a new connection, not into the closed one.
    void whoClosesUnsaidIsNotAskedAgain()
    {
        ScriptedServer server([](const auto &) {
            Reply reply = Reply::http(200, "null");
            reply.close = true;
            return reply;
        });
        HttpConnection connection(server.url(), {});
        int answers = 0;
        int retried = 0;
        std::function<void(Exchange)> next = [&](Exchange done) {
            QVERIFY(!done.error);
            retried += done.retried ? 1 : 0;
            ++answers;
        };
        for (int asked = 1; asked <= 20; ++asked) {
            connection.send(get(server.url()), next);
            QTRY_COMPARE_WITH_TIMEOUT(answers, asked, patience);
            QTRY_VERIFY_WITH_TIMEOUT(!server.hangUp(asked - 1), patience); // it has closed
            QTest::qWait(20);                                              // and the loop has turned since
        }
        QCOMPARE(retried, 0);
        QCOMPARE(server.connections(), 20);
    }

    void handlerMaySendAgain()
    {
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        HttpConnection connection(server.url(), {});
        int answers = 0;
        std::function<void(Exchange)> next = [&](Exchange done) {
            QVERIFY(!done.error);
            if (++answers < 200)
                connection.send(get(server.url()), next);
        };
        connection.send(get(server.url()), next);
        QTRY_COMPARE_WITH_TIMEOUT(answers, 200, patience);
        QCOMPARE(server.connections(), 1);
    }

    void whatCameUnaskedIsNobodysAnswer()
    {
        ScriptedServer server([](const auto &request) { return Reply::http(200, request.requestLine()); });
        HttpConnection connection(server.url(), {});
        const auto first = exchange(connection, get(server.url(QStringLiteral("/alice"))));
        QVERIFY(first && !first->error);
        // No turn of the event loop lies between: the bytes are with the system, unread.
        QVERIFY(server.push(0, Reply::http(200, "stray").bytes));
        for (const char *path : {"/bob", "/carol"}) {
            const auto done = exchange(connection, get(server.url(QString::fromLatin1(path))));
            QVERIFY(done && !done->error);
            QCOMPARE(done->message.body, "GET " + QByteArray(path) + " HTTP/1.1");
        }
        QCOMPARE(server.connections(), 2);
    }

    void localhostTriesBothFamilies()
    {
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        const QUrl url(QStringLiteral("http://localhost:%1/").arg(server.port()));
        HttpConnection connection(url, {});
        const auto done = exchange(connection, get(url));
        QVERIFY(done && !done->error);
    }

    void largeBodiesAreCountedNotKept()
    {
        ScriptedServer server([](const auto &) { return Reply::http(200, QByteArray(200'000, 'x')); });
        ConnectionOptions options;
        options.keepBody = 1000;
        HttpConnection connection(server.url(), options);
        const auto done = exchange(connection, get(server.url()));
        QVERIFY(done && !done->error);
        QCOMPARE(done->message.body.size(), 1000);
        QCOMPARE(done->message.bodyBytes, 200'000);
    }

    /// Told of what has come once only, a connection must read it to its end, whatever its size.
    void whatIsLargerThanOneReadIsReadWhole()
    {
        const QByteArray large(900'000, 'x');
        ScriptedServer server([&](const ScriptedServer::Request &request) {
            return request.index % 2 == 0 ? Reply::http(200, large, "text/plain") : Reply::http(200, "null");
        });
        HttpConnection connection(server.url(), {});
        for (int i = 0; i < 4; ++i) {
            const auto answer = exchange(connection, get(server.url()));
            QVERIFY(answer && !answer->error);
            QCOMPARE(answer->message.bodyBytes, i % 2 == 0 ? large.size() : 4);
        }
        QCOMPARE(server.connections(), 1);
    }

    /// Each read has its own time: the end of an answer is not when its begin was seen.
    void whatIsReadInSeveralReadsEndsWithTheLast()
    {
        const QByteArray large(200'000, 'x');
        ScriptedServer server([&](const auto &) { return Reply::http(200, large, "text/plain"); });
        HttpConnection connection(server.url(), {});
        for (int i = 0; i < 5; ++i) { // the kernel's buffers grow to what is read
            qint64 took = 0;
            bool done = false;
            connection.send(get(server.url()), [&](const Exchange &answer) {
                took = answer.error ? -1 : answer.times.endNs - answer.times.firstByteNs.value_or(0);
                done = true;
            });
            QThread::msleep(50); // all lies there when the first read takes 64 KiB of it
            QTRY_VERIFY_WITH_TIMEOUT(done, patience);
            QVERIFY2(took > 0, qPrintable(QString::number(i)));
        }
    }

    /// A poller that is never out of work leaves the rest of the loop its turns.
    void aPatientPollerStarvesNobody()
    {
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        SocketPoller poller;
        poller.setPatient(true);
        ConnectionOptions options;
        options.poller = &poller;
        HttpConnection connection(server.url(), options);
        bool goesOn = true;
        int answers = 0;
        std::function<void()> again = [&] {
            connection.send(get(server.url()), [&](const Exchange &) {
                ++answers;
                if (goesOn)
                    again();
            });
        };
        again();
        // How long the machine lets this thread wait is not the poller's affair.
        double last = processorSeconds();
        double longest = 0;
        int ticks = 0;
        QTimer timer;
        connect(&timer, &QTimer::timeout, this, [&] {
            const double now = processorSeconds();
            longest = std::max(longest, now - std::exchange(last, now));
            ++ticks;
        });
        timer.start(10ms);
        QTRY_VERIFY_WITH_TIMEOUT(ticks >= 20, patience);
        goesOn = false;
        QTRY_VERIFY_WITH_TIMEOUT(!connection.isBusy(), patience);
        QVERIFY2(longest < 0.25, qPrintable(QString::number(longest)));
        QVERIFY(answers > ticks);
    }

    void closeDelimitedAndClosingAnswers()
    {
        ScriptedServer server([](const ScriptedServer::Request &request) {
            Reply reply;
            reply.bytes = request.index == 0 ? "HTTP/1.1 200 OK\r\n\r\nhello"
                                             : "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";
            reply.close = true;
            return reply;
        });
        HttpConnection connection(server.url(), {});
        const auto first = exchange(connection, get(server.url()));
        QVERIFY(first && !first->error);
        QCOMPARE(first->message.body, QByteArray("hello"));
        const auto second = exchange(connection, get(server.url()));
        QVERIFY(second && !second->error);
        QCOMPARE(second->message.body, QByteArray("hi"));
        QVERIFY(!second->reused);
    }

    void deadKeptConnectionIsTriedOnceAgain()
    {
        ScriptedServer server([](const ScriptedServer::Request &request) {
            Reply reply = Reply::http(200, "null");
            if (request.index == 1) {
                reply.bytes.clear();
                reply.close = true;
            }
            return reply;
        });
        HttpConnection connection(server.url(), {});
        QVERIFY(exchange(connection, get(server.url())));
        const auto second = exchange(connection, get(server.url()));
        QVERIFY(second && !second->error);
        QVERIFY(second->retried);
        QVERIFY(!second->reused);
        QCOMPARE(server.requests().size(), 3U);
    }

    void failures_data()
    {
        QTest::addColumn<Reply>("reply");
        QTest::addColumn<ErrorCode>("code");
        Reply closed;
        closed.close = true;
        QTest::newRow("closes") << closed << ErrorCode::ConnectionLost;
        Reply reset;
        reset.reset = true;
        QTest::newRow("resets") << reset << ErrorCode::ConnectionLost;
        Reply cut = Reply::http(200, "hello");
        cut.bytes.chop(1);
        cut.close = true;
        QTest::newRow("cut") << cut << ErrorCode::ConnectionLost;
        Reply hang;
        hang.hang = true;
        QTest::newRow("hangs") << hang << ErrorCode::Timeout;
        Reply drip = Reply::http(200, QByteArray(1000, ' '));
        drip.pieceSize = 1;
        drip.pieceDelay = 20ms;
        QTest::newRow("drips") << drip << ErrorCode::Timeout;
        Reply html;
        html.bytes = "<html>";
        QTest::newRow("no http") << html << ErrorCode::HttpMalformed;
        QTest::newRow("large") << Reply::http(200, QByteArray(5000, 'x')) << ErrorCode::HttpTooLarge;
    }

    void failures()
    {
        QFETCH(Reply, reply);
        ScriptedServer server([&reply](const auto &) { return reply; });
        ConnectionOptions options;
        QFETCH(ErrorCode, code);
        options.http.timeout = code == ErrorCode::Timeout ? 300ms : 30s;
        options.http.maxBody = 4096;
        HttpConnection connection(server.url(), options);
        for (int round = 0; round < 2; ++round) { // a failure leaves the object usable
            const auto done = exchange(connection, get(server.url()));
            QVERIFY(done && done->error);
            QCOMPARE(done->error->code, code);
            QVERIFY(done->times.endNs > done->times.queuedNs);
            QVERIFY(!connection.isBusy());
        }
    }

    void unusable()
    {
        quint16 port = 0;
        {
            port = ScriptedServer([](const auto &) { return Reply(); }).port();
        }
        const QUrl closed(QStringLiteral("http://127.0.0.1:%1/").arg(port));
        HttpConnection refused(closed, {});
        QCOMPARE(exchange(refused, get(closed))->error->code, ErrorCode::ConnectRefused);
        QCOMPARE(exchange(refused, get(QUrl(QStringLiteral("http://127.0.0.1:1/"))))->error->code,
                 ErrorCode::UrlInvalid);
        HttpConnection nowhere(QUrl(QStringLiteral("ftp://x")), {});
        QCOMPARE(exchange(nowhere, get(closed))->error->code, ErrorCode::UrlSchemeUnsupported);
        ConnectionOptions badCa;
        badCa.http.caFile = QStringLiteral("/nonexistent/ca.pem");
        const QUrl secure(QStringLiteral("https://127.0.0.1:1/"));
        HttpConnection withoutCa(secure, badCa);
        QCOMPARE(exchange(withoutCa, get(secure))->error->code, ErrorCode::FileUnreadable);
        const QUrl clear(QStringLiteral("http://0.0.0.0:%1/").arg(port));
        HttpConnection clearText(clear, {});
        HttpRequest request = get(clear);
        request.headers.emplace_back("Cookie", "s=1");
        QCOMPARE(exchange(clearText, request)->error->code, ErrorCode::InsecureTransport);
    }

    void abortEndsAnExchangeSoon()
    {
        ScriptedServer server([](const auto &) {
            Reply reply;
            reply.hang = true;
            return reply;
        });
        ConnectionOptions options;
        options.http.timeout = 1h;
        HttpConnection connection(server.url(), options);
        std::optional<Exchange> outcome;
        connection.send(get(server.url()), [&outcome](Exchange done) { outcome = std::move(done); });
        QTRY_COMPARE_WITH_TIMEOUT(server.requests().size(), 1U, patience);
        connection.abort();
        connection.abort();
        QVERIFY(!outcome);
        QTRY_VERIFY_WITH_TIMEOUT(outcome.has_value(), patience);
        QCOMPARE(outcome->error->code, ErrorCode::Cancelled);
        QVERIFY(!connection.isBusy());
    }

    void destroyedWhileBusy()
    {
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        bool told = false;
        {
            HttpConnection connection(server.url(), {});
            connection.send(get(server.url()), [&told](const Exchange &) { told = true; });
        }
        QTest::qWait(0);
        QVERIFY(!told);
    }

    void tlsTowardsLoopbackNeedsNoCa()
    {
        TlsServer server(nobody);
        HttpConnection connection(server.url(QStringLiteral("localhost")), {});
        for (int i = 0; i < 2; ++i) {
            const auto done = exchange(connection, get(server.url(QStringLiteral("localhost"))));
            QVERIFY(done && !done->error);
            QCOMPARE(done->message.body, QByteArray("null"));
            QCOMPARE(done->reused, i == 1);
            QCOMPARE(done->times.encryptedNs.has_value(), i == 0);
        }
        QCOMPARE(server.requests(), 2);
    }

    void tlsElsewhereIsVerified()
    {
        TlsServer server(nobody);
        const QUrl url = server.url(QStringLiteral("0.0.0.0"));
        HttpConnection unknownCa(url, {});
        const auto refused = exchange(unknownCa, get(url));
        QVERIFY(refused && refused->error);
        QCOMPARE(refused->error->code, ErrorCode::TlsFailed);
        QVERIFY(!refused->error->param(ErrorParam::Detail).isEmpty());
        QCOMPARE(server.requests(), 0);

        ConnectionOptions options;
        options.http.caFile = rollcall::test::dataFile(QStringLiteral("tls/cert.pem"));
        HttpConnection knownCa(url, options);
        const auto accepted = exchange(knownCa, get(url));
        QVERIFY(accepted && !accepted->error);
    }

    void blockingClientVerifiesAlike()
    {
        TlsServer server(nobody);
        const QUrl url = server.url(QStringLiteral("0.0.0.0"));
        const auto ask = [&](const HttpOptions &options) {
            return HttpClient(options).send(get(url), Call::within(10s));
        };
        HttpOptions options;
        const auto refused = ask(options);
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::TlsFailed);
        QCOMPARE(refused.error().param(ErrorParam::Part), QStringLiteral("certificate"));
        QCOMPARE(server.requests(), 0);
        options.caFile = rollcall::test::dataFile(QStringLiteral("tls/cert.pem"));
        const auto accepted = ask(options);
        QVERIFY(accepted.has_value());
        QCOMPARE(accepted->body, QByteArray("null"));
    }
};

QTEST_GUILESS_MAIN(HttpConnectionTest)
#include "tst_HttpConnection.moc"
