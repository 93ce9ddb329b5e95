#include "core/http/PlainSocket.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/socket.h>

namespace rollcall::http {

PlainSocket::PlainSocket(int connected, SocketPoller &poller, SocketPoller::Client &client)
    : m_descriptor(fcntl(connected, F_DUPFD_CLOEXEC, 0)),
      m_poller(poller),
      m_handle(m_descriptor.get() < 0 ? -1 : m_poller.add(m_descriptor.get(), client))
{}

PlainSocket::~PlainSocket()
{
    if (m_handle >= 0)
        m_poller.remove(m_handle);
}

void PlainSocket::write(QByteArrayView bytes)
{
    const ssize_t sent =
        ::send(m_descriptor.get(), bytes.data(), static_cast<std::size_t>(bytes.size()), MSG_NOSIGNAL | MSG_DONTWAIT);
    const bool more = sent >= 0 ? sent < bytes.size() : errno == EAGAIN || errno == EINTR;
    const bool waited = !m_unsent.isEmpty();
    m_unsent = more ? bytes.sliced(sent > 0 ? sent : 0) : QByteArrayView();
    if (more != waited && m_handle >= 0)
        m_poller.wantWrite(m_handle, more);
}

std::optional<qsizetype> PlainSocket::read(std::span<char> buffer)
{
    const ssize_t count = ::recv(m_descriptor.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count >= 0)
        return count;
    if (errno == EAGAIN || errno == EINTR)
        return std::nullopt;
    return 0;
}

bool PlainSocket::isIdle() const
{
    char byte = 0;
    return ::recv(m_descriptor.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
}

void PlainSocket::resume()
{
    if (!m_unsent.isEmpty())
        write(m_unsent);
}

} // namespace rollcall::http
