#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

#include "core/http/SocketPoller.h"

namespace rollcall::probe {

/// A one-shot timer on the steady clock with the kernel's resolution: QTimer rounds to milliseconds, which an open run
/// would show as schedule lag. **Thread-safety:** lives on a thread with an event loop; used there only.
class PreciseTimer final : public QObject, private http::SocketPoller::Client
{
    Q_OBJECT

public:
    explicit PreciseTimer(QObject *parent = nullptr);
    /// Waits in @p poller (borrowed) rather than in the event loop itself.
    explicit PreciseTimer(http::SocketPoller &poller);
    ~PreciseTimer() override;
    PreciseTimer(const PreciseTimer &) = delete;
    PreciseTimer &operator=(const PreciseTimer &) = delete;

    /// Emits fired() once, at or soon after @p steadyNs (nanoseconds of std::chrono::steady_clock; a past time fires at
    /// the loop's next turn). Replaces what was set before.
    void startAt(qint64 steadyNs);
    void stop();

Q_SIGNALS:
    void fired();

private:
    void onSocketReady(bool ending) override;
    void waitInLoop();

    http::Descriptor m_descriptor;
    std::unique_ptr<QSocketNotifier> m_notifier; ///< null where it waits in a poller; goes before its descriptor
    http::SocketPoller *m_poller = nullptr;
    int m_handle = -1;
};

} // namespace rollcall::probe
