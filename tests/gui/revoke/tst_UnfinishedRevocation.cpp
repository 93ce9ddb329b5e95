#include <QtTest>

#include "core/demo/DemoDeployment.h"
#include "tests/support/FaultyStore.h"
#include "tests/support/Screenshots.h"
#include "tests/support/TestConnection.h"
#include "ui/common/Activities.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/ReturnWatches.h"
#include "ui/revoke/PlanSheet.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using revoke::PlanSheet;

/// A revocation of the demo deployment's sessions whose link to the database was lost midway, as the window offers to
/// go on with it.
class UnfinishedRevocationTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void offersWhatWasInterrupted();
    void goesOnInGuardedModeAlone();
    void endsItWhereItStands();
    void nothingUnfinishedIsNotOffered();

private:
    static constexpr int planned = 40;

    /// Revokes sessions until the link is lost in the third of four batches.
    void interrupt();
    /// The operation that is found unfinished; nullopt where there is none.
    std::optional<revoke::Operation> found();
    void openSheet();
    common::Button *button(const char *name) { return m_window->findChild<common::Button *>(QLatin1String(name)); }

    base::SystemClock m_clock;
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<demo::DemoDeployment> m_demo;
    test::TestConnection m_open{m_clock};
    std::unique_ptr<QWidget> m_window;
    QPointer<PlanSheet> m_sheet;
};

void UnfinishedRevocationTest::initTestCase()
{
    m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
    demo::DemoOptions options;
    options.sessions = 500;
    auto started = demo::DemoDeployment::start(options, Call::within(30s));
    QVERIFY(started.has_value());
    m_demo = std::move(*started);
}

void UnfinishedRevocationTest::init()
{
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("demo");
    profile.database = m_demo->info().databaseUrl;
    QVERIFY(m_open.open(std::move(profile), {}, {true, false}));
    m_window = std::make_unique<QWidget>();
    m_window->resize(1040, 720);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void UnfinishedRevocationTest::cleanup()
{
    m_window.reset();
    m_open.close();
}

void UnfinishedRevocationTest::interrupt()
{
    auto store = m_open.deployment().openStore(store::Access::Write, Call::within(10s));
    QVERIFY(store.has_value());
    test::FaultyStore faulty(std::move(*store));
    faulty.beforeDelete = [](int number) {
        return number == 3 ? std::optional(base::Error(base::ErrorCode::ConnectionLost)) : std::nullopt;
    };
    revoke::Selection selection;
    selection.query.emplace();
    auto plan = revoke::freezePlan(m_open.deployment(), faulty, std::move(selection), 100'000, Call::within(10s));
    QVERIFY(plan.has_value() && plan->rows.size() > planned);
    plan->rows.resize(planned);
    plan->digest = plan->computeDigest();
    revoke::RevocationOptions options;
    options.reason = QStringLiteral("Laptops stolen in Lyon");
    options.batchSize = planned / 4;
    const auto report =
        revoke::carryOut(*plan, options, m_open.deployment(), faulty, m_open.log(), m_open.place(), Call::within(10s));
    QVERIFY(report && report->resumable && report->revoked == planned / 2);
}

std::optional<revoke::Operation> UnfinishedRevocationTest::found()
{
    common::Activities &activities = m_open.connection().activities();
    activities.refresh();
    // The same worker answers this after it.
    std::atomic_bool isAsked{false};
    static_cast<void>(m_open.connection().workers().engine.submit(
        [&isAsked](const base::Result<store::SessionStore *> &, const Call &) { isAsked = true; }, {}, 5s));
    static_cast<void>(QTest::qWaitFor([&isAsked] { return isAsked.load(); }));
    QTest::qWait(0); // what was posted before arrives
    return activities.unfinished().empty() ? std::nullopt : std::optional(activities.unfinished().front());
}

void UnfinishedRevocationTest::openSheet()
{
    interrupt();
    const auto operation = found();
    QVERIFY(operation.has_value());
    m_sheet = new PlanSheet(*m_theme, *m_window, m_open.connection(), *operation);
    m_sheet->open();
}

void UnfinishedRevocationTest::offersWhatWasInterrupted()
{
    openSheet();
    QStringList texts;
    for (const auto *label : m_window->findChildren<common::Label *>())
        texts << label->text();
    const QString all = texts.join(QLatin1Char('\n'));
    QVERIFY2(all.contains(u"20 of 40 sessions") && all.contains(u"Laptops stolen in Lyon"), qPrintable(all));
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("unfinished-offered")));
    QTest::keyClick(m_sheet.data(), Qt::Key_Escape);
    QTRY_VERIFY(m_sheet.isNull() || !m_sheet->isVisible());
    // Later is later: it is still there.
    QVERIFY(found().has_value());
    QVERIFY(revoke::discardOperation(found()->head.id, m_open.place(), m_open.log(), Call::within(5s)).has_value());
}

void UnfinishedRevocationTest::goesOnInGuardedModeAlone()
{
    openSheet();
    QVERIFY(!button("operationResume")->isEnabled());
    QVERIFY(!button("operationResume")->toolTip().isEmpty());
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(button("operationResume")->isEnabled());
    QSignalSpy done(m_sheet.data(), &PlanSheet::finished);
    QTest::mouseClick(button("operationResume"), Qt::LeftButton);
    QVERIFY(done.wait(20'000));
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("unfinished-ended")));
    QVERIFY(!found().has_value());
    const auto entries = m_open.log().list(0, 100);
    QVERIFY(entries.has_value());
    QCOMPARE(entries->back().counts.value(u"revoked").toInteger(), planned);
    // What both runs revoked is looked for again.
    const common::ReturnWatch *watch = m_open.connection().activities().returns().all().value(0);
    QVERIFY(watch);
    QCOMPARE(watch->watched(), qint64{planned});
}

void UnfinishedRevocationTest::endsItWhereItStands()
{
    openSheet();
    QTest::mouseClick(button("operationDiscard"), Qt::LeftButton);
    QTRY_VERIFY(m_sheet.isNull() || !m_sheet->isVisible());
    QVERIFY(!found().has_value());
    QCOMPARE(m_open.log().list(0, 100)->back().action, QStringLiteral("operations.discard"));
}

void UnfinishedRevocationTest::nothingUnfinishedIsNotOffered()
{
    QVERIFY(!found().has_value());
}

QTEST_MAIN(UnfinishedRevocationTest)
#include "tst_UnfinishedRevocation.moc"
