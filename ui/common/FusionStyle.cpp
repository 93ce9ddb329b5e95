#include "ui/common/FusionStyle.h"

#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

namespace rollcall::common {

FusionStyle::FusionStyle(const Theme &theme) : QProxyStyle(QStringLiteral("Fusion")), m_theme(theme) {}

void FusionStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                                const QWidget *widget) const
{
    if (element == PE_IndicatorCheckBox || element == PE_IndicatorItemViewItemCheck) {
        drawIndicator(*option, *painter, false);
    } else if (element == PE_IndicatorRadioButton) {
        drawIndicator(*option, *painter, true);
    } else if (element == PE_FrameFocusRect) {
        // Focus is drawn by each control's edge, by the indicator or by the delegate: never as a dotted box on top.
    } else {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void FusionStyle::drawIndicator(const QStyleOption &option, QPainter &painter, bool round) const
{
    const bool enabled = option.state.testFlag(State_Enabled);
    const bool on = option.state.testFlag(State_On);
    const bool partly = option.state.testFlag(State_NoChange);
    const bool focused = option.state.testFlag(State_HasFocus);
    const QRectF box = QRectF(option.rect).adjusted(2.5, 2.5, -2.5, -2.5);
    const qreal radius = round ? box.width() / 2 : 4;

    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const ColorToken edge = !enabled ? ColorToken::LineStrong : on || partly ? ColorToken::Accent : ColorToken::Field;
    const bool filled = (on || partly) && enabled;
    painter.setPen(m_theme.color(edge));
    painter.setBrush(m_theme.color(filled ? ColorToken::Accent : ColorToken::Surface));
    painter.drawRoundedRect(box, radius, radius);
    if (focused) {
        painter.setPen(QPen(m_theme.color(ColorToken::Accent), 1.6));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(-1.7, -1.7, 1.7, 1.7), radius + 1.7, radius + 1.7);
    }
    const QColor mark = m_theme.color(filled ? ColorToken::OnAccent : ColorToken::Disabled);
    const QPointF c = box.center();
    if (round && on) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(mark);
        painter.drawEllipse(c, 3, 3);
    } else if (on || partly) {
        painter.setPen(QPen(mark, 1.7, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        if (partly) {
            painter.drawLine(c - QPointF(3.2, 0), c + QPointF(3.2, 0));
        } else {
            painter.drawPolyline(QPolygonF({c + QPointF(-3.6, 0.2), c + QPointF(-1, 2.9), c + QPointF(3.8, -2.8)}));
        }
    }
    painter.restore();
}

void FusionStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                                     const QWidget *widget) const
{
    if (control == CC_ComboBox) {
        drawComboBox(*option, *painter);
    } else if (control == CC_SpinBox) {
        drawSpinBox(*option, *painter);
    } else {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

void FusionStyle::drawField(const QStyleOption &option, QPainter &painter) const
{
    const bool enabled = option.state.testFlag(State_Enabled);
    const bool focused = option.state.testFlag(State_HasFocus);
    const qreal width = focused ? 2 : 1;
    const qreal inset = width / 2;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const ColorToken edge = focused ? ColorToken::Accent : enabled ? ColorToken::Field : ColorToken::LineStrong;
    painter.setPen(QPen(m_theme.color(edge), width));
    painter.setBrush(m_theme.color(ColorToken::Surface));
    painter.drawRoundedRect(QRectF(option.rect).adjusted(inset, inset, -inset, -inset), measure::radius - inset,
                            measure::radius - inset);
    painter.restore();
}

void FusionStyle::drawComboBox(const QStyleOptionComplex &option, QPainter &painter) const
{
    drawField(option, painter);
    const QRect arrow(option.rect.right() - 24, option.rect.center().y() - 7, measure::icon, measure::icon);
    drawIcon(painter, m_theme, Icon::Down, arrow,
             option.state.testFlag(State_Enabled) ? ColorToken::Muted : ColorToken::Disabled);
}

void FusionStyle::drawSpinBox(const QStyleOptionComplex &option, QPainter &painter) const
{
    drawField(option, painter);
    const auto *spin = qstyleoption_cast<const QStyleOptionSpinBox *>(&option);
    if (spin == nullptr || spin->buttonSymbols == QAbstractSpinBox::NoButtons) {
        return;
    }
    const auto button = [&](SubControl part, QAbstractSpinBox::StepEnabledFlag step, Icon icon) {
        const QRect rect = subControlRect(CC_SpinBox, &option, part, nullptr);
        const bool can = option.state.testFlag(State_Enabled) && spin->stepEnabled.testFlag(step);
        const bool hovered = can && option.activeSubControls == part && option.state.testFlag(State_MouseOver);
        drawIcon(painter, m_theme, icon, QRect(rect.center().x() - 5, rect.center().y() - 5, 12, 12),
                 !can      ? ColorToken::Disabled
                 : hovered ? ColorToken::Accent
                           : ColorToken::Muted);
    };
    button(SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled, Icon::Up);
    button(SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled, Icon::Down);
}

QRect FusionStyle::subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl part,
                                  const QWidget *widget) const
{
    constexpr int arrows = 26; // room for the marks at the right
    const QRect &r = option->rect;
    if (control == CC_ComboBox && part == SC_ComboBoxEditField) {
        return r.adjusted(7, 1, -arrows, -1);
    }
    if (control == CC_ComboBox && part == SC_ComboBoxArrow) {
        return {r.right() - arrows, r.top(), arrows, r.height()};
    }
    if (control == CC_SpinBox && part == SC_SpinBoxEditField) {
        return r.adjusted(9, 1, -arrows, -1);
    }
    if (control == CC_SpinBox && (part == SC_SpinBoxUp || part == SC_SpinBoxDown)) {
        const int half = (r.height() - 4) / 2;
        return {r.right() - arrows + 2, part == SC_SpinBoxUp ? r.top() + 2 : r.bottom() - 1 - half, arrows - 4, half};
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QSize FusionStyle::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                                    const QWidget *widget) const
{
    if (type == CT_ComboBox) {
        return {size.width() + 40, measure::control};
    }
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    if (type == CT_ItemViewItem) {
        result.setHeight(qMax(result.height(), measure::row));
    } else if (type == CT_CheckBox || type == CT_RadioButton) {
        result.setHeight(qMax(result.height(), 24));
    }
    return result;
}

int FusionStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) { // an enum of Qt's: all others keep Fusion's value
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 20;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
        return measure::icon;
    case PM_LayoutLeftMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutBottomMargin:
        return space::l;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return space::s;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int FusionStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                           QStyleHintReturn *data) const
{
    if (hint == SH_ComboBox_Popup) {
        return 0; // a list below the field, not a menu over it
    }
    if (hint == SH_FormLayoutLabelAlignment) {
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    }
    return QProxyStyle::styleHint(hint, option, widget, data);
}

} // namespace rollcall::common
