#include <QtTest>

#include <QJsonArray>
#include <QRegularExpression>

#include <csignal>

#include "tests/ctl/RevokeWordsShop.h"

using rollcall::test::CtlResult;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

/// What `sessions revoke` and its neighbours say on standard error and by their exit codes where not all went as it was
/// meant: nobody matched, it was stopped, it is refused.
class CtlRevokeWordsTest final : public QObject, private rollcall::test::RevokeWordsShop
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void nothingMatchesIsSaid_data();
    void nothingMatchesIsSaid();
    void everybodyIsADeliberateAct_data();
    void everybodyIsADeliberateAct();
    void linesThatMatchNobodyAreNamed_data();
    void linesThatMatchNobodyAreNamed();
    void usersAreReadAsATableToo();
    void anyIdIsTakenAsWritten_data();
    void anyIdIsTakenAsWritten();
    void whoWasNotFoundIsOnNoRecord();
    void howManyAreTooManyIsSaid();
    void aDryRunLooksAgain_data();
    void aDryRunLooksAgain();
    void aStoppedOneSaysHowFarItCame();
    void aStoppedRestoreSaysHowFarItCame();
    void aNamedSessionThatNobodyHas();
    void refusalsNameTheirOwnRemedy_data();
    void refusalsNameTheirOwnRemedy();
    void sampleAndSkippedAreTables();
    void anUnsureTableIsNamed();
};

void CtlRevokeWordsTest::nothingMatchesIsSaid_data()
{
    QTest::addColumn<QStringList>("selection");
    QTest::addColumn<QString>("said"); // a pattern
    QTest::newRow("nobody's name") << words("--user zed") << "nothing matches.*of user zed. There is no such user";
    QTest::newRow("other case") << words("--user ADA@Example.com")
                                << "did you mean ada@example\\.com \\(id cmwphocml0000bs7d68dvn6ij\\)\\?";
    QTest::newRow("an id in other case") << words("--user CMWPHOCML0000BS7D68DVN6IJ") << "did you mean ada@example";
    QTest::newRow("blanks") << QStringList{QStringLiteral("--user"), QStringLiteral(" ben@example.com ")}
                            << "did you mean ben@example\\.com";
    QTest::newRow("signed in no more") << words("--user ada@example.com --expires-before 2020-01-01T00:00:00Z")
                                       << "There is such a user, but no session of theirs matches";
    QTest::newRow("a filter") << words("--provider githb") << "nothing matches.*by provider githb.*Only live sessions";
    QTest::newRow("a filter with its state")
        << words("--state expired --provider github") << "nothing matches.*expired sessions by provider github\\.\n";
}

void CtlRevokeWordsTest::nothingMatchesIsSaid()
{
    QFETCH(QStringList, selection);
    QFETCH(QString, said);
    const QRegularExpression pattern(said);
    const QString plan = m_ctl->folder() + QStringLiteral("/plan.json");
    for (const QStringList &command : {words("sessions revoke --yes"), words("sessions revoke --dry-run"),
                                       words("plan save --out") + QStringList(plan)}) {
        const CtlResult result = m_ctl->run(command + selection + database());
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("matched")).toInt(-1), 0);
        QVERIFY2(pattern.match(QString::fromUtf8(result.err)).hasMatch(), result.all().constData());
    }
}

void CtlRevokeWordsTest::everybodyIsADeliberateAct_data()
{
    QTest::addColumn<QStringList>("selection");
    QTest::addColumn<QString>("said");
    const auto empty = [](const char *flag, const char *value = "") {
        return QStringList{QLatin1StringView(flag), QLatin1StringView(value)};
    };
    QTest::newRow("a search for nothing") << empty("--search") << "--search";
    QTest::newRow("a search for blanks") << empty("--search", "  ") << "--search";
    QTest::newRow("nobody's name") << empty("--user") << "--user";
    QTest::newRow("no provider") << empty("--provider") << "--provider";
    QTest::newRow("nothing, of the newest") << (empty("--search") + words("--keep-newest 1")) << "--search";
    QTest::newRow("the usual state") << words("--state live") << "--all";
    QTest::newRow("every state") << words("--state all") << "--all";
}

