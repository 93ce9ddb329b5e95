#include <QtTest>

#include <QDirIterator>
#include <QJsonArray>
#include <QRandomGenerator>

#include <csignal>

#include "tests/ctl/PostgresShop.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::words;

namespace {

int sizeFromEnvironment(const char *name, int fallback)
{
    bool isNumber = false;
    const int size = qEnvironmentVariableIntValue(name, &isNumber);
    return isNumber ? size : fallback;
}

constexpr int bystanders = 10;

} // namespace

/// A revocation whose process is killed (SIGKILL) at random moments, and gone on with until it ends, on PostgreSQL.
/// ROLLCALL_KILL_ROWS sessions, ROLLCALL_KILLS kills, batches of ROLLCALL_KILL_BATCH; each run is killed within one of
/// ROLLCALL_KILL_PARTS parts of the time that a whole one takes, so that a revocation of many rows is killed many times
/// on its way.
class CtlOperationsTest final : public QObject, private rollcall::test::PostgresShop
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void killedAtRandomMomentsNothingIsLostOrDoneTwice();
    void anOutageLeavesItUnfinished();
    void discardAndBadNames();

private:
    void fill(int rows);
    /// Bytes of all journals, which grow with each batch.
    static qint64 journalled(const CtlProcess &ctl);
    /// Kills it so long after its first batch has begun, however long it took to get there. @p work: how long it worked
    /// from then on.
    static CtlResult runFor(CtlProcess &ctl, const QStringList &arguments, std::chrono::milliseconds time,
                            std::chrono::milliseconds *work = nullptr);
    static QJsonArray unfinished(CtlProcess &ctl);
};

void CtlOperationsTest::initTestCase()
{
    // Who else looks: each row that goes is noted by the server itself.
    makeTables({}, QStringLiteral("CREATE TABLE gone (name text);"
                                  "CREATE FUNCTION note_gone() RETURNS trigger LANGUAGE plpgsql AS"
                                  " 'BEGIN INSERT INTO gone VALUES (OLD.\"sessionToken\"); RETURN OLD; END';"
                                  "CREATE TRIGGER note_gone BEFORE DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION "
                                  "note_gone();"));
}

void CtlOperationsTest::fill(int rows)
{
    run(QStringLiteral("TRUNCATE sessions; TRUNCATE gone;"
                       "INSERT INTO sessions (\"sessionToken\", \"userId\", expires)"
                       " SELECT '%1' || lpad(n::text, 12, '0'), 1 + n % 99, now() + interval '20 days'"
                       " FROM generate_series(1, %2) n;"
                       "INSERT INTO sessions (\"sessionToken\", \"userId\", expires)"
                       " SELECT 'b75a0000-0000-4000-8000-' || lpad(n::text, 12, '0'), 100, now() + "
                       "interval '40 days' FROM generate_series(1, %3) n;")
            .arg(QLatin1String(tokenStart))
            .arg(rows)
            .arg(bystanders));
}

qint64 CtlOperationsTest::journalled(const CtlProcess &ctl)
{
    qint64 bytes = 0;
    for (QDirIterator it(ctl.folder() + QStringLiteral("/state"), {QStringLiteral("journal.ndjson")}, QDir::Files,
                         QDirIterator::Subdirectories);
         it.hasNext();)
        bytes += QFileInfo(it.next()).size();
    return bytes;
}

CtlResult CtlOperationsTest::runFor(CtlProcess &ctl, const QStringList &arguments, std::chrono::milliseconds time,
                                    std::chrono::milliseconds *work)
{
    using Clock = std::chrono::steady_clock;
    const qint64 before = journalled(ctl);
    std::optional<Clock::time_point> begun;
    const CtlResult result = ctl.runUntil(
        arguments,
        [&](const QByteArray &) {
            if (!begun && journalled(ctl) > before)
                begun = Clock::now();
            return begun && Clock::now() >= *begun + time;
        },
        SIGKILL, std::chrono::minutes(10));
    if (work)
        *work = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun.value_or(Clock::now()));
    return result;
}

QJsonArray CtlOperationsTest::unfinished(CtlProcess &ctl)
{
    const CtlResult list = ctl.run(words("operations list"));
    if (list.exitCode != 0)
        QTest::qFail(list.all().constData(), __FILE__, __LINE__);
    return list.json().value(QStringLiteral("operations")).toArray();
}

