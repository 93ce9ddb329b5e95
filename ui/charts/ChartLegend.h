#pragma once

#include <QWidget>

#include <vector>

#include "core/probe/Cell.h"
#include "ui/common/Theme.h"

namespace rollcall::charts {

/// The legend row above a chart: a line sample and a word for each mode, and a remark at the right; how many modes more
/// there are where they do not fit ("+2"), and all of them when pointed at. (QtCharts' own legend shows plain squares.)
/// **Thread-safety:** GUI thread only.
class ChartLegend final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the legend.
    explicit ChartLegend(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows @p modes (routes do not matter) and @p remark.
    void setModes(const std::vector<probe::CellId> &modes, const QString &remark);
    [[nodiscard]] QSize sizeHint() const override { return {200, 24}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
    std::vector<probe::CellId> m_modes;
    QString m_remark;
};

} // namespace rollcall::charts
