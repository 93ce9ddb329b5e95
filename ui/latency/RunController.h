#pragma once

#include <QObject>

#include <atomic>
#include <functional>
#include <memory>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/probe/LatencyRun.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::latency {

/// Carries out latency runs away from the GUI thread and brings back progress and outcome. One run at a time.
/// **Thread-safety:** GUI thread only; never blocks but in the destructor, which waits for a run to end (its canary is
/// removed first).
class RunController final : public QObject
{
    Q_OBJECT

public:
    /// @p connection is borrowed and outlives the controller.
    explicit RunController(common::OpenConnection &connection, QObject *parent = nullptr);
    ~RunController() override;

    /// Begins @p plan; not to be called while isRunning().
    void start(probe::RunPlan plan);
    /// Asks the run to end; finished() follows with what there is.
    void stop();
    /// Begins no request until it is called with false; RunProgress says when that is so.
    void setPaused(bool paused) { *m_pauseWanted = paused; }
    [[nodiscard]] bool isRunning() const { return m_running; }

    /// Writes what @p content returns, called on another thread, to @p path, whole or not at all; saved() or
    /// saveFailed() follows.
    void save(const QString &path, std::function<QByteArray()> content);

Q_SIGNALS:
    void progressed(const rollcall::probe::RunProgress &progress);
    void finished(const std::shared_ptr<const rollcall::probe::RunOutcome> &outcome);
    void failed(const rollcall::base::Error &error);
    void saved(const QString &path);
    void saveFailed(const rollcall::base::Error &error);

private:
    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    bool m_running = false;
    std::shared_ptr<std::atomic<bool>> m_pauseWanted;
    std::shared_ptr<std::atomic<bool>> m_progressWaits; ///< one progress message at most is under way
    async::Worker m_worker;
};

} // namespace rollcall::latency
