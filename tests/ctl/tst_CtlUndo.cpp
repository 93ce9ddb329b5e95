#include <QtTest>

#include <QJsonArray>
#include <QRandomGenerator>

#include <csignal>

#include "tests/ctl/PostgresShop.h"
#include "tests/support/CtlProcess.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::words;

namespace {

constexpr int rows = 2'000;

QString textOf(const CtlResult &result, const char *member)
{
    return result.json().value(QLatin1StringView(member)).toString();
}

int numberOf(const CtlResult &result, const char *member)
{
    return result.json().value(QLatin1StringView(member)).toInt(-1);
}

} // namespace

/// `sessions restore` on PostgreSQL: consent, rights, the window, and a process that is killed at random moments.
class CtlUndoTest final : public QObject, private rollcall::test::PostgresShop
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void putsBackByteForByte();
    void wantsConsent();
    void badRequests();
    void productionWantsItsName();
    void missingRightsAreNamed();
    void killedAtRandomMoments();

private:
    /// Revokes all; the operation's name.
    QString revoked(CtlProcess &ctl, const QStringList &more = {});
};

void CtlUndoTest::initTestCase()
{
    makeTables(
        QStringLiteral(", device jsonb, secret bytea"),
        QStringLiteral("CREATE TABLE copy (whole text);"
                       "CREATE ROLE revoker LOGIN PASSWORD 'pw'; GRANT SELECT ON users, accounts, sessions TO revoker;"
                       "GRANT DELETE ON sessions TO revoker;"));
}

void CtlUndoTest::init()
{
    run(QStringLiteral("TRUNCATE sessions; TRUNCATE copy;"
                       "INSERT INTO sessions (\"sessionToken\", \"userId\", expires, device, secret)"
                       " SELECT '%1' || lpad(n::text, 12, '0'), 1 + n % 99, now() + interval '20 days' + n * interval "
                       "'1.000001 s', jsonb_build_object('n', n, 'f', n / 7.0), decode(md5(n::text), 'hex')"
                       " FROM generate_series(1, %2) n; INSERT INTO copy SELECT s::text FROM sessions s;")
            .arg(QLatin1String(tokenStart))
            .arg(rows));
}

namespace {
const QString isWhole = QStringLiteral("(SELECT count(*) FROM sessions) = (SELECT count(*) FROM copy) AND NOT EXISTS "
                                       "(SELECT s::text FROM sessions s EXCEPT SELECT whole FROM copy)");
}

QString CtlUndoTest::revoked(CtlProcess &ctl, const QStringList &more)
{
    const CtlResult result = ctl.run(words("sessions revoke --all --yes --database-env DB") + more);
    if (result.exitCode != 0 || numberOf(result, "revoked") != rows)
        QTest::qFail(result.all().constData(), __FILE__, __LINE__);
    return textOf(result, "auditId");
}

