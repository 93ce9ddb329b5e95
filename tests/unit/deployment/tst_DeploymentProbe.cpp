#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/deployment/DeploymentProbe.h"
#include "core/http/HttpDate.h"
#include "tests/support/FakeDeployment.h"

using namespace rollcall;
using namespace rollcall::deployment;
using session::AuthVersion;
using test::FakeDeployment;
using test::Reply;
using test::ScriptedServer;

class DeploymentProbeTest final : public QObject
{
    Q_OBJECT

private:
    static ConnectionConfig config(const QString &origin, const QList<QByteArray> &secrets = {},
                                   std::chrono::milliseconds timeout = std::chrono::seconds(30))
    {
        workspace::ConnectionProfile profile;
        profile.baseUrl = origin;
        workspace::ConnectionSecrets kept;
        for (const QByteArray &secret : secrets)
            kept.authSecrets.emplace_back(secret);
        auto result = ConnectionConfig::from(std::move(profile), std::move(kept), timeout);
        Q_ASSERT(result);
        return std::move(*result);
    }
    static base::Result<DeploymentFacts> ask(const FakeDeployment &deployment, const QList<QByteArray> &secrets = {})
    {
        return askDeployment(config(deployment.origin(), secrets), base::Call::within(std::chrono::minutes(5)));
    }

private Q_SLOTS:
    void tellsVersionsApart_data()
    {
        QTest::addColumn<int>("version");
        QTest::addColumn<bool>("secure");
        QTest::newRow("v4") << int(AuthVersion::V4) << false;
        QTest::newRow("v4 secure") << int(AuthVersion::V4) << true;
        QTest::newRow("v5") << int(AuthVersion::V5) << false;
        QTest::newRow("v5 secure") << int(AuthVersion::V5) << true;
    }
    void tellsVersionsApart()
    {
        QFETCH(int, version);
        QFETCH(bool, secure);
        FakeDeployment::Options options;
        options.version = AuthVersion(version);
        options.secure = secure;
        const FakeDeployment deployment(options);
        const auto facts = ask(deployment);
        QVERIFY(facts);
        QCOMPARE(int(*facts->version), version);
        QCOMPARE(facts->secureCookies, secure);
        QVERIFY(!facts->secretMatches);
        QCOMPARE(facts->providers, (QStringList{QStringLiteral("github"), QStringLiteral("oidc")}));
        QVERIFY(!facts->serverTime);
        for (const ScriptedServer::Request &request : deployment.server().requests())
            QVERIFY2(request.header("cookie").isEmpty(), "a cookie was sent");
    }

