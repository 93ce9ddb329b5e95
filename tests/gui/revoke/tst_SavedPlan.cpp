#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>
#include <QLineEdit>

#include "core/base/Fingerprint.h"
#include "core/revoke/ApproverKey.h"
#include "core/workspace/Approvers.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/DemoWindow.h"
#include "tests/support/Patience.h"
#include "ui/revoke/ApprovalRow.h"
#include "ui/revoke/PlanSheet.h"
#include "ui/revoke/SavedPlanSheet.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using revoke::PlanSheet;
using revoke::SavedPlanSheet;

/// A plan is saved, approved by a second person with their own keys, and carried out, all in the window, where the
/// connection wants the approval.
class SavedPlanTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void saysWhatIsMissing();
    void isCarriedOutOnceApproved();
    void takesNoApprovalButASecondPersons();
    void noOtherPlansApproval();
    void showsWhyAFileIsNoPlan();
    void aChangedFileIsNotShown();
    void anApprovalOverwritesNoPlan();
    void anApprovalBringsItsReason();
    void anotherPlannersPlanIsNotOurs();

private:
    /// Connects as the planner; they want an approval by @p approver.
    void connectAsPlanner(const QString &approver = {});
    /// Opens the planner's connection under @p name, for which @p approver may approve.
    workspace::ConnectionProfile openAs(const QString &name, const QString &approver);
    /// The name of the second person's key.
    [[nodiscard]] QString approverName();
    /// The name of the planner's key.
    [[nodiscard]] QString plannerName();
    void openPlan(const QString &provider = QStringLiteral("github"));
    [[nodiscard]] QString file(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    /// The plan that is shown, saved to @p path.
    void save(const QString &path);
    /// Approves the plan at @p plan into @p approval, in the second person's window.
    void approve(const QString &plan, const QString &approval);
    void take(const QString &approval) { m_plan->findChild<revoke::ApprovalRow *>()->take(approval); }

    QTemporaryDir m_folder;
    test::DemoWindow m_demo{"saved-plan"};
    test::TestConnection m_second{m_demo.clock()}; ///< the second person's, with keys of their own
    QPointer<PlanSheet> m_plan;
    QString m_first; ///< the fingerprint of the first row of the plan saved last
};

void SavedPlanTest::init()
{
    QVERIFY(m_demo.start(400));
    QVERIFY(m_demo.show({1040, 760}));
}

void SavedPlanTest::cleanup()
{
    m_second.close();
    m_demo.close();
}

QString SavedPlanTest::plannerName()
{
    const auto key = revoke::ApproverKey::load(m_demo.open().place().vault, false, Call::within(1min));
    return key ? key->name() : QStringLiteral("no key");
}

QString SavedPlanTest::approverName()
{
    const auto key = revoke::ApproverKey::load(m_second.place().vault, true, Call::within(1min));
    return key ? key->name() : QString();
}

void SavedPlanTest::connectAsPlanner(const QString &approver)
{
    workspace::ConnectionProfile profile = openAs(QStringLiteral("orchard-shop"), approver);
    profile.name = QStringLiteral("shop as the second person calls it");
    QVERIFY(m_second.open(profile, {}, {true, false}));
}

workspace::ConnectionProfile SavedPlanTest::openAs(const QString &name, const QString &approver)
{
    workspace::ConnectionProfile profile;
    profile.name = name;
    profile.database = m_demo.info().databaseUrl;
    profile.needsApproval = true;
    const auto opened = m_demo.open().open(profile, {}, {true, false});
    m_demo.connection().setConfigFolder(m_folder.path());
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    const auto listed = workspace::writeApprovers(
        m_folder.path(), profile.name, approver.isEmpty() ? QStringList() : QStringList{approver}, Call::within(1min));
    if (!opened || !listed)
        QTest::qFail("the connection cannot be opened", __FILE__, __LINE__);
    return profile;
}

