#include <QtTest>

#include <QCheckBox>
#include <QLineEdit>

#include "core/store/ExpiredRows.h"
#include "tests/gui/revoke/HeldDeletions.h"
#include "tests/support/DemoWindow.h"
#include "tests/support/Patience.h"
#include "ui/common/Activities.h"
#include "ui/common/SegmentedControl.h"
#include "ui/revoke/PruneSheet.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using revoke::PruneSheet;

/// Expired sessions of the demo deployment are pruned through the window.
class PruneSheetTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void showsWhatWouldGo();
    void countsByAge();
    void remembersThePaceWhileAgesAreCounted();
    void prunesInGuardedModeAlone();
    void aProductionProfileTypesNameAndCount();
    void oneReasonStandsWhileArmed();
    void armedEndsByItself();
    void goesOnWithoutTheSheet();

private:
    /// How many sessions expired longer ago than so.
    [[nodiscard]] qint64 expired(std::chrono::hours age = 24h) const;
    void openConnection(workspace::Environment environment);
    void openSheet();
    /// The sheet once it has counted.
    void ready() { QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("pruneExecute"), test::patience); }
    void giveReason(const QString &reason);

    test::DemoWindow m_demo{"prune"};
    QPointer<PruneSheet> m_sheet;
};

void PruneSheetTest::init()
{
    QVERIFY(m_demo.start(1500));
    openConnection(workspace::Environment::Development);
    QVERIFY(m_demo.show({1040, 720}));
}

void PruneSheetTest::openConnection(workspace::Environment environment)
{
    QVERIFY(m_demo.connect({QStringLiteral("orchard-shop"), environment}));
}

void PruneSheetTest::cleanup()
{
    m_demo.close();
}

qint64 PruneSheetTest::expired(std::chrono::hours age) const
{
    auto store = m_demo.open().deployment().openStore(store::Access::ReadOnly, Call::within(1min));
    return store ? (*store)->expiredRows()->count(m_demo.clock().now() - age, Call::within(1min)).value_or(-1) : -1;
}

void PruneSheetTest::openSheet()
{
    m_sheet = new PruneSheet(m_demo.theme(), m_demo.window(), m_demo.connection());
    m_sheet->open();
}

void PruneSheetTest::giveReason(const QString &reason)
{
    QTest::keyClicks(m_demo.window().findChild<QLineEdit *>(QStringLiteral("planReason")), reason);
}

void PruneSheetTest::showsWhatWouldGo()
{
    const qint64 before = expired();
    QVERIFY(before > 0);
    openSheet();
    ready();
    QVERIFY2(m_demo.texts().contains(QStringLiteral("Prune %1 expired sessions").arg(before)),
             qPrintable(m_demo.texts()));
    QVERIFY2(m_demo.texts().contains(u"there is no undo") && m_demo.texts().contains(u"read-only"),
             qPrintable(m_demo.texts()));
    QVERIFY(m_demo.photograph("plan-read-only"));
    QVERIFY(!m_demo.button("pruneExecute")->isEnabled());
    QTest::keyClick(m_sheet.data(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(m_sheet.isNull(), test::patience);
    QCOMPARE(expired(), before);
}

void PruneSheetTest::countsByAge()
{
    openSheet();
    ready();
    giveReason(QStringLiteral("Monthly prune"));
    const qint64 older = expired(24h * 7);
    QVERIFY(older > 0 && older < expired());
    m_demo.window().findChild<common::SegmentedControl *>(QStringLiteral("pruneAge"))->setCurrent(1);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(QStringLiteral("Prune %1 expired sessions").arg(older)),
                              qPrintable(m_demo.texts()), test::patience);
    // The reason is not typed twice.
    QCOMPARE(m_demo.window().findChild<QLineEdit *>(QStringLiteral("planReason"))->text(),
             QStringLiteral("Monthly prune"));
    m_demo.window().findChild<common::SegmentedControl *>(QStringLiteral("pruneAge"))->setCurrent(3);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Nothing to prune"), qPrintable(m_demo.texts()), test::patience);
}

void PruneSheetTest::remembersThePaceWhileAgesAreCounted()
{
    openSheet();
    ready();
    const auto paced = [this] { return m_demo.window().findChild<QCheckBox *>(QStringLiteral("prunePaced")); };
    const auto choose = [this](int age) {
        m_demo.window().findChild<common::SegmentedControl *>(QStringLiteral("pruneAge"))->setCurrent(age);
        QCoreApplication::sendPostedEvents(m_sheet.data(), QEvent::MetaCall);
    };
    QVERIFY(paced()->isChecked());
    paced()->setChecked(false);
    // The second is chosen while the first is counted: nothing of the plan before may be looked at any more.
    choose(1);
    QVERIFY(!paced());
    choose(2);
    const QString older = QStringLiteral("Prune %1 expired sessions").arg(expired(24h * 30));
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(older), qPrintable(m_demo.texts()), test::patience);
    QTRY_VERIFY_WITH_TIMEOUT(paced(), test::patience);
    QVERIFY(!paced()->isChecked());
    // Nor does an age by which there is nothing to prune forget it.
    choose(3);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"Nothing to prune"), qPrintable(m_demo.texts()), test::patience);
    choose(0);
    ready();
    QVERIFY(!paced()->isChecked());
}

