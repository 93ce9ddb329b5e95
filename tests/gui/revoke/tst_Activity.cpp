#include <QtTest>

#include <QAbstractButton>
#include <QDirIterator>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QVBoxLayout>

#include "tests/gui/revoke/HeldDeletions.h"
#include "tests/support/DemoWindow.h"
#include "tests/support/Patience.h"
#include "tests/support/Screenshots.h"
#include "ui/common/Activities.h"
#include "ui/main/ActivityDrawer.h"
#include "ui/main/CloseQuestion.h"
#include "ui/revoke/PlanSheet.h"
#include "ui/revoke/RevocationController.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using common::ActState;

/// What runs against the demo deployment, as the activity drawer shows it: deletions are held, so that an
/// act stands still as long as is wanted.
class ActivityTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void saysThatNothingRuns();
    void goesOnWithoutItsSheet();
    void pausesAndGoesOn();
    void stopsWhatRuns();
    void asksBeforeItIsLeft();
    void stopsAMeasurementBeforeItIsLeft();
    void doesNotLeaveWherePausingFailed();
    void offersWhatAnEarlierStartLeft();

private:
    static constexpr qsizetype planned = 40;

    [[nodiscard]] common::Activities &activities() { return m_demo.connection().activities(); }
    /// Holds deletions and begins to revoke forty sessions; the act, once it stands in its first batch.
    common::Activity *begin(const QString &reason = QStringLiteral("Laptops stolen in Lyon"));
    /// Lets deletions go, so that what runs goes on.
    void release() { m_hold.reset(); }
    [[nodiscard]] static main::Measurement noMeasurement()
    {
        return {[] { return false; }, [] {}, [](QObject &, const std::function<void()> &) {}};
    }

    test::DemoWindow m_demo{"activity"};
    main::ActivityDrawer *m_drawer = nullptr;
    std::unique_ptr<revoke::RevocationController> m_controller;
    std::unique_ptr<test::HeldDeletions> m_hold;
};

void ActivityTest::initTestCase()
{
    QVERIFY(m_demo.start(2000));
}

void ActivityTest::init()
{
    QVERIFY(m_demo.connect());
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(m_demo.show({1024, 420}));
    auto *column = new QVBoxLayout(&m_demo.window());
    column->setContentsMargins({});
    m_drawer = new main::ActivityDrawer(m_demo.theme());
    column->addStretch();
    column->addWidget(m_drawer);
    m_drawer->setActivities(&activities());
    m_drawer->show();
    QTRY_VERIFY_WITH_TIMEOUT(m_drawer->isVisible(), test::patience);
}

void ActivityTest::cleanup()
{
    release();
    m_controller.reset();
    QTRY_VERIFY_WITH_TIMEOUT(!activities().isActing(), test::patience);
    m_demo.close();
}

common::Activity *ActivityTest::begin(const QString &reason)
{
    m_controller = std::make_unique<revoke::RevocationController>(m_demo.connection());
    revoke::Selection selection;
    auto store = m_demo.open().deployment().openStore(store::Access::ReadOnly, Call::within(1min));
    const auto rows = store
                          ? (*store)->planRows(store::SessionQuery(), 10'000, m_demo.clock().now(), Call::within(1min))
                          : base::Result<std::vector<store::PlannedRow>>(base::fail(store.error()));
    if (!rows || rows->size() < planned)
        return nullptr;
    for (const store::PlannedRow &row : std::span(*rows).first(planned))
        selection.sessions << row.shown.id.value_or(row.shown.fingerprint.text());
    QSignalSpy frozen(m_controller.get(), &revoke::RevocationController::planned);
    m_controller->freeze(selection);
    if (!frozen.wait(test::patience))
        return nullptr;
    m_hold = std::make_unique<test::HeldDeletions>(m_demo.databaseFile());
    if (!m_hold->isHeld())
        return nullptr;
    revoke::RevocationOptions options;
    options.reason = reason;
    options.batchSize = 10;
    const QString log = m_demo.open().log().path();
    const qint64 written = QFileInfo(log).size();
    m_controller->carryOut(options, QStringLiteral("Revoke 40 sessions"), 0ms);
    common::Activity *activity = m_controller->activity();
    // Running is said before the intent is written; once its journal says that the first batch has begun, which is
    // held, the act is one that can be paused or stopped midway.
    const auto hasBegun = [this] {
        QDirIterator journals(m_demo.open().place().folder, {QStringLiteral("journal.ndjson")}, QDir::Files,
                              QDirIterator::Subdirectories);
        return journals.hasNext() && QFileInfo(journals.next()).size() > 0;
    };
    const bool runs =
        activity && QTest::qWaitFor([&] {
            return activity->state() == ActState::Running && QFileInfo(log).size() > written && hasBegun();
        });
    return runs ? activity : nullptr;
}

void ActivityTest::saysThatNothingRuns()
{
    QVERIFY2(m_demo.texts().contains(u"Nothing runs"), qPrintable(m_demo.texts()));
    QCOMPARE(m_drawer->summary(), main::ActivityDrawer::idleText());
    QVERIFY(m_demo.photograph("nothing"));
}

void ActivityTest::goesOnWithoutItsSheet()
{
    const qint64 before = m_demo.liveSessions();
    common::Activity *activity = begin();
    QVERIFY(activity);
    QVERIFY(activities().isActing());
    QVERIFY2(m_demo.texts().contains(u"Revoke 40 sessions"), qPrintable(m_demo.texts()));
    QCOMPARE(m_drawer->summary(), QStringLiteral("1 running, 0 %"));
    QVERIFY(m_demo.photograph("running"));
    m_controller.reset(); // as when its sheet is closed
    QSignalSpy idle(&activities(), &common::Activities::idle);
    release();
    QVERIFY(idle.count() > 0 || idle.wait(test::patience));
    QCOMPARE(m_demo.liveSessions(), before - planned);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"40 of 40 revoked"), qPrintable(m_demo.texts()), test::patience);
    QVERIFY(m_demo.button("activityResult") && m_demo.button("activityAudit"));
    QVERIFY(m_demo.photograph("ended"));
    QSignalSpy wanted(m_drawer, &main::ActivityDrawer::resultRequested);
    QTest::mouseClick(m_demo.button("activityResult"), Qt::LeftButton);
    QCOMPARE(wanted.count(), 1);
    revoke::PlanSheet sheet(m_demo.theme(), m_demo.window(), m_demo.connection(),
                            *activities().acts().first()->end()->report);
    sheet.open();
    QVERIFY2(m_demo.texts().contains(u"What was done"), qPrintable(m_demo.texts()));
}

