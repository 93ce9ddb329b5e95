#include "ui/common/Figure.h"

#include <QHBoxLayout>
#include <QPainter>

#include "ui/common/Label.h"

namespace rollcall::common {

namespace {

QList<Figure *> figuresOf(const Theme &theme, const QList<Figure::Content> &contents)
{
    QList<Figure *> figures;
    for (const Figure::Content &content : contents) {
        figures << new Figure(theme, content.caption);
        figures.last()->setValue(content.value, content.aside, content.tint);
        figures.last()->setToolTip(content.toolTip);
    }
    return figures;
}

} // namespace

Figure::Figure(const Theme &theme, const QString &caption, QWidget *parent)
    : QWidget(parent),
      m_caption(new Label(theme, caption, FontToken::Caption, ColorToken::Muted)),
      m_value(new Label(theme, {}, FontToken::Title)),
      m_aside(new Label(theme, {}, FontToken::Body, ColorToken::Muted))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::l, space::s, space::l, space::s);
    column->setSpacing(0);
    column->addWidget(m_caption);
    auto *row = new QHBoxLayout;
    row->setSpacing(space::s);
    row->addWidget(m_value, 0, Qt::AlignBottom);
    row->addWidget(m_aside, 1, Qt::AlignBottom);
    m_aside->setContentsMargins(0, 0, 0, 3); // both words stand on one line
    column->addLayout(row);
}

void Figure::setValue(const QString &value, const QString &aside, ColorToken tint)
{
    m_value->setText(value);
    m_value->setTint(tint);
    m_aside->setText(aside);
    setAccessibleName(m_caption->text() + QStringLiteral(": ") + value + QLatin1Char(' ') + aside);
}

void Figure::setCaption(const QString &caption)
{
    m_caption->setText(caption);
}

FigureStrip::FigureStrip(const Theme &theme, const QList<Figure *> &figures, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_figures(figures)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::xs, 1, 0, 1);
    row->setSpacing(0);
    for (Figure *figure : figures) {
        row->addWidget(figure, 1);
    }
}

FigureStrip::FigureStrip(const Theme &theme, const QList<Figure::Content> &figures, QWidget *parent)
    : FigureStrip(theme, figuresOf(theme, figures), parent)
{}

void FigureStrip::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    const QColor line = m_theme.color(ColorToken::Line);
    painter.fillRect(0, 0, width(), 1, line);
    painter.fillRect(0, height() - 1, width(), 1, line);
    for (qsizetype i = 1; i < m_figures.size(); ++i) {
        painter.fillRect(m_figures[i]->x(), 0, 1, height(), line);
    }
}

} // namespace rollcall::common
