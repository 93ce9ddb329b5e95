#include <QtTest>

#include <QAbstractButton>
#include <QApplication>
#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTableView>
#include <QTemporaryDir>

#include "app/desktop/AppContext.h"
#include "tests/support/LoopTicks.h"
#include "tests/support/Patience.h"
#include "tests/support/Screenshots.h"
#include "tests/support/Shown.h"
#include "ui/common/Button.h"
#include "ui/common/Sheet.h"
#include "ui/main/HeaderBand.h"
#include "ui/main/WriteModeButton.h"

using namespace rollcall;
using test::shown;

namespace {

constexpr QSize windowSize{1440, 900};
using test::patience;

} // namespace

/// The way a person goes on first acquaintance, through real widgets and real events, on the embedded demo deployment:
/// Welcome → demo → sessions → plan → verified revocation → latency run → audit. Each state is photographed in both
/// themes.
class JourneyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void welcomes();
    void opensTheDemo();
    void showsDetailsOfASession();
    void filters();
    void plansOnlyInReadOnly();
    void revokesAndProves();
    void measuresLatency();
    void showsTheAuditTrail();
    void neverBlocked();
    void cleanupTestCase();

private:
    [[nodiscard]] main::MainWindow &window() { return m_context->window(); }
    [[nodiscard]] QTableView *table() { return shown<QTableView>(window(), "sessionTable"); }
    void photograph(const char *name)
    {
        QVERIFY(test::saveScreenshots(window(), *m_theme, QStringLiteral("journey-") + QString::fromLatin1(name)));
        m_ticks.restart(); // drawing pictures is not part of what is measured
    }
    void press(QAbstractButton *button)
    {
        QVERIFY(button);
        QVERIFY(button->isEnabled());
        QTest::mouseClick(button, Qt::LeftButton);
    }
    void noteGap() { m_longestGap = std::max(m_longestGap, m_ticks.longestOwnGap()); }

    QTemporaryDir m_home;
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<app::AppContext> m_context;
    test::LoopTicks m_ticks;
    std::chrono::milliseconds m_longestGap{0};
};

void JourneyTest::initTestCase()
{
    QVERIFY(m_home.isValid());
    m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
    app::DesktopOptions options;
    options.keyFile = m_home.filePath(QStringLiteral("keys"));
    m_context = std::make_unique<app::AppContext>(*m_theme, options, workspace::Folders::below(m_home.path()));
    window().resize(windowSize);
    window().show();
    QVERIFY(QTest::qWaitForWindowExposed(&window()));
}

void JourneyTest::welcomes()
{
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>(window(), "openDemo"), patience);
    photograph("01-welcome");
}

void JourneyTest::opensTheDemo()
{
    press(shown<QAbstractButton>(window(), "openDemo"));
    // What a deployment opens with: how it stands.
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>(window(), "openWorst") &&
                                 shown<QAbstractButton>(window(), "openWorst")->isEnabled(),
                             patience);
    noteGap();
    photograph("15-overview");
    QVERIFY(window().showPage(QStringLiteral("sessions")));
    QTRY_VERIFY_WITH_TIMEOUT(table() && table()->model()->rowCount() > 0, patience);
    noteGap();
    photograph("02-sessions");
}

void JourneyTest::showsDetailsOfASession()
{
    table()->setFocus();
    QTest::keyClick(table(), Qt::Key_Down);
    QTest::keyClick(table(), Qt::Key_Down);
    QTest::keyClick(table(), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QWidget>(window(), "sessionDetails"), patience);
    // The engine's answer arrives later than the row.
    QTRY_VERIFY_WITH_TIMEOUT(
        [this] {
            for (QPlainTextEdit *code : window().findChildren<QPlainTextEdit *>()) {
                if (code->isVisible() && code->toPlainText().contains(QStringLiteral("\"expires\"")))
                    return true;
            }
            return false;
        }(),
        patience);
    noteGap();
    photograph("03-details");
}

void JourneyTest::filters()
{
    auto *filter = shown<QLineEdit>(window(), "sessionFilter");
    QVERIFY(filter);
    const auto type = [filter](const QString &text) {
        filter->setFocus();
        filter->selectAll();
        QTest::keyClicks(filter, text);
        QTest::keyClick(filter, Qt::Key_Return);
    };
    type(QStringLiteral("state:orphan"));
    QTRY_VERIFY_WITH_TIMEOUT(table() && table()->model()->rowCount() > 0 &&
                                 table()->model()->index(0, 0).data().toString() == QStringLiteral("Orphan"),
                             patience);
    photograph("04-orphans");
    type(QStringLiteral("nobody-has-this-name"));
    QTRY_VERIFY_WITH_TIMEOUT(!table(), patience);
    photograph("05-nothing-matches");
    type(QStringLiteral("state:alive"));
    QTest::qWait(300);
    photograph("06-filter-not-understood");
    type(QStringLiteral("provider:github"));
    QTRY_VERIFY_WITH_TIMEOUT(table() && table()->model()->rowCount() > 0, patience);
    noteGap();
}

