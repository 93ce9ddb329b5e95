#include "ui/connect/ConnectionPage.h"

#include <QAction>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QMimeData>
#include <QScrollArea>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/common/Surface.h"
#include "ui/connect/ConnectionFoot.h"
#include "ui/connect/LegWords.h"

namespace rollcall::connect {

using base::ErrorCode;
using base::ErrorParam;
using common::Button;
using common::State;
using deployment::ConnectionConfig;
using deployment::LegKind;
using workspace::ConnectionProfile;
using workspace::ConnectionSecrets;

namespace {

constexpr int contentWidth = 1200;
constexpr std::chrono::milliseconds quietTest{150}; ///< a test shorter than this changes nothing on the screen
constexpr std::chrono::milliseconds tick{250};

/// A quiet remark where there is nothing to judge.
Finding hint(const QString &words)
{
    Finding finding;
    finding.detail = words;
    return finding;
}

} // namespace

ConnectionPage::ConnectionPage(const common::Theme &theme, const base::Clock &clock, QWidget *parent)
    : common::Page(parent),
      m_theme(theme),
      m_databaseTester([this] { return databaseInput(); }, clock),
      m_deploymentTester([this] { return deploymentInput(); }, clock),
      m_cacheTester([this] { return cacheInput(); }, clock),
      m_mapper(theme)
{
    setObjectName(QStringLiteral("connectionPage"));
    setAcceptDrops(true);
    common::setSurface(*this, common::Surface::Window);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *content = new QWidget;
    makeContent(content);
    auto *centred = new QWidget;
    auto *middle = new QHBoxLayout(centred);
    middle->setContentsMargins(common::space::xl, 0, common::space::xl, common::space::l);
    middle->addStretch();
    middle->addWidget(content, contentWidth);
    middle->addStretch();
    content->setMaximumWidth(contentWidth);
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(centred);
    column->addWidget(scroll, 1);

    m_foot = new ConnectionFoot(theme);
    m_foot->setMaximumWidth(contentWidth);
    auto *footRow = new QHBoxLayout;
    footRow->setContentsMargins(common::space::xl, 0, common::space::xl, 0);
    footRow->addStretch();
    footRow->addWidget(m_foot, contentWidth);
    footRow->addStretch();
    column->addLayout(footRow);

    connect(m_form, &ConnectionForm::edited, this, &ConnectionPage::onEdited);
    connect(&m_databaseTester, &LegTester::changed, this, [this] {
        const deployment::CheckResult *result = m_databaseTester.result();
        if (result && result->schema)
            m_form->offerSchemas(*result->schema);
        showAll();
        if (m_isMapWanted && (result || !m_databaseTester.isPending()))
            correctMap();
    });
    connect(&m_deploymentTester, &LegTester::changed, this, &ConnectionPage::showAll);
    connect(&m_cacheTester, &LegTester::changed, this, &ConnectionPage::showAll);
    connect(&m_importer, &EnvImporter::imported, this,
            [this](const std::shared_ptr<const workspace::EnvImport> &import, const QString &path) {
                onImported(*import, path);
            });
    connect(&m_importer, &EnvImporter::failed, this,
            [this](const base::Error &error) { m_error->showError(error, tr("The .env file could not be read")); });
    connect(m_form, &ConnectionForm::mapWanted, this, &ConnectionPage::correctMap);
    connect(&m_mapper, &SchemaMapper::settled, m_form, &ConnectionForm::useMap);
    connect(&m_mapper, &SchemaMapper::failed, this,
            [this](const base::Error &error) { m_error->showError(error, tr("The tables could not be read")); });
    connect(m_foot, &ConnectionFoot::cancelRequested, this, &ConnectionPage::cancelled);
    connect(m_foot, &ConnectionFoot::saveRequested, this, [this](bool open) {
        m_error->clear();
        Q_EMIT saveRequested(m_form->profile(), std::make_shared<const ConnectionSecrets>(m_form->secrets()), open);
    });
    for (const Row row : {Row::Database, Row::Schema, Row::Secret, Row::Deployment, Row::Cache}) {
        LegFinding &finding = m_form->finding(row);
        connect(&finding, &LegFinding::fixRequested, this, [this, row] {
            // Copied: the repair shows new findings, and with them new repairs.
            if (const auto fix = m_fixes[row])
                fix();
        });
        LegTester &tester = row == Row::Database || row == Row::Schema ? m_databaseTester
                            : row == Row::Cache                        ? m_cacheTester
                                                                       : m_deploymentTester;
        connect(&finding, &LegFinding::cancelRequested, &tester, &LegTester::cancel);
    }
    m_tick.setInterval(tick);
    connect(&m_tick, &QTimer::timeout, this, &ConnectionPage::showAll);

    auto *leave = new QAction(tr("Leave the connection as it was"), this);
    leave->setShortcut(Qt::Key_Escape);
    leave->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(leave, &QAction::triggered, this, &ConnectionPage::cancelled);
    addAction(leave);
    showAll();
}

QWidget *ConnectionPage::makeHead()
{
    auto *head = new QWidget;
    head->setFixedHeight(72);
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(common::space::m);
    m_title = new common::Label(m_theme, title(), common::FontToken::Title);
    row->addWidget(m_title);
    row->addWidget(new common::Label(m_theme,
                                     tr("Each leg is tried as soon as it is filled. Nothing is written to the "
                                        "deployment."),
                                     common::FontToken::Body, common::ColorToken::Muted),
                   1);
    auto *fill = new Button(m_theme, tr("Fill from .env…"));
    fill->setObjectName(QStringLiteral("fillFromEnv"));
    fill->setGlyph(common::Icon::Import);
    fill->setToolTip(tr("Or drop the file anywhere on this page. It stays as it is."));
    connect(fill, &Button::clicked, this, &ConnectionPage::chooseEnvFile);
    row->addWidget(fill);
    return head;
}

void ConnectionPage::makeContent(QWidget *content)
{
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(common::space::s);
    column->addWidget(makeHead());
    m_error = new common::ErrorBanner(m_theme);
    column->addWidget(m_error);
    m_note = new common::Note(m_theme, common::NoteKind::Info, {}, {});
    m_note->hide();
    column->addWidget(m_note);
    m_form = new ConnectionForm(m_theme);
    column->addWidget(m_form);
    column->addStretch();
}

QString ConnectionPage::title() const
{
    return m_savedName.isEmpty() ? tr("New connection") : tr("Change %1").arg(m_savedName);
}

QString ConnectionPage::help() const
{
    return tr(
        "# Connection\n\nA connection has up to five legs, and each is tried as soon as it is filled; nothing is "
        "written.\n\n"
        "**Database**: the address of the deployment's own database, with a role that may read the sessions, "
        "users and accounts tables (and delete sessions, if you want to revoke). **Schema** is found by looking "
        "at the tables.\n\n"
        "**Deployment**: its public address. It is asked for its csrf token and for a session without a cookie.\n\n"
        "**Secret**: `AUTH_SECRET` or `NEXTAUTH_SECRET`. It is proven by the deployment's own csrf cookie and is "
        "needed to look into JWTs.\n\n"
        "**Cache**: a Redis, by `redis://`, `rediss://` or `upstash:https://`, where checks in cached mode keep their "
        "answers; session data stands there in clear, tokens never. Revoked sessions are dropped from it. Without one, "
        "answers are kept in this program's memory.\n\n"
        "**Fill from .env** reads these from the file a deployment is started with; the file stays as it is. "
        "Passwords and secrets go to the keychain, or to the key file you named; nowhere else.");
}

void ConnectionPage::focusMain()
{
    m_form->focusFirst();
}

QList<common::StatusItem> ConnectionPage::statusItems() const
{
    return {{m_savedName.isEmpty() ? tr("New connection, not saved") : tr("Saved connection %1").arg(m_savedName),
             {},
             common::ColorToken::Muted,
             false},
            {storageText(), m_vault.isEmpty() ? std::optional(common::Icon::Warn) : std::nullopt,
             common::ColorToken::Warn, true}};
}

void ConnectionPage::edit(const ConnectionProfile &profile, const ConnectionSecrets &secrets)
{
    m_savedName = profile.name;
    m_title->setText(title());
    m_form->load(profile, secrets);
    tryAll();
    Q_EMIT statusChanged();
}

void ConnectionPage::fillFromEnv(const QString &path)
{
    m_error->clear();
    m_importer.import(path);
}

void ConnectionPage::onImported(const workspace::EnvImport &import, const QString &path)
{
    const ConnectionProfile before = m_form->profile();
    ConnectionProfile profile = import.profile; // of what follows a file says nothing: it stays
    profile.environment = before.environment;
    profile.needsApproval = before.needsApproval;
    profile.watchFor = before.watchFor;
    profile.ownUser = before.ownUser;
    profile.maskPersonal = before.maskPersonal;
    profile.note = before.note;
    profile.name = before.name.isEmpty() ? QFileInfo(path).absoluteDir().dirName() : before.name;
    m_form->fill(profile, import.secrets);
    m_note->setContent(common::NoteKind::Info, tr("Filled from %1").arg(QDir::toNativeSeparators(path)),
                       (import.warnings + import.notes).join(QLatin1Char(' ')));
    m_note->show();
    tryAll();
}

void ConnectionPage::setVault(const QString &description)
{
    m_vault = description;
    showAll();
    Q_EMIT statusChanged();
}

void ConnectionPage::showNotSaved(const base::Error &error)
{
    m_error->showError(error, tr("The connection was not saved"));
}

QString ConnectionPage::storageText() const
{
    if (m_vault.isEmpty())
        return tr("No keychain here: secrets will not be saved, writes are refused (--key-file names a key file).");
    if (m_vault.startsWith(QLatin1String("key file")))
        return tr("Secrets rest in the %1.").arg(m_vault);
    return tr("Secrets rest in the keychain (%1).").arg(m_vault);
}

void ConnectionPage::chooseEnvFile()
{
    auto *dialog = new QFileDialog(this, tr("Fill from a .env file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setFilter(QDir::Files | QDir::Hidden);
    dialog->setNameFilters({tr("Environment files (.env* *.env)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &ConnectionPage::fillFromEnv);
    dialog->open();
}

void ConnectionPage::chooseCaFile()
{
    auto *dialog = new QFileDialog(this, tr("The certificate of the issuing CA"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Certificates (*.pem *.crt *.cer)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, m_form, &ConnectionForm::useCaFile);
    dialog->open();
}

void ConnectionPage::correctMap()
{
    const auto input = databaseInput();
    const deployment::CheckResult *result = m_databaseTester.result();
    // What is being found out is waited for: the map begins with it.
    m_isMapWanted = !result && m_databaseTester.isPending();
    if (!m_isMapWanted && input && *input) // else the Database leg says what is wrong
        m_mapper.open(*this, **input, result && result->schema ? &*result->schema : nullptr);
}

void ConnectionPage::dragEnterEvent(QDragEnterEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.first().isLocalFile())
        event->acceptProposedAction();
}

void ConnectionPage::dropEvent(QDropEvent *event)
{
    event->acceptProposedAction();
    fillFromEnv(event->mimeData()->urls().first().toLocalFile());
}

void ConnectionPage::onEdited(ConnectionForm::Part part)
{
    switch (part) {
    case ConnectionForm::Part::Place:
        showAll();
        break;
    case ConnectionForm::Part::Database:
        m_mapper.forget();
        m_databaseTester.touch();
        break;
    case ConnectionForm::Part::Deployment:
        m_deploymentTester.touch();
        break;
    case ConnectionForm::Part::Cache:
        m_cacheTester.touch();
        break;
    }
}

void ConnectionPage::tryAll()
{
    m_databaseTester.start();
    m_deploymentTester.start();
    m_cacheTester.start();
}

base::Result<std::optional<ConnectionConfig>> ConnectionPage::databaseInput() const
{
    ConnectionProfile profile = m_form->profile();
    ConnectionSecrets secrets = m_form->secrets();
    profile.baseUrl.clear();
    profile.basePath.clear();
    profile.cache.clear();
    secrets.cacheUrl = {};
    secrets.authSecrets.clear();
    const bool given = !profile.database.isEmpty();
    auto config = ConnectionConfig::from(std::move(profile), std::move(secrets), LegTester::timeout);
    if (!config)
        return base::fail(config.error());
    return given ? std::optional(std::move(*config)) : std::nullopt;
}

base::Result<std::optional<ConnectionConfig>> ConnectionPage::deploymentInput() const
{
    ConnectionProfile profile = m_form->profile();
    ConnectionSecrets secrets = m_form->secrets();
    profile.database.clear();
    profile.schemaMap.clear();
    profile.timeZone.clear();
    profile.cache.clear();
    secrets.cacheUrl = {};
    secrets.databaseUrl = {};
    const bool given = !profile.baseUrl.isEmpty();
    auto config = ConnectionConfig::from(std::move(profile), std::move(secrets), LegTester::timeout);
    if (!config)
        return base::fail(config.error());
    return given ? std::optional(std::move(*config)) : std::nullopt;
}

base::Result<std::optional<ConnectionConfig>> ConnectionPage::cacheInput() const
{
    ConnectionProfile profile = m_form->profile();
    ConnectionSecrets secrets = m_form->secrets();
    profile.database.clear();
    profile.schemaMap.clear();
    profile.timeZone.clear();
    profile.baseUrl.clear();
    profile.basePath.clear();
    secrets.databaseUrl = {};
    secrets.authSecrets.clear();
    const bool given = !profile.cache.isEmpty();
    auto config = ConnectionConfig::from(std::move(profile), std::move(secrets), LegTester::timeout);
    if (!config)
        return base::fail(config.error());
    if (config->cacheError)
        return base::fail(*config->cacheError);
    return given ? std::optional(std::move(*config)) : std::nullopt;
}

void ConnectionPage::showAll()
{
    if (m_databaseTester.isTesting() || m_deploymentTester.isTesting() || m_cacheTester.isTesting()) {
        if (!m_tick.isActive())
            m_tick.start();
    } else {
        m_tick.stop();
    }
    m_fixes.clear();
    refreshPlace();
    refreshDatabase();
    refreshDeployment();
    refreshSecret();
    refreshCache();
    refreshFoot();
}

void ConnectionPage::display(Row row, Finding finding, std::function<void()> fix)
{
    m_fixes[row] = std::move(fix);
    m_form->finding(row).display(finding);
}

void ConnectionPage::refreshPlace()
{
    const ConnectionProfile profile = m_form->profile();
    Finding finding = hint(profile.environment == workspace::Environment::Production
                               ? tr("Begins read-only. Production asks for the name and the count before each write.")
                               : tr("Begins read-only. Each write is planned, shown and confirmed."));
    if (!m_savedName.isEmpty() && profile.name != m_savedName && !profile.name.isEmpty())
        finding.remedy = tr("Saved under this name beside %1, which stays.").arg(m_savedName);
    display(Row::Place, finding);
}

std::optional<Finding> ConnectionPage::legFinding(Row row, const LegTester &tester, LegKind kind)
{
    if (const deployment::Leg *leg = tester.leg(kind))
        return findingOf(*leg);
    if (tester.isTesting()) {
        if (tester.elapsed() >= quietTest)
            m_form->finding(row).displayTesting(tester.elapsed(), LegTester::timeout);
        return std::nullopt;
    }
    if (tester.wasCancelled())
        return Finding{State::Skipped, tr("Not tested"), tr("The test was cancelled. Any change tries again."), {}, {}};
    return hint(tr("Tried as soon as typing rests."));
}

void ConnectionPage::refreshDatabase()
{
    const auto &error = m_databaseTester.inputError();
    const bool zone = error && error->code == ErrorCode::UsageInvalid;
    const bool map = error && error->code == ErrorCode::FileFormatInvalid;
    const deployment::Leg *leg = m_databaseTester.leg(LegKind::Database);
    const bool failed = leg && leg->status == deployment::LegStatus::Fail;
    m_form->setWrong(ConnectionForm::Field::TimeZone, zone);
    m_form->setWrong(ConnectionForm::Field::Database, failed || (error && !zone && !map));
    if (error) {
        const bool ofSchema = zone || map;
        display(ofSchema ? Row::Schema : Row::Database, findingOf(*error));
        display(ofSchema ? Row::Database : Row::Schema, hint(tr("Waits for the entry to be repaired.")));
        return;
    }
    if (m_form->profile().database.isEmpty()) {
        display(Row::Database, hint(tr("Without a database no session can be listed or revoked.")));
        display(Row::Schema, hint(tr("Found by itself once the database is given.")));
        return;
    }
    if (auto finding = legFinding(Row::Database, m_databaseTester, LegKind::Database)) {
        const bool tls = failed && leg->error == ErrorCode::TlsFailed;
        if (tls)
            finding->fix = tr("Choose a CA file…");
        display(Row::Database, *finding, tls ? [this] { chooseCaFile(); } : std::function<void()>());
    }
    refreshSchema();
}

void ConnectionPage::refreshSchema()
{
    auto finding = legFinding(Row::Schema, m_databaseTester, LegKind::Schema);
    if (!finding)
        return;
    const deployment::CheckResult *result = m_databaseTester.result();
    if (finding->state == State::Warning && result && result->schema && result->schema->best)
        finding->remedy = result->schema->best->warnings.join(QLatin1Char('\n'));
    const deployment::Leg *leg = m_databaseTester.leg(LegKind::Schema);
    const bool none = leg && leg->error == ErrorCode::SchemaNotFound;
    if (none)
        finding->fix = tr("Its sessions are JWTs");
    display(Row::Schema, *finding, none ? [this] { m_form->useJwt(); } : std::function<void()>());
}

void ConnectionPage::refreshDeployment()
{
    const auto &error = m_deploymentTester.inputError();
    const bool path = error && error->code == ErrorCode::UsageInvalid;
    const deployment::Leg *leg = m_deploymentTester.leg(LegKind::Deployment);
    const bool failed = leg && leg->status == deployment::LegStatus::Fail;
    m_form->setWrong(ConnectionForm::Field::BasePath, path);
    m_form->setWrong(ConnectionForm::Field::BaseUrl, failed || (error && !path));
    const QString url = m_form->profile().baseUrl;
    const deployment::CheckResult *result = m_deploymentTester.result();
    QString target; // of the button that repairs the address
    std::optional<Finding> finding;
    if (error) {
        finding = findingOf(*error);
        if (!path && !url.contains(QStringLiteral("://")))
            target = QStringLiteral("https://") + url;
    } else if (url.isEmpty()) {
        finding = hint(tr("Without its address no revocation can be verified and nothing be measured."));
    } else {
        finding = legFinding(Row::Deployment, m_deploymentTester, LegKind::Deployment);
        if (result && result->deploymentError)
            target = redirectTarget(*result->deploymentError);
    }
    if (!finding)
        return;
    std::function<void()> fix;
    if (!target.isEmpty() && target != url) {
        finding->fix = tr("Use %1").arg(target);
        fix = [this, target] { m_form->useBaseUrl(target); };
    } else if (failed && leg->error == ErrorCode::TlsFailed) {
        finding->fix = tr("Choose a CA file…");
        fix = [this] { chooseCaFile(); };
    }
    display(Row::Deployment, *finding, fix);
}

void ConnectionPage::refreshSecret()
{
    std::optional<Finding> finding;
    if (m_form->secrets().authSecrets.empty()) {
        finding = hint(tr("Not needed to list database sessions; needed to look into JWTs."));
    } else if (m_deploymentTester.inputError() || m_form->profile().baseUrl.isEmpty()) {
        finding = Finding{
            State::Skipped, tr("Not tested"), tr("Without the deployment's address it cannot be proven."), {}, {}};
    } else {
        finding = legFinding(Row::Secret, m_deploymentTester, LegKind::Secret);
    }
    if (!finding)
        return;
    if (finding->remedy.isEmpty())
        finding->remedy = storageText();
    display(Row::Secret, *finding);
}

void ConnectionPage::refreshCache()
{
    const auto &error = m_cacheTester.inputError();
    const deployment::Leg *leg = m_cacheTester.leg(LegKind::Cache);
    const bool failed = leg && leg->status == deployment::LegStatus::Fail;
    m_form->setWrong(ConnectionForm::Field::Cache, failed || error);
    if (error) {
        display(Row::Cache, findingOf(*error));
        return;
    }
    if (m_form->profile().cache.isEmpty()) {
        display(Row::Cache, hint(tr("Without one, checks in cached mode keep their answers in memory.")));
        return;
    }
    auto finding = legFinding(Row::Cache, m_cacheTester, LegKind::Cache);
    if (!finding)
        return;
    if (finding->state == State::Ok)
        finding->remedy = tr("Revoked sessions are dropped from it.");
    const bool tls = failed && leg->error == ErrorCode::TlsFailed;
    if (tls)
        finding->fix = tr("Choose a CA file…");
    display(Row::Cache, *finding, tls ? [this] { chooseCaFile(); } : std::function<void()>());
}

QString ConnectionPage::whyNotOpened() const
{
    const ConnectionProfile profile = m_form->profile();
    if (profile.name.isEmpty())
        return tr("Saving waits for a name.");
    if (profile.database.isEmpty() && profile.baseUrl.isEmpty())
        return tr("Save and open waits for a database or a deployment.");
    if (m_databaseTester.isPending() || m_deploymentTester.isPending())
        return tr("Save and open waits for the tests.");
    if (m_databaseTester.inputError() || m_deploymentTester.inputError())
        return tr("Save and open waits for the field edged in red.");
    const std::pair<Row, QString> reasons[] = {
        {Row::Database, tr("Save and open waits for Database: without it nothing can be listed.")},
        {Row::Schema, tr("Save and open waits for Schema: which table holds the sessions?")},
        {Row::Deployment, tr("Save and open waits for Deployment: without it nothing can be verified.")},
        {Row::Secret, tr("Save and open waits for Secret: it is not the deployment's.")},
    };
    for (const auto &[row, reason] : reasons) {
        if (m_form->finding(row).finding().state == State::Failed)
            return reason;
    }
    return {};
}

void ConnectionPage::refreshFoot()
{
    LegCounts counts;
    for (const Row row : {Row::Database, Row::Schema, Row::Secret, Row::Deployment, Row::Cache}) {
        const Finding &finding = m_form->finding(row).finding();
        if (finding.headline.isEmpty())
            continue;
        counts.good += finding.state == State::Ok ? 1 : 0;
        counts.toKnow += finding.state == State::Warning ? 1 : 0;
        counts.toRepair += finding.state == State::Failed ? 1 : 0;
        counts.testing += finding.state == State::Testing ? 1 : 0;
    }
    m_foot->setCounts(counts);
    m_foot->setReasons(m_form->profile().name.isEmpty() ? tr("Saving waits for a name.") : QString(), whyNotOpened());
}

} // namespace rollcall::connect
