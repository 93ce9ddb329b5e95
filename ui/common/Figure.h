#pragma once

#include <QWidget>

#include "ui/common/Theme.h"

namespace rollcall::common {

class Label;

/// A number that matters, under its caption: "Sessions / 3", "Verified refused / 9 of 11". **Thread-safety:** GUI
/// thread only.
class Figure final : public QWidget
{
    Q_OBJECT

public:
    /// All that a figure says: after the value a muted remark, where there is one; the tint is the value's.
    struct Content
    {
        QString caption;
        QString value;
        QString aside = {};
        ColorToken tint = ColorToken::Text;
        QString toolTip = {};
    };

    /// @p theme outlives the widget.
    explicit Figure(const Theme &theme, const QString &caption, QWidget *parent = nullptr);

    /// As of Content.
    void setValue(const QString &value, const QString &aside = {}, ColorToken tint = ColorToken::Text);
    void setCaption(const QString &caption);

private:
    Label *m_caption;
    Label *m_value;
    Label *m_aside;
};

/// Figures side by side with a line between, and one above and below: the head of a Plan or a result. Takes the figures
/// over. **Thread-safety:** GUI thread only.
class FigureStrip final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the widget.
    FigureStrip(const Theme &theme, const QList<Figure *> &figures, QWidget *parent = nullptr);
    /// Makes the figures itself, for what stays as it is.
    FigureStrip(const Theme &theme, const QList<Figure::Content> &figures, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Theme &m_theme;
    QList<Figure *> m_figures;
};

} // namespace rollcall::common