    void withoutACsrfCookieTheBodyTells_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("version");
        QTest::newRow("object") << QByteArray("{}") << int(AuthVersion::V4);
        QTest::newRow("null") << QByteArray("null") << int(AuthVersion::V5);
    }
    void withoutACsrfCookieTheBodyTells()
    {
        QFETCH(QByteArray, body);
        FakeDeployment::Options options;
        options.instead = [&](const ScriptedServer::Request &request) -> std::optional<Reply> {
            return Reply::http(200,
                               request.requestLine().contains("/csrf") ? QByteArray("{\"csrfToken\":\"x\"}") : body);
        };
        const FakeDeployment deployment(options);
        const auto facts = ask(deployment, {"s3cret"});
        QVERIFY(facts);
        QTEST(int(*facts->version), "version");
        QVERIFY(!facts->secretMatches);
    }

    void provesTheSecret_data()
    {
        QTest::addColumn<QByteArray>("deployed");
        QTest::addColumn<QList<QByteArray>>("given");
        QTest::addColumn<bool>("matches");
        QTest::addColumn<int>("proven");
        QTest::newRow("right") << QByteArray("a") << QList<QByteArray>{"a"} << true << 0;
        QTest::newRow("wrong") << QByteArray("a") << QList<QByteArray>{"b"} << false << -1;
        QTest::newRow("line end counts") << QByteArray("a") << QList<QByteArray>{"a\n"} << false << -1;
        QTest::newRow("second") << QByteArray("b") << QList<QByteArray>{"a", "b"} << true << 1;
        QTest::newRow("all together") << QByteArray("a,b") << QList<QByteArray>{"a", "b"} << true << -1;
        QTest::newRow("other order") << QByteArray("b,a") << QList<QByteArray>{"a", "b"} << false << -1;
    }
    void provesTheSecret()
    {
        QFETCH(QByteArray, deployed);
        QFETCH(QList<QByteArray>, given);
        QFETCH(int, proven);
        FakeDeployment::Options options;
        options.secret = deployed;
        const FakeDeployment deployment(options);
        const auto facts = ask(deployment, given);
        QVERIFY(facts);
        QVERIFY(facts->secretMatches);
        QTEST(*facts->secretMatches, "matches");
        QCOMPARE(int(facts->provenSecret.value_or(-1)), proven);
    }

    void tellsItsTime()
    {
        FakeDeployment::Options options;
        const base::Instant then(std::chrono::seconds(1'760'000'000));
        options.date = http::httpDate(then);
        const FakeDeployment deployment(options);
        const auto facts = ask(deployment);
        QVERIFY(facts);
        QCOMPARE(facts->serverTime, std::optional(then));
        QVERIFY(facts->localTime);
    }

    void everyWrongAnswerIsNamed_data()
    {
        QTest::addColumn<QByteArray>("path"); // which endpoint answers wrongly
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *path, int status, const char *body, const char *type,
                            const char *code, const char *says) {
            QTest::newRow(name) << QByteArray(path) << status << QByteArray(body) << QByteArray(type)
                                << QString::fromUtf8(code) << QString::fromUtf8(says);
        };
        row("html", "/csrf", 200, "<!doctype html><title>x", "text/html", "DeploymentNotAuthJs", "HTML page");
        row("html for the session", "/session", 200, "<html>", "text/html", "DeploymentNotAuthJs", "HTML page");
        row("html as json", "/csrf", 200, " \n<html>", "application/json", "DeploymentNotAuthJs", "HTML page");
        row("empty", "/csrf", 200, "", "application/json", "DeploymentNotAuthJs", "empty body");
        row("text", "/csrf", 200, "hello", "text/plain", "DeploymentNotAuthJs", "not JSON");
        row("other json", "/csrf", 200, "{\"ok\":true}", "application/json", "DeploymentNotAuthJs", "csrfToken");
        row("session is a list", "/session", 200, "[]", "application/json", "DeploymentNotAuthJs", "another JSON");
        row("session is not empty", "/session", 200, "{\"error\":\"x\"}", "application/json", "DeploymentNotAuthJs",
            "not empty");
        row("v4 misconfigured", "/csrf", 500,
            "{\"message\":\"There is a problem with the server configuration. Check the server logs for more "
            "information.\"}",
            "application/json", "DeploymentStatus", "NEXTAUTH_SECRET");
        row("v5 misconfigured", "/session", 500,
            "{\"message\":\"There was a problem with the server configuration. Check the server logs for more "
            "information.\"}",
            "application/json", "DeploymentStatus", "AUTH_TRUST_HOST");
        row("failed otherwise", "/csrf", 500, "Internal Server Error", "text/plain", "DeploymentStatus",
            "itself failed");
        row("wrong base path", "/csrf", 400, "\"Bad request.\"", "application/json", "DeploymentStatus", "base path");
        row("nothing there", "/csrf", 404, "<html>", "text/html", "DeploymentStatus", "nothing at this path");
        row("gateway refuses", "/csrf", 401, "", "text/plain", "DeploymentStatus", "gateway");
        row("gateway alone", "/csrf", 502, "<html>", "text/html", "DeploymentStatus", "behind it");
        row("rate limit", "/csrf", 429, "", "text/plain", "DeploymentStatus", "rate");
    }
    void everyWrongAnswerIsNamed()
    {
        QFETCH(QByteArray, path);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, type);
        QFETCH(QString, says);
        FakeDeployment::Options options;
        options.instead = [&](const ScriptedServer::Request &request) -> std::optional<Reply> {
            if (!request.requestLine().contains(QByteArray(path + ' ')))
                return std::nullopt;
            return Reply::http(status, body, type);
        };
        const FakeDeployment deployment(options);
        const auto facts = ask(deployment);
        QVERIFY(!facts);
        QTEST(base::errorName(facts.error().code), "code");
        const base::ErrorText text = base::describe(facts.error());
        QVERIFY2(text.message.contains(says), qPrintable(text.message));
        QVERIFY(!text.remedy.isEmpty());
    }

    void aRedirectIsNotFollowed()
    {
        FakeDeployment::Options options;
        options.instead = [](const ScriptedServer::Request &) {
            return std::optional(Reply::http(307, "", "text/plain", "Location: https://login.test/x?token=s3cret\r\n"));
        };
        const FakeDeployment deployment(options);
        const auto facts = ask(deployment);
        QVERIFY(!facts);
        QCOMPARE(facts.error().code, base::ErrorCode::DeploymentRedirected);
        QCOMPARE(facts.error().param(base::ErrorParam::Detail), QStringLiteral("https://login.test/x"));
        QCOMPARE(deployment.server().requests().size(), size_t(1));
    }

    void aHangEndsInTime()
    {
        FakeDeployment::Options options;
        options.instead = [](const ScriptedServer::Request &) {
            Reply reply = Reply::http(500, "Internal Server Error", "text/plain");
            reply.delay = std::chrono::seconds(8); // whoever waits as long as usual is told DeploymentStatus
            return std::optional(reply);
        };
        const FakeDeployment deployment(options);
        // Of what the call leaves, next to nothing is used.
        const auto facts = askDeployment(config(deployment.origin(), {}, std::chrono::milliseconds(300)),
                                         base::Call::within(std::chrono::hours(1)));
        QVERIFY(!facts);
        QCOMPARE(facts.error().code, base::ErrorCode::Timeout);
    }

    void betterAuthIsRecognised()
    {
        FakeDeployment::Options options;
        options.instead = [](const ScriptedServer::Request &request) {
            return std::optional(request.requestLine().contains("/get-session ") ? Reply::http(200, "null")
                                                                                 : Reply::http(404, ""));
        };
        const FakeDeployment deployment(options);
        const auto facts = ask(deployment);
        QVERIFY(facts);
        QCOMPARE(facts->version, std::optional(AuthVersion::BetterAuth));
    }

    void clearTextToAnotherHostIsRefused()
    {
        const auto facts =
            askDeployment(config(QStringLiteral("http://192.0.2.1:9")), base::Call::within(std::chrono::seconds(2)));
        QVERIFY(!facts);
        QCOMPARE(facts.error().code, base::ErrorCode::InsecureTransport);
    }

    void withoutAnAddressThereIsNothingToAsk()
    {
        QCOMPARE(askDeployment(config(QString()), base::Call::within(std::chrono::seconds(2))).error().code,
                 base::ErrorCode::PartNotGiven);
    }
};

QTEST_GUILESS_MAIN(DeploymentProbeTest)
#include "tst_DeploymentProbe.moc"
