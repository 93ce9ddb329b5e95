#include "ui/main/AlarmBar.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>

#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/RelativeTime.h"

namespace rollcall::main {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

constexpr qsizetype mostNamed = 3;

QString titleOf(std::size_t sessions)
{
    return sessions == 1 ? AlarmBar::tr("A revoked session is back")
                         : AlarmBar::tr("%1 revoked sessions are back").arg(QLocale().toString(qint64(sessions)));
}

/// Which, since when, and what it means.
QString wordsOf(const std::vector<revoke::Resurrection> &sessions)
{
    QStringList named;
    for (const revoke::Resurrection &session : sessions) {
        if (named.size() == mostNamed) {
            named << QStringLiteral("…");
            break;
        }
        named << session.fingerprint.grouped().first(9);
    }
    return AlarmBar::tr("%1, seen %2. Something writes them again, such as a cache, another instance or an undo; it is "
                        "on record.")
        .arg(named.join(QStringLiteral(", ")), common::clockText(sessions.front().seenAt));
}

} // namespace

AlarmBar::AlarmBar(const common::Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_glyph(new Label(theme)),
      m_title(new Label(theme, {}, FontToken::Section)),
      m_words(new Label(theme)),
      m_revoke(new Button(theme, tr("Revoke again…"), ButtonKind::DangerOutline))
{
    setObjectName(QStringLiteral("alarmBar"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(common::space::l, common::space::s, common::space::l, common::space::s);
    row->setSpacing(common::space::m);
    row->addWidget(m_glyph);
    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    m_title->setObjectName(QStringLiteral("alarmTitle"));
    m_words->setWordWrap(true);
    words->addWidget(m_title);
    words->addWidget(m_words);
    row->addLayout(words, 1);
    auto *activity = new Button(theme, tr("Show in Activity"));
    activity->setObjectName(QStringLiteral("alarmActivity"));
    connect(activity, &Button::clicked, this, &AlarmBar::activityRequested);
    row->addWidget(activity);
    m_revoke->setObjectName(QStringLiteral("alarmRevoke"));
    m_revoke->setGlyph(Icon::Revoked);
    m_revoke->setToolTip(tr("Plans the end of exactly these sessions."));
    connect(m_revoke, &Button::clicked, this, [this] {
        if (const common::ReturnWatches *const watches = m_watches)
            Q_EMIT revokeRequested(watches->alarm());
    });
    row->addWidget(m_revoke);
    auto *close = new Button(theme, Icon::Close, tr("Silence the alarm; it stays on record"));
    close->setObjectName(QStringLiteral("alarmSilence"));
    connect(close, &Button::clicked, this, [this] {
        if (common::ReturnWatches *const watches = m_watches)
            watches->silence();
    });
    row->addWidget(close);
    const auto draw = [this] {
        m_glyph->setPixmap(common::iconPixmap(m_theme, Icon::Warn, common::measure::icon + common::space::xs,
                                              ColorToken::Bad, devicePixelRatioF()));
    };
    connect(&theme, &common::Theme::changed, this, draw);
    draw();
    hide();
}

void AlarmBar::setWatches(common::ReturnWatches *watches)
{
    if (m_watches)
        m_watches->disconnect(this);
    m_watches = watches;
    if (watches) {
        connect(watches, &common::ReturnWatches::changed, this, &AlarmBar::display);
        connect(watches, &common::ReturnWatches::raised, this, [this] {
            display();
            announce();
        });
    }
    display();
}

void AlarmBar::setInSight(bool inSight)
{
    m_inSight = inSight;
    display();
}

void AlarmBar::display()
{
    const common::ReturnWatches *const watches = m_watches;
    const bool isRaised = watches && !watches->alarm().empty();
    if (isRaised) {
        m_title->setText(titleOf(watches->alarm().size()));
        m_words->setText(wordsOf(watches->alarm()));
        setAccessibleName(m_title->text() + QStringLiteral(". ") + m_words->text());
    }
    setVisible(isRaised && m_inSight);
}

void AlarmBar::announce()
{
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void AlarmBar::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(ColorToken::BadSoft));
    painter.fillRect(0, 0, 4, height(), m_theme.color(ColorToken::Bad));
    painter.fillRect(0, height() - 1, width(), 1, m_theme.color(ColorToken::Line));
}

} // namespace rollcall::main
