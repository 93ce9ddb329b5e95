#include <QtTest>

#include <QJsonArray>

#include "core/base/FileLock.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

namespace base = rollcall::base;
using rollcall::test::contentOf;
using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

/// What a saved connection demands is not taken away in passing: not by saving it anew, and by forgetting it only with
/// consent and on record.
class CtlConnectionsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void savedAnewItKeepsWhatProtectsIt();
    void maskingIsSaidAndKept();
    void movedElsewhereItWantsConsent();
    void aDroppedPartWantsConsent();
    void aDatabaseThatBecomesACacheWantsConsent();
    void aFileSavedByALinkIsKnownWithoutIt();
    void withoutAReadableDatabaseItIsKnownByItsText();
    void otherApproversWantConsent();
    void aRefusedSaveKeepsTheApprovers();
    void whatFailedIsRecordedAsFailed();
    void damagedApproversDoNotHideTheConnections();
    void forgettingItWantsConsent_data();
    void forgettingItWantsConsent();
    void oneThatDemandsNothingIsForgottenAtOnce();
    void whoMayApproveIsSaid();
    void aCopyKeepsTheApprovers();
    void whatOthersDemandIsSaid();

private:
    CtlResult run(const char *text, const QStringList &more = {}) { return m_ctl->run(words(text) + more); }
    [[nodiscard]] QJsonObject shop() { return shown(run("connections show shop")); }
    [[nodiscard]] static QJsonObject shown(const CtlResult &result)
    {
        return result.json().value(QStringLiteral("connections")).toArray().first().toObject();
    }
    [[nodiscard]] QStringList acts()
    {
        QStringList acts;
        const QJsonArray entries = run("audit list").json().value(QStringLiteral("entries")).toArray();
        for (const QJsonValue &entry : entries)
            acts << entry.toObject().value(QStringLiteral("action")).toString() + QLatin1Char(' ') +
                        entry.toObject().value(QStringLiteral("phase")).toString();
        return acts;
    }
    /// The key of another person, who approves.
    [[nodiscard]] QString approver()
    {
        CtlProcess other;
        other.setEnvironment(QStringLiteral("DB"), m_database->url());
        const QString plan = other.folder() + QStringLiteral("/plan.json");
        if (other.run(words("plan save --all --state all --database-env DB --out") << plan).exitCode != 0)
            return {};
        return other.run(words("plan approve") << plan << QStringLiteral("--out") << plan + QStringLiteral(".approval"))
            .json()
            .value(QStringLiteral("approver"))
            .toString();
    }

    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<SqliteDatabase> m_other;
    std::unique_ptr<CtlProcess> m_ctl;
};

void CtlConnectionsTest::init()
{
    m_database = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
    m_other = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl = std::make_unique<CtlProcess>();
    m_ctl->setEnvironment(QStringLiteral("DB"), m_database->url());
    m_ctl->setEnvironment(QStringLiteral("OTHER"), m_other->url());
}

void CtlConnectionsTest::savedAnewItKeepsWhatProtectsIt()
{
    const QString key = approver();
    QCOMPARE(run("connections add shop --database-env DB --production --needs-approval --note ours --approver", {key})
                 .exitCode,
             0);
    const QJsonObject before = shop();
    const QStringList recorded = acts(); // who may approve
    const CtlResult again = run("connections add shop --database-env DB");
    QVERIFY2(again.exitCode == 0 && again.err.isEmpty(), again.all().constData());
    QCOMPARE(shop(), before);
    QCOMPARE(before.value(QStringLiteral("note")).toString(), QStringLiteral("ours"));
    QCOMPARE(before.value(QStringLiteral("approvers")).toArray(), QJsonArray({key}));
    QCOMPARE(run("connections add shop --database-env DB --note=").exitCode, 0); // said, it is meant
    QVERIFY(shop().value(QStringLiteral("note")).isNull());
    // Nor does anything of it happen on record: nothing was given up.
    QCOMPARE(acts(), recorded);
}