void SavedPlanTest::openPlan(const QString &provider)
{
    revoke::Selection selection;
    selection.query.emplace().provider = provider;
    m_plan = new PlanSheet(m_demo.theme(), m_demo.window(), m_demo.connection(), selection);
    m_plan->open();
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("planExecute"), test::patience);
    QTest::keyClicks(m_demo.find<QLineEdit>("planReason"), QStringLiteral("Leaver, OPS-2291"));
}

void SavedPlanTest::save(const QString &path)
{
    m_plan->findChild<revoke::ApprovalRow *>()->save(path);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Saved as"), qPrintable(m_demo.texts()), test::patience);
    QCOMPARE(QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    const QJsonObject json = QJsonDocument::fromJson(test::contentOf(path)).object();
    m_first = base::Fingerprint::fromText(json.value(u"sample").toArray().first().toString()).grouped();
    QVERIFY(!m_first.isEmpty());
}

void SavedPlanTest::approve(const QString &plan, const QString &approval)
{
    auto *sheet = new SavedPlanSheet(m_demo.theme(), m_demo.window(), m_second.connection(), plan);
    sheet->open();
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Somebody else made this plan"), qPrintable(m_demo.texts()),
                              test::patience);
    QVERIFY2(m_demo.texts().contains(u"live sessions by provider "), qPrintable(m_demo.texts()));
    // What is approved: why, by whom, and which.
    QVERIFY2(m_demo.texts().contains(u"Leaver, OPS-2291"), qPrintable(m_demo.texts()));
    QVERIFY2(m_demo.texts().contains(audit::currentActor()), qPrintable(m_demo.texts()));
    QVERIFY2(m_demo.texts().contains(plannerName()), qPrintable(m_demo.texts()));
    QVERIFY2(m_demo.texts().contains(m_first), qPrintable(m_demo.texts()));
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("savedPlanApprove") && m_demo.button("savedPlanApprove")->isEnabled(),
                             test::patience);
    QVERIFY(!m_demo.button("savedPlanCarryOut")->isEnabled()); // sealed by another
    sheet->approve(approval);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Approved, in"), qPrintable(m_demo.texts()), test::patience);
    QVERIFY2(m_demo.texts().contains(approverName()), qPrintable(m_demo.texts()));
    QVERIFY(m_demo.photograph("approved"));
    sheet->dismiss();
}

void SavedPlanTest::saysWhatIsMissing()
{
    connectAsPlanner();
    openPlan();
    QVERIFY(!m_demo.button("planExecute")->isEnabled());
    QVERIFY2(m_demo.texts().contains(u"Approval missing") &&
                 m_demo.texts().contains(u"A second person's approval is missing"),
             qPrintable(m_demo.texts()));
    QVERIFY(m_demo.photograph("missing"));
    save(file("plan.json"));
    QVERIFY(!m_demo.button("planExecute")->isEnabled());
}

