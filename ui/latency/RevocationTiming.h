#pragma once

#include <QObject>

#include <atomic>
#include <memory>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/probe/PropagationRun.h"
#include "core/probe/Revocations.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::latency {

/// Measures away from the GUI thread how long canary sessions outlive their revocation. One experiment at a time; what
/// it last found is kept. **Thread-safety:** GUI thread only; never blocks but in the destructor, which stops an
/// experiment and waits until its canaries are removed.
class RevocationTiming final : public QObject
{
    Q_OBJECT

public:
    /// @p connection is borrowed and outlives this.
    explicit RevocationTiming(common::OpenConnection &connection, QObject *parent = nullptr);
    ~RevocationTiming() override;

    /// Why nothing can be measured on this connection now, for people; empty where it can.
    [[nodiscard]] QString obstacle() const;
    /// Begins with caches of @p ttl; not to be called while isRunning(). With an obstacle() nothing begins and
    /// finished() says which. A connection that becomes read-only ends it.
    void start(std::chrono::milliseconds ttl);
    void stop() { m_stop.request_stop(); }
    /// A latency run goes on, or ended: while one does it is an obstacle(), as each would disturb the other's figures.
    void setRunGoesOn(bool goesOn);
    [[nodiscard]] bool isRunning() const { return m_running; }
    /// The cells of the last experiment, as far as they are known, and the time to live they were measured with.
    [[nodiscard]] const std::vector<probe::PropagationCell> &cells() const { return m_cells; }
    [[nodiscard]] std::chrono::milliseconds ttl() const { return m_ttl; }
    /// What is known of the last experiment; nullopt where that is nothing, or it goes on.
    [[nodiscard]] std::optional<probe::Revocations> found() const;
    /// How often a trial asked.
    [[nodiscard]] std::chrono::nanoseconds interval() const { return m_interval; }

Q_SIGNALS:
    /// obstacle() may be another one.
    void obstacleChanged();
    void started();
    void progressed(const rollcall::probe::PropagationProgress &progress);
    /// It has ended; @p remark says what was left out or why it ended early, and may be empty.
    void finished(const QString &remark);
    void failed(const rollcall::base::Error &error);

private:
    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    bool m_running = false;
    bool m_runGoesOn = false; ///< a latency run
    std::vector<probe::PropagationCell> m_cells;
    std::chrono::milliseconds m_ttl{0};
    std::chrono::nanoseconds m_interval{0};
    std::shared_ptr<std::atomic<bool>> m_progressWaits; ///< one progress message at most is under way
    async::Worker m_worker;
};

} // namespace rollcall::latency
