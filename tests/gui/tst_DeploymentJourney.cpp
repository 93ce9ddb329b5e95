#include <QtTest>

#include <QAbstractButton>
#include <QApplication>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>

#include "app/desktop/AppContext.h"
#include "tests/support/NextDeployment.h"
#include "tests/support/Patience.h"
#include "tests/support/Screenshots.h"
#include "tests/support/Shown.h"
#include "ui/latency/LatencyPage.h"
#include "ui/latency/RunPlanEditor.h"
#include "ui/main/HeaderBand.h"
#include "ui/main/WriteModeButton.h"

using namespace rollcall;
using test::shown;

namespace {

using test::patience;

} // namespace

/// From a dropped `.env` file to a verified revocation and a finished latency run on a real Next.js deployment
/// (next-auth 4, database sessions on PostgreSQL), through real widgets.
class DeploymentJourneyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void connectsByItsEnvFile();
    void listsWhoIsSignedIn();
    void revokesAndTheDeploymentRefuses();
    void measuresLatency();
    void cleanupTestCase();

private:
    [[nodiscard]] main::MainWindow &window() { return m_context->window(); }
    [[nodiscard]] QTableView *table() { return shown<QTableView>(window(), "sessionTable"); }

    QTemporaryDir m_home;
    std::unique_ptr<test::NextDeployment> m_deployment;
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<app::AppContext> m_context;
};

void DeploymentJourneyTest::initTestCase()
{
    QVERIFY(m_home.isValid());
    QString why;
    m_deployment = test::NextDeployment::start(QStringLiteral("v4-database"), why);
    QVERIFY2(m_deployment, qPrintable(why));
    m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
    app::DesktopOptions options;
    options.keyFile = m_home.filePath(QStringLiteral("keys"));
    m_context = std::make_unique<app::AppContext>(*m_theme, options, workspace::Folders::below(m_home.path()));
    window().resize(1440, 900);
    window().show();
    QVERIFY(QTest::qWaitForWindowExposed(&window()));
}

void DeploymentJourneyTest::connectsByItsEnvFile()
{
    auto *welcome = shown<QWidget>(window(), "welcomePage");
    QVERIFY(welcome);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(m_deployment->text("envFile"))});
    QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(welcome, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(welcome, &drop);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>(window(), "saveAndOpen"), patience);
    const auto canOpen = [this] { return shown<QAbstractButton>(window(), "saveAndOpen")->isEnabled(); };
    (void)QTest::qWaitFor(canOpen, patience / 4);
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("deployment-01-connection")));
    QVERIFY(canOpen());
    QTest::mouseClick(shown<QAbstractButton>(window(), "saveAndOpen"), Qt::LeftButton);
}

void DeploymentJourneyTest::listsWhoIsSignedIn()
{
    const auto signedIn = static_cast<int>(m_deployment->signIns().size());
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>(window(), "openWorst"), patience);
    QVERIFY(window().showPage(QStringLiteral("sessions")));
    QTRY_VERIFY_WITH_TIMEOUT(table() && table()->model()->rowCount() == signedIn, patience);
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("deployment-02-sessions")));
}

void DeploymentJourneyTest::revokesAndTheDeploymentRefuses()
{
    const int before = table()->model()->rowCount();
    Q_EMIT window().band().writeMode().modeRequested(common::WriteMode::Guarded);
    table()->setFocus();
    table()->selectRow(0);
    QTest::keyClick(table(), Qt::Key_Delete);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>(window(), "planExecute"), patience);
    auto *reason = shown<QLineEdit>(window(), "planReason");
    QTest::keyClicks(reason, QStringLiteral("First light"));
    QTest::keyClick(reason, Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>(window(), "planDone"), patience);
    bool proven = false;
    for (const QLabel *label : window().findChildren<QLabel *>())
        proven = proven || (label->isVisible() && label->text() == QStringLiteral("1 of 1 refused by the deployment"));
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("deployment-03-result")));
    QVERIFY(proven);
    QTest::mouseClick(shown<QAbstractButton>(window(), "planDone"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(table() && table()->model()->rowCount() == before - 1, patience);
}

void DeploymentJourneyTest::measuresLatency()
{
    QVERIFY(window().showPage(QStringLiteral("latency")));
    auto *page = window().findChild<latency::LatencyPage *>();
    QVERIFY(page);
    page->planEditor().setRoutes({QStringLiteral("/"), QStringLiteral("/api/me"), QStringLiteral("/dashboard")});
    page->planEditor().setGuarded(false);
    page->planEditor().setSamples(40);
    QTest::mouseClick(shown<QAbstractButton>(window(), "startRun"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!page->isRunning() && page->document(), patience);
    QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("deployment-04-latency")));
    for (const auto &cell : page->document()->cells)
        QCOMPARE(cell.ok, cell.count);
}

void DeploymentJourneyTest::cleanupTestCase()
{
    m_context.reset();
    m_theme.reset();
    m_deployment.reset();
}

QTEST_MAIN(DeploymentJourneyTest)
#include "tst_DeploymentJourney.moc"
