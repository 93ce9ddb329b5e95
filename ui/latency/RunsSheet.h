#pragma once

#include "ui/common/Sheet.h"
#include "ui/latency/RunLibrary.h"

namespace rollcall::charts {
class ChartTableView;
}

namespace rollcall::common {
class Button;
class EmptyState;
} // namespace rollcall::common

namespace rollcall::latency {

/// The saved runs of the connection with when, what and how they ended: open one, compare two, put one into the trash.
/// **Thread-safety:** GUI thread only.
class RunsSheet final : public common::Sheet
{
    Q_OBJECT

public:
    /// All are borrowed; @p library outlives the sheet.
    RunsSheet(const common::Theme &theme, QWidget &origin, RunLibrary &library);

Q_SIGNALS:
    void openWanted(const QString &path);
    /// The older first.
    void compareWanted(const QString &pathA, const QString &pathB);

private:
    void fill();
    void updateButtons();
    [[nodiscard]] QStringList selected() const;

    RunLibrary &m_library;
    charts::ChartTableView *m_table;
    common::EmptyState *m_empty;
    common::Button *m_remove;
    common::Button *m_compare;
    common::Button *m_open;
};

} // namespace rollcall::latency
