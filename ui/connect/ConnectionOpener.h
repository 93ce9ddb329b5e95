#pragma once

#include <QObject>

#include <memory>
#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/deployment/Deployment.h"

namespace rollcall::connect {

/// Tries the legs of a connection and opens it, on a worker of its own; a newer call cancels the older.
/// **Thread-safety:** GUI thread only; never blocks (destruction waits for the worker's next wait slice).
class ConnectionOpener final : public QObject
{
    Q_OBJECT

public:
    /// @p clock is borrowed and outlives what is opened.
    explicit ConnectionOpener(const base::Clock &clock, QObject *parent = nullptr);
    ~ConnectionOpener() override;

    /// Tries every leg; legKnown() as each is known, then checked().
    void check(deployment::ConnectionConfig config);
    /// Tries every leg and opens the deployment as far as it goes; ends in opened() or failed().
    void open(deployment::ConnectionConfig config);
    /// Forgets what runs: none of its signals come any more.
    void cancel();
    [[nodiscard]] bool isBusy() const { return m_busy; }

Q_SIGNALS:
    void legKnown(const rollcall::deployment::Leg &leg);
    void checked(const rollcall::deployment::CheckResult &result);
    void opened(const std::shared_ptr<const rollcall::deployment::Deployment> &deployment,
                const rollcall::deployment::CheckResult &result);
    void failed(const rollcall::base::Error &error);

private:
    void run(deployment::ConnectionConfig config, bool andOpen);

    const base::Clock &m_clock;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    quint64 m_generation = 0;
    bool m_busy = false;
    async::Worker m_worker; ///< last: it is joined before anything its jobs use is gone
};

} // namespace rollcall::connect
