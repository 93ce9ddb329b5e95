#include "ui/audit/ChainBanner.h"

#include <QHBoxLayout>
#include <QLocale>

#include "ui/audit/ChainStrip.h"
#include "ui/common/Label.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"

namespace rollcall::audit {

using common::ColorToken;
using common::FontToken;
using common::Label;

namespace {

constexpr int roomForStrip = 720; ///< below, the drawing gives its room to the words

struct Words
{
    QString title;
    QString body;
    common::Surface surface;
    common::Icon icon;
    ColorToken tint;
};

QString entriesText(qint64 count)
{
    return count == 1 ? ChainBanner::tr("1 entry") : ChainBanner::tr("%1 entries").arg(QLocale().toString(count));
}

Words wordsOf(const AuditReading &reading)
{
    const AuditState &state = reading.state;
    const QString unreadable = reading.unreadable
                                   ? ChainBanner::tr(" What stands there is no entry, so nothing after it is listed.")
                                   : QString();
    const QString checked = ChainBanner::tr("The whole log was checked in %1.").arg(common::durationText(reading.took));
    if (state.foundByAct) {
        return {
            ChainBanner::tr("An act found the chain broken at entry %1").arg(QLocale().toString(*state.brokenAt)),
            ChainBanner::tr("It was changed back and is whole now, but what was done to it before is not known: each "
                            "act says so until rollcallctl audit renew begins a new log. %1")
                .arg(checked),
            common::Surface::Bad, common::Icon::Orphan, ColorToken::Bad};
    }
    if (!state.ok) {
        const qint64 seq = state.brokenAt.value_or(state.entries + 1);
        const QString before = seq > 1 ? ChainBanner::tr("The %1 before it are whole.").arg(entriesText(seq - 1))
                                       : ChainBanner::tr("No entry before it is whole.");
        return {
            ChainBanner::tr("The chain is broken at entry %1").arg(QLocale().toString(seq)),
            ChainBanner::tr("That entry was changed, removed or forged. %1 Keep a copy of the log as it is and find "
                            "out who changed it; new entries go on below the break.")
                .arg(before),
            common::Surface::Bad, common::Icon::Orphan, ColorToken::Bad};
    }
    if (!state.sealed) {
        return {ChainBanner::tr("The chain is whole in itself, not sealed: %1").arg(entriesText(state.entries)),
                ChainBanner::tr("The key that seals this log is not here, so entries cut off at the end, or a chain "
                                "computed anew, would go unnoticed. %1")
                    .arg(checked),
                common::Surface::Warn, common::Icon::Link, ColorToken::Warn};
    }
    return {ChainBanner::tr("The chain is whole: %1, none changed, removed or moved").arg(entriesText(state.entries)),
            ChainBanner::tr("Every entry and the seal beside the log bear the signature of this computer's key. %1")
                .arg(checked),
            common::Surface::Good, common::Icon::Link, ColorToken::Good};
}

} // namespace

ChainBanner::ChainBanner(const common::Theme &theme, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_glyph(new Label(theme)),
      m_title(new Label(theme, {}, FontToken::Verdict)),
      m_body(new Label(theme, {}, FontToken::Body, ColorToken::Muted)),
      m_strip(new ChainStrip(theme))
{
    setObjectName(QStringLiteral("chainBanner"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(common::space::l, common::space::m, common::space::l, common::space::m);
    row->setSpacing(common::space::m);
    row->addWidget(m_glyph, 0, Qt::AlignVCenter);
    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    m_title->setWordWrap(true);
    m_body->setWordWrap(true);
    words->addWidget(m_title);
    words->addWidget(m_body);
    row->addLayout(words, 1);
    row->addWidget(m_strip, 0, Qt::AlignVCenter);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(&theme, &common::Theme::changed, this, &ChainBanner::drawGlyph);
    hide();
}

void ChainBanner::display(const AuditReading &reading)
{
    const Words words = wordsOf(reading);
    m_icon = words.icon;
    m_tint = words.tint;
    m_title->setText(words.title);
    m_body->setText(words.body);
    m_body->setTint(reading.state.ok ? ColorToken::Muted : ColorToken::Text);
    common::setSurface(*this, words.surface);
    setAccessibleName(words.title);
    setAccessibleDescription(words.body);
    drawGlyph();
    m_strip->display(reading.state);
    show();
}

QString ChainBanner::verdict() const
{
    return m_title->text();
}

void ChainBanner::drawGlyph()
{
    m_glyph->setPixmap(common::iconPixmap(m_theme, m_icon, 20, m_tint, devicePixelRatioF()));
}

void ChainBanner::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    m_strip->setVisible(width() >= roomForStrip);
}

} // namespace rollcall::audit
