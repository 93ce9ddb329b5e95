#pragma once

#include <QByteArrayView>

#include <optional>
#include <span>

#include "core/http/SocketPoller.h"

namespace rollcall::http {

/// A connected TCP socket without TLS that is read and written by one system call each: what a QTcpSocket does around
/// them costs more processor time than the exchange itself. **Thread-safety:** as its SocketPoller.
class PlainSocket final
{
public:
    /// Takes over a copy of @p connected, a connected socket that the caller then closes; @p poller is borrowed.
    /// @p client (borrowed) is told when there may be something to read, when unsent bytes may go, or the peer has
    /// closed.
    PlainSocket(int connected, SocketPoller &poller, SocketPoller::Client &client);
    ~PlainSocket();
    PlainSocket(const PlainSocket &) = delete;
    PlainSocket &operator=(const PlainSocket &) = delete;

    /// False where the system gave no socket: read() then says that it is closed.
    [[nodiscard]] bool isOpen() const { return m_handle >= 0; }

    /// Sends @p bytes, which must stay until the answer: what the kernel does not take now goes with resume(). A peer
    /// that closed is no error here: read() tells.
    void write(QByteArrayView bytes);
    /// Goes on with what write() left. To be called whenever the client is told.
    void resume();

    /// What came, into @p buffer; its length. 0: the peer has closed or the connection is broken. nullopt: nothing now.
    [[nodiscard]] std::optional<qsizetype> read(std::span<char> buffer);

    /// Whether the kernel has taken all that was written. A peer that answers early leaves a rest, which would be taken for
    /// the beginning of the next request.
    [[nodiscard]] bool hasSentAll() const { return m_unsent.isEmpty(); }
    /// Whether the connection is open and nothing came that was not read. Asks the system.
    [[nodiscard]] bool isIdle() const;

private:
    Descriptor m_descriptor;
    SocketPoller &m_poller;
    int m_handle;
    QByteArrayView m_unsent;
};

} // namespace rollcall::http
