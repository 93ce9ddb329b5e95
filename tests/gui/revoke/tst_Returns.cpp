#include <QtTest>

#include <QAccessible>
#include <QVBoxLayout>

#include "tests/support/DemoWindow.h"
#include "tests/support/Patience.h"
#include "ui/common/Activities.h"
#include "ui/common/ReturnWatches.h"
#include "ui/main/ActivityDrawer.h"
#include "ui/main/AlarmBar.h"
#include "ui/revoke/PlanSheet.h"
#include "ui/revoke/RestoreController.h"
#include "ui/revoke/RevocationController.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;

/// Sessions of the demo deployment are revoked, and something puts their rows back: the alarm of the window.
class ReturnsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void watchesWithoutBeingInTheWay();
    void raisesTheAlarm();
    void offersExactlyThoseAgain();
    void endsWhenStopped();
    void saysSoWhereNoneCameBack();
    void isSilencedUntilAnotherComes();
    void endsWithItsConnection();
    void anUndoIsNoAlarm();
    void isAnsweredSessionBySession();
    void aFifthRevocationEndsTheOldest();

private:
    /// Fingerprints of the live sessions.
    [[nodiscard]] QStringList live() const;
    /// Revokes @p sessions of the live ones, and watches them for @p time.
    void revoke(int sessions, std::chrono::milliseconds time);
    void revokeThese(const revoke::Selection &selection, std::chrono::milliseconds time);
    /// Puts back @p sessions of those that were revoked.
    void putBack(int sessions);
    [[nodiscard]] common::ReturnWatches &returns() { return m_demo.connection().activities().returns(); }

    test::DemoWindow m_demo{"returns"};
    main::AlarmBar *m_alarm = nullptr;
    main::ActivityDrawer *m_drawer = nullptr;
    std::shared_ptr<const revoke::RevocationReport> m_report;
};

void ReturnsTest::init()
{
    QVERIFY(m_demo.start(300));
    QVERIFY(m_demo.execute("CREATE TABLE kept AS SELECT * FROM \"Session\""));
    QVERIFY(m_demo.connect());
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(m_demo.show({1240, 480}));
    auto *column = new QVBoxLayout(&m_demo.window());
    column->setContentsMargins({});
    m_alarm = new main::AlarmBar(m_demo.theme());
    m_alarm->setWatches(&returns());
    m_alarm->setInSight(true);
    m_drawer = new main::ActivityDrawer(m_demo.theme());
    m_drawer->setActivities(&m_demo.connection().activities());
    column->addWidget(m_alarm);
    column->addStretch();
    column->addWidget(m_drawer);
    m_drawer->show();
}

void ReturnsTest::cleanup()
{
    m_demo.close();
}

QStringList ReturnsTest::live() const
{
    auto store = m_demo.open().deployment().openStore(store::Access::ReadOnly, Call::within(1min));
    const auto rows = (*store)->planRows(store::SessionQuery(), 10'000, m_demo.clock().now(), Call::within(1min));
    QStringList fingerprints;
    if (rows) {
        for (const store::PlannedRow &row : *rows)
            fingerprints << row.shown.fingerprint.text();
    }
    return fingerprints;
}

void ReturnsTest::revoke(int sessions, std::chrono::milliseconds time)
{
    revoke::Selection selection;
    selection.sessions = live().first(sessions);
    revokeThese(selection, time);
}

void ReturnsTest::revokeThese(const revoke::Selection &selection, std::chrono::milliseconds time)
{
    // Gone before what it began has ended, as when its sheet is closed.
    auto controller = std::make_unique<revoke::RevocationController>(m_demo.connection());
    QSignalSpy frozen(controller.get(), &revoke::RevocationController::planned);
    controller->freeze(selection);
    QVERIFY(frozen.wait(test::patience));
    revoke::RevocationOptions options;
    options.reason = QStringLiteral("Laptops stolen in Lyon");
    QSignalSpy idle(&m_demo.connection().activities(), &common::Activities::idle);
    controller->carryOut(options, QStringLiteral("Revoke sessions"), time);
    controller.reset();
    QVERIFY(idle.count() > 0 || idle.wait(test::patience));
    m_report = m_demo.connection().activities().acts().first()->end()->report;
    QCOMPARE(m_report->revoked, selection.sessions.size());
}

void ReturnsTest::putBack(int sessions)
{
    const QByteArray sql = "INSERT INTO \"Session\" SELECT * FROM kept WHERE \"sessionToken\" NOT IN "
                           "(SELECT \"sessionToken\" FROM \"Session\") LIMIT " +
                           QByteArray::number(sessions);
    QVERIFY(m_demo.execute(sql.constData()));
}

void ReturnsTest::watchesWithoutBeingInTheWay()
{
    revoke(3, 60s);
    QVERIFY(returns().isWatching());
    QVERIFY(!m_demo.connection().activities().isActing()); // it is no reason to stay
    QVERIFY(m_alarm->isHidden());
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Watch for 3 revoked sessions coming back"),
                              qPrintable(m_demo.texts()), test::patience);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"None has come back"), qPrintable(m_demo.texts()),
                              test::patience);
    QCOMPARE(m_drawer->summary(), QStringLiteral("watching for returns"));
    QVERIFY(m_demo.photograph("watching"));
    revoke::PlanSheet sheet(m_demo.theme(), m_demo.window(), m_demo.connection(), *m_report);
    m_demo.window().resize(1240, 900);
    sheet.open();
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Watching for their return"), qPrintable(m_demo.texts()),
                              test::patience);
    QVERIFY(m_demo.photograph("result"));
}