void CtlConnectionsTest::maskingIsSaidAndKept()
{
    const QString member = QStringLiteral("maskPersonal");
    QCOMPARE(run("connections add open --database-env DB --production").exitCode, 0);
    QCOMPARE(shown(run("connections show open")).value(member), QJsonValue(false));
    QCOMPARE(run("connections add shop --database-env DB --mask-personal").exitCode, 0);
    QCOMPARE(shop().value(member), QJsonValue(true));
    QVERIFY(run("connections list --format csv").out.contains("maskPersonal"));
    QCOMPARE(run("connections add shop --database-env DB").exitCode, 0);
    QCOMPARE(shop().value(member), QJsonValue(true));
}

void CtlConnectionsTest::movedElsewhereItWantsConsent()
{
    QCOMPARE(run("connections add shop --database-env DB --needs-approval").exitCode, 0);
    const QJsonObject before = shop();
    const CtlResult refused = run("connections add shop --database-env OTHER");
    QVERIFY2(refused.exitCode == 4, refused.all().constData());
    QCOMPARE(shop(), before);
    QCOMPARE(run("connections add shop --database-env OTHER --yes --read-only").exitCode, 4);
    const CtlResult moved = run("connections add shop --database-env OTHER --yes");
    QVERIFY2(moved.exitCode == 0, moved.all().constData());
    QVERIFY(shop().value(QStringLiteral("needsApproval")).toBool());
    QCOMPARE(acts(),
             QStringList({QStringLiteral("connection.move intent"), QStringLiteral("connection.move outcome")}));
}

void CtlConnectionsTest::aDroppedPartWantsConsent()
{
    QCOMPARE(run("connections add shop --database-env DB --cache redis://127.0.0.1:1 --production").exitCode, 0);
    const CtlResult same = run("connections add shop --database-env DB --cache redis://localhost:1/0");
    QVERIFY2(same.exitCode == 0, same.all().constData());
    const CtlResult refused = run("connections add shop --database-env DB --yes");
    QCOMPARE(refused.errorCode(), QStringLiteral("ConfirmationMissing"));
    const CtlResult asked = run("connections add shop --database-env DB");
    QVERIFY2(asked.exitCode == 4 && asked.err.contains("production"), asked.all().constData());
    QVERIFY(acts().isEmpty());
    const CtlResult dropped = run("connections add shop --database-env DB --yes --confirm shop");
    QVERIFY2(dropped.exitCode == 0, dropped.all().constData());
    QCOMPARE(acts(),
             QStringList({QStringLiteral("connection.move intent"), QStringLiteral("connection.move outcome")}));
}

void CtlConnectionsTest::aDatabaseThatBecomesACacheWantsConsent()
{
    QCOMPARE(run("connections add shop --database redis://127.0.0.1:1 --needs-approval").exitCode, 0);
    const char *const turned = "connections add shop --database-env DB --cache redis://127.0.0.1:1";
    const CtlResult refused = run(turned);
    QVERIFY2(refused.exitCode == 4 && refused.err.contains("approval"), refused.all().constData());
    QCOMPARE(run(turned, words("--yes")).exitCode, 0);
    QCOMPARE(acts().size(), 2);
}

void CtlConnectionsTest::aFileSavedByALinkIsKnownWithoutIt()
{
    const QString link = m_ctl->folder() + QStringLiteral("/link.db");
    const QString real = m_database->url().section(QLatin1Char(':'), 1);
    QVERIFY(QFile::link(real, link));
    QCOMPARE(run("connections add shop --needs-approval --database", {QStringLiteral("sqlite:") + link}).exitCode, 0);
    QVERIFY(QFile::remove(link));
    QCOMPARE(shop().value(QStringLiteral("database")).toString(),
             QStringLiteral("sqlite:") + QFileInfo(real).canonicalFilePath());
    const CtlResult held = run("sessions revoke --all --state all --yes --database-env DB");
    QVERIFY2(held.exitCode == 4 && held.all().contains("plan approve"), held.all().constData());
}