void CtlRevokeWordsTest::everybodyIsADeliberateAct()
{
    QFETCH(QStringList, selection);
    QFETCH(QString, said);
    const QString plan = m_ctl->folder() + QStringLiteral("/plan.json");
    for (const QStringList &command : {words("sessions revoke --yes"), words("sessions revoke --dry-run"),
                                       words("plan save --out") + QStringList(plan)}) {
        const CtlResult result = m_ctl->run(command + selection + database());
        QVERIFY2(result.exitCode == 2, result.all().constData());
        QVERIFY2(result.err.contains(said.toUtf8()), result.all().constData());
    }
    QVERIFY(!QFile::exists(plan));
    QCOMPARE(m_ctl->run(words("sessions revoke --state expired --dry-run") + database()).exitCode, 0);
}

void CtlRevokeWordsTest::linesThatMatchNobodyAreNamed_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<QString>("said"); // a pattern
    QTest::addColumn<int>("unmatched");
    QTest::newRow("one") << QByteArray("ada@example.com\nzed\n") << "1 line of the users file matched nobody.*: zed\\."
                         << 1;
    QTest::newRow("two") << QByteArray("zed\nada@example.com\nBEN@example.com\n")
                         << "2 lines of the users file matched nobody.*: zed, BEN@example\\.com\\..*BEN@example\\.com: "
                            ".*did you mean ben@example\\.com"
                         << 2;
    QByteArray many("ada@example.com\n");
    for (int i = 1; i <= 20; ++i)
        many += "nobody" + QByteArray::number(i) + "\n";
    QTest::newRow("many") << many << "20 lines .*: nobody1, nobody2, .*nobody6 and 14 more\\." << 20;
    QTest::newRow("all") << QByteArray("zed\n") << "1 line of the users file matched nobody" << 1;
}

void CtlRevokeWordsTest::linesThatMatchNobodyAreNamed()
{
    QFETCH(QByteArray, lines);
    QFETCH(QString, said);
    QFETCH(int, unmatched);
    const QString file = m_ctl->writeFile(QStringLiteral("users"), lines);
    const QRegularExpression pattern(said);
    for (const QStringList &command :
         {words("sessions revoke --dry-run"),
          words("plan save --out") + QStringList(m_ctl->folder() + QStringLiteral("/plan"))}) {
        const CtlResult result = m_ctl->run(command + database() + QStringList{QStringLiteral("--users-file"), file});
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("unmatched")).toArray().size(), unmatched);
        QVERIFY2(pattern.match(QString::fromUtf8(result.err)).hasMatch(), result.all().constData());
        QCOMPARE(result.err.count("warning:"), 1); // what is said of the lines need not be said of all
    }
}

void CtlRevokeWordsTest::usersAreReadAsATableToo()
{
    const auto matched = [this](const QByteArray &list, const char *said = "") {
        const CtlResult dry = run("sessions revoke --dry-run --state all",
                                  {QStringLiteral("--users-file"), m_ctl->writeFile(QStringLiteral("users"), list)});
        const bool isSaid = *said ? dry.err.contains(said) : dry.err.isEmpty();
        return dry.exitCode == 0 && isSaid ? dry.json().value(QStringLiteral("matched")).toInt() : -1;
    };
    const int expected = matched("ada@example.com\n");
    QVERIFY(expected > 0);
    QCOMPARE(matched("# who left\nada@example.com\n", "line 1 of the users file matched nobody"), expected);
    QCOMPARE(matched("ada@example.com\n\"ada@example.com\"\n", "nobody is called as line 2"), expected);
    QCOMPARE(matched("email\nada@example.com\n", "line 1 of the users file matched nobody"), expected);
    QCOMPARE(matched("Name,E-Mail\n\"Example, Ada\",ada@example.com\n", "its column \"E-Mail\" was taken"), expected);
    // A row that names nobody is said, and the others go.
    QCOMPARE(matched("Name,E-Mail\nBen,\nAda,ada@example.com\nCy,\n", "nobody is named in lines 2, 4"), expected);
    const CtlResult nobody =
        run("sessions revoke --dry-run",
            {QStringLiteral("--users-file"), m_ctl->writeFile(QStringLiteral("users"), "id,n\n,x\n")});
    QVERIFY2(nobody.exitCode == 2 && nobody.err.contains("names nobody"), nobody.all().constData());
    const CtlResult remarks = run("sessions revoke --dry-run", {QStringLiteral("--users-file"),
                                                                m_ctl->writeFile(QStringLiteral("users"), "# all\n")});
    QVERIFY2(remarks.exitCode == 0, remarks.all().constData());
    QCOMPARE(remarks.json().value(QStringLiteral("matched")).toInt(), 0);
}

