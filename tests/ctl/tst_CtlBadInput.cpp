#include <QtTest>

#include <QJsonArray>
#include <QTcpServer>
#include <QtEndian>

#include <chrono>
#include <csignal>

#include "core/engine/SessionEngine.h"
#include "core/jose/TokenCodec.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/PostgresServer.h"
#include "tests/support/ScriptedServer.h"
#include "tests/support/SqliteDatabase.h"

using namespace rollcall;
using test::CtlProcess;
using test::CtlResult;
using test::Reply;
using test::ScriptedServer;
using test::SqliteDatabase;
using test::words;

namespace {

const QByteArray secret = QByteArrayLiteral("the-secret-of-a-small-deployment");

/// A v5 session token, sealed at @p age before now, living an hour.
QByteArray token(std::chrono::seconds age, const QByteArray &picture = {})
{
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(secret);
    const auto sealed = jose::encodeToken(
        session::AuthVersion::V5, R"({"name":"Ada","email":"ada@example.com","picture":")" + picture + R"("})", secrets,
        "authjs.session-token", std::chrono::hours(1), base::SystemClock().now() - age);
    return sealed ? sealed->view().toByteArray() : QByteArray();
}

/// Long after a time limit of a second and before the usual one: whoever sees the answer was too patient.
constexpr std::chrono::seconds late(8);

Reply answeringLate(Reply reply)
{
    reply.delay = late;
    return reply;
}

/// PostgreSQL's word for a wrong password.
QByteArray passwordRefused()
{
    const QByteArray zero(1, '\0');
    const QByteArray fields = "SFATAL" + zero + "VFATAL" + zero + "C28P01" + zero + "Mno" + zero + zero;
    QByteArray length(4, '\0');
    qToBigEndian(static_cast<quint32>(fields.size() + length.size()), length.data());
    return 'E' + length + fields;
}

Reply hangingUp(const QByteArray &after)
{
    Reply reply;
    reply.bytes = after;
    reply.close = true;
    return reply;
}

QByteArray chunked(const QByteArray &value, const std::vector<int> &chunks)
{
    QByteArray header;
    for (const int chunk : chunks)
        header += (header.isEmpty() ? "" : "; ") + QByteArrayLiteral("authjs.session-token.") +
                  QByteArray::number(chunk) + '=' + value.mid(chunk * 2'000, 2'000);
    return header;
}

} // namespace

