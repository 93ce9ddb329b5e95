#include "app/desktop/AppContext.h"

#include <QAction>
#include <QTimer>
#include <QToolTip>

#include "app/desktop/DemoHost.h"
#include "core/deployment/Demands.h"
#include "core/probe/RunArchive.h"
#include "core/revoke/Operations.h"
#include "core/workspace/EnvFile.h"
#include "ui/audit/AuditPage.h"
#include "ui/audit/LastOperations.h"
#include "ui/cache/CachePage.h"
#include "ui/common/Activities.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/PersonalData.h"
#include "ui/common/ReturnWatches.h"
#include "ui/connect/ConnectionPage.h"
#include "ui/jwt/JwtPage.h"
#include "ui/latency/LatencyPage.h"
#include "ui/latency/RunPlanEditor.h"
#include "ui/main/ActivityDrawer.h"
#include "ui/main/AlarmBar.h"
#include "ui/main/CloseQuestion.h"
#include "ui/main/HeaderBand.h"
#include "ui/main/HealthChips.h"
#include "ui/main/LogFaultBar.h"
#include "ui/main/PersonalMark.h"
#include "ui/main/WriteModeButton.h"
#include "ui/overview/OverviewPage.h"
#include "ui/sessions/SessionsPage.h"
#include "ui/users/UsersPage.h"
#include "ui/welcome/WelcomePage.h"

