#include "ui/revoke/ProgressView.h"

#include <QProgressBar>
#include <QVBoxLayout>

#include "ui/common/Label.h"

namespace rollcall::revoke {

using common::ActState;

ProgressView::ProgressView(const common::Theme &theme, const common::Activity &activity, const QString &name,
                           QWidget *parent)
    : QWidget(parent),
      m_step(new common::Label(theme)),
      m_bar(new QProgressBar),
      m_pace(new common::Label(theme, {}, common::FontToken::Status, common::ColorToken::Muted))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(20, common::space::m, 20, common::space::l);
    column->setSpacing(common::space::s);
    column->addWidget(m_step);
    m_bar->setRange(0, common::permille);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(name);
    column->addWidget(m_bar);
    column->addWidget(m_pace);
    connect(&activity, &common::Activity::changed, this, [this, &activity] { display(activity); });
    display(activity);
}

void ProgressView::display(const common::Activity &activity)
{
    m_bar->setValue(activity.doneOfThousand());
    m_pace->setText(activity.paceText());
    switch (activity.state()) {
    case ActState::Waiting:
        m_step->setText(tr("Waiting for what runs before it"));
        return;
    case ActState::Pausing:
        m_step->setText(tr("Pausing at the next batch"));
        return;
    case ActState::Stopping:
        m_step->setText(tr("Stopping at the next batch"));
        return;
    case ActState::Running:
    case ActState::Paused:
    case ActState::Ended:
        m_step->setText(activity.step());
    }
}

} // namespace rollcall::revoke
