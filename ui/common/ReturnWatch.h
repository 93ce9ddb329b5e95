#pragma once

#include <QObject>

#include <chrono>
#include <thread>
#include <vector>

#include "core/async/Mailbox.h"
#include "core/revoke/ResurrectionWatch.h"

namespace rollcall::common {

/// What a watch is about.
struct ReturnWatchHead
{
    QString auditId; ///< of the revocation
    QString planDigest;
    std::chrono::milliseconds lasts{0};
};

/// Looks for the revoked sessions of one revocation again, on a thread and over a connection to the database of its
/// own, until its time is over, all came back, or somebody stops it. **Thread-safety:** GUI thread only; never blocks
/// but in the destructor, which waits for the look under way (bounded by the connection's timeout).
class ReturnWatch final : public QObject
{
    Q_OBJECT

public:
    /// Begins to look for what @p report says was revoked of @p plan, which is read here alone. @p log is borrowed and
    /// outlives the watch.
    ReturnWatch(const revoke::RevocationPlan &plan, const revoke::RevocationReport &report, ReturnWatchHead head,
                std::shared_ptr<const deployment::Deployment> deployment, audit::AuditLog &log, QObject *parent);
    ~ReturnWatch() override;

    [[nodiscard]] const ReturnWatchHead &head() const { return m_head; }
    /// How many sessions are looked for, with those that came back.
    [[nodiscard]] qint64 watched() const { return m_watched; }
    /// Those that came back, in the order of being seen.
    [[nodiscard]] const std::vector<revoke::Resurrection> &returned() const { return m_returned; }
    [[nodiscard]] bool isRunning() const { return m_running; }
    /// How long it still looks; zero where it has ended.
    [[nodiscard]] std::chrono::milliseconds left() const;
    /// Why it is not known whether more came back, or why what did is not on record; nullopt: neither.
    [[nodiscard]] const std::optional<base::Error> &error() const { return m_error; }

    /// Whether it was told to end before its time.
    [[nodiscard]] bool isCutShort() const { return m_isCutShort; }
    /// Whether it ended because what it looked for is put back on purpose.
    [[nodiscard]] bool isExpected() const { return m_isExpected; }

    /// Ends it as soon as the look under way allows.
    void stop();
    /// What it looks for is put back on purpose: as stop(), and nothing is told any more.
    void expect();

Q_SIGNALS:
    /// Something came back, or it ended.
    void changed();
    /// @p sessions are back; changed() follows.
    void sessionsReturned(const std::vector<rollcall::revoke::Resurrection> &sessions);

private:
    void take(const revoke::ResurrectionLook &look);
    void end(const base::Status &status);

    ReturnWatchHead m_head;
    std::shared_ptr<const deployment::Deployment> m_deployment;
    async::Mailbox m_mailbox;
    qint64 m_watched = 0;
    std::chrono::steady_clock::time_point m_until;
    std::vector<revoke::Resurrection> m_returned;
    std::optional<base::Error> m_error;
    bool m_running = true;
    bool m_isCutShort = false;
    bool m_isExpected = false;
    std::jthread m_thread; ///< the last: it is joined before what it uses is gone
};

} // namespace rollcall::common
