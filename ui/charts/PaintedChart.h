#pragma once

#include <QMargins>
#include <QPolygonF>
#include <QWidget>

#include "ui/charts/Chart.h"
#include "ui/common/Theme.h"

namespace rollcall::charts {

/// A chart that paints itself: ground, focus, the words where there is nothing to show, a cursor that keys move and a
/// window on the horizontal axis that they zoom. Subclasses place things by shares of the axis (0 … 1).
/// ← → Home End move the cursor, + − zoom around it, 0 shows all. **Thread-safety:** GUI thread only.
class PaintedChart : public QWidget, public Chart
{
    Q_OBJECT

public:
    /// @p theme outlives the chart; @p margins are the distances of the plot from the edges.
    PaintedChart(const common::Theme &theme, const QMargins &margins, QWidget *parent = nullptr);

    [[nodiscard]] QWidget &widget() override { return *this; }
    [[nodiscard]] std::vector<probe::CellId> modes() const override { return {}; }
    [[nodiscard]] QString remark() const override { return {}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {280, 160}; }
    [[nodiscard]] QSize sizeHint() const override { return {600, 270}; }

    /// Where the cursor stands, 0 … stops() - 1; -1 where there is no stop.
    [[nodiscard]] int cursor() const { return m_cursor; }
    void setCursorStop(int stop);
    /// The part of the axis in sight, as shares.
    [[nodiscard]] double windowFrom() const { return m_from; }
    [[nodiscard]] double windowTo() const { return m_to; }

Q_SIGNALS:
    /// sentence() would answer otherwise than before.
    void described();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

    /// Where the cursor can stand.
    [[nodiscard]] virtual int stops() const = 0;
    /// The share of the horizontal axis at which stop @p stop lies.
    [[nodiscard]] virtual double shareOf(int stop) const = 0;
    /// Paints axes and labels; then, clipped to the plot, the marks; then what lies over them.
    virtual void paintAxes(QPainter &painter) const = 0;
    virtual void paintMarks(QPainter &painter) const = 0;
    virtual void paintReadOut(QPainter &painter) const { Q_UNUSED(painter) }
    /// Why there is nothing to show; empty where there is something.
    [[nodiscard]] virtual QString nothing() const = 0;
    /// Whether the cursor is drawn as a line over the plot.
    [[nodiscard]] virtual bool hasCursorLine() const { return true; }

    /// To be called when the data has changed: keeps the cursor where it can, describes and repaints.
    void dataChanged();
    [[nodiscard]] QRectF plot() const;
    /// The horizontal position of @p share of the axis, in the window.
    [[nodiscard]] qreal xAt(double share) const;
    [[nodiscard]] const common::Theme &theme() const { return m_theme; }
    /// A labelled horizontal grid line at @p y.
    void paintGridLine(QPainter &painter, qreal y, const QString &label, bool strong = false) const;
    /// A labelled tick of the horizontal axis; @p grid: with a line through the plot. Nothing outside the window.
    void paintTick(QPainter &painter, double share, const QString &label, bool grid) const;
    /// Where marks stand that a read-out should not hide; empty: they are everywhere, and it stays away from the
    /// cursor.
    [[nodiscard]] virtual QPolygonF marks() const { return {}; }
    /// A box of @p title and rows (marker word, figure) where it hides least of marks(), else away from the cursor.
    struct ReadOutRow
    {
        std::optional<probe::CellId> mode; ///< whose marker stands before the word
        QString word;
        QString figure;
    };
    void paintBox(QPainter &painter, const QString &title, const std::vector<ReadOutRow> &rows) const;

private:
    [[nodiscard]] QRectF readOutPlace(const QSizeF &size) const;
    void describe();
    void zoom(double factor);

    const common::Theme &m_theme;
    const QMargins m_margins;
    int m_cursor = -1;
    double m_from = 0;
    double m_to = 1;
};

} // namespace rollcall::charts
