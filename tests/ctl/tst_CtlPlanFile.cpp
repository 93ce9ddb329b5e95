#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

#include <QJsonArray>
#include <QJsonDocument>

#include "core/audit/AuditLog.h"
#include "core/base/Fingerprint.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

using rollcall::test::contentOf;
using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

/// What a plan's file says to whoever approves it, and what its approval must not overwrite.
class CtlPlanFileTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void itSaysWhatIsApproved();
    void whoSignsItAnewIsNotItsPlanner();
    void theReasonGoesOnRecord();
    void anotherReasonIsRefused();
    void theDatabaseIsKnownByAnySpelling();
    void anApprovalOverwritesNothingElse_data();
    void anApprovalOverwritesNothingElse();
    void nothingWaitsForANamedPipe();
    void theApproversAreOfWhoWantsThem();
    void anApprovalCountsOnce();
    void aPlanOfTheFutureIsNotCarriedOut();
    void anApprovalReplacesAnApproval();
    void aPlanOverwritesNothingElse();
    void thePlannerIsToldThatTheirApprovalCountsNot();

private:
    [[nodiscard]] QString path(const char *name) const
    {
        return m_planner->folder() + QLatin1Char('/') + QLatin1StringView(name);
    }
    CtlResult save()
    {
        return m_planner->run(words("plan save --all --state all --connection shop --reason OPS-2291 --out")
                              << path("plan.json"));
    }
    CtlResult approve(const QString &out, CtlProcess &by, const char *more = "")
    {
        return by.run(words("plan approve") << path("plan.json") << QStringLiteral("--out") << out << words(more));
    }
    [[nodiscard]] QString text(const CtlResult &result, const char *member) const
    {
        return result.json().value(QLatin1StringView(member)).toString();
    }

    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_planner;
    std::unique_ptr<CtlProcess> m_other;
};

void CtlPlanFileTest::init()
{
    m_database = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
    m_planner = std::make_unique<CtlProcess>();
    m_other = std::make_unique<CtlProcess>();
    for (CtlProcess *ctl : {m_planner.get(), m_other.get()}) {
        ctl->neverShow("5e551000-0000-4000-8000-"); // how every token of the fixture begins
        ctl->setEnvironment(QStringLiteral("DB"), m_database->url());
    }
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB")).exitCode, 0);
    const CtlResult saved = save();
    QVERIFY2(saved.exitCode == 0, saved.all().constData());
}

void CtlPlanFileTest::itSaysWhatIsApproved()
{
    const CtlResult shown = m_other->run(words("plan show") << path("plan.json"));
    QVERIFY2(shown.exitCode == 0, shown.all().constData());
    QVERIFY(text(shown, "selection").contains(QStringLiteral("all sessions")));
    QCOMPARE(text(shown, "reason"), QStringLiteral("OPS-2291"));
    QCOMPARE(text(shown, "plannedBy"), rollcall::audit::currentActor());
    QVERIFY(text(shown, "planner").startsWith(QStringLiteral("ed25519:")));
    QCOMPARE(text(shown, "connection"), QStringLiteral("shop"));
    QVERIFY(!text(shown, "frozenAt").isEmpty());
    QVERIFY(shown.json().value(QStringLiteral("users")).toInt() > 1);
    const QJsonArray sample = shown.json().value(QStringLiteral("sample")).toArray();
    QCOMPARE(sample.size(), std::min(8, shown.json().value(QStringLiteral("matched")).toInt()));
    for (const auto &fingerprint : sample)
        QVERIFY(!rollcall::base::Fingerprint::fromText(fingerprint.toString()).isEmpty());
    // Who approves it is shown the same.
    const CtlResult approved = approve(path("approval.json"), *m_other);
    QVERIFY2(approved.exitCode == 0, approved.all().constData());
    for (const char *member : {"selection", "reason", "plannedBy", "planner", "connection", "frozenAt"})
        QCOMPARE(text(approved, member), text(shown, member));
    QCOMPARE(approved.json().value(QStringLiteral("sample")).toArray(), sample);
}

