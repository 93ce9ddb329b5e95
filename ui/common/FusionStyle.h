#pragma once

#include <QProxyStyle>

namespace rollcall::common {

class Theme;

/// Fusion with our own check boxes, radio buttons, combo and spin boxes, whose marks a style sheet can only take from
/// image files of fixed colour. **Thread-safety:** GUI thread only.
class FusionStyle final : public QProxyStyle
{
    Q_OBJECT

public:
    /// @p theme outlives the style's last paint; it is destroyed before the application only at exit.
    explicit FusionStyle(const Theme &theme);

    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                            const QWidget *widget) const override;
    [[nodiscard]] QRect subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl part,
                                       const QWidget *widget) const override;
    [[nodiscard]] QSize sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                                         const QWidget *widget) const override;
    [[nodiscard]] int pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const override;
    [[nodiscard]] int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                                QStyleHintReturn *data) const override;

private:
    void drawIndicator(const QStyleOption &option, QPainter &painter, bool round) const;
    void drawField(const QStyleOption &option, QPainter &painter) const;
    void drawComboBox(const QStyleOptionComplex &option, QPainter &painter) const;
    void drawSpinBox(const QStyleOptionComplex &option, QPainter &painter) const;

    const Theme &m_theme;
};

} // namespace rollcall::common
