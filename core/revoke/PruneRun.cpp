#include "core/revoke/PruneRun.h"

#include <limits>

#include "core/base/ErrorText.h"
#include "core/revoke/OperationRun.h"

namespace rollcall::revoke {

using base::Call;

namespace {

constexpr qint64 firstStep = 500; ///< what they take is not known yet
/// The same for one who minds nobody: each step waits for the disk to have its note, so that few are better.
constexpr qint64 firstUnpacedStep = 20'000;
constexpr std::chrono::minutes mostPacedWait{10}; ///< for replicas: nobody is in a hurry

/// One run of a prune: what it works with, and the report that it fills.
class Run
{
public:
    Run(const PrunePlan &plan, const deployment::Deployment &deployment, store::ExpiredRows &rows, audit::AuditLog &log,
        OperationJournal &journal, const OperationSeal &seal, const Call &call, const OnProgress &onProgress)
        : m_plan(plan),
          m_rows(rows),
          m_journal(journal),
          m_seal(seal),
          m_call(call),
          m_onProgress(onProgress),
          m_pace(plan.options.paced ? Pacing() : unpaced(), plan.options.paced ? firstStep : firstUnpacedStep,
                 std::min(plan.options.batchSize, largestPruneBatch)),
          m_replicas(&rows, plan.options.paced ? mostPacedWait : mostReplicaWait),
          m_run({QStringLiteral("sessions.prune"), plan.digest, plan.options.reason,
                 QJsonObject{{QStringLiteral("matched"), plan.matched},
                             {QStringLiteral("before"), base::toIso(plan.before)}}},
                deployment, log, journal, call, m_report.log, m_report.error)
    {}

    base::Result<RevocationReport> operator()()
    {
        const auto begun = Call::Clock::now();
        m_report.auditId = m_journal.head().id;
        m_report.matched = m_plan.matched;
        m_report.revoked = revoked();
        if (auto status = takeUp(); !status)
            return base::fail(std::move(status.error()));
        if (auto status = m_run.writeIntent({}, m_report.revoked); !status)
            return base::fail(std::move(status.error()));
        walk();
        m_report.batches = m_journal.batches();
        m_report.revoked = revoked();
        if (!m_report.error)
            m_report.skipped = std::max<qint64>(0, m_report.matched - m_report.revoked);
        writeOutcome();
        end();
        m_report.took = std::chrono::duration_cast<std::chrono::milliseconds>(Call::Clock::now() - begun);
        return std::move(m_report);
    }

private:
    [[nodiscard]] QByteArray positionName() const { return m_journal.head().id.toLatin1() + "/position"; }

    base::Result<base::SecretBytes> opened(const QByteArray &sealed) const
    {
        return m_seal.open(sealed, positionName());
    }

    /// What is known to be deleted, by all runs.
    [[nodiscard]] qint64 revoked() const { return m_journal.lines().deleted - m_journal.lines().inDoubt(); }

    /// The last step that is noted is done once more: its commit is not known.
    base::Status takeUp()
    {
        const std::vector<StepNote> &steps = m_journal.lines().steps;
        if (steps.empty())
            return {};
        m_again = steps.back();
        if (steps.size() > 1) {
            auto after = opened(steps.front().next);
            if (!after)
                return base::fail(after.error());
            m_range.after = std::move(*after);
        }
        if (!m_again->next.isEmpty()) {
            auto until = opened(m_again->next);
            if (!until)
                return base::fail(until.error());
            m_range.until.emplace(std::move(*until));
        }
        return {};
    }

    /// A step was noted, then its commit refused: it is done once more in place of the one that is noted.
    bool undone()
    {
        const qint64 before = m_again ? m_again->deleted : 0;
        if (const auto status = takeUp(); !status) {
            m_report.error = status.error();
            return false;
        }
        // This try deleted nothing, for sure: rows that others delete meanwhile are not its own.
        m_again->deleted = before;
        return true;
    }

