#include "ui/audit/AuditListModel.h"

#include <QLocale>

#include "ui/common/TableView.h"

namespace rollcall::audit {

namespace {

const QString dash = QStringLiteral("–");

QString orDash(const QString &text)
{
    return text.isEmpty() ? dash : text.simplified();
}

bool isRight(int column)
{
    return column == AuditListModel::Entry || column == AuditListModel::When;
}

} // namespace

void AuditListModel::reset(std::vector<AuditEntry> entries, std::optional<qint64> brokenAt, base::Instant now)
{
    beginResetModel();
    m_entries = std::move(entries);
    m_brokenAt = brokenAt;
    m_now = now;
    m_partner.clear();
    QHash<QString, int> seen;
    for (int row = 0; row < rowCount(); ++row) {
        const AuditEntry &entry = at(row);
        if (entry.operation.isEmpty())
            continue;
        const auto other = seen.constFind(entry.operation);
        if (other != seen.constEnd() && at(*other).phase != entry.phase && at(*other).action == entry.action) {
            m_partner.insert(entry.seq, *other);
            m_partner.insert(at(*other).seq, row);
        }
        seen.insert(entry.operation, row);
    }
    endResetModel();
}

const AuditEntry *AuditListModel::partnerOf(int row) const
{
    const auto found = m_partner.constFind(at(row).seq);
    return found == m_partner.constEnd() ? nullptr : &at(*found);
}

int AuditListModel::rowOf(qint64 seq) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (at(row).seq == seq)
            return row;
    }
    return -1;
}

int AuditListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int AuditListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

Link AuditListModel::link(const AuditEntry &entry) const
{
    if (!m_brokenAt || entry.seq < *m_brokenAt)
        return Link::Whole;
    return entry.seq == *m_brokenAt ? Link::Broken : Link::AfterBreak;
}

AuditListModel::Cell AuditListModel::verifiedCell(int row) const
{
    const AuditEntry &entry = at(row);
    if (const auto proof = proofOf(entry))
        return {proof->words, proof->state, false};
    if (entry.phase == Phase::Outcome)
        return {dash, std::nullopt, true};
    if (const AuditEntry *outcome = partnerOf(row))
        return {tr("see %1").arg(QLocale().toString(outcome->seq)), std::nullopt, true};
    return {tr("no outcome noted"), common::State::Warning, false};
}

AuditListModel::Cell AuditListModel::cell(int row, int column) const
{
    const AuditEntry &entry = at(row);
    switch (column) {
    case Entry:
        return {QLocale().toString(entry.seq), std::nullopt, false};
    case When:
        return {whenText(entry.at, m_now), std::nullopt, true};
    case Act:
        return {orDash(actText(entry)), std::nullopt, false};
    case What:
        return {orDash(whatText(entry)), std::nullopt, false};
    case Where:
        return {orDash(entry.connection), std::nullopt, entry.connection.isEmpty()};
    case Why:
        return {orDash(entry.reason), std::nullopt, entry.reason.isEmpty()};
    case Verified:
        return verifiedCell(row);
    default:
        return {};
    }
}

QVariant AuditListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return cell(index.row(), index.column()).words;
    case Qt::ToolTipRole:
        return index.column() == Why && !at(index.row()).reason.isEmpty() ? QVariant(at(index.row()).reason)
                                                                          : QVariant();
    case Qt::TextAlignmentRole:
        return static_cast<int>((isRight(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(cell(index.row(), index.column()).words,
                                            headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString());
    case common::cell::TextTintRole: {
        const Cell shown = cell(index.row(), index.column());
        return static_cast<int>(shown.muted ? common::ColorToken::Muted : common::ColorToken::Text);
    }
    case common::cell::IconRole:
        if (const auto state = cell(index.row(), index.column()).state)
            return static_cast<int>(common::lookOf(*state).icon);
        return {};
    case common::cell::IconTintRole:
        if (const auto state = cell(index.row(), index.column()).state)
            return static_cast<int>(common::lookOf(*state).iconTint);
        return {};
    case LinkRole:
        return static_cast<int>(link(at(index.row())));
    default:
        return {};
    }
}

QVariant AuditListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isRight(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Entry:
        return tr("Entry");
    case When:
        return tr("When");
    case Act:
        return tr("Act");
    case What:
        return tr("What");
    case Where:
        return tr("Where");
    case Why:
        return tr("Why");
    case Verified:
        return tr("Verified");
    default:
        return {};
    }
}

} // namespace rollcall::audit
