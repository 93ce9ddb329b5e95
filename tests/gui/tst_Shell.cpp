#include <QApplication>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QVBoxLayout>

#include <algorithm>

#include "tests/support/Patience.h"
#include "tests/support/Screenshots.h"
#include "ui/common/Actions.h"
#include "ui/common/Label.h"
#include "ui/common/Sheet.h"
#include "ui/common/Surface.h"
#include "ui/main/CommandPalette.h"
#include "ui/main/HealthChips.h"
#include "ui/main/MainWindow.h"
#include "ui/main/NavigationBar.h"
#include "ui/main/WriteModeButton.h"

using namespace rollcall;
using common::Icon;
using common::Page;
using common::WriteMode;
using rollcall::main::CommandPalette;
using rollcall::main::HealthChips;
using rollcall::main::MainWindow;
using rollcall::main::NavigationBar;
using rollcall::main::ProfileHeader;
using rollcall::main::WriteModeButton;
using rollcall::test::saveScreenshot;
using rollcall::test::saveScreenshots;

namespace {

/// A page that counts what the window asks of it.
class CountingPage final : public Page
{
public:
    CountingPage(const common::Theme &theme, const QString &id, const QString &title, Icon icon, bool withDetails)
        : m_id(id),
          m_title(title),
          m_icon(icon),
          m_filter(new QLineEdit(this)),
          m_remove(common::makeAction(theme, this, Icon::Revoked, QStringLiteral("Revoke 3 sessions…"),
                                      QKeySequence(Qt::Key_Delete)))
    {
        common::setSurface(*this, common::Surface::Plain);
        auto *column = new QVBoxLayout(this);
        column->addWidget(new common::Label(theme, title, common::FontToken::Title));
        column->addWidget(m_filter);
        column->addStretch();
        addAction(m_remove);
        common::setMenuOf(*m_remove, common::MenuOf::Session);
        connect(m_remove, &QAction::triggered, this, [this] { ++removals; });
        if (withDetails) {
            m_details = new QWidget;
            auto *inner = new QVBoxLayout(m_details);
            inner->addWidget(new QLabel(QStringLiteral("Fingerprint")));
            inner->addWidget(new QPlainTextEdit);
        }
    }
    QString id() const override { return m_id; }
    QString title() const override { return m_title; }
    Icon icon() const override { return m_icon; }
    QString help() const override { return QStringLiteral("## %1\n\nWhat this page is for.").arg(m_title); }
    QWidget *details() override { return m_details; }
    void activate() override { ++activations; }
    void refresh() override { ++refreshes; }
    void focusFilter() override { m_filter->setFocus(); }
    void focusMain() override { m_filter->setFocus(); }
    QList<common::StatusItem> statusItems() const override
    {
        return {{QStringLiteral("20 rows shown of 64, exact"), {}, common::ColorToken::Muted, false},
                {QStringLiteral("Sorted without an index"), Icon::Warn, common::ColorToken::Warn, false},
                {QStringLiteral("Times in UTC"), {}, common::ColorToken::Muted, true}};
    }
    QAction *removal() { return m_remove; }

    int activations = 0;
    int refreshes = 0;
    int removals = 0;

private:
    QString m_id;
    QString m_title;
    Icon m_icon;
    QLineEdit *m_filter;
    QAction *m_remove;
    QWidget *m_details = nullptr;
};

ProfileHeader shop()
{
    return {QStringLiteral("shop"), QStringLiteral("orchard-shop"), common::Environment::Production,
            QStringLiteral("shop.example.com · Auth.js v5 · Drizzle · database sessions")};
}

deployment::Leg leg(deployment::LegKind kind, deployment::LegStatus status, const char *detail, int ms)
{
    deployment::Leg found;
    found.kind = kind;
    found.status = status;
    found.detail = QString::fromUtf8(detail);
    found.remedy =
        status == deployment::LegStatus::Warn ? QStringLiteral("Give the secret to check tokens.") : QString();
    found.took = std::chrono::milliseconds(ms);
    return found;
}

} // namespace