void CtlUndoTest::putsBackByteForByte()
{
    CtlProcess ctl;
    giveAddress(ctl);
    const QString id = revoked(ctl);
    require(QStringLiteral("NOT EXISTS (SELECT 1 FROM sessions)"));
    const CtlResult back =
        ctl.run(words("sessions restore --yes --database-env DB --reason mistaken") + QStringList(id));
    QVERIFY2(back.exitCode == 0, back.all().constData());
    QCOMPARE(numberOf(back, "restored"), rows);
    QCOMPARE(numberOf(back, "skipped"), 0);
    QVERIFY(textOf(back, "auditId").startsWith(QStringLiteral("op-")));
    QVERIFY(textOf(back, "auditId") != id);
    require(isWhole);
    QCOMPARE(ctl.run(words("audit verify")).exitCode, 0);
    const QJsonArray entries = ctl.run(words("audit list")).json().value(QStringLiteral("entries")).toArray();
    QCOMPARE(entries.size(), 4);
    QCOMPARE(entries.last().toObject().value(QStringLiteral("action")).toString(), QStringLiteral("sessions.restore"));
    QCOMPARE(entries.last().toObject().value(QStringLiteral("reason")).toString(), QStringLiteral("mistaken"));
    // Once is all.
    const CtlResult again = ctl.run(words("sessions restore --yes --database-env DB") + QStringList(id));
    QCOMPARE(again.exitCode, 4);
    QCOMPARE(again.errorCode(), QStringLiteral("WriteRefused"));
    require(isWhole);
    // What is there again, and whose user is gone, stays as it is.
    const QString second = revoked(ctl);
    run(QStringLiteral(
            "INSERT INTO sessions (id, \"sessionToken\", \"userId\", expires) VALUES (-1, '%1' || '000000000001', 1, "
            "now()); DELETE FROM users WHERE id = 5")
            .arg(QLatin1String(tokenStart)));
    // It can be known beforehand, and looking changes nothing, also for a role that may not write.
    const CtlResult dry = ctl.run(words("sessions restore --dry-run --database-env DB") + QStringList(second));
    QVERIFY2(dry.exitCode == 0, dry.all().constData());
    require(QStringLiteral("(SELECT count(*) FROM sessions) = 1"));
    QCOMPARE(ctl.run(words("sessions restore --dry-run --read-only --database-env DB") + QStringList(second)).exitCode,
             0);
    const CtlResult most = ctl.run(words("sessions restore --yes --database-env DB") + QStringList(second));
    QVERIFY2(most.exitCode == 1 && most.err.contains("1 where another row is in the way"), most.all().constData());
    QCOMPARE(numberOf(dry, "restored"), 0);
    QVERIFY(dry.json().value(QStringLiteral("auditId")).isNull());
    QCOMPARE(numberOf(dry, "wouldRestore"), numberOf(most, "restored"));
    for (const char *member : {"matched", "skipped", "skippedSessions"})
        QCOMPARE(dry.json().value(QLatin1StringView(member)), most.json().value(QLatin1StringView(member)));
    const QJsonArray skipped = most.json().value(QStringLiteral("skippedSessions")).toArray();
    QCOMPARE(skipped.size(), numberOf(most, "skipped"));
    QCOMPARE(std::ranges::count_if(skipped,
                                   [](const auto &session) {
                                       return session.toObject().value(QStringLiteral("why")) ==
                                              QStringLiteral("another row is in the way");
                                   }),
             1);
    for (const auto &session : skipped)
        QVERIFY(session.toObject().value(QStringLiteral("fingerprint")).toString().size() == 16);
    QCOMPARE(numberOf(most, "restored") + numberOf(most, "skipped"), rows);
    require(QStringLiteral("(SELECT count(*) FROM generate_series(1, %1) n WHERE 1 + n % 99 = 5) + 1 = %2")
                .arg(rows)
                .arg(numberOf(most, "skipped")));
    run(QStringLiteral("INSERT INTO users (id, name) VALUES (5, 'User 5')"));
}

void CtlUndoTest::wantsConsent()
{
    CtlProcess ctl;
    giveAddress(ctl);
    const QString id = revoked(ctl);
    QCOMPARE(ctl.run(words("sessions restore --database-env DB") + QStringList(id)).exitCode, 4);
    QCOMPARE(ctl.run(words("sessions restore --yes --read-only --database-env DB") + QStringList(id)).exitCode, 4);
    QCOMPARE(ctl.run(words("sessions restore --yes --now 1781524800 --database-env DB") + QStringList(id)).exitCode, 2);
    require(QStringLiteral("NOT EXISTS (SELECT 1 FROM sessions)"));
}

void CtlUndoTest::badRequests()
{
    CtlProcess ctl;
    giveAddress(ctl);
    QCOMPARE(ctl.run(words("sessions restore --yes --database-env DB")).exitCode, 2);
    for (const char *id : {"op-none", "../..", "x"}) {
        const CtlResult result = ctl.run(words("sessions restore --yes --database-env DB") << QString::fromLatin1(id));
        QCOMPARE(result.errorCode(), QStringLiteral("NotFound"));
        QCOMPARE(result.exitCode, 1);
    }
    QCOMPARE(ctl.run(words("sessions revoke --all --yes --undo-for soon --database-env DB")).exitCode, 2);
    require(isWhole);
    // Who keeps nothing can put nothing back, and is told so.
    const QString none = revoked(ctl, words("--undo-for 0h"));
    const CtlResult result = ctl.run(words("sessions restore --yes --database-env DB") + QStringList(none));
    QCOMPARE(result.exitCode, 4);
    QVERIFY2(result.err.contains("no rows were kept"), result.all().constData());
    init();
    const QString brief = revoked(ctl, words("--undo-for 1ms"));
    const CtlResult late = ctl.run(words("sessions restore --yes --database-env DB") + QStringList(brief));
    QCOMPARE(late.exitCode, 4);
    QVERIFY2(late.err.contains("destroyed"), late.all().constData());
    require(QStringLiteral("NOT EXISTS (SELECT 1 FROM sessions)"));
}

