#include "tests/support/LoopTicks.h"

namespace rollcall::test {

LoopTicks::LoopTicks(QObject *parent) : QObject(parent)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(5);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        ++m_count;
        m_longestMs = qMax(m_longestMs, m_sinceLast.restart());
    });
    restart();
}

std::chrono::milliseconds LoopTicks::longestGap() const
{
    return std::chrono::milliseconds(qMax(m_longestMs, m_sinceLast.elapsed()));
}

void LoopTicks::restart()
{
    m_count = 0;
    m_longestMs = 0;
    m_sinceLast.start();
    m_timer.start();
}

} // namespace rollcall::test
