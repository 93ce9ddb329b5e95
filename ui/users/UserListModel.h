#pragma once

#include <QAbstractTableModel>

#include <vector>

#include "core/store/UserDirectory.h"
#include "ui/common/PersonalData.h"

namespace rollcall::users {

/// The name by which a user is shown: their name, else e-mail, else id, as @p personal lets them show.
[[nodiscard]] QString shownName(const store::ListedUser &user, const common::PersonalData &personal);

/// The users loaded so far, a row each; grows page by page. **Thread-safety:** GUI thread only.
class UserListModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { User, Sessions, Newest, Oldest, Providers, ColumnCount };
    /// Rows kept at most; beyond this the listing asks to be narrowed.
    static constexpr int maxRows = 20'000;

    /// @p byCreation: newest and oldest are told by when sessions were created, else by when they end.
    /// @p personal, borrowed, says how names and e-mails show.
    UserListModel(common::PersonalData &personal, bool byCreation, QObject *parent = nullptr);

    /// Replaces everything. @p now is what relative times count from.
    void reset(std::vector<store::ListedUser> users, base::Instant now);
    void append(const std::vector<store::ListedUser> &users);
    /// The order that the rows are in, marked in the head.
    void setOrder(store::UserOrder order);

    [[nodiscard]] const store::ListedUser &at(int row) const { return m_users.at(static_cast<std::size_t>(row)); }
    [[nodiscard]] bool isFull() const { return m_users.size() >= maxRows; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const store::ListedUser &user, int column) const;
    [[nodiscard]] QString columnName(int section) const;

    const common::PersonalData &m_personal;
    bool m_byCreation;
    store::UserOrder m_order = store::UserOrder::Sessions;
    base::Instant m_now{};
    std::vector<store::ListedUser> m_users;
};

} // namespace rollcall::users
