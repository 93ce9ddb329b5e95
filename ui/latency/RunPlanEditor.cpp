#include "ui/latency/RunPlanEditor.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSpinBox>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "core/base/Loopback.h"
#include "core/probe/Guard.h"
#include "ui/charts/ChartPalette.h"
#include "ui/common/Label.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"

namespace rollcall::latency {

using common::ColorToken;
using common::FontToken;
using common::Label;
using probe::CookieChoice;
using probe::ProbeMode;
using probe::RunPlan;

namespace {

constexpr int defaultSamples = 80; ///< a p95 with an interval needs 72
constexpr int mostSamples = 20'000;

/// Limits to begin with. **Source:** facts/latency-method.md §1.7.
constexpr std::pair<ProbeMode, const char *> defaultBudgets[] = {
    {ProbeMode::Local, "local.p95<20ms"},
    {ProbeMode::Cached, "cached.p95<5ms"},
    {ProbeMode::Proxy, "proxy.p95<300ms"},
    {ProbeMode::Route, "route.p95<800ms"},
};

bool isLoopback(const common::OpenConnection &connection)
{
    const auto &url = connection.deployment().config().baseUrl;
    return url && base::isLoopbackHost(url->host());
}

} // namespace

RunPlanEditor::RunPlanEditor(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_connection(connection),
      m_routes(new QPlainTextEdit(QStringLiteral("/"))),
      m_samples(new QSpinBox),
      m_pace(new QComboBox),
      m_cookie(new QComboBox),
      m_cookieText(new QLineEdit),
      m_hint(new Label(theme, {}, FontToken::Status, ColorToken::Muted))
{
    setObjectName(QStringLiteral("runPlan"));
    common::setSurface(*this, common::Surface::Card);
    m_routes->setObjectName(QStringLiteral("planRoutes"));
    m_routes->setTabChangesFocus(true);
    m_routes->setFixedHeight(92);
    m_routes->setMinimumWidth(180);
    m_routes->setPlaceholderText(tr("/dashboard"));
    m_samples->setObjectName(QStringLiteral("planSamples"));
    m_samples->setRange(1, mostSamples);
    m_samples->setValue(defaultSamples);
    m_pace->setObjectName(QStringLiteral("planPace"));
    m_pace->addItem(tr("Guarded: 2 requests a second"));
    if (isLoopback(connection))
        m_pace->addItem(tr("Unguarded: as fast as answers come"));
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

    auto *pace = new QVBoxLayout;
    pace->setSpacing(common::space::s);
    pace->addWidget(makeField(tr("Samples for each cell"), m_samples));
    pace->addWidget(makeField(tr("Pace"), m_pace));
    pace->addStretch();
    auto *cookie = new QVBoxLayout;
    cookie->setSpacing(common::space::s);
    cookie->addWidget(makeField(tr("Session of the requests"), m_cookie));
    cookie->addWidget(m_cookieText);
    cookie->addStretch();
    auto *fields = new QHBoxLayout;
    fields->setSpacing(common::space::xl);
    fields->addWidget(makeField(tr("Routes, a path a line"), m_routes), 2);
    fields->addWidget(makeModes());
    fields->addLayout(pace, 1);
    fields->addLayout(cookie, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(common::space::l, common::space::m, common::space::l, common::space::m);
    column->setSpacing(common::space::s);
    column->addLayout(fields);
    column->addWidget(m_hint);

    connect(m_routes, &QPlainTextEdit::textChanged, this, &RunPlanEditor::updateHint);
    connect(m_samples, &QSpinBox::valueChanged, this, &RunPlanEditor::updateHint);
    connect(m_pace, &QComboBox::currentIndexChanged, this, &RunPlanEditor::updateHint);
    connect(m_cookie, &QComboBox::currentIndexChanged, this, &RunPlanEditor::updateHint);
    connect(m_cookieText, &QLineEdit::textChanged, this, &RunPlanEditor::updateHint);
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
    const Choice choices[] = {
        {ProbeMode::Local, tr("Local"), tr("The session resolved in this process"), true},
        {ProbeMode::Proxy, tr("Proxy"), tr("The deployment's session endpoint"), remote},
        {ProbeMode::Cached, tr("Cached"), tr("Local behind a cache in memory: hits and misses apart"), true},
        {ProbeMode::Route, tr("Whole route"), tr("GET of the route itself"), false},
        {ProbeMode::Floor, tr("Network floor"), tr("A static path: network and server alone"), remote},
    };
    for (const Choice &choice : choices) {
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
    const int wanted = guarded ? Guarded : Unguarded;
    if (wanted < m_pace->count())
        m_pace->setCurrentIndex(wanted);
}

void RunPlanEditor::setModeChecked(ProbeMode mode, bool checked)
{
    for (const auto &[each, box] : m_modes) {
        if (each == mode)
            box->setChecked(checked);
    }
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
    plan.guards = m_pace->currentIndex() == Guarded;
    if (!plan.guards)
        plan.concurrency = 1;
    plan.timeout = m_connection.timeout();
    plan.seed = probe::randomSeed();
    for (const auto &[mode, text] : defaultBudgets) {
        auto budget = probe::parseBudget(QLatin1String(text));
        if (budget && std::find(plan.modes.begin(), plan.modes.end(), mode) != plan.modes.end())
            plan.budgets.push_back(std::move(*budget));
    }
    if (plan.cookie == CookieChoice::Given) {
        QByteArray text = m_cookieText->text().trimmed().toUtf8();
        if (text.isEmpty()) {
            return base::fail(base::Error(base::ErrorCode::UsageInvalid)
                                  .with(base::ErrorParam::Detail, tr("Paste the cookie to measure with.")));
        }
        plan.cookieHeader = base::SecretBytes::fromAndWipe(text);
    }
    if (auto valid = plan.validate(m_connection.deployment().config().baseUrl); !valid)
        return base::fail(std::move(valid.error()));
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
    QString text = tr("%1 cells, %2 requests to the deployment").arg(cells.size()).arg(QLocale().toString(requests));
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
    const auto current = plan();
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
