#include "ui/cache/CacheListModel.h"

#include <QLocale>

#include <algorithm>
#include <numeric>

#include "ui/common/RelativeTime.h"
#include "ui/common/TableView.h"

namespace rollcall::cache {

using common::ColorToken;
using common::Icon;

namespace {

QString driftText(revoke::Drift drift)
{
    switch (drift) {
    case revoke::Drift::None:
        return CacheListModel::tr("As its row");
    case revoke::Drift::Gone:
        return CacheListModel::tr("Row is gone");
    case revoke::Drift::Expired:
        return CacheListModel::tr("Row has expired");
    case revoke::Drift::Differs:
        return CacheListModel::tr("Row differs");
    }
    return {};
}

QString stateText(revoke::CopyState state)
{
    switch (state) {
    case revoke::CopyState::Live:
        return CacheListModel::tr("Live");
    case revoke::CopyState::Expired:
        return CacheListModel::tr("Expired");
    case revoke::CopyState::Absent:
        return CacheListModel::tr("No session");
    case revoke::CopyState::Unknown:
        break;
    }
    return CacheListModel::tr("Not known");
}

} // namespace

CacheListModel::CacheListModel(common::PersonalData &personal, QObject *parent)
    : QAbstractTableModel(parent), m_personal(personal)
{
    connect(&personal, &common::PersonalData::changed, this, [this] {
        if (rowCount() > 0)
            Q_EMIT dataChanged(index(0, User), index(rowCount() - 1, User));
    });
}

void CacheListModel::reset(const CacheLook &look)
{
    beginResetModel();
    m_look = look;
    m_order.resize(look.list ? look.list->copies.size() : 0);
    std::iota(m_order.begin(), m_order.end(), std::size_t{0});
    std::ranges::stable_sort(m_order, {}, [this](std::size_t place) { return driftAt(place) == revoke::Drift::None; });
    endResetModel();
}

revoke::Drift CacheListModel::driftAt(std::size_t place) const
{
    return place < m_look.drifts.size() ? m_look.drifts[place] : revoke::Drift::None;
}

std::vector<std::size_t> CacheListModel::drifted() const
{
    std::vector<std::size_t> places;
    std::ranges::copy_if(m_order, std::back_inserter(places),
                         [this](std::size_t place) { return driftAt(place) != revoke::Drift::None; });
    return places;
}

int CacheListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

int CacheListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString CacheListModel::text(std::size_t place, int column) const
{
    const revoke::CachedCopy &copy = m_look.list->copies[place];
    switch (column) {
    case Fingerprint:
        return copy.fingerprint.grouped();
    case Drift:
        return knowsDrift() ? driftText(driftAt(place)) : tr("Not compared");
    case State:
        return stateText(copy.state);
    case User:
        return copy.email ? m_personal.name(*copy.email) : copy.userId ? m_personal.user(*copy.userId) : tr("not said");
    case TimeLeft:
        return copy.timeLeft ? common::durationText(std::chrono::ceil<std::chrono::seconds>(*copy.timeLeft))
                             : tr("no end");
    case Bytes:
        return QLocale().toString(copy.bytes);
    case Keys:
        return copy.pattern;
    default:
        return {};
    }
}

QVariant CacheListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const std::size_t place = placeOf(index.row());
    const bool drifted = driftAt(place) != revoke::Drift::None;
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return text(place, index.column());
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(text(place, index.column()),
                                            headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString());
    case Qt::TextAlignmentRole:
        return headerData(index.column(), Qt::Horizontal, role);
    case common::cell::FontRole:
        return index.column() == Fingerprint || index.column() == Keys ? QVariant(int(common::FontToken::Code))
                                                                       : QVariant();
    case common::cell::IconRole:
        return index.column() == Drift && knowsDrift() ? QVariant(int(drifted ? Icon::Warn : Icon::Ok)) : QVariant();
    case common::cell::IconTintRole:
        return int(drifted ? ColorToken::Warn : ColorToken::Good);
    case common::cell::TextTintRole:
        if (index.column() == Keys || (index.column() == Drift && !knowsDrift()) ||
            (index.column() == State && m_look.list->copies[place].state != revoke::CopyState::Live))
            return int(ColorToken::Muted);
        return {};
    default:
        return {};
    }
}

QVariant CacheListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == TimeLeft || section == Bytes ? int(Qt::AlignRight | Qt::AlignVCenter)
                                                       : int(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Fingerprint:
        return tr("Fingerprint");
    case Drift:
        return tr("Drift");
    case State:
        return tr("Copy says");
    case User:
        return tr("User");
    case TimeLeft:
        return tr("Time to live");
    case Bytes:
        return tr("Bytes");
    case Keys:
        return tr("Keys");
    default:
        return {};
    }
}

} // namespace rollcall::cache
