#include "ui/common/Note.h"

#include <QHBoxLayout>
#include <QResizeEvent>

#include <algorithm>

#include "ui/common/Label.h"
#include "ui/common/Surface.h"

namespace rollcall::common {

namespace {

struct Look
{
    Surface surface;
    Icon icon;
    ColorToken tint;
};

Look lookOf(NoteKind kind)
{
    switch (kind) {
    case NoteKind::Good:
        return {Surface::Good, Icon::Ok, ColorToken::Good};
    case NoteKind::Warn:
        return {Surface::Warn, Icon::Warn, ColorToken::Warn};
    case NoteKind::Bad:
        return {Surface::Bad, Icon::Fail, ColorToken::Bad};
    case NoteKind::Info:
        return {Surface::Info, Icon::Info, ColorToken::Info};
    case NoteKind::Plain:
        return {Surface::Card, Icon::Info, ColorToken::Muted};
    }
    return {Surface::Card, Icon::Info, ColorToken::Muted};
}

} // namespace

Note::Note(const Theme &theme, NoteKind kind, const QString &title, const QString &body, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_kind(kind),
      m_glyph(new Label(theme)),
      m_title(new Label(theme, {}, FontToken::Section)),
      m_body(new Label(theme)),
      m_row(new QHBoxLayout(this))
{
    m_row->setContentsMargins(space::m, 10, space::m, 10);
    m_row->setSpacing(space::s);
    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_title);
    words->addWidget(m_body);
    m_title->setWordWrap(true);
    m_body->setWordWrap(true);
    m_row->addWidget(m_glyph, 0, Qt::AlignTop);
    m_row->addLayout(words, 1);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    setContent(kind, title, body);
    connect(&m_theme, &Theme::changed, this, &Note::drawGlyph);
}

void Note::setContent(NoteKind kind, const QString &title, const QString &body)
{
    m_kind = kind;
    m_icon = lookOf(kind).icon;
    setSurface(*this, lookOf(kind).surface);
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    m_body->setText(body);
    m_body->setVisible(!body.isEmpty());
    drawGlyph();
}

void Note::setGlyph(Icon icon)
{
    m_icon = icon;
    drawGlyph();
}

void Note::addAction(QWidget *widget)
{
    m_row->addWidget(widget, 0, Qt::AlignVCenter);
}

QSize Note::sizeHint() const
{
    // It never grows beyond this, and layouts ask for no height at a width here: words that wrap would be cut off.
    const QSize wide = QFrame::sizeHint();
    return {wide.width(), std::max(wide.height(), heightForWidth(width()))};
}

void Note::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        updateGeometry();
}

void Note::drawGlyph()
{
    m_glyph->setPixmap(iconPixmap(m_theme, m_icon, measure::icon, lookOf(m_kind).tint, devicePixelRatioF()));
    m_glyph->setContentsMargins(0, 1, 0, 0);
}

} // namespace rollcall::common
