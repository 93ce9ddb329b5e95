#include <QtTest>

#include <thread>

#include "core/probe/ProbeThread.h"
#include "core/probe/ScopeWatch.h"
#include "core/probe/ServerFacts.h"
#include "core/probe/TokenTraces.h"
#include "tests/support/ScriptedServer.h"
#include "tests/support/TlsServer.h"

using namespace rollcall::probe;
using rollcall::base::Call;
using rollcall::base::SecretBytes;
using rollcall::http::Exchange;
using rollcall::session::AuthProfile;
using rollcall::session::AuthVersion;
using rollcall::session::Strategy;
using rollcall::test::Reply;
using rollcall::test::ScriptedServer;
using rollcall::test::TlsServer;
using namespace std::chrono_literals;

namespace {

constexpr QByteArrayView token("5f1c2f04-1c5e-4b6e-9d37-2b7f3c1a9e10");

std::shared_ptr<const std::vector<SecretBytes>> traces()
{
    std::vector<SecretBytes> pieces;
    pieces.emplace_back(token);
    return std::make_shared<const std::vector<SecretBytes>>(std::move(pieces));
}

/// A guarded run of one cell against @p origin, whose requests carry the token.
RunRecord::State run(const QUrl &origin, const QString &mode, int samples, std::vector<Sample> &kept, bool cold = false,
                     bool guards = true)
{
    RunPlan plan;
    plan.routes = {QStringLiteral("/a")};
    plan.modes = *parseModes(mode);
    plan.samples = samples;
    plan.warmup = 0;
    plan.guards = guards;
    plan.rate = 20;
    plan.seed = 1;
    plan.cold = cold;
    plan.reused = !cold;
    RunSetup setup = RunSetup::from(plan, true);
    setup.origin = origin;
    setup.traces = traces();
    for (RunCell &cell : setup.cells) {
        cell.request.url = origin;
        cell.request.headers.emplace_back("Cookie", QByteArray("authjs.session-token=") + token);
        cell.cookieSent = true;
    }
    return runProbe(setup, nullptr, Call::within(20s), kept, {});
}

} // namespace

class ScopeWatchTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsWhatLeavesTheDeployment_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("word"); // of what is said; empty: nothing is wrong
        const QByteArray t = token.toByteArray();
        const QByteArray none;
        const QString host = QStringLiteral("another host");
        const QString origin = QStringLiteral("another origin");
        QTest::newRow("an answer") << 200 << QByteArray("Server: x") << QByteArray(R"({"user":{}})") << QString();
        QTest::newRow("redirect within") << 302 << QByteArray("Location: /login") << none << QString();
        QTest::newRow("redirect elsewhere") << 302 << QByteArray("Location: https://b.example/") << none << host;
        QTest::newRow("token in its own redirect") << 302 << "Location: /login?t=" + t << none << QString();
        QTest::newRow("token to another port") << 302 << "Location: https://a.example:8443/?t=" + t << none << origin;
        QTest::newRow("token in clear") << 302 << "Location: http://a.example/?t=" + t << none << origin;
        QTest::newRow("token to the same origin, whole")
            << 200 << "Link: <https://a.example:443/x?t=" + t + ">" << none << QString();
        QTest::newRow("linked") << 200 << "Link: <https://cdn.example/x?t=" + t + ">; rel=preload" << none << origin;
        QTest::newRow("refresh") << 200 << "Refresh: 0;url=https://b.example/" + t << none << origin;
        QTest::newRow("Set-Cookie") << 200 << "Set-Cookie: authjs.session-token=" + t + "; Domain=example" << none
                                    << QString();
        QTest::newRow("in a page") << 200 << none << "<img src=\"https://b.example/p.gif?c=" + t + "\">" << origin;
        QTest::newRow("scheme of the page") << 200 << none << "<img src='//b.example/" + t + "'>" << origin;
        QTest::newRow("user in the address") << 200 << none << "https://" + t + "@a.example/" << origin;
        QTest::newRow("the second time") << 200 << none << "{\"t\":\"" + t + "\",\"u\":\"https://b.example/" + t + "\"}"
                                         << origin;
        QTest::newRow("as JSON escapes it")
            << 200 << none << "{\"u\":\"https:\\/\\/b.example\\/p?t=" + t + "\"}" << origin;
        QTest::newRow("as a script escapes it")
            << 200 << none << "\"https:\\u002F\\u002fb.example\\u002Fp?t=" + t << origin;
        QTest::newRow("own address, escaped") << 200 << none << "\"https:\\/\\/a.example\\/p?t=" + t << QString();
        QTest::newRow("an empty segment") << 302 << "Location: /a//b?t=" + t << none << QString();
        QTest::newRow("an empty segment, whole")
            << 302 << "Location: https://a.example/x//b.example/?t=" + t << none << QString();
        QTest::newRow("within an own address")
            << 200 << none << "<a href=\"/go?to=//b.example/" + t + "\">" << QString();
        QTest::newRow("unquoted") << 200 << none << "<img src=//b.example/" + t + ">" << origin;
        QTest::newRow("refresh without scheme") << 200 << "Refresh: 0;url=//b.example/" + t << none << origin;
        QTest::newRow("scheme in capitals") << 302 << "Location: HTTP://a.example/?t=" + t << none << origin;
        QTest::newRow("in the session") << 200 << none << "{\"sessionToken\":\"" + t + "\"}" << QString();
        QTest::newRow("an address without it")
            << 200 << none << "{\"sessionToken\":\"" + t + "\",\"image\":\"https://b.example/a.png\"}" << QString();
    }
    void knowsWhatLeavesTheDeployment()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, body);
        QFETCH(QString, word);
        Exchange exchange;
        exchange.message.status = status;
        exchange.message.body = body;
        if (const qsizetype colon = header.indexOf(": "); colon > 0)
            exchange.message.headers.emplace_back(header.first(colon), header.sliced(colon + 2));
        const ScopeWatch watch(QUrl(QStringLiteral("https://a.example")), traces());
        const auto breach = watch.breachOf(exchange);
        QCOMPARE(breach.has_value(), !word.isEmpty());
        if (breach) {
            QVERIFY2(breach->contains(word), qPrintable(*breach));
            QVERIFY(!breach->contains(QLatin1String("5f1c2f04")));
        }
        // Without a session nothing can be handed on; another host is one all the same.
        const ScopeWatch bare(QUrl(QStringLiteral("https://a.example")), nullptr);
        QCOMPARE(bare.breachOf(exchange).has_value(), word == QLatin1String("another host"));
    }

    void aSessionIsKnownByItsPieces_data()
    {
        QTest::addColumn<bool>("betterAuth");
        QTest::addColumn<QByteArray>("cookie");
        QTest::addColumn<QByteArray>("handed"); // as an answer has it
        QTest::addColumn<bool>("known");
        constexpr bool jwt = false;
        constexpr bool better = true;
        const QByteArray first(3'000, 'a');
        const QByteArray second(400, 'b');
        const QByteArray chunks = "x=y; authjs.session-token.0=" + first + "; authjs.session-token.1=" + second;
        QTest::newRow("first chunk") << jwt << chunks << first << true;
        QTest::newRow("second chunk") << jwt << chunks << second << true;
        QTest::newRow("both") << jwt << chunks << first + second << true;
        QTest::newRow("another cookie") << jwt << chunks + "; z=" + QByteArray(20, 'c') << QByteArray(20, 'c') << false;
        // A chunk of three letters is anywhere; a whole token of three is what there is.
        QTest::newRow("short chunk") << jwt << "authjs.session-token.0=" + first + "; authjs.session-token.1=abc"
                                     << QByteArray("abc") << false;
        QTest::newRow("short token") << jwt << QByteArray("authjs.session-token=q9z") << QByteArray("q9z") << true;
        QTest::newRow("odd, encoded") << jwt << QByteArray("authjs.session-token=0123456789%2Fabcdef+")
                                      << QByteArray("0123456789%2fabcdef%2b") << true;
        QTest::newRow("odd, as it is") << jwt << QByteArray("authjs.session-token=0123456789%2Fabcdef+")
                                       << QByteArray("0123456789/abcdef+") << true;
        const QByteArray bare("Zq0123456789abcdefghijklmnopqrst");
        const QByteArray sign =
            "better-auth.session_token=" + bare + ".8Fk0fP%2B7pXh3mF9vZ4oW8m0bqk3F2p1rS6tV5uW7x9Y%3D";
        QTest::newRow("Better Auth, bare") << better << sign << bare << true;
        QTest::newRow("Better Auth, signed")
            << better << sign << bare + ".8Fk0fP%2B7pXh3mF9vZ4oW8m0bqk3F2p1rS6tV5uW7x9Y%3D" << true;
        QTest::newRow("nothing sent") << jwt << QByteArray() << first << false;
    }
    void aSessionIsKnownByItsPieces()
    {
        QFETCH(bool, betterAuth);
        QFETCH(QByteArray, cookie);
        QFETCH(QByteArray, handed);
        QFETCH(bool, known);
        AuthProfile profile;
        profile.version = betterAuth ? AuthVersion::BetterAuth : AuthVersion::V5;
        profile.strategy = betterAuth ? Strategy::Database : Strategy::Jwt;
        const ScopeWatch watch(QUrl(QStringLiteral("https://a.example")),
                               std::make_shared<const std::vector<SecretBytes>>(tokenTraces(profile, cookie)));
        Exchange exchange;
        exchange.message.status = 200;
        exchange.message.body = "<img src=\"https://b.example/?t=" + handed + "\">";
        QCOMPARE(watch.breachOf(exchange).has_value(), known);
        QCOMPARE(watch.holdsToken(handed), known);
    }

    void aTokenHandedOnStopsTheRun()
    {
        const ScriptedServer server([](const ScriptedServer::Request &request) {
            const QByteArray page =
                "<script src=\"https://stats.example/a.js?s=" + token.toByteArray() + "\"></script>";
            return Reply::http(200, request.index == 2 ? page : QByteArray("<p>"), "text/html");
        });
        std::vector<Sample> samples;
        const RunRecord::State state = run(server.url(), QStringLiteral("route"), 300, samples);
        QCOMPARE(state.stopReason, StopReason::Guard);
        QCOMPARE(state.events.back().rule, QStringLiteral("scope"));
        QCOMPARE(samples.size(), 3U);
    }

    void anotherCertificateStopsTheRun_data()
    {
        QTest::addColumn<bool>("cold");
        QTest::addColumn<bool>("guards");
        QTest::newRow("kept connections") << false << true;
        QTest::newRow("new connections") << true << true;
        QTest::newRow("without guards") << true << false;
    }
    void anotherCertificateStopsTheRun()
    {
        QFETCH(bool, cold);
        QFETCH(bool, guards);
        TlsServer *changing = nullptr;
        std::atomic<bool> changed = false;
        std::jthread changer;
        TlsServer server([&](int index) {
            // Another thread waits for this one to have answered.
            if (index == 3 && !changed.exchange(true))
                changer = std::jthread([&changing] { changing->changeCertificate(); });
            return QByteArray("HTTP/1.1 200 OK\r\nServer: shop/2\r\nContent-Length: 2\r\n\r\nok");
        });
        changing = &server;
        std::vector<Sample> samples;
        const RunRecord::State state = run(server.url(), QStringLiteral("route"), 12, samples, cold, guards);
        QVERIFY(changed);
        if (!guards) {
            QCOMPARE(state.stopReason, StopReason::Samples);
            return;
        }
        QCOMPARE(state.stopReason, StopReason::Guard);
        QCOMPARE(state.events.back().rule, QStringLiteral("scope"));
        QVERIFY2(state.events.back().detail.contains(QLatin1String("certificate")),
                 qPrintable(state.events.back().detail));
        QCOMPARE(samples.back().outcome, Outcome::Tls);
        // The cookie did not go to whoever shows the other one.
        QCOMPARE(server.requests(), static_cast<int>(samples.size()) - 1);
        const QJsonObject facts = state.server.toJson();
        const QJsonObject tls = facts.value(QStringLiteral("tls")).toObject();
        QVERIFY(tls.value(QStringLiteral("protocol")).toString().startsWith(QLatin1String("TLSv1.")));
        QVERIFY(!tls.value(QStringLiteral("cipher")).toString().isEmpty());
        QCOMPARE(tls.value(QStringLiteral("alpn")).toString(), QStringLiteral("http/1.1"));
        QCOMPARE(facts.value(QStringLiteral("headers")).toObject().value(QStringLiteral("server")),
                 QJsonValue(QJsonArray{QStringLiteral("shop/2")}));
    }

    void factsOfTheServerNameNoRequest()
    {
        const ScopeWatch watch(QUrl(QStringLiteral("https://a.example")), traces());
        ServerFacts facts;
        const auto note = [&](std::initializer_list<std::pair<QByteArray, QByteArray>> headers) {
            facts.note(rollcall::http::HeaderList(headers), watch);
        };
        note({{"Server", "Vercel"},
              {"X-Vercel-Id", "fra1::iad1::abcde-1700000000000-0123456789ab"},
              {"CF-Ray", "8a1b2c3d4e5f6789-FRA"},
              {"X-Nextjs-Cache", "HIT"},
              {"X-Edge-Cache", "stale"},
              {"Set-Cookie", "a=b"},
              {"X-Request-Id", "one"},
              {"X-Powered-By", token.toByteArray()}});
        note({{"server", "Vercel"}, {"x-nextjs-cache", "MISS"}, {"x-vercel-id", "fra1::iad1::other"}});
        for (int i = 0; i < 20; ++i)
            note({{"Age", QByteArray::number(i)}, {"x-" + QByteArray::number(i) + "-cache", QByteArray(500, 'x')}});
        const QJsonObject headers = facts.toJson().value(QStringLiteral("headers")).toObject();
        const auto valuesOf = [&headers](const char *name) {
            return headers.value(QLatin1String(name)).toVariant().toStringList().join(QLatin1Char(' '));
        };
        QCOMPARE(valuesOf("server"), QStringLiteral("Vercel"));
        QCOMPARE(valuesOf("x-vercel-id"), QStringLiteral("fra1::iad1"));
        QCOMPARE(valuesOf("cf-ray"), QStringLiteral("FRA"));
        QCOMPARE(valuesOf("x-nextjs-cache"), QStringLiteral("HIT MISS"));
        QCOMPARE(valuesOf("x-edge-cache"), QStringLiteral("stale"));
        QCOMPARE(headers.value(QStringLiteral("age")).toArray().size(), 8);
        QCOMPARE(valuesOf("x-0-cache").size(), 80);
        QCOMPARE(headers.size(), 24);
        for (const char *absent : {"set-cookie", "x-request-id", "x-powered-by"})
            QVERIFY2(!headers.contains(QLatin1String(absent)), absent);
        QVERIFY(facts.toJson().value(QStringLiteral("tls")).isNull());
    }
};

QTEST_GUILESS_MAIN(ScopeWatchTest)
#include "tst_ScopeWatch.moc"
