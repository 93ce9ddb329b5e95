#include "ui/sessions/SessionFollower.h"

#include "core/deployment/Watching.h"

namespace rollcall::sessions {

namespace {

constexpr std::chrono::milliseconds lookInterval{2'000};

} // namespace

/// Carries what the watcher tells to the GUI thread; what belongs to an older start is dropped there.
class SessionFollower::Teller final : public store::WatchObserver
{
public:
    Teller(SessionFollower &follower, async::Mailbox::Sender sender, quint64 generation)
        : m_follower(follower), m_sender(std::move(sender)), m_generation(generation)
    {}

    base::Status watching(const store::WatchScope &scope, base::Instant) override
    {
        return post([scope, follower = &m_follower] {
            follower->m_scope = scope;
            follower->enter(Phase::Following);
        });
    }
    base::Status changed(std::span<const store::SessionChange> changes) override
    {
        return post([follower = &m_follower, all = std::vector(changes.begin(), changes.end())] {
            Q_EMIT follower->sessionsChanged(all);
        });
    }
    base::Status lost(const base::Error &error, std::chrono::milliseconds retryIn) override
    {
        return post([follower = &m_follower, error, at = std::chrono::steady_clock::now() + retryIn] {
            follower->m_retryAt = at;
            follower->enter(Phase::Lost, error);
        });
    }
    /// The watcher ended with @p error, and not because it was told to.
    void failed(const base::Error &error)
    {
        // A box that takes nothing any more belongs to a page that is gone.
        (void)post([follower = &m_follower, error] { follower->enter(Phase::Failed, error); });
    }

private:
    /// Runs @p message on the GUI thread if the follower is there still and was not started anew. A full box ends the
    /// watching: what is told would no longer be what happened.
    template <typename Message>
    base::Status post(Message message)
    {
        const bool taken =
            m_sender.post([follower = &m_follower, generation = m_generation, message = std::move(message)] {
                if (generation == follower->m_generation)
                    message();
            });
        return taken ? base::Status() : base::fail(base::Error(base::ErrorCode::Overloaded));
    }

    SessionFollower &m_follower; ///< touched on the GUI thread only; the mailbox outlives no message of it
    async::Mailbox::Sender m_sender;
    quint64 m_generation;
};

SessionFollower::SessionFollower(common::OpenConnection &connection, QObject *parent)
    : QObject(parent), m_connection(connection)
{}

SessionFollower::~SessionFollower()
{
    m_stop.request_stop();
}

void SessionFollower::start()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    ++m_generation;
    const auto deployment = m_connection.shared();
    m_watcher = std::make_shared<store::SessionWatcher>(
        deployment::watchSources(deployment), deployment::watchOptions(*deployment, lookInterval), deployment->clock());
    enter(Phase::Starting);
    const auto submitted = m_worker.submit(
        [watcher = m_watcher, deployment, stop = m_stop.get_token(),
         teller = std::make_shared<Teller>(*this, m_mailbox.sender(), m_generation)](const std::stop_token &ending) {
            // Either may end it: who started it, or the end of the worker.
            std::stop_source either;
            const std::stop_callback onStop(stop, [&] { either.request_stop(); });
            const std::stop_callback onEnd(ending, [&] { either.request_stop(); });
            if (const auto ended = watcher->run(*teller, either.get_token()); !ended)
                teller->failed(ended.error());
        });
    if (!submitted)
        enter(Phase::Failed, submitted.error());
}

void SessionFollower::stop()
{
    m_stop.request_stop();
    ++m_generation;
    m_watcher.reset();
    enter(Phase::Off);
}

void SessionFollower::retryNow()
{
    if (m_phase == Phase::Failed)
        start();
    else if (m_watcher)
        m_watcher->lookNow();
}

void SessionFollower::setInView(std::vector<session::ListedSession> sessions)
{
    if (m_watcher)
        m_watcher->setInView(std::move(sessions));
}

void SessionFollower::enter(Phase phase, std::optional<base::Error> error)
{
    m_phase = phase;
    m_error = std::move(error);
    Q_EMIT stateChanged();
}

} // namespace rollcall::sessions
