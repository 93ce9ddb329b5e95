#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <chrono>

namespace rollcall::test {

/// Watches the event loop of its thread during a journey: a timer of 5 ms whose longest silence shows whether anything
/// blocked. **Thread-safety:** one thread, with a running event loop.
class LoopTicks final : public QObject
{
    Q_OBJECT

public:
    explicit LoopTicks(QObject *parent = nullptr);

    /// Ticks since construction or restart().
    [[nodiscard]] int count() const { return m_count; }
    /// The longest time between two ticks, or since the last one.
    [[nodiscard]] std::chrono::milliseconds longestGap() const;
    /// The same without what the thread waited for a processor meanwhile, as it does where the machine has other things
    /// to do: what the thread itself did, or slept over. All of it where the kernel does not say.
    [[nodiscard]] std::chrono::milliseconds longestOwnGap() const;
    /// Begins anew.
    void restart();

private:
    QTimer m_timer;
    QElapsedTimer m_sinceLast;
    qint64 m_waitedNs = 0; ///< for a processor, at the last tick
    qint64 m_longestMs = 0;
    qint64 m_longestOwnMs = 0;
    int m_count = 0;
};

} // namespace rollcall::test
