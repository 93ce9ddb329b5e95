#pragma once

#include <QPointer>
#include <QWidget>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

class QAbstractButton;
class QFrame;
class QHBoxLayout;
class QScrollArea;
class QVariantAnimation;
class QVBoxLayout;

namespace rollcall::common {

class Label;

/// A decision or its result, hanging from the header band over a scrim: the page below is out of reach until it closes,
/// the band stays lit. Tab stays inside, Esc dismisses, Ctrl+Enter presses the execute button.
/// It covers the nearest ancestor marked by markHost(), else the window. **Thread-safety:** GUI thread only.
class Sheet : public QWidget
{
    Q_OBJECT

public:
    /// Prepares a hidden sheet over the host of @p origin, as its child. @p theme outlives it. Fill it, then open().
    Sheet(const Theme &theme, QWidget &origin);

    /// Sheets opened from within @p host will cover it and nothing else.
    static void markHost(QWidget &host);
    /// The sheet open over @p host or over anything in it, or null.
    [[nodiscard]] static Sheet *openIn(const QWidget &host);

    /// The head: @p icon in @p tint, a title and, below it, a muted line where @p subtitle is not empty.
    void setHeading(Icon icon, ColorToken tint, const QString &title, const QString &subtitle = {});
    /// A muted remark at the right of the head ("Plan 7c1e 40ab, frozen 13:42:31").
    void setAside(const QString &text);
    /// The content, taken over; a former one is deleted. It scrolls where the window is too low for it.
    void setBody(QWidget *body);
    /// Adds @p widget, taken over, to the left of the foot.
    void addFootStart(QWidget *widget);
    /// Adds @p widget, taken over, to the right of the foot.
    void addFootEnd(QWidget *widget);
    /// Deletes everything in the foot; the execute button is none afterwards.
    void clearFoot();
    /// The button that Ctrl+Enter presses where it is enabled; null for none.
    void setExecute(QAbstractButton *button);
    /// While false Esc does nothing (an operation that must not lose its window); default true.
    void setDismissable(bool dismissable);
    /// Width in logical pixels, 840 unless told; never wider than the host.
    void setPanelWidth(int width);

    /// Slides the sheet in and gives it the keyboard: to @p first, else to the first control in it.
    void open(QWidget *first = nullptr);
    /// Closes: emits dismissed(), gives the keyboard back to who had it and deletes the sheet later.
    void dismiss();

Q_SIGNALS:
    /// The sheet has closed, by Esc or by dismiss().
    void dismissed();

protected:
    /// Takes every key before the window's shortcuts do, except with Alt (menus).
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    bool focusNextPrevChild(bool next) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    [[nodiscard]] QWidget *firstControl() const;
    [[nodiscard]] int bodyHeight(int width) const;
    void place();
    void keepFocus(QWidget *from, QWidget *to);

    const Theme &m_theme;
    QFrame *m_panel;
    QVBoxLayout *m_layout;
    QWidget *m_head;
    Label *m_glyph;
    Label *m_title;
    Label *m_subtitle;
    Label *m_aside;
    QScrollArea *m_scroll;
    QWidget *m_foot;
    QHBoxLayout *m_footStart;
    QHBoxLayout *m_footEnd;
    QVariantAnimation *m_slide;
    QPointer<QAbstractButton> m_execute;
    QPointer<QWidget> m_focusBefore;
    Icon m_icon = Icon::Info;
    ColorToken m_tint = ColorToken::Accent;
    int m_panelWidth = 840;
    bool m_dismissable = true;
};

} // namespace rollcall::common