void CtlPlanFileTest::whoSignsItAnewIsNotItsPlanner()
{
    // Another person's own plan, put in the place of the planner's with the planner's rows: theirs is the signature.
    const QJsonObject ours = QJsonDocument::fromJson(contentOf(path("plan.json"))).object();
    QCOMPARE(m_other->run(words("plan save --all --state all --database-env DB --out") << path("theirs.json")).exitCode,
             0);
    QJsonObject theirs = QJsonDocument::fromJson(contentOf(path("theirs.json"))).object();
    QVERIFY(theirs.value(QStringLiteral("planner")) != ours.value(QStringLiteral("planner")));
    theirs.insert(QStringLiteral("sealed"), ours.value(QStringLiteral("sealed")));
    const QString mixed = m_planner->writeFile(QStringLiteral("mixed.json"), QJsonDocument(theirs).toJson());
    QCOMPARE(m_other->run(words("plan show") << mixed).errorCode(), QStringLiteral("FileFormatInvalid"));
    // Whole as it is, it is shown under their key, and the planner cannot be made to carry it out.
    QCOMPARE(text(m_other->run(words("plan show") << path("theirs.json")), "planner"),
             theirs.value(QStringLiteral("planner")).toString());
    const CtlResult refused =
        m_planner->run(words("sessions revoke --yes --connection shop --plan") << path("theirs.json"));
    QCOMPARE(refused.errorCode(), QStringLiteral("FileFormatInvalid"));
    QVERIFY2(refused.err.contains("another key"), refused.all().constData());
}

void CtlPlanFileTest::theReasonGoesOnRecord()
{
    const CtlResult done = m_planner->run(words("sessions revoke --yes --connection shop --plan") << path("plan.json"));
    QVERIFY2(done.exitCode == 0, done.all().constData());
    const QJsonArray entries = m_planner->run(words("audit list")).json().value(QStringLiteral("entries")).toArray();
    for (const auto &entry : entries)
        QCOMPARE(entry.toObject().value(QStringLiteral("reason")).toString(), QStringLiteral("OPS-2291"));
}

void CtlPlanFileTest::anotherReasonIsRefused()
{
    const int rows = m_database->count(QStringLiteral("Session"));
    const CtlResult refused =
        m_planner->run(words("sessions revoke --yes --reason other --connection shop --plan") << path("plan.json"));
    QVERIFY2(refused.exitCode == 2 && refused.err.contains("another reason"), refused.all().constData());
    QCOMPARE(m_database->count(QStringLiteral("Session")), rows);
}

void CtlPlanFileTest::theDatabaseIsKnownByAnySpelling()
{
    const QString link = path("link.db");
    QVERIFY(QFile::link(m_database->path(), link));
    const QFileInfo file(m_database->path());
    for (const QString &address :
         {QString(QStringLiteral("sqlite:") + link), QStringLiteral("sqlite:link.db"), QStringLiteral("file:./link.db"),
          QStringLiteral("sqlite:%1/../%2/%3").arg(file.path(), file.dir().dirName(), file.fileName())}) {
        const CtlResult dry = m_planner->run(words("sessions revoke --dry-run --database")
                                             << address << QStringLiteral("--plan") << path("plan.json"));
        QVERIFY2(dry.exitCode == 0, dry.all().constData());
    }
    const SqliteDatabase another(QStringLiteral("prisma-adapter-sqlite"));
    const CtlResult refused = m_planner->run(words("sessions revoke --dry-run --database")
                                             << another.url() << QStringLiteral("--plan") << path("plan.json"));
    QVERIFY2(refused.exitCode == 4 && refused.errorCode() == QStringLiteral("PlanStale"), refused.all().constData());
    // What was begun under one name is undone under another.
    const CtlResult done =
        m_planner->run(words("sessions revoke --yes --database sqlite:link.db --plan") << path("plan.json"));
    QVERIFY2(done.exitCode == 0, done.all().constData());
    const CtlResult back = m_planner->run(words("sessions restore --yes --connection shop") << text(done, "auditId"));
    QVERIFY2(back.exitCode == 0, back.all().constData());
}

void CtlPlanFileTest::anApprovalOverwritesNothingElse_data()
{
    QTest::addColumn<QString>("by");
    for (const char *by : {"itself", "another path", "a symbolic link", "a hard link", "another file"})
        QTest::addRow("%s", by) << QString::fromLatin1(by);
}