void CtlUndoTest::productionWantsItsName()
{
    CtlProcess ctl;
    giveAddress(ctl);
    QCOMPARE(ctl.run(words("connections add shop --production --database-env DB")).exitCode, 0);
    const CtlResult gone = ctl.run(words("sessions revoke --all --yes --confirm shop --connection shop"));
    QVERIFY2(gone.exitCode == 0, gone.all().constData());
    const QStringList id(textOf(gone, "auditId"));
    const CtlResult refused = ctl.run(words("sessions restore --yes --connection shop") + id);
    QCOMPARE(refused.exitCode, 4);
    QCOMPARE(refused.errorCode(), QStringLiteral("ConfirmationMissing"));
    const CtlResult back = ctl.run(words("sessions restore --yes --confirm shop --connection shop") + id);
    QVERIFY2(back.exitCode == 0, back.all().constData());
    require(isWhole);
}

void CtlUndoTest::missingRightsAreNamed()
{
    CtlProcess ctl;
    giveAddress(ctl, QStringLiteral("revoker"));
    const QString id = revoked(ctl);
    const CtlResult denied = ctl.run(words("sessions restore --yes --database-env DB") + QStringList(id));
    QCOMPARE(denied.exitCode, 3);
    QCOMPARE(denied.errorCode(), QStringLiteral("PermissionDenied"));
    QVERIFY2(denied.all().contains("GRANT INSERT ON"), denied.all().constData());
    QVERIFY(ctl.run(words("operations list")).json().value(QStringLiteral("operations")).toArray().isEmpty());
    run(QStringLiteral("GRANT INSERT ON sessions TO revoker"));
    const CtlResult back = ctl.run(words("sessions restore --yes --database-env DB") + QStringList(id));
    QVERIFY2(back.exitCode == 0, back.all().constData());
    require(isWhole);
    // A role that may not read whole rows revokes without undo, and says so.
    run(QStringLiteral("REVOKE SELECT ON sessions FROM revoker; GRANT SELECT (id, \"sessionToken\", \"userId\", "
                       "expires) ON sessions TO revoker"));
    const CtlResult without = ctl.run(words("sessions revoke --all --yes --database-env DB"));
    QVERIFY2(without.exitCode == 0, without.all().constData());
    QCOMPARE(numberOf(without, "revoked"), rows);
    QVERIFY(without.json().value(QStringLiteral("undoUntil")).isNull());
    QVERIFY2(without.err.contains("no undo"), without.all().constData());
    run(QStringLiteral("GRANT SELECT ON sessions TO revoker; REVOKE INSERT ON sessions FROM revoker"));
}

void CtlUndoTest::killedAtRandomMoments()
{
    CtlProcess ctl;
    giveAddress(ctl);
    QRandomGenerator random(20'261'122);
    constexpr int wanted = 5;
    int kills = 0;
    int longest = 1'000;
    for (int round = 0; kills < wanted && round < 10 * wanted; ++round) {
        init();
        const QString id = revoked(ctl);
        QStringList arguments = words("sessions restore --yes --batch-size 20 --database-env DB") + QStringList(id);
        CtlResult last;
        for (int run = 0;; ++run) {
            const auto begun = std::chrono::steady_clock::now();
            const auto end = begun + std::chrono::milliseconds(random.bounded(longest));
            last = kills < wanted
                       ? ctl.runUntil(
                             arguments, [end](const QByteArray &) { return std::chrono::steady_clock::now() >= end; },
                             SIGKILL)
                       : ctl.run(arguments);
            kills += last.exitCode < 0 ? 1 : 0;
            if (last.exitCode >= 0) {
                const auto took = std::chrono::steady_clock::now() - begun;
                longest = std::max<int>(1, int(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
                break;
            }
            const QJsonArray open =
                ctl.run(words("operations list")).json().value(QStringLiteral("operations")).toArray();
            QVERIFY(open.size() <= 1);
            if (!open.isEmpty()) {
                const QJsonObject operation = open.first().toObject();
                QCOMPARE(operation.value(QStringLiteral("kind")).toString(), QStringLiteral("restore"));
                QCOMPARE(operation.value(QStringLiteral("planned")).toInt(), rows);
                arguments = words("operations resume --yes --database-env DB")
                            << operation.value(QStringLiteral("id")).toString();
            } else if (arguments.contains(QStringLiteral("resume"))) {
                break; // killed when all was done and on record
            }
        }
        // Killed when all was done, before or after the record was destroyed; else it says how much it did.
        if (last.exitCode == 0) {
            QCOMPARE(numberOf(last, "restored"), rows);
            QCOMPARE(numberOf(last, "skipped"), 0);
        } else {
            QVERIFY2(last.exitCode < 0 || last.exitCode == 4, last.all().constData());
        }
        require(isWhole);
    }
    QVERIFY(kills >= wanted);
    QCOMPARE(ctl.run(words("audit verify")).exitCode, 0);
}

QTEST_GUILESS_MAIN(CtlUndoTest)
#include "tst_CtlUndo.moc"