void ReturnsTest::raisesTheAlarm()
{
    revoke(3, 10min);
    putBack(2);
    QTRY_VERIFY_WITH_TIMEOUT(m_alarm->isVisible(), test::patience);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"2 revoked sessions are back"), qPrintable(m_demo.texts()),
                              test::patience);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"2 of 3 came back"), qPrintable(m_demo.texts()),
                              test::patience); // its row is new: laid out next
    QCOMPARE(m_drawer->summary(), QStringLiteral("2 came back"));
    // What a screen reader says of it; that it is announced cannot be seen where there is none.
    const QString spoken = QAccessible::queryAccessibleInterface(m_alarm)->text(QAccessible::Name);
    QVERIFY2(spoken.startsWith(u"2 revoked sessions are back. "), qPrintable(spoken));
    QVERIFY(m_demo.photograph("alarm"));
    // The third is still looked for.
    QVERIFY(returns().isWatching());
    // On record, beside the revocation.
    const auto entries = m_demo.open().log().list(0, 100);
    QVERIFY(entries.has_value());
    QCOMPARE(entries->back().action, QStringLiteral("sessions.resurrected"));
    QCOMPARE(entries->back().counts.value(u"returned").toInteger(), 2);
}

void ReturnsTest::offersExactlyThoseAgain()
{
    revoke(3, 10min);
    putBack(2);
    QTRY_VERIFY_WITH_TIMEOUT(m_alarm->isVisible(), test::patience);
    std::vector<revoke::Resurrection> again;
    connect(m_alarm, &main::AlarmBar::revokeRequested, this, [&again](const auto &sessions) { again = sessions; });
    QTest::mouseClick(m_demo.button("alarmRevoke"), Qt::LeftButton);
    QCOMPARE(again.size(), std::size_t{2});
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("activityRevokeAgain"), test::patience);
    std::vector<revoke::Resurrection> fromDrawer;
    connect(m_drawer, &main::ActivityDrawer::revokeAgainRequested, this,
            [&fromDrawer](const auto &sessions) { fromDrawer = sessions; });
    QTest::mouseClick(m_demo.button("activityRevokeAgain"), Qt::LeftButton);
    QCOMPARE(fromDrawer.size(), std::size_t{2});
    revoke::Selection selection;
    for (const revoke::Resurrection &session : again)
        selection.sessions << session.fingerprint.text();
    revoke::PlanSheet plan(m_demo.theme(), m_demo.window(), m_demo.connection(), selection);
    plan.open();
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("planExecute"), test::patience);
    QCOMPARE(m_demo.button("planExecute")->text(), QStringLiteral("Revoke 2 sessions"));
}

void ReturnsTest::endsWhenStopped()
{
    revoke(2, 10min);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("activityStopWatch"), test::patience);
    QTest::mouseClick(m_demo.button("activityStopWatch"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!returns().isWatching(), test::patience);
    QVERIFY(!m_demo.button("activityStopWatch"));
    QCOMPARE(m_drawer->summary(), main::ActivityDrawer::idleText());
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Ended before its time"), qPrintable(m_demo.texts()),
                              test::patience);
    QVERIFY(m_demo.photograph("stopped"));
}

void ReturnsTest::saysSoWhereNoneCameBack()
{
    revoke(2, 300ms);
    QTRY_VERIFY_WITH_TIMEOUT(!returns().isWatching(), test::patience);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"None came back"), qPrintable(m_demo.texts()), test::patience);
    QVERIFY(m_alarm->isHidden());
}