void CtlPlanFileTest::anApprovalOverwritesNothingElse()
{
    QFETCH(const QString, by);
    QString out = path("plan.json");
    if (by == QStringLiteral("another path")) {
        QVERIFY(QDir(m_planner->folder()).mkpath(QStringLiteral("sub")));
        out = path("sub/../plan.json");
    } else if (by == QStringLiteral("a symbolic link")) {
        out = path("link.json");
        QVERIFY(QFile::link(path("plan.json"), out));
    } else if (by == QStringLiteral("a hard link")) {
        out = path("hard.json");
        QCOMPARE(::link(qPrintable(path("plan.json")), qPrintable(out)), 0);
    } else if (by == QStringLiteral("another file")) {
        out = m_planner->writeFile(QStringLiteral("shop.env"), "DATABASE_URL=postgresql://localhost/shop\n");
    }
    const QByteArray plan = contentOf(path("plan.json"));
    const QByteArray before = contentOf(out);
    for (const char *more : {"", "--overwrite"}) {
        const CtlResult refused = approve(out, *m_other, more);
        QVERIFY2(refused.exitCode == 2, refused.all().constData());
        QCOMPARE(refused.errorCode(), QStringLiteral("FileUnwritable"));
        QVERIFY2(refused.err.contains("another place"), refused.all().constData());
        QCOMPARE(contentOf(out), before);
        QCOMPARE(contentOf(path("plan.json")), plan);
    }
}

void CtlPlanFileTest::nothingWaitsForANamedPipe()
{
    const QString pipe = path("pipe");
    QCOMPARE(::mkfifo(qPrintable(pipe), 0600), 0);
    for (const CtlResult &refused :
         {approve(pipe, *m_other), m_planner->run(words("plan save --all --connection shop --out") << pipe)}) {
        QCOMPARE(refused.errorCode(), QStringLiteral("FileUnwritable"));
        QVERIFY2(refused.err.contains("no file"), refused.all().constData());
    }
}

void CtlPlanFileTest::theApproversAreOfWhoWantsThem()
{
    CtlProcess stranger;
    stranger.neverShow("5e551000-0000-4000-8000-");
    const QString theirs = text(approve(path("theirs.json"), stranger), "approver");
    const QString others = text(approve(path("approval.json"), *m_other), "approver");
    QVERIFY(theirs != others && !others.isEmpty());
    QCOMPARE(
        m_planner->run(words("connections add shop --needs-approval --database-env DB --approver") << others).exitCode,
        0);
    QCOMPARE(m_planner->run(words("connections add side --database-env DB --approver") << theirs).exitCode, 0);
    const auto revoke = [this](const char *by, const char *approval) {
        return m_planner->run(words("sessions revoke --yes") + words(by)
                              << QStringLiteral("--plan") << path("plan.json") << QStringLiteral("--approval")
                              << path(approval));
    };
    const CtlResult refused = revoke("--connection side", "theirs.json");
    QVERIFY2(refused.errorCode() == QStringLiteral("WriteRefused") &&
                 refused.err.contains("the connection shop does not list"),
             refused.all().constData());
    const CtlResult unapproved =
        m_planner->run(words("sessions revoke --yes --connection side --plan") << path("plan.json"));
    QVERIFY2(unapproved.exitCode == 4 && unapproved.err.contains("in this database by the connection shop"),
             unapproved.all().constData());
    const CtlResult done = revoke("--database-env DB", "approval.json");
    QVERIFY2(done.exitCode == 0, done.all().constData());
}

