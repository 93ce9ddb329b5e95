#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace rollcall::probe {

/// A one-shot timer on the steady clock with the kernel's resolution: QTimer rounds to milliseconds, which an open run
/// would show as schedule lag. **Thread-safety:** lives on a thread with an event loop; used there only.
class PreciseTimer final : public QObject
{
    Q_OBJECT

public:
    explicit PreciseTimer(QObject *parent = nullptr);
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
    int m_descriptor;
    std::unique_ptr<QSocketNotifier> m_notifier; ///< goes before its descriptor
};

} // namespace rollcall::probe
