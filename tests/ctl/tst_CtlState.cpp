#include <QtTest>

#include <QJsonArray>

#include "tests/support/CtlProcess.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::words;

/// What Rollcall keeps: saved connections and the audit log.
class CtlStateTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void connectionsAreKeptWithoutSecrets()
    {
        CtlProcess ctl;
        ctl.neverShow("hunter2-very-secret");
        ctl.neverShow("the-auth-secret-of-the-shop");
        ctl.setEnvironment(QStringLiteral("SHOP"),
                           QStringLiteral("postgresql://u:hunter2-very-secret@127.0.0.1:1/shop"));
        const QString secret = ctl.writeFile(QStringLiteral("secret"), "the-auth-secret-of-the-shop\n");
        const CtlResult added =
            ctl.run(words("connections add shop --database-env SHOP --base-url http://127.0.0.1:1 --auth-version v4 "
                          "--strategy database --production --note mine --secret-file")
                    << secret);
        QVERIFY2(added.exitCode == 0, added.all().constData());
        const CtlResult list = ctl.run(words("connections list"));
        QCOMPARE(list.exitCode, 0);
        const QJsonArray connections = list.json().value(QStringLiteral("connections")).toArray();
        QCOMPARE(connections.size(), 1);
        const QJsonObject shop = connections.first().toObject();
        QCOMPARE(shop.value(QStringLiteral("name")).toString(), QStringLiteral("shop"));
        QCOMPARE(shop.value(QStringLiteral("strategy")).toString(), QStringLiteral("database"));
        QCOMPARE(shop.value(QStringLiteral("authVersion")).toString(), QStringLiteral("v4"));
        QCOMPARE(shop.value(QStringLiteral("database")).toString(), QStringLiteral("postgresql://u@127.0.0.1:1/shop"));
        QCOMPARE(shop.value(QStringLiteral("baseUrl")).toString(), QStringLiteral("http://127.0.0.1:1"));
        QCOMPARE(shop.value(QStringLiteral("production")), QJsonValue(true));
        QCOMPARE(ctl.run(words("connections show shop")).out, list.out);
        QCOMPARE(QFile::permissions(ctl.folder() + QStringLiteral("/keys")) &
                     (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
                 QFile::Permissions());

        // The kept password is used: another error than a missing one.
        const CtlResult used = ctl.run(words("sessions list --timeout 30 --connection shop"));
        QVERIFY2(used.exitCode == 3 && used.errorCode() == QStringLiteral("ConnectRefused"), used.all().constData());

        QCOMPARE(ctl.run(words("connections remove shop --yes --confirm shop")).exitCode, 0);
        QVERIFY(ctl.run(words("connections list")).json().value(QStringLiteral("connections")).toArray().isEmpty());
        const CtlResult gone = ctl.run(words("sessions list --connection shop"));
        QVERIFY2(gone.exitCode == 2 && gone.errorCode() == QStringLiteral("UnknownConnection"), gone.all().constData());
    }

    void secretsNeedAPlace()
    {
        CtlProcess ctl;
        ctl.unsetEnvironment(QStringLiteral("ROLLCALL_KEY_FILE"));
        const QString secret = ctl.writeFile(QStringLiteral("secret"), "the-auth-secret-of-the-shop\n");
        ctl.neverShow("the-auth-secret-of-the-shop");
        const CtlResult result =
            ctl.run(words("connections add shop --base-url http://127.0.0.1:1 --secret-file") << secret);
        QVERIFY2(result.exitCode == 4 && result.errorCode() == QStringLiteral("NoKeyStore"), result.all().constData());
        const CtlResult named =
            ctl.run(words("connections add shop --base-url http://127.0.0.1:1 --key-file")
                    << ctl.folder() + QStringLiteral("/mine") << QStringLiteral("--secret-file") << secret);
        QVERIFY2(named.exitCode == 0, named.all().constData());
        QVERIFY(QFile::exists(ctl.folder() + QStringLiteral("/mine")));
        QVERIFY(QFile::setPermissions(ctl.folder() + QStringLiteral("/mine"),
                                      QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
        const CtlResult open =
            ctl.run(words("sessions list --connection shop --key-file") << ctl.folder() + QStringLiteral("/mine"));
        QVERIFY2(open.exitCode == 4 && open.errorCode() == QStringLiteral("KeyFileUnsafe"), open.all().constData());
    }

    void noLogIsNoFault()
    {
        CtlProcess ctl;
        const CtlResult list = ctl.run(words("audit list"));
        QCOMPARE(list.exitCode, 0);
        QVERIFY(list.json().value(QStringLiteral("entries")).toArray().isEmpty());
        const CtlResult verify = ctl.run(words("audit verify"));
        QVERIFY2(verify.exitCode == 0, verify.all().constData());
        QCOMPARE(verify.json().value(QStringLiteral("entries")).toInt(-1), 0);
        QCOMPARE(verify.json().value(QStringLiteral("ok")), QJsonValue(true));
        QVERIFY(verify.json().value(QStringLiteral("brokenAt")).isNull());
        QVERIFY2(!QFile::exists(ctl.folder() + QStringLiteral("/keys")), "a read made the key file");
    }
};

QTEST_GUILESS_MAIN(CtlStateTest)
#include "tst_CtlState.moc"
