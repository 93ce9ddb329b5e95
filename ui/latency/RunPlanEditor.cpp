#include "ui/latency/RunPlanEditor.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSpinBox>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "core/base/Loopback.h"
#include "core/probe/ColdSeries.h"
#include "core/probe/Guard.h"
#include "ui/charts/ChartPalette.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"
#include "ui/latency/BudgetSheet.h"

namespace rollcall::latency {

using common::Button;
using common::ColorToken;
using common::FontToken;
using common::Label;
using probe::CookieChoice;
using probe::ProbeMode;
using probe::RunPlan;

namespace {

constexpr int defaultSamples = 80; ///< a p95 with an interval needs 72
constexpr int mostSamples = 20'000;
constexpr int usualIdleMinutes = 15; ///< after which many a serverless instance is put to sleep
constexpr int mostIdleMinutes = 55;  ///< a run lasts an hour at most

bool isLoopback(const common::OpenConnection &connection)
{
    const auto &url = connection.deployment().config().baseUrl;
    return url && base::isLoopbackHost(url->host());
}

/// What RunPlan::validate() found, in the words of this form: it names flags, as a command line has them.
base::Error inFormWords(base::Error error)
{
    const QString flag = error.param(base::ErrorParam::Flag);
    if (error.code != base::ErrorCode::UsageInvalid || flag.isEmpty())
        return error;
    const QString detail = error.param(base::ErrorParam::Detail);
    const QString words = flag == QLatin1String("--modes")    ? RunPlanEditor::tr("Choose at least one mode.")
                          : flag == QLatin1String("--route")  ? RunPlanEditor::tr("Routes: %1.").arg(detail)
                          : flag == QLatin1String("--cookie") ? RunPlanEditor::tr("Session: %1.").arg(detail)
                                                              : detail;
    return base::Error(base::ErrorCode::UsageInvalid).with(base::ErrorParam::Detail, words);
}

} // namespace

RunPlanEditor::RunPlanEditor(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_connection(connection),
      m_routes(new QPlainTextEdit(QStringLiteral("/"))),
      m_samples(new QSpinBox),
      m_pace(new QComboBox),
      m_idle(new QSpinBox),
      m_cookie(new QComboBox),
      m_cookieText(new QLineEdit),
      m_withoutCookie(new QCheckBox(tr("Also without a cookie"))),
      m_cold(new QCheckBox(tr("Also on new connections"))),
      m_hint(new Label(theme, {}, FontToken::Status, ColorToken::Muted)),
      m_routesRemark(new Label(theme, {}, FontToken::Status, ColorToken::Muted)),
      m_budgetsButton(new Button(theme, {}, common::ButtonKind::Link)),
      m_budgets(defaultBudgets())
{
    setObjectName(QStringLiteral("runPlan"));
    common::setSurface(*this, common::Surface::Card);
    m_routes->setObjectName(QStringLiteral("planRoutes"));
    m_routes->setTabChangesFocus(true);
    m_routes->setFixedHeight(92);
    m_routes->setMinimumWidth(180);
    m_routes->setPlaceholderText(tr("/dashboard"));
    m_cookie->setObjectName(QStringLiteral("planCookie"));
    m_cookie->addItem(tr("Canary session, removed afterwards"), static_cast<int>(CookieChoice::Canary));
    m_cookie->addItem(tr("No cookie"), static_cast<int>(CookieChoice::None));
    m_cookie->addItem(tr("A cookie of my own"), static_cast<int>(CookieChoice::Given));
    m_cookieText->setObjectName(QStringLiteral("planCookieText"));
    m_cookieText->setEchoMode(QLineEdit::Password);
    m_cookieText->setPlaceholderText(tr("Cookie header value"));
    m_cookieText->setAccessibleName(tr("Cookie header value"));
    m_cookieText->setToolTip(tr("Asking the deployment with it may extend that session"));
    m_cookieText->hide();
    m_hint->setObjectName(QStringLiteral("planHint"));
    m_hint->setWordWrap(true);

    auto *cookie = new QVBoxLayout;
    cookie->setSpacing(common::space::s);
    cookie->addWidget(makeField(tr("Session of the requests"), m_cookie));
    cookie->addWidget(m_cookieText);
    m_withoutCookie->setObjectName(QStringLiteral("planWithoutCookie"));
    m_withoutCookie->setToolTip(
        tr("Network cells a second time as somebody without a session: what is left is the check"));
    m_cold->setObjectName(QStringLiteral("planCold"));
    m_cold->setToolTip(tr("Network cells a second time, each request on a connection made for it"));
    cookie->addWidget(m_withoutCookie);
    cookie->addWidget(m_cold);
    cookie->addStretch();
    auto *fields = new QHBoxLayout;
    fields->setSpacing(common::space::xl);
    fields->addWidget(makeField(tr("Routes, a path a line"), m_routes), 2);
    fields->addWidget(makeModes());
    fields->addLayout(makePace(), 1);
    fields->addLayout(cookie, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(common::space::l, common::space::m, common::space::l, common::space::m);
    column->setSpacing(common::space::s);
    column->addLayout(fields);
    column->addWidget(m_routesRemark);
    column->addWidget(makeFoot());

    connect(&m_import, &RouteImport::ready, this,
            [this](const QStringList &routes, const QString &remark, const QString &otherHost) {
                if (routes.isEmpty() || otherHost.isEmpty())
                    takeRoutes(routes, remark);
                else
                    askAboutHost(routes, remark, otherHost);
            });
    connect(&m_import, &RouteImport::failed, this, [this](const base::Error &error) {
        m_routesRemark->setTint(ColorToken::Warn);
        m_routesRemark->setText(base::describe(error).message);
        m_routesRemark->show();
    });
    connect(m_routes, &QPlainTextEdit::textChanged, this, &RunPlanEditor::updateHint);
    connect(m_samples, &QSpinBox::valueChanged, this, &RunPlanEditor::updateHint);
    connect(m_pace, &QComboBox::currentIndexChanged, this, &RunPlanEditor::followPace);
    connect(m_idle, &QSpinBox::valueChanged, this, &RunPlanEditor::updateHint);
    connect(m_cookie, &QComboBox::currentIndexChanged, this, &RunPlanEditor::updateHint);
    connect(m_cookieText, &QLineEdit::textChanged, this, &RunPlanEditor::updateHint);
    connect(m_withoutCookie, &QCheckBox::toggled, this, &RunPlanEditor::updateHint);
    connect(m_cold, &QCheckBox::toggled, this, &RunPlanEditor::updateHint);
    connect(&connection, &common::OpenConnection::writeModeChanged, this, &RunPlanEditor::updateHint);
    updateHint();
}

QWidget *RunPlanEditor::makeField(const QString &caption, QWidget *field) const
{
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins({});
    column->setSpacing(common::space::xs);
    auto *label = new Label(m_theme, caption, FontToken::Caption, ColorToken::Muted);
    label->setBuddy(field);
    field->setAccessibleName(caption);
    column->addWidget(label);
    column->addWidget(field);
    column->addStretch();
    return box;
}

QWidget *RunPlanEditor::makeModes()
{
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins({});
    column->setSpacing(common::space::xs);
    const bool remote = m_connection.deployment().config().baseUrl.has_value();
    struct Choice
    {
        ProbeMode mode;
        QString word;
        QString tip;
        bool on;
    };
    const auto &cache = m_connection.deployment().config().cache;
    const bool upstash = cache && cache->kind == redis::RedisUrl::Kind::Upstash;
    const Choice choices[] = {
        {ProbeMode::Local, tr("Local"), tr("The session resolved in this process"), true},
        {ProbeMode::Proxy, tr("Proxy"), tr("The deployment's session endpoint"), remote},
        // By its own name where there are two: each has its look in the charts.
        {!cache    ? ProbeMode::Cached
         : upstash ? ProbeMode::CachedUpstash
                   : ProbeMode::CachedRedis,
         !cache    ? tr("Cached")
         : upstash ? tr("Cached in Upstash")
                   : tr("Cached in Redis"),
         cache ? tr("Local behind the deployment's cache: hits and misses apart")
               : tr("Local behind a cache in memory: hits and misses apart"),
         true},
        {ProbeMode::CachedMemory, cache ? tr("Cached in memory") : QString(),
         tr("Local behind a cache in this process, as beside the deployment's: hits and misses apart"), false},
        {ProbeMode::Route, tr("Whole route"), tr("GET of the route itself"), false},
        {ProbeMode::Floor, tr("Network floor"), tr("A static path: network and server alone"), remote},
    };
    for (const Choice &choice : choices) {
        if (choice.word.isEmpty())
            continue; // the only cache is in memory already
        auto *check = new QCheckBox(choice.word);
        check->setObjectName(QStringLiteral("planMode-") + probe::probeModeName(choice.mode));
        check->setToolTip(choice.tip);
        check->setChecked(choice.on);
        connect(check, &QCheckBox::toggled, this, &RunPlanEditor::updateHint);
        column->addWidget(check);
        m_modes.append({choice.mode, check});
    }
    column->addStretch();
    return makeField(tr("Modes"), box);
}

QLayout *RunPlanEditor::makePace()
{
    m_samples->setObjectName(QStringLiteral("planSamples"));
    m_samples->setRange(1, mostSamples);
    m_samples->setValue(defaultSamples);
    m_pace->setObjectName(QStringLiteral("planPace"));
    m_pace->addItem(tr("Guarded: 2 requests a second"), Guarded);
    if (isLoopback(m_connection))
        m_pace->addItem(tr("Unguarded: as fast as answers come"), Unguarded);
    m_pace->addItem(tr("Cold starts: single requests, far apart"), ColdStarts);
    m_pace->setToolTip(tr("Cold starts: each request of one cell finds asleep what goes to sleep when nobody asks"));
    m_idle->setObjectName(QStringLiteral("planIdle"));
    m_idle->setRange(1, mostIdleMinutes);
    m_idle->setValue(usualIdleMinutes);
    m_idle->setSuffix(tr(" min"));
    m_idle->setToolTip(tr("For so long nobody asks, before the first request too: a little longer than instances "
                          "take to fall asleep"));
    QWidget *idle = makeField(tr("Rest before each request"), m_idle);
    idle->hide();
    connect(m_pace, &QComboBox::currentIndexChanged, idle, [this, idle] { idle->setVisible(pace() == ColdStarts); });
    auto *column = new QVBoxLayout;
    column->setSpacing(common::space::s);
    column->addWidget(makeField(tr("Samples for each cell"), m_samples));
    column->addWidget(makeField(tr("Pace"), m_pace));
    column->addWidget(idle);
    column->addStretch();
    return column;
}

QWidget *RunPlanEditor::makeFoot()
{
    m_routesRemark->setObjectName(QStringLiteral("routesRemark"));
    m_routesRemark->setWordWrap(true);
    m_routesRemark->hide();
    auto *foot = new QWidget;
    auto *row = new QHBoxLayout(foot);
    row->setContentsMargins({});
    row->setSpacing(common::space::l);
    row->addWidget(m_hint, 1);
    auto *from = new Button(m_theme, tr("Routes from"), common::ButtonKind::Quiet);
    from->setObjectName(QStringLiteral("planRoutesFrom"));
    auto *menu = new QMenu(from);
    const std::pair<RouteSource, QString> sources[] = {{RouteSource::Build, tr("A Next.js build folder…")},
                                                       {RouteSource::Har, tr("A HAR recorded by a browser…")},
                                                       {RouteSource::Sitemap, tr("A sitemap file…")},
                                                       {RouteSource::List, tr("A file, a path a line…")}};
    for (const auto &[source, word] : sources)
        connect(menu->addAction(word), &QAction::triggered, this, [this, source = source] { chooseRoutes(source); });
    menu->addSeparator();
    connect(menu->addAction(tr("The sitemap at an address…")), &QAction::triggered, this,
            &RunPlanEditor::chooseSitemapAddress);
    from->setMenu(menu);
    row->addWidget(from);
    m_budgetsButton->setObjectName(QStringLiteral("planBudgets"));
    connect(m_budgetsButton, &Button::clicked, this, &RunPlanEditor::editBudgets);
    row->addWidget(m_budgetsButton);
    return foot;
}

MeasuredSite RunPlanEditor::site() const
{
    const auto &auth = m_connection.deployment().auth();
    const QString basePath = auth ? QString::fromUtf8(auth->basePath) : QStringLiteral("/api/auth");
    return {m_connection.deployment().config().baseUrl, basePath + QStringLiteral("/session")};
}

void RunPlanEditor::takeRoutes(const QStringList &routes, const QString &remark)
{
    m_routesRemark->setTint(ColorToken::Muted);
    m_routesRemark->setText(remark);
    m_routesRemark->setVisible(!remark.isEmpty());
    if (!routes.isEmpty())
        setRoutes(routes);
}

/// As where a deployment is measured beside the one whose addresses its sitemap names. The run asks the deployment
/// alone either way, but for pages that it may not have.
void RunPlanEditor::askAboutHost(const QStringList &routes, const QString &remark, const QString &otherHost)
{
    const QString own = site().baseUrl.value_or(QUrl()).authority();
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("Routes from a sitemap"),
                                tr("Its pages are of %1, not of %2.").arg(otherHost, own), QMessageBox::NoButton, this);
    box->setObjectName(QStringLiteral("sitemapHost"));
    box->setInformativeText(tr("Nothing is asked of %1: a run would ask %2 for these paths.").arg(otherHost, own));
    box->setAttribute(Qt::WA_DeleteOnClose);
    const QPushButton *take = box->addButton(tr("Take the paths"), QMessageBox::AcceptRole);
    QPushButton *leave = box->addButton(tr("Take none"), QMessageBox::RejectRole);
    box->setDefaultButton(leave);
    box->setEscapeButton(leave);
    connect(box, &QDialog::finished, this, [this, box, take, routes, remark, otherHost] {
        if (box->clickedButton() == take)
            takeRoutes(routes, remark);
        else
            takeRoutes({}, tr("No route was taken: its pages are of %1.").arg(otherHost));
    });
    box->open();
}

void RunPlanEditor::chooseRoutes(RouteSource source)
{
    auto *dialog = new QFileDialog(this, tr("Routes from"));
    dialog->setFileMode(source == RouteSource::Build ? QFileDialog::Directory : QFileDialog::ExistingFile);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, source](const QString &path) { importRoutes(source, path); });
    dialog->open();
}

