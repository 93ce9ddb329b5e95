#include <QtTest>

#include <QLineEdit>
#include <QScopeGuard>
#include <QTemporaryDir>

#include <memory>
#include <semaphore>

#include "core/workspace/Workspace.h"
#include "tests/support/DemoWindow.h"
#include "tests/support/FaultyStore.h"
#include "tests/support/Patience.h"
#include "ui/common/Activities.h"
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
    void initTestCase() { QVERIFY(m_demo.start(500)); }
    void init();
    void cleanup() { m_demo.close(); }
    void offersWhatWasInterrupted();
    void goesOnInGuardedModeAlone();
    void endsItWhereItStands();
    void endingItWaitsForNoDatabase();
    void endingItIsHeldToWhatItWasBegunWith();
    void nothingUnfinishedIsNotOffered();

private:
    static constexpr int planned = 40;

    /// Revokes sessions until the link is lost in the third of four batches.
    void interrupt();
    /// The operation that is found unfinished; nullopt where there is none.
    std::optional<revoke::Operation> found();
    void openSheet();

    test::DemoWindow m_demo{"unfinished"};
    QPointer<PlanSheet> m_sheet;
};

void UnfinishedRevocationTest::init()
{
    QVERIFY(m_demo.connect());
    QVERIFY(m_demo.show({1040, 720}));
}

void UnfinishedRevocationTest::interrupt()
{
    auto store = m_demo.open().deployment().openStore(store::Access::Write, Call::within(1min));
    QVERIFY(store.has_value());
    test::FaultyStore faulty(std::move(*store));
    faulty.beforeDelete = [](int number) {
        return number == 3 ? std::optional(base::Error(base::ErrorCode::ConnectionLost)) : std::nullopt;
    };
    revoke::Selection selection;
    selection.query.emplace();
    auto plan =
        revoke::freezePlan(m_demo.open().deployment(), faulty, std::move(selection), 100'000, Call::within(1min));
    QVERIFY(plan.has_value() && plan->rows.size() > planned);
    plan->rows.resize(planned);
    plan->digest = plan->computeDigest();
    revoke::RevocationOptions options;
    options.reason = QStringLiteral("Laptops stolen in Lyon");
    options.batchSize = planned / 4;
    const auto report = revoke::carryOut(*plan, options, m_demo.open().deployment(), faulty, m_demo.open().log(),
                                         m_demo.open().place(), Call::within(1min));
    QVERIFY(report && report->resumable && report->revoked == planned / 2);
}

std::optional<revoke::Operation> UnfinishedRevocationTest::found()
{
    common::Activities &activities = m_demo.connection().activities();
    activities.refresh();
    // The same worker answers this after it.
    std::atomic_bool isAsked{false};
    static_cast<void>(m_demo.connection().workers().engine.submit(
        [&isAsked](const base::Result<store::SessionStore *> &, const Call &) { isAsked = true; }, {}, 1min));
    static_cast<void>(QTest::qWaitFor([&isAsked] { return isAsked.load(); }));
    QTest::qWait(0); // what was posted before arrives
    return activities.unfinished().empty() ? std::nullopt : std::optional(activities.unfinished().front());
}

void UnfinishedRevocationTest::openSheet()
{
    interrupt();
    const auto operation = found();
    QVERIFY(operation.has_value());
    m_sheet = new PlanSheet(m_demo.theme(), m_demo.window(), m_demo.connection(), *operation);
    m_sheet->open();
}

void UnfinishedRevocationTest::offersWhatWasInterrupted()
{
    openSheet();
    const QString all = m_demo.texts();
    QVERIFY2(all.contains(u"20 of 40 sessions") && all.contains(u"Laptops stolen in Lyon"), qPrintable(all));
    QVERIFY(m_demo.photograph("offered"));
    QTest::keyClick(m_sheet.data(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(m_sheet.isNull() || !m_sheet->isVisible(), test::patience);
    // Later is later: it is still there.
    QVERIFY(found().has_value());
    QVERIFY(revoke::discardOperation(found()->head.id, m_demo.open().place(), m_demo.open().log(), Call::within(1min))
                .has_value());
}

void UnfinishedRevocationTest::goesOnInGuardedModeAlone()
{
    openSheet();
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("operationResume"), test::patience);
    QVERIFY(!m_demo.button("operationResume")->isEnabled());
    QVERIFY(!m_demo.button("operationResume")->toolTip().isEmpty());
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(m_demo.button("operationResume")->isEnabled());
    QSignalSpy done(m_sheet.data(), &PlanSheet::finished);
    QTest::mouseClick(m_demo.button("operationResume"), Qt::LeftButton);
    QVERIFY(done.wait(test::patience));
    QVERIFY(m_demo.photograph("ended"));
    QVERIFY(!found().has_value());
    const auto entries = m_demo.open().log().list(0, 100);
    QVERIFY(entries.has_value());
    QCOMPARE(entries->back().counts.value(u"revoked").toInteger(), planned);
    // What both runs revoked is looked for again.
    const common::ReturnWatch *watch = m_demo.connection().activities().returns().all().value(0);
    QVERIFY(watch);
    QCOMPARE(watch->watched(), qint64{planned});
}

void UnfinishedRevocationTest::endsItWhereItStands()
{
    openSheet();
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("operationDiscard"), test::patience);
    QTest::mouseClick(m_demo.button("operationDiscard"), Qt::LeftButton);
    // It is asked first, as for any act.
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("operationEnd"), test::patience);
    QVERIFY(!m_demo.button("operationEnd")->isEnabled());
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("operationEnd")->isEnabled(), test::patience);
    QVERIFY(m_demo.texts().contains(u"It ends where it stands"));
    QVERIFY(m_demo.photograph("asked"));
    QVERIFY(found().has_value());
    QTest::mouseClick(m_demo.button("operationEnd"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_sheet.isNull() || !m_sheet->isVisible(), test::patience);
    QVERIFY(!found().has_value());
    QCOMPARE(m_demo.open().log().list(0, 100)->back().action, QStringLiteral("operations.discard"));
}

