#include "ui/main/MainWindow.h"

#include <QApplication>
#include <QCloseEvent>
#include <QMenu>
#include <QMenuBar>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/common/Actions.h"
#include "ui/common/Sheet.h"
#include "ui/main/ActivityButton.h"
#include "ui/main/ActivityDrawer.h"
#include "ui/main/AlarmBar.h"
#include "ui/main/AppearanceMenu.h"
#include "ui/main/HelpSheet.h"
#include "ui/main/LogFaultBar.h"
#include "ui/main/MainMenu.h"
#include "ui/main/NavigationBar.h"
#include "ui/main/PaletteField.h"
#include "ui/main/PersonalMark.h"
#include "ui/main/ShellBody.h"
#include "ui/main/StatusLine.h"
#include "ui/main/WriteModeButton.h"

namespace rollcall::main {

using common::Icon;
using common::MenuOf;
using common::Page;

namespace {

constexpr int chipsShortBelow = 1280;

/// Gives the keyboard to @p pane or to the first control in it that takes it by Tab.
void focusInto(QWidget &pane)
{
    const auto takesIt = [&pane](const QWidget &widget) {
        return (widget.focusPolicy() & Qt::TabFocus) == Qt::TabFocus && widget.isEnabled() && widget.isVisibleTo(&pane);
    };
    QWidget *widget = &pane;
    while (!takesIt(*widget)) {
        widget = widget->nextInFocusChain();
        if (widget == &pane || !pane.isAncestorOf(widget)) {
            return; // nothing in it takes the keyboard
        }
    }
    widget->setFocus(Qt::TabFocusReason);
}

} // namespace

MainWindow::MainWindow(common::Theme &theme, const QString &stateFolder, QWidget *parent)
    : QMainWindow(parent),
      m_theme(theme),
      m_state(stateFolder),
      m_band(new HeaderBand(theme)),
      m_alarm(new AlarmBar(theme)),
      m_logFault(new LogFaultBar(theme)),
      m_body(new ShellBody(theme)),
      m_status(new StatusLine(theme)),
      m_palette(new CommandPalette(theme, *m_body)),
      m_menu(new MainMenu(*menuBar(), this))
{
    setWindowTitle(QStringLiteral("Rollcall"));
    setWindowIcon(common::applicationIcon());
    setMinimumSize(1024, 640);
    resize(1440, 900);
    auto *central = new QWidget;
    auto *column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_band);
    column->addWidget(m_alarm);
    column->addWidget(m_logFault);
    column->addWidget(m_body, 1);
    column->addWidget(m_status);
    setCentralWidget(central);
    setBandShown(false);
    menuBar()->setFixedHeight(28);

    auto *field = new PaletteField(theme, this);
    connect(field, &QAbstractButton::clicked, this, &MainWindow::openPalette);
    menuBar()->setCornerWidget(field);
    connect(&m_body->rail(), &NavigationBar::chosen, this, [this](const QString &id) {
        // Chosen by the arrow keys in the rail, the keyboard stays there.
        const bool byKey = m_body->rail().isAncestorOf(QApplication::focusWidget());
        if (showPage(id) && byKey) {
            m_body->rail().focusCurrent();
        }
    });
    connect(&m_status->activity(), &QAbstractButton::clicked, this,
            [this] { setDrawerShown(m_body->drawer().isHidden()); });
    connect(&m_body->drawer(), &ActivityDrawer::changed, this, &MainWindow::showActivitySummary);
    connect(&m_body->drawer(), &ActivityDrawer::closeRequested, this, [this] {
        setDrawerShown(false);
        if (Page *page = currentPage())
            page->focusMain();
    });
    makeActions();
    const QByteArray geometry = m_state.geometry();
    if (!geometry.isEmpty()) {
        restoreGeometry(geometry);
    }
}

MainWindow::~MainWindow() = default;