namespace rollcall::app {

using connect::ConnectionKeeper;
using deployment::CheckResult;
using deployment::ConnectionConfig;
using deployment::Deployment;
using workspace::ConnectionProfile;

namespace {

constexpr std::chrono::seconds operationTimeout{10};
constexpr int demoSamples = 400; ///< a p99 with an interval needs 368

/// "shop.example.com · Auth.js v5 · Drizzle · database sessions".
QString summaryOf(const Deployment &deployment)
{
    const session::AuthProfile &auth = *deployment.auth();
    QStringList parts;
    if (deployment.config().baseUrl)
        parts << deployment.config().baseUrl->authority();
    parts << (auth.version == session::AuthVersion::V4 ? QStringLiteral("NextAuth v4") : QStringLiteral("Auth.js v5"));
    if (deployment.schema())
        parts << AppContext::tr("%1 tables").arg(deployment.schema()->adapter);
    parts << (auth.strategy == session::Strategy::Jwt ? AppContext::tr("JWT sessions")
                                                      : AppContext::tr("database sessions"));
    return parts.join(QStringLiteral(" · "));
}

} // namespace

AppContext::AppContext(common::Theme &theme, const DesktopOptions &options, const workspace::Folders &folders)
    : m_undo(revoke::operationsBelow(folders.state), m_clock),
      m_theme(theme),
      m_options(options),
      m_keeper(folders, options.keyFile),
      m_opener(m_clock),
      m_window(theme, folders.state),
      m_changes(theme, m_keeper, m_window),
      m_sheets(theme, m_window),
      m_folders(folders)
{
    m_welcome = new welcome::WelcomePage(theme);
    wireWelcome();
    wireKeeper();
    wireOpener();
    wireHeader();
    m_window.showAlone(m_welcome);

    auto *create = new QAction(tr("New connection…"), this);
    create->setShortcut(QKeySequence::New);
    QObject::connect(create, &QAction::triggered, this, [this] { showConnection({}, nullptr); });
    m_window.addApplicationAction(common::MenuOf::File, create);
    auto *demo = new QAction(tr("Open the demo deployment"), this);
    QObject::connect(demo, &QAction::triggered, this, &AppContext::openDemo);
    m_window.addApplicationAction(common::MenuOf::File, demo);
    m_keeper.readProfiles();
    if (options.demo)
        openDemo();
    else if (!options.envFile.isEmpty())
        importEnv(options.envFile);
}

AppContext::~AppContext()
{
    closeConnection();
}

void AppContext::wireWelcome()
{
    using welcome::WelcomePage;
    QObject::connect(m_welcome, &WelcomePage::demoRequested, this, &AppContext::openDemo);
    QObject::connect(m_welcome, &WelcomePage::newConnectionRequested, this, [this] { showConnection({}, nullptr); });
    QObject::connect(m_welcome, &WelcomePage::envFileChosen, this, &AppContext::importEnv);
    QObject::connect(m_welcome, &WelcomePage::connectRequested, this, &AppContext::openSaved);
    QObject::connect(m_welcome, &WelcomePage::editRequested, this, &AppContext::editSaved);
    QObject::connect(m_welcome, &WelcomePage::removeRequested, this, &AppContext::forgetSaved);
    QObject::connect(m_welcome, &WelcomePage::cancelRequested, this, [this] {
        m_opener.cancel();
        m_whenVaultKnown = {};
        setOpening({});
    });
}

void AppContext::wireKeeper()
{
    QObject::connect(&m_keeper, &ConnectionKeeper::vaultKnown, this, [this](const QString &description) {
        m_audit = std::make_unique<audit::AuditLog>(m_folders.data, m_keeper.vault().get(), m_clock, faultTeller());
        m_vaultDescription = description;
        m_welcome->setVault(description);
        if (m_edit)
            m_edit->setVault(description);
        if (const auto waiting = std::exchange(m_whenVaultKnown, {}))
            waiting();
    });
    QObject::connect(&m_keeper, &ConnectionKeeper::profilesRead, this,
                     [this](const std::vector<ConnectionProfile> &profiles) {
                         m_profiles = profiles;
                         m_welcome->setProfiles(profiles);
                     });
    QObject::connect(&m_keeper, &ConnectionKeeper::secretsRead, this,
                     [this](const ConnectionProfile &profile, const ConnectionKeeper::Secrets &secrets) {
                         if (m_editing == profile.name)
                             showConnection(profile, secrets);
                         else if (m_opening == profile.name)
                             openWith(profile, *secrets);
                     });
    QObject::connect(&m_changes, &connect::ConnectionChanges::saveEnded, this,
                     [this](const ConnectionProfile &saved, const ConnectionKeeper::Secrets &kept, bool open) {
                         leaveConnection();
                         if (open) {
                             leave([this, saved, kept] {
                                 setOpening(saved.name);
                                 openWith(saved, *kept);
                             });
                         }
                     });
    QObject::connect(&m_changes, &connect::ConnectionChanges::saveRefused, this, [this](const base::Error &error) {
        if (m_edit)
            m_edit->showNotSaved(error);
    });
    QObject::connect(&m_keeper, &ConnectionKeeper::failed, this, [this](const base::Error &error) {
        setOpening({});
        showError(error, tr("The saved connections could not be kept or read"));
    });
}

void AppContext::wireOpener()
{
    QObject::connect(&m_opener, &connect::ConnectionOpener::opened, this, &AppContext::showOpened);
    QObject::connect(&m_opener, &connect::ConnectionOpener::checked, this, [this](const CheckResult &check) {
        if (m_connection)
            m_window.band().health().setLegs(check.legs);
    });
    QObject::connect(&m_opener, &connect::ConnectionOpener::failed, this, [this](const base::Error &error) {
        setOpening({});
        showError(error, tr("The connection could not be opened"));
    });
}

void AppContext::wireHeader()
{
    QObject::connect(&m_window.band().writeMode(), &main::WriteModeButton::modeRequested, this,
                     [this](common::WriteMode mode) {
                         if (!m_connection)
                             return;
                         m_connection->setWriteMode(mode);
                         m_window.band().writeMode().setMode(mode, m_connection->armedLeft());
                     });
    QObject::connect(&m_window.band().health(), &main::HealthChips::checkRequested, this, [this] {
        if (m_connection)
            m_opener.check(m_connection->deployment().config().clone());
    });
    QObject::connect(&m_window, &main::MainWindow::closeProfileRequested, this,
                     [this] { leave([this] { closeConnection(); }); });
    main::ActivityDrawer &drawer = m_window.drawer();
    QObject::connect(&drawer, &main::ActivityDrawer::resumeRequested, &m_sheets, &ActSheets::openUnfinished);
    QObject::connect(&drawer, &main::ActivityDrawer::resultRequested, &m_sheets, &ActSheets::openResult);
    QObject::connect(&drawer, &main::ActivityDrawer::revokeAgainRequested, &m_sheets, &ActSheets::openAgain);
    main::AlarmBar &alarm = m_window.alarm();
    QObject::connect(&alarm, &main::AlarmBar::revokeRequested, &m_sheets, &ActSheets::openAgain);
    QObject::connect(&alarm, &main::AlarmBar::activityRequested, this, [this] { m_window.setDrawerShown(true); });
    QObject::connect(&drawer, &main::ActivityDrawer::auditRequested, &m_sheets, &ActSheets::openAuditSoon);
}

void AppContext::setOpening(const QString &name)
{
    m_opening = name;
    m_welcome->setOpening(name);
}

void AppContext::openSaved(const QString &name)
{
    for (const ConnectionProfile &profile : m_profiles) {
        if (profile.name == name) {
            leave([this, profile] {
                m_editing.clear();
                setOpening(profile.name);
                m_keeper.readSecrets(profile);
            });
            return;
        }
    }
}

void AppContext::editSaved(const QString &name)
{
    for (const ConnectionProfile &profile : m_profiles) {
        if (profile.name == name) {
            m_editing = name;
            m_keeper.readSecrets(profile);
        }
    }
}

void AppContext::forgetSaved(const QString &name)
{
    for (const ConnectionProfile &profile : m_profiles) {
        if (profile.name == name)
            m_changes.forget(profile);
    }
}

bool AppContext::showConnection(const ConnectionProfile &profile, const ConnectionKeeper::Secrets &secrets)
{
    m_editing.clear();
    auto *edit = new connect::ConnectionPage(m_theme, m_clock);
    edit->setVault(m_vaultDescription);
    if (secrets)
        edit->edit(profile, *secrets);
    if (!m_window.showAlone(edit)) { // a sheet is open: what it asks is decided first
        delete edit;
        return false;
    }
    if (m_edit)
        leaveConnection();
    m_edit = edit;
    QObject::connect(m_edit, &connect::ConnectionPage::cancelled, this, &AppContext::leaveConnection);
    QObject::connect(m_edit, &connect::ConnectionPage::saveRequested, this,
                     [this](const ConnectionProfile &given, const ConnectionKeeper::Secrets &kept, bool open) {
                         m_changes.save(given, kept, m_edit->savedName(), open);
                     });
    return true;
}

void AppContext::leaveConnection()
{
    m_changes.disregard();
    m_window.removePage(m_edit);
    m_edit = nullptr;
}

void AppContext::importEnv(const QString &path)
{
    if (showConnection({}, nullptr))
        m_edit->fillFromEnv(path);
}

void AppContext::openWith(const ConnectionProfile &profile, const workspace::ConnectionSecrets &secrets)
{
    auto config = ConnectionConfig::from(profile, secrets.clone(), operationTimeout);
    if (!config) {
        setOpening({});
        showError(config.error(), tr("The connection could not be opened"));
        return;
    }
    // Demands are of the place: another connection to it does not take them away.
    deployment::holdToDemands(*config, m_profiles);
    m_opener.open(std::move(*config));
}

void AppContext::openDemo()
{
    if (isBusy()) {
        leave([this] { openDemo(); });
        return;
    }
    closeConnection();
    m_demo = std::make_unique<DemoHost>(m_clock);
    QObject::connect(m_demo.get(), &DemoHost::started, this,
                     [this] { openWith(m_demo->profile(), m_demo->secrets()); });
    QObject::connect(m_demo.get(), &DemoHost::failed, this, [this](const base::Error &error) {
        showError(error, tr("The demo deployment could not be started"));
        QTimer::singleShot(0, this, [this] { m_demo.reset(); }); // not while it is still speaking
    });
    QObject::connect(m_demo.get(), &DemoHost::logFaulty, this,
                     [this](const base::Error &fault) { m_window.logFault().showFault(fault); });
    m_demo->start();
}

void AppContext::showOpened(const std::shared_ptr<const Deployment> &deployment, const CheckResult &check)
{
    const bool isDemo =
        m_demo && m_demo->isRunning() && deployment->config().profile.database == m_demo->info().databaseUrl;
    setOpening({});
    if (isBusy()) {
        // Begun while this one was being opened: its outcome must not be lost with the connection.
        leave([this, deployment, check] { showOpened(deployment, check); });
        return;
    }
    if (!isDemo && !m_audit) {
        m_whenVaultKnown = [this, deployment, check] { showOpened(deployment, check); };
        return;
    }
    m_window.closeProfile();
    m_sheets.setConnection(nullptr); // until the pages of the next one stand
    m_connection = std::make_unique<common::OpenConnection>(
        deployment, check, isDemo ? m_demo->auditLog() : *m_audit,
        isDemo ? m_demo->operations()
               : revoke::OperationPlace{revoke::operationsBelow(m_folders.state), m_keeper.vault().get()});
    m_connection->setConfigFolder(isDemo ? workspace::Folders::below(m_demo->info().dir).config : m_folders.config);

    auto *overview = new overview::OverviewPage(m_theme, *m_connection);
    QList<common::Page *> pages{overview};
    pages << (deployment->hasRows() ? makeRowPages() : makeJwtPages());
    auto *cached = new cache::CachePage(m_theme, *m_connection);
    QObject::connect(cached, &cache::CachePage::purgeRequested, &m_sheets, &ActSheets::openPurge);
    auto *latency = new latency::LatencyPage(m_theme, *m_connection);
    m_latency = latency;
    latency->setRunsFolder(
        probe::runsBelow(isDemo ? workspace::Folders::below(m_demo->info().dir).state : m_folders.state,
                         deployment->config().displayName()));
    if (isDemo) {
        // The demo is on this machine and nobody else's: its runs need not be spared.
        latency->planEditor().setRoutes(m_demo->info().routes);
        latency->planEditor().setGuarded(false);
        latency->planEditor().setSamples(demoSamples);
    }
    auto *audit = new audit::AuditPage(m_theme, m_connection->auditLog(), m_clock);
    auto *last =
        new audit::LastOperations(m_theme, m_connection->auditLog(), deployment->config().displayName(), m_clock);
    QObject::connect(&m_window.logFault(), &main::LogFaultBar::auditRequested, audit, [this, audit] {
        if (!m_window.showPage(audit->id()))
            QToolTip::showText(QCursor::pos(), tr("Close what is open first."), &m_window);
    });
    QObject::connect(audit, &audit::AuditPage::logFoundSound, &m_window.logFault(), &main::LogFaultBar::clear);
    QObject::connect(last, &audit::LastOperations::logFoundSound, &m_window.logFault(), &main::LogFaultBar::clear);
    QObject::connect(last, &audit::LastOperations::auditWanted, this,
                     [this, audit] { m_window.showPage(audit->id()); });
    QObject::connect(m_connection.get(), &common::OpenConnection::sessionsChanged, last,
                     &audit::LastOperations::refresh);
    overview->addToSide(last);
    QObject::connect(overview, &overview::OverviewPage::pruneRequested, &m_sheets, &ActSheets::openPrune);
    QObject::connect(audit, &audit::AuditPage::undoRequested, &m_sheets, &ActSheets::openUndo);
    const ConnectionProfile &profile = deployment->config().profile;
    m_window.setCloseGuard([this] {
        if (!isBusy())
            return true;
        leave([this] { m_window.close(); });
        return false;
    });
    m_window.openProfile({profile.name, profile.name, profile.environment, summaryOf(*deployment)},
                         pages << latency << cached << audit);
    m_window.band().health().setLegs(check.legs);
    m_sheets.setConnection(m_connection.get());
    common::Activities &activities = m_connection->activities();
    m_window.drawer().setActivities(&activities);
    m_window.alarm().setWatches(&activities.returns());
    QObject::connect(&activities, &common::Activities::changed, this, [this, &activities] {
        // What an earlier start left is offered, once, without being in the way.
        if (!std::exchange(m_offered, true) && !activities.unfinished().empty())
            m_window.setDrawerShown(true);
    });
    m_offered = false;
    activities.refresh();
    main::WriteModeButton &mode = m_window.band().writeMode();
    mode.setMode(common::WriteMode::ReadOnly);
    QObject::connect(m_connection.get(), &common::OpenConnection::writeModeChanged, &mode,
                     [this, &mode](common::WriteMode now) { mode.setMode(now, m_connection->armedLeft()); });
    const QString whyNoRecord = !isDemo && !m_keeper.vault()
                                    ? tr("There is neither a keychain nor a key file to keep the audit log's key in.")
                                    : QString();
    mode.setGuardedUnavailable(whyNoRecord);
    m_window.band().personal().setData(&m_connection->personal(), whyNoRecord);
    QObject::connect(&m_connection->personal(), &common::PersonalData::failed, this,
                     [this](const base::Error &error) { m_window.logFault().showFault(error); });
}

QList<common::Page *> AppContext::makeRowPages()
{
    auto *sessions = new sessions::SessionsPage(m_theme, *m_connection);
    auto *users = new users::UsersPage(m_theme, *m_connection);
    QObject::connect(sessions, &sessions::SessionsPage::revokeRequested, &m_sheets, &ActSheets::openPlan);
    QObject::connect(users, &users::UsersPage::revokeRequested, &m_sheets, &ActSheets::openPlan);
    QObject::connect(sessions, &sessions::SessionsPage::chooseRequested, &m_sheets, &ActSheets::openChoice);
    QObject::connect(users, &users::UsersPage::chooseRequested, &m_sheets, &ActSheets::openChoice);
    QObject::connect(users, &users::UsersPage::sessionsRequested, this, [this, sessions](const QString &user) {
        sessions->setFilter(QStringLiteral("state:all user:\"%1\"").arg(user));
        m_window.showPage(sessions->id());
    });
    return {sessions, users};
}

QList<common::Page *> AppContext::makeJwtPages()
{
    // Nobody knows who is signed in: in the place of the lists stands what can be done.
    auto *page = new jwt::JwtPage(m_theme, *m_connection);
    QObject::connect(page, &jwt::JwtPage::ruleRequested, &m_sheets, &ActSheets::openRule);
    return {page};
}

void AppContext::leave(const std::function<void()> &then)
{
    if (!m_connection) {
        then();
        return;
    }
    if (common::PersonalData &personal = m_connection->personal(); personal.isRecording()) {
        // It may wait for the log, and the window is not to wait with it. Who wishes otherwise meanwhile is followed.
        QObject::disconnect(m_afterRecord);
        m_afterRecord = QObject::connect(
            &personal, &common::PersonalData::settled, this,
            [this, then] {
                QObject::disconnect(m_afterRecord);
                leave(then);
            },
            Qt::QueuedConnection);
        personal.giveUp();
        return;
    }
    using latency::LatencyPage;
    const main::Measurement measurement{[page = m_latency] { return page && page->isMeasuring(); },
                                        [page = m_latency] {
                                            if (page)
                                                page->stopMeasuring();
                                        },
                                        [page = m_latency](QObject &context, const std::function<void()> &look) {
                                            if (page)
                                                QObject::connect(page, &LatencyPage::measuringEnded, &context, look,
                                                                 Qt::QueuedConnection);
                                        }};
    main::leaveWhenIdle(m_window, m_connection->activities(), measurement, then);
}

bool AppContext::isBusy() const
{
    return m_connection && (m_connection->activities().isActing() || m_connection->personal().isRecording() ||
                            (m_latency && m_latency->isMeasuring()));
}

void AppContext::closeConnection()
{
    m_opener.cancel();
    m_whenVaultKnown = {};
    m_window.closeProfile();
    m_sheets.setConnection(nullptr);
    m_connection.reset();
    m_demo.reset();
}

audit::OnFault AppContext::faultTeller()
{
    return [this, sender = m_mailbox.sender()](const base::Error &fault) {
        // A full box loses a remark that stands in the log as well, and that the next act makes again.
        static_cast<void>(sender.post([this, fault] { m_window.logFault().showFault(fault); }));
    };
}

void AppContext::showError(const base::Error &error, const QString &what)
{
    m_welcome->banner().showError(error, what);
    if (!m_connection) // an open profile keeps the window; the banner waits on the Welcome page
        m_window.showAlone(m_welcome);
}

} // namespace rollcall::app
