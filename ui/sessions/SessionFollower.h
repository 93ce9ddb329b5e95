#pragma once

#include <QObject>

#include <memory>
#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/store/watch/SessionWatcher.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::sessions {

/// Runs a store::SessionWatcher on a thread and with connections of its own, and brings what it sees to the GUI thread.
/// **Thread-safety:** GUI thread only; never blocks, but for the end of the thread when it is destroyed.
class SessionFollower final : public QObject
{
    Q_OBJECT

public:
    enum class Phase {
        Off,
        Starting,  ///< until the first look is done
        Following, ///< scope() says what
        Lost,      ///< the database does not answer: error(), asked again at retryAt()
        Failed,    ///< error() cannot be mended by waiting
    };

    /// @p connection is borrowed and outlives the follower.
    explicit SessionFollower(common::OpenConnection &connection, QObject *parent = nullptr);
    ~SessionFollower() override;

    void start();
    void stop();
    /// Looks, or tries to connect, at once; starts again after a failure.
    void retryNow();
    /// As SessionWatcher::setInView().
    void setInView(std::vector<session::ListedSession> sessions);

    [[nodiscard]] Phase phase() const { return m_phase; }
    [[nodiscard]] const store::WatchScope &scope() const { return m_scope; }
    /// Of the phases Lost and Failed.
    [[nodiscard]] const std::optional<base::Error> &error() const { return m_error; }
    [[nodiscard]] std::chrono::steady_clock::time_point retryAt() const { return m_retryAt; }

Q_SIGNALS:
    /// Phase, scope or error are others.
    void stateChanged();
    void sessionsChanged(const std::vector<rollcall::store::SessionChange> &changes);

private:
    class Teller;
    void enter(Phase phase, std::optional<base::Error> error = {});

    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    Phase m_phase = Phase::Off;
    store::WatchScope m_scope;
    std::optional<base::Error> m_error;
    std::chrono::steady_clock::time_point m_retryAt;
    quint64 m_generation = 0;
    std::stop_source m_stop;
    std::shared_ptr<store::SessionWatcher> m_watcher; ///< of this generation
    async::Worker m_worker{"live", 4};                ///< the last: it ends first
};

} // namespace rollcall::sessions