void ActivityTest::pausesAndGoesOn()
{
    const qint64 before = m_demo.liveSessions();
    QVERIFY(begin(QStringLiteral("Password reset, OPS-2288")));
    QTest::mouseClick(m_demo.button("activityPause"), Qt::LeftButton);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Pausing at the next batch"), qPrintable(m_demo.texts()),
                              test::patience);
    // It is told through its journal, by another worker.
    QTest::qWait(0);
    QTRY_VERIFY_WITH_TIMEOUT(
        QDir(m_demo.open().place().folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size() == 1, test::patience);
    const QString folder =
        QDir(m_demo.open().place().folder).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot).first().filePath();
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(folder + QStringLiteral("/pause")), test::patience);
    release();
    QTRY_VERIFY_WITH_TIMEOUT(activities().unfinished().size() == 1, test::patience);
    const revoke::Operation paused = activities().unfinished().front();
    QCOMPARE(paused.state, revoke::OperationState::Paused);
    QCOMPARE(paused.done, qint64{10});
    QCOMPARE(m_demo.liveSessions(), before - 10);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("activityResume"), test::patience);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"OPS-2288") && m_demo.texts().contains(u"10 of 40 settled"),
                              qPrintable(m_demo.texts()), test::patience);
    QCOMPARE(m_drawer->summary(), QStringLiteral("1 paused"));
    QVERIFY(m_demo.photograph("paused"));
    QSignalSpy wanted(m_drawer, &main::ActivityDrawer::resumeRequested);
    QTest::mouseClick(m_demo.button("activityResume"), Qt::LeftButton);
    QCOMPARE(wanted.count(), 1);
    QSignalSpy ended(m_controller.get(), &revoke::RevocationController::finished);
    m_controller->resume(paused, QStringLiteral("Revoke 40 sessions"));
    QVERIFY(ended.wait(test::patience));
    QCOMPARE(m_demo.liveSessions(), before - planned);
    QTRY_VERIFY_WITH_TIMEOUT(activities().unfinished().empty(), test::patience);
    // One act, once: what the paused run came to is said by the whole one.
    QTRY_COMPARE_WITH_TIMEOUT(activities().acts().size(), 1, test::patience);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"40 of 40 revoked"), qPrintable(m_demo.texts()), test::patience);
}