void CtlPlanFileTest::anApprovalCountsOnce()
{
    const QString others = text(approve(path("approval.json"), *m_other), "approver");
    QCOMPARE(
        m_planner->run(words("connections add shop --needs-approval --database-env DB --approver") << others).exitCode,
        0);
    const auto revoke = [this](const char *how) {
        return m_planner->run(words("sessions revoke --connection shop") + words(how)
                              << QStringLiteral("--plan") << path("plan.json") << QStringLiteral("--approval")
                              << path("approval.json"));
    };
    const CtlResult done = revoke("--yes");
    QVERIFY2(done.exitCode == 0, done.all().constData());
    const QString id = text(done, "auditId");
    const CtlResult back = m_planner->run(words("sessions restore --yes --connection shop") << id);
    QVERIFY2(back.exitCode == 0, back.all().constData());
    const int rows = m_database->count(QStringLiteral("Session"));
    QVERIFY(rows > 0);
    for (const char *how : {"--yes", "--dry-run"}) {
        const CtlResult again = revoke(how);
        QVERIFY2(again.exitCode == 4 && again.errorCode() == QStringLiteral("WriteRefused"), again.all().constData());
        QVERIFY2(again.err.contains("counts once") && again.err.contains(id.toLatin1()) &&
                     again.err.contains("plan save"),
                 again.all().constData());
        QCOMPARE(m_database->count(QStringLiteral("Session")), rows);
    }
    // The remedy: a new plan of the same sessions, and a new approval.
    const CtlResult saved =
        m_planner->run(words("plan save --all --state all --connection shop --reason OPS-2291 --overwrite --out")
                       << path("plan.json"));
    QVERIFY2(saved.exitCode == 0, saved.all().constData());
    const CtlResult stale = revoke("--yes");
    QVERIFY2(stale.errorCode() == QStringLiteral("FileFormatInvalid"), stale.all().constData());
    QCOMPARE(approve(path("approval.json"), *m_other, "--overwrite").exitCode, 0);
    const CtlResult anew = revoke("--yes");
    QVERIFY2(anew.exitCode == 0, anew.all().constData());
    QCOMPARE(m_database->count(QStringLiteral("Session")), 0);
}

void CtlPlanFileTest::aPlanOfTheFutureIsNotCarriedOut()
{
    const CtlResult saved = m_planner->run(
        words("plan save --all --state all --connection shop --now 4102444800 --overwrite --out") << path("plan.json"));
    QVERIFY2(saved.exitCode == 0 && text(saved, "frozenAt").startsWith(QStringLiteral("2100-01-01")),
             saved.all().constData());
    const QString others = text(approve(path("approval.json"), *m_other), "approver");
    QCOMPARE(
        m_planner->run(words("connections add shop --needs-approval --database-env DB --approver") << others).exitCode,
        0);
    const int rows = m_database->count(QStringLiteral("Session"));
    const CtlResult refused =
        m_planner->run(words("sessions revoke --yes --connection shop --plan")
                       << path("plan.json") << QStringLiteral("--approval") << path("approval.json"));
    QVERIFY2(refused.errorCode() == QStringLiteral("PlanStale") && refused.err.contains("2100-01-01"),
             refused.all().constData());
    QVERIFY(rows > 0);
    QCOMPARE(m_database->count(QStringLiteral("Session")), rows);
}

void CtlPlanFileTest::anApprovalReplacesAnApproval()
{
    QCOMPARE(approve(path("approval.json"), *m_other).exitCode, 0);
    const QByteArray first = contentOf(path("approval.json"));
    const CtlResult again = approve(path("approval.json"), *m_planner, "--overwrite");
    QVERIFY2(again.exitCode == 0, again.all().constData());
    QVERIFY(contentOf(path("approval.json")) != first);
}

void CtlPlanFileTest::aPlanOverwritesNothingElse()
{
    const QString env = m_planner->writeFile(QStringLiteral("shop.env"), "DATABASE_URL=postgresql://localhost/shop\n");
    const QByteArray before = contentOf(env);
    for (const char *command :
         {"plan save --all --connection shop --out", "plan save --all --connection shop --overwrite --out"}) {
        const CtlResult refused = m_planner->run(words(command) << env);
        QCOMPARE(refused.errorCode(), QStringLiteral("FileUnwritable"));
        QCOMPARE(contentOf(env), before);
    }
}

void CtlPlanFileTest::thePlannerIsToldThatTheirApprovalCountsNot()
{
    const CtlResult own = approve(path("approval.json"), *m_planner);
    QVERIFY2(own.err.contains("never counts"), own.all().constData());
    QVERIFY(!approve(path("approval.json"), *m_other).err.contains("never counts"));
}

QTEST_GUILESS_MAIN(CtlPlanFileTest)
#include "tst_CtlPlanFile.moc"
