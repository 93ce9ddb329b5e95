#include "ui/revoke/ReturnNote.h"

#include <QLocale>
#include <QTimer>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/Note.h"
#include "ui/common/RelativeTime.h"

namespace rollcall::revoke {

using common::Icon;
using common::NoteKind;

ReturnNote::ReturnNote(const common::Theme &theme, common::ReturnWatch &watch, QWidget *parent)
    : QWidget(parent),
      m_watch(&watch),
      m_note(new common::Note(theme, NoteKind::Plain, {}, {})),
      m_stop(new common::Button(theme, tr("Stop watching"), common::ButtonKind::Link))
{
    setObjectName(QStringLiteral("returnNote"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    m_stop->setObjectName(QStringLiteral("stopWatching"));
    connect(m_stop, &common::Button::clicked, &watch, &common::ReturnWatch::stop);
    m_note->addAction(m_stop);
    column->addWidget(m_note);
    connect(&watch, &common::ReturnWatch::changed, this, &ReturnNote::display);
    auto *second = new QTimer(this);
    second->setInterval(std::chrono::seconds(1));
    connect(second, &QTimer::timeout, this, &ReturnNote::display);
    second->start();
    display();
}

void ReturnNote::display()
{
    const common::ReturnWatch *const watch = m_watch;
    if (!watch)
        return;
    const auto returned = static_cast<qint64>(watch->returned().size());
    const QString left =
        tr("%1 left.").arg(common::durationText(std::chrono::duration_cast<std::chrono::seconds>(watch->left())));
    m_stop->setVisible(watch->isRunning());
    if (returned > 0) {
        m_note->setContent(NoteKind::Bad,
                           returned == 1 ? tr("A revoked session is back")
                                         : tr("%1 revoked sessions are back").arg(QLocale().toString(returned)),
                           tr("Something writes them again. The alarm above the pages offers to revoke them anew."));
    } else if (watch->error()) {
        const base::ErrorText text = base::describe(*watch->error());
        m_note->setContent(NoteKind::Warn, tr("Whether they come back is not known"), text.message);
    } else if (watch->isRunning()) {
        m_note->setContent(NoteKind::Plain, tr("Watching for their return"),
                           tr("None has come back. %1 It goes on when this is closed.").arg(left));
    } else {
        m_note->setContent(NoteKind::Plain, tr("No longer watched"),
                           watch->isExpected()   ? tr("It ended as an undo was begun; none had come back.")
                           : watch->isCutShort() ? tr("It ended before its time; none had come back.")
                                                 : tr("None came back while it was looked."));
    }
    if (returned == 0 && !watch->error())
        m_note->setGlyph(Icon::Eye);
}

} // namespace rollcall::revoke