void CtlConnectionsTest::withoutAReadableDatabaseItIsKnownByItsText()
{
    const char *const save = "connections add shop --base-url http://127.0.0.1:1 --needs-approval --production";
    QCOMPARE(run(save).exitCode, 0);
    const CtlResult again = run(save);
    QVERIFY2(again.exitCode == 0, again.all().constData());
    QVERIFY(acts().isEmpty());
}

void CtlConnectionsTest::otherApproversWantConsent()
{
    const QString first = approver();
    const QString second = approver();
    QCOMPARE(run("connections add shop --database-env DB --needs-approval --production --approver", {first}).exitCode,
             0);
    const QStringList added{QStringLiteral("connection.approvers intent"),
                            QStringLiteral("connection.approvers outcome")};
    QCOMPARE(acts(), added); // the first ones too are on record
    QCOMPARE(run("connections add shop --database-env DB --approver", {first}).exitCode, 0); // as it was
    const auto replace = [&](const char *consent) {
        return run("connections add shop --database-env DB --reason left",
                   words(consent) << QStringLiteral("--approver") << second);
    };
    for (const char *consent : {"", "--yes", "--yes --confirm side", "--yes --confirm shop --read-only"}) {
        const CtlResult refused = replace(consent);
        QVERIFY2(refused.exitCode == 4, refused.all().constData());
        QCOMPARE(shop().value(QStringLiteral("approvers")).toArray(), QJsonArray({first}));
    }
    QVERIFY(replace("").err.contains("approve"));
    QCOMPARE(acts(), added);
    QCOMPARE(replace("--yes --confirm shop").exitCode, 0);
    QCOMPARE(shop().value(QStringLiteral("approvers")).toArray(), QJsonArray({second}));
    QCOMPARE(acts(), added + added);
    const QByteArray log = contentOf(m_ctl->folder() + QStringLiteral("/data/rollcall/audit.ndjson"));
    QVERIFY2(log.contains(second.toUtf8()) && log.contains("left"), log.constData());
    QCOMPARE(run("audit verify").exitCode, 0);
}

void CtlConnectionsTest::aRefusedSaveKeepsTheApprovers()
{
    const QString key = approver();
    QCOMPARE(run("connections add shop --database-env DB --needs-approval --approver", {key}).exitCode, 0);
    const QString locked = m_ctl->folder() + QStringLiteral("/config/rollcall/connections.lock");
    const base::FileLock lock(locked, base::Call::within(std::chrono::seconds(5)));
    QVERIFY(lock.isHeld());
    QCOMPARE(run("connections remove shop --yes --timeout 2").errorCode(), QStringLiteral("FileUnwritable"));
    QCOMPARE(shop().value(QStringLiteral("approvers")).toArray(), QJsonArray({key}));
}

void CtlConnectionsTest::whatFailedIsRecordedAsFailed()
{
    QCOMPARE(run("connections add shop --database-env DB --needs-approval").exitCode, 0);
    const QString locked = m_ctl->folder() + QStringLiteral("/config/rollcall/connections.lock");
    const auto recorded = [this] {
        QList<int> counts;
        const QJsonArray entries = run("audit list").json().value(QStringLiteral("entries")).toArray();
        for (const QJsonValue &entry : entries)
            counts << entry[QStringLiteral("counts")][QStringLiteral("connections")].toInt(-1);
        std::ranges::sort(counts);
        return counts;
    };
    {
        const base::FileLock lock(locked, base::Call::within(std::chrono::seconds(5)));
        QVERIFY(lock.isHeld());
        QCOMPARE(run("connections remove shop --yes --timeout 2").errorCode(), QStringLiteral("FileUnwritable"));
    }
    QCOMPARE(recorded(), QList<int>({0, 1})); // meant one, did none
    {
        const base::FileLock lock(locked, base::Call::within(std::chrono::seconds(5)));
        QVERIFY(lock.isHeld());
        QCOMPARE(run("connections add shop --database-env OTHER --yes --timeout 2").errorCode(),
                 QStringLiteral("FileUnwritable"));
    }
    QCOMPARE(recorded(), QList<int>({0, 0, 1, 1}));
    QCOMPARE(run("connections remove shop --yes").exitCode, 0);
    QCOMPARE(recorded(), QList<int>({0, 0, 1, 1, 1, 1}));
}

