#pragma once

#include <QWidget>

#include "ui/common/Page.h"

namespace rollcall::main {

class ActivityButton;

/// The line at the foot of the window: what the page says of its rows and of when they were read.
/// **Thread-safety:** GUI thread only.
class StatusLine final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the line.
    explicit StatusLine(const common::Theme &theme, QWidget *parent = nullptr);

    void setItems(const QList<common::StatusItem> &items);
    /// The button at its end; hidden while no profile is open.
    [[nodiscard]] ActivityButton &activity() { return *m_activity; }
    void setActivityShown(bool shown);
    [[nodiscard]] QSize sizeHint() const override { return {200, 24}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    /// Draws one item with its left edge at @p x; returns its width.
    int paintItem(QPainter &painter, const common::StatusItem &item, int x) const;
    [[nodiscard]] int widthOf(const common::StatusItem &item) const;

    const common::Theme &m_theme;
    QList<common::StatusItem> m_items;
    ActivityButton *m_activity;
};

} // namespace rollcall::main
