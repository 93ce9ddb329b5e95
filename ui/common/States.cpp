#include "ui/common/States.h"

#include <QCoreApplication>
#include <QHBoxLayout>

#include "ui/common/Label.h"

namespace rollcall::common {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("States", text);
}

} // namespace

StateLook lookOf(State state)
{
    constexpr auto text = ColorToken::Text;
    constexpr auto muted = ColorToken::Muted;
    switch (state) {
    case State::Live:
        return {Icon::Live, ColorToken::Good, text, tr("Live")};
    case State::Expiring:
        return {Icon::Expiring, ColorToken::Warn, text, tr("Expiring")};
    case State::Expired:
        return {Icon::Expired, muted, muted, tr("Expired")};
    case State::Orphan:
        return {Icon::Orphan, ColorToken::Bad, text, tr("Orphan")};
    case State::You:
        return {Icon::You, ColorToken::Info, text, tr("You")};
    case State::Canary:
        return {Icon::Canary, ColorToken::Info, text, tr("Canary")};
    case State::Revoked:
        return {Icon::Revoked, muted, muted, tr("Revoked")};
    case State::VerifiedRefused:
        return {Icon::Refused, ColorToken::Good, text, tr("Verified refused")};
    case State::StillAccepted:
        return {Icon::Accepted, ColorToken::Warn, text, tr("Still accepted")};
    case State::Testing:
        return {Icon::Busy, ColorToken::Info, text, tr("Testing")};
    case State::Ok:
        return {Icon::Ok, ColorToken::Good, text, tr("OK")};
    case State::Warning:
        return {Icon::Warn, ColorToken::Warn, text, tr("Warning")};
    case State::Failed:
        return {Icon::Fail, ColorToken::Bad, text, tr("Failed")};
    case State::Skipped:
        return {Icon::Skip, muted, muted, tr("Skipped")};
    case State::NotReached:
        return {Icon::Skip, muted, muted, tr("Not reached")};
    case State::Unknown:
        return {Icon::Help, muted, muted, tr("Unknown")};
    }
    return {Icon::Help, muted, muted, {}};
}

StateLabel::StateLabel(const Theme &theme, State state, const QString &word, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_glyph(new Label(theme)), m_word(new Label(theme))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(m_glyph);
    row->addWidget(m_word, 1);
    setState(state, word);
    connect(&m_theme, &Theme::changed, this, &StateLabel::drawGlyph);
}

void StateLabel::setState(State state, const QString &word)
{
    m_state = state;
    const StateLook look = lookOf(state);
    m_word->setText(word.isEmpty() ? look.word : word);
    m_word->setTint(look.wordTint);
    setAccessibleName(m_word->text());
    drawGlyph();
}

void StateLabel::setStrong(bool strong)
{
    m_word->setFont(m_theme.font(strong ? FontToken::Section : FontToken::Body));
}

void StateLabel::drawGlyph()
{
    const StateLook look = lookOf(m_state);
    m_glyph->setPixmap(iconPixmap(m_theme, look.icon, measure::icon, look.iconTint, devicePixelRatioF()));
}

} // namespace rollcall::common