void CtlRevokeWordsTest::anyIdIsTakenAsWritten_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("decoy"); // whom the line would name if it were read as a table, address or comment
    QTest::newRow("comma") << QStringLiteral("corp,ada") << QStringLiteral("corp");
    QTest::newRow("address") << QStringLiteral("a <b>") << QStringLiteral("b");
    QTest::newRow("comment") << QStringLiteral("#7") << QStringLiteral("7");
    QTest::newRow("head") << QStringLiteral("id") << QStringLiteral("ada");
    QTest::newRow("quote") << QStringLiteral("x\"y") << QStringLiteral("xy");
}

void CtlRevokeWordsTest::anyIdIsTakenAsWritten()
{
    QFETCH(const QString, id);
    QFETCH(const QString, decoy);
    int number = 0;
    for (const QString &user : {id, decoy}) { // both with a session like Ada's newest
        m_database->exec(
            QStringLiteral("INSERT INTO User (id, email, updatedAt) VALUES ('%1', '%1@x.example', 0)").arg(user));
        m_database->exec(
            QStringLiteral(
                "INSERT INTO Session SELECT '5e551000-0000-4000-8000-0000000000a%2', '%1', expires, 's-%1', createdAt, "
                "updatedAt FROM Session ORDER BY expires DESC LIMIT 1")
                .arg(user)
                .arg(++number));
    }
    const QString file = m_ctl->writeFile(QStringLiteral("users"), id.toUtf8() + "\nada@example.com\n");
    const auto foundUsers = [&] {
        QStringList users;
        const CtlResult dry = run("sessions revoke --dry-run", {QStringLiteral("--users-file"), file});
        if (dry.exitCode != 0)
            return QStringList(QString::fromUtf8(dry.all()));
        for (const QJsonValue &row : dry.json().value(QStringLiteral("sample")).toArray())
            users << row.toObject().value(QStringLiteral("userId")).toString();
        return users;
    };
    const QStringList found = foundUsers();
    QVERIFY2(found.contains(id) && !found.contains(decoy), qPrintable(found.join(u' ')));
    // Who has no session any more is not another.
    m_database->exec(QStringLiteral("DELETE FROM Session WHERE userId = '%1'").arg(id));
    QVERIFY(!foundUsers().contains(decoy));
}

void CtlRevokeWordsTest::whoWasNotFoundIsOnNoRecord()
{
    const QString file =
        m_ctl->writeFile(QStringLiteral("users"), "ada@example.com\nzed@example.net\nBEN@example.com\n");
    const CtlResult done = run("sessions revoke --yes", {QStringLiteral("--users-file"), file});
    QVERIFY2(done.exitCode == 0 && done.err.contains("zed@example.net"), done.all().constData());
    const CtlResult log = m_ctl->run(words("audit list"));
    QVERIFY2(log.out.contains("of 3 named users"), log.all().constData());
    for (const char *name : {"zed@example.net", "BEN@example.com", "ben@example.com", "ada@example.com"})
        QVERIFY2(!log.out.contains(name), name);
}

