#include "ui/latency/CellResultsModel.h"

#include <QLocale>

#include "core/probe/ReportText.h"
#include "ui/charts/ChartPalette.h"
#include "ui/charts/LatencyAxis.h"
#include "ui/common/Icons.h"

namespace rollcall::latency {

using common::ColorToken;
using common::Icon;
using probe::CellResult;
using probe::Verdict;

namespace {

/// "7.62–7.75 µs", and "982 µs–1.04 ms" where the two have other units.
QString rangeText(const probe::Interval &interval)
{
    QString from = charts::latencyText(interval.lo);
    const QString to = charts::latencyText(interval.hi);
    const auto unitOf = [](const QString &text) { return text.mid(text.lastIndexOf(QChar(0xa0))); };
    if (unitOf(from) == unitOf(to))
        from.truncate(from.lastIndexOf(QChar(0xa0)));
    return from + QChar(0x2013) + to;
}

struct VerdictLook
{
    Icon icon;
    ColorToken tint;
};

VerdictLook lookOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Within:
        return {Icon::Ok, ColorToken::Good};
    case Verdict::Over:
    case Verdict::Saturated:
    case Verdict::StoppedForSafety:
        return {Icon::Fail, ColorToken::Bad};
    case Verdict::TooClose:
    case Verdict::Unstable:
        return {Icon::Warn, ColorToken::Warn};
    case Verdict::NotEnough:
        return {Icon::Skip, ColorToken::Muted};
    }
    return {Icon::Skip, ColorToken::Muted};
}

/// Verdicts from the worst down: the one shown where several budgets are on a cell.
int weight(Verdict verdict)
{
    switch (verdict) {
    case Verdict::StoppedForSafety:
        return 6;
    case Verdict::Saturated:
        return 5;
    case Verdict::Over:
        return 4;
    case Verdict::Unstable:
        return 3;
    case Verdict::TooClose:
        return 2;
    case Verdict::NotEnough:
        return 1;
    case Verdict::Within:
        return 0;
    }
    return 0;
}

QString words(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Within:
        return CellResultsModel::tr("Within budget");
    case Verdict::Over:
        return CellResultsModel::tr("Over budget");
    case Verdict::TooClose:
        return CellResultsModel::tr("Too close to call");
    case Verdict::NotEnough:
        return CellResultsModel::tr("Not enough samples");
    case Verdict::Unstable:
        return CellResultsModel::tr("Unstable");
    case Verdict::Saturated:
        return CellResultsModel::tr("Saturated");
    case Verdict::StoppedForSafety:
        return CellResultsModel::tr("Stopped for safety");
    }
    return {};
}

} // namespace

void CellResultsModel::setDocument(std::shared_ptr<const probe::RunDocument> document)
{
    const auto rows = [](const auto &each) { return each ? each->cells.size() : 0; };
    // A run keeps its cells: their figures change in place, so that selection and scroll position stay.
    if (rows(document) == rows(m_document) && document) {
        m_document = std::move(document);
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_document = std::move(document);
    endResetModel();
}

const CellResult &CellResultsModel::cell(int row) const
{
    return m_document->cells[static_cast<std::size_t>(row)];
}

int CellResultsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_document ? 0 : static_cast<int>(m_document->cells.size());
}

int CellResultsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

std::optional<qint64> CellResultsModel::latency(const CellResult &cell, int column) const
{
    const probe::Distribution &distribution = m_document->judged(cell);
    switch (column) {
    case P50:
        return distribution.quantiles[CellResult::indexOf(0.5)];
    case P90:
        return distribution.quantiles[CellResult::indexOf(0.9)];
    case P95:
        return distribution.quantiles[CellResult::indexOf(0.95)];
    case P99:
        return distribution.quantiles[CellResult::indexOf(0.99)];
    case Max:
        return distribution.max;
    default:
        return std::nullopt;
    }
}

QVariant CellResultsModel::text(const CellResult &cell, int column) const
{
    switch (column) {
    case Route:
        return cell.id.route;
    case Mode:
        return charts::wordOf(cell.id);
    case Count:
        return QLocale().toString(cell.count);
    case Effective: {
        const auto &effective = m_document->judged(cell).effective;
        return effective ? QLocale().toString(*effective) : QStringLiteral("–");
    }
    case Interval: {
        const auto &interval = m_document->judged(cell).intervals[CellResult::indexOf(0.5)];
        return interval ? rangeText(*interval) : QStringLiteral("–");
    }
    case Errors:
        return QLocale().toString(cell.count - cell.ok);
    default:
        return latencyWords(cell, column);
    }
}