void RunPlanEditor::importRoutes(RouteSource source, const QString &path)
{
    sayReading(tr("Reading routes…"));
    m_import.read(source, path, site());
}

void RunPlanEditor::chooseSitemapAddress()
{
    auto *dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("sitemapAddress"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Routes from a sitemap"));
    dialog->setLabelText(tr("Address of the sitemap: it is asked for once, without a cookie"));
    dialog->setOkButtonText(tr("Read"));
    const auto &base = m_connection.deployment().config().baseUrl;
    dialog->setTextValue(base ? base->resolved(QUrl(QStringLiteral("/sitemap.xml"))).toString() : QString());
    connect(dialog, &QInputDialog::textValueSelected, this,
            [this](const QString &text) { fetchRoutes(QUrl(text.trimmed())); });
    dialog->open();
}

void RunPlanEditor::fetchRoutes(const QUrl &url)
{
    sayReading(tr("Asking %1 for its sitemap…").arg(url.host()));
    SitemapRequest request{url, m_connection.deployment().config().httpOptions};
    request.options.timeout = m_connection.timeout();
    m_import.fetch(request, site());
}

void RunPlanEditor::sayReading(const QString &words)
{
    m_routesRemark->setTint(ColorToken::Muted);
    m_routesRemark->setText(words);
    m_routesRemark->show();
}

void RunPlanEditor::editBudgets()
{
    auto *sheet = new BudgetSheet(m_theme, *this, m_budgets, routes());
    connect(sheet, &BudgetSheet::accepted, this, [this, sheet] { setBudgets(sheet->budgets()); });
    sheet->open();
}

void RunPlanEditor::setBudgets(std::vector<probe::Budget> budgets)
{
    m_budgets = std::move(budgets);
    updateHint();
    Q_EMIT budgetsChanged();
}

QStringList RunPlanEditor::routes() const
{
    static const QRegularExpression blanks(QStringLiteral("\\s+"));
    return m_routes->toPlainText().split(blanks, Qt::SkipEmptyParts);
}

void RunPlanEditor::setRoutes(const QStringList &routes)
{
    m_routes->setPlainText(routes.join(QLatin1Char('\n')));
}

void RunPlanEditor::setSamples(int samples)
{
    m_samples->setValue(samples);
}

void RunPlanEditor::setGuarded(bool guarded)
{
    if (const int index = m_pace->findData(guarded ? Guarded : Unguarded); index >= 0)
        m_pace->setCurrentIndex(index);
}

void RunPlanEditor::setModeChecked(ProbeMode mode, bool checked)
{
    for (const auto &[each, box] : m_modes) {
        if (each == mode)
            box->setChecked(checked);
    }
}

RunPlanEditor::Pace RunPlanEditor::pace() const
{
    return static_cast<Pace>(m_pace->currentData().toInt());
}

void RunPlanEditor::followPace()
{
    const bool areCold = pace() == ColdStarts;
    if (areCold && !m_warmSamples) {
        m_warmSamples = m_samples->value();
        m_samples->setValue(probe::usualColdSamples); // of which some fit into the hour that a run lasts at most
    } else if (!areCold && m_warmSamples) {
        m_samples->setValue(*std::exchange(m_warmSamples, std::nullopt));
    }
    m_cold->setEnabled(!areCold); // all of them connect anew
    updateHint();
}

bool RunPlanEditor::needsRow() const
{
    return m_cookie->currentData().toInt() == static_cast<int>(CookieChoice::Canary) &&
           m_connection.deployment().hasRows();
}

base::Result<RunPlan> RunPlanEditor::plan() const
{
    RunPlan plan;
    plan.routes = routes();
    for (const auto &[mode, box] : m_modes) {
        if (box->isChecked())
            plan.modes.push_back(mode);
    }
    plan.samples = m_samples->value();
    plan.cookie = static_cast<CookieChoice>(m_cookie->currentData().toInt());
    if (m_withoutCookie->isChecked() && m_withoutCookie->isEnabled())
        plan.cookieStates.push_back(probe::CookieState::None);
    plan.cold = m_cold->isChecked() && m_cold->isEnabled();
    plan.guards = pace() != Unguarded;
    if (!plan.guards)
        plan.concurrency = 1;
    plan.timeout = m_connection.timeout();
    plan.seed = probe::randomSeed();
    for (const probe::Budget &budget : m_budgets) {
        const bool measured = std::find(plan.modes.begin(), plan.modes.end(), budget.mode) != plan.modes.end() &&
                              (!budget.route || plan.routes.contains(*budget.route));
        if (measured)
            plan.budgets.push_back(budget);
    }
    if (plan.cookie == CookieChoice::Given) {
        QByteArray text = m_cookieText->text().trimmed().toUtf8();
        if (text.isEmpty()) {
            return base::fail(base::Error(base::ErrorCode::UsageInvalid)
                                  .with(base::ErrorParam::Detail, tr("Paste the cookie to measure with.")));
        }
        plan.cookieHeader = base::SecretBytes::fromAndWipe(text);
    }
    if (pace() == ColdStarts) {
        if (auto made = probe::makeColdSeries(plan, std::chrono::minutes(m_idle->value())); !made) {
            const bool keepsAwake = made.error().code == base::ErrorCode::UsageInvalid;
            return base::fail(keepsAwake ? base::Error(base::ErrorCode::UsageInvalid)
                                               .with(base::ErrorParam::Detail,
                                                     tr("Cold starts are of one route in one mode, Proxy, Whole route "
                                                        "or Network floor: more would keep each other awake."))
                                         : std::move(made.error()));
        }
    }
    if (auto valid = plan.validate(m_connection.deployment().config().baseUrl); !valid)
        return base::fail(inFormWords(std::move(valid.error())));
    plan.mayWrite = m_connection.writeMode() != common::WriteMode::ReadOnly;
    if (needsRow() && !plan.mayWrite) {
        return base::fail(base::Error(base::ErrorCode::WriteRefused)
                              .with(base::ErrorParam::Detail, tr("a canary session is a row in the database")));
    }
    if (needsRow() && m_connection.profile().environment == workspace::Environment::Production)
        return base::fail(base::Error(base::ErrorCode::ConfirmationMissing)
                              .with(base::ErrorParam::Name, m_connection.profile().name));
    return plan;
}

QString RunPlanEditor::summary() const
{
    const auto modes =
        std::count_if(m_modes.begin(), m_modes.end(), [](const auto &each) { return each.second->isChecked(); });
    const auto counted = [](qsizetype number, const QString &one, const QString &many) {
        return number == 1 ? one : many.arg(number);
    };
    return counted(routes().size(), tr("1 route"), tr("%1 routes")) + QStringLiteral(" × ") +
           counted(modes, tr("1 mode"), tr("%1 modes"));
}

QString RunPlanEditor::forecast(const RunPlan &plan) const
{
    const auto cells = plan.cells();
    const auto network =
        std::count_if(cells.begin(), cells.end(), [](const probe::CellId &id) { return isNetwork(id.mode); });
    const qint64 requests = network * (plan.samples.value_or(0) + plan.warmupBlocks());
    QString text = tr("%1, %2 to the deployment")
                       .arg(cells.size() == 1 ? tr("1 cell") : tr("%1 cells").arg(cells.size()),
                            requests == 1 ? tr("1 request") : tr("%1 requests").arg(QLocale().toString(requests)));
    if (plan.guards && requests > 0) {
        const double seconds = static_cast<double>(requests) / probe::guardLimits(plan, false).rate;
        text += tr(", about %1").arg(common::durationText(std::chrono::seconds(static_cast<qint64>(seconds))));
    }
    text += QLatin1Char('.');
    if (plan.cookie == CookieChoice::Canary) {
        text += QLatin1Char(' ') +
                (m_connection.deployment().hasRows()
                     ? tr("A labelled canary row is inserted first and removed at the end; both are audited.")
                     : tr("The canary is a token sealed here: nothing is written."));
    } else if (plan.cookie == CookieChoice::Given) {
        text += QLatin1Char(' ') + tr("Asking with your own cookie may extend that session.");
    }
    return text;
}

void RunPlanEditor::updateHint()
{
    m_cookieText->setVisible(m_cookie->currentData().toInt() == static_cast<int>(CookieChoice::Given));
    m_withoutCookie->setEnabled(m_cookie->currentData().toInt() != static_cast<int>(CookieChoice::None) &&
                                pace() != ColdStarts);
    const auto current = plan();
    m_budgetsButton->setText(!current                       ? tr("Budgets…")
                             : current->budgets.size() == 1 ? tr("1 budget…")
                                                            : tr("%1 budgets…").arg(current->budgets.size()));
    if (current) {
        m_hint->setTint(ColorToken::Muted);
        m_hint->setText(forecast(*current));
    } else {
        m_hint->setTint(ColorToken::Warn);
        m_hint->setText(
            current.error().code == base::ErrorCode::WriteRefused
                ? tr("This connection is read-only, and a canary of a database deployment is a row: switch to "
                     "Guarded, or measure without a cookie or with one of your own.")
            : current.error().code == base::ErrorCode::ConfirmationMissing
                ? tr("This is a production connection, where a canary row wants the name typed: run it with "
                     "rollcallctl "
                     "and --confirm, or measure without a cookie or with one of your own.")
                : base::describe(current.error()).message);
    }
    Q_EMIT changed();
}

} // namespace rollcall::latency