void JourneyTest::plansOnlyInReadOnly()
{
    table()->setFocus();
    table()->clearSelection();
    table()->setCurrentIndex(table()->model()->index(0, 0));
    QTest::keyClick(table(), Qt::Key_Down, Qt::ShiftModifier);
    QTest::keyClick(table(), Qt::Key_Down, Qt::ShiftModifier);
    QCOMPARE(table()->selectionModel()->selectedRows().size(), 3);
    photograph("07-selected");
    QTest::keyClick(table(), Qt::Key_Delete);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>(window(), "planExecute"), patience);
    auto *reason = shown<QLineEdit>(window(), "planReason");
    QVERIFY(reason);
    QTest::keyClicks(reason, QStringLiteral("Laptop reported stolen, OPS-2291"));
    QVERIFY(!shown<QAbstractButton>(window(), "planExecute")->isEnabled());
    photograph("08-plan-read-only");
    QTest::keyClick(reason, Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!shown<QAbstractButton>(window(), "planExecute"), patience);
    noteGap();
}

void JourneyTest::revokesAndProves()
{
    Q_EMIT window().band().writeMode().modeRequested(common::WriteMode::Guarded);
    QCOMPARE(window().band().writeMode().mode(), common::WriteMode::Guarded);
    table()->setFocus();
    QTest::keyClick(table(), Qt::Key_Delete);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>(window(), "planExecute"), patience);
    const QString first = table()->model()->index(0, 1).data().toString();
    auto *reason = shown<QLineEdit>(window(), "planReason");
    QTest::keyClicks(reason, QStringLiteral("Laptop reported stolen, OPS-2291"));
    QVERIFY(shown<QAbstractButton>(window(), "planExecute")->isEnabled());
    photograph("09-plan");
    reason->setFocus();
    QTest::keyClick(reason, Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>(window(), "planDone"), patience);
    bool proven = false;
    for (const QLabel *label : window().findChildren<QLabel *>())
        proven = proven || (label->isVisible() && label->text() == QStringLiteral("3 of 3 refused by the deployment"));
    photograph("10-result");
    QVERIFY(proven);
    // The keyboard is on the result: F1 there must not start a fight for it, and Esc closes.
    QTRY_COMPARE_WITH_TIMEOUT(QApplication::focusWidget(),
                              static_cast<QWidget *>(shown<QAbstractButton>(window(), "planDone")), patience);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_F1);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!shown<QAbstractButton>(window(), "planDone"), patience);
    // The list is read again by itself: what stood in its first row is gone.
    QTRY_VERIFY_WITH_TIMEOUT(table() && table()->model()->rowCount() > 0 &&
                                 table()->model()->index(0, 1).data().toString() != first,
                             patience);
    noteGap();
}

void JourneyTest::measuresLatency()
{
    QVERIFY(window().showPage(QStringLiteral("latency")));
    photograph("11-latency-before");
    press(shown<QAbstractButton>(window(), "startRun"));
    QTRY_VERIFY_WITH_TIMEOUT(shown<QAbstractButton>(window(), "stopRun"), patience);
    QTRY_VERIFY_WITH_TIMEOUT(!shown<QAbstractButton>(window(), "stopRun"), 4 * patience);
    noteGap();
    photograph("12-latency-finished");
}

void JourneyTest::showsTheAuditTrail()
{
    QVERIFY(window().showPage(QStringLiteral("audit")));
    QTRY_VERIFY_WITH_TIMEOUT(
        [this] {
            const auto *audit = shown<QTableView>(window(), "auditTable");
            return audit && audit->model()->rowCount() >= 2;
        }(),
        patience);
    photograph("13-audit");
    window().resize(1024, 640);
    QVERIFY(window().showPage(QStringLiteral("sessions")));
    photograph("14-narrow");
    window().resize(windowSize);
}

void JourneyTest::neverBlocked()
{
    // Two cores shared with servers and a software rasteriser: what is looked for are waits for I/O, not slow frames.
    QVERIFY2(m_longestGap < std::chrono::milliseconds(1000), qPrintable(QString::number(m_longestGap.count())));
}

void JourneyTest::cleanupTestCase()
{
    m_context.reset();
    m_theme.reset();
}

QTEST_MAIN(JourneyTest)
#include "tst_Journey.moc"