void MainWindow::makeActions()
{
    const auto make = [this](Icon icon, const QString &text, const QKeySequence &keys, auto slot) {
        QAction *action = common::makeAction(m_theme, this, icon, text, keys);
        connect(action, &QAction::triggered, this, slot);
        return action;
    };
    m_closeProfile = make(Icon::Close, tr("&Close connection"), QKeySequence(Qt::CTRL | Qt::Key_W),
                          [this] { Q_EMIT closeProfileRequested(); });
    common::setUnavailable(*m_closeProfile, tr("no connection is open"));
    QAction *quit = make(Icon::Stop, tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
    m_menu->add(MenuOf::File, m_closeProfile);
    m_menu->add(MenuOf::File, quit);

    m_menu->add(MenuOf::Edit, make(Icon::Filter, tr("&Filter"), QKeySequence::Find, [this] {
                    if (Page *page = currentPage()) {
                        page->focusFilter();
                    }
                }));

    m_menu->add(MenuOf::View, make(Icon::Search, tr("&Pages and actions…"), QKeySequence(Qt::CTRL | Qt::Key_K),
                                   &MainWindow::openPalette));
    m_menu->add(MenuOf::View, make(Icon::Refresh, tr("&Refresh"), QKeySequence(Qt::Key_F5), [this] {
                    if (Page *page = currentPage()) {
                        page->refresh();
                    }
                }));
    m_details = make(Icon::Info, tr("&Details pane"), QKeySequence(Qt::CTRL | Qt::Key_I),
                     [this] { m_body->setDetailsShown(!m_body->detailsVisible()); });
    common::setUnavailable(*m_details, tr("this page has none"));
    m_menu->add(MenuOf::View, m_details);
    m_activity = make(Icon::Up, tr("&Activity"), QKeySequence(Qt::CTRL | Qt::Key_J), [this] {
        const bool shown = !m_body->drawer().isHidden();
        setDrawerShown(!shown);
        if (!shown)
            m_body->drawer().focusFirst();
    });
    common::setUnavailable(*m_activity, tr("no connection is open"));
    m_menu->add(MenuOf::View, m_activity);
    m_arm = make(Icon::Unlock, tr("&Arm or disarm"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A), [this] {
        WriteModeButton &mode = m_band->writeMode();
        mode.request(mode.mode() == WriteMode::Armed ? WriteMode::Guarded : WriteMode::Armed);
    });
    common::setUnavailable(*m_arm, tr("no connection is open"));
    m_menu->add(MenuOf::Session, m_arm);
    m_menu->add(MenuOf::View, m_band->personal().action());
    m_menu->add(MenuOf::View, make(Icon::Right, tr("&Next pane"), QKeySequence(Qt::Key_F6), &MainWindow::nextPane));
    fillAppearanceMenu(*m_menu->addViewSubmenu(tr("&Appearance")), m_theme, m_state);

    m_menu->addHelp(make(Icon::Help, tr("&Help for this page"), QKeySequence(Qt::Key_F1), [this] {
        if (const Page *page = currentPage()) {
            openHelp(m_theme, *m_body, page->title(), page->help());
        }
    }));
    m_menu->addHelp(make(Icon::Keyboard, tr("&Keyboard"), {},
                         [this] { openHelp(m_theme, *m_body, tr("Keyboard"), keyboardHelp()); }));
    m_menu->addHelp(make(Icon::Info, tr("&About Rollcall"), {}, [this] { openAbout(m_theme, *m_body); }));
}

void MainWindow::takePage(Page *page)
{
    if (m_body->stack().indexOf(page) >= 0) {
        return;
    }
    m_body->stack().addWidget(page);
    connect(page, &Page::statusChanged, this, [this, page] {
        if (page == currentPage()) {
            refreshStatus();
        }
    });
    connect(page, &Page::detailsWanted, this, [this, page](bool shown) {
        if (page == currentPage()) {
            m_body->setDetailsShown(shown);
        }
    });
}

bool MainWindow::showAlone(Page *page)
{
    if (common::Sheet::openIn(*m_body) != nullptr) {
        return false;
    }
    bringAlone(page);
    return true;
}

void MainWindow::bringAlone(Page *page)
{
    takePage(page);
    m_alone.removeAll(page);
    m_alone.append(page);
    setBandShown(false);
    m_body->setRailShown(false);
    setDrawerShown(false);
    m_status->setActivityShown(false);
    if (hasProfile()) {
        // Nobody sees which connection it would be done to.
        setProfileActionsUnavailable(tr("another page is in front of the connection"));
    }
    bringToFront(page);
}

void MainWindow::setBandShown(bool shown)
{
    m_band->setVisible(shown);
    m_alarm->setInSight(shown);
    m_logFault->setInSight(shown);
}

void MainWindow::setProfileActionsUnavailable(const QString &why)
{
    for (QAction *action : {m_closeProfile, m_activity, m_arm}) {
        common::setUnavailable(*action, why);
    }
}

void MainWindow::removePage(Page *page)
{
    const bool inFront = page == currentPage();
    m_alone.removeAll(page);
    m_alone.removeAll(nullptr);
    m_body->stack().removeWidget(page);
    page->hide();
    page->deleteLater();
    if (!inFront) {
        return;
    }
    if (!m_pages.isEmpty()) {
        // Back to the connection that stayed open behind it: the rail, the way there, is hidden.
        if (!showPage(m_lastPage)) {
            (void)showPage(m_pages.constFirst()->id()); // the first one is always there
        }
    } else if (!m_alone.isEmpty()) {
        bringAlone(m_alone.constLast());
    }
}

void MainWindow::openProfile(const ProfileHeader &profile, const QList<Page *> &pages)
{
    closeProfile();
    m_profileKey = profile.key;
    m_pages = pages;
    m_band->setProfile(profile);
    setWindowTitle(tr("%1 (%2) – Rollcall").arg(profile.name, common::environmentWord(profile.environment)));
    NavigationBar &rail = m_body->rail();
    for (qsizetype i = 0; i < pages.size(); ++i) {
        Page *page = pages[i];
        takePage(page);
        const QKeySequence keys = i < 9 ? QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + int(i))) : QKeySequence();
        rail.addItem(page->id(), page->icon(), page->title(), keys.toString(QKeySequence::NativeText));
        QAction *go = common::makeAction(m_theme, this, page->icon(), page->title(), keys);
        connect(go, &QAction::triggered, this, [this, id = page->id()] { showPage(id); });
        addAction(go);
        m_pageActions += go;
        connect(page, &Page::badgeChanged, this, [this, id = page->id()](const QString &text, bool alarming) {
            m_body->rail().setBadge(id, text, alarming);
        });
    }
    m_menu->setPages(pages);
    m_status->setActivityShown(true);
    const WindowState::Layout layout = m_state.layout(profile.key);
    m_body->setDetailsWanted(layout.detailsShown);
    if (!pages.isEmpty() && !showPage(layout.page)) {
        (void)showPage(pages.constFirst()->id()); // the first one is always there
    }
}