void CtlRevokeWordsTest::howManyAreTooManyIsSaid()
{
    const QString users = m_ctl->writeFile(QStringLiteral("users"), "ada@example.com\nben@example.com\n");
    const int all = run("sessions revoke --all --dry-run").json().value(QStringLiteral("matched")).toInt();
    const CtlResult every = run("sessions revoke --all --yes --max 2");
    QVERIFY2(every.exitCode == 4 &&
                 every.err.contains(QByteArray("than the 2 allowed: ").append(QByteArray::number(all)).append('.')),
             every.all().constData());
    const CtlResult some = run("sessions revoke --yes --max 1 --users-file", {users});
    QVERIFY2(some.exitCode == 4 && some.err.contains("than the 1 allowed: at least 2."), some.all().constData());
    QCOMPARE(run("sessions revoke --all --dry-run").json().value(QStringLiteral("matched")).toInt(), all);
}

void CtlRevokeWordsTest::aDryRunLooksAgain_data()
{
    QTest::addColumn<bool>("unique");
    QTest::newRow("tokens that may repeat") << false;
    QTest::newRow("unique tokens") << true;
}

void CtlRevokeWordsTest::aDryRunLooksAgain()
{
    QFETCH(bool, unique);
    if (unique)
        m_database->exec(QStringLiteral("CREATE UNIQUE INDEX \"Session_sessionToken_key\" ON Session(sessionToken)"));
    const QString file = m_ctl->folder() + QStringLiteral("/plan.json");
    QCOMPARE(run("plan save --all --out", {file}).exitCode, 0);
    const int all = m_database->count(QStringLiteral("Session"));
    const auto dryRun = [&] { return run("sessions revoke --dry-run --plan", {file}); };
    const CtlResult before = dryRun();
    const int matched = before.json().value(QStringLiteral("matched")).toInt();
    QVERIFY2(before.exitCode == 0 && matched > 3, before.all().constData());
    QCOMPARE(before.json().value(QStringLiteral("wouldRevoke")).toInt(), matched);
    const QJsonArray sample = before.json().value(QStringLiteral("sample")).toArray();
    QCOMPARE(sample.size(), std::min(matched, 8));
    for (const auto &session : sample) {
        for (const char *member : {"fingerprint", "email", "expires"})
            QVERIFY2(session.toObject().value(QLatin1StringView(member)).isString(), before.all().constData());
    }

    // Gone; another's; and one whose token a new row holds: the planned row is gone.
    m_database->exec(
        QStringLiteral("DELETE FROM Session WHERE id = '%1'; UPDATE Session SET userId = '%2' WHERE id = '%3'; UPDATE "
                       "Session SET id = 'anew' WHERE id = '%4'")
            .arg(idOf(2), QLatin1StringView(ben), idOf(1), idOf(6)));
    const CtlResult after = dryRun();
    QVERIFY2(after.exitCode == 0, after.all().constData());
    QCOMPARE(after.json().value(QStringLiteral("matched")).toInt(), matched);
    QCOMPARE(after.json().value(QStringLiteral("wouldRevoke")).toInt(), matched - 3);
    QCOMPARE(after.json().value(QStringLiteral("skipped")).toInt(), 3);
    QMap<QString, QString> why;
    for (const auto &skipped : after.json().value(QStringLiteral("skippedSessions")).toArray())
        why.insert(skipped.toObject().value(QStringLiteral("fingerprint")).toString(),
                   skipped.toObject().value(QStringLiteral("why")).toString());
    QCOMPARE(why.value(fingerprintOf(1)), QStringLiteral("its user changed"));
    QCOMPARE(why.value(fingerprintOf(2)), QStringLiteral("gone"));
    QCOMPARE(why.value(fingerprintOf(6)), QStringLiteral("gone"));
    for (const auto &session : after.json().value(QStringLiteral("sample")).toArray())
        QVERIFY(!why.contains(session.toObject().value(QStringLiteral("fingerprint")).toString()));
    const CtlResult said = run("sessions revoke --dry-run --format table --plan", {file});
    QVERIFY2(said.all().contains("rows that are gone: 2, that became another user's: 1"), said.all().constData());
    QCOMPARE(m_database->count(QStringLiteral("Session")), all - 1);
}

