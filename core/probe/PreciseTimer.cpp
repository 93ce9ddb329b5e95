#include "core/probe/PreciseTimer.h"

#include <algorithm>

#include <sys/timerfd.h>
#include <unistd.h>

namespace rollcall::probe {

PreciseTimer::PreciseTimer(QObject *parent)
    : QObject(parent),
      m_descriptor(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)), // the clock behind steady_clock
      m_notifier(std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Read))
{
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
        quint64 expirations = 0;
        if (::read(m_descriptor, &expirations, sizeof expirations) == sizeof expirations)
            Q_EMIT fired();
    });
}

PreciseTimer::~PreciseTimer()
{
    m_notifier.reset();
    ::close(m_descriptor);
}

void PreciseTimer::startAt(qint64 steadyNs)
{
    const qint64 at = std::max<qint64>(1, steadyNs); // zero would disarm
    itimerspec spec{};
    spec.it_value.tv_sec = at / 1'000'000'000;
    spec.it_value.tv_nsec = at % 1'000'000'000;
    timerfd_settime(m_descriptor, TFD_TIMER_ABSTIME, &spec, nullptr);
}

void PreciseTimer::stop()
{
    const itimerspec disarmed{};
    timerfd_settime(m_descriptor, 0, &disarmed, nullptr);
}

} // namespace rollcall::probe
