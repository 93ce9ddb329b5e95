#pragma once

#include <QElapsedTimer>
#include <QObject>

#include <memory>
#include <optional>
#include <stop_token>

#include "core/revoke/Revoker.h"

namespace rollcall::common {

/// What an act is, before it begins.
struct ActHead
{
    QString kind;  ///< revoke::revocationKind() and its like; "purge" and "rule" are no operations on disk, nor is
                   ///< measurementKind()
    QString title; ///< "Revoke 3 sessions"
    QString planDigest;
    QString operation;  ///< the id of the operation that is gone on with; empty: a new one
    qint64 planned = 0; ///< rows
    bool stands = true; ///< of measurements: it can be paused
};

/// How an act ended.
struct ActEnd
{
    QString auditId;   ///< empty where nothing was begun
    QString words;     ///< one line for people
    bool good = false; ///< everything that was wanted was done
    bool resumable = false;
    std::shared_ptr<const revoke::RevocationReport> report; ///< of a revocation or prune; else null
};

/// The kind of what changes nothing and asks the deployment again and again: a latency run.
[[nodiscard]] QString measurementKind();

/// Of what doneOfThousand() counts.
inline constexpr int permille = 1000;

enum class ActState {
    Waiting, ///< for the act before it: acts run one after another
    Running,
    Pausing,  ///< until the next border of a batch
    Stopping, ///< likewise
    Paused,   ///< a measurement, until it is gone on with; others leave the process
    Ended,
};

/// One act of this process against the deployment, while it runs and after: how far it came, how fast, and how it
/// ended. **Thread-safety:** GUI thread only.
class Activity final : public QObject
{
    Q_OBJECT

public:
    Activity(ActHead head, QObject *parent);

    [[nodiscard]] const ActHead &head() const { return m_head; }
    [[nodiscard]] bool isMeasurement() const { return m_head.kind == measurementKind(); }
    [[nodiscard]] ActState state() const { return m_state; }
    [[nodiscard]] bool isEnded() const;
    /// Whether there is a journal to pause it by, and something left to do; measurements can while they run.
    [[nodiscard]] bool canPause() const;
    [[nodiscard]] qint64 done() const { return m_done; }
    /// The share of it, 0 … permille, for bars.
    [[nodiscard]] int doneOfThousand() const;
    /// What it is doing, in words of core.
    [[nodiscard]] const QString &step() const { return m_step; }
    /// How it ended; nullopt while it has not.
    [[nodiscard]] const std::optional<ActEnd> &end() const { return m_end; }
    /// Rows a second since it began, less its pauses; nullopt while that says nothing yet.
    [[nodiscard]] std::optional<double> rate() const;
    /// What is left at that rate; nullopt where it is not known.
    [[nodiscard]] std::optional<std::chrono::seconds> timeLeft() const;
    /// "1,200 of 4,212 · 310 a second · 10 s left": as much of it as is known.
    [[nodiscard]] QString paceText() const;

    /// Triggered by stop(): for the one who runs the act.
    [[nodiscard]] std::stop_token stopToken() const { return m_stop.get_token(); }
    /// Ends it at the next border of a batch; at once where it only waits.
    void stop();
    /// It will stop at the next border because of a pause, or (@p false) nobody could be told so.
    void setPausing(bool pausing);
    /// A measurement stands still, or goes on.
    void setPaused(bool paused);
    /// Asks the one who runs a measurement to pause, or to go on: pauseWanted().
    void wantPause(bool wanted) { Q_EMIT pauseWanted(wanted); }
    /// What runs before it has ended: it is its turn.
    void beginRunning();
    void advance(const revoke::RevocationProgress &progress);
    void finish(ActEnd end);

Q_SIGNALS:
    void changed();
    void pauseWanted(bool wanted);

private:
    [[nodiscard]] qint64 runMs() const;

    ActHead m_head;
    ActState m_state = ActState::Waiting;
    std::optional<qint64> m_before; ///< rows that were done before this run's first
    qint64 m_done = 0;
    QString m_step;
    QElapsedTimer m_running;  ///< since its first progress
    QElapsedTimer m_standing; ///< while a measurement is paused
    qint64 m_stoodMs = 0;     ///< of the time of m_running, in pauses that are over
    std::optional<ActEnd> m_end;
    std::stop_source m_stop;
};

} // namespace rollcall::common
