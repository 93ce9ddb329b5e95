#include <QtTest>

#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

using rollcall::test::contentOf;
using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

/// What the command line says of an audit log that is broken, whose key is gone, or that cannot be checked whole.
class CtlAuditTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void actsSayThatTheLogIsBroken_data();
    void actsSayThatTheLogIsBroken();
    void aWholeLogIsNotSpokenOf();
    void aLostKeyIsSaid();
    void checkingWithoutTheKeyIsSaid();
    void aBrokenLogIsPutAside();
    void aLogThatWasChangedBackStaysBroken();
    void thereMustBeALogToPutAside();
    void aWholeLogIsNotPutAside();
    void whoReadsABrokenLogIsTold();
    void aMissingEndIsToldFromAMissingSeal();
    void evidenceNamesTheLogThatWasPutAside();
    void remediesAreOfTheTopic_data();
    void remediesAreOfTheTopic();

private:
    [[nodiscard]] QString log() const
    {
        QDirIterator files(m_ctl->folder(), {QStringLiteral("audit.ndjson")}, QDir::Files,
                           QDirIterator::Subdirectories);
        return files.hasNext() ? files.next() : QString();
    }
    CtlResult revoke(const QStringList &more = {})
    {
        return m_ctl->run(words("sessions revoke --database-env DB --state all --all --yes") << more);
    }
    void breakLog() const
    {
        QByteArray text = contentOf(log());
        QVERIFY(text.contains("sessions.revoke"));
        text.replace(text.indexOf("sessions.revoke"), 15, "sessions.rev0ke");
        QFile file(log());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(text), text.size());
    }

    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_ctl;
};

void CtlAuditTest::init()
{
    m_database = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl = std::make_unique<CtlProcess>();
    m_ctl->neverShow("5e551000-0000-4000-8000-"); // how every token of the fixture begins
    m_ctl->setEnvironment(QStringLiteral("DB"), m_database->url());
}

void CtlAuditTest::actsSayThatTheLogIsBroken_data()
{
    QTest::addColumn<QStringList>("act");
    QTest::addRow("revoke") << words("sessions revoke --database-env DB --all --state all --yes");
    QTest::addRow("prune") << words("sessions prune --database-env DB --timezone UTC --yes");
    QTest::addRow("restore") << words("sessions restore --database-env DB --yes");
    QTest::addRow("rule") << words("rule set --database-env DB --strategy jwt --auth-version v5 --all --before -1h "
                                   "--yes");
    QTest::addRow("latency") << words(
        "latency run --database-env DB --auth-version v5 --strategy database --modes local "
        "--route / --samples 5 --yes");
    QTest::addRow("canary") << words("token mint --database-env DB --auth-version v5 --strategy database --yes --out");
}

void CtlAuditTest::actsSayThatTheLogIsBroken()
{
    QFETCH(QStringList, act);
    const CtlResult first = revoke();
    QVERIFY2(first.exitCode == 0, first.all().constData());
    QVERIFY2(!first.err.contains("broken"), first.all().constData());
    breakLog();
    const SqliteDatabase full(QStringLiteral("prisma-adapter-sqlite"));
    if (!act.contains(QStringLiteral("restore")))
        m_ctl->setEnvironment(QStringLiteral("DB"), full.url());
    else
        act.insert(2, first.json().value(QStringLiteral("auditId")).toString());
    if (act.last() == QStringLiteral("--out"))
        act << m_ctl->folder() + QStringLiteral("/cookie.txt");
    // An incident is no time to refuse: the act is done, and says what it goes on over.
    const CtlResult done = m_ctl->run(act);
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(done.err.count("The audit log is broken at entry 1"), 1);
    QVERIFY2(done.err.contains("audit renew"), done.all().constData());
    QVERIFY2(contentOf(log()).contains("the log before this entry is broken at entry 1"), contentOf(log()).constData());
    const CtlResult verified = m_ctl->run(words("audit verify"));
    QCOMPARE(verified.exitCode, 1);
    QCOMPARE(verified.json().value(QStringLiteral("brokenAt")).toInt(), 1);
    // A dry run puts nothing on record.
    QVERIFY(!m_ctl->run(words("sessions revoke --database-env DB --all --dry-run")).err.contains("broken"));
}