class TestShell final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light); }
    void cleanupTestCase() { m_theme.reset(); }
    void init();
    void cleanup();
    void pagesByKeyAndRail();
    void functionKeys();
    void paletteFiltersAndRuns();
    void paletteSaysWhyNot();
    void sheetHoldsThePageBelow();
    void narrowWindow();
    void f6GoesRound();
    void menusOfferPageActions();
    void pageAloneHidesTheBand();
    void layoutIsRemembered();
    void appearanceIsRemembered();
    void healthTellsWhatWasChecked();
    void whatWasNotLookedAtIsNotGood();
    void writeModeAsksFirst();
    void armedCountsDown();
    void closeGuardKeepsTheWindow();
    void helpAndAbout();

private:
    void open();
    [[nodiscard]] CommandPalette *palette() const { return m_window->findChild<CommandPalette *>(); }
    [[nodiscard]] QLineEdit *paletteInput() const { return palette()->findChild<QLineEdit *>(); }
    [[nodiscard]] QListView *paletteList() const { return palette()->findChild<QListView *>(); }
    void key(Qt::Key which, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QWidget *focus = QApplication::focusWidget();
        QTest::keyClick(focus != nullptr ? focus : m_window.get(), which, modifiers);
    }

    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<MainWindow> m_window;
    CountingPage *m_sessions = nullptr;
    CountingPage *m_latency = nullptr;
};

void TestShell::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    open();
}

