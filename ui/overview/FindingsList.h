#pragma once

#include <QFrame>

#include <vector>

#include "core/findings/Finding.h"
#include "ui/common/Theme.h"

class QScrollArea;
class QStackedWidget;
class QVBoxLayout;

namespace rollcall::common {
class CodeBlock;
class EmptyState;
class Label;
} // namespace rollcall::common

namespace rollcall::overview {

class FindingRow;

/// All findings, the heaviest first, and what to do about the one that is selected, with its statement.
/// **Thread-safety:** GUI thread only.
class FindingsList final : public QFrame
{
    Q_OBJECT

public:
    /// @p theme outlives the list.
    explicit FindingsList(const common::Theme &theme, QWidget *parent = nullptr);

    /// Replaces what is shown; a finding that was selected stays so where it is found again.
    /// @p tablesLookedAt: whether the findings come from tables, or from counts alone.
    void display(const std::vector<findings::Finding> &found, bool tablesLookedAt);
    /// Selects the first finding and gives it the keyboard; false where there is none.
    bool openWorst();
    /// Gives the keyboard to the selected finding.
    void focusSelected();
    /// The id of the selected finding; empty where there is none.
    [[nodiscard]] QString selected() const;

Q_SIGNALS:
    /// Somebody wants to plan a prune.
    void pruneRequested();

private:
    void showRemedy(FindingRow *row);
    [[nodiscard]] QWidget *makeRemedy();

    const common::Theme &m_theme;
    common::Label *m_summary;
    QStackedWidget *m_stack;
    QScrollArea *m_scroll;
    QVBoxLayout *m_rows;
    common::EmptyState *m_empty;
    QWidget *m_remedyPart;
    common::Label *m_remedyTitle;
    common::Label *m_remedy;
    common::CodeBlock *m_statement;
    std::vector<FindingRow *> m_shown; ///< children of the scrolled widget
    FindingRow *m_selected = nullptr;
};

} // namespace rollcall::overview