void CtlOperationsTest::killedAtRandomMomentsNothingIsLostOrDoneTwice()
{
    const int rows = sizeFromEnvironment("ROLLCALL_KILL_ROWS", 2'000);
    const int wanted = sizeFromEnvironment("ROLLCALL_KILLS", 6);
    CtlProcess ctl;
    giveAddress(ctl);
    // Bystanders have a later end: they are in no plan.
    const QStringList revoke = words("sessions revoke --yes --expires-before +30d --database-env DB --batch-size")
                               << QString::number(sizeFromEnvironment("ROLLCALL_KILL_BATCH", 50));
    // How long one takes that nobody disturbs, from its first batch on.
    fill(rows);
    std::chrono::milliseconds longest{0};
    const CtlResult whole = runFor(ctl, revoke, std::chrono::minutes(10), &longest);
    QVERIFY2(whole.exitCode == 0, whole.all().constData());
    QRandomGenerator random(20'261'121);
    const int span = std::max(1, static_cast<int>(longest.count()) / sizeFromEnvironment("ROLLCALL_KILL_PARTS", 1));
    const auto moment = [&] { return std::chrono::milliseconds(random.bounded(span)); };

    int kills = 0;
    int killedMidway = 0; // with some of the rows gone and some not
    int resumptions = 0;
    int revocations = 0;
    // Kills before the first row or after the last prove nothing of what is between.
    const int least = wanted >= 100 ? wanted / 2 : 1;
    const auto isEnough = [&] { return kills >= wanted && (killedMidway >= least || kills >= 5 * wanted); };
    while (!isEnough()) {
        fill(rows);
        ++revocations;
        CtlResult last = runFor(ctl, revoke, moment());
        kills += last.exitCode < 0 ? 1 : 0;
        QString id;
        for (QJsonArray open = unfinished(ctl); !open.isEmpty(); open = unfinished(ctl)) {
            QCOMPARE(open.size(), 1);
            const QJsonObject operation = open.first().toObject();
            id = operation.value(QStringLiteral("id")).toString();
            QCOMPARE(operation.value(QStringLiteral("state")).toString(), QStringLiteral("interrupted"));
            QCOMPARE(operation.value(QStringLiteral("planned")).toInt(), rows);
            const int done = operation.value(QStringLiteral("done")).toInt();
            killedMidway += last.exitCode < 0 && done > 0 && done < rows ? 1 : 0;
            const QStringList resume = words("operations resume --yes --database-env DB") << id;
            last = !isEnough() ? runFor(ctl, resume, moment()) : ctl.run(resume, {}, std::chrono::minutes(10));
            QVERIFY2(last.exitCode <= 0, last.all().constData());
            kills += last.exitCode < 0 ? 1 : 0;
            ++resumptions;
        }
        if (id.isEmpty() && last.exitCode < 0) {
            // Killed before it had begun, or when all was done.
            require(QStringLiteral("(SELECT count(*) FROM gone) IN (0, %1)").arg(rows));
            continue;
        }
        if (last.exitCode >= 0) {
            QVERIFY2(last.exitCode == 0, last.all().constData());
            QCOMPARE(last.json().value(QStringLiteral("revoked")).toInt(), rows);
            QCOMPARE(last.json().value(QStringLiteral("skipped")).toInt(), 0);
        } // else it was killed when all was done and on record
        require(QStringLiteral("(SELECT count(*) FROM sessions) = %1 AND (SELECT count(*) FROM gone) = %2"
                               " AND (SELECT count(DISTINCT name) FROM gone) = %2")
                    .arg(bystanders)
                    .arg(rows));
    }
    QVERIFY2(killedMidway >= least,
             qPrintable(QStringLiteral("%1 of %2 kills were midway, not %3").arg(killedMidway).arg(kills).arg(least)));
    // Every operation that deleted anything has an outcome that counts all of it, and the chain holds.
    const CtlResult verified = ctl.run(words("audit verify"));
    QVERIFY2(verified.exitCode == 0, verified.all().constData());
    QHash<QString, qint64> revoked;
    QHash<QString, qint64> skipped;
    for (const QJsonValue &value :
         ctl.run(words("audit list --limit 100000")).json().value(QStringLiteral("entries")).toArray()) {
        const QJsonObject entry = value.toObject();
        const QString operation = entry.value(QStringLiteral("operation")).toString();
        revoked[operation] += 0; // an intent alone counts too
        if (entry.value(QStringLiteral("phase")) == QStringLiteral("outcome")) {
            const QJsonObject counts = entry.value(QStringLiteral("counts")).toObject();
            revoked[operation] = counts.value(QStringLiteral("revoked")).toInteger();
            skipped[operation] = counts.value(QStringLiteral("skipped")).toInteger();
        }
    }
    for (auto it = revoked.cbegin(); it != revoked.cend(); ++it)
        QVERIFY2(it.value() == rows && skipped.value(it.key()) == 0, qPrintable(it.key()));
    qInfo("%d kills (%d with some rows gone and some not) of %d revocations of %d rows (%lld ms undisturbed), %d "
          "resumptions: revoked = planned each time, nothing twice, audit unbroken",
          kills, killedMidway, revocations, rows, static_cast<long long>(longest.count()), resumptions);
}

void CtlOperationsTest::anOutageLeavesItUnfinished()
{
    constexpr int rows = 2'000;
    CtlProcess ctl;
    giveAddress(ctl);
    fill(rows);
    // The server goes away when about half is done.
    run(QStringLiteral("CREATE FUNCTION stop_midway() RETURNS trigger LANGUAGE plpgsql AS"
                       " 'BEGIN IF (SELECT count(*) FROM gone) >= 1000 THEN"
                       " PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN OLD; END';"
                       "CREATE TRIGGER stop_midway BEFORE DELETE ON sessions FOR EACH STATEMENT"
                       " EXECUTE FUNCTION stop_midway();"));
    const QStringList flags = words("--yes --database-env DB");
    const CtlResult cut =
        ctl.run(words("sessions revoke --batch-size 100 --expires-before +30d --reason outage") + flags);
    QVERIFY2(cut.exitCode == 5, cut.all().constData());
    QCOMPARE(cut.json().value(QStringLiteral("revoked")).toInt(), 1'000);
    QVERIFY2(cut.err.contains("operations resume"), cut.all().constData());
    const QJsonObject operation = unfinished(ctl).first().toObject();
    QCOMPARE(operation.value(QStringLiteral("id")), cut.json().value(QStringLiteral("auditId")));
    QCOMPARE(operation.value(QStringLiteral("kind")).toString(), QStringLiteral("revoke"));
    QCOMPARE(operation.value(QStringLiteral("done")).toInt(), 1'000);
    QCOMPARE(operation.value(QStringLiteral("reason")).toString(), QStringLiteral("outage"));
    QVERIFY(
        QDateTime::fromString(operation.value(QStringLiteral("startedAt")).toString(), Qt::ISODateWithMs).isValid());

    run(QStringLiteral("DROP TRIGGER stop_midway ON sessions"));
    const QString id = operation.value(QStringLiteral("id")).toString();
    // Not without consent.
    QCOMPARE(ctl.run(words("operations resume --database-env DB") << id).exitCode, 4);
    QCOMPARE(ctl.run(words("operations resume --read-only --yes --database-env DB") << id).exitCode, 4);
    const CtlResult resumed = ctl.run(words("operations resume") + flags + QStringList(id));
    QVERIFY2(resumed.exitCode == 0, resumed.all().constData());
    QCOMPARE(resumed.json().value(QStringLiteral("matched")).toInt(), rows);
    QCOMPARE(resumed.json().value(QStringLiteral("revoked")).toInt(), rows);
    QVERIFY(unfinished(ctl).isEmpty());
    require(QStringLiteral("(SELECT count(*) FROM sessions) = %1").arg(bystanders));
}

void CtlOperationsTest::discardAndBadNames()
{
    CtlProcess ctl;
    giveAddress(ctl);
    QVERIFY(unfinished(ctl).isEmpty());
    for (const char *id : {"op-none", "../..", "x"}) {
        const CtlResult result = ctl.run(words("operations discard --yes") << QString::fromLatin1(id));
        QCOMPARE(result.errorCode(), QStringLiteral("NotFound"));
        QVERIFY(result.exitCode != 0);
    }
    QCOMPARE(ctl.run(words("operations resume --yes --database-env DB op-none")).errorCode(),
             QStringLiteral("NotFound"));
    // Said before anything is contacted.
    QCOMPARE(ctl.run(words("operations resume --yes --database postgresql://127.0.0.1:1/none op-none")).errorCode(),
             QStringLiteral("NotFound"));
    QCOMPARE(ctl.run(words("operations discard op-none")).exitCode, 4);
    QCOMPARE(ctl.run(words("operations resume")).exitCode, 2);
}

QTEST_GUILESS_MAIN(CtlOperationsTest)
#include "tst_CtlOperations.moc"
