#include <QtTest>

#include <QJsonArray>

#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::SqliteDatabase;

namespace {

const QString atFixtureTime = QStringLiteral("1781524800");

QStringList idsIn(const CtlResult &result)
{
    QStringList ids;
    const QJsonArray findings = result.json().value(QStringLiteral("findings")).toArray();
    for (const QJsonValue &finding : findings)
        ids << finding.toObject().value(QStringLiteral("id")).toString();
    return ids;
}

CtlResult findings(CtlProcess &ctl, const SqliteDatabase &database, const QStringList &more = {})
{
    return ctl.run(QStringList{QStringLiteral("findings"), QStringLiteral("--database"), database.url(),
                               QStringLiteral("--now"), atFixtureTime} +
                   more);
}

} // namespace

/// `findings` as the contract has it: form, weights, exit codes.
class CtlFindingsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersByWeight()
    {
        CtlProcess ctl;
        ctl.neverShow("5e551000-0000-4000-8000-000000000001");
        const SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
        const CtlResult result = findings(ctl, database);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QCOMPARE(result.json().keys(), QStringList{QStringLiteral("findings")});
        const QJsonArray all = result.json().value(QStringLiteral("findings")).toArray();
        QVERIFY2(all.size() >= 3, result.all().constData());
        const QStringList weights{QStringLiteral("high"), QStringLiteral("medium"), QStringLiteral("low")};
        qsizetype last = 0;
        for (const QJsonValue &value : all) {
            const QJsonObject finding = value.toObject();
            for (const char *key : {"id", "weight", "title", "evidence", "remedy"})
                QVERIFY2(!finding.value(QLatin1StringView(key)).toString().isEmpty(), result.all().constData());
            const qsizetype weight = weights.indexOf(finding.value(QStringLiteral("weight")).toString());
            QVERIFY2(weight >= last, result.all().constData());
            last = weight;
        }
        QVERIFY2(idsIn(result).contains(QStringLiteral("index-user-missing")), result.all().constData());
        QCOMPARE(all.at(0).toObject().value(QStringLiteral("statement")).toString(),
                 QStringLiteral("CREATE INDEX \"session_userId_idx\" ON \"session\" (\"userId\");"));
    }

    void failsFromAWeightOn_data()
    {
        QTest::addColumn<QString>("level");
        QTest::addColumn<int>("exit");
        QTest::newRow("low") << QStringLiteral("low") << 1;
        QTest::newRow("medium") << QStringLiteral("medium") << 1;
        QTest::newRow("high") << QStringLiteral("high") << 0;
        QTest::newRow("unknown") << QStringLiteral("grave") << 2;
    }

    void failsFromAWeightOn()
    {
        QFETCH(QString, level);
        QFETCH(int, exit);
        CtlProcess ctl;
        const SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
        const CtlResult result = findings(ctl, database, {QStringLiteral("--fail-on"), level});
        QVERIFY2(result.exitCode == exit, result.all().constData());
        QCOMPARE(result.err.isEmpty(), exit == 0);
        if (exit != 2)
            QVERIFY2(!idsIn(result).isEmpty(), result.all().constData()); // the answer stands either way
    }

    void hasNothingToSayOfAWellKeptTable()
    {
        CtlProcess ctl;
        const SqliteDatabase database(QStringLiteral("kysely-adapter-sqlite"));
        database.exec(QStringLiteral("CREATE INDEX e ON \"Session\"(expires); "
                                     "DELETE FROM \"Session\" WHERE expires < '2026-06-15T12:00:00.000Z'"));
        const CtlResult result = findings(ctl, database, {QStringLiteral("--fail-on"), QStringLiteral("low")});
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QCOMPARE(result.out, QByteArray("{\"findings\":[]}\n"));
    }

    void otherForms()
    {
        CtlProcess ctl;
        const SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
        const CtlResult table = findings(ctl, database, {QStringLiteral("--format"), QStringLiteral("table")});
        QVERIFY2(table.exitCode == 0, table.all().constData());
        QVERIFY2(table.out.startsWith("weight") && table.out.contains("No index on userId"), table.all().constData());
        const CtlResult csv = findings(ctl, database, {QStringLiteral("--format"), QStringLiteral("csv")});
        QVERIFY2(csv.out.startsWith("id,weight,title,evidence,remedy,statement\n"), csv.all().constData());
        const CtlResult lines = findings(ctl, database, {QStringLiteral("--format"), QStringLiteral("ndjson")});
        QCOMPARE(lines.lines().size(), std::size_t(lines.out.count('\n')));
        QVERIFY2(lines.lines().front().contains(QStringLiteral("weight")), lines.all().constData());
    }

    void saysWhenJwtLeavesRowsBehind()
    {
        CtlProcess ctl;
        const SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
        const CtlResult result = findings(ctl, database, {QStringLiteral("--strategy"), QStringLiteral("jwt")});
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QVERIFY2(idsIn(result).contains(QStringLiteral("sessions-unused")), result.all().constData());
        const SqliteDatabase none;
        const CtlResult nothing = findings(ctl, none, {QStringLiteral("--strategy"), QStringLiteral("jwt")});
        QVERIFY2(nothing.exitCode == 0 && idsIn(nothing).isEmpty(), nothing.all().constData());
    }

    void saysWhereNoTableWasLookedAt()
    {
        CtlProcess ctl;
        const SqliteDatabase database(QStringLiteral("prisma-adapter-sqlite"));
        database.exec(QStringLiteral("ALTER TABLE \"Session\" RENAME COLUMN \"sessionToken\" TO \"auth_token\""));
        const CtlResult result = findings(ctl, database, {QStringLiteral("--fail-on"), QStringLiteral("low")});
        QVERIFY2(result.exitCode != 0 && !result.err.isEmpty(), result.all().constData());
        // The table is offered, with its column of an unknown name; given as a map, it is looked at.
        const CtlResult schema =
            ctl.run({QStringLiteral("schema"), QStringLiteral("detect"), QStringLiteral("--database"), database.url()});
        QVERIFY2(schema.exitCode == 1 && schema.err.contains("Session could hold"), schema.all().constData());
        const QJsonArray candidates = schema.json().value(QStringLiteral("candidates")).toArray();
        QCOMPARE(candidates.size(), 1);
        QTemporaryDir folder;
        QFile map(folder.filePath(QStringLiteral("map.json")));
        QVERIFY(map.open(QIODevice::WriteOnly));
        map.write(QJsonDocument(candidates.first().toObject()).toJson());
        map.close();
        const CtlResult mapped = findings(ctl, database, {QStringLiteral("--map"), map.fileName()});
        QVERIFY2(mapped.exitCode == 0 && !idsIn(mapped).isEmpty(), mapped.all().constData());
        const SqliteDatabase none;
        const CtlResult nothing = findings(ctl, none);
        QVERIFY2(nothing.exitCode == 1 && nothing.errorCode() == QStringLiteral("SchemaNotFound"),
                 nothing.all().constData());
    }

    void saysSoWhereOnlyUsersAndAccountsAre()
    {
        // As the JWT strategy leaves a database; tokens that are mailed are no sessions, however alike they look.
        const SqliteDatabase database(QStringLiteral("prisma-adapter-sqlite"));
        database.exec(QStringLiteral(
            "DROP TABLE \"Session\"; CREATE TABLE password_resets (id text NOT NULL PRIMARY KEY, token text NOT NULL "
            "UNIQUE, user_id text NOT NULL REFERENCES \"User\" (id), expires_at integer NOT NULL); INSERT INTO "
            "password_resets SELECT 'r' || id, 'a-token-that-was-mailed-to-' || id, id, 1781528400000 FROM \"User\""));
        CtlProcess ctl;
        const CtlResult result = findings(ctl, database, {QStringLiteral("--fail-on"), QStringLiteral("high")});
        QVERIFY2(result.exitCode == 1 && result.errorCode() == QStringLiteral("SchemaNotFound"),
                 result.all().constData());
        QVERIFY2(!result.json().contains(QStringLiteral("findings")) && result.err.contains("JWT"),
                 result.all().constData());
        const CtlResult jwt = findings(ctl, database, {QStringLiteral("--strategy"), QStringLiteral("jwt")});
        QVERIFY2(jwt.exitCode == 0 && idsIn(jwt).isEmpty(), jwt.all().constData());
    }

    void needsADatabase()
    {
        CtlProcess ctl;
        const CtlResult none = ctl.run({QStringLiteral("findings")});
        QVERIFY2(none.exitCode == 2 && none.errorCode() == QStringLiteral("PartNotGiven"), none.all().constData());
        const CtlResult gone = ctl.run({QStringLiteral("findings"), QStringLiteral("--database"),
                                        QStringLiteral("postgresql://nobody@127.0.0.1:1/none")});
        QVERIFY2(gone.exitCode == 3 && !gone.errorCode().isEmpty(), gone.all().constData());
    }
};

QTEST_GUILESS_MAIN(CtlFindingsTest)
#include "tst_CtlFindings.moc"