    void walk()
    {
        for (bool isOver = false; !isOver && !m_report.error;) {
            if (m_run.waitFor(m_replicas, [this] { progress(waitingText()); }))
                m_pace.replicasWereBehind();
            if (!m_run.mayGoOn(QStringLiteral("The prune"), QStringLiteral("step %1").arg(m_journal.batches() + 1)))
                return;
            const auto begun = Call::Clock::now();
            const qint64 noted = m_journal.batches();
            auto done = step();
            const auto took = Call::Clock::now() - begun;
            if (!done) {
                const auto pause = isBlocked(done.error()) ? m_pace.wasBlocked() : std::nullopt;
                if (!pause) {
                    m_run.failed(QStringLiteral("Step %1 failed").arg(m_journal.batches()), done.error());
                    return;
                }
                if (m_journal.batches() > noted && !undone())
                    return;
                static_cast<void>(rest(*pause, m_call));
                continue;
            }
            m_journal.stepEnded();
            const auto pause = m_pace.took(took);
            isOver = !done->next;
            if (!isOver)
                m_range = {std::move(*done->next), std::nullopt};
            m_again.reset();
            progress(QStringLiteral("Pruning"));
            if (!isOver)
                static_cast<void>(rest(pause, m_call));
        }
    }

    void progress(const QString &what) const
    {
        if (m_onProgress)
            m_onProgress({revoked(), m_report.matched, what});
    }

    base::Result<store::PruneStep> step()
    {
        const auto noteStep = [this](const store::PruneStep &step) -> base::Status {
            StepNote note{step.deleted, {}, m_again.has_value()};
            // None are left of a step that was committed: then its own count stands.
            if (m_again && step.deleted == 0)
                note.deleted = m_again->deleted;
            if (step.next) {
                auto sealed = m_seal.seal(step.next->view(), positionName());
                if (!sealed)
                    return base::fail(sealed.error());
                note.next = std::move(*sealed);
            }
            return m_journal.noteStep(note);
        };
        // What was the last step is the last again.
        const bool isLast = m_again && m_again->next.isEmpty();
        return m_rows.prune(m_range, m_plan.before, isLast ? std::numeric_limits<qint32>::max() : m_pace.size(),
                            noteStep, m_call);
    }

    void writeOutcome()
    {
        m_run.writeOutcome({{QStringLiteral("revoked"), m_report.revoked},
                            {QStringLiteral("skipped"), m_report.skipped},
                            {QStringLiteral("unknown"), m_journal.lines().inDoubt()},
                            {QStringLiteral("batches"), m_report.batches}});
    }

    void end()
    {
        m_report.resumable = m_run.isResumable(m_report.revoked > 0 || m_journal.lines().inDoubt() > 0);
        if (!m_report.resumable)
            return m_run.remove();
        // Where that cannot be written, the last step counts as unknown until it is resumed.
        if (const auto kept = m_journal.keepEnd(); !kept)
            m_run.note(QStringLiteral("The end of the last step could not be noted: %1")
                           .arg(base::describe(kept.error()).message));
        m_run.keep();
    }

    const PrunePlan &m_plan;
    store::ExpiredRows &m_rows;
    OperationJournal &m_journal;
    const OperationSeal &m_seal;
    const Call &m_call;
    const OnProgress &m_onProgress;
    BatchPace m_pace;
    store::PruneRange m_range;
    std::optional<StepNote> m_again; ///< the step that is done once more
    ReplicaWait m_replicas;
    RevocationReport m_report;
    OperationRun m_run;
};

} // namespace

base::Result<RevocationReport> runPrune(const PrunePlan &plan, const deployment::Deployment &deployment,
                                        store::ExpiredRows &rows, audit::AuditLog &log, OperationJournal &journal,
                                        const OperationSeal &seal, const Call &call, const OnProgress &onProgress)
{
    return Run(plan, deployment, rows, log, journal, seal, call, onProgress)();
}

} // namespace rollcall::revoke
