#include "ui/welcome/BeginCard.h"

#include <QPainter>

namespace rollcall::welcome {

using common::ColorToken;
using common::FontToken;

namespace {
constexpr int textLeft = 48;
constexpr int glyphSize = 20;
constexpr int cardHeight = 112;
} // namespace

BeginCard::BeginCard(const common::Theme &theme, common::Icon icon, const QString &title, const QString &body,
                     bool takesDrops, QWidget *parent)
    : QAbstractButton(parent), m_theme(theme), m_icon(icon), m_body(body), m_takesDrops(takesDrops)
{
    setText(title);
    setAccessibleName(title);
    setAccessibleDescription(body);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &common::Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize BeginCard::sizeHint() const
{
    return {240, cardHeight};
}

void BeginCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool lit = hasFocus();
    QPen pen(m_theme.color(lit            ? ColorToken::Accent
                           : m_takesDrops ? ColorToken::Field
                                          : ColorToken::Line),
             lit ? 2 : 1);
    if (m_takesDrops && !lit)
        pen.setStyle(Qt::DashLine);
    painter.setPen(pen);
    painter.setBrush(m_theme.color(isDown()       ? ColorToken::Sunken
                                   : underMouse() ? ColorToken::Hover
                                                  : ColorToken::Raised));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), common::measure::radius, common::measure::radius);

    common::drawIcon(painter, m_theme, m_icon, QRect(common::space::l, common::space::l, glyphSize, glyphSize),
                     ColorToken::Accent);
    const QRect words(textLeft, common::space::l, width() - textLeft - common::space::l,
                      height() - 2 * common::space::l);
    painter.setFont(m_theme.font(FontToken::Section));
    painter.setPen(m_theme.color(ColorToken::Text));
    const int lineHeight = glyphSize;
    painter.drawText(QRect(words.left(), words.top(), words.width(), lineHeight), Qt::AlignLeft | Qt::AlignVCenter,
                     text());
    painter.setFont(m_theme.font(FontToken::Body));
    painter.setPen(m_theme.color(ColorToken::Muted));
    painter.drawText(words.adjusted(0, lineHeight + 2, 0, 0), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_body);
}

} // namespace rollcall::welcome
