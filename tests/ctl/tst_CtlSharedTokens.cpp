#include <QtTest>

#include <QJsonArray>

#include "tests/ctl/RevokeWordsShop.h"

using rollcall::base::Fingerprint;
using rollcall::test::CtlResult;
using rollcall::test::words;

/// What they say of a token that stands in several rows, and of rows that became another user's.
class CtlSharedTokensTest final : public QObject, private rollcall::test::RevokeWordsShop
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void rowsOfOneTokenGoTogether();
    void aLiveRowThatJoinsIsTold();
    void anotherUsersRowKeepsItAlive();
    void aTokenWithANulIsTakenWhole();
    void whatBecameAnothersIsTold();
};

void CtlSharedTokensTest::rowsOfOneTokenGoTogether()
{
    addTwin(1, ada);
    const CtlResult dry = run("sessions revoke --dry-run --session", {idOf(1)});
    QVERIFY2(dry.exitCode == 0 && dry.json().value(QStringLiteral("matched")).toInt() == 2, dry.all().constData());
    QVERIFY2(dry.err.contains("1 of these rows was not chosen, but holds the token of one that was"),
             dry.err.constData());
    QCOMPARE(dry.json().value(QStringLiteral("sharing")).toInt(), 1);
    QCOMPARE(dry.json().value(QStringLiteral("heldByOthers")).toInt(-1), 0);
    // By its fingerprint the contract refuses it, and says how it can be had.
    const CtlResult ambiguous = run("sessions revoke --dry-run --session", {fingerprintOf(1)});
    QVERIFY2(ambiguous.exitCode == 4 && ambiguous.err.contains("row id"), ambiguous.all().constData());

    const int before = m_database->count(QStringLiteral("Session"));
    const CtlResult done = run("sessions revoke --yes --watch-for 300ms --session", {idOf(1)});
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(done.json().value(QStringLiteral("revoked")).toInt(), 2);
    QCOMPARE(done.json().value(QStringLiteral("returned")).toArray(), QJsonArray());
    QCOMPARE(m_database->count(QStringLiteral("Session")), before - 2);
}

void CtlSharedTokensTest::aLiveRowThatJoinsIsTold()
{
    const QStringList ended{idOf(1), idOf(2)};
    addTwin(1, ada);
    addTwin(2, ben, "theirs");
    m_database->exec(
        QStringLiteral("UPDATE Session SET expires = '2020-01-01T00:00:00.000+00:00' WHERE id IN ('%1', '%2')")
            .arg(ended.at(0), ended.at(1)));
    const QString file = m_ctl->folder() + QStringLiteral("/plan.json");
    const QStringList expired = words("--user ada@example.com --state expired");
    const CtlResult saved = run("plan save --out", QStringList(file) + expired);
    const CtlResult shown = m_ctl->run(words("plan show") + QStringList(file));
    const CtlResult dry = run("sessions revoke --dry-run", expired);
    const CtlResult later = run("sessions revoke --dry-run --plan", {file});
    for (const CtlResult *each : {&saved, &shown, &dry, &later}) {
        QVERIFY2(each->exitCode == 0, each->all().constData());
        QCOMPARE(each->json().value(QStringLiteral("sharing")).toInt(), 1);
        QCOMPARE(each->json().value(QStringLiteral("sharingLive")).toInt(), 1);
        QCOMPARE(each->json().value(QStringLiteral("heldByOthers")).toInt(), 1);
        if (each != &shown)
            QVERIFY2(each->err.contains("goes with it. It is live."), each->err.constData());
    }
    // It is signed for: who approves it relies on it.
    QFile plan(file);
    QVERIFY(plan.open(QIODevice::ReadOnly));
    QByteArray content = plan.readAll();
    QVERIFY(content.contains("\"sharingLive\": 1"));
    content.replace("\"sharingLive\": 1", "\"sharingLive\": 0");
    const QString forged = m_ctl->writeFile(QStringLiteral("forged"), content);
    const CtlResult refused = m_ctl->run(words("plan show") + QStringList(forged));
    QVERIFY2(refused.exitCode == 2 && refused.all().contains("it was changed since it was saved"),
             refused.all().constData());
}

void CtlSharedTokensTest::anotherUsersRowKeepsItAlive()
{
    addTwin(1, ben);
    const CtlResult dry = run("sessions revoke --dry-run --session", {idOf(1)});
    QVERIFY2(dry.exitCode == 0 && dry.json().value(QStringLiteral("matched")).toInt() == 1, dry.all().constData());
    const QByteArray warning = "1 session stays accepted, as its token stands in another row too";
    QVERIFY2(dry.err.contains(warning) && dry.err.contains(fingerprintOf(1).toLatin1()), dry.err.constData());
    QCOMPARE(dry.json().value(QStringLiteral("heldByOthers")).toInt(), 1);
    const CtlResult done = run("sessions revoke --yes --watch-for 300ms --session", {idOf(1)});
    QVERIFY2(done.exitCode == 1 && done.err.contains(warning), done.all().constData());
    QVERIFY2(done.err.contains("1 session is still accepted: another row holds its token too"), done.err.constData());
    QVERIFY2(!done.err.contains("is back"), done.err.constData());
    QCOMPARE(done.json().value(QStringLiteral("revoked")).toInt(), 1);
    QCOMPARE(done.json().value(QStringLiteral("stillHeld")).toArray(), QJsonArray{fingerprintOf(1)});
    QCOMPARE(done.json().value(QStringLiteral("returned")).toArray(), QJsonArray());

    // Of a saved plan it is told as well, and of a row of the same user that came later.
    const QString file = m_ctl->folder() + QStringLiteral("/plan.json");
    const CtlResult saved = run("plan save --out", {file, QStringLiteral("--session"), idOf(6)});
    QVERIFY2(saved.exitCode == 0 && saved.err.isEmpty(), saved.all().constData());
    m_database->exec(QStringLiteral("UPDATE Session SET id = 'other' WHERE id = 'twin'"));
    addTwin(6, "cmwphocvc0005bs7dfubmpl6n");
    const CtlResult later = run("sessions revoke --dry-run --plan", {file});
    QVERIFY2(later.exitCode == 0 && later.err.contains(warning), later.all().constData());
    QCOMPARE(later.json().value(QStringLiteral("matched")).toInt(), 1);
}