void CtlRevokeWordsTest::aStoppedOneSaysHowFarItCame()
{
    addMany(4'000);
    const auto sessions = [this] { return m_database->count(QStringLiteral("Session")); };
    const int before = sessions();
    const CtlResult stopped = m_ctl->runUntil(
        words("sessions revoke --all --yes --batch-size 1") + database(),
        [&](const QByteArray &) { return sessions() < before - 3; }, SIGINT);
    QVERIFY2(stopped.exitCode == 130, stopped.all().constData());
    const int left = sessions();
    QVERIFY2(left > 0, "it was through before it could be stopped");
    const QString far =
        QStringLiteral("stopped after %1 of %2: %3 left as they were.").arg(before - left).arg(before).arg(left);
    QVERIFY2(stopped.err.contains(far.toUtf8()), stopped.err.constData());
    const QString id = stopped.json().value(QStringLiteral("auditId")).toString();
    QVERIFY2(stopped.err.contains("The operation has ended; the same command"), stopped.err.constData());
    QVERIFY2(stopped.err.contains(QStringLiteral("`sessions restore %1`").arg(id).toUtf8()), stopped.err.constData());
    // So it is: nothing to go on with, and what was said to be done next does it.
    QVERIFY(m_ctl->run(words("operations list")).json().value(QStringLiteral("operations")).toArray().isEmpty());
    const CtlResult restored = run("sessions restore --yes", {id});
    QVERIFY2(restored.exitCode == 0, restored.all().constData());
    QCOMPARE(sessions(), before);
}

void CtlRevokeWordsTest::aStoppedRestoreSaysHowFarItCame()
{
    addMany(4'000);
    const auto sessions = [this] { return m_database->count(QStringLiteral("Session")); };
    const int all = sessions();
    const CtlResult revoked = run("sessions revoke --all --yes --batch-size 1000");
    QVERIFY2(revoked.exitCode == 0 && sessions() == 0, revoked.all().constData());
    const QStringList restore = words("sessions restore --yes")
                                << revoked.json().value(QStringLiteral("auditId")).toString();
    const CtlResult stopped = m_ctl->runUntil(
        restore + words("--batch-size 1") + database(), [&](const QByteArray &) { return sessions() > 3; }, SIGINT);
    QVERIFY2(stopped.exitCode == 130, stopped.all().constData());
    const int back = sessions();
    QVERIFY2(back < all, "it was through before it could be stopped");
    const QString far = QStringLiteral("stopped after %1 of %2: %3 left to put back. The operation has ended; the same "
                                       "command, given again, takes what is left.")
                            .arg(back)
                            .arg(all)
                            .arg(all - back);
    QVERIFY2(stopped.err.contains(far.toUtf8()), stopped.err.constData());
    const CtlResult again = m_ctl->run(restore + database());
    QVERIFY2(again.exitCode == 0 && sessions() == all, again.all().constData());
}

void CtlRevokeWordsTest::aNamedSessionThatNobodyHas()
{
    const QString file = m_ctl->folder() + QStringLiteral("/plan.json");
    for (const QStringList &command :
         {words("sessions revoke --dry-run"), words("plan save --out") + QStringList(file)}) {
        const CtlResult result =
            m_ctl->run(command + words("--session nobody --session") + QStringList(idOf(4)) + database());
        QVERIFY2(result.exitCode == 1, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("matched")).toInt(), 1);
        QCOMPARE(result.json().value(QStringLiteral("unmatched")).toArray(), QJsonArray{QStringLiteral("nobody")});
        QVERIFY2(result.err.contains("Nobody has the session nobody."), result.all().constData());
    }
}

void CtlRevokeWordsTest::refusalsNameTheirOwnRemedy_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("remedy");
    QTest::newRow("read-only") << words("sessions revoke --all --yes --read-only")
                               << "Leave --read-only out, if this is to be written.";
    QTest::newRow("a fixed clock") << words("sessions revoke --all --now 1800000000")
                                   << "Leave --now out, if this is to be written.";
    QTest::newRow("no consent") << words("sessions revoke --all")
                                << "See what would happen by --dry-run, then give --yes.";
    QTest::newRow("no consent to a prune")
        << words("sessions prune") << "See what would happen by --dry-run, then give --yes.";
    QTest::newRow("no consent, and nothing to see before") << words("token remove --all") << "Give --yes to consent.";
    QTest::newRow("read-only restore") << words("sessions restore 0123456789abcdef --yes --read-only")
                                       << "Leave --read-only out, if this is to be written.";
}

