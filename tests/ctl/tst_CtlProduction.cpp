#include <QtTest>

#include <QJsonArray>

#include <csignal>

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
    void discardWantsTheNameToo();
    void discardKnowsTheConnectionAtAnotherAddress();
    void discardHonoursItsFlags();
    void discardWantsTheNameOfWhatItsFlagsName();
    void discardByAVariableThatIsNotSet();
    void whatCannotBeGoneOnWithSaysWhy();

private:
    /// Revokes what is many, so that @p until is asked meanwhile; what was said, killed when that answered true.
    CtlResult revokedUntil(const std::function<bool()> &until, const QStringList &flags = {},
                           const QString &connection = QStringLiteral("shop"));
    /// The one that has not ended; empty: none.
    [[nodiscard]] QString unfinished();
    /// Leaves an operation unfinished in a database that no saved connection has, OTHER: the saved connection's, which
    /// stays as long as the caller keeps it, and the operation's id.
    [[nodiscard]] std::pair<std::unique_ptr<SqliteDatabase>, QString> leftElsewhere();

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
        QCOMPARE(said.contains(QStringLiteral("what was confirmed is \"wrong\"")),
                 act.contains(QStringLiteral("wrong")));
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

CtlResult CtlProductionTest::revokedUntil(const std::function<bool()> &until, const QStringList &flags,
                                          const QString &connection)
{
    m_database->exec(
        QStringLiteral("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700) INSERT INTO "
                       "Session SELECT '5e551000-0000-4000-8000-' || (900000000000 + i), userId, expires, 'made-' || "
                       "i, createdAt, updatedAt FROM (SELECT * FROM Session LIMIT 1), n"));
    const int before = m_database->count(QStringLiteral("Session"));
    return m_ctl->runUntil(
        words("sessions revoke --all --state all --yes --batch-size 1 --connection") +
            QStringList{connection, QStringLiteral("--confirm"), connection} + flags,
        [&](const QByteArray &) { return m_database->count(QStringLiteral("Session")) < before - 3 && until(); },
        SIGKILL);
}

QString CtlProductionTest::unfinished()
{
    const QJsonArray all = m_ctl->run(words("operations list")).json().value(QStringLiteral("operations")).toArray();
    return all.first().toObject().value(QStringLiteral("id")).toString();
}