void MainWindow::closeProfile()
{
    if (m_pages.isEmpty()) {
        return;
    }
    rememberLayout();
    // A sheet is a child of the body, not of its page, and works on the same connection: it goes with the pages.
    qDeleteAll(m_body->findChildren<common::Sheet *>());
    m_body->setDetails(nullptr);
    m_menu->setPages({});
    for (Page *page : std::as_const(m_pages)) {
        m_body->rail().removeItem(page->id());
        m_body->stack().removeWidget(page);
        if (QWidget *details = page->details()) {
            details->setParent(page); // goes where its page goes
        }
        delete page; // at once: whoever closes a profile takes away next what its pages use
    }
    qDeleteAll(m_pageActions);
    m_pageActions.clear();
    m_pages.clear();
    m_profileKey.clear();
    setBandShown(false);
    m_body->setRailShown(false);
    m_body->drawer().setActivities(nullptr);
    m_alarm->setWatches(nullptr);
    m_logFault->clear();
    setDrawerShown(false);
    m_status->setActivityShown(false);
    setProfileActionsUnavailable(tr("no connection is open"));
    setWindowTitle(QStringLiteral("Rollcall"));
    m_alone.removeAll(nullptr);
    if (!m_alone.isEmpty()) {
        bringAlone(m_alone.constLast());
    }
}

bool MainWindow::showPage(const QString &id)
{
    const auto it = std::find_if(m_pages.begin(), m_pages.end(), [&id](const Page *page) { return page->id() == id; });
    if (it == m_pages.end() || common::Sheet::openIn(*m_body) != nullptr) {
        if (const Page *page = currentPage()) {
            m_body->rail().setCurrent(page->id()); // the rail may already have moved on
        }
        return false;
    }
    setBandShown(true);
    m_body->setRailShown(true);
    m_status->setActivityShown(true);
    setProfileActionsUnavailable({});
    m_body->rail().setCurrent(id);
    m_lastPage = id;
    bringToFront(*it);
    return true;
}