void CtlRevokeWordsTest::refusalsNameTheirOwnRemedy()
{
    QFETCH(QStringList, command);
    QFETCH(QString, remedy);
    const CtlResult result = m_ctl->run(command + database());
    QVERIFY2(result.exitCode == 4, result.all().constData());
    QCOMPARE(result.json().value(QStringLiteral("error")).toObject().value(QStringLiteral("remedy")).toString(),
             remedy);
}

void CtlRevokeWordsTest::sampleAndSkippedAreTables()
{
    const CtlResult dry = run("sessions revoke --dry-run --user ben@example.com --format table");
    QVERIFY2(dry.exitCode == 0 && !dry.out.contains("{\""), dry.all().constData());
    const QRegularExpression sample(
        QStringLiteral("\nsample:\nid +fingerprint +name +email +providers +expires +state\n%1 +%2 +ben@example\\.com +"
                       "github +[-0-9T:.]+Z +live\n")
            .arg(idOf(4), fingerprintOf(4)));
    QVERIFY2(sample.match(QString::fromUtf8(dry.out)).hasMatch(), dry.out.constData());
    // JSON and CSV are as before.
    QVERIFY(run("sessions revoke --dry-run --all").json().value(QStringLiteral("sample")).isArray());
    QVERIFY(run("sessions revoke --dry-run --all --format csv").out.startsWith("matched,revoked,"));

    const QString file = m_ctl->folder() + QStringLiteral("/plan.json");
    QCOMPARE(run("plan save --out", {file, QStringLiteral("--session"), idOf(4)}).exitCode, 0);
    m_database->exec(QStringLiteral("DELETE FROM Session WHERE id = '%1'").arg(idOf(4)));
    const CtlResult done = run("sessions revoke --yes --format table --plan", {file});
    QVERIFY2(done.exitCode == 0 && done.out.contains("\nskippedSessions:\nfingerprint "), done.all().constData());
    const CtlResult shown = m_ctl->run(words("plan show") + QStringList(file));
    QCOMPARE(shown.json().value(QStringLiteral("selection")).toString(), QStringLiteral("1 named session"));
}

void CtlRevokeWordsTest::anUnsureTableIsNamed()
{
    m_database->exec(QStringLiteral("UPDATE Session SET sessionToken = 'same'"));
    const CtlResult unsure = run("sessions revoke --dry-run --all");
    QVERIFY2(unsure.exitCode != 0, unsure.all().constData());
    const QString message =
        unsure.json().value(QStringLiteral("error")).toObject().value(QStringLiteral("message")).toString();
    QVERIFY2(message.contains(u"Session could hold the sessions, but that is not sure.") &&
                 message.contains(u"do not look like session tokens"),
             qPrintable(message));

    const SqliteDatabase two(QStringLiteral("prisma-adapter-sqlite"));
    two.exec(QStringLiteral("CREATE TABLE sessions (sessionToken TEXT NOT NULL UNIQUE, userId TEXT NOT NULL REFERENCES "
                            "User (id), expires DATETIME NOT NULL, id TEXT NOT NULL PRIMARY KEY, createdAt DATETIME, "
                            "updatedAt DATETIME); INSERT INTO sessions SELECT * FROM Session"));
    const CtlResult several = m_ctl->run(words("sessions revoke --dry-run --all --database") + QStringList(two.url()));
    QVERIFY2(several.err.contains("2 tables could hold the sessions: main.") && several.err.contains("main.Session") &&
                 several.err.contains("main.sessions"),
             several.all().constData());
}

QTEST_GUILESS_MAIN(CtlRevokeWordsTest)
#include "tst_CtlRevokeWords.moc"