void SavedPlanTest::isCarriedOutOnceApproved()
{
    connectAsPlanner(approverName());
    openPlan();
    const qint64 live = m_demo.liveSessions();
    save(file("plan.json"));
    m_plan->dismiss();
    approve(file("plan.json"), file("approval.json"));
    // Later, the planner opens their file again, over a connection of another name: what was approved is what the file
    // says.
    openAs(QStringLiteral("orchard, renamed"), approverName());
    auto *saved = new SavedPlanSheet(m_demo.theme(), m_demo.window(), m_demo.connection(), file("plan.json"));
    std::shared_ptr<const revoke::RevocationPlan> wanted;
    revoke::PlanSummary summary;
    connect(saved, &SavedPlanSheet::planRequested, this, [&](const auto &plan, const revoke::PlanSummary &said) {
        wanted = plan;
        summary = said;
    });
    saved->open();
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"You made this plan"), qPrintable(m_demo.texts()),
                              test::patience);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("savedPlanApprove") && m_demo.button("savedPlanCarryOut"), test::patience);
    QVERIFY(!m_demo.button("savedPlanApprove")->isEnabled());
    QVERIFY(m_demo.photograph("own"));
    QTest::mouseClick(m_demo.button("savedPlanCarryOut"), Qt::LeftButton);
    QVERIFY(wanted);
    m_plan = new PlanSheet(m_demo.theme(), m_demo.window(), m_demo.connection(), wanted, summary);
    m_plan->open();
    QCOMPARE(m_demo.find<QLineEdit>("planReason")->text(), QStringLiteral("Leaver, OPS-2291"));
    QVERIFY(!m_demo.button("planExecute")->isEnabled());
    take(file("approval.json"));
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("planExecute")->isEnabled(), test::patience);
    QVERIFY2(m_demo.texts().contains(approverName()), qPrintable(m_demo.texts()));
    QVERIFY(m_demo.photograph("with-approval"));
    QSignalSpy done(m_plan.data(), &PlanSheet::finished);
    QTest::mouseClick(m_demo.button("planExecute"), Qt::LeftButton);
    QVERIFY(done.wait(test::patience));
    QCOMPARE(m_demo.liveSessions(), live - qint64(wanted->rows.size()));
    const auto entries = m_demo.open().log().list(0, 100);
    QVERIFY(entries.has_value());
    QCOMPARE(entries->back().counts.value(u"approver").toString(), approverName());
    QCOMPARE(entries->back().planDigest, wanted->digest);
    QCOMPARE(entries->back().reason, QStringLiteral("Leaver, OPS-2291"));
    // It counted: the same file and approval once more are refused.
    m_plan->dismiss();
    m_plan = new PlanSheet(m_demo.theme(), m_demo.window(), m_demo.connection(), wanted, summary);
    m_plan->open();
    take(file("approval.json"));
    QTRY_VERIFY2(m_demo.texts().contains(u"an approval counts once"), qPrintable(m_demo.texts()));
    QVERIFY(!m_demo.button("planExecute")->isEnabled());
    QVERIFY(m_demo.photograph("used-approval"));
}

void SavedPlanTest::takesNoApprovalButASecondPersons()
{
    connectAsPlanner(); // nobody is listed
    openPlan();
    save(file("unlisted.json"));
    auto *sheet = new SavedPlanSheet(m_demo.theme(), m_demo.window(), m_second.connection(), file("unlisted.json"));
    QSignalSpy approved(sheet->findChild<revoke::PlanFiles *>(), &revoke::PlanFiles::approved);
    QTRY_VERIFY_WITH_TIMEOUT(sheet->findChild<common::Button *>(QStringLiteral("savedPlanApprove")), test::patience);
    sheet->approve(file("unlisted-approval.json"));
    QVERIFY(approved.wait(test::patience));
    delete sheet;
    take(file("unlisted-approval.json"));
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"does not list"), qPrintable(m_demo.texts()), test::patience);
    QVERIFY(!m_demo.button("planExecute")->isEnabled());
    QVERIFY(m_demo.photograph("unlisted"));
}

void SavedPlanTest::noOtherPlansApproval()
{
    connectAsPlanner(approverName());
    openPlan(QStringLiteral("google"));
    save(file("other.json"));
    m_plan->dismiss();
    approve(file("other.json"), file("other-approval.json"));
    openPlan();
    take(file("other-approval.json"));
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"of another plan"), qPrintable(m_demo.texts()), test::patience);
    QVERIFY(!m_demo.button("planExecute")->isEnabled());
}

void SavedPlanTest::showsWhyAFileIsNoPlan()
{
    connectAsPlanner();
    QFile broken(file("broken.json"));
    QVERIFY(broken.open(QIODevice::WriteOnly) && broken.write("{}") == 2);
    broken.close();
    auto *sheet = new SavedPlanSheet(m_demo.theme(), m_demo.window(), m_demo.connection(), file("broken.json"));
    sheet->open();
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"no plan of this version"), qPrintable(m_demo.texts()),
                              test::patience);
    QVERIFY(m_demo.photograph("broken"));
}