void ActivityTest::stopsWhatRuns()
{
    const qint64 before = m_demo.liveSessions();
    QVERIFY(begin());
    QTest::mouseClick(m_demo.button("activityStop"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!activities().isActing(), test::patience);
    release();
    QVERIFY(activities().unfinished().empty());
    QVERIFY(m_demo.liveSessions() > before - planned);
    QVERIFY(!activities().acts().first()->end()->good);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Stopped after"), qPrintable(m_demo.texts()), test::patience);
    QVERIFY(m_demo.photograph("stopped"));
}

void ActivityTest::asksBeforeItIsLeft()
{
    int left = 0;
    const auto leave = [this, &left] {
        main::leaveWhenIdle(m_demo.window(), activities(), noMeasurement(), [&left] { ++left; });
    };
    leave();
    QCOMPARE(left, 1); // nothing runs
    QVERIFY(begin());
    leave();
    leave(); // asks once
    const auto boxes = m_demo.window().findChildren<QMessageBox *>();
    QCOMPARE(boxes.size(), 1);
    QCOMPARE(left, 1);
    QVERIFY(m_demo.photograph("leave"));
    QVERIFY(test::saveScreenshot(*boxes.first(), m_demo.theme(), QStringLiteral("activity-question")));
    QTest::mouseClick(boxes.first()->findChild<QAbstractButton *>(QStringLiteral("pauseAndClose")), Qt::LeftButton);
    const QDir operations(m_demo.open().place().folder);
    QTRY_VERIFY_WITH_TIMEOUT(
        QFile::exists(operations.entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot).first().filePath() +
                      QStringLiteral("/pause")),
        test::patience);
    QCOMPARE(left, 1);
    release();
    QTRY_COMPARE_WITH_TIMEOUT(left, 2, test::patience);
    QTRY_COMPARE_WITH_TIMEOUT(activities().unfinished().size(), std::size_t{1}, test::patience);
    QVERIFY(revoke::discardOperation(activities().unfinished().front().head.id, m_demo.open().place(),
                                     m_demo.open().log(), Call::within(1min)));
}

void ActivityTest::stopsAMeasurementBeforeItIsLeft()
{
    int left = 0;
    bool measuring = true;
    int stopped = 0;
    std::function<void()> ended;
    common::ActHead head; // the drawer shows it among the acts
    head.kind = common::measurementKind();
    common::Activity &act = activities().begin(std::move(head));
    act.beginRunning();
    const QSignalSpy pauseWanted(&act, &common::Activity::pauseWanted);
    const main::Measurement measurement{[&measuring] { return measuring; }, [&stopped] { ++stopped; },
                                        [&ended](QObject &, const std::function<void()> &look) { ended = look; }};
    main::leaveWhenIdle(m_demo.window(), activities(), measurement, [&left] { ++left; });
    auto *box = m_demo.window().findChild<QMessageBox *>();
    QVERIFY(box);
    QCOMPARE(box->text(), QStringLiteral("A latency measurement is still running."));
    QVERIFY2(!box->informativeText().contains(QStringLiteral("offered")), qPrintable(box->informativeText()));
    QCOMPARE(stopped, 0);
    auto *close = box->findChild<QAbstractButton *>(QStringLiteral("pauseAndClose"));
    QCOMPARE(close->text(), QStringLiteral("Stop and close"));
    QTest::mouseClick(close, Qt::LeftButton);
    QCOMPARE(stopped, 1);
    QCOMPARE(pauseWanted.size(), 0);
    ended(); // of another one: this still runs
    QCOMPARE(left, 0);
    measuring = false;
    ended();
    ended();
    QCOMPARE(left, 1);
}

void ActivityTest::doesNotLeaveWherePausingFailed()
{
    int left = 0;
    QVERIFY(begin());
    main::leaveWhenIdle(m_demo.window(), activities(), noMeasurement(), [&left] { ++left; });
    QTest::mouseClick(
        m_demo.window().findChild<QMessageBox *>()->findChild<QAbstractButton *>(QStringLiteral("pauseAndClose")),
        Qt::LeftButton);
    Q_EMIT activities().failed(base::Error(base::ErrorCode::Internal));
    release();
    QTRY_VERIFY_WITH_TIMEOUT(!activities().isActing(), test::patience);
    QTest::qWait(0);
    QCOMPARE(left, 0);
    for (const auto &operation : activities().unfinished())
        QVERIFY(revoke::discardOperation(operation.head.id, m_demo.open().place(), m_demo.open().log(),
                                         Call::within(1min)));
}

void ActivityTest::offersWhatAnEarlierStartLeft()
{
    QVERIFY(begin());
    activities().pause(*activities().acts().first());
    const QDir operations(m_demo.open().place().folder);
    QTRY_VERIFY_WITH_TIMEOUT(
        QFile::exists(operations.entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot).first().filePath() +
                      QStringLiteral("/pause")),
        test::patience);
    release();
    QTRY_VERIFY_WITH_TIMEOUT(!activities().isActing(), test::patience);
    m_controller.reset();
    // As when the program is started again: nothing is known but what lies on disk.
    m_drawer->setActivities(nullptr);
    init();
    QVERIFY(activities().acts().isEmpty());
    activities().refresh();
    QTRY_COMPARE_WITH_TIMEOUT(activities().unfinished().size(), std::size_t{1}, test::patience);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("activityResume"), test::patience);
    const QString id = activities().unfinished().front().head.id;
    QVERIFY(revoke::discardOperation(id, m_demo.open().place(), m_demo.open().log(), Call::within(1min)));
    activities().refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!m_demo.button("activityResume"), test::patience);
}

QTEST_MAIN(ActivityTest)
#include "tst_Activity.moc"
