#include <QtTest>

#include <QCheckBox>
#include <QLineEdit>

#include "core/demo/DemoDeployment.h"
#include "core/store/ExpiredRows.h"
#include "tests/gui/revoke/WriteLock.h"
#include "tests/support/Screenshots.h"
#include "tests/support/TestConnection.h"
#include "ui/common/Activities.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
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
    void goesOnWithoutTheSheet();

private:
    /// How many sessions expired longer ago than so.
    [[nodiscard]] qint64 expired(std::chrono::hours age = 24h) const;
    void openConnection(workspace::Environment environment);
    void openSheet();
    /// The sheet once it has counted.
    void ready() { QTRY_VERIFY(button("pruneExecute")); }
    void giveReason(const QString &reason);
    [[nodiscard]] QString texts() const;
    common::Button *button(const char *name)
    {
        for (auto *found : m_window->findChildren<common::Button *>(QLatin1String(name))) {
            if (found->isVisible())
                return found;
        }
        return nullptr;
    }
    void photograph(const char *name)
    {
        QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("prune-") + QLatin1String(name)));
    }

    base::SystemClock m_clock;
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<demo::DemoDeployment> m_demo;
    test::TestConnection m_open{m_clock};
    std::unique_ptr<QWidget> m_window;
    QPointer<PruneSheet> m_sheet;
};