void SavedPlanTest::aChangedFileIsNotShown()
{
    connectAsPlanner();
    openPlan();
    save(file("plan.json"));
    m_plan->dismiss();
    QByteArray text = test::contentOf(file("plan.json"));
    QVERIFY(text.contains("OPS-2291"));
    text.replace("OPS-2291", "OPS-2292");
    QFile changed(file("plan.json"));
    QVERIFY(changed.open(QIODevice::WriteOnly | QIODevice::Truncate) && changed.write(text) == text.size());
    changed.close();
    for (common::OpenConnection *reader : {&m_second.connection(), &m_demo.connection()}) {
        auto *sheet = new SavedPlanSheet(m_demo.theme(), m_demo.window(), *reader, file("plan.json"));
        sheet->open();
        QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"changed since it was saved"), qPrintable(m_demo.texts()),
                                  test::patience);
        QVERIFY(!m_demo.button("savedPlanApprove"));
        QVERIFY(m_demo.photograph("changed"));
        delete sheet;
    }
}

void SavedPlanTest::anApprovalOverwritesNoPlan()
{
    connectAsPlanner();
    openPlan();
    save(file("plan.json"));
    m_plan->dismiss();
    const QByteArray before = test::contentOf(file("plan.json"));
    auto *sheet = new SavedPlanSheet(m_demo.theme(), m_demo.window(), m_second.connection(), file("plan.json"));
    sheet->open();
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("savedPlanApprove"), test::patience);
    sheet->approve(file("plan.json"));
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"the approval would overwrite"), qPrintable(m_demo.texts()),
                              test::patience);
    QCOMPARE(test::contentOf(file("plan.json")), before);
}

void SavedPlanTest::anApprovalBringsItsReason()
{
    connectAsPlanner(approverName());
    openPlan();
    save(file("plan.json"));
    auto *reason = m_demo.find<QLineEdit>("planReason");
    // The sheet stays open while somebody else approves what was saved from it.
    auto *sheet = new SavedPlanSheet(m_demo.theme(), m_demo.window(), m_second.connection(), file("plan.json"));
    QSignalSpy approved(sheet->findChild<revoke::PlanFiles *>(), &revoke::PlanFiles::approved);
    QTRY_VERIFY_WITH_TIMEOUT(sheet->findChild<common::Button *>(QStringLiteral("savedPlanApprove")), test::patience);
    sheet->approve(file("approval.json"));
    QVERIFY(approved.wait(test::patience));
    delete sheet;
    reason->setText(QStringLiteral("something else"));
    take(file("approval.json"));
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(approverName()), qPrintable(m_demo.texts()), test::patience);
    QCOMPARE(reason->text(), QStringLiteral("Leaver, OPS-2291"));
    QVERIFY(m_demo.button("planExecute")->isEnabled());
    QTest::keyClicks(reason, QStringLiteral("and more"));
    QCOMPARE(reason->text(), QStringLiteral("Leaver, OPS-2291"));
    // However another came there: it is not what was approved.
    reason->setText(QStringLiteral("something else"));
    const qint64 live = m_demo.liveSessions();
    QTest::mouseClick(m_demo.button("planExecute"), Qt::LeftButton);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"approved for another reason"), qPrintable(m_demo.texts()),
                              test::patience);
    QCOMPARE(m_demo.liveSessions(), live);
}

void SavedPlanTest::anotherPlannersPlanIsNotOurs()
{
    connectAsPlanner(approverName());
    openPlan();
    save(file("plan.json"));
    // A third person's file of the same rows, by whatever means, approved by who is listed.
    const auto saved = revoke::readSavedPlan(test::contentOf(file("plan.json")), file("plan.json"));
    const auto key = revoke::ApproverKey::load(m_second.place().vault, true, Call::within(1min));
    QVERIFY(saved && key);
    revoke::PlanSummary theirs = saved->summary;
    theirs.planner = QStringLiteral("ed25519:somebody-else");
    const auto bytes = revoke::approvalBytes(theirs, *key, m_demo.clock().now());
    QFile approval(file("theirs.json"));
    QVERIFY(bytes && approval.open(QIODevice::WriteOnly) && approval.write(*bytes) == bytes->size());
    approval.close();
    take(file("theirs.json"));
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"another planner's key"), qPrintable(m_demo.texts()),
                              test::patience);
    QVERIFY(!m_demo.button("planExecute")->isEnabled());
}

QTEST_MAIN(SavedPlanTest)
#include "tst_SavedPlan.moc"