void UnfinishedRevocationTest::endingItWaitsForNoDatabase()
{
    openSheet();
    QTRY_VERIFY(m_demo.button("operationDiscard"));
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(m_demo.button("operationResume")->isEnabled());
    // As where a database that does not answer is opened, its workers come to nothing else.
    const auto answers = std::make_shared<std::counting_semaphore<>>(0); // the jobs may outlive this function
    deployment::DeploymentWorkers &workers = m_demo.connection().workers();
    const auto hangs = [answers](const base::Result<store::SessionStore *> &, const Call &) {
        answers->acquire();
        answers->release();
    };
    for (deployment::StoreWorker *worker : {&workers.list, &workers.count, &workers.engine, &workers.write})
        QVERIFY(worker->submit(hangs, {}, 5s).has_value());
    const auto letGo = qScopeGuard([&answers] { answers->release(); });
    m_demo.button("operationDiscard")->click();
    // Until it is known what that wants, nothing else is begun here; the answer comes by the event loop.
    QVERIFY(!m_demo.button("operationDiscard")->isEnabled());
    QVERIFY(!m_demo.button("operationResume")->isEnabled());
    m_demo.connection().setWriteMode(common::WriteMode::ReadOnly);
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(!m_demo.button("operationResume")->isEnabled());
    QTRY_VERIFY(m_demo.button("operationEnd"));
    QVERIFY(m_demo.button("operationEnd")->isEnabled());
    QVERIFY(m_demo.texts().contains(u"It ends where it stands"));
    answers->release();
    QTest::mouseClick(m_demo.button("operationEnd"), Qt::LeftButton);
    QTRY_VERIFY(m_sheet.isNull() || !m_sheet->isVisible());
    QVERIFY(!found().has_value());
}

void UnfinishedRevocationTest::endingItIsHeldToWhatItWasBegunWith()
{
    // The connection that it was begun with is saved for another database, and a production one.
    const QTemporaryDir config;
    workspace::ConnectionProfile saved;
    saved.name = m_demo.open().deployment().config().displayName();
    saved.environment = workspace::Environment::Production;
    saved.database = QStringLiteral("postgresql://db.example.com/shop");
    workspace::Workspace folder({config.path(), {}, {}});
    QVERIFY(folder.save(saved, {}, nullptr, Call::within(5s)).has_value());
    m_demo.connection().setConfigFolder(config.path());
    openSheet();
    QTRY_VERIFY(m_demo.button("operationDiscard"));
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QTest::mouseClick(m_demo.button("operationDiscard"), Qt::LeftButton);
    QTRY_VERIFY(m_demo.button("operationEnd"));
    const QString typed = saved.name + QStringLiteral(" 40");
    QVERIFY2(m_demo.texts().contains(QStringLiteral("Type ") + typed), qPrintable(m_demo.texts()));
    QVERIFY(!m_demo.button("operationEnd")->isEnabled());
    QVERIFY(m_demo.photograph("asked-production"));
    m_demo.find<QLineEdit>("planConfirmation")->setText(typed);
    QTRY_VERIFY(m_demo.button("operationEnd")->isEnabled());
    QTest::mouseClick(m_demo.button("operationEnd"), Qt::LeftButton);
    QTRY_VERIFY(m_sheet.isNull() || !m_sheet->isVisible());
    QVERIFY(!found().has_value());
    m_demo.connection().setConfigFolder({});
}

void UnfinishedRevocationTest::nothingUnfinishedIsNotOffered()
{
    QVERIFY(!found().has_value());
}

QTEST_MAIN(UnfinishedRevocationTest)
#include "tst_UnfinishedRevocation.moc"