void CtlSharedTokensTest::aTokenWithANulIsTakenWhole()
{
    const QByteArray token = QByteArray(tokenStart) + QByteArray("00\0000000001", 11);
    const QString id = idOf(1);
    const auto store = [&](const QString &where, const QByteArray &bytes) {
        m_database->exec(QStringLiteral("UPDATE Session SET sessionToken = x'%1' WHERE id = '%2'")
                             .arg(QString::fromLatin1(bytes.toHex()), where));
    };
    addTwin(1, ben);
    store(id, token);
    store(QStringLiteral("twin"), token);
    store(idOf(2), token.first(token.indexOf('\0'))); // which it is not
    const QString file = m_ctl->folder() + QStringLiteral("/plan.json");
    const CtlResult saved = run("plan save --user ada@example.com --out", {file});
    QVERIFY2(saved.exitCode == 0, saved.all().constData());
    QCOMPARE(saved.json().value(QStringLiteral("heldByOthers")).toInt(-1), 1);
    const int matched = saved.json().value(QStringLiteral("matched")).toInt();
    const CtlResult dry = run("sessions revoke --dry-run --plan", {file});
    QVERIFY2(dry.exitCode == 0, dry.all().constData());
    QCOMPARE(dry.json().value(QStringLiteral("wouldRevoke")).toInt(), matched);
    const CtlResult done = run("sessions revoke --yes --session", {id});
    QVERIFY2(done.exitCode == 1 && done.json().value(QStringLiteral("revoked")).toInt() == 1, done.all().constData());
    QCOMPARE(done.json().value(QStringLiteral("stillHeld")).toArray(), QJsonArray{Fingerprint::of(token).text()});
}

void CtlSharedTokensTest::whatBecameAnothersIsTold()
{
    const QString file = m_ctl->folder() + QStringLiteral("/plan.json");
    const QStringList plan{QStringLiteral("--plan"), file};
    QCOMPARE(run("plan save --user ada@example.com --out", {file}).exitCode, 0);
    const QString gone = idOf(2);
    m_database->exec(QStringLiteral("DELETE FROM Session WHERE id = '%1'").arg(gone));
    m_database->exec(
        QStringLiteral("UPDATE Session SET userId = '%1' WHERE id = '%2'").arg(QLatin1StringView(ben), idOf(1)));
    const int rows = m_database->count(QStringLiteral("Session"));
    const CtlResult dry = run("sessions revoke --dry-run", plan);
    QVERIFY2(dry.exitCode == 0, dry.all().constData());
    const CtlResult done = run("sessions revoke --yes", plan);
    // What was said beforehand is what happened.
    QCOMPARE(dry.json().value(QStringLiteral("wouldRevoke")).toInt(-1),
             done.json().value(QStringLiteral("revoked")).toInt());
    for (const char *member : {"matched", "skipped", "skippedSessions"})
        QCOMPARE(dry.json().value(QLatin1StringView(member)), done.json().value(QLatin1StringView(member)));
    QCOMPARE(m_database->count(QStringLiteral("Session")), rows - done.json().value(QStringLiteral("revoked")).toInt());
    QVERIFY2(done.exitCode == 0, done.all().constData()); // nothing failed, but it is to be known
    QVERIFY2(done.err.contains("1 row was left alone and its session lives on: since the plan was made it has become "
                               "another user's."),
             done.err.constData());
    QCOMPARE(done.json().value(QStringLiteral("skipped")).toInt(), 2);
    QCOMPARE(done.json().value(QStringLiteral("skippedSessions")).toArray().size(), 2);

    // Again: what is gone by now is no complaint, what is another's still is.
    const CtlResult again = run("sessions revoke --yes", plan);
    QVERIFY2(again.exitCode == 0 && again.err.contains("1 row was left alone"), again.all().constData());
    m_database->exec(QStringLiteral("DELETE FROM Session WHERE id = '%1'").arg(idOf(1)));
    const CtlResult allGone = run("sessions revoke --yes", plan);
    QVERIFY2(allGone.exitCode == 0 && allGone.err.isEmpty(), allGone.all().constData());
}

QTEST_GUILESS_MAIN(CtlSharedTokensTest)
#include "tst_CtlSharedTokens.moc"