void ReturnsTest::isSilencedUntilAnotherComes()
{
    revoke(3, 10min);
    putBack(1);
    QTRY_VERIFY_WITH_TIMEOUT(m_alarm->isVisible(), test::patience);
    QTest::mouseClick(m_demo.button("alarmSilence"), Qt::LeftButton);
    QVERIFY(m_alarm->isHidden());
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"1 of 3 came back"), qPrintable(m_demo.texts()),
                              test::patience); // still said there
    putBack(1);
    QTRY_VERIFY_WITH_TIMEOUT(m_alarm->isVisible(), test::patience);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"A revoked session is back"), qPrintable(m_demo.texts()),
                              test::patience);
    // Over a page that hides which connection it is about, it is not shown.
    m_alarm->setInSight(false);
    QVERIFY(m_alarm->isHidden());
    m_alarm->setInSight(true);
    QVERIFY(m_alarm->isVisible());
}

void ReturnsTest::endsWithItsConnection()
{
    revoke(2, 10min);
    m_demo.close(); // a watch that goes on would keep this longer than a test may take
}

void ReturnsTest::anUndoIsNoAlarm()
{
    revoke(3, 10min);
    const qint64 before = m_demo.liveSessions();
    revoke::RestoreController controller(m_demo.connection());
    QSignalSpy planned(&controller, &revoke::RestoreController::planned);
    controller.read(m_report->auditId);
    QVERIFY(planned.wait(test::patience));
    revoke::RestoreOptions options;
    options.reason = QStringLiteral("It was a drill");
    QSignalSpy finished(&controller, &revoke::RestoreController::finished);
    controller.carryOut(options, QStringLiteral("Put sessions back"));
    QVERIFY(finished.wait(test::patience));
    QCOMPARE(m_demo.liveSessions(), before + 3);
    QTRY_VERIFY_WITH_TIMEOUT(!returns().isWatching(), test::patience);
    QVERIFY(m_alarm->isHidden());
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Ended, as an undo was begun"), qPrintable(m_demo.texts()),
                              test::patience);
    const auto entries = m_demo.open().log().list(0, 100);
    QVERIFY(entries.has_value());
    for (const audit::AuditEntry &entry : *entries)
        QVERIFY(entry.counts.value(u"revocation") != m_report->auditId);
}

void ReturnsTest::isAnsweredSessionBySession()
{
    revoke(3, 10min);
    putBack(2);
    QTRY_COMPARE_WITH_TIMEOUT(returns().alarm().size(), std::size_t{2}, test::patience);
    // Others that are revoked meanwhile are no answer.
    revoke::Selection other;
    other.sessions << live().back();
    revokeThese(other, 0s);
    const std::vector<revoke::Resurrection> alarm = returns().alarm();
    QCOMPARE(alarm.size(), std::size_t{2});
    QVERIFY(m_report->rows.front().fingerprint != alarm.front().fingerprint &&
            m_report->rows.front().fingerprint != alarm.back().fingerprint);
    // One of the two, as from the Sessions page, by an act that no sheet waits for.
    revoke::Selection selection;
    selection.sessions << alarm.front().fingerprint.text();
    revokeThese(selection, 0s);
    QCOMPARE(returns().alarm().size(), std::size_t{1});
    QVERIFY(returns().alarm().front().fingerprint == alarm.back().fingerprint);
    QVERIFY2(m_alarm->isVisible() && m_demo.texts().contains(u"A revoked session is back"), qPrintable(m_demo.texts()));
    selection.sessions = {alarm.back().fingerprint.text()};
    revokeThese(selection, 0s);
    QVERIFY(m_alarm->isHidden());
}

void ReturnsTest::aFifthRevocationEndsTheOldest()
{
    for (qsizetype i = 0; i <= common::ReturnWatches::mostRunning; ++i)
        revoke(1, 60s);
    const QList<common::ReturnWatch *> &all = returns().all();
    QCOMPARE(all.size(), common::ReturnWatches::mostRunning + 1);
    QTRY_VERIFY_WITH_TIMEOUT(!all.last()->isRunning(), test::patience);
    QVERIFY(all.last()->isCutShort());
    QCOMPARE(std::ranges::count_if(all, &common::ReturnWatch::isRunning), common::ReturnWatches::mostRunning);
    // It did not see its time out, and does not say so.
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Ended before its time"), qPrintable(m_demo.texts()),
                              test::patience);
    QVERIFY2(!m_demo.texts().contains(u"None came back while it looked"), qPrintable(m_demo.texts()));
}

QTEST_MAIN(ReturnsTest)
#include "tst_Returns.moc"
