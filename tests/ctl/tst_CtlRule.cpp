#include <QtTest>

#include <QJsonArray>

#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

/// `rule set` and `rule remove`: what must be said before a rule is loosened, taken away, or set where it ends nothing.
class CtlRuleTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aLaterTimeIsSetAtOnce();
    void anEarlierTimeIsSaid();
    void whomNobodyKnowsIsSaid_data();
    void whomNobodyKnowsIsSaid();
    void thatSessionsHaveRowsIsSaid();
    void aRuleIsRemoved_data();
    void aRuleIsRemoved();

private:
    CtlResult run(const char *text, const QStringList &more = words("--strategy jwt --database-env DB"))
    {
        return m_ctl->run(words(text) + more);
    }
    /// notBefore of the one rule that there is; empty: there is none.
    [[nodiscard]] QString inForce()
    {
        const QJsonArray rules = run("rule show").json().value(QStringLiteral("rules")).toArray();
        return rules.size() > 1 ? QStringLiteral("several")
                                : rules.first().toObject().value(QStringLiteral("notBefore")).toString();
    }

    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_ctl;
};

void CtlRuleTest::init()
{
    m_database = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl = std::make_unique<CtlProcess>();
    m_ctl->setEnvironment(QStringLiteral("DB"), m_database->url());
}

void CtlRuleTest::aLaterTimeIsSetAtOnce()
{
    const CtlResult first = run("rule set --all --yes --before 2026-01-01T00:00:00Z");
    QVERIFY2(first.exitCode == 0 && first.err.isEmpty(), first.all().constData());
    QVERIFY(first.json().value(QStringLiteral("replaces")).isNull());
    const CtlResult later = run("rule set --all --yes --before 2026-02-01T00:00:00Z");
    QVERIFY2(later.exitCode == 0 && later.err.isEmpty(), later.all().constData());
    QCOMPARE(later.json().value(QStringLiteral("replaces")).toString(), QStringLiteral("2026-01-01T00:00:00.000Z"));
    QCOMPARE(inForce(), QStringLiteral("2026-02-01T00:00:00.000Z"));
}

void CtlRuleTest::anEarlierTimeIsSaid()
{
    QCOMPARE(run("rule set --all --yes --before 2026-02-01T00:00:00Z").exitCode, 0);
    const CtlResult dry = run("rule set --all --dry-run --before 2026-01-01T00:00:00Z");
    QVERIFY2(dry.exitCode == 0 && dry.err.contains("accepted again"), dry.all().constData());
    QCOMPARE(inForce(), QStringLiteral("2026-02-01T00:00:00.000Z"));
    // Another's rule is not in question.
    QCOMPARE(run("rule set --user ada@example.com --yes --before 2026-01-01T00:00:00Z").exitCode, 0);
    QCOMPARE(run("rule remove --user ada@example.com --yes").exitCode, 0);
    const CtlResult meant = run("rule set --all --yes --before 2026-01-01T00:00:00Z");
    QVERIFY2(meant.exitCode == 0 && meant.err.contains("accepted again"), meant.all().constData());
    QCOMPARE(inForce(), QStringLiteral("2026-01-01T00:00:00.000Z"));
}

void CtlRuleTest::whomNobodyKnowsIsSaid_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("known") << QStringLiteral("ada@example.com") << QByteArray();
    QTest::newRow("another case") << QStringLiteral("Ada@Example.com") << QByteArray("did you mean ada@example.com");
    QTest::newRow("unknown") << QStringLiteral("nobody@example.com") << QByteArray("may refuse nobody");
}

void CtlRuleTest::whomNobodyKnowsIsSaid()
{
    QFETCH(const QString, user);
    QFETCH(const QByteArray, said);
    for (const char *how : {"rule set --dry-run --user", "rule set --yes --user"}) {
        const CtlResult set = m_ctl->run(words(how) << user << words("--strategy jwt --database-env DB"));
        QVERIFY2(set.exitCode == 0, set.all().constData());
        QVERIFY2(said.isEmpty() ? set.err.isEmpty() : set.err.contains(said), set.all().constData());
    }
}

