#include "core/http/SocketPoller.h"

#include <QSocketNotifier>

#include <algorithm>
#include <array>
#include <cstring>

#include <sys/epoll.h>

namespace rollcall::http {

namespace {

constexpr int mostEvents = 64; // a turn; more come in the next
constexpr std::size_t roomBytes = 64 * 1024;
constexpr int patientTurns = 16;
constexpr int patientWaitMs = static_cast<int>(SocketPoller::longestStay.count()) / patientTurns;

epoll_event eventFor(int handle, bool write)
{
    epoll_event event{};
    // By edges: a socket that was read to its end would else be asked once more at each turn after it.
    event.events = EPOLLIN | EPOLLRDHUP | EPOLLET | (write ? EPOLLOUT : 0U);
    event.data.u32 = static_cast<quint32>(handle);
    return event;
}

} // namespace

SocketPoller::SocketPoller() : m_epoll(epoll_create1(EPOLL_CLOEXEC)), m_room(roomBytes)
{
    if (m_epoll.get() < 0)
        return; // add() refuses
    auto *notifier = new QSocketNotifier(m_epoll.get(), QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, &SocketPoller::dispatch);
}

SocketPoller::~SocketPoller()
{
    qDeleteAll(findChildren<QSocketNotifier *>()); // before its descriptor
    ::explicit_bzero(m_room.data(), m_room.size());
}

int SocketPoller::add(int descriptor, Client &client)
{
    auto place = std::find_if(m_entries.begin(), m_entries.end(), [](const Entry &e) { return e.client == nullptr; });
    if (place == m_entries.end())
        place = m_entries.insert(place, Entry());
    const int handle = static_cast<int>(place - m_entries.begin());
    epoll_event event = eventFor(handle, false);
    if (epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, descriptor, &event) != 0)
        return -1;
    *place = {descriptor, &client};
    return handle;
}

void SocketPoller::wantWrite(int handle, bool wanted)
{
    epoll_event event = eventFor(handle, wanted);
    epoll_ctl(m_epoll.get(), EPOLL_CTL_MOD, m_entries[static_cast<std::size_t>(handle)].descriptor, &event);
}

void SocketPoller::remove(int handle)
{
    Entry &entry = m_entries[static_cast<std::size_t>(handle)];
    epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, entry.descriptor, nullptr);
    entry = {};
}

void SocketPoller::dispatch()
{
    bool more = turn(0);
    for (int i = 0; more && m_patient && m_detours == 0 && i < patientTurns; ++i)
        more = turn(patientWaitMs);
}

bool SocketPoller::turn(int waitMs)
{
    std::array<epoll_event, mostEvents> events; // NOLINT: filled by the kernel
    const int count = epoll_wait(m_epoll.get(), events.data(), mostEvents, waitMs);
    for (int i = 0; i < count; ++i) {
        // Whoever was told before may have removed this one. A place taken anew meanwhile is told of nothing that it
        // does not find out by reading.
        const epoll_event &event = events[static_cast<std::size_t>(i)];
        if (Client *client = m_entries[event.data.u32].client)
            client->onSocketReady((event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
    }
    return count > 0;
}

} // namespace rollcall::http
