#include "ui/main/PersonalMark.h"

#include <QAction>
#include <QHBoxLayout>

#include "ui/common/Actions.h"
#include "ui/common/Button.h"

namespace rollcall::main {

using common::Icon;
using common::PersonalData;

PersonalMark::PersonalMark(const common::Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_button(new common::Button(theme, {}, common::ButtonKind::Warn)),
      m_action(common::makeAction(theme, this, Icon::Eye, {}, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N)))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_button);
    m_button->setObjectName(QStringLiteral("personalMark"));
    m_button->setGlyph(Icon::Eye);
    // What counts down is not read out every second.
    m_button->setAccessibleName(tr("Names and e-mails are shown: mask them now"));
    m_button->setToolTip(tr("Masked again by themselves; a click masks them now (Ctrl+Shift+N)."));
    m_action->setObjectName(QStringLiteral("showPersonal"));
    connect(m_button, &common::Button::clicked, this, &PersonalMark::toggle);
    connect(m_action, &QAction::triggered, this, &PersonalMark::toggle);
    m_tick.setInterval(std::chrono::seconds(1));
    connect(&m_tick, &QTimer::timeout, this, &PersonalMark::refresh);
    setData(nullptr);
}

void PersonalMark::setData(PersonalData *personal, const QString &unavailable)
{
    if (m_data)
        m_data->disconnect(this);
    m_data = personal;
    m_unavailable = unavailable;
    if (personal) {
        connect(personal, &PersonalData::changed, this, &PersonalMark::refresh);
        connect(personal, &QObject::destroyed, this, [this] { setData(nullptr); });
    }
    refresh();
}

void PersonalMark::refresh()
{
    const PersonalData *const personal = m_data.data();
    const bool isMaskable = personal && personal->isMaskable();
    const bool isShown = isMaskable && !personal->isMasked();
    m_action->setText(isShown ? tr("&Mask names and e-mails") : tr("Show &names and e-mails"));
    QString whyNot = isShown ? QString() : m_unavailable;
    if (!isMaskable)
        whyNot = personal ? tr("This connection masks nothing.") : tr("No connection is open.");
    common::setUnavailable(*m_action, whyNot);
    setVisible(isShown);
    if (!isShown) {
        m_tick.stop();
        return;
    }
    const auto left = std::chrono::ceil<std::chrono::seconds>(personal->left()).count();
    m_button->setText(tr("Names shown %1 s").arg(left));
    if (!m_tick.isActive())
        m_tick.start();
}

void PersonalMark::toggle()
{
    PersonalData *const personal = m_data.data();
    if (!personal)
        return;
    if (personal->isMasked())
        personal->reveal();
    else
        personal->mask();
}

} // namespace rollcall::main
