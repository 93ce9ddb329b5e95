#pragma once

#include <QObject>

#include <vector>

#include "core/http/TcpConnect.h"

namespace rollcall::http {

/// Waits for many sockets at once within an event loop: one epoll set behind one notifier, so that a turn of the loop
/// costs the same for one socket as for a hundred. What arrived is told by a plain call.
/// **Thread-safety:** lives on the thread that made it, which must run an event loop; all functions are called there.
class SocketPoller final : public QObject
{
public:
    /// Who is told. It outlives its registration.
    class Client
    {
    public:
        /// The socket can be read or written, has failed or was closed; @p ending: nothing more will come than what is
        /// there now. May add and remove sockets, its own too.
        virtual void onSocketReady(bool ending) = 0;

    protected:
        ~Client() = default;
    };

    SocketPoller();
    ~SocketPoller() override;

    /// Tells @p client (borrowed) of @p descriptor, which stays the caller's. A handle for the other functions; -1
    /// where the system refuses.
    [[nodiscard]] int add(int descriptor, Client &client);
    /// Whether it is also to be told when the socket takes more bytes.
    void wantWrite(int handle, bool wanted);
    /// Before the descriptor is closed.
    void remove(int handle);

private:
    struct Entry
    {
        int descriptor = -1;
        Client *client = nullptr; ///< null: a free place
    };

    void dispatch();

    Descriptor m_epoll;
    std::vector<Entry> m_entries; ///< handles are indexes
};

} // namespace rollcall::http
