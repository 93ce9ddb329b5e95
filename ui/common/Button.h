#pragma once

#include <QPushButton>

#include <optional>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

namespace rollcall::common {

/// How much a button wants to be pressed. One Primary a page; Danger only on the last step of a Plan.
enum class ButtonKind {
    Normal,
    Primary,       ///< filled with the accent
    Danger,        ///< filled red, white words
    DangerOutline, ///< leads to a Plan
    Warn,          ///< something is on that should not stay so
    Quiet,         ///< no edge until hovered
    Link,          ///< accent words only
};

/// A push button of the application, with icon, words and an optional hint of its shortcut inside. With an icon and no
/// text it is square; give it a tool tip and an accessible name then. A menu (setMenu) shows an arrow.
/// **Thread-safety:** GUI thread only.
class Button final : public QPushButton
{
    Q_OBJECT

public:
    /// @p theme outlives the button.
    explicit Button(const Theme &theme, const QString &text, ButtonKind kind = ButtonKind::Normal,
                    QWidget *parent = nullptr);
    /// A square button: @p description becomes tool tip and accessible name.
    Button(const Theme &theme, Icon icon, const QString &description, QWidget *parent = nullptr);

    void setKind(ButtonKind kind);
    void setGlyph(Icon icon);
    /// Shows @p keys ("Esc", "Ctrl+Enter") after the words; the shortcut itself is the caller's. Empty removes it.
    void setKeyHint(const QString &keys);
    /// 32 px high, as in the foot of a sheet.
    void setLarge(bool large);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    /// Enter presses the focused button as Space does; Qt does that in dialogs only.
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    struct Colors
    {
        QColor fill;
        QColor edge;
        ColorToken words;
    };
    [[nodiscard]] Colors colors() const;
    [[nodiscard]] bool isFilled() const { return m_kind == ButtonKind::Primary || m_kind == ButtonKind::Danger; }
    [[nodiscard]] QFont wordFont() const;
    [[nodiscard]] int hintWidth() const;
    [[nodiscard]] int padding() const;
    [[nodiscard]] int contentWidth() const;
    void paintFrame(QPainter &painter, const Colors &colors) const;
    void paintContent(QPainter &painter, const Colors &colors) const;

    const Theme &m_theme;
    ButtonKind m_kind;
    std::optional<Icon> m_glyph;
    QString m_keys;
    bool m_large = false;
};

} // namespace rollcall::common
