#pragma once

#include "ui/common/TableView.h"
#include "ui/sessions/SessionListModel.h"

namespace rollcall::sessions {

/// Draws @p interval into @p rect: a line from a lifetime ago to now, and on it the time in which the session was used.
void paintActivity(QPainter &painter, const common::Theme &theme, const QRect &rect, const ScaledInterval &interval);

/// Cells of SessionListModel::LastActive: the words, and behind them the interval drawn.
/// **Thread-safety:** GUI thread only.
class ActivityDelegate final : public common::TableDelegate
{
    Q_OBJECT

public:
    using common::TableDelegate::TableDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// The same interval by itself, for the details. **Thread-safety:** GUI thread only.
class ActivityBar final : public QWidget
{
    Q_OBJECT

public:
    /// @p words say the same. @p theme outlives the bar.
    ActivityBar(const common::Theme &theme, const ScaledInterval &interval, const QString &words,
                QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override { return {160, 28}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
    ScaledInterval m_interval;
};

} // namespace rollcall::sessions
