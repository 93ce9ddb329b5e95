#include <QtTest>

#include <QTemporaryFile>

#include <atomic>
#include <thread>

#include "core/http/HttpClient.h"
#include "core/http/HttpTransport.h"
#include "tests/support/ScriptedServer.h"

using namespace rollcall::http;
using namespace std::chrono_literals;
using rollcall::base::Call;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::test::Reply;
using rollcall::test::ScriptedServer;

Q_DECLARE_METATYPE(rollcall::base::ErrorCode)
Q_DECLARE_METATYPE(rollcall::test::Reply)

namespace {

HttpRequest get(const QUrl &url)
{
    HttpRequest request;
    request.url = url;
    return request;
}

/// A port on 127.0.0.1 where nobody listens (any more).
quint16 closedPort()
{
    return ScriptedServer([](const auto &) { return Reply(); }).port();
}

Reply raw(const QByteArray &bytes)
{
    Reply reply;
    reply.bytes = bytes;
    return reply;
}

} // namespace

class HttpClientTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void asksAndKeepsTheConnection()
    {
        ScriptedServer server([](const auto &request) {
            return Reply::http(200, "{\"n\":" + QByteArray::number(request.index) + "}", "application/json",
                               "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n");
        });
        HttpClient client({});
        for (int i = 0; i < 3; ++i) {
            HttpRequest request = get(server.url(QStringLiteral("/api/auth/session?x=%20y#part")));
            request.headers.emplace_back("Cookie", "s=1");
            const auto answer = client.send(request, Call::within(1min));
            QVERIFY(answer.has_value());
            QCOMPARE(answer->status, 200);
            QCOMPARE(answer->body, "{\"n\":" + QByteArray::number(i) + "}");
            QCOMPARE(answer->header("content-type"), QByteArray("application/json"));
            QCOMPARE(answer->headerValues("set-cookie").size(), 2U);
            QVERIFY(answer->took > 0ns);
        }
        QCOMPARE(server.connections(), 1);
        const ScriptedServer::Request first = server.requests().front();
        QCOMPARE(first.requestLine(), QByteArray("GET /api/auth/session?x=%20y HTTP/1.1"));
        QCOMPARE(first.header("host"), "127.0.0.1:" + QByteArray::number(server.port()));
        QCOMPARE(first.header("user-agent"), QByteArray("rollcall/" ROLLCALL_VERSION));
        QCOMPARE(first.header("cookie"), QByteArray("s=1"));
        QCOMPARE(first.header("accept-encoding"), QByteArray());
    }

    void goesFromThreadToThread()
    {
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        HttpClient client({});
        const auto ask = [&] { return client.send(get(server.url()), Call::within(1min)).has_value(); };
        static std::atomic<int> complaints;
        complaints = 0;
        // This thread has an event dispatcher: Qt would tell of an object of it that another thread touches.
        const auto before =
            qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &) { complaints += 1; });
        bool answered = ask();
        for (int i = 0; i < 2; ++i)
            std::jthread([&] { answered = ask() && answered; }).join();
        answered = ask() && answered;
        qInstallMessageHandler(before);
        QVERIFY(answered);
        QCOMPARE(complaints.load(), 0);
        QCOMPARE(server.connections(), 1);
    }

    void localhostReachesBothFamilies()
    {
        // Only 127.0.0.1 listens: ::1 is tried first and refused.
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        HttpClient client({});
        const auto answer =
            client.send(get(QUrl(QStringLiteral("http://localhost:%1/").arg(server.port()))), Call::within(1min));
        QVERIFY(answer.has_value());
        QCOMPARE(server.requests().front().header("host"), "localhost:" + QByteArray::number(server.port()));
    }

    void proxiesOfTheEnvironmentAreIgnored()
    {
        qputenv("http_proxy", "http://127.0.0.1:" + QByteArray::number(closedPort()));
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        HttpClient client({});
        QVERIFY(client.send(get(server.url()), Call::within(1min)).has_value());
        qunsetenv("http_proxy");
    }

    void deadKeptConnectionIsTriedOnceAgain()
    {
        ScriptedServer server([](const ScriptedServer::Request &request) {
            Reply reply = Reply::http(200, "null");
            if (request.index == 1) {
                reply.bytes.clear(); // the idle connection dies just as the next request arrives
                reply.close = true;
            }
            return reply;
        });
        HttpClient client({});
        QVERIFY(client.send(get(server.url()), Call::within(1min)).has_value());
        QVERIFY(client.send(get(server.url()), Call::within(1min)).has_value());
        QCOMPARE(server.requests().size(), 3U);
        QCOMPARE(server.connections(), 2);
    }

    void whatMayHaveBeenCarriedOutIsNotAskedAgain_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("answer"); // before the kept connection dies
        QTest::newRow("a POST") << QByteArray("POST") << QByteArray();
        QTest::newRow("an answer that had begun")
            << QByteArray("GET") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnu");
        QTest::newRow("the beginning of a header") << QByteArray("GET") << QByteArray("HTTP/1.1 20");
    }
    void whatMayHaveBeenCarriedOutIsNotAskedAgain()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, answer);
        ScriptedServer server([&answer](const ScriptedServer::Request &request) {
            Reply reply = Reply::http(200, "null");
            if (request.index == 1) {
                reply.bytes = answer;
                reply.close = true;
            }
            return reply;
        });
        HttpOptions options;
        options.mayPost = true;
        HttpClient client(options);
        QVERIFY(client.send(get(server.url()), Call::within(1min)).has_value());
        HttpRequest request = get(server.url());
        request.method = method;
        if (method == "POST")
            request.body = "{}";
        QVERIFY(!client.send(request, Call::within(1min)).has_value());
        QCOMPARE(server.requests().size(), 2U);
    }

    void surplusBytesEndTheConnection()
    {
        ScriptedServer server([](const auto &) {
            Reply reply = Reply::http(200, "null");
            reply.bytes += "HTTP/1.1 200 OK\r\n";
            return reply;
        });
        HttpClient client({});
        QVERIFY(client.send(get(server.url()), Call::within(1min)).has_value());
        QVERIFY(client.send(get(server.url()), Call::within(1min)).has_value());
        QCOMPARE(server.connections(), 2);
    }

    void whatCameUnaskedIsNobodysAnswer()
    {
        ScriptedServer server([](const auto &request) { return Reply::http(200, request.header("cookie")); });
        HttpClient client({});
        const auto ask = [&](const char *user) {
            HttpRequest request = get(server.url());
            request.headers.emplace_back("Cookie", user);
            const auto answer = client.send(request, Call::within(1min));
            return answer ? answer->body : QByteArray("no answer");
        };
        QCOMPARE(ask("alice"), QByteArray("alice"));
        QVERIFY(server.push(0, Reply::http(200, "stray").bytes));
        QCOMPARE(ask("bob"), QByteArray("bob"));
        QCOMPARE(ask("carol"), QByteArray("carol"));
        QCOMPARE(server.connections(), 2);
    }

    void redirectsAreNotFollowed()
    {
        ScriptedServer server([](const auto &) { return Reply::http(307, {}, "text/plain", "Location: /x\r\n"); });
        HttpClient client({});
        const auto answer = client.send(get(server.url()), Call::within(1min));
        QVERIFY(answer.has_value());
        QCOMPARE(answer->status, 307);
        QCOMPARE(server.requests().size(), 1U);
    }

    void badAnswers_data()
    {
        QTest::addColumn<Reply>("reply");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QString>("detail");
        Reply closed;
        closed.close = true;
        QTest::newRow("closes") << closed << ErrorCode::ConnectionLost << QStringLiteral("without an answer");
        Reply reset;
        reset.reset = true;
        QTest::newRow("resets") << reset << ErrorCode::ConnectionLost << QStringLiteral("without an answer");
        Reply cut = raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        cut.close = true;
        QTest::newRow("cut") << cut << ErrorCode::ConnectionLost << QStringLiteral("middle of the answer");
        QTest::newRow("no http") << raw("SSH-2.0-OpenSSH_9.2\r\n") << ErrorCode::HttpMalformed
                                 << QStringLiteral("does not begin as HTTP/1.1");
        QTest::newRow("smuggling") << raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
                                   << ErrorCode::HttpMalformed
                                   << QStringLiteral("both Content-Length and Transfer-Encoding");
        QTest::newRow("large") << Reply::http(200, QByteArray(5000, 'x')) << ErrorCode::HttpTooLarge
                               << QStringLiteral("body is too large");
        Reply silent;
        silent.hang = true;
        QTest::newRow("hangs") << silent << ErrorCode::Timeout << QString();
        Reply drip = Reply::http(200, QByteArray(1000, ' '));
        drip.pieceSize = 1;
        drip.pieceDelay = 20ms;
        QTest::newRow("drips") << drip << ErrorCode::Timeout << QString();
    }

    void badAnswers()
    {
        QFETCH(Reply, reply);
        ScriptedServer server([&reply](const auto &) { return reply; });
        HttpOptions options;
        options.maxBody = 4096;
        QFETCH(ErrorCode, code);
        options.timeout = code == ErrorCode::Timeout ? 300ms : 60s;
        HttpClient client(options);
        const auto answer = client.send(get(server.url()), Call::within(1h));
        QVERIFY(!answer.has_value());
        QCOMPARE(answer.error().code, code);
        QFETCH(QString, detail);
        QVERIFY2(answer.error().param(ErrorParam::Detail).contains(detail),
                 qPrintable(answer.error().param(ErrorParam::Detail)));
    }

    void slowButCompleteAnswersAreRead()
    {
        ScriptedServer server([](const auto &) {
            Reply reply = raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnull\r\n0\r\n\r\n");
            reply.pieceSize = 3;
            reply.pieceDelay = 1ms;
            return reply;
        });
        HttpClient client({});
        const auto answer = client.send(get(server.url()), Call::within(1min));
        QVERIFY(answer.has_value());
        QCOMPARE(answer->body, QByteArray("null"));
    }

    void stopEndsAWaitSoon()
    {
        ScriptedServer server([](const auto &) {
            Reply reply;
            reply.hang = true;
            return reply;
        });
        HttpOptions options;
        options.timeout = 1h;
        HttpClient client(options);
        std::stop_source stop;
        const std::jthread stopper([&] {
            while (server.requests().empty())
                std::this_thread::yield();
            stop.request_stop();
        });
        const auto answer = client.send(get(server.url()), Call::within(1h, stop.get_token()));
        QVERIFY(!answer.has_value());
        QCOMPARE(answer.error().code, ErrorCode::Cancelled);
    }

    void unreachable()
    {
        HttpClient client({});
        const auto refused =
            client.send(get(QUrl(QStringLiteral("http://127.0.0.1:%1/").arg(closedPort()))), Call::within(1min));
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::ConnectRefused);
        QCOMPARE(refused.error().param(ErrorParam::Host), QStringLiteral("127.0.0.1"));
    }

    void refusedBeforeSending_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("ftp") << QStringLiteral("ftp://x/") << ErrorCode::UrlSchemeUnsupported;
        QTest::newRow("no host") << QStringLiteral("http:///x") << ErrorCode::UrlInvalid;
        QTest::newRow("user") << QStringLiteral("http://u:p@127.0.0.1/") << ErrorCode::UrlInvalid;
        QTest::newRow("clear text") << QStringLiteral("http://app.example/") << ErrorCode::InsecureTransport;
        // 0.0.0.0 reaches this machine on Linux, yet it is no loopback address.
        QTest::newRow("0.0.0.0") << QStringLiteral("http://0.0.0.0:1/") << ErrorCode::InsecureTransport;
        QTest::newRow("looks like loopback")
            << QStringLiteral("http://127.0.0.1.example/") << ErrorCode::InsecureTransport;
    }

    void refusedBeforeSending()
    {
        QFETCH(QString, url);
        HttpClient client({});
        HttpRequest request = get(QUrl(url));
        request.headers.emplace_back("Cookie", "s=1");
        const auto answer = client.send(request, Call::within(1min));
        QVERIFY(!answer.has_value());
        QTEST(answer.error().code, "code");
    }

    void insecureHostsAreADeliberateChoice()
    {
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        HttpOptions options;
        options.insecureHosts = {QStringLiteral("0.0.0.0")};
        HttpClient client(options);
        HttpRequest request = get(QUrl(QStringLiteral("http://0.0.0.0:%1/").arg(server.port())));
        request.headers.emplace_back("Cookie", "s=1");
        QVERIFY(client.send(request, Call::within(1min)).has_value());
    }

    void headersCannotBreakTheirLine()
    {
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        HttpClient client({});
        HttpRequest request = get(server.url());
        request.headers.emplace_back("Cookie", "a=b\r\nX: y");
        const auto answer = client.send(request, Call::within(1min));
        QVERIFY(!answer.has_value());
        QCOMPARE(answer.error().code, ErrorCode::UsageInvalid);
        QVERIFY(server.requests().empty());
    }

    void verificationByHost()
    {
        const HttpOptions options;
        const auto mode = [&](const QString &url) {
            return tlsConfiguration(*originOf(QUrl(url)), options)->peerVerifyMode();
        };
        QCOMPARE(mode(QStringLiteral("https://app.example")), QSslSocket::VerifyPeer);
        QCOMPARE(mode(QStringLiteral("https://0.0.0.0")), QSslSocket::VerifyPeer);
        QCOMPARE(mode(QStringLiteral("https://localhost")), QSslSocket::VerifyNone);
        QCOMPARE(mode(QStringLiteral("https://[::1]")), QSslSocket::VerifyNone);
    }

    void badCaFile()
    {
        HttpOptions options;
        options.caFile = QStringLiteral("/nonexistent/ca.pem");
        const Origin origin{true, QStringLiteral("app.example"), 443};
        QCOMPARE(tlsConfiguration(origin, options).error().code, ErrorCode::FileUnreadable);
        QTemporaryFile file;
        QVERIFY(file.open());
        file.write("no certificate");
        file.close();
        options.caFile = file.fileName();
        QCOMPARE(tlsConfiguration(origin, options).error().code, ErrorCode::FileFormatInvalid);
    }

    void tlsTowardsClearText()
    {
        Reply greeting = raw("HTTP/1.1 400 Bad Request\r\n\r\n");
        greeting.close = true;
        ScriptedServer server([](const auto &) { return Reply(); }, greeting);
        HttpClient client({});
        const auto answer =
            client.send(get(QUrl(QStringLiteral("https://127.0.0.1:%1/").arg(server.port()))), Call::within(1min));
        QVERIFY(!answer.has_value());
        QCOMPARE(answer.error().code, ErrorCode::TlsFailed);
        QVERIFY(!answer.error().param(ErrorParam::Detail).isEmpty());
    }

    void tlsHandshakeThatNeverEnds()
    {
        ScriptedServer server([](const auto &) { return Reply(); });
        HttpOptions options;
        options.timeout = 2s; // to have connected within it
        HttpClient client(options);
        const auto answer =
            client.send(get(QUrl(QStringLiteral("https://127.0.0.1:%1/").arg(server.port()))), Call::within(1min));
        QVERIFY(!answer.has_value());
        QCOMPARE(answer.error().code, ErrorCode::Timeout);
        QVERIFY(answer.error().param(ErrorParam::Part).contains(QStringLiteral("TLS")));
    }
};

QTEST_GUILESS_MAIN(HttpClientTest)
#include "tst_HttpClient.moc"
