#include "ui/common/LoadingState.h"

#include <QHBoxLayout>

#include "ui/common/Button.h"
#include "ui/common/Label.h"

namespace rollcall::common {

namespace {

constexpr int skeletonMs = 150;
constexpr int cancelMs = 1000;
constexpr int elapsedMs = 3000;

} // namespace

LoadingState::LoadingState(const Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_glyph(new Label(theme)),
      m_words(new Label(theme)),
      m_cancel(new Button(theme, tr("Cancel")))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::l, 6, space::l, 6);
    row->setSpacing(space::s);
    row->addWidget(m_glyph);
    row->addWidget(m_words, 1);
    row->addWidget(m_cancel);
    m_cancel->setKeyHint(tr("Esc"));
    connect(m_cancel, &Button::clicked, this, &LoadingState::cancelRequested);
    connect(&m_timer, &QTimer::timeout, this, &LoadingState::tick);
    m_timer.setInterval(50);
    hide();
}

void LoadingState::start(const QString &text)
{
    m_text = text;
    m_skeletonShown = false;
    m_elapsed.start();
    m_timer.start();
    hide();
}

void LoadingState::stop()
{
    m_timer.stop();
    hide();
}

void LoadingState::tick()
{
    const qint64 ms = m_elapsed.elapsed();
    if (ms >= skeletonMs && !m_skeletonShown) {
        m_skeletonShown = true;
        Q_EMIT skeletonDue();
    }
    if (ms < cancelMs) {
        return;
    }
    m_words->setText(ms < elapsedMs ? m_text : tr("%1, %2 s").arg(m_text).arg(ms / 1000));
    if (isHidden()) {
        m_glyph->setPixmap(iconPixmap(m_theme, Icon::Busy, measure::icon, ColorToken::Info, devicePixelRatioF()));
        setAccessibleName(m_text);
        show();
    }
}

} // namespace rollcall::common