void PruneSheetTest::init()
{
    if (!m_theme)
        m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
    demo::DemoOptions options;
    options.sessions = 1500;
    auto started = demo::DemoDeployment::start(options, Call::within(30s));
    QVERIFY(started.has_value());
    m_demo = std::move(*started);
    openConnection(workspace::Environment::Development);
    m_window = std::make_unique<QWidget>();
    m_window->resize(1040, 720);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void PruneSheetTest::openConnection(workspace::Environment environment)
{
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("orchard-shop");
    profile.environment = environment;
    profile.database = m_demo->info().databaseUrl;
    QVERIFY(m_open.open(std::move(profile), {}, {true, false}));
}

void PruneSheetTest::cleanup()
{
    m_window.reset();
    m_open.close();
    m_demo.reset();
}

qint64 PruneSheetTest::expired(std::chrono::hours age) const
{
    auto store = m_open.deployment().openStore(store::Access::ReadOnly, Call::within(10s));
    return store ? (*store)->expiredRows()->count(m_clock.now() - age, Call::within(10s)).value_or(-1) : -1;
}

void PruneSheetTest::openSheet()
{
    m_sheet = new PruneSheet(*m_theme, *m_window, m_open.connection());
    m_sheet->open();
}

void PruneSheetTest::giveReason(const QString &reason)
{
    QTest::keyClicks(m_window->findChild<QLineEdit *>(QStringLiteral("planReason")), reason);
}

QString PruneSheetTest::texts() const
{
    QStringList all;
    for (const auto *label : m_window->findChildren<common::Label *>()) {
        if (label->isVisible())
            all << label->text();
    }
    return all.join(QLatin1Char('\n'));
}

void PruneSheetTest::showsWhatWouldGo()
{
    const qint64 before = expired();
    QVERIFY(before > 0);
    openSheet();
    ready();
    QVERIFY2(texts().contains(QStringLiteral("Prune %1 expired sessions").arg(before)), qPrintable(texts()));
    QVERIFY2(texts().contains(u"there is no undo") && texts().contains(u"read-only"), qPrintable(texts()));
    photograph("plan-read-only");
    QVERIFY(!button("pruneExecute")->isEnabled());
    QTest::keyClick(m_sheet.data(), Qt::Key_Escape);
    QTRY_VERIFY(m_sheet.isNull());
    QCOMPARE(expired(), before);
}

void PruneSheetTest::countsByAge()
{
    openSheet();
    ready();
    giveReason(QStringLiteral("Monthly prune"));
    const qint64 older = expired(24h * 7);
    QVERIFY(older > 0 && older < expired());
    m_window->findChild<common::SegmentedControl *>(QStringLiteral("pruneAge"))->setCurrent(1);
    QTRY_VERIFY2(texts().contains(QStringLiteral("Prune %1 expired sessions").arg(older)), qPrintable(texts()));
    // The reason is not typed twice.
    QCOMPARE(m_window->findChild<QLineEdit *>(QStringLiteral("planReason"))->text(), QStringLiteral("Monthly prune"));
    m_window->findChild<common::SegmentedControl *>(QStringLiteral("pruneAge"))->setCurrent(3);
    QTRY_VERIFY2(texts().contains(u"Nothing to prune"), qPrintable(texts()));
}

void PruneSheetTest::remembersThePaceWhileAgesAreCounted()
{
    openSheet();
    ready();
    const auto paced = [this] { return m_window->findChild<QCheckBox *>(QStringLiteral("prunePaced")); };
    const auto choose = [this](int age) {
        m_window->findChild<common::SegmentedControl *>(QStringLiteral("pruneAge"))->setCurrent(age);
        QCoreApplication::sendPostedEvents(m_sheet.data(), QEvent::MetaCall);
    };
    QVERIFY(paced()->isChecked());
    paced()->setChecked(false);
    // The second is chosen while the first is counted: nothing of the plan before may be looked at any more.
    choose(1);
    QVERIFY(!paced());
    choose(2);
    const QString older = QStringLiteral("Prune %1 expired sessions").arg(expired(24h * 30));
    QTRY_VERIFY2(texts().contains(older), qPrintable(texts()));
    QTRY_VERIFY(paced());
    QVERIFY(!paced()->isChecked());
    // Nor does an age by which there is nothing to prune forget it.
    choose(3);
    QTRY_VERIFY2(texts().contains(u"Nothing to prune"), qPrintable(texts()));
    choose(0);
    ready();
    QVERIFY(!paced()->isChecked());
}

void PruneSheetTest::prunesInGuardedModeAlone()
{
    const qint64 before = expired();
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    openSheet();
    ready();
    QVERIFY(!button("pruneExecute")->isEnabled()); // without a reason
    giveReason(QStringLiteral("Monthly prune"));
    photograph("plan");
    QSignalSpy done(m_sheet.data(), &PruneSheet::finished);
    QTest::keyClick(m_sheet.data(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(done.wait(20'000));
    QVERIFY2(texts().contains(QStringLiteral("%1 of %1 expired sessions pruned").arg(before)), qPrintable(texts()));
    photograph("done");
    QCOMPARE(expired(), qint64{0});
    const auto entries = m_open.log().list(0, 1000);
    QVERIFY(entries.has_value());
    QCOMPARE(entries->back().action, QStringLiteral("sessions.prune"));
    QCOMPARE(entries->back().reason, QStringLiteral("Monthly prune"));
    QCOMPARE(entries->back().counts.value(u"revoked").toInteger(), before);
}

void PruneSheetTest::aProductionProfileTypesNameAndCount()
{
    openConnection(workspace::Environment::Production);
    // Armed or not.
    m_open.connection().setWriteMode(common::WriteMode::Armed);
    openSheet();
    ready();
    giveReason(QStringLiteral("Monthly prune"));
    QVERIFY(!button("pruneExecute")->isEnabled());
    auto *typed = m_window->findChild<QLineEdit *>(QStringLiteral("planConfirmation"));
    QVERIFY(typed);
    QTest::keyClicks(typed, QStringLiteral("orchard-shop %1").arg(expired()));
    QVERIFY(button("pruneExecute")->isEnabled());
    photograph("plan-production");
}

void PruneSheetTest::oneReasonStandsWhileArmed()
{
    m_open.connection().setWriteMode(common::WriteMode::Armed);
    QVERIFY(m_open.connection().armedLeft() > 4min);
    openSheet();
    ready();
    QVERIFY(!button("pruneExecute")->isEnabled()); // the first act wants one
    giveReason(QStringLiteral("Monthly prune"));
    m_window->findChild<common::SegmentedControl *>(QStringLiteral("pruneAge"))->setCurrent(2);
    const QString older = QStringLiteral("Prune %1 expired sessions").arg(expired(24h * 30));
    QTRY_VERIFY2(texts().contains(older), qPrintable(texts()));
    ready();
    QSignalSpy done(m_sheet.data(), &PruneSheet::finished);
    QTest::mouseClick(button("pruneExecute"), Qt::LeftButton);
    QVERIFY(done.wait(20'000));
    m_sheet->dismiss();
    QTRY_VERIFY(m_sheet.isNull());
    openSheet();
    ready();
    QVERIFY(button("pruneExecute")->isEnabled());
    QTRY_VERIFY(button("pruneExecute")->hasFocus());
    // Once it is no longer armed the reason does not stand in a sheet that is open, but one that was typed does.
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(!button("pruneExecute")->isEnabled());
    QCOMPARE(m_window->findChild<QLineEdit *>(QStringLiteral("planReason"))->text(), QString());
    m_open.connection().setWriteMode(common::WriteMode::Armed);
    giveReason(QStringLiteral("Another reason"));
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(button("pruneExecute")->isEnabled());
    // Back in Guarded it is asked for again.
    m_sheet->dismiss();
    QTRY_VERIFY(m_sheet.isNull());
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    openSheet();
    ready();
    QVERIFY(!button("pruneExecute")->isEnabled());
}

void PruneSheetTest::goesOnWithoutTheSheet()
{
    QVERIFY(expired() > 0);
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    openSheet();
    ready();
    giveReason(QStringLiteral("Monthly prune"));
    auto lock = std::make_unique<test::WriteLock>(m_demo->info().databaseUrl.mid(7));
    QVERIFY(lock->isHeld());
    QTest::mouseClick(button("pruneExecute"), Qt::LeftButton);
    QTRY_VERIFY(button("planBackground"));
    common::Activities &activities = m_open.connection().activities();
    QCOMPARE(activities.acts().size(), 1);
    photograph("running");
    QTest::mouseClick(button("planBackground"), Qt::LeftButton);
    QTRY_VERIFY(m_sheet.isNull());
    QVERIFY(activities.isActing());
    lock.reset();
    QTRY_VERIFY_WITH_TIMEOUT(!activities.isActing(), 20'000);
    QCOMPARE(expired(), qint64{0});
}

QTEST_MAIN(PruneSheetTest)
#include "tst_PruneSheet.moc"