void PruneSheetTest::prunesInGuardedModeAlone()
{
    const qint64 before = expired();
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    openSheet();
    ready();
    QVERIFY(!m_demo.button("pruneExecute")->isEnabled()); // without a reason
    giveReason(QStringLiteral("Monthly prune"));
    QVERIFY(m_demo.photograph("plan"));
    QSignalSpy done(m_sheet.data(), &PruneSheet::finished);
    QTest::keyClick(m_sheet.data(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(done.wait(test::patience));
    QVERIFY2(m_demo.texts().contains(QStringLiteral("%1 of %1 expired sessions pruned").arg(before)),
             qPrintable(m_demo.texts()));
    QVERIFY(m_demo.photograph("done"));
    QCOMPARE(expired(), qint64{0});
    const auto entries = m_demo.open().log().list(0, 1000);
    QVERIFY(entries.has_value());
    QCOMPARE(entries->back().action, QStringLiteral("sessions.prune"));
    QCOMPARE(entries->back().reason, QStringLiteral("Monthly prune"));
    QCOMPARE(entries->back().counts.value(u"revoked").toInteger(), before);
}

void PruneSheetTest::aProductionProfileTypesNameAndCount()
{
    openConnection(workspace::Environment::Production);
    // Armed or not.
    m_demo.connection().setWriteMode(common::WriteMode::Armed);
    openSheet();
    ready();
    giveReason(QStringLiteral("Monthly prune"));
    QVERIFY(!m_demo.button("pruneExecute")->isEnabled());
    auto *typed = m_demo.window().findChild<QLineEdit *>(QStringLiteral("planConfirmation"));
    QVERIFY(typed);
    QTest::keyClicks(typed, QStringLiteral("orchard-shop %1").arg(expired()));
    QVERIFY(m_demo.button("pruneExecute")->isEnabled());
    QVERIFY(m_demo.photograph("plan-production"));
}

void PruneSheetTest::oneReasonStandsWhileArmed()
{
    m_demo.connection().setWriteMode(common::WriteMode::Armed);
    QVERIFY(m_demo.connection().armedLeft() > 4min);
    openSheet();
    ready();
    QVERIFY(!m_demo.button("pruneExecute")->isEnabled()); // the first act wants one
    giveReason(QStringLiteral("Monthly prune"));
    m_demo.window().findChild<common::SegmentedControl *>(QStringLiteral("pruneAge"))->setCurrent(2);
    const QString older = QStringLiteral("Prune %1 expired sessions").arg(expired(24h * 30));
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(older), qPrintable(m_demo.texts()), test::patience);
    ready();
    QSignalSpy done(m_sheet.data(), &PruneSheet::finished);
    QTest::mouseClick(m_demo.button("pruneExecute"), Qt::LeftButton);
    QVERIFY(done.wait(test::patience));
    m_sheet->dismiss();
    QTRY_VERIFY_WITH_TIMEOUT(m_sheet.isNull(), test::patience);
    openSheet();
    ready();
    QVERIFY(m_demo.button("pruneExecute")->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("pruneExecute")->hasFocus(), test::patience);
    // Once it is no longer armed the reason does not stand in a sheet that is open, but one that was typed does.
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(!m_demo.button("pruneExecute")->isEnabled());
    QCOMPARE(m_demo.window().findChild<QLineEdit *>(QStringLiteral("planReason"))->text(), QString());
    m_demo.connection().setWriteMode(common::WriteMode::Armed);
    giveReason(QStringLiteral("Another reason"));
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(m_demo.button("pruneExecute")->isEnabled());
    // Back in Guarded it is asked for again.
    m_sheet->dismiss();
    QTRY_VERIFY_WITH_TIMEOUT(m_sheet.isNull(), test::patience);
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    openSheet();
    ready();
    QVERIFY(!m_demo.button("pruneExecute")->isEnabled());
}

void PruneSheetTest::armedEndsByItself()
{
    common::OpenConnection &connection = m_demo.connection();
    QSignalSpy changed(&connection, &common::OpenConnection::writeModeChanged);
    connection.setWriteMode(common::WriteMode::Armed, 60s);
    connection.noteReason(QStringLiteral("Monthly prune"));
    openSheet();
    ready();
    QVERIFY(m_demo.button("pruneExecute")->isEnabled());
    // Asked for again, its time begins anew.
    connection.setWriteMode(common::WriteMode::Armed, 2s);
    QCOMPARE(changed.size(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(connection.writeMode(), common::WriteMode::Guarded, test::patience);
    QCOMPARE(changed.size(), 2);
    QCOMPARE(connection.armedLeft(), 0ms);
    QVERIFY(connection.standingReason().isEmpty());
    // Nobody pressed anything: a sheet that is open asks for a reason again.
    QVERIFY(!m_demo.button("pruneExecute")->isEnabled());
    QVERIFY(expired() > 0);
}

void PruneSheetTest::goesOnWithoutTheSheet()
{
    QVERIFY(expired() > 0);
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    openSheet();
    ready();
    giveReason(QStringLiteral("Monthly prune"));
    auto hold = std::make_unique<test::HeldDeletions>(m_demo.databaseFile());
    QVERIFY(hold->isHeld());
    QTest::mouseClick(m_demo.button("pruneExecute"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("planBackground"), test::patience);
    common::Activities &activities = m_demo.connection().activities();
    QCOMPARE(activities.acts().size(), 1);
    QVERIFY(m_demo.photograph("running"));
    QTest::mouseClick(m_demo.button("planBackground"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_sheet.isNull(), test::patience);
    QVERIFY(activities.isActing());
    hold.reset();
    QTRY_VERIFY_WITH_TIMEOUT(!activities.isActing(), test::patience);
    QCOMPARE(expired(), qint64{0});
}

QTEST_MAIN(PruneSheetTest)
#include "tst_PruneSheet.moc"
