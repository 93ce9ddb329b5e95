#pragma once

#include <QStringList>

#include <optional>
#include <vector>

#include "core/probe/Cell.h"
#include "ui/common/Icons.h"

class QWidget;

namespace rollcall::charts {

/// One cell of a chart's table: what is read, and what it is sorted by.
struct ChartValue
{
    QString text;
    std::optional<double> number;                    ///< absent: sorted by the words, written at the left
    std::optional<common::Icon> icon = std::nullopt; ///< before the words, which say the same
    common::ColorToken tint = common::ColorToken::Text;
};

/// A chart's figures as a table: the twin for those who read rather than look.
struct ChartTable
{
    QStringList head;
    std::vector<std::vector<ChartValue>> rows; ///< each as long as `head`
};

/// What every chart of the Latency page offers beside its picture. **Thread-safety:** GUI thread only.
class Chart
{
public:
    Chart() = default;
    virtual ~Chart() = default;
    Chart(const Chart &) = delete;
    Chart &operator=(const Chart &) = delete;

    /// The chart itself.
    [[nodiscard]] virtual QWidget &widget() = 0;
    /// What it shows, as a table; no rows where there is nothing to show.
    [[nodiscard]] virtual ChartTable table() const = 0;
    /// What it shows at its cursor, as a sentence; also the accessible description of widget().
    [[nodiscard]] virtual QString sentence() const = 0;
    /// The modes drawn, for a legend; none where the chart names its marks itself.
    [[nodiscard]] virtual std::vector<probe::CellId> modes() const = 0;
    /// A remark at the right of the legend; may be empty.
    [[nodiscard]] virtual QString remark() const = 0;
};

} // namespace rollcall::charts
