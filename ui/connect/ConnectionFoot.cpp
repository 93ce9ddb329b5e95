#include "ui/connect/ConnectionFoot.h"

#include <QHBoxLayout>
#include <QPainter>

#include "ui/common/Button.h"
#include "ui/common/Label.h"

namespace rollcall::connect {

using common::Button;
using common::State;
using common::StateLabel;

ConnectionFoot::ConnectionFoot(const common::Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_good(new StateLabel(theme, State::Ok)),
      m_toKnow(new StateLabel(theme, State::Warning)),
      m_toRepair(new StateLabel(theme, State::Failed)),
      m_testing(new StateLabel(theme, State::Testing)),
      m_reason(new common::Label(theme, {}, common::FontToken::Body, common::ColorToken::Muted)),
      m_save(new Button(theme, tr("Save as it is"))),
      m_open(new Button(theme, tr("Save and open"), common::ButtonKind::Primary))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, common::space::m, 0, common::space::m);
    row->setSpacing(common::space::l);
    for (StateLabel *label : {m_good, m_toKnow, m_toRepair, m_testing}) {
        label->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
        row->addWidget(label);
    }
    m_reason->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_reason->setWordWrap(true);
    m_reason->setObjectName(QStringLiteral("whyNotOpen"));
    row->addWidget(m_reason, 1);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(common::space::s);
    auto *cancel = new Button(theme, tr("Cancel"));
    cancel->setKeyHint(tr("Esc"));
    cancel->setObjectName(QStringLiteral("cancelConnection"));
    m_save->setObjectName(QStringLiteral("saveConnection"));
    m_open->setObjectName(QStringLiteral("saveAndOpen"));
    for (Button *button : {cancel, m_save, m_open}) {
        button->setLarge(true);
        buttons->addWidget(button);
    }
    row->addLayout(buttons);
    connect(cancel, &Button::clicked, this, &ConnectionFoot::cancelRequested);
    connect(m_save, &Button::clicked, this, [this] { Q_EMIT saveRequested(false); });
    connect(m_open, &Button::clicked, this, [this] { Q_EMIT saveRequested(true); });
    setCounts({});
}

void ConnectionFoot::setCounts(const LegCounts &counts)
{
    const auto show = [](StateLabel *label, State state, int count, const QString &words) {
        label->setState(state, words);
        label->setVisible(count > 0);
    };
    show(m_good, State::Ok, counts.good, tr("%1 good").arg(counts.good));
    show(m_toKnow, State::Warning, counts.toKnow, tr("%1 to know").arg(counts.toKnow));
    show(m_toRepair, State::Failed, counts.toRepair, tr("%1 to repair").arg(counts.toRepair));
    show(m_testing, State::Testing, counts.testing, tr("%1 testing").arg(counts.testing));
}

void ConnectionFoot::setReasons(const QString &notSaved, const QString &notOpened)
{
    m_save->setEnabled(notSaved.isEmpty());
    m_open->setEnabled(notOpened.isEmpty());
    m_reason->setText(notOpened);
    m_open->setAccessibleDescription(notOpened);
}

void ConnectionFoot::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(0, 0, width(), 1, m_theme.color(common::ColorToken::Line));
}

} // namespace rollcall::connect
