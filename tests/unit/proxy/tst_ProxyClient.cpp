#include <QTcpServer>
#include <QtTest>

#include <thread>

#include "core/proxy/ProxyClient.h"
#include "tests/support/ScriptedServer.h"
#include "tests/support/TestPaths.h"
#include "tests/support/TlsServer.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using proxy::ProxyClient;
using session::NullReason;
using session::Resolution;
using session::StepOutcome;
using test::Reply;
using test::ScriptedServer;

Q_DECLARE_METATYPE(rollcall::test::Reply)
Q_DECLARE_METATYPE(rollcall::session::NullReason)

namespace {

std::shared_ptr<const session::AuthProfile> profile(session::AuthVersion version = session::AuthVersion::V5)
{
    auto value = std::make_shared<session::AuthProfile>();
    value->version = version;
    return value;
}

Resolution ask(const ScriptedServer &server, const QByteArray &cookies, http::HttpOptions options = {})
{
    ProxyClient client(server.url(), profile(), std::move(options));
    return client.resolve(cookies, Call::within(1min));
}

} // namespace

class ProxyClientTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void passesASessionOn()
    {
        ScriptedServer server([](const auto &) {
            return Reply::http(
                200,
                "{\"user\":{\"name\":\"Zo\xc3\xab\",\"email\":null}, "
                "\"expires\":\"2026-12-20T21:48:07.731Z\",\n\"z\":1.0}",
                "application/json",
                "Set-Cookie: authjs.csrf-token=abc; Path=/\r\n"
                "Set-Cookie: authjs.session-token=t%2B1; Path=/; Expires=Sun, 20 Dec 2099 21:48:07 GMT; HttpOnly; "
                "SameSite=Lax\r\n");
        });
        const Resolution resolution = ask(server, "authjs.session-token=t1");
        QVERIFY(resolution.hasSession());
        QVERIFY(!resolution.reason);
        // Member order is the deployment's, spacing and numbers as JSON.stringify prints them.
        QCOMPARE(*resolution.session, QByteArray("{\"user\":{\"name\":\"Zo\xc3\xab\",\"email\":null},\"expires\":"
                                                 "\"2026-12-20T21:48:07.731Z\",\"z\":1}"));
        QCOMPARE(resolution.trace.size(), 2U);
        QCOMPARE(resolution.trace.at(0).step, QStringLiteral("request"));
        QCOMPARE(resolution.trace.at(1).step, QStringLiteral("response"));
        QCOMPARE(resolution.trace.at(1).outcome, StepOutcome::Ok);
        QVERIFY(resolution.took > 0ns);
        QVERIFY(resolution.trace.at(0).took + resolution.trace.at(1).took <= resolution.took);

        QCOMPARE(resolution.setCookies.size(), 1U);
        const session::CookieEffect &cookie = resolution.setCookies.front();
        QCOMPARE(cookie.name, QByteArray("authjs.session-token"));
        QCOMPARE(cookie.fingerprint, base::Fingerprint::of("t+1"));
        QCOMPARE(base::toIso(*cookie.expires), QStringLiteral("2099-12-20T21:48:07.000Z"));
        QVERIFY(cookie.httpOnly && !cookie.secure && !cookie.cleared && !cookie.maxAge && !cookie.domain);
        QCOMPARE(cookie.path, QByteArray("/"));
        QCOMPARE(cookie.sameSite, QByteArray("lax"));
    }

    void forwardsSessionCookiesOnly_data()
    {
        QTest::addColumn<QByteArray>("cookies");
        QTest::addColumn<QByteArray>("forwarded");
        const auto row = [](const char *name, const QByteArray &cookies, const QByteArray &forwarded) {
            QTest::newRow(name) << cookies << forwarded;
        };
        row("none", "", "");
        row("one", "authjs.session-token=a", "authjs.session-token=a");
        row("others dropped", "theme=dark; authjs.session-token=a; authjs.csrf-token=b; x=y", "authjs.session-token=a");
        row("chunks keep their order", "authjs.session-token.1=b;a=b;\tauthjs.session-token.0=a ",
            "authjs.session-token.1=b; authjs.session-token.0=a");
        row("prefix sharers are the library's own mistake", "authjs.session-token-old=x", "authjs.session-token-old=x");
        row("value stands as it is", "authjs.session-token=\"a%20b=c\"", "authjs.session-token=\"a%20b=c\"");
        row("secure name is another", "__Secure-authjs.session-token=a", "");
        row("separators only", ";;; ;", "");
    }

    void forwardsSessionCookiesOnly()
    {
        QFETCH(QByteArray, cookies);
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        const Resolution resolution = ask(server, cookies);
        QCOMPARE(resolution.reason, NullReason::ProxyNull);
        const ScriptedServer::Request request = server.requests().front();
        QTEST(request.header("cookie"), "forwarded");
        QCOMPARE(request.requestLine(), QByteArray("GET /api/auth/session HTTP/1.1"));
        QVERIFY(cookies.isEmpty() || !resolution.trace.front().detail.contains(QString::fromLatin1(cookies)));
    }

    void nulls_data()
    {
        QTest::addColumn<Reply>("reply");
        QTest::addColumn<NullReason>("reason");
        QTest::addColumn<QString>("evidence");
        const auto row = [](const char *name, const Reply &reply, NullReason reason, const char *evidence) {
            QTest::newRow(name) << reply << reason << QString::fromLatin1(evidence);
        };
        row("null", Reply::http(200, " null\n"), NullReason::ProxyNull, "null");
        row("empty object", Reply::http(200, "{ }"), NullReason::ProxyEmptyObject, "{}");
        row("html", Reply::http(200, "<!doctype html><title>x</title>", "text/html; charset=utf-8"),
            NullReason::ProxyNotJson, "text/html");
        row("html said to be json", Reply::http(200, "<html>"), NullReason::ProxyNotJson, "application/json");
        row("empty", Reply::http(200, ""), NullReason::ProxyNotJson, "empty");
        row("array", Reply::http(200, "[1]"), NullReason::ProxyNotJson, "no object");
        row("string", Reply::http(200, "\"session\""), NullReason::ProxyNotJson, "no object");
        row("two values", Reply::http(200, "{} {}"), NullReason::ProxyNotJson, "came instead");
        row("redirect", Reply::http(307, "", "text/plain", "Location: https://login.example/in?token=SECRET\r\n"),
            NullReason::ProxyRedirect, "307 to https://login.example/in");
        row("400", Reply::http(400, "\"Bad request.\""), NullReason::Proxy4xx, "base path");
        row("404", Reply::http(404, "<html>"), NullReason::Proxy4xx, "404");
        row("429", Reply::http(429, ""), NullReason::Proxy4xx, "rate");
        row("500", Reply::http(500, "{\"message\":\"There was a problem with the server configuration.\"}"),
            NullReason::Proxy5xx, "secret");
        row("502", Reply::http(502, ""), NullReason::Proxy5xx, "gateway");
        row("large", Reply::http(200, QByteArray(3000, ' ')), NullReason::ProxyTooLarge, "");
        Reply hang;
        hang.hang = true;
        row("hangs", hang, NullReason::ProxyTimeout, "");
        Reply drip = Reply::http(200, "{\"user\":{}}");
        drip.pieceSize = 1;
        drip.pieceDelay = 20ms;
        row("drips", drip, NullReason::ProxyTimeout, "");
        Reply closed;
        closed.close = true;
        row("closes", closed, NullReason::ProxyNetworkError, "without an answer");
        Reply noHttp;
        noHttp.bytes = "<html>no status line</html>";
        row("no http", noHttp, NullReason::ProxyNetworkError, "HTTP/1.1");
    }

    void nulls()
    {
        QFETCH(Reply, reply);
        QFETCH(NullReason, reason);
        QFETCH(QString, evidence);
        ScriptedServer server([&reply](const auto &) { return reply; });
        http::HttpOptions options;
        options.timeout = reason == NullReason::ProxyTimeout ? 300ms : 10s;
        options.maxBody = 2048;
        const Resolution resolution = ask(server, "authjs.session-token=TOKENTEXT", options);
        QVERIFY(!resolution.hasSession());
        QCOMPARE(resolution.reason, reason);
        QVERIFY2(resolution.evidence.contains(evidence), qPrintable(resolution.evidence));
        QVERIFY(!resolution.evidence.isEmpty());
        QVERIFY(!resolution.evidence.contains(QStringLiteral("SECRET")));
        for (const session::TraceStep &step : resolution.trace)
            QVERIFY(!step.detail.contains(QStringLiteral("TOKENTEXT")));
    }

    void clearedCookies()
    {
        ScriptedServer server([](const auto &) {
            return Reply::http(200, "null", "application/json",
                               "Set-Cookie: authjs.session-token.0=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax\r\n"
                               "Set-Cookie: authjs.session-token.1=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax\r\n");
        });
        const Resolution resolution = ask(server, "authjs.session-token.0=a; authjs.session-token.1=b");
        QCOMPARE(resolution.setCookies.size(), 2U);
        for (const session::CookieEffect &cookie : resolution.setCookies) {
            QVERIFY(cookie.cleared);
            QCOMPARE(cookie.maxAge, 0);
            QVERIFY(!cookie.expires);
            QVERIFY(cookie.fingerprint.isEmpty());
        }
    }

    void neverAsked_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("cookies");
        QTest::addColumn<NullReason>("reason");
        QTest::newRow("clear text elsewhere")
            << QStringLiteral("http://app.example") << QByteArray("authjs.session-token=a")
            << NullReason::ProxyOriginMismatch;
        QTest::newRow("no http") << QStringLiteral("file:///etc") << QByteArray() << NullReason::ProxyOriginMismatch;
        QTest::newRow("no address") << QString() << QByteArray() << NullReason::ProxyOriginMismatch;
        QTest::newRow("line break") << QStringLiteral("http://127.0.0.1:1")
                                    << QByteArray("authjs.session-token=a\r\nX: y") << NullReason::CookieNotParsed;
    }

    void neverAsked()
    {
        QFETCH(QString, url);
        QFETCH(QByteArray, cookies);
        ProxyClient client(QUrl(url), profile(), {});
        const Resolution resolution = client.resolve(cookies, Call::within(1min));
        QVERIFY(!resolution.hasSession());
        QTEST(*resolution.reason, "reason");
    }

    void unreachableAndCancelled()
    {
        QUrl url;
        {
            ScriptedServer server([](const auto &) { return Reply(); });
            url = server.url();
        }
        ProxyClient client(url, profile(), {});
        QCOMPARE(client.resolve("", Call::within(1min)).reason, NullReason::ProxyNetworkError);
        std::stop_source stop;
        stop.request_stop();
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        ProxyClient cancelled(server.url(), profile(), {});
        QCOMPARE(cancelled.resolve("", Call::within(1min, stop.get_token())).reason, NullReason::CancelledOrDeadline);
    }

    void onlyTheOriginItselfIsAsked_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("knowsCa");
        QTest::addColumn<bool>("isAsked");
        QTest::newRow("its certificate's name, by a known CA") << QStringLiteral("0.0.0.0") << true << true;
        QTest::newRow("by an unknown CA") << QStringLiteral("0.0.0.0") << false << false;
        QTest::newRow("another name") << QStringLiteral("[::]") << true << false;
        QTest::newRow("loopback") << QStringLiteral("localhost") << false << true;
    }
    void onlyTheOriginItselfIsAsked()
    {
        QFETCH(QString, host);
        QFETCH(bool, knowsCa);
        QFETCH(bool, isAsked);
        if (host.contains(u':') && !QTcpServer().listen(QHostAddress::LocalHostIPv6))
            QSKIP("this machine has no IPv6");
        test::TlsServer server([](int) { return Reply::http(200, "null").bytes; });
        http::HttpOptions options;
        if (knowsCa)
            options.caFile = test::dataFile(QStringLiteral("tls/cert.pem"));
        const Resolution resolution = ProxyClient(server.url(host), profile(), options).resolve("", Call::within(1min));
        QCOMPARE(resolution.reason, isAsked ? NullReason::ProxyNull : NullReason::ProxyOriginMismatch);
        QCOMPARE(server.requests(), isAsked ? 1 : 0);
        QVERIFY(!resolution.evidence.isEmpty() || isAsked);
    }

    void addressAsked()
    {
        auto custom = std::make_shared<session::AuthProfile>();
        custom->basePath = "/auth";
        const ProxyClient client(QUrl(QStringLiteral("https://app.example:8443/ignored?x=y#z")), custom, {});
        QCOMPARE(client.sessionUrl(), QUrl(QStringLiteral("https://app.example:8443/auth/session")));
        // As `new URL(path + "/session", base)` reads it.
        proxy::ProxyOptions options;
        options.baseUrl = QUrl(QStringLiteral("https://app.example"));
        options.targetBasePath = "auth?tenant=1&to=";
        QCOMPARE(ProxyClient(options, custom).sessionUrl().toEncoded(),
                 QByteArray("https://app.example/auth?tenant=1&to=/session"));
    }

    void refusedOptions_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("forwarded");
        QTest::addColumn<base::ErrorCode>("code");
        const QString url = QStringLiteral("http://127.0.0.1:1");
        for (const char *name : {"Content-Length", "transfer-encoding", "HOST", "Connection", "Keep-Alive", "TE",
                                 "Trailer", "Upgrade", "Accept-Encoding", "Expect", "Proxy-Connection"}) {
            QTest::addRow("set %s", name) << url << QByteArray(name) << QByteArray() << base::ErrorCode::UsageInvalid;
            QTest::addRow("forward %s", name)
                << url << QByteArray() << QByteArray(name) << base::ErrorCode::UsageInvalid;
        }
        QTest::newRow("a name with a line break")
            << url << QByteArray("A\r\nB") << QByteArray() << base::ErrorCode::UsageInvalid;
        QTest::newRow("a forwarded name of two words")
            << url << QByteArray() << QByteArray("A B") << base::ErrorCode::UsageInvalid;
        QTest::newRow("user info") << QStringLiteral("http://ada:PASSWORD@127.0.0.1:1") << QByteArray() << QByteArray()
                                   << base::ErrorCode::UrlInvalid;
        QTest::newRow("no address") << QStringLiteral("http://") << QByteArray() << QByteArray()
                                    << base::ErrorCode::UrlInvalid;
        QTest::newRow("scheme") << QStringLiteral("ftp://h") << QByteArray() << QByteArray()
                                << base::ErrorCode::UrlSchemeUnsupported;
    }
    void refusedOptions()
    {
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, forwarded);
        QFETCH(QString, url);
        proxy::ProxyOptions options;
        options.baseUrl = QUrl(url);
        if (!header.isEmpty())
            options.headers.emplace_back(header, "1");
        if (!forwarded.isEmpty())
            options.forwardedHeaders.append(forwarded);
        int asked = 0;
        options.fetch = [&asked](const auto &, const auto &) {
            ++asked;
            return base::Result<http::HttpResponse>(http::HttpResponse{200, {}, "null", {}});
        };
        const base::Status usable = ProxyClient::check(options);
        QVERIFY(!usable);
        QTEST(usable.error().code, "code");
        const Resolution resolution = ProxyClient(options, profile()).resolve("", Call::within(1min));
        QCOMPARE(resolution.reason, NullReason::ProxyOriginMismatch);
        QVERIFY(!resolution.evidence.isEmpty());
        QVERIFY(!resolution.evidence.contains(QStringLiteral("PASSWORD")));
        QCOMPARE(asked, 0);
    }

    void configuredHeaders()
    {
        ScriptedServer server([](const auto &) { return Reply::http(200, "null"); });
        proxy::ProxyOptions options;
        options.baseUrl = server.url();
        options.headers = {{"Cookie", "gate=1; authjs.session-token=b"}, {"User-Agent", "ours"}};
        options.forwardedHeaders = {"X-Tenant", "user-agent", "Cookie"};
        const auto header = [](QByteArrayView name) {
            return name == "X-Tenant" ? QByteArrayView("t1") : QByteArrayView("theirs");
        };
        const Resolution resolution =
            ProxyClient(options, profile()).resolve("authjs.session-token=a", header, Call::within(1min));
        QCOMPARE(resolution.reason, NullReason::ProxyNull);
        const ScriptedServer::Request request = server.requests().front();
        QCOMPARE(request.header("cookie"), QByteArray("gate=1; authjs.session-token=b"));
        QCOMPARE(request.header("x-tenant"), QByteArray("t1"));
        QCOMPARE(request.header("user-agent"), QByteArray("ours"));
        QCOMPARE(request.bytes.toLower().count("user-agent:"), 1);
    }

    void aFetchIsHeldToTheSameChecks_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("cookie");
        QTest::addColumn<int>("size");
        QTest::addColumn<NullReason>("reason");
        QTest::addColumn<bool>("isAsked");
        const QString https = QStringLiteral("https://auth.test");
        const QByteArray good = "authjs.session-token=t";
        QTest::newRow("good") << https << good << 4 << NullReason::ProxyNull << true;
        QTest::newRow("clear text") << QStringLiteral("http://auth.test") << good << 4
                                    << NullReason::ProxyOriginMismatch << false;
        QTest::newRow("line break") << https << QByteArray(good + "\r\nX-Evil: 1") << 4 << NullReason::CookieNotParsed
                                    << false;
        QTest::newRow("size") << https << good << (1 << 20) + 1 << NullReason::ProxyTooLarge << true;
    }
    void aFetchIsHeldToTheSameChecks()
    {
        QFETCH(QString, url);
        QFETCH(QByteArray, cookie);
        QFETCH(int, size);
        QFETCH(NullReason, reason);
        proxy::ProxyOptions options;
        options.baseUrl = QUrl(url);
        bool isAsked = false;
        options.fetch = [&isAsked, size](const auto &, const auto &) -> base::Result<http::HttpResponse> {
            isAsked = true;
            return http::HttpResponse{200, {}, "null" + QByteArray(size - 4, ' '), {}};
        };
        const Resolution resolution = ProxyClient(options, profile()).resolve(cookie, Call::within(1min));
        QCOMPARE(resolution.reason, reason);
        QTEST(isAsked, "isAsked");
    }

    void aFetchThatThrows()
    {
        proxy::ProxyOptions options;
        options.baseUrl = QUrl(QStringLiteral("http://127.0.0.1:1"));
        options.fetch = [](const auto &, const auto &) -> base::Result<http::HttpResponse> {
            throw std::runtime_error("fetch failed");
        };
        const Resolution resolution = ProxyClient(options, profile()).resolve("", Call::within(1min));
        QCOMPARE(resolution.reason, NullReason::ProxyNetworkError);
        QVERIFY(resolution.evidence.contains(QStringLiteral("fetch failed")));
    }

    void v4Names()
    {
        ScriptedServer server([](const auto &) { return Reply::http(200, "{}"); });
        ProxyClient client(server.url(), profile(session::AuthVersion::V4), {});
        QCOMPARE(client.resolve("next-auth.session-token=a; authjs.session-token=b", Call::within(1min)).reason,
                 NullReason::ProxyEmptyObject);
        QCOMPARE(server.requests().front().header("cookie"), QByteArray("next-auth.session-token=a"));
    }
};

QTEST_GUILESS_MAIN(ProxyClientTest)
#include "tst_ProxyClient.moc"
