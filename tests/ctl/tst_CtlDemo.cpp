#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>
#include <QTcpSocket>

#include <csignal>

#include "tests/support/CtlProcess.h"

using rollcall::test::contentOf;
using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::words;

/// `demo serve`, and everything else on it: the demo is a deployment like any other.
class CtlDemoTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void servesUntilToldToStop_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("Ctrl-C") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
    }

    void servesUntilToldToStop()
    {
        QFETCH(int, signal);
        CtlProcess ctl;
        const CtlResult result = ctl.runUntil(
            words("demo serve --sessions 200 --format table"), [](const QByteArray &out) { return out.endsWith('\n'); },
            signal);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonObject answer = result.json(); // one line, nothing else
        for (const char *key : {"baseUrl", "databaseUrl", "secretFile", "jwtBaseUrl"})
            QVERIFY2(!answer.value(QLatin1StringView(key)).toString().isEmpty(), key);
        QVERIFY(answer.value(QStringLiteral("routes")).toArray().size() >= 3);
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"),
                             static_cast<quint16>(QUrl(answer.value(QStringLiteral("baseUrl")).toString()).port()));
        QVERIFY2(!socket.waitForConnected(2'000), "the port is still open");
        QVERIFY2(!QFile::exists(answer.value(QStringLiteral("secretFile")).toString()), "the temporary folder stayed");
    }

    void isADeploymentLikeAnyOther()
    {
        CtlProcess demoProcess;
        CtlProcess ctl;
        const QString directory = demoProcess.folder() + QStringLiteral("/demo");
        bool done = false;
        const CtlResult served = demoProcess.runUntil(
            words("demo serve --sessions 300 --dir") << directory,
            [&](const QByteArray &out) {
                if (!out.endsWith('\n') || done)
                    return done;
                done = true;
                useDemo(ctl, QJsonDocument::fromJson(out).object());
                return true;
            },
            SIGINT, std::chrono::seconds(120));
        QVERIFY2(served.exitCode == 0, served.all().constData());
        QVERIFY2(QFile::exists(directory), "a named folder must stay");
    }

private:
    static void useDemo(CtlProcess &ctl, const QJsonObject &demo)
    {
        const auto text = [&demo](const char *key) { return demo.value(QLatin1StringView(key)).toString(); };
        const QByteArray cookie = contentOf(text("cookieFile")).trimmed();
        ctl.neverShow(contentOf(text("secretFile")).trimmed());
        ctl.neverShow(cookie.mid(cookie.indexOf('=') + 1));
        const QStringList database{QStringLiteral("--database"),    text("databaseUrl"),
                                   QStringLiteral("--base-url"),    text("baseUrl"),
                                   QStringLiteral("--secret-file"), text("secretFile")};
        const QStringList jwt{QStringLiteral("--base-url"), text("jwtBaseUrl"), QStringLiteral("--secret-file"),
                              text("secretFile")};

        const CtlResult check = ctl.run(words("check") + database);
        QVERIFY2(check.exitCode == 0, check.all().constData());
        const CtlResult checkJwt = ctl.run(words("check") + jwt);
        QVERIFY2(checkJwt.exitCode == 0, checkJwt.all().constData());

        const CtlResult stats = ctl.run(words("sessions stats") + database);
        QVERIFY2(stats.exitCode == 0 && stats.json().value(QStringLiteral("live")).toInt() > 10,
                 stats.all().constData());
        for (const char *mode : {"local", "proxy", "cached"}) {
            const CtlResult good =
                ctl.run(words("resolve --mode") << QString::fromLatin1(mode) << QStringLiteral("--cookie-file")
                                                << text("cookieFile") << database);
            QVERIFY2(good.exitCode == 0, good.all().constData());
            const CtlResult goodJwt =
                ctl.run(words("resolve --mode") << QString::fromLatin1(mode) << QStringLiteral("--cookie-file")
                                                << text("jwtCookieFile") << jwt);
            QVERIFY2(goodJwt.exitCode == 0, goodJwt.all().constData());
        }

        const CtlResult list = ctl.run(words("sessions list --limit 1") + database);
        const QJsonObject first = list.json().value(QStringLiteral("sessions")).toArray().first().toObject();
        const QString name =
            first.value(QStringLiteral("id")).toString(first.value(QStringLiteral("fingerprint")).toString());
        QVERIFY2(!name.isEmpty(), list.all().constData());
        const CtlResult revoked = ctl.run(words("sessions revoke --yes --verify --session") << name << database);
        QVERIFY2(revoked.exitCode == 0, revoked.all().constData());
        QCOMPARE(
            revoked.json().value(QStringLiteral("verification")).toObject().value(QStringLiteral("refused")).toInt(),
            1);

        QVERIFY(revoked.json()
                    .value(QStringLiteral("verification"))
                    .toObject()
                    .value(QStringLiteral("controlAccepted"))
                    .toBool());
        anothersRefusalProvesNothing(ctl, database, text("jwtBaseUrl"));

        const CtlResult none = ctl.run(words("sessions revoke --yes --all") + jwt);
        QVERIFY2(none.exitCode == 1 && none.json().contains(QStringLiteral("notRevocable")), none.all().constData());
    }

    /// Asks the deployment at @p elsewhere, which looks at its cookies and refuses these, but not by the database of
    /// @p database.
    static void anothersRefusalProvesNothing(CtlProcess &ctl, QStringList database, const QString &elsewhere)
    {
        database.replaceInStrings(QRegularExpression(QStringLiteral("^http.*")), elsewhere);
        database << words("--strategy database --auth-version v5 --timeout 5");
        const auto idNow = [&] {
            const QJsonArray list =
                ctl.run(words("sessions list --limit 1") + database).json().value(QStringLiteral("sessions")).toArray();
            const QJsonObject first = list.first().toObject();
            return first.value(QStringLiteral("id")).toString(first.value(QStringLiteral("fingerprint")).toString());
        };
        const auto member = [](const CtlResult &result, const char *name) {
            return result.json().value(QStringLiteral("verification")).toObject().value(QLatin1StringView(name));
        };
        const CtlResult result = ctl.run(words("sessions revoke --yes --verify --session") << idNow() << database);
        QVERIFY2(result.exitCode == 1 && result.err.contains("so was a live canary"), result.all().constData());
        QCOMPARE(member(result, "refused").toInt(), 0);
        QCOMPARE(member(result, "unchecked").toInt(), 1);
        QCOMPARE(member(result, "controlAccepted"), QJsonValue(false));
        // Without one it is said that there was none.
        const CtlResult without =
            ctl.run(words("sessions revoke --yes --verify --no-canary --session") << idNow() << database);
        QVERIFY2(without.exitCode == 0 && without.err.contains("not whether it is the one of this database"),
                 without.all().constData());
        QVERIFY(member(without, "controlAccepted").isNull());
        // Nothing of either is left.
        QCOMPARE(
            ctl.run(words("token remove --all --yes") + database).json().value(QStringLiteral("removed")).toInt(-1), 0);
    }
};

QTEST_GUILESS_MAIN(CtlDemoTest)
#include "tst_CtlDemo.moc"
