#include <QtTest>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include "tests/support/CtlProcess.h"
#include "tests/support/MariaDbServer.h"
#include "tests/support/TestPaths.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::MariaDbServer;
using rollcall::test::words;

namespace {

const QString firstToken = QStringLiteral("5e551000-0000-4000-8000-000000000001"); // ada's, live

int sessionsIn(const CtlResult &result)
{
    return int(result.json().value(QStringLiteral("sessions")).toArray().size());
}

} // namespace

/// The command line on a real MariaDB: either scheme, TLS, and a revocation.
class CtlMariaDbTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        for (MariaDbServer *server : {&m_server, &m_tlsServer}) {
            QString problem = server->problem();
            if (problem.isEmpty())
                problem = server->createDatabase(QStringLiteral("shop"));
            if (problem.isEmpty())
                problem =
                    server->runSqlFile(QStringLiteral("shop"),
                                       rollcall::test::dataFile(QStringLiteral("fixtures/prisma-adapter-mysql.sql")));
            QVERIFY2(problem.isEmpty(), qPrintable(problem));
        }
    }

    void listsByEitherScheme_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::newRow("mysql") << QStringLiteral("mysql");
        QTest::newRow("mariadb") << QStringLiteral("mariadb");
    }

    void listsByEitherScheme()
    {
        QFETCH(QString, scheme);
        CtlProcess ctl;
        ctl.neverShow(firstToken.toLatin1());
        giveAddress(ctl, m_server, scheme);
        const CtlResult schema = ctl.run(words("schema detect --database-env DB"));
        QVERIFY2(schema.exitCode == 0, schema.all().constData());
        QVERIFY2(schema.json().value(QStringLiteral("database")).toObject().value(QStringLiteral("kind")) ==
                     QStringLiteral("MariaDB"),
                 schema.all().constData());
        const CtlResult list = ctl.run(words("sessions list --database-env DB --now 1781524800"));
        QVERIFY2(list.exitCode == 0, list.all().constData());
        QCOMPARE(sessionsIn(list), 8);
        const CtlResult checked = ctl.run(words("check --database-env DB"));
        QVERIFY2(checked.exitCode == 0, checked.all().constData());
        QVERIFY2(checked.all().contains("MariaDB"), checked.all().constData());
    }

    void verifiesTls()
    {
        CtlProcess ctl;
        giveAddress(ctl, m_tlsServer, QStringLiteral("mysql"), QStringLiteral("?ssl-mode=VERIFY_IDENTITY"));
        const CtlResult refused = ctl.run(words("sessions list --database-env DB"));
        QCOMPARE(refused.exitCode, 3);
        QCOMPARE(refused.errorCode(), QStringLiteral("TlsFailed"));
        const CtlResult list =
            ctl.run(words("sessions list --now 1781524800 --database-env DB --ca-file") << m_tlsServer.caFile());
        QVERIFY2(list.exitCode == 0, list.all().constData());
        QCOMPARE(sessionsIn(list), 8);
    }

    void revokes()
    {
        CtlProcess ctl;
        ctl.neverShow(firstToken.toLatin1());
        giveAddress(ctl, m_server, QStringLiteral("mysql"));
        const QStringList revoke =
            words("sessions revoke --yes --state all --user ada@example.com --batch-size 2 --database-env DB");
        const CtlResult result = ctl.run(revoke);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("revoked")).toInt(), 4);
        const CtlResult list = ctl.run(words("sessions list --state all --now 1781524800 --database-env DB"));
        QCOMPARE(sessionsIn(list), 8);
    }

private:
    /// Puts the address of the fixture, with its password, into the variable DB; neither may be shown.
    static void giveAddress(CtlProcess &ctl, const MariaDbServer &server, const QString &scheme,
                            const QString &parameters = {})
    {
        const auto url = server.url(QStringLiteral("shop"));
        const QByteArray password = url.password.view().toByteArray();
        ctl.neverShow(password);
        ctl.setEnvironment(QStringLiteral("DB"), QStringLiteral("%1://admin:%2@localhost:%3/shop%4")
                                                     .arg(scheme, QString::fromLatin1(password))
                                                     .arg(server.port())
                                                     .arg(parameters));
    }

    MariaDbServer m_server;
    MariaDbServer m_tlsServer{MariaDbServer::Tls::Required};
};

QTEST_GUILESS_MAIN(CtlMariaDbTest)
#include "tst_CtlMariaDb.moc"
