#include "ui/main/LogFaultBar.h"

#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"

namespace rollcall::main {

using common::Button;
using common::NoteKind;

LogFaultBar::LogFaultBar(const common::Theme &theme, QWidget *parent)
    : QWidget(parent), m_note(new common::Note(theme, NoteKind::Bad, {}, {}))
{
    setObjectName(QStringLiteral("logFaultBar"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(common::space::l, common::space::s, common::space::l, common::space::s);
    column->addWidget(m_note);
    auto *show = new Button(theme, tr("Show in Audit"));
    show->setObjectName(QStringLiteral("logFaultShow"));
    connect(show, &Button::clicked, this, &LogFaultBar::auditRequested);
    m_note->addAction(show);
    auto *close = new Button(theme, common::Icon::Close, tr("Hide this; it stays on record, and the next act says it"));
    close->setObjectName(QStringLiteral("logFaultHide"));
    connect(close, &Button::clicked, this, &LogFaultBar::clear);
    m_note->addAction(close);
    hide();
}

void LogFaultBar::showFault(const base::Error &fault)
{
    const base::ErrorText text = base::describe(fault);
    m_note->setContent(NoteKind::Bad, text.message, text.remedy);
    setAccessibleName(text.message + QLatin1Char(' ') + text.remedy);
    m_hasFault = true;
    setVisible(m_inSight);
}

void LogFaultBar::clear()
{
    m_hasFault = false;
    hide();
}

void LogFaultBar::setInSight(bool inSight)
{
    m_inSight = inSight;
    setVisible(m_hasFault && m_inSight);
}

} // namespace rollcall::main
