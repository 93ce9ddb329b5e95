#pragma once

#include <QWidget>

#include <vector>

#include "ui/common/Theme.h"

namespace rollcall::charts {

/// How many sessions expire on which day around now, on a logarithmic scale: what is past is muted, the day that comes
/// next stands out. ← → Home End move the day that is described. **Thread-safety:** GUI thread only.
class TimelineChart final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the chart.
    explicit TimelineChart(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows @p days, one count for each 24 hours, of which @p before lie before now. Counts that are @p estimated are
    /// called so.
    void display(std::vector<qint64> days, int before, bool estimated);
    /// The day that is described, from 0; -1 where none is.
    [[nodiscard]] int selectedDay() const { return m_selected; }
    /// What the chart says of the selected day, or as a whole: one sentence.
    [[nodiscard]] QString sentence() const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// sentence() would answer otherwise than before.
    void described();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    void select(int day);
    /// Where the bars stand, with the axis at its lower edge.
    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] QRectF barOf(int day) const;
    /// "1 row", "1,842 rows", "about 1.2 million rows".
    [[nodiscard]] QString rowsText(qint64 rows) const;
    [[nodiscard]] QString dayText(int day) const;
    void paintAxis(QPainter &painter) const;

    const common::Theme &m_theme;
    std::vector<qint64> m_days;
    int m_before = 0;
    bool m_estimated = false;
    int m_selected = -1;
};

} // namespace rollcall::charts
