#pragma once

#include <QPointer>
#include <QWidget>

#include <functional>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

class QFrame;
class QLabel;
class QLineEdit;
class QListView;

namespace rollcall::main {

class CommandModel;

/// One line of the palette.
struct Command
{
    QString group; ///< heading under which it stands
    QString title;
    common::Icon icon = common::Icon::Right;
    QString keys;   ///< its shortcut, for show
    QString reason; ///< why it cannot be run now; empty: it can
    std::function<void()> run;
};

/// Every page and action by name: type, choose with the arrows, Enter runs, Esc closes. What cannot be run now is
/// listed with the reason. Covers its host over a scrim. **Thread-safety:** GUI thread only.
class CommandPalette final : public QWidget
{
    Q_OBJECT

public:
    /// A hidden palette over @p host, its child. @p theme outlives it.
    CommandPalette(const common::Theme &theme, QWidget &host);

    /// Opens with @p commands, in this order; groups stay together where their commands do.
    void open(QList<Command> commands);
    /// Closes and gives the keyboard back.
    void dismiss();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void filter(const QString &text);
    void moveBy(int step);
    void runCurrent();
    void place();

    const common::Theme &m_theme;
    QFrame *m_panel;
    QLineEdit *m_input;
    QListView *m_list;
    QWidget *m_foot;
    CommandModel *m_model;
    QPointer<QWidget> m_focusBefore;
};

} // namespace rollcall::main
