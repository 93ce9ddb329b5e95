#include <QtTest>

#include <QJsonArray>

#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

/// A production connection is one however its database is named.
class CtlProductionTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void namedOtherwiseItIsStillProduction_data();
    void namedOtherwiseItIsStillProduction();
    void anotherDatabaseIsNone();
    void itDoesNotSpreadByWhatIsSaved();
    void aRelativePathIsSavedAbsolute();

private:
    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_ctl;
};

void CtlProductionTest::init()
{
    m_database = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl = std::make_unique<CtlProcess>();
    m_ctl->neverShow("5e551000-0000-4000-8000-"); // how every token of the fixture begins
    m_ctl->setEnvironment(QStringLiteral("DB"), m_database->url());
    const CtlResult added = m_ctl->run(words("connections add shop --production --database-env DB"));
    QVERIFY2(added.exitCode == 0, added.all().constData());
    QCOMPARE(m_ctl->run(words("connections add side --database-env DB")).exitCode, 0);
}

void CtlProductionTest::namedOtherwiseItIsStillProduction_data()
{
    QTest::addColumn<QString>("by");
    QTest::addColumn<QString>("name");
    QTest::addRow("itself") << QStringLiteral("--connection shop") << QStringLiteral("shop");
    QTest::addRow("a flag") << QStringLiteral("--database-env DB") << QStringLiteral("shop");
    QTest::addRow("an env file") << QStringLiteral("--env-file") << QStringLiteral("shop");
    QTest::addRow("another connection") << QStringLiteral("--connection side") << QStringLiteral("side");
}

void CtlProductionTest::namedOtherwiseItIsStillProduction()
{
    QFETCH(const QString, by);
    QFETCH(const QString, name);
    QStringList where = words(qPrintable(by));
    if (by == QStringLiteral("--env-file"))
        where << m_ctl->writeFile(QStringLiteral("shop.env"), "DATABASE_URL=" + m_database->url().toUtf8() + '\n');
    const int rows = m_database->count(QStringLiteral("Session"));
    for (const QStringList &act :
         {words("sessions revoke --all --state all --yes"), words("sessions prune --timezone UTC --yes"),
          words("token mint --auth-version v5 --strategy database --yes --out")
              << m_ctl->folder() + QStringLiteral("/c"),
          words("sessions revoke --all --state all --yes --confirm wrong")}) {
        const CtlResult refused = m_ctl->run(act + where);
        QVERIFY2(refused.exitCode == 4, refused.all().constData());
        QCOMPARE(refused.errorCode(), QStringLiteral("ConfirmationMissing"));
        const QString said = QString::fromUtf8(refused.err);
        QVERIFY2(said.contains(QStringLiteral("\"%1\" is a production connection").arg(name)), refused.err.constData());
        QVERIFY2(said.contains(QStringLiteral("--confirm \"%1\"").arg(name)), refused.err.constData());
    }
    QCOMPARE(m_database->count(QStringLiteral("Session")), rows);
    // Looking wants no confirmation.
    QCOMPARE(m_ctl->run(words("sessions revoke --all --dry-run") + where).exitCode, 0);
    const CtlResult done =
        m_ctl->run(words("sessions revoke --all --state all --yes --confirm") + QStringList(name) + where);
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(m_database->count(QStringLiteral("Session")), 0);
}

void CtlProductionTest::anotherDatabaseIsNone()
{
    const SqliteDatabase other(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl->setEnvironment(QStringLiteral("DB"), other.url());
    const CtlResult done = m_ctl->run(words("sessions revoke --all --state all --yes --database-env DB"));
    QVERIFY2(done.exitCode == 0, done.all().constData());
}

void CtlProductionTest::itDoesNotSpreadByWhatIsSaved()
{
    const auto isProduction = [this](const char *name) {
        const CtlResult shown = m_ctl->run(words("connections show") << QLatin1StringView(name));
        return shown.json()
                   .value(QStringLiteral("connections"))
                   .toArray()
                   .first()
                   .toObject()
                   .value(QStringLiteral("production")) == QJsonValue(true);
    };
    QVERIFY(isProduction("shop"));
    QVERIFY2(!isProduction("side"), "it is held to it as it is opened, not as it is saved");
    // Two that share a cache: what is saved of one must not make the other's database a production one.
    const SqliteDatabase other(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl->setEnvironment(QStringLiteral("OTHER"), other.url());
    QCOMPARE(
        m_ctl->run(words("connections add shop --production --database-env DB --cache redis://localhost/1")).exitCode,
        0);
    QCOMPARE(m_ctl->run(words("connections add dev --database-env OTHER --cache redis://localhost/1")).exitCode, 0);
    QVERIFY(!isProduction("dev"));
    const CtlResult done = m_ctl->run(words("sessions revoke --all --state all --yes --database-env OTHER"));
    QVERIFY2(done.exitCode == 0, done.all().constData());
}

void CtlProductionTest::aRelativePathIsSavedAbsolute()
{
    const CtlResult added = m_ctl->run(words("connections add near --database sqlite:near.db"));
    QVERIFY2(added.exitCode == 0, added.all().constData());
    const CtlResult shown = m_ctl->run(words("connections show near"));
    const QString saved = shown.json()
                              .value(QStringLiteral("connections"))
                              .toArray()
                              .first()
                              .toObject()
                              .value(QStringLiteral("database"))
                              .toString();
    QVERIFY2(saved.startsWith(QStringLiteral("sqlite:/")) && saved.endsWith(QStringLiteral("/near.db")),
             shown.all().constData());
}

QTEST_GUILESS_MAIN(CtlProductionTest)
#include "tst_CtlProduction.moc"
