#pragma once

#include <QAbstractTableModel>

#include "ui/cache/CacheReader.h"
#include "ui/common/PersonalData.h"
#include "ui/common/States.h"

namespace rollcall::cache {

/// The copies that a look at the cache found, those that drifted first. Shows fingerprints, never keys: a key may be a
/// token. **Thread-safety:** GUI thread only.
class CacheListModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Fingerprint, Drift, State, User, TimeLeft, Bytes, Keys, ColumnCount };

    /// @p personal, borrowed, says how e-mails show.
    explicit CacheListModel(common::PersonalData &personal, QObject *parent = nullptr);

    void reset(const CacheLook &look);
    /// The place in the look's list of the copy in @p row.
    [[nodiscard]] std::size_t placeOf(int row) const { return m_order.at(static_cast<std::size_t>(row)); }
    /// The places of all copies that drifted.
    [[nodiscard]] std::vector<std::size_t> drifted() const;
    [[nodiscard]] const CacheLook &look() const { return m_look; }
    /// Whether it is known how the copies stand to the rows.
    [[nodiscard]] bool knowsDrift() const { return !m_look.drifts.empty(); }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] revoke::Drift driftAt(std::size_t place) const;
    [[nodiscard]] QString text(std::size_t place, int column) const;

    const common::PersonalData &m_personal;
    CacheLook m_look;
    std::vector<std::size_t> m_order;
};

} // namespace rollcall::cache
