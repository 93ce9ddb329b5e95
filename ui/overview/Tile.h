#pragma once

#include <QFrame>

#include "ui/common/Icons.h"

class QHBoxLayout;

namespace rollcall::common {
class Label;
} // namespace rollcall::common

namespace rollcall::overview {

/// A card with one figure: its name, the number, and a remark below. **Thread-safety:** GUI thread only.
class Tile final : public QFrame
{
    Q_OBJECT

public:
    /// @p tint is the icon's. @p theme outlives the tile.
    Tile(const common::Theme &theme, common::Icon icon, common::ColorToken tint, const QString &caption,
         QWidget *parent = nullptr);

    /// Shows @p figure; a dash in its place where it is empty, and @p remark says why.
    void setFigure(const QString &figure, const QString &remark);
    [[nodiscard]] QString figure() const;
    /// Adds @p button, taken over, to the right of the figure.
    void addAction(QWidget *button);

private:
    void drawGlyph();

    const common::Theme &m_theme;
    common::Icon m_icon;
    common::ColorToken m_tint;
    common::Label *m_glyph;
    common::Label *m_caption;
    common::Label *m_figure;
    QHBoxLayout *m_figureRow;
    common::Label *m_remark;
};

} // namespace rollcall::overview
