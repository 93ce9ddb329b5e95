#pragma once

#include <QLabel>

#include "ui/common/Theme.h"

namespace rollcall::common {

/// A line or paragraph of text in a type and a tint of the theme, kept through changes of theme. Plain text unless
/// setTextFormat() says otherwise. **Thread-safety:** GUI thread only.
class Label final : public QLabel
{
    Q_OBJECT

public:
    /// @p theme outlives the label. Text does not wrap until setWordWrap(true).
    explicit Label(const Theme &theme, const QString &text = {}, FontToken font = FontToken::Body,
                   ColorToken tint = ColorToken::Text, QWidget *parent = nullptr);

    /// Changes the tint.
    void setTint(ColorToken tint);
    /// Lets the text be selected and copied with mouse and keyboard.
    void setSelectable();

protected:
    /// The style sheet's first polish may bring back the palette that a label was made with.
    void showEvent(QShowEvent *event) override;

private:
    void applyTint();

    const Theme &m_theme;
    ColorToken m_tint;
};

} // namespace rollcall::common