QString CellResultsModel::latencyWords(const CellResult &cell, int column) const
{
    const auto time = latency(cell, column);
    if (!time)
        return QStringLiteral("–");
    // Among timeouts a time is known to be at least that long; "about" where a tail has too few independent samples.
    const double p = column == P50 ? 0.5 : column == P90 ? 0.9 : column == P95 ? 0.95 : column == P99 ? 0.99 : 1;
    const QString sign = probe::isLowerBound(cell, p) ? QStringLiteral("≥\u00a0")
                         : column != Max && probe::isIndicative(m_document->judged(cell), p) ? QStringLiteral("≈\u00a0")
                                                                                             : QString();
    return sign + charts::latencyText(*time);
}

QVariant CellResultsModel::sortKey(const CellResult &cell, int column) const
{
    switch (column) {
    case Route:
    case Mode:
        return text(cell, column);
    case Count:
        return cell.count;
    case Effective:
        return m_document->judged(cell).effective.value_or(0);
    case Interval:
        return latency(cell, P50).value_or(0);
    case Errors:
        return cell.count - cell.ok;
    case Budget: {
        const auto *budget = budgetOf(cell);
        return budget != nullptr ? weight(budget->verdict) : -1;
    }
    default:
        return latency(cell, column).value_or(0);
    }
}

const probe::BudgetResult *CellResultsModel::budgetOf(const CellResult &cell) const
{
    const probe::BudgetResult *worst = nullptr;
    for (const probe::BudgetResult &result : m_document->budgets) {
        const bool meant = result.route == cell.id.route && result.budget.mode == cell.id.mode &&
                           cell.id.cache != probe::CachePath::Miss;
        if (meant && (worst == nullptr || weight(result.verdict) > weight(worst->verdict)))
            worst = &result;
    }
    return worst;
}

QVariant CellResultsModel::budgetData(const CellResult &cell, int role) const
{
    const probe::BudgetResult *result = budgetOf(cell);
    if (result == nullptr)
        return role == Qt::DisplayRole ? QVariant(QStringLiteral("–")) : QVariant();
    switch (role) {
    case Qt::DisplayRole:
        return words(result->verdict);
    case Qt::ToolTipRole:
        return result->moreSamples
                   ? tr("%1: about %2 more samples would tell").arg(result->budget.text).arg(*result->moreSamples)
                   : result->budget.text;
    case common::cell::IconRole:
        return static_cast<int>(lookOf(result->verdict).icon);
    case common::cell::IconTintRole:
        return static_cast<int>(lookOf(result->verdict).tint);
    case common::cell::TextTintRole:
        return static_cast<int>(result->verdict == Verdict::NotEnough ? ColorToken::Muted : ColorToken::Text);
    default:
        return {};
    }
}

QVariant CellResultsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const CellResult &shown = cell(index.row());
    if (role == SortRole)
        return sortKey(shown, index.column());
    if (role == CellRole)
        return index.row();
    if (role == Qt::TextAlignmentRole)
        return headerData(index.column(), Qt::Horizontal, role);
    if (index.column() == Budget)
        return budgetData(shown, role);
    if (role == Qt::DisplayRole)
        return text(shown, index.column());
    if (role == Qt::ToolTipRole && (index.column() == Route || index.column() == Mode))
        return text(shown, index.column()); // in full, where the column is narrow
    if (role == Qt::ToolTipRole && index.column() == Errors && !shown.errors.empty()) {
        QStringList kinds;
        for (const auto &[kind, number] : shown.errors)
            kinds << QStringLiteral("%1 × %2").arg(number).arg(kind);
        return kinds.join(QStringLiteral(", "));
    }
    if (role == common::cell::TextTintRole) {
        if (index.column() == Errors && shown.count > shown.ok)
            return static_cast<int>(ColorToken::Bad);
        if (index.column() == Interval)
            return static_cast<int>(ColorToken::Muted);
    }
    return {};
}

QVariant CellResultsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const bool words = section == Route || section == Mode || section == Budget;
    if (role == Qt::ToolTipRole && section == Effective)
        return tr("How many independent samples tell as much as these, of which neighbours are alike");
    if (role == Qt::ToolTipRole && section == P99)
        return tr("≈: an indication, of fewer than 500 independent samples; ≥: among timeouts");
    if (role == Qt::ToolTipRole && (section == P50 || section == P90 || section == P95 || section == Max))
        return tr("≥: among timeouts");
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QStringList heads{tr("Route"), tr("Mode"), tr("n"),   tr("n eff"), tr("p50"),    tr("95 % CI"),
                            tr("p90"),   tr("p95"),  tr("p99"), tr("max"),   tr("Errors"), tr("Budget")};
    return heads.at(section);
}

} // namespace rollcall::latency
