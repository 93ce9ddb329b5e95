#include "core/async/Mailbox.h"

#include <QCoreApplication>
#include <QEvent>

namespace rollcall::async {

namespace {
const QEvent::Type wakeUp = static_cast<QEvent::Type>(QEvent::registerEventType());
}

struct Mailbox::Sender::State
{
    base::Mutex mutex;
    std::deque<Message> queue ROLLCALL_GUARDED_BY(mutex);
    Mailbox *box ROLLCALL_GUARDED_BY(mutex) = nullptr;
};

bool Mailbox::Sender::post(Message message) const
{
    if (!m_state)
        return false;
    const base::MutexLock lock(m_state->mutex);
    if (!m_state->box || m_state->queue.size() >= capacity)
        return false;
    m_state->queue.push_back(std::move(message));
    // One wake-up stands for all that is queued. Posting under the lock keeps the box alive meanwhile.
    if (m_state->queue.size() == 1)
        QCoreApplication::postEvent(m_state->box, new QEvent(wakeUp));
    return true;
}

Mailbox::Mailbox(QObject *parent) : QObject(parent), m_state(std::make_shared<Sender::State>())
{
    const base::MutexLock lock(m_state->mutex);
    m_state->box = this;
}

Mailbox::~Mailbox()
{
    const base::MutexLock lock(m_state->mutex);
    m_state->box = nullptr;
    m_state->queue.clear();
}

bool Mailbox::event(QEvent *event)
{
    if (event->type() != wakeUp)
        return QObject::event(event);
    // A message may destroy the box: the state outlives it, and what else is queued is dropped with it.
    const auto state = m_state;
    std::deque<Message> messages;
    {
        const base::MutexLock lock(state->mutex);
        messages.swap(state->queue);
    }
    for (Message &message : messages) {
        {
            const base::MutexLock lock(state->mutex);
            if (!state->box)
                break;
        }
        message();
    }
    return true;
}

} // namespace rollcall::async