void CtlRuleTest::thatSessionsHaveRowsIsSaid()
{
    const CtlResult set = run("rule set --all --dry-run", words("--database-env DB"));
    QVERIFY2(set.exitCode == 0 && set.err.contains("no effect"), set.all().constData());
    const CtlResult jwt = run("rule set --all --dry-run");
    QVERIFY2(jwt.exitCode == 0 && jwt.err.isEmpty(), jwt.all().constData());
    // Without such a table there is nothing to say.
    const SqliteDatabase empty;
    m_ctl->setEnvironment(QStringLiteral("EMPTY"), empty.url());
    empty.exec(QStringLiteral("CREATE TABLE other (id INTEGER)"));
    const CtlResult none = run("rule set --all --dry-run", words("--database-env EMPTY"));
    QVERIFY2(none.exitCode == 0 && none.err.isEmpty(), none.all().constData());
}

void CtlRuleTest::aRuleIsRemoved_data()
{
    QTest::addColumn<QString>("whose");
    QTest::newRow("everybody's") << QStringLiteral("--all");
    QTest::newRow("one user's") << QStringLiteral("--user ada@example.com");
}

void CtlRuleTest::aRuleIsRemoved()
{
    QFETCH(const QString, whose);
    const QStringList where = words(qPrintable(whose)) + words("--strategy jwt --database-env DB");
    // Before the first rule, and where there are others', there is nothing to remove.
    QCOMPARE(run("rule remove --yes", where).exitCode, 1);
    QCOMPARE(run("rule set --user grace@example.com --yes --before 2026-01-01T00:00:00Z").exitCode, 0);
    const CtlResult none = run("rule remove --yes", where);
    QVERIFY2(none.exitCode == 1 && none.json().value(QStringLiteral("rules")).toArray().isEmpty(),
             none.all().constData());
    QCOMPARE(run("rule set --yes --before 2026-02-01T00:00:00Z", where).exitCode, 0);
    const CtlResult dry = run("rule remove --dry-run", where);
    QVERIFY2(dry.exitCode == 0 && dry.json()
                                      .value(QStringLiteral("statement"))
                                      .toString()
                                      .startsWith(QStringLiteral("DELETE FROM \"rollcall_not_before\"")),
             dry.all().constData());
    for (const char *refused : {"rule remove", "rule remove --yes --read-only"})
        QCOMPARE(run(refused, where).exitCode, 4);
    QCOMPARE(inForce(), QStringLiteral("several"));
    const CtlResult removed = run("rule remove --yes --reason mended", where);
    QVERIFY2(removed.exitCode == 0, removed.all().constData());
    QCOMPARE(removed.json()
                 .value(QStringLiteral("rules"))
                 .toArray()
                 .first()
                 .toObject()
                 .value(QStringLiteral("notBefore"))
                 .toString(),
             QStringLiteral("2026-02-01T00:00:00.000Z"));
    QCOMPARE(inForce(), QStringLiteral("2026-01-01T00:00:00.000Z")); // grace's stays
    QStringList acts;
    const QString id = removed.json().value(QStringLiteral("auditId")).toString();
    const QJsonArray entries = run("audit list", {}).json().value(QStringLiteral("entries")).toArray();
    for (const QJsonValue &entry : entries) {
        if (entry.toObject().value(QStringLiteral("operation")).toString() == id)
            acts << entry.toObject().value(QStringLiteral("action")).toString() + QLatin1Char(' ') +
                        entry.toObject().value(QStringLiteral("phase")).toString();
    }
    QCOMPARE(acts, QStringList({QStringLiteral("rule.remove intent"), QStringLiteral("rule.remove outcome")}));
}

QTEST_GUILESS_MAIN(CtlRuleTest)
#include "tst_CtlRule.moc"
