#include "ui/users/UserListModel.h"

#include <QLocale>

#include "ui/common/RelativeTime.h"
#include "ui/common/TableView.h"

namespace rollcall::users {

QString shownName(const store::ListedUser &user, const common::PersonalData &personal)
{
    if (user.name && !user.name->isEmpty())
        return personal.name(*user.name);
    if (user.email && !user.email->isEmpty())
        return personal.name(*user.email);
    return UserListModel::tr("user %1").arg(personal.user(user.id));
}

UserListModel::UserListModel(common::PersonalData &personal, bool byCreation, QObject *parent)
    : QAbstractTableModel(parent), m_personal(personal), m_byCreation(byCreation)
{
    connect(&personal, &common::PersonalData::changed, this, [this] {
        if (!m_users.empty())
            Q_EMIT dataChanged(index(0, User), index(rowCount() - 1, User));
    });
}

void UserListModel::reset(std::vector<store::ListedUser> users, base::Instant now)
{
    beginResetModel();
    m_users = std::move(users);
    m_now = now;
    endResetModel();
}

void UserListModel::append(const std::vector<store::ListedUser> &users)
{
    if (users.empty())
        return;
    const int from = rowCount();
    beginInsertRows({}, from, from + static_cast<int>(users.size()) - 1);
    m_users.insert(m_users.end(), users.begin(), users.end());
    endInsertRows();
}

void UserListModel::setOrder(store::UserOrder order)
{
    m_order = order;
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

int UserListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_users.size());
}

int UserListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString UserListModel::text(const store::ListedUser &user, int column) const
{
    const auto time = [this](const std::optional<base::Instant> &at) {
        return at ? common::relativeText(*at, m_now) : tr("not known");
    };
    switch (column) {
    case User:
        return shownName(user, m_personal);
    case Sessions:
        return QLocale().toString(user.sessions);
    case Newest:
        return time(user.newest);
    case Oldest:
        return time(user.oldest);
    case Providers:
        return user.providers.isEmpty() ? tr("none") : user.providers.join(QStringLiteral(", "));
    default:
        return {};
    }
}

QVariant UserListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const store::ListedUser &user = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(user, index.column());
    case Qt::ToolTipRole:
        if (index.column() == Newest || index.column() == Oldest) {
            const auto &moment = index.column() == Newest ? user.newest : user.oldest;
            return moment ? common::exactText(*moment, m_now) : QString();
        }
        return text(user, index.column());
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(text(user, index.column()), columnName(index.column()));
    case Qt::TextAlignmentRole:
        return index.column() == Sessions ? int(Qt::AlignRight | Qt::AlignVCenter)
                                          : int(Qt::AlignLeft | Qt::AlignVCenter);
    case common::cell::SecondaryRole:
        return index.column() == User && user.name ? m_personal.name(user.email.value_or(QString())) : QString();
    case common::cell::TextTintRole:
        if (index.column() == Providers && user.providers.isEmpty())
            return int(common::ColorToken::Muted);
        return {};
    default:
        return {};
    }
}

QString UserListModel::columnName(int section) const
{
    switch (section) {
    case User:
        return tr("User");
    case Sessions:
        return tr("Sessions");
    case Newest:
        return m_byCreation ? tr("Newest, begun") : tr("Newest, expires");
    case Oldest:
        return m_byCreation ? tr("Oldest, begun") : tr("Oldest, expires");
    case Providers:
        return tr("Providers");
    default:
        return {};
    }
}

QVariant UserListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == Sessions ? int(Qt::AlignRight | Qt::AlignVCenter) : int(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const bool isOrder = (section == Sessions && m_order == store::UserOrder::Sessions) ||
                         (section == Newest && m_order == store::UserOrder::Newest) ||
                         (section == Oldest && m_order == store::UserOrder::Oldest);
    return isOrder ? columnName(section) +
                         (m_order == store::UserOrder::Oldest ? QStringLiteral(" ▴") : QStringLiteral(" ▾"))
                   : columnName(section);
}

} // namespace rollcall::users