void TestShell::open()
{
    m_window = std::make_unique<MainWindow>(*m_theme, m_folder->path());
    m_sessions =
        new CountingPage(*m_theme, QStringLiteral("sessions"), QStringLiteral("Sessions"), Icon::Sessions, true);
    m_latency = new CountingPage(*m_theme, QStringLiteral("latency"), QStringLiteral("Latency"), Icon::Latency, false);
    m_window->openProfile(shop(), {m_sessions, m_latency});
    m_window->band().health().setLegs(
        {leg(deployment::LegKind::Database, deployment::LegStatus::Ok, "PostgreSQL 15.6, TLS 1.3", 3),
         leg(deployment::LegKind::Schema, deployment::LegStatus::Ok, "Drizzle, session 6,057 rows", 0),
         leg(deployment::LegKind::Deployment, deployment::LegStatus::Ok, "Auth.js v5", 41),
         leg(deployment::LegKind::Secret, deployment::LegStatus::Warn, "No secret was given", 0),
         leg(deployment::LegKind::Cache, deployment::LegStatus::Skipped, "None configured", 0)});
    m_window->resize(1440, 900);
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void TestShell::cleanup()
{
    m_window.reset();
    m_folder.reset();
}

void TestShell::pagesByKeyAndRail()
{
    QCOMPARE(m_window->currentPage(), m_sessions);
    QCOMPARE(m_sessions->activations, 1);
    key(Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(m_window->currentPage(), m_latency);
    auto *item = m_window->findChild<QAbstractButton *>(QStringLiteral("rail-sessions"));
    QTest::mouseClick(item, Qt::LeftButton);
    QCOMPARE(m_window->currentPage(), m_sessions);
    item->setFocus();
    key(Qt::Key_Down);
    QCOMPARE(m_window->currentPage(), m_latency);
    QVERIFY(m_window->findChild<QAbstractButton *>(QStringLiteral("rail-latency"))->hasFocus());
    m_window->showPage(QStringLiteral("sessions"));
    Q_EMIT m_latency->badgeChanged(QStringLiteral("14"), false);
    QVERIFY(saveScreenshots(*m_window, *m_theme, QStringLiteral("shell")));
}

void TestShell::functionKeys()
{
    key(Qt::Key_F5);
    QCOMPARE(m_sessions->refreshes, 1);
    QCOMPARE(m_latency->refreshes, 0);
    m_window->findChild<NavigationBar *>()->focusCurrent();
    key(Qt::Key_F, Qt::ControlModifier);
    QVERIFY(m_sessions->isAncestorOf(QApplication::focusWidget()));
}

void TestShell::paletteFiltersAndRuns()
{
    key(Qt::Key_K, Qt::ControlModifier);
    QVERIFY(palette()->isVisible());
    QVERIFY(paletteInput()->hasFocus());
    const int all = paletteList()->model()->rowCount();
    QTest::keyClicks(paletteInput(), QStringLiteral("rev"));
    QVERIFY(paletteList()->model()->rowCount() < all);
    QCOMPARE(paletteList()->currentIndex().data().toString(), QStringLiteral("Revoke 3 sessions…"));
    QVERIFY(saveScreenshots(*m_window, *m_theme, QStringLiteral("shell-palette")));
    key(Qt::Key_Return);
    QVERIFY(!palette()->isVisible());
    QCOMPARE(m_sessions->removals, 1);

    key(Qt::Key_K, Qt::ControlModifier);
    QVERIFY(saveScreenshot(*m_window, *m_theme, QStringLiteral("shell-palette-all")));
    QTest::keyClicks(paletteInput(), QStringLiteral("latency"));
    key(Qt::Key_F5); // the window's shortcuts rest meanwhile
    QCOMPARE(m_sessions->refreshes, 0);
    key(Qt::Key_Return);
    QCOMPARE(m_window->currentPage(), m_latency);

    key(Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(paletteInput(), QStringLiteral("no such thing"));
    QCOMPARE(paletteList()->model()->rowCount(), 0);
    key(Qt::Key_Return);
    QVERIFY(palette()->isVisible());
    key(Qt::Key_Escape);
    QVERIFY(!palette()->isVisible());
    QVERIFY(m_latency->isAncestorOf(QApplication::focusWidget()));
}

void TestShell::paletteSaysWhyNot()
{
    common::setUnavailable(*m_sessions->removal(), QStringLiteral("nothing is selected"));
    key(Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(paletteInput(), QStringLiteral("revoke"));
    QVERIFY(paletteList()
                ->currentIndex()
                .data(Qt::AccessibleTextRole)
                .toString()
                .contains(QStringLiteral("nothing is selected")));
    QVERIFY(saveScreenshot(*m_window, *m_theme, QStringLiteral("shell-palette-unavailable")));
    key(Qt::Key_Return);
    QVERIFY(palette()->isVisible());
    QCOMPARE(m_sessions->removals, 0);
}

void TestShell::sheetHoldsThePageBelow()
{
    auto *sheet = new common::Sheet(*m_theme, *m_sessions);
    sheet->setHeading(Icon::Revoked, common::ColorToken::Bad, QStringLiteral("Revoke 3 sessions of Isolde Brambleby"));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->addWidget(new QLineEdit);
    sheet->setBody(body);
    sheet->open();
    QVERIFY(m_window->band().geometry().bottom() <
            m_window->centralWidget()->mapFromGlobal(sheet->mapToGlobal(QPoint())).y());
    key(Qt::Key_F5);
    key(Qt::Key_2, Qt::ControlModifier);
    key(Qt::Key_K, Qt::ControlModifier);
    QCOMPARE(m_sessions->refreshes, 0);
    QCOMPARE(m_window->currentPage(), m_sessions);
    QVERIFY(!palette()->isVisible());
    QVERIFY(saveScreenshots(*m_window, *m_theme, QStringLiteral("shell-sheet")));
    key(Qt::Key_Escape);
    key(Qt::Key_F5);
    QCOMPARE(m_sessions->refreshes, 1);
}

void TestShell::narrowWindow()
{
    auto *rail = m_window->findChild<NavigationBar *>();
    QCOMPARE(rail->width(), NavigationBar::wideWidth);
    QVERIFY(m_sessions->details()->isVisible());
    m_window->resize(1024, 640);
    QTRY_COMPARE_WITH_TIMEOUT(rail->width(), NavigationBar::narrowWidth, test::patience);
    QVERIFY(!m_sessions->details()->isVisible());
    const int width = m_sessions->width();
    Q_EMIT m_sessions->detailsWanted(true);
    QVERIFY(m_sessions->details()->isVisible());
    QCOMPARE(m_sessions->width(), width); // the pane lies over the page
    Q_EMIT m_sessions->detailsWanted(false);
    Q_EMIT m_latency->badgeChanged(QStringLiteral("14"), false);
    QVERIFY(saveScreenshots(*m_window, *m_theme, QStringLiteral("shell-narrow")));
    m_window->resize(1440, 900);
    QTRY_VERIFY_WITH_TIMEOUT(m_sessions->details()->isVisible(), test::patience);
}

void TestShell::f6GoesRound()
{
    m_sessions->focusMain();
    key(Qt::Key_F6);
    QVERIFY(m_sessions->details()->isAncestorOf(QApplication::focusWidget()));
    key(Qt::Key_F6);
    QVERIFY(m_window->findChild<QAbstractButton *>(QStringLiteral("rail-sessions"))->hasFocus());
    key(Qt::Key_F6);
    QVERIFY(m_sessions->isAncestorOf(QApplication::focusWidget()));
}

void TestShell::menusOfferPageActions()
{
    QMenu *session = nullptr;
    for (const QAction *action : m_window->menuBar()->actions()) {
        if (action->text() == QStringLiteral("&Session")) {
            session = action->menu();
        }
    }
    QVERIFY(session != nullptr);
    session->popup(m_window->mapToGlobal(QPoint(120, 28)));
    QTRY_VERIFY_WITH_TIMEOUT(session->isVisible(), test::patience);
    QVERIFY(session->actions().contains(m_sessions->removal()));
    QVERIFY(saveScreenshot(*session, *m_theme, QStringLiteral("shell-menu")));
    session->close();
    QTRY_VERIFY_WITH_TIMEOUT(!session->actions().contains(m_sessions->removal()), test::patience);
}

void TestShell::pageAloneHidesTheBand()
{
    auto *welcome =
        new CountingPage(*m_theme, QStringLiteral("welcome"), QStringLiteral("Welcome"), Icon::Overview, false);
    m_window->showAlone(welcome);
    QVERIFY(!m_window->band().isVisible());
    QCOMPARE(m_window->currentPage(), welcome);
    // Behind it the connection can be neither armed nor closed: nobody sees which it is.
    const auto available = [this](const char *text) {
        const auto actions = m_window->findChildren<QAction *>();
        return std::ranges::any_of(actions, [text](const QAction *action) {
            return action->text() == QLatin1String(text) && action->isEnabled();
        });
    };
    QVERIFY(!m_window->isProfileInFront());
    QVERIFY(!available("&Arm or disarm") && !available("&Close connection"));
    QVERIFY(m_window->showPage(QStringLiteral("latency")));
    QVERIFY(m_window->band().isVisible() && m_window->isProfileInFront());
    QVERIFY(available("&Arm or disarm") && available("&Close connection"));
    // Nor does it cover what a sheet asks.
    auto *sheet = new common::Sheet(*m_theme, *m_latency);
    sheet->setBody(new QWidget);
    sheet->open();
    QVERIFY(!m_window->showAlone(welcome));
    QCOMPARE(m_window->currentPage(), m_latency);
    delete sheet;
    m_window->closeProfile();
    QVERIFY(!m_window->hasProfile());
    QVERIFY(!m_window->band().isVisible());
    QCOMPARE(m_window->currentPage(), welcome);
}

void TestShell::layoutIsRemembered()
{
    m_window->showPage(QStringLiteral("latency"));
    QVERIFY(m_window->close());
    m_window.reset();
    open();
    QCOMPARE(m_window->currentPage(), m_latency);
}

void TestShell::appearanceIsRemembered()
{
    for (QAction *action : m_window->findChildren<QAction *>()) {
        if (action->text() == QStringLiteral("&Dark")) {
            action->trigger();
        }
    }
    QVERIFY(m_theme->isDark());
    m_window.reset();
    m_theme->setAppearance(common::Appearance::Light);
    open();
    QVERIFY(m_theme->isDark());
    m_theme->setAppearance(common::Appearance::Light);
}

void TestShell::healthTellsWhatWasChecked()
{
    auto &health = m_window->band().health();
    QSignalSpy asked(&health, &HealthChips::checkRequested);
    QAbstractButton *secret = nullptr;
    for (QAbstractButton *button : health.findChildren<QAbstractButton *>()) {
        if (button->accessibleName().startsWith(QStringLiteral("Secret"))) {
            secret = button;
        }
    }
    QVERIFY(secret != nullptr);
    QVERIFY(secret->accessibleName().contains(QStringLiteral("Warning")));
    QTest::mouseClick(secret, Qt::LeftButton);
    auto *popup = health.findChild<QFrame *>(QStringLiteral("healthPopup"));
    QVERIFY(popup != nullptr);
    QStringList words;
    for (const QLabel *label : popup->findChildren<QLabel *>()) {
        words += label->text();
    }
    QVERIFY(words.contains(QStringLiteral("No secret was given")));
    QVERIFY(words.contains(QStringLiteral("Give the secret to check tokens.")));
    QVERIFY(saveScreenshot(*popup, *m_theme, QStringLiteral("shell-health")));
    QTest::mouseClick(popup->findChild<QPushButton *>(), Qt::LeftButton);
    QCOMPARE(asked.count(), 1);
}

void TestShell::whatWasNotLookedAtIsNotGood()
{
    using deployment::LegKind;
    using deployment::LegStatus;
    auto &health = m_window->band().health();
    const auto deploymentChip = [&health](LegStatus itself, LegStatus clock) {
        std::vector<deployment::Leg> legs(2);
        legs[0].kind = LegKind::Deployment;
        legs[0].status = itself;
        legs[1].kind = LegKind::Clock; // of the database, where no address was given
        legs[1].status = clock;
        health.setLegs(legs);
        for (const QAbstractButton *button : health.findChildren<QAbstractButton *>()) {
            if (button->accessibleName().startsWith(QStringLiteral("Deployment")))
                return button->accessibleName().toLower();
        }
        return QString();
    };
    QVERIFY(deploymentChip(LegStatus::Skipped, LegStatus::Ok).contains(QStringLiteral("skipped")));
    QVERIFY(deploymentChip(LegStatus::Skipped, LegStatus::Warn).contains(QStringLiteral("warning")));
    QVERIFY(!deploymentChip(LegStatus::Ok, LegStatus::Ok).contains(QStringLiteral("skipped")));
}

void TestShell::writeModeAsksFirst()
{
    auto &mode = m_window->band().writeMode();
    QSignalSpy wanted(&mode, &WriteModeButton::modeRequested);
    QMenu *menu = mode.findChild<QMenu *>();
    menu->actions().at(1)->trigger();
    QCOMPARE(wanted.count(), 1);
    QCOMPARE(wanted.at(0).at(0).value<WriteMode>(), WriteMode::Guarded);
    QCOMPARE(mode.mode(), WriteMode::ReadOnly);
    mode.setMode(WriteMode::Guarded);
    QVERIFY(menu->actions().at(1)->isChecked());
    mode.setGuardedUnavailable(QStringLiteral("JWT sessions have no rows"));
    QVERIFY(!menu->actions().at(1)->isEnabled());
}

void TestShell::armedCountsDown()
{
    auto &mode = m_window->band().writeMode();
    QSignalSpy wanted(&mode, &WriteModeButton::modeRequested);
    const auto *button = mode.findChild<common::Button *>();
    mode.setMode(WriteMode::Armed, std::chrono::milliseconds(1'500));
    QCOMPARE(button->text(), QStringLiteral("Armed 00:02"));
    QTRY_COMPARE_WITH_TIMEOUT(button->text(), QStringLiteral("Armed 00:00"), test::patience);
    QVERIFY(wanted.isEmpty()); // the connection keeps the promise
}

void TestShell::closeGuardKeepsTheWindow()
{
    bool may = false;
    m_window->setCloseGuard([&may] { return may; });
    QVERIFY(!m_window->close());
    QVERIFY(m_window->isVisible());
    may = true;
    QVERIFY(m_window->close());
}

void TestShell::helpAndAbout()
{
    key(Qt::Key_F1);
    QVERIFY(common::Sheet::openIn(*m_window) != nullptr);
    QVERIFY(saveScreenshot(*m_window, *m_theme, QStringLiteral("shell-help")));
    key(Qt::Key_Escape);
    QVERIFY(common::Sheet::openIn(*m_window) == nullptr);
    key(Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(paletteInput(), QStringLiteral("keyboard"));
    key(Qt::Key_Return);
    QVERIFY(saveScreenshot(*m_window, *m_theme, QStringLiteral("shell-keyboard")));
    key(Qt::Key_Escape);
    key(Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(paletteInput(), QStringLiteral("about"));
    key(Qt::Key_Return);
    QVERIFY(saveScreenshots(*m_window, *m_theme, QStringLiteral("shell-about")));
}

QTEST_MAIN(TestShell)
#include "tst_Shell.moc"
