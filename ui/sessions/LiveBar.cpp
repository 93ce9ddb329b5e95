#include "ui/sessions/LiveBar.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLocale>
#include <QTimer>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"

namespace rollcall::sessions {

using common::Button;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

QString number(qint64 value)
{
    return QLocale().toString(value);
}

} // namespace

LiveBar::LiveBar(const common::Theme &theme, SessionFollower &follower, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_follower(follower),
      m_glyph(new Label(theme)),
      m_text(new Label(theme, {}, FontToken::Status)),
      m_showNew(new Button(theme, {}, common::ButtonKind::Link)),
      m_retry(new Button(theme, tr("Retry now"))),
      m_countdown(new QTimer(this))
{
    setObjectName(QStringLiteral("liveBar"));
    m_text->setObjectName(QStringLiteral("liveText"));
    m_showNew->setObjectName(QStringLiteral("showNew"));
    m_retry->setObjectName(QStringLiteral("retryNow"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(common::space::l, 0, common::space::l, common::space::s);
    row->setSpacing(common::space::s);
    row->addWidget(m_glyph);
    m_text->setWordWrap(true);
    m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // long errors do not widen the window
    row->addWidget(m_text, 1);
    row->addWidget(m_retry);
    row->addWidget(m_showNew);
    m_showNew->setToolTip(tr("Lists the latest expiry first: that is where new sessions are."));
    m_showNew->hide();
    connect(m_showNew, &Button::clicked, this, &LiveBar::showNewRequested);
    connect(m_retry, &Button::clicked, &follower, &SessionFollower::retryNow);
    connect(&follower, &SessionFollower::stateChanged, this, &LiveBar::refresh);
    connect(&theme, &common::Theme::changed, this, &LiveBar::refresh);
    m_countdown->setInterval(std::chrono::milliseconds(250));
    connect(m_countdown, &QTimer::timeout, this, &LiveBar::refresh);
    refresh();
}

QString LiveBar::text() const
{
    return m_text->text();
}

void LiveBar::setNew(int count, bool certain)
{
    const bool wasShown = m_showNew->isVisible();
    m_showNew->setVisible(count > 0);
    if (count == 0) {
        if (wasShown && m_showNew->hasFocus())
            focusNextChild();
        return;
    }
    const QString what = !certain     ? tr("%1 new or extended sessions").arg(number(count))
                         : count == 1 ? tr("1 new session")
                                      : tr("%1 new sessions").arg(number(count));
    m_showNew->setText(tr("%1 — show").arg(what));
    m_showNew->setAccessibleName(m_showNew->text());
    QAccessibleEvent event(m_showNew, QAccessible::NameChanged);
    QAccessible::updateAccessibility(&event);
}

QString LiveBar::scopeText() const
{
    const store::WatchScope &scope = m_follower.scope();
    const QString count = number(scope.followed);
    const bool byCreation = scope.path == store::WatchPath::ByCreation;
    const QString what =
        scope.complete ? tr("Following all %1 live sessions").arg(count)
        : byCreation   ? tr("Following sign-ins of all, and the %1 sessions in view or made last").arg(count)
                       : tr("Following sign-ins and extensions of all, and the end of the %1 sessions in view, made or "
                              "extended last, or expiring next")
                           .arg(count);
    const QString how = scope.channel ? tr("as the database notifies on %1").arg(*scope.channel)
                        : byCreation  ? tr("no index serves the expiry of this large table")
                        : scope.path == store::WatchPath::ByExpiry
                            ? tr("through the index on the expiry")
                            : tr("each look reads all of it, at most a tenth of the time: no index serves the expiry");
    const QString missed = scope.cutShort ? tr(" · some changes were too many at once to be seen") : QString();
    return what + QStringLiteral(" · ") + how + missed;
}

void LiveBar::refresh()
{
    using Phase = SessionFollower::Phase;
    const Phase phase = m_follower.phase();
    setVisible(phase != Phase::Off);
    m_retry->setVisible(phase == Phase::Lost || phase == Phase::Failed);
    if (phase != Phase::Lost)
        m_countdown->stop();
    switch (phase) {
    case Phase::Off:
        return;
    case Phase::Starting:
        say(Icon::Busy, ColorToken::Info, tr("Reading what there is to follow"));
        return;
    case Phase::Following:
        say(Icon::Live, ColorToken::Good, scopeText());
        return;
    case Phase::Lost: {
        const auto left =
            std::chrono::ceil<std::chrono::seconds>(m_follower.retryAt() - std::chrono::steady_clock::now());
        m_countdown->start();
        const QString what =
            m_follower.error()->code == base::ErrorCode::Timeout ? tr("No answer in time") : tr("Connection lost");
        say(Icon::Warn, ColorToken::Warn,
            left.count() > 0 ? tr("%1 — trying again in %2 s").arg(what).arg(left.count())
                             : tr("%1 — trying again now").arg(what));
        m_text->setToolTip(base::oneLine(*m_follower.error()));
        return;
    }
    case Phase::Failed:
        say(Icon::Fail, ColorToken::Bad, tr("Not followed any more: %1").arg(base::oneLine(*m_follower.error())));
        return;
    }
}

void LiveBar::say(Icon icon, ColorToken tint, const QString &text)
{
    const bool isOther = m_icon != icon; // a countdown is not read out second by second
    m_icon = icon;
    m_tint = tint;
    m_glyph->setPixmap(common::iconPixmap(m_theme, m_icon, common::measure::icon, m_tint, devicePixelRatioF()));
    m_text->setText(text);
    m_text->setToolTip(text);
    m_text->setAccessibleName(text);
    if (isOther) {
        QAccessibleEvent event(m_text, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }
}

} // namespace rollcall::sessions
