#include "ui/connect/LegRow.h"

#include <QGridLayout>
#include <QPainter>

#include "ui/common/Label.h"
#include "ui/connect/LegFinding.h"

namespace rollcall::connect {

using common::ColorToken;
using common::Label;

namespace {
constexpr int glyphSize = 20;
constexpr int nameWidth = 96;
} // namespace

LegRow::LegRow(const common::Theme &theme, common::Icon icon, const QString &title, const QString &aside, bool first,
               QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_icon(icon),
      m_first(first),
      m_glyph(new Label(theme)),
      m_titleBox(new QWidget),
      m_fieldBox(new QWidget),
      m_fields(new QGridLayout(m_fieldBox)),
      m_finding(new LegFinding(theme, title))
{
    setAccessibleName(title);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, common::space::l, 0, common::space::l);
    row->setSpacing(0);

    auto *titleRow = new QHBoxLayout(m_titleBox);
    titleRow->setContentsMargins(0, 4, 0, 0);
    titleRow->setSpacing(common::space::s);
    titleRow->addWidget(m_glyph, 0, Qt::AlignTop);
    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(new Label(theme, title, common::FontToken::Section));
    if (!aside.isEmpty())
        words->addWidget(new Label(theme, aside, common::FontToken::Small, ColorToken::Muted));
    words->addStretch();
    titleRow->addLayout(words, 1);
    row->addWidget(m_titleBox, 0, Qt::AlignTop);

    m_fields->setContentsMargins(0, 0, common::space::xl, 0);
    m_fields->setHorizontalSpacing(common::space::m);
    m_fields->setVerticalSpacing(common::space::s);
    m_fields->setColumnMinimumWidth(0, nameWidth);
    m_fields->setColumnStretch(1, 1);
    row->addWidget(m_fieldBox, 0, Qt::AlignTop);
    row->addSpacing(common::space::xl);
    row->addWidget(m_finding, 1, Qt::AlignTop);
    drawGlyph();
    connect(&theme, &common::Theme::changed, this, &LegRow::drawGlyph);
}

void LegRow::addField(const QString &name, QWidget *field)
{
    const int row = m_fields->rowCount();
    auto *label = new Label(m_theme, name, common::FontToken::Body, ColorToken::Muted);
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    label->setMinimumHeight(common::measure::control);
    m_fields->addWidget(label, row, 0, Qt::AlignTop);
    m_fields->addWidget(field, row, 1);
    m_names.insert(field, label);
}

void LegRow::setFieldVisible(QWidget *field, bool visible)
{
    field->setVisible(visible);
    if (QWidget *name = m_names.value(field))
        name->setVisible(visible);
}

void LegRow::setColumns(int title, int fields)
{
    m_titleBox->setFixedWidth(title);
    m_fieldBox->setFixedWidth(fields);
}

void LegRow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QColor line = m_theme.color(ColorToken::Line);
    if (!m_first)
        painter.fillRect(0, 0, width(), 1, line);
    painter.fillRect(m_fieldBox->geometry().right() + 1, common::space::l, 1, height() - 2 * common::space::l, line);
}

void LegRow::drawGlyph()
{
    m_glyph->setPixmap(common::iconPixmap(m_theme, m_icon, glyphSize, ColorToken::Muted, devicePixelRatioF()));
    update();
}

} // namespace rollcall::connect
