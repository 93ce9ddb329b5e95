#pragma once

#include <QWidget>

#include "ui/common/Theme.h"

class QStackedWidget;

namespace rollcall::main {

class ActivityDrawer;
class NavigationBar;

/// Rail, page and details pane side by side, and the activity drawer below the two; where the window is narrow the rail
/// shows icons and the pane lies over the page. Sheets and the command palette cover this and nothing else.
/// **Thread-safety:** GUI thread only.
class ShellBody final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the body.
    explicit ShellBody(const common::Theme &theme, QWidget *parent = nullptr);

    [[nodiscard]] NavigationBar &rail() { return *m_rail; }
    [[nodiscard]] QStackedWidget &stack() { return *m_stack; }
    [[nodiscard]] ActivityDrawer &drawer() { return *m_drawer; }
    void setRailShown(bool shown);
    void setDrawerShown(bool shown);
    /// Puts @p details (borrowed, becomes a child of the pane) into the pane; null for a page without. Where the pane
    /// lies over the page it begins closed.
    void setDetails(QWidget *details);
    /// Shows or hides the pane. Beside the page that is a wish for next time too; over the page it comes and goes.
    void setDetailsShown(bool shown);
    /// True where a pane is there and shown.
    [[nodiscard]] bool detailsVisible() const;
    /// Whether the pane is wanted where there is room beside the page; true to begin with.
    [[nodiscard]] bool detailsWanted() const { return m_detailsWanted; }
    void setDetailsWanted(bool wanted);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    static constexpr int iconsOnlyBelow = 1100;
    static constexpr int paneOverBelow = 1280;
    static constexpr int paneWidth = 344;

    [[nodiscard]] bool isNarrow() const { return width() < paneOverBelow; }
    void place();

    NavigationBar *m_rail;
    QStackedWidget *m_stack;
    QWidget *m_pane;
    ActivityDrawer *m_drawer;
    QWidget *m_details = nullptr;
    bool m_railShown = false;
    bool m_detailsWanted = true;
    bool m_detailsOver = false; ///< shown over the page
};

} // namespace rollcall::main
