#pragma once

#include <QObject>

#include <chrono>
#include <span>
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
        /// there now. Told once for what has come: whoever leaves something unread is not told of it again. May add and
        /// remove sockets, its own too.
        virtual void onSocketReady(bool ending) = 0;

    protected:
        ~Client() = default;
    };

    /// While one exists, somebody of this thread waits for what its event loop alone brings (a QTcpSocket that
    /// connects, an answer of another thread): a patient poller goes back to the loop after each turn.
    class Detour
    {
    public:
        explicit Detour(SocketPoller &poller) : m_poller(poller) { ++m_poller.m_detours; }
        ~Detour() { --m_poller.m_detours; }
        Detour(const Detour &) = delete;
        Detour &operator=(const Detour &) = delete;

    private:
        SocketPoller &m_poller;
    };

    SocketPoller();
    ~SocketPoller() override;

    /// For a thread whose work is nearly all in this poller: it waits for more by itself before it goes back to the
    /// event loop, a turn of which costs more than an exchange of messages. What else is in the loop (timers, messages
    /// of other threads) then waits up to longestStay.
    void setPatient(bool patient) { m_patient = patient; }
    static constexpr std::chrono::milliseconds longestStay{32};

    /// Tells @p client (borrowed) of @p descriptor, which stays the caller's. A handle for the other functions; -1
    /// where the system refuses.
    [[nodiscard]] int add(int descriptor, Client &client);
    /// Whether it is also to be told when the socket takes more bytes.
    void wantWrite(int handle, bool wanted);
    /// Before the descriptor is closed.
    void remove(int handle);

    /// Where a client that is told reads to: one for all, so that it stays in the processor's nearest cache. What
    /// stands there is lost when the client returns.
    [[nodiscard]] std::span<char> room() { return m_room; }

private:
    struct Entry
    {
        int descriptor = -1;
        Client *client = nullptr; ///< null: a free place
    };

    void dispatch();
    /// Tells of what has come, after at most @p waitMs; whether there was anything.
    bool turn(int waitMs);

    Descriptor m_epoll;
    std::vector<Entry> m_entries; ///< handles are indexes
    std::vector<char> m_room;     ///< wiped at the end: cookies pass through it
    bool m_patient = false;
    int m_detours = 0; ///< Detours that exist
};

} // namespace rollcall::http