std::pair<std::unique_ptr<SqliteDatabase>, QString> CtlProductionTest::leftElsewhere()
{
    auto saved = std::exchange(m_database, std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite")));
    m_ctl->setEnvironment(QStringLiteral("OTHER"), m_database->url());
    static_cast<void>(revokedUntil([] { return true; }, words("--database-env OTHER")));
    return {std::move(saved), unfinished()};
}

void CtlProductionTest::discardWantsTheNameToo()
{
    CtlResult running;
    static_cast<void>(revokedUntil([&] {
        running = m_ctl->run(words("operations discard --yes --confirm shop") << unfinished());
        return true;
    }));
    const QString id = unfinished();
    QVERIFY(!id.isEmpty());
    QVERIFY2(running.exitCode == 4 && running.err.contains("another process runs this operation") &&
                 running.err.contains("operations pause"),
             running.all().constData());
    for (const char *consent : {"--yes", "--yes --confirm side", "--yes --connection side"}) {
        const CtlResult refused = m_ctl->run(words("operations discard") + words(consent) + QStringList(id));
        QVERIFY2(refused.exitCode == 4, refused.all().constData());
        QCOMPARE(refused.errorCode(), QStringLiteral("ConfirmationMissing"));
        QCOMPARE(unfinished(), id);
    }
    const CtlResult ended = m_ctl->run(words("operations discard --yes --confirm shop") + QStringList(id));
    QVERIFY2(ended.exitCode == 0 && unfinished().isEmpty(), ended.all().constData());
    for (const char *act :
         {"operations discard --yes", "operations resume --yes --connection shop --confirm shop", "operations pause"}) {
        const CtlResult late = m_ctl->run(words(act) << id);
        QCOMPARE(late.errorCode(), QStringLiteral("NotFound"));
        QVERIFY2(late.exitCode == 1 && late.err.contains("has ended (operations.discard at 20"),
                 late.all().constData());
    }
}

void CtlProductionTest::discardKnowsTheConnectionAtAnotherAddress()
{
    // The connection is a production one, and its flags gave it a database that no saved connection has.
    const auto [saved, id] = leftElsewhere();
    QVERIFY(!id.isEmpty());
    for (const char *flags : {"", " --connection shop --database-env OTHER", " --database-env OTHER"}) {
        const CtlResult refused =
            m_ctl->run(words(QByteArray("operations discard --yes").append(flags).constData()) << id);
        QVERIFY2(refused.errorCode() == u"ConfirmationMissing", refused.all().constData());
        QCOMPARE(unfinished(), id);
    }
    const CtlResult ended = m_ctl->run(words("operations discard --yes --confirm shop") << id);
    QVERIFY2(ended.exitCode == 0 && unfinished().isEmpty(), ended.all().constData());
}

void CtlProductionTest::discardHonoursItsFlags()
{
    // Begun in a database that no saved connection has, by a connection that has gone since.
    const auto [saved, id] = leftElsewhere();
    QVERIFY(!id.isEmpty());
    QCOMPARE(m_ctl->run(words("connections remove shop --yes --confirm shop")).exitCode, 0);
    // What is named is another place: that cannot be meant.
    for (const char *flags : {"--connection side", "--database-env DB"}) {
        const CtlResult elsewhere = m_ctl->run(words("operations discard --yes") + words(flags) << id);
        QVERIFY2(elsewhere.exitCode == 4 && elsewhere.errorCode() == u"PlanStale", elsewhere.all().constData());
        QCOMPARE(unfinished(), id);
    }
    // Of the same place, what the connection demands that is named holds.
    QCOMPARE(m_ctl->run(words("connections add live --production --database-env OTHER")).exitCode, 0);
    const CtlResult unnamed = m_ctl->run(words("operations discard --yes --connection live") << id);
    QVERIFY2(unnamed.errorCode() == u"ConfirmationMissing", unnamed.all().constData());
    QCOMPARE(unfinished(), id);
    const CtlResult unknown = m_ctl->run(words("operations discard --yes --connection nobody") << id);
    QVERIFY2(unknown.errorCode() == u"UnknownConnection", unknown.all().constData());
    const CtlResult ended = m_ctl->run(words("operations discard --yes --connection live --confirm live") << id);
    QVERIFY2(ended.exitCode == 0 && unfinished().isEmpty(), ended.all().constData());
}

void CtlProductionTest::discardWantsTheNameOfWhatItsFlagsName()
{
    // Begun by the connection that is not a production one itself, but to the same database.
    static_cast<void>(revokedUntil([] { return true; }, {}, QStringLiteral("side")));
    const QString id = unfinished();
    QVERIFY(!id.isEmpty());
    const auto discard = [&](const char *flags) {
        return m_ctl->run(words("operations discard --yes") + words(flags) << id);
    };
    for (const char *flags : {"--connection shop --confirm side", "--connection side --confirm shop",
                              "--database-env UNSET", "--connection shop --database-env UNSET --confirm other"}) {
        const CtlResult refused = discard(flags);
        QVERIFY2(refused.errorCode() == u"ConfirmationMissing", refused.all().constData());
        QCOMPARE(unfinished(), id);
    }
    // Nothing is connected to: neither the connection's secrets are read, nor a variable wanted that is not set.
    const CtlResult ended = discard("--connection shop --secret-env UNSET --confirm shop");
    QVERIFY2(ended.exitCode == 0 && unfinished().isEmpty(), ended.all().constData());
}

void CtlProductionTest::discardByAVariableThatIsNotSet()
{
    static_cast<void>(revokedUntil([] { return true; }, {}, QStringLiteral("side")));
    const QString id = unfinished();
    QVERIFY(!id.isEmpty());
    const CtlResult ended = m_ctl->run(words("operations discard --yes --database-env UNSET --confirm side") << id);
    QVERIFY2(ended.exitCode == 0 && unfinished().isEmpty(), ended.all().constData());
    QVERIFY2(ended.err.contains("no variable UNSET"), ended.all().constData());
}

void CtlProductionTest::whatCannotBeGoneOnWithSaysWhy()
{
    const CtlResult paused = revokedUntil([&] {
        const CtlResult asked = m_ctl->run(words("operations pause") << unfinished());
        return asked.exitCode != 0; // it ends by itself
    });
    QVERIFY2(paused.exitCode == 130 && paused.err.contains("Paused, as was asked for"), paused.all().constData());
    QVERIFY2(!paused.err.contains("Start again"), paused.all().constData());
    // With other keys than it was begun with, or with none of these yet.
    const QStringList resume = words("operations resume --yes --confirm shop --connection shop") << unfinished();
    const CtlResult revoked =
        m_ctl->run(words("sessions revoke --yes --user ada@example.com --database-env DB --confirm shop --key-file "
                         "others"));
    QVERIFY2(revoked.exitCode == 0, revoked.all().constData());
    for (const char *keys : {"--key-file others", "--key-file empty"}) {
        const CtlResult refused = m_ctl->run(resume + words(keys));
        QVERIFY2(refused.err.contains("another key") && refused.err.contains("with which it was begun"),
                 refused.all().constData());
    }
    QVERIFY(!QFile::exists(m_ctl->folder() + QStringLiteral("/empty")));
    QVERIFY(!unfinished().isEmpty());
    const CtlResult through = m_ctl->run(resume);
    QVERIFY2(through.exitCode == 0, through.all().constData());
    const CtlResult undone =
        m_ctl->run(words("sessions restore --yes --confirm shop --connection shop --key-file empty") << resume.last());
    QVERIFY2(undone.err.contains("with which it was begun"), undone.all().constData());
}

QTEST_GUILESS_MAIN(CtlProductionTest)
#include "tst_CtlProduction.moc"
