#include "tests/support/LoopTicks.h"

#include <QFile>

namespace rollcall::test {

namespace {

/// How long this thread has been ready to run and did not; 0 where the kernel does not say.
qint64 waitedNs()
{
    QFile file(QStringLiteral("/proc/thread-self/schedstat")); // time run, time waited, turns
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() : 0;
}

} // namespace

LoopTicks::LoopTicks(QObject *parent) : QObject(parent)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(5);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        ++m_count;
        const qint64 waited = waitedNs();
        const qint64 gap = m_sinceLast.restart();
        m_longestMs = qMax(m_longestMs, gap);
        m_longestOwnMs = qMax(m_longestOwnMs, gap - (waited - std::exchange(m_waitedNs, waited)) / 1'000'000);
    });
    restart();
}

std::chrono::milliseconds LoopTicks::longestGap() const
{
    return std::chrono::milliseconds(qMax(m_longestMs, m_sinceLast.elapsed()));
}

std::chrono::milliseconds LoopTicks::longestOwnGap() const
{
    const qint64 waited = (waitedNs() - m_waitedNs) / 1'000'000;
    return std::chrono::milliseconds(qMax(m_longestOwnMs, m_sinceLast.elapsed() - waited));
}

void LoopTicks::restart()
{
    m_count = 0;
    m_longestMs = 0;
    m_longestOwnMs = 0;
    m_waitedNs = waitedNs();
    m_sinceLast.start();
    m_timer.start();
}

} // namespace rollcall::test
