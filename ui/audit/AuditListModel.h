#pragma once

#include <QAbstractTableModel>
#include <QHash>

#include <optional>
#include <vector>

#include "core/audit/AuditLog.h"
#include "ui/audit/AuditWords.h"

namespace rollcall::audit {

/// How an entry stands in the chain; painted by ChainDelegate.
enum class Link { Whole, Broken, AfterBreak };

/// The entries of the audit log, newest first. **Thread-safety:** GUI thread only.
class AuditListModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Entry, When, Act, What, Where, Why, Verified, ColumnCount };
    enum Role { LinkRole = Qt::UserRole + 100 }; ///< int(Link)

    using QAbstractTableModel::QAbstractTableModel;

    /// Shows @p entries (newest first). Those from number @p brokenAt on are marked as no longer vouched for.
    void reset(std::vector<AuditEntry> entries, std::optional<qint64> brokenAt, base::Instant now);

    [[nodiscard]] const AuditEntry &at(int row) const { return m_entries[static_cast<std::size_t>(row)]; }
    /// The entry that belongs to the one in @p row (an intent's outcome, an outcome's intent), or null.
    [[nodiscard]] const AuditEntry *partnerOf(int row) const;
    /// The row of entry @p seq, or -1.
    [[nodiscard]] int rowOf(qint64 seq) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Cell
    {
        QString words;
        std::optional<common::State> state; ///< decides icon and tints
        bool muted = false;
    };
    [[nodiscard]] Cell cell(int row, int column) const;
    [[nodiscard]] Cell verifiedCell(int row) const;
    [[nodiscard]] Link link(const AuditEntry &entry) const;

    std::vector<AuditEntry> m_entries;
    QHash<qint64, int> m_partner; ///< by seq: the row of the other half of its operation
    std::optional<qint64> m_brokenAt;
    base::Instant m_now;
};

} // namespace rollcall::audit
