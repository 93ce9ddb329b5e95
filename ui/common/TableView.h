#pragma once

#include <QStyledItemDelegate>
#include <QTableView>

#include "ui/common/Theme.h"

namespace rollcall::common {

/// Roles beside Qt's that a model answers for TableDelegate. All are optional.
namespace cell {
enum Role {
    IconRole = Qt::UserRole + 1, ///< int(Icon), drawn before the words
    IconTintRole,                ///< int(ColorToken); default Text
    TextTintRole,                ///< int(ColorToken); default Text
    SecondaryRole,               ///< QString, muted, after the words where there is room for it
    LoadingRole,                 ///< bool: the row is not here yet, a still bar stands for it
    FontRole,                    ///< int(FontToken); default Body
    FirstOwnRole,                ///< where a model's own roles begin
};
} // namespace cell

/// Paints cells as in the design: icon and word, muted second text, soft selection, 1 px line below, the current row
/// framed by the accent. **Thread-safety:** GUI thread only.
class TableDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    /// @p theme outlives the delegate.
    explicit TableDelegate(const Theme &theme, QObject *parent = nullptr);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    /// Selection, hover, line and frame of the row's part in @p option; for delegates with content of their own.
    void paintGround(QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    /// The part of @p option's rectangle that content may use.
    [[nodiscard]] QRect contentRect(const QStyleOptionViewItem &option, const QModelIndex &index) const;
    [[nodiscard]] const Theme &theme() const { return m_theme; }

private:
    void paintSkeleton(QPainter &painter, const QRect &rect, const QModelIndex &index) const;
    void paintContent(QPainter &painter, QRect rect, const QModelIndex &index, bool stale) const;

    const Theme &m_theme;
};

/// A table of rows: 28 px high, selected as a whole, no grid, drawn by a TableDelegate. **Thread-safety:** GUI thread
/// only.
class TableView : public QTableView
{
    Q_OBJECT

public:
    /// @p theme outlives the view.
    explicit TableView(const Theme &theme, QWidget *parent = nullptr);

    /// Marks rows as no longer current: their words are muted.
    void setStale(bool stale);
    [[nodiscard]] bool isStale() const { return m_stale; }
    /// The row under the mouse, or -1.
    [[nodiscard]] int hoveredRow() const { return m_hoveredRow; }

protected:
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    /// Tab leaves the table, as in a list; arrows move in it.
    // NOLINTNEXTLINE(bugprone-parent-virtual-call): the table's own way is what is not wanted
    bool focusNextPrevChild(bool next) override { return QWidget::focusNextPrevChild(next); }

private:
    void setHoveredRow(int row);

    int m_hoveredRow = -1;
    bool m_stale = false;
};

} // namespace rollcall::common