void CtlAuditTest::aWholeLogIsNotSpokenOf()
{
    for (int i = 0; i < 3; ++i) {
        const SqliteDatabase full(QStringLiteral("prisma-adapter-sqlite"));
        m_ctl->setEnvironment(QStringLiteral("DB"), full.url());
        const CtlResult done = revoke();
        QVERIFY2(done.exitCode == 0 && done.err.isEmpty(), done.all().constData());
    }
    const CtlResult verified = m_ctl->run(words("audit verify"));
    QVERIFY2(verified.exitCode == 0 && verified.err.isEmpty(), verified.all().constData());
    QVERIFY(verified.json().value(QStringLiteral("sealed")).toBool());
}

void CtlAuditTest::aLostKeyIsSaid()
{
    QCOMPARE(revoke().exitCode, 0);
    const QStringList otherKeys{QStringLiteral("--key-file"), m_ctl->folder() + QStringLiteral("/other-keys")};
    const SqliteDatabase full(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl->setEnvironment(QStringLiteral("DB"), full.url());
    const CtlResult done = revoke(otherKeys);
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(done.err.count("The key that signed the audit log was not found"), 1);
    QVERIFY2(contentOf(log()).contains("the log goes on under another key"), contentOf(log()).constData());
    const SqliteDatabase again(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl->setEnvironment(QStringLiteral("DB"), again.url());
    QVERIFY2(revoke(otherKeys).err.isEmpty(), "it is new no more");
    const CtlResult verified = m_ctl->run(words("audit verify") << otherKeys);
    QVERIFY2(verified.exitCode == 0, verified.all().constData());
    QVERIFY2(verified.err.contains("Not every entry"), verified.all().constData());
}

void CtlAuditTest::checkingWithoutTheKeyIsSaid()
{
    QVERIFY2(m_ctl->run(words("audit verify")).err.isEmpty(), "there is no log, of which nothing is left unproven");
    QCOMPARE(revoke().exitCode, 0);
    const QStringList otherKeys{QStringLiteral("--key-file"), m_ctl->folder() + QStringLiteral("/other-keys")};
    const CtlResult elsewhere = m_ctl->run(words("audit verify") << otherKeys);
    QVERIFY2(elsewhere.exitCode == 0, elsewhere.all().constData());
    QVERIFY(elsewhere.json().value(QStringLiteral("ok")).toBool());
    QVERIFY(!elsewhere.json().value(QStringLiteral("sealed")).toBool(true));
    QVERIFY2(elsewhere.err.contains("the chain alone was checked") && elsewhere.err.contains("not proven"),
             elsewhere.all().constData());
    QVERIFY2(!QFile::exists(otherKeys.last()), "a read made the key file");
    const CtlResult copy = m_ctl->run(words("audit verify --file") << log() << otherKeys);
    QVERIFY2(copy.err.contains("the chain alone was checked"), copy.all().constData());
}

void CtlAuditTest::aBrokenLogIsPutAside()
{
    QCOMPARE(revoke().exitCode, 0);
    breakLog();
    const CtlResult unasked = m_ctl->run(words("audit renew"));
    QVERIFY2(unasked.exitCode == 4, unasked.all().constData());
    const CtlResult renewed = m_ctl->run(words("audit renew --yes --reason found"));
    QVERIFY2(renewed.exitCode == 0, renewed.all().constData());
    QCOMPARE(renewed.json().value(QStringLiteral("brokenAt")).toInt(), 1);
    // It lies beside the new one, as broken as it was, and its last entry says what became of it.
    const QString aside = renewed.json().value(QStringLiteral("aside")).toString();
    QCOMPARE(QFileInfo(aside).path(), QFileInfo(log()).path());
    QVERIFY(contentOf(aside).contains("sessions.rev0ke"));
    QVERIFY(contentOf(aside).trimmed().split('\n').last().contains("audit.renew"));
    const CtlResult old = m_ctl->run(words("audit verify --file") << aside);
    QCOMPARE(old.exitCode, 1);
    QCOMPARE(old.json().value(QStringLiteral("brokenAt")).toInt(), 1);
    QVERIFY2(old.err.contains("This copy") && !old.err.contains("audit renew"), old.all().constData());
    // The new one is whole, begins with how the old one stood, and acts have nothing to say of it.
    const CtlResult verified = m_ctl->run(words("audit verify"));
    QVERIFY2(verified.exitCode == 0 && verified.err.isEmpty(), verified.all().constData());
    QCOMPARE(verified.json().value(QStringLiteral("entries")).toInt(), 1);
    QVERIFY(contentOf(log()).contains(QFileInfo(aside).fileName().toUtf8()));
    QVERIFY(contentOf(log()).contains("\"brokenAt\":1"));
    QVERIFY(contentOf(log()).contains("found"));
    const SqliteDatabase full(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl->setEnvironment(QStringLiteral("DB"), full.url());
    const CtlResult next = revoke();
    QVERIFY2(next.exitCode == 0 && next.err.isEmpty(), next.all().constData());
    // Whoever then takes the new one away is found out as before.
    QVERIFY(QFile::remove(log()));
    QCOMPARE(m_ctl->run(words("audit verify")).json().value(QStringLiteral("brokenAt")).toInt(), 1);
}

void CtlAuditTest::aLogThatWasChangedBackStaysBroken()
{
    QCOMPARE(revoke().exitCode, 0);
    const QByteArray whole = contentOf(log());
    breakLog();
    const QByteArray broken = contentOf(log());
    const SqliteDatabase full(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl->setEnvironment(QStringLiteral("DB"), full.url());
    QVERIFY2(revoke().err.contains("broken at entry 1"), "the act finds it");
    QFile file(log());
    QVERIFY(file.open(QIODevice::ReadWrite) && broken.size() == whole.size());
    QVERIFY(file.write(whole) == whole.size() && file.flush()); // the entries after it stay
    // As each act says it: one rule for all that read it.
    for (const char *command : {"audit list", "audit verify", "audit export --out OUT"}) {
        const CtlResult read = m_ctl->run(
            words(command).replaceInStrings(QStringLiteral("OUT"), m_ctl->folder() + QStringLiteral("/export.json")));
        QVERIFY2(read.exitCode == 1 && read.err.contains("broken at entry 1: an act found it so"),
                 read.all().constData());
    }
    QVERIFY(m_ctl->run(words("audit verify --file") << log()).exitCode == 0);
    QCOMPARE(m_ctl->run(words("audit renew --yes")).exitCode, 0);
    QCOMPARE(m_ctl->run(words("audit verify")).exitCode, 0);
}

void CtlAuditTest::thereMustBeALogToPutAside()
{
    const CtlResult renewed = m_ctl->run(words("audit renew --yes"));
    QVERIFY2(renewed.exitCode == 1, renewed.all().constData());
    QVERIFY2(renewed.err.contains("no audit log yet"), renewed.all().constData());
    QVERIFY(log().isEmpty());
}

void CtlAuditTest::aWholeLogIsNotPutAside()
{
    QCOMPARE(revoke().exitCode, 0);
    const QByteArray before = contentOf(log());
    const CtlResult refused = m_ctl->run(words("audit renew --yes"));
    QVERIFY2(refused.exitCode == 4 && refused.err.contains("nothing to renew"), refused.all().constData());
    QCOMPARE(contentOf(log()), before);
    // Where the key that signed it is lost, what stands there cannot be proven: a new one may begin.
    const CtlResult renewed =
        m_ctl->run(words("audit renew --yes --key-file") << m_ctl->folder() + QStringLiteral("/other-keys"));
    QVERIFY2(renewed.exitCode == 0, renewed.all().constData());
}

void CtlAuditTest::whoReadsABrokenLogIsTold()
{
    QCOMPARE(revoke().exitCode, 0);
    const QStringList exported = words("audit export --overwrite --out")
                                 << m_ctl->folder() + QStringLiteral("/export.json");
    for (const QStringList &read : {words("audit list"), exported}) {
        const CtlResult whole = m_ctl->run(read);
        QVERIFY2(whole.exitCode == 0 && whole.err.isEmpty(), whole.all().constData());
    }
    breakLog();
    const CtlResult listed = m_ctl->run(words("audit list"));
    QVERIFY2(listed.exitCode == 1 && listed.err.contains("The audit log is broken at entry 1"),
             listed.all().constData());
    QCOMPARE(listed.json().value(QStringLiteral("entries")).toArray().size(), 2); // all the same
    const CtlResult made = m_ctl->run(exported);
    QVERIFY2(made.exitCode == 1 && made.err.contains("The audit log is broken at entry 1"), made.all().constData());
    QVERIFY(contentOf(exported.last()).contains("sessions.rev0ke"));
    // Without its key the chain alone tells.
    const CtlResult elsewhere = m_ctl->run(words("audit list --key-file") << m_ctl->folder() + QStringLiteral("/none"));
    QVERIFY2(elsewhere.exitCode == 1 && elsewhere.err.contains("broken at entry 1"), elsewhere.all().constData());
}

void CtlAuditTest::aMissingEndIsToldFromAMissingSeal()
{
    QCOMPARE(revoke().exitCode, 0);
    const QString seal = QFileInfo(log()).path() + QStringLiteral("/audit.seal");
    const QByteArray sealed = contentOf(seal);
    QVERIFY(QFile::remove(seal));
    const CtlResult unsealed = m_ctl->run(words("audit verify"));
    QVERIFY2(unsealed.exitCode == 1 && unsealed.err.contains("up to there all is whole") &&
                 unsealed.err.contains("alone is missing"),
             unsealed.all().constData());
    QCOMPARE(unsealed.json().value(QStringLiteral("entries")).toInt(), 2);
    const auto put = [](const QString &path, const QByteArray &content) {
        QFile file(path);
        return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(content) == content.size();
    };
    QVERIFY(put(seal, sealed));
    const QByteArray whole = contentOf(log());
    const QString path = log();
    QVERIFY(put(path, whole.first(whole.indexOf('\n') + 1)));
    const CtlResult cut = m_ctl->run(words("audit verify"));
    QVERIFY2(cut.exitCode == 1 && cut.err.contains("broken at entry 2") && cut.err.contains("what follows is missing"),
             cut.all().constData());
    QVERIFY(QFile::remove(path));
    const CtlResult gone = m_ctl->run(words("audit verify"));
    QVERIFY2(gone.exitCode == 1 && gone.err.contains("the log is gone"), gone.all().constData());
    QVERIFY(put(path, whole));
    breakLog();
    QVERIFY(!m_ctl->run(words("audit verify")).err.contains("missing")); // an entry was changed
}

void CtlAuditTest::evidenceNamesTheLogThatWasPutAside()
{
    const QString id = revoke().json().value(QStringLiteral("auditId")).toString();
    breakLog();
    const CtlResult renewed = m_ctl->run(words("audit renew --yes"));
    const QString aside = renewed.json().value(QStringLiteral("aside")).toString();
    const CtlResult refused =
        m_ctl->run(words("audit evidence --operation")
                   << id << QStringLiteral("--out") << m_ctl->folder() + QStringLiteral("/evidence.tar"));
    QVERIFY2(refused.exitCode == 1 && refused.err.contains(aside.toUtf8()) && !aside.isEmpty(),
             refused.all().constData());
    QVERIFY2(refused.err.contains("audit verify --file"), refused.all().constData());
}

void CtlAuditTest::remediesAreOfTheTopic_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QByteArray>("remedy");
    QTest::addRow("evidence of no operation")
        << words("audit evidence --operation op-nope --out e.tar") << QByteArray("audit list");
    QTest::addRow("evidence of no time") << words("audit evidence --from 2001-01-01T00:00:00Z --to "
                                                  "2002-01-01T00:00:00Z --out e.tar")
                                         << QByteArray("audit list");
    QTest::addRow("resume of no operation")
        << words("operations resume op-nope --database-env DB --yes") << QByteArray("operations list");
    QTest::addRow("discard of no operation")
        << words("operations discard op-nope --yes") << QByteArray("operations list");
}

void CtlAuditTest::remediesAreOfTheTopic()
{
    QFETCH(const QStringList, command);
    QFETCH(const QByteArray, remedy);
    QCOMPARE(revoke().exitCode, 0);
    const CtlResult refused = m_ctl->run(command);
    QVERIFY2(refused.exitCode != 0, refused.all().constData());
    QVERIFY2(refused.err.contains(remedy), refused.all().constData());
    QVERIFY2(!refused.err.contains("List the sessions"), refused.all().constData());
}

QTEST_GUILESS_MAIN(CtlAuditTest)
#include "tst_CtlAudit.moc"
