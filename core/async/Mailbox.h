#pragma once

#include <QObject>

#include <deque>
#include <functional>
#include <memory>

#include "core/base/Mutex.h"

namespace rollcall::async {

/// Brings results from worker threads to the thread that owns the Mailbox and runs its event loop. Always delivers
/// later, never in the poster's stack; drops everything once destroyed. Bounded: a full box refuses.
/// **Thread-safety:** post() and Sender from any thread; construction, destruction and delivery on the owner's thread.
class Mailbox final : public QObject
{
    Q_OBJECT

public:
    using Message = std::function<void()>;
    static constexpr std::size_t capacity = 4096;

    /// A handle that outlives the box safely: posting to a dead box does nothing.
    class Sender
    {
    public:
        Sender() = default;
        /// Queues @p message for the owner's thread; false where the box is full or gone. Never blocks.
        bool post(Message message) const;

    private:
        friend class Mailbox;
        struct State;
        explicit Sender(std::shared_ptr<State> state) : m_state(std::move(state)) {}
        std::shared_ptr<State> m_state;
    };

    explicit Mailbox(QObject *parent = nullptr);
    ~Mailbox() override;

    /// A sender for this box; copyable, may live longer than the box.
    [[nodiscard]] Sender sender() const { return Sender(m_state); }

protected:
    /// Runs the queued messages on the owner's thread.
    bool event(QEvent *event) override;

private:
    std::shared_ptr<Sender::State> m_state;
};

} // namespace rollcall::async