/// Whatever is wrong with what Rollcall is given gets its own answer, with a remedy, in bounded time; nothing crashes.
class CtlBadInputTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void databases_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("code");
        QTest::newRow("nobody listens") << QStringLiteral("postgresql://u@127.0.0.1:1/x") << 3
                                        << QStringLiteral("ConnectRefused");
        QTest::newRow("no such host") << QStringLiteral("postgresql://u@no-such-host.invalid/x") << 3
                                      << QStringLiteral("HostNotFound");
        QTest::newRow("not a database file")
            << QStringLiteral("sqlite:%1").arg(QFileInfo(QStringLiteral("/etc/passwd")).filePath()) << 3
            << QStringLiteral("NotADatabase");
        QTest::newRow("no such file") << QStringLiteral("sqlite:/nowhere/sessions.db") << 2
                                      << QStringLiteral("FileUnreadable");
        QTest::newRow("no sessions table") << m_empty.url() << 1 << QStringLiteral("SchemaNotFound");
    }

    void databases()
    {
        QFETCH(QString, url);
        QFETCH(int, exitCode);
        QFETCH(QString, code);
        CtlProcess ctl;
        const CtlResult list = ctl.run(words("sessions list --timeout 30 --format json --database") << url);
        QVERIFY2(list.exitCode == exitCode && list.errorCode() == code, list.all().constData());
        expectRemedy(list);
        const CtlResult check = ctl.run(words("check --timeout 30 --format json --database") << url);
        // `check` asks what can be reached; a database that is a file is reached by opening it.
        const bool unreached = exitCode == 3 || code == QStringLiteral("FileUnreadable");
        QVERIFY2(check.exitCode == (unreached ? 3 : 1), check.all().constData());
        const QJsonArray legs = check.json().value(QStringLiteral("legs")).toArray();
        QCOMPARE(legs.size(), 6);
        int failed = 0;
        for (const QJsonValue &value : legs) {
            const QJsonObject leg = value.toObject();
            QVERIFY2(!leg.value(QStringLiteral("detail")).toString().isEmpty(), check.all().constData());
            if (leg.value(QStringLiteral("status")) == QStringLiteral("fail")) {
                ++failed;
                QVERIFY2(!leg.value(QStringLiteral("remedy")).toString().isEmpty(), check.all().constData());
            }
        }
        QVERIFY2(failed >= 1, check.all().constData());
    }

    void postgresRefusals()
    {
        test::PostgresServer server;
        QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
        CtlProcess ctl;
        ctl.neverShow("hunter2-very-secret");
        const auto run = [&](const QString &database, const QString &password) {
            ctl.setEnvironment(QStringLiteral("DB"), QStringLiteral("postgresql://postgres:%1@127.0.0.1:%2/%3")
                                                         .arg(password)
                                                         .arg(server.port())
                                                         .arg(database));
            return ctl.run(words("sessions list --timeout 30 --database-env DB"));
        };
        const CtlResult password = run(QStringLiteral("postgres"), QStringLiteral("hunter2-very-secret"));
        QVERIFY2(password.exitCode == 3 && password.errorCode() == QStringLiteral("AuthenticationFailed"),
                 password.all().constData());
        expectRemedy(password);
        const QString real = QString::fromUtf8(server.url(QStringLiteral("postgres")).password.view().toByteArray());
        ctl.neverShow(real.toUtf8());
        const CtlResult missing = run(QStringLiteral("nowhere"), real);
        QVERIFY2(missing.exitCode == 3 && missing.errorCode() == QStringLiteral("DatabaseNotFound"),
                 missing.all().constData());
        expectRemedy(missing);
    }

    void hangingDatabase()
    {
        const ScriptedServer server([](const ScriptedServer::Request &) { return Reply(); },
                                    answeringLate(hangingUp(passwordRefused())));
        const QStringList list = words("sessions list --database")
                                 << QStringLiteral("postgresql://u@127.0.0.1:%1/x?sslmode=disable").arg(server.port());
        CtlProcess ctl;
        const CtlResult result = ctl.run(list + words("--timeout 1"));
        QVERIFY2(result.exitCode == 3 && result.errorCode() == QStringLiteral("ConnectTimeout"),
                 result.all().constData());
        expectRemedy(result);
        // Who waits longer hears the refusal.
        const CtlResult patient = ctl.run(list + words("--timeout 30"));
        QVERIFY2(patient.exitCode == 3 && patient.errorCode() == QStringLiteral("AuthenticationFailed"),
                 patient.all().constData());
    }

    void cancelledWhileConnecting()
    {
        QTcpServer server; // accepts and never says a word
        QVERIFY(server.listen(QHostAddress::LocalHost));
        CtlProcess ctl;
        // It is killed where it does not end within half a minute.
        const CtlResult result = ctl.runUntil(
            words("sessions list --timeout 300 --format json --database")
                << QStringLiteral("postgresql://u@127.0.0.1:%1/x").arg(server.serverPort()),
            [&server](const QByteArray &) { return server.waitForNewConnection(10); }, SIGTERM);
        QVERIFY2(result.exitCode == 130 && result.errorCode() == QStringLiteral("Cancelled"), result.all().constData());
    }

    void deployments_data()
    {
        QTest::addColumn<Reply>("reply");
        QTest::addColumn<QString>("reason");
        QTest::newRow("HTML") << Reply::http(200, "<!doctype html><title>shop</title>", "text/html")
                              << QStringLiteral("proxy-not-json");
        QTest::newRow("500") << Reply::http(500, "{}") << QStringLiteral("proxy-5xx");
        QTest::newRow("404") << Reply::http(404, "not here", "text/plain") << QStringLiteral("proxy-4xx");
        QTest::newRow("redirect") << Reply::http(302, "", "text/plain",
                                                 "Location: https://example.com/login?secret=1\r\n")
                                  << QStringLiteral("proxy-redirect");
        QTest::newRow("hangs") << answeringLate(Reply::http(500, "{}")) << QStringLiteral("proxy-timeout");
        QTest::newRow("hangs up") << hangingUp({}) << QStringLiteral("proxy-network-error");
        QTest::newRow("no HTTP") << hangingUp("SSH-2.0-OpenSSH_9.2\r\n") << QStringLiteral("proxy-network-error");
    }

    void deployments()
    {
        QFETCH(Reply, reply);
        QFETCH(QString, reason);
        const ScriptedServer server([reply](const ScriptedServer::Request &) { return reply; });
        CtlProcess ctl;
        const QByteArray cookie = token(std::chrono::seconds(0));
        ctl.neverShow(cookie);
        const QString file = ctl.writeFile(QStringLiteral("cookie"), "Cookie: authjs.session-token=" + cookie + "\r\n");
        const bool isLate = reason == QStringLiteral("proxy-timeout");
        const QStringList base{isLate ? QStringLiteral("--timeout=1") : QStringLiteral("--timeout=30"),
                               QStringLiteral("--base-url"), server.url(QString()).toString()};
        const CtlResult resolved = ctl.run(words("resolve --mode proxy --cookie-file") << file << base);
        QVERIFY2(resolved.exitCode == 1, resolved.all().constData());
        QCOMPARE(resolved.json().value(QStringLiteral("reason")).toString(), reason);
        QVERIFY(resolved.json().value(QStringLiteral("session")).isNull());
        QVERIFY2(!resolved.err.isEmpty(), "no word for people");

        const CtlResult check = ctl.run(words("check") << base);
        QVERIFY2(check.exitCode == 1 || check.exitCode == 3, check.all().constData());
        bool failed = false;
        const QJsonArray legs = check.json().value(QStringLiteral("legs")).toArray();
        for (const QJsonValue &value : legs) {
            const QJsonObject leg = value.toObject();
            failed = failed || (leg.value(QStringLiteral("leg")) == QStringLiteral("deployment") &&
                                leg.value(QStringLiteral("status")) == QStringLiteral("fail") &&
                                !leg.value(QStringLiteral("remedy")).toString().isEmpty());
        }
        QVERIFY2(failed, check.all().constData());
    }

    void unreachableIsAReason()
    {
        CtlProcess ctl;
        const QString file =
            ctl.writeFile(QStringLiteral("cookie"), "authjs.session-token=5e551000-0000-4000-8000-000000000001");
        ctl.neverShow("5e551000-0000-4000-8000-000000000001");
        const CtlResult proxy =
            ctl.run(words("resolve --mode proxy --timeout 30 --base-url http://127.0.0.1:1 --cookie-file") << file);
        QVERIFY2(proxy.exitCode == 1, proxy.all().constData());
        QCOMPARE(proxy.json().value(QStringLiteral("reason")).toString(), QStringLiteral("proxy-network-error"));
        const CtlResult local = ctl.run(
            words("resolve --strategy database --timeout 30 --database postgresql://u@127.0.0.1:1/x --cookie-file")
            << file);
        QVERIFY2(local.exitCode == 1, local.all().constData());
        QCOMPARE(local.json().value(QStringLiteral("reason")).toString(), QStringLiteral("adapter-error"));
    }

    void noCookieInClearText()
    {
        CtlProcess ctl;
        const QString file =
            ctl.writeFile(QStringLiteral("cookie"), "authjs.session-token=5e551000-0000-4000-8000-000000000001");
        ctl.neverShow("5e551000-0000-4000-8000-000000000001");
        // 192.0.2.0/24 is documentation's: nobody answers there.
        const CtlResult result =
            ctl.run(words("resolve --mode proxy --timeout 30 --base-url http://192.0.2.1 --cookie-file") << file);
        QVERIFY2(result.exitCode == 4 && result.errorCode() == QStringLiteral("InsecureTransport"),
                 result.all().constData());
        QVERIFY2(result.err.contains("--allow-insecure"), result.all().constData());
    }

    void cookies_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("reason");
        const QByteArray good = token(std::chrono::seconds(0));
        const QByteArray large = token(std::chrono::seconds(0), QByteArray(5'000, 'p'));
        QByteArray tampered = good;
        tampered[good.size() - 30] = good.at(good.size() - 30) == 'A' ? 'B' : 'A';
        const QByteArray name = QByteArrayLiteral("authjs.session-token=");
        QTest::newRow("good") << name + good << 0 << QString();
        QTest::newRow("good, as a header") << "cookie: other=1; " + name + good + "\n" << 0 << QString();
        QTest::newRow("good, in chunks") << chunked(large, {0, 1, 2, 3, 4}) << 0 << QString();
        QTest::newRow("chunk missing") << chunked(large, {0, 2, 3, 4}) << 1 << QStringLiteral("chunk-missing");
        QTest::newRow("none") << QByteArray() << 1 << QStringLiteral("no-cookie");
        QTest::newRow("empty") << name << 1 << QStringLiteral("empty-cookie");
        QTest::newRow("malformed") << name + "not.a.token" << 1 << QStringLiteral("malformed-token");
        QTest::newRow("binary") << name + QByteArray("\x01\x80\xff", 3) << 1 << QString();
        QTest::newRow("expired") << name + token(std::chrono::hours(2)) << 1 << QStringLiteral("expired");
        QTest::newRow("tampered") << name + tampered << 1 << QString();
        QTest::newRow("two lines") << name + good + "\n" + name + good << 2 << QString();
        QTest::newRow("blanks") << QByteArray("  \n") << 1 << QStringLiteral("no-cookie");
        // What people paste by mistake is told from a request without cookies.
        QTest::newRow("a bare token") << good << 2 << QString();
        QTest::newRow("Set-Cookie") << "Set-Cookie: " + name + good + "; Path=/; HttpOnly" << 2 << QString();
        QTest::newRow("in quotes") << '"' + name + good + '"' << 2 << QString();
        QTest::newRow("a tab") << "authjs.session-token\t" + good << 2 << QString();
        QTest::newRow("a colon") << "authjs.session-token: " + good << 2 << QString();
        QTest::newRow("a curl flag") << "-H 'Cookie: " + name + good + "'" << 2 << QString();
    }

    void cookies()
    {
        QFETCH(QByteArray, file);
        QFETCH(int, exitCode);
        QFETCH(QString, reason);
        CtlProcess ctl;
        ctl.neverShow(secret);
        if (file.size() > 100)
            ctl.neverShow(file.mid(60, 40));
        const QString secretFile = ctl.writeFile(QStringLiteral("secret"), secret + '\n');
        const QString cookieFile = ctl.writeFile(QStringLiteral("cookie"), file);
        const QStringList base = words("resolve --strategy jwt --auth-version v5 --secret-file") << secretFile;
        const CtlResult result = ctl.run(base + QStringList{QStringLiteral("--cookie-file"), cookieFile});
        QVERIFY2(result.exitCode == exitCode, result.all().constData());
        const CtlResult byInput = ctl.run(base + QStringList{QStringLiteral("--cookie-file=-")}, file);
        QCOMPARE(byInput.exitCode, exitCode);
        if (exitCode > 1)
            return;
        for (const char *key : {"session", "reason", "trace", "setCookies", "durationNs"})
            QVERIFY2(result.json().contains(QLatin1StringView(key)), key);
        QVERIFY(result.json().value(QStringLiteral("session")).isNull() == (exitCode == 1));
        QVERIFY(result.json().value(QStringLiteral("reason")).isNull() == (exitCode == 0));
        if (!reason.isEmpty())
            QCOMPARE(result.json().value(QStringLiteral("reason")).toString(), reason);
        QVERIFY2(exitCode == 0 || !result.err.isEmpty(), "no word for people");
    }

    void cookiesThatAreNotItAreNamed()
    {
        CtlProcess ctl;
        const QString secretFile = ctl.writeFile(QStringLiteral("secret"), secret + '\n');
        const QByteArray signedToken = "sess01XyZ0123456789abcdefghijklm.c2lnbmVk";
        ctl.neverShow(signedToken);
        // The second is a token that ends as base64 does, which reads like a name.
        const CtlResult result =
            ctl.run(words("resolve --strategy jwt --auth-version v5 --cookie-file - --secret-file") << secretFile,
                    "theme=dark; " + signedToken + "==");
        QVERIFY2(result.exitCode == 1, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("reason")).toString(), QStringLiteral("no-cookie"));
        QVERIFY2(result.err.contains("2 cookies: theme"), result.all().constData());
    }

    void wrongSecretIsNamed()
    {
        CtlProcess ctl;
        const QString secretFile = ctl.writeFile(QStringLiteral("secret"), "quite-another-secret-than-that\n");
        const CtlResult result =
            ctl.run(words("resolve --strategy jwt --auth-version v5 --cookie-file - --secret-file") << secretFile,
                    "authjs.session-token=" + token(std::chrono::seconds(0)));
        QVERIFY2(result.exitCode == 1, result.all().constData());
        const QString reason = result.json().value(QStringLiteral("reason")).toString();
        QVERIFY2(reason == QStringLiteral("wrong-secret") || reason == QStringLiteral("kid-unknown"),
                 qPrintable(reason));
    }

    void cachedModeHitsInABatch()
    {
        CtlProcess ctl;
        const QByteArray cookie = "authjs.session-token=" + token(std::chrono::seconds(0));
        const QString secretFile = ctl.writeFile(QStringLiteral("secret"), secret + '\n');
        const QByteArray line = "{\"id\":1,\"cookie\":\"" + cookie + "\"}\n";
        const CtlResult result =
            ctl.run(words("resolve --batch --mode cached --strategy jwt --auth-version v5 --secret-file") << secretFile,
                    line + line);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const auto lines = result.lines();
        QCOMPARE(lines.size(), size_t(2));
        QStringList outcomes;
        for (const QJsonObject &answer : lines) {
            const QJsonArray trace = answer.value(QStringLiteral("trace")).toArray();
            for (const QJsonValue &step : trace) {
                if (step.toObject().value(QStringLiteral("step")) == QStringLiteral("cache"))
                    outcomes << step.toObject().value(QStringLiteral("outcome")).toString();
            }
        }
        QCOMPARE(outcomes, (QStringList{QStringLiteral("miss"), QStringLiteral("hit")}));
    }

private:
    static void expectRemedy(const CtlResult &result)
    {
        const QJsonObject error = result.json().value(QStringLiteral("error")).toObject();
        QVERIFY2(!error.value(QStringLiteral("message")).toString().isEmpty(), result.all().constData());
        QVERIFY2(!error.value(QStringLiteral("remedy")).toString().isEmpty(), result.all().constData());
        QVERIFY2(!result.err.isEmpty(), result.all().constData());
    }

    const SqliteDatabase m_empty;
};

QTEST_GUILESS_MAIN(CtlBadInputTest)
#include "tst_CtlBadInput.moc"
