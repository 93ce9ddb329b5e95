#include "core/probe/PreciseTimer.h"

#include <algorithm>

#include <sys/timerfd.h>
#include <unistd.h>

namespace rollcall::probe {

namespace {

/// On the clock behind steady_clock.
int steadyTimer()
{
    return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
}

} // namespace

PreciseTimer::PreciseTimer(QObject *parent) : QObject(parent), m_descriptor(steadyTimer())
{
    waitInLoop();
}

PreciseTimer::PreciseTimer(http::SocketPoller &poller)
    : m_descriptor(steadyTimer()), m_poller(&poller), m_handle(poller.add(m_descriptor.get(), *this))
{
    if (m_handle < 0)
        waitInLoop();
}

PreciseTimer::~PreciseTimer()
{
    if (m_handle >= 0)
        m_poller->remove(m_handle);
}

void PreciseTimer::waitInLoop()
{
    m_notifier = std::make_unique<QSocketNotifier>(m_descriptor.get(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] { onSocketReady(false); });
}

void PreciseTimer::onSocketReady(bool)
{
    quint64 expirations = 0;
    if (::read(m_descriptor.get(), &expirations, sizeof expirations) == sizeof expirations)
        Q_EMIT fired();
}

void PreciseTimer::startAt(qint64 steadyNs)
{
    const qint64 at = std::max<qint64>(1, steadyNs); // zero would disarm
    itimerspec spec{};
    spec.it_value.tv_sec = at / 1'000'000'000;
    spec.it_value.tv_nsec = at % 1'000'000'000;
    timerfd_settime(m_descriptor.get(), TFD_TIMER_ABSTIME, &spec, nullptr);
}

void PreciseTimer::stop()
{
    const itimerspec disarmed{};
    timerfd_settime(m_descriptor.get(), 0, &disarmed, nullptr);
}

} // namespace rollcall::probe