void MainWindow::bringToFront(Page *page)
{
    m_body->stack().setCurrentWidget(page);
    QWidget *details = page->details();
    m_body->setDetails(details);
    common::setUnavailable(*m_details, details == nullptr ? tr("this page has none") : QString());
    refreshStatus();
    page->activate();
    page->focusMain();
    Q_EMIT currentPageChanged(page);
}

Page *MainWindow::currentPage() const
{
    return qobject_cast<Page *>(m_body->stack().currentWidget());
}

ActivityDrawer &MainWindow::drawer()
{
    return m_body->drawer();
}

void MainWindow::setDrawerShown(bool shown)
{
    // Under a sheet it may come, so that it is there when the sheet goes.
    m_body->setDrawerShown(shown && hasProfile());
    showActivitySummary();
}

void MainWindow::showActivitySummary()
{
    const QString summary = m_body->drawer().summary();
    m_status->activity().setSummary(summary, summary != ActivityDrawer::idleText());
    m_status->activity().setChecked(!m_body->drawer().isHidden());
    m_status->update();
}

void MainWindow::nextPane()
{
    Page *page = currentPage();
    if (page == nullptr || common::Sheet::openIn(*m_body) != nullptr) {
        return;
    }
    const QWidget *focus = QApplication::focusWidget();
    QWidget *details = m_body->detailsVisible() ? page->details() : nullptr;
    ActivityDrawer &activity = m_body->drawer();
    const bool beforeDrawer =
        focus != nullptr && (details != nullptr ? details : static_cast<QWidget *>(page))->isAncestorOf(focus);
    if (focus != nullptr && page->isAncestorOf(focus) && details != nullptr) {
        focusInto(*details);
    } else if (beforeDrawer && !activity.isHidden()) {
        activity.focusFirst();
    } else if (hasProfile() && !m_body->rail().isAncestorOf(focus)) {
        m_body->rail().focusCurrent();
    } else {
        page->focusMain();
    }
}

void MainWindow::refreshStatus()
{
    const Page *page = currentPage();
    m_status->setItems(page == nullptr ? QList<common::StatusItem>() : page->statusItems());
}

void MainWindow::addApplicationAction(MenuOf menu, QAction *action)
{
    m_menu->add(menu, action);
}

void MainWindow::setCloseGuard(std::function<bool()> mayClose)
{
    m_mayClose = std::move(mayClose);
}

void MainWindow::openPalette()
{
    if (common::Sheet::openIn(*m_body) == nullptr) {
        m_palette->open(commands());
    }
}

QList<Command> MainWindow::commands()
{
    QList<Command> list;
    const auto add = [&list](const QString &group, QAction *action) {
        if (action->isSeparator() || !action->isVisible()) {
            return;
        }
        QString reason = common::unavailableReason(*action);
        if (reason.isEmpty() && !action->isEnabled()) {
            reason = tr("not available now");
        }
        list += Command{group,
                        common::plainText(*action),
                        common::glyphOf(*action).value_or(Icon::Right),
                        action->shortcut().toString(QKeySequence::NativeText),
                        reason,
                        [target = QPointer<QAction>(action)] {
                            if (target != nullptr) {
                                target->trigger();
                            }
                        }};
    };
    if (const Page *page = currentPage()) {
        for (QAction *action : page->actions()) {
            const QString group = common::paletteGroup(*action);
            add(group.isEmpty() ? page->title() : group, action);
        }
    }
    for (QAction *action : std::as_const(m_pageActions)) {
        add(tr("Pages"), action);
    }
    for (QAction *action : m_menu->permanentActions()) {
        add(tr("Rollcall"), action);
    }
    return list;
}

void MainWindow::rememberLayout()
{
    if (!m_profileKey.isEmpty()) {
        const Page *page = currentPage();
        const bool ofProfile = std::find(m_pages.begin(), m_pages.end(), page) != m_pages.end();
        m_state.saveLayout(m_profileKey, {ofProfile ? page->id() : QString(), m_body->detailsWanted()});
    }
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_mayClose && !m_mayClose()) {
        event->ignore();
        return;
    }
    rememberLayout();
    m_state.saveGeometry(saveGeometry());
    event->accept();
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    m_band->setNarrow(width() < chipsShortBelow);
}

} // namespace rollcall::main
