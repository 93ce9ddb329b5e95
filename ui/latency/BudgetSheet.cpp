#include "ui/latency/BudgetSheet.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>

#include <cmath>

#include "ui/charts/ChartPalette.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"

namespace rollcall::latency {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;
using probe::Budget;
using probe::Measure;
using probe::ProbeMode;

namespace {

constexpr double mostMs = 60'000;
constexpr ProbeMode modes[] = {ProbeMode::Local,        ProbeMode::Proxy,       ProbeMode::Cached,
                               ProbeMode::CachedMemory, ProbeMode::CachedRedis, ProbeMode::CachedUpstash,
                               ProbeMode::Route,        ProbeMode::Floor};
constexpr Measure measures[] = {Measure::P50, Measure::P90, Measure::P95, Measure::P99, Measure::P999, Measure::Max};
constexpr const char *defaults[] = {"local.p95<20ms",        "cached.p95<5ms",          "cached-memory.p95<5ms",
                                    "cached-redis.p95<15ms", "cached-upstash.p95<60ms", "proxy.p95<300ms",
                                    "proxy.p99<1s",          "route.p95<800ms"};

QString wordOf(ProbeMode mode)
{
    switch (mode) {
    case ProbeMode::Cached:
        return BudgetSheet::tr("Cached");
    case ProbeMode::CachedMemory:
        return BudgetSheet::tr("Cached in memory");
    case ProbeMode::CachedRedis:
        return BudgetSheet::tr("Cached in Redis");
    case ProbeMode::CachedUpstash:
        return BudgetSheet::tr("Cached in Upstash");
    default:
        return charts::lookOf({{}, mode, {}}).word;
    }
}

/// Microseconds suffice: nobody promises less.
QString limitText(double ms)
{
    return ms >= 1 && ms == std::floor(ms) ? QStringLiteral("%1ms").arg(static_cast<qint64>(ms))
                                           : QStringLiteral("%1us").arg(std::llround(ms * 1000));
}

} // namespace

std::vector<Budget> defaultBudgets()
{
    std::vector<Budget> budgets;
    for (const char *text : defaults) {
        if (auto budget = probe::parseBudget(QLatin1String(text)))
            budgets.push_back(std::move(*budget));
    }
    return budgets;
}

BudgetSheet::BudgetSheet(const common::Theme &theme, QWidget &origin, const std::vector<Budget> &budgets,
                         QStringList routes)
    : common::Sheet(theme, origin),
      m_theme(theme),
      m_routes(std::move(routes)),
      m_rows(new QVBoxLayout),
      m_hint(new Label(theme, {}, FontToken::Status, ColorToken::Muted))
{
    setObjectName(QStringLiteral("budgetSheet"));
    setHeading(
        Icon::Latency, ColorToken::Accent, tr("Budgets"),
        tr("What a session check may cost. A verdict needs the whole interval on one side of the limit, and 99.5 % "
           "good answers."));
    m_rows->setSpacing(common::space::s);
    m_hint->setWordWrap(true);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(common::space::l + common::space::xs, common::space::m,
                               common::space::l + common::space::xs, common::space::m);
    column->setSpacing(common::space::m);
    column->addLayout(m_rows);
    auto *add = new Button(theme, tr("Add a budget"), ButtonKind::Quiet);
    add->setObjectName(QStringLiteral("budgetAdd"));
    add->setGlyph(Icon::Plus);
    connect(add, &Button::clicked, this, [this] {
        addRow({{}, std::nullopt, ProbeMode::Proxy, Measure::P95, std::chrono::milliseconds(300)});
        updateHint();
    });
    column->addWidget(add, 0, Qt::AlignLeft);
    column->addWidget(m_hint);
    setBody(body);
    for (const Budget &budget : budgets)
        addRow(budget);
    updateHint();

    auto *cancel = new Button(theme, tr("Cancel"));
    auto *save = new Button(theme, tr("Use these budgets"), ButtonKind::Primary);
    save->setObjectName(QStringLiteral("budgetSave"));
    for (Button *button : {cancel, save})
        button->setLarge(true);
    connect(cancel, &Button::clicked, this, &BudgetSheet::dismiss);
    connect(save, &Button::clicked, this, [this] {
        Q_EMIT accepted();
        dismiss();
    });
    addFootEnd(cancel);
    addFootEnd(save);
    setExecute(save);
}

void BudgetSheet::addRow(const Budget &budget)
{
    auto *row = new QWidget;
    row->setObjectName(QStringLiteral("budgetRow"));
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins({});
    line->setSpacing(common::space::s);
    auto *route = new QComboBox;
    route->setObjectName(QStringLiteral("route"));
    route->setAccessibleName(tr("Route"));
    route->addItem(tr("Each route"), QString());
    QStringList routes = m_routes;
    if (budget.route && !routes.contains(*budget.route))
        routes << *budget.route;
    for (const QString &path : std::as_const(routes))
        route->addItem(path, path);
    route->setCurrentIndex(std::max(0, route->findData(budget.route.value_or(QString()))));
    auto *mode = new QComboBox;
    mode->setObjectName(QStringLiteral("mode"));
    mode->setAccessibleName(tr("Mode"));
    for (const ProbeMode each : modes)
        mode->addItem(wordOf(each), static_cast<int>(each));
    mode->setCurrentIndex(mode->findData(static_cast<int>(budget.mode)));
    auto *measure = new QComboBox;
    measure->setObjectName(QStringLiteral("measure"));
    measure->setAccessibleName(tr("Percentile"));
    for (const Measure each : measures)
        measure->addItem(probe::measureName(each), static_cast<int>(each));
    measure->setCurrentIndex(std::max(0, measure->findData(static_cast<int>(budget.measure))));
    auto *limit = new QDoubleSpinBox;
    limit->setObjectName(QStringLiteral("limit"));
    limit->setAccessibleName(tr("Limit in milliseconds"));
    limit->setDecimals(3);
    limit->setRange(0.001, mostMs);
    limit->setSuffix(tr(" ms"));
    limit->setValue(static_cast<double>(budget.limit.count()) / 1e6);
    auto *remove = new Button(m_theme, Icon::Close, tr("Remove this budget"));
    remove->setKind(ButtonKind::Quiet);
    connect(remove, &Button::clicked, this, [this, row] {
        m_rows->removeWidget(row);
        row->hide();
        row->setObjectName({}); // no longer one of the budgets, though it lives until the next turn of the loop
        row->deleteLater();
        updateHint();
    });
    line->addWidget(route, 3);
    line->addWidget(mode, 2);
    line->addWidget(measure, 1);
    line->addWidget(new Label(m_theme, tr("at most")));
    line->addWidget(limit, 2);
    line->addWidget(remove);
    m_rows->addWidget(row);
    for (QComboBox *box : {route, mode, measure})
        connect(box, &QComboBox::currentIndexChanged, this, &BudgetSheet::updateHint);
}

std::vector<Budget> BudgetSheet::budgets() const
{
    std::vector<Budget> all;
    for (const QWidget *row : findChildren<QWidget *>(QStringLiteral("budgetRow"))) {
        const QString route = row->findChild<QComboBox *>(QStringLiteral("route"))->currentData().toString();
        const auto mode =
            static_cast<ProbeMode>(row->findChild<QComboBox *>(QStringLiteral("mode"))->currentData().toInt());
        const auto measure =
            static_cast<Measure>(row->findChild<QComboBox *>(QStringLiteral("measure"))->currentData().toInt());
        const double ms = row->findChild<QDoubleSpinBox *>(QStringLiteral("limit"))->value();
        // By way of the words, so that a budget set here is one that a command line could have.
        const QString text = (route.isEmpty() ? QString() : QString(route + QLatin1Char(':'))) +
                             probe::probeModeName(mode) + QLatin1Char('.') + probe::measureName(measure) +
                             QLatin1Char('<') + limitText(ms);
        if (auto budget = probe::parseBudget(text))
            all.push_back(std::move(*budget));
    }
    return all;
}

void BudgetSheet::updateHint()
{
    const auto count = budgets().size();
    m_hint->setText(count == 0 ? tr("Without budgets a run reports figures and compares, and judges nothing.")
                               : tr("%1 budgets. Those of modes that a run does not measure are left aside; one with "
                                    "too few samples says so.")
                                     .arg(count));
}

} // namespace rollcall::latency
