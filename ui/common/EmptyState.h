#pragma once

#include <QWidget>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

class QHBoxLayout;

namespace rollcall::common {

class Label;

/// What stands where nothing is: a large icon, a line that says why, a sentence with the way on, and its buttons.
/// **Thread-safety:** GUI thread only.
class EmptyState final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the widget.
    EmptyState(const Theme &theme, Icon icon, const QString &title, const QString &body, QWidget *parent = nullptr);

    void setContent(Icon icon, const QString &title, const QString &body);
    /// Adds @p button, taken over, below the words.
    void addAction(QWidget *button);

private:
    void drawGlyph();

    const Theme &m_theme;
    Icon m_icon;
    Label *m_glyph;
    Label *m_title;
    Label *m_body;
    QHBoxLayout *m_actions;
};

} // namespace rollcall::common
