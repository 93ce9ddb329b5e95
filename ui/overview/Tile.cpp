#include "ui/overview/Tile.h"

#include <QVBoxLayout>

#include "ui/common/Label.h"
#include "ui/common/Surface.h"

namespace rollcall::overview {

using common::ColorToken;
using common::FontToken;
using common::Label;

Tile::Tile(const common::Theme &theme, common::Icon icon, ColorToken tint, const QString &caption, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_icon(icon),
      m_tint(tint),
      m_glyph(new Label(theme)),
      m_caption(new Label(theme, caption, FontToken::Body, ColorToken::Muted)),
      m_figure(new Label(theme, {}, FontToken::Figure)),
      m_figureRow(new QHBoxLayout),
      m_remark(new Label(theme, {}, FontToken::Small, ColorToken::Muted))
{
    common::setSurface(*this, common::Surface::Card);
    setFixedHeight(92);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(common::space::l, common::space::m, common::space::m, common::space::s);
    column->setSpacing(2);
    auto *head = new QHBoxLayout;
    head->setSpacing(common::space::s);
    head->addWidget(m_glyph);
    head->addWidget(m_caption, 1);
    column->addLayout(head);
    m_figureRow->setSpacing(common::space::xs);
    m_figureRow->addWidget(m_figure, 1);
    column->addLayout(m_figureRow);
    column->addWidget(m_remark);
    // Words give way before the row of tiles does.
    for (Label *label : {m_caption, m_figure, m_remark})
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    drawGlyph();
    connect(&theme, &common::Theme::changed, this, &Tile::drawGlyph);
    setFigure({}, {});
}

void Tile::setFigure(const QString &figure, const QString &remark)
{
    m_figure->setText(figure.isEmpty() ? QStringLiteral("–") : figure);
    m_figure->setTint(figure.isEmpty() ? ColorToken::Muted : ColorToken::Text);
    m_remark->setText(remark);
    m_remark->setToolTip(remark);
    setAccessibleName(QStringLiteral("%1: %2").arg(m_caption->text(), figure.isEmpty() ? tr("not known") : figure));
    setAccessibleDescription(remark);
}

QString Tile::figure() const
{
    return m_figure->text();
}

void Tile::addAction(QWidget *button)
{
    m_figureRow->addWidget(button, 0, Qt::AlignVCenter);
}

void Tile::drawGlyph()
{
    m_glyph->setPixmap(common::iconPixmap(m_theme, m_icon, common::measure::icon, m_tint, devicePixelRatioF()));
}

} // namespace rollcall::overview