void CtlConnectionsTest::damagedApproversDoNotHideTheConnections()
{
    QCOMPARE(run("connections add shop --database-env DB").exitCode, 0);
    QFile file(m_ctl->folder() + QStringLiteral("/config/rollcall/approvers.json"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("{") == 1);
    file.close();
    for (const char *command :
         {"connections list", "connections show shop", "connections add shop --database-env DB"}) {
        const CtlResult read = run(command);
        QVERIFY2(read.exitCode == 0 && read.err.contains("approvers.json"), read.all().constData());
        QVERIFY(shown(read).value(QStringLiteral("approvers")).isNull());
        QCOMPARE(shown(read).value(QStringLiteral("name")).toString(), QStringLiteral("shop"));
    }
    for (const char *command :
         {"connections add shop --database-env DB --approver", "connections add new --database-env DB --needs-approval "
                                                               "--approver"}) {
        const CtlResult refused = run(command, {approver()});
        QVERIFY2(refused.errorCode() == QStringLiteral("FileFormatInvalid"), refused.all().constData());
    }
    // A copy takes the approvers with it only where they count.
    const CtlResult copied = run("connections add copy --connection shop");
    QVERIFY2(copied.exitCode == 0, copied.all().constData());
    const CtlResult demanding = run("connections add other --connection shop --needs-approval");
    QVERIFY2(demanding.errorCode() == QStringLiteral("FileFormatInvalid"), demanding.all().constData());
}

void CtlConnectionsTest::forgettingItWantsConsent_data()
{
    QTest::addColumn<QString>("demand");
    QTest::addColumn<QString>("notEnough");
    QTest::addColumn<QString>("enough");
    QTest::newRow("approval") << QStringLiteral("--needs-approval") << QString() << QStringLiteral("--yes");
    QTest::newRow("production") << QStringLiteral("--production") << QStringLiteral("--yes")
                                << QStringLiteral("--yes --confirm shop");
}

void CtlConnectionsTest::forgettingItWantsConsent()
{
    QFETCH(const QString, demand);
    QFETCH(const QString, notEnough);
    QFETCH(const QString, enough);
    QCOMPARE(run("connections add shop --database-env DB", words(qPrintable(demand))).exitCode, 0);
    const QJsonObject before = shop();
    const auto remove = [this](const QString &flags) {
        return run("connections remove shop", words(qPrintable(flags)));
    };
    for (const QString &flags : QStringList{QString(), notEnough, enough + QStringLiteral(" --read-only")}) {
        const CtlResult refused = remove(flags);
        QVERIFY2(refused.exitCode == 4, refused.all().constData());
        QCOMPARE(shop(), before);
    }
    QVERIFY(acts().isEmpty());
    const CtlResult removed = remove(enough + QStringLiteral(" --reason closing"));
    QVERIFY2(removed.exitCode == 0, removed.all().constData());
    QCOMPARE(shown(removed), before); // what it was
    QCOMPARE(run("connections show shop").exitCode, 2);
    QCOMPARE(acts(),
             QStringList({QStringLiteral("connection.remove intent"), QStringLiteral("connection.remove outcome")}));
    const QByteArray log = contentOf(m_ctl->folder() + QStringLiteral("/data/rollcall/audit.ndjson"));
    QVERIFY2(log.contains("closing") && log.contains("\"connection\":\"shop\""), log.constData());
    QCOMPARE(run("audit verify").exitCode, 0);
}

void CtlConnectionsTest::oneThatDemandsNothingIsForgottenAtOnce()
{
    QCOMPARE(run("connections add shop --database-env DB").exitCode, 0);
    QCOMPARE(run("connections remove shop").exitCode, 0);
    QVERIFY(acts().isEmpty());
}

void CtlConnectionsTest::whoMayApproveIsSaid()
{
    const CtlResult nobody = run("connections add shop --database-env DB --needs-approval");
    QVERIFY2(nobody.exitCode == 0 && nobody.err.contains("nobody may approve"), nobody.all().constData());
    QCOMPARE(shop().value(QStringLiteral("approvers")).toArray(), QJsonArray());
    const QString first = approver();
    const CtlResult named = run("connections add shop --database-env DB --approver", {first});
    QVERIFY2(named.exitCode == 0 && named.err.isEmpty(), named.all().constData());
    // Another in the first one's place: that the first one goes is said.
    const QString second = approver();
    QVERIFY(second != first && !second.isEmpty());
    const CtlResult replaced = run("connections add shop --database-env DB --yes --approver", {second});
    QVERIFY2(replaced.exitCode == 0 && replaced.err.contains(QByteArray(first.toUtf8() + " may no longer")),
             replaced.all().constData());
    QCOMPARE(shop().value(QStringLiteral("approvers")).toArray(), QJsonArray({second}));
    QVERIFY(run("connections list --format table").out.contains(second.toUtf8()));
}

void CtlConnectionsTest::aCopyKeepsTheApprovers()
{
    const QString key = approver();
    QCOMPARE(run("connections add shop --database-env DB --needs-approval --approver", {key}).exitCode, 0);
    const CtlResult copied = run("connections add copy --connection shop");
    QVERIFY2(copied.exitCode == 0 && copied.err.isEmpty(), copied.all().constData());
    QVERIFY(shown(copied).value(QStringLiteral("needsApproval")).toBool());
    QCOMPARE(shown(copied).value(QStringLiteral("approvers")).toArray(), QJsonArray({key}));
    // Who is named takes their place, and one that is there already keeps its own.
    const QString other = approver();
    QVERIFY(other != key && !other.isEmpty());
    const CtlResult named = run("connections add named --connection shop --approver", {other});
    QCOMPARE(shown(named).value(QStringLiteral("approvers")).toArray(), QJsonArray({other}));
    const CtlResult again = run("connections add named --connection shop");
    QVERIFY2(again.exitCode == 0, again.all().constData());
    QCOMPARE(shown(again).value(QStringLiteral("approvers")).toArray(), QJsonArray({other}));
}

void CtlConnectionsTest::whatOthersDemandIsSaid()
{
    QCOMPARE(
        run("connections add shop --database-env DB --production --needs-approval --approver", {approver()}).exitCode,
        0);
    const CtlResult side = run("connections add side --database-env DB");
    QVERIFY2(side.exitCode == 0, side.all().constData());
    QCOMPARE(shown(side).value(QStringLiteral("production")), QJsonValue(false));
    QVERIFY2(side.err.contains("the saved connection shop holds the same database or cache as production") &&
                 side.err.contains("--confirm side"),
             side.all().constData());
    QVERIFY2(side.err.contains("want approval by the saved connection shop"), side.all().constData());
    // What it demands itself, and what is demanded elsewhere, need no word.
    for (const char *add : {"connections add shop --database-env DB", "connections add other --database-env OTHER"}) {
        const CtlResult quiet = run(add);
        QVERIFY2(quiet.exitCode == 0 && quiet.err.isEmpty(), quiet.all().constData());
    }
}

QTEST_GUILESS_MAIN(CtlConnectionsTest)
#include "tst_CtlConnections.moc"
