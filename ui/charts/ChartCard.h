#pragma once

#include <QFrame>

#include "ui/charts/Chart.h"
#include "ui/common/Theme.h"

class QHBoxLayout;
class QStackedWidget;
class QTabBar;

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::charts {

class ChartLegend;
class ChartTableView;

/// A card with one or several charts, their legend, their table twin (T, or the button) and their picture as a file.
/// With one chart its head is a title, with several a row of tabs. **Thread-safety:** GUI thread only.
class ChartCard final : public QFrame
{
    Q_OBJECT

public:
    /// @p theme outlives the card.
    explicit ChartCard(const common::Theme &theme, QWidget *parent = nullptr);

    /// Adds @p chart (its widget is taken over) under @p word.
    void addChart(Chart &chart, const QString &word);
    /// Adds @p widget (taken over) to the right of the head, before the card's own buttons.
    void addTool(QWidget *widget);
    [[nodiscard]] int current() const;
    void setCurrent(int index);
    /// Reads legend and, where it is shown, the table of the current chart anew.
    void refresh();
    [[nodiscard]] bool showsTable() const;
    void setTableShown(bool shown);

Q_SIGNALS:
    void currentChanged(int index);
    /// Somebody wants the picture as a file; @p fileName is a suggestion.
    void pictureReady(const QByteArray &content, const QString &fileName);

private:
    void savePicture(bool vector);
    [[nodiscard]] Chart &chart() const;

    const common::Theme &m_theme;
    struct Entry
    {
        Chart *chart = nullptr;
        QString word;
    };
    std::vector<Entry> m_entries;
    QHBoxLayout *m_head;
    QHBoxLayout *m_tools;
    common::Label *m_title;
    QTabBar *m_tabs;
    QWidget *m_picture; ///< legend and chart: what is saved
    ChartLegend *m_legend;
    QStackedWidget *m_charts;
    ChartTableView *m_table;
    common::Button *m_tableButton;
    common::Button *m_saveButton;
};

} // namespace rollcall::charts
