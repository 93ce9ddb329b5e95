#pragma once

#include "core/probe/Budget.h"
#include "ui/common/Sheet.h"

class QVBoxLayout;

namespace rollcall::latency {

/// The limits to begin with, one for each mode. **Source:** facts/latency-method.md §1.7.
[[nodiscard]] std::vector<probe::Budget> defaultBudgets();

/// Where budgets are set: a limit on a percentile of a mode, on one route or on each. **Thread-safety:** GUI thread
/// only.
class BudgetSheet final : public common::Sheet
{
    Q_OBJECT

public:
    /// Both are borrowed. @p routes are offered beside "each route".
    BudgetSheet(const common::Theme &theme, QWidget &origin, const std::vector<probe::Budget> &budgets,
                QStringList routes);

    /// The budgets as they stand, without those whose limit cannot be written.
    [[nodiscard]] std::vector<probe::Budget> budgets() const;

Q_SIGNALS:
    /// The user wants budgets() from now on.
    void accepted();

private:
    void addRow(const probe::Budget &budget);
    void updateHint();

    const common::Theme &m_theme;
    const QStringList m_routes;
    QVBoxLayout *m_rows;
    common::Label *m_hint;
};

} // namespace rollcall::latency
