#include "core/revoke/RevocationRun.h"

#include <QRandomGenerator>

#include <algorithm>

#include "core/base/Counted.h"
#include "core/base/ErrorText.h"
#include "core/revoke/BatchPace.h"
#include "core/revoke/CachePurge.h"
#include "core/revoke/OperationRun.h"
#include "core/revoke/OtherHolders.h"
#include "core/revoke/RefusalVerifier.h"
#include "core/revoke/UsedApproval.h"
#include "core/revoke/VerificationControl.h"

namespace rollcall::revoke {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t largestBatch = 1000; ///< a transaction stays short
constexpr int triesOfOne = 3;              ///< of a row that others hold, before the others' turn

/// What intent and outcome both say.
QJsonObject countsOf(const RevocationPlan &plan, const RevocationOptions &options)
{
    QJsonObject counts{{QStringLiteral("matched"), static_cast<qint64>(plan.rows.size())},
                       {QStringLiteral("users"), plan.users}};
    if (options.approval) {
        counts.insert(QStringLiteral("approver"), options.approval->approver());
        counts.insert(frozenAtMember(), base::toIso(plan.frozenAt));
    }
    return counts;
}

/// One run of a plan: what it works with, and the report that it fills.
class Run
{
public:
    Run(const RevocationPlan &plan, const RevocationOptions &options, const deployment::Deployment &deployment,
        store::SessionStore &store, audit::AuditLog &log, OperationJournal &journal, KeptDelete &rows, const Call &call,
        const OnProgress &onProgress)
        : m_plan(plan),
          m_options(options),
          m_deployment(deployment),
          m_store(store),
          m_journal(journal),
          m_rows(rows),
          m_call(call),
          m_onProgress(onProgress),
          m_replicas(store.expiredRows()),
          m_run({QStringLiteral("sessions.revoke"), plan.digest, options.reason, countsOf(plan, options)}, deployment,
                log, journal, call, m_report.log, m_report.error),
          m_control(store, deployment, journal, m_run)
    {}

    base::Result<RevocationReport> operator()()
    {
        const auto begun = Call::Clock::now();
        prepareReport();
        if (auto status = takeUp(); !status)
            return base::fail(std::move(status.error()));
        if (auto status = m_rows.prepare(m_journal.head(), m_deployment.clock().now(), m_call); !status)
            return base::fail(std::move(status.error()));
        progress(0, QStringLiteral("Writing the audit intent"));
        if (auto status = m_run.writeIntent(
                {{QStringLiteral("selection"), m_options.recordsNames ? m_plan.what : m_plan.onRecord}}, settled());
            !status)
            return base::fail(std::move(status.error()));
        noteUndo();
        m_control.removeLeft();
        if (m_options.verify)
            plantControl();
        deleteAll();
        sayWhatIsSpent();
        purgeAll();
        if (m_report.unreadLists > 0)
            note(unreadLists(m_report.unreadLists));
        if (m_options.verify)
            verify();
        m_control.remove();
        lookForOthers(); // after the proof: it may take long, and no time to effect is to hold it
        closeUndo();
        writeOutcome();
        end();
        m_report.took = std::chrono::duration_cast<milliseconds>(Call::Clock::now() - begun);
        return std::move(m_report);
    }

private:
    void prepareReport()
    {
        m_report.auditId = m_journal.head().id;
        m_report.matched = static_cast<qint64>(m_plan.rows.size());
        m_report.batches = m_journal.batches();
        m_committed.resize(m_plan.rows.size());
        for (const store::PlannedRow &row : m_plan.rows)
            m_report.rows.push_back({row.key.fingerprint,
                                     row.key.userId,
                                     RowOutcome::NotTried,
                                     false,
                                     false,
                                     ProofOutcome::NotAsked,
                                     std::nullopt,
                                     {},
                                     {}});
        if (m_options.verify)
            m_report.verification.emplace();
    }

    /// Takes over what earlier runs did. Rows of a batch that was under way then are read: gone, it was this operation.
    base::Status takeUp()
    {
        const std::vector<RowOutcome> known = m_journal.outcomes();
        std::vector<std::size_t> inDoubt;
        for (std::size_t i = 0; i < known.size(); ++i) {
            if (known[i] == RowOutcome::Unknown)
                inDoubt.push_back(i);
            else if (!isOpen(known[i]))
                settle(i, known[i]);
        }
        for (std::size_t from = 0; from < inDoubt.size(); from += largestBatch) {
            const auto rows = std::span(inDoubt).subspan(from, std::min(largestBatch, inDoubt.size() - from));
            const auto there = m_store.stillThere(keysOf(rows), m_call);
            if (!there)
                return base::fail(there.error());
            for (std::size_t i = 0; i < rows.size(); ++i) {
                if (!(*there)[i])
                    settle(rows[i], RowOutcome::Revoked);
            }
        }
        for (std::size_t i = 0; i < m_report.rows.size(); ++i) {
            // Whether their cached entries were dropped is not on record: they are dropped again.
            if (m_report.rows[i].outcome == RowOutcome::Revoked || m_report.rows[i].outcome == RowOutcome::AlreadyGone)
                m_toPurge.push_back(i);
        }
        return {};
    }

    [[nodiscard]] std::vector<store::RowKey> keysOf(std::span<const std::size_t> rows) const
    {
        std::vector<store::RowKey> keys;
        keys.reserve(rows.size());
        for (const std::size_t row : rows)
            keys.push_back(m_plan.rows[row].key.clone());
        return keys;
    }

    void settle(std::size_t row, RowOutcome outcome)
    {
        m_report.rows[row].outcome = outcome;
        m_report.revoked += outcome == RowOutcome::Revoked ? 1 : 0;
        m_report.skipped += outcome == RowOutcome::AlreadyGone || outcome == RowOutcome::Changed ? 1 : 0;
    }

    void noteUndo()
    {
        m_report.undoUntil = m_rows.keptUntil();
        m_report.whyNoUndo = m_rows.whyNot();
        if (m_report.undoUntil)
            note(QStringLiteral("Deleted rows are kept until %1 at least").arg(base::toIso(*m_report.undoUntil)));
        else if (!m_report.whyNoUndo.isEmpty())
            note(QStringLiteral("Deleted rows cannot be kept, so there is no undo: %1").arg(m_report.whyNoUndo));
    }

    /// A record of nothing is none; of any other the window begins now.
    void closeUndo()
    {
        if (!m_report.undoUntil)
            return;
        const bool isInDoubt = m_report.count(RowOutcome::Unknown) > 0;
        const bool holdsRows = m_report.revoked > 0 || isInDoubt;
        if (const auto closed = holdsRows ? m_rows.beginWindow(m_deployment.clock().now()) : m_rows.dropRecord();
            !closed)
            note(base::describe(closed.error()).message);
        m_report.undoUntil = m_rows.keptUntil();
    }

    /// What can be gone on with stays; what cannot, or was carried through, has ended. Copies that are still in the
    /// cache are as good as sessions: they are dropped when it is gone on with, unless it was cancelled: then going on
    /// would delete what was to be left.
    void end()
    {
        const auto isTouched = [](const RowReport &row) {
            return row.outcome != RowOutcome::NotTried && row.outcome != RowOutcome::Failed;
        };
        const bool isCancelled = m_report.error && m_report.error->code == base::ErrorCode::Cancelled;
        m_report.resumable =
            (m_report.cacheError && !isCancelled) || m_run.isResumable(std::ranges::any_of(m_report.rows, isTouched));
        if (m_report.resumable)
            m_run.keep();
        else
            m_run.remove();
    }

    void note(const QString &what) { m_run.note(what); }

    [[nodiscard]] qint64 settled() const { return m_report.revoked + m_report.skipped; }

    void progress(qint64 done, const QString &step) const
    {
        if (m_onProgress)
            m_onProgress({done, m_report.matched, step});
    }

    // --- audit ---

    void writeOutcome()
    {
        QJsonObject counts{{QStringLiteral("revoked"), m_report.revoked},
                           {QStringLiteral("skipped"), m_report.skipped},
                           {QStringLiteral("failed"), m_report.count(RowOutcome::Failed)},
                           {QStringLiteral("unknown"), m_report.count(RowOutcome::Unknown)},
                           {QStringLiteral("notTried"), m_report.count(RowOutcome::NotTried)},
                           {QStringLiteral("batches"), m_report.batches},
                           {QStringLiteral("cachePurged"), m_report.cachePurged}};
        if (m_report.undoUntil)
            counts.insert(QStringLiteral("undoUntil"), base::toIso(*m_report.undoUntil));
        if (m_report.cacheError)
            counts.insert(QStringLiteral("cacheError"), base::errorName(m_report.cacheError->code));
        if (const QString canary = m_journal.lines().canary; !canary.isEmpty())
            counts.insert(QStringLiteral("canaryLeft"), canary);
        if (const qint64 held = m_report.stillHeld(); held > 0)
            counts.insert(QStringLiteral("stillHeld"), held);
        else if (!m_report.whyHeldUnknown.isEmpty())
            counts.insert(QStringLiteral("stillHeld"), QStringLiteral("not known"));
        if (m_report.unreadLists > 0)
            counts.insert(QStringLiteral("unreadLists"), m_report.unreadLists);
        const auto &sum = m_report.verification;
        const auto verification = sum ? std::optional(sum->recordJson()) : std::nullopt;
        m_run.writeOutcome(std::move(counts), verification);
    }

    // --- delete ---

    void deleteAll()
    {
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < m_report.rows.size(); ++i) {
            if (isOpen(m_report.rows[i].outcome))
                open.push_back(i);
        }
        const auto size = std::clamp<std::size_t>(static_cast<std::size_t>(std::max<qsizetype>(m_options.batchSize, 1)),
                                                  1, largestBatch);
        // Rows that somebody holds must not keep the others alive: they wait until those are gone.
        std::vector<std::size_t> held;
        for (const Held &row : deleteRows(open, size, triesOfOne))
            held.push_back(row.row);
        if (m_report.error || held.empty())
            return;
        note(QStringLiteral("Others hold %1: tried once more").arg(base::counted(std::ssize(held), "row")));
        const std::vector<Held> left = deleteRows(held, 1, 1);
        if (!left.empty())
            m_run.failed(QStringLiteral("Others held %1 to the end").arg(base::counted(std::ssize(left), "row")),
                         left.back().why);
    }

    /// A row that others hold.
    struct Held
    {
        std::size_t row;
        Error why;
    };

    /// Deletes @p rows in batches of at most @p size; those that were left out, as each was blocked @p tries times by
    /// itself. Where nothing at all can be had for long, the run fails.
    std::vector<Held> deleteRows(std::span<const std::size_t> rows, std::size_t size, int tries)
    {
        BatchPace pace({std::chrono::seconds(1), 1}, static_cast<qint64>(size), static_cast<qint64>(size));
        std::vector<Held> held;
        int tried = 0; // a row by itself
        for (std::size_t from = 0; from < rows.size() && !m_report.error;) {
            if (m_run.waitFor(m_replicas, [this] { progress(settled(), waitingText()); }))
                pace.replicasWereBehind();
            if (!m_run.mayGoOn(QStringLiteral("The revocation"), QStringLiteral("batch %1").arg(m_report.batches + 1)))
                break;
            const auto count = std::min(static_cast<std::size_t>(pace.size()), rows.size() - from);
            const auto begun = Call::Clock::now();
            if (const auto blocked = deleteBatch(rows.subspan(from, count))) {
                // Others hold its rows: a smaller one is tried after a rest.
                const auto pause = pace.wasBlocked();
                if (!pause) {
                    m_run.failed(QStringLiteral("Batch %1 failed").arg(m_report.batches), *blocked);
                    break;
                }
                static_cast<void>(rest(*pause, m_call));
                if (count == 1 && ++tried >= tries) {
                    held.push_back({rows[from], *blocked});
                    from += 1;
                    tried = 0;
                }
                continue;
            }
            tried = 0;
            static_cast<void>(pace.took(Call::Clock::now() - begun));
            from += count;
            progress(settled(), QStringLiteral("Deleting"));
        }
        return held;
    }

    /// nullopt: done, or the run is at its end; else what kept it from rows that are all still there.
    std::optional<Error> deleteBatch(std::span<const std::size_t> rows)
    {
        // On disk before the first row goes: whoever finds this line knows which rows may be gone.
        if (const auto noted = m_journal.beginBatch(rows); !noted) {
            m_run.failed(QStringLiteral("Stopped before batch %1, as the journal could not be written")
                             .arg(m_report.batches + 1),
                         noted.error());
            return {};
        }
        const std::vector<store::RowKey> keys = keysOf(rows);
        m_report.batches += 1;
        const auto outcomes = m_rows.deleteRows(rows, keys, m_call);
        const auto committed = Call::Clock::now();
        if (outcomes && outcomes->size() == keys.size()) {
            for (std::size_t i = 0; i < keys.size(); ++i)
                settle(rows[i], (*outcomes)[i], committed);
            note(QStringLiteral("Batch %1 committed: %2")
                     .arg(m_report.batches)
                     .arg(base::counted(std::ssize(keys), "row")));
            // The cache before the rows are looked at again: whoever read from it might write them back.
            purge(rows);
            readAgain(rows, keys);
        } else if (!outcomes && isBlocked(outcomes.error()) && !m_call.cancelled()) {
            note(QStringLiteral("Batch %1 waited for rows that others hold, and was undone").arg(m_report.batches));
            for (const std::size_t row : rows)
                m_report.rows[row].outcome = RowOutcome::Failed;
            noteBatch(rows);
            return outcomes.error();
        } else {
            m_run.failed(QStringLiteral("Batch %1 failed").arg(m_report.batches),
                         outcomes ? Error(ErrorCode::Internal).with(ErrorParam::Detail, QStringLiteral("row count"))
                                  : outcomes.error());
            resolveUnknown(rows, keys, committed);
            purge(rows);
        }
        noteBatch(rows);
        return {};
    }

    void noteBatch(std::span<const std::size_t> rows)
    {
        std::vector<RowOutcome> outcomes;
        std::vector<std::size_t> live;
        outcomes.reserve(rows.size());
        for (const std::size_t row : rows) {
            outcomes.push_back(m_report.rows[row].outcome);
            if (outcomes.back() == RowOutcome::Failed)
                live.push_back(row);
        }
        // They were kept before the commit that failed, and may never be tried again.
        if (const auto taken = m_rows.takeBack(live); !taken)
            m_run.failed(QStringLiteral("The undo record could not be written after batch %1").arg(m_report.batches),
                         taken.error());
        if (const auto noted = m_journal.endBatch(outcomes); !noted)
            m_run.failed(QStringLiteral("The journal could not be written after batch %1").arg(m_report.batches),
                         noted.error());
    }

    void settle(std::size_t row, store::DeleteOutcome outcome, Call::Clock::time_point committed)
    {
        m_committed[row] = committed;
        switch (outcome) {
        case store::DeleteOutcome::Deleted:
            return settle(row, RowOutcome::Revoked);
        case store::DeleteOutcome::AlreadyGone:
            return settle(row, RowOutcome::AlreadyGone);
        case store::DeleteOutcome::Changed:
            return settle(row, RowOutcome::Changed);
        }
        Q_UNREACHABLE();
    }

    /// Sessions whose rows are gone, and whose tokens other rows hold all the same: known only now for plans of a file
    /// and those that were gone on with, and where rows came since. What was deleted stays so, whatever comes of this.
    void lookForOthers()
    {
        if (m_report.error)
            return;
        progress(settled(), QStringLiteral("Looking for other rows of these tokens"));
        OtherHolders held = otherHolders(m_plan, m_store, m_deployment.clock().now(), m_call);
        m_report.whyHeldUnknown = std::move(held.whyUnknown);
        if (!m_report.whyHeldUnknown.isEmpty())
            note(QStringLiteral("Whether other rows hold these tokens is not known: %1").arg(m_report.whyHeldUnknown));
        for (RowReport &row : m_report.rows) {
            const bool isGone = row.outcome == RowOutcome::Revoked || row.outcome == RowOutcome::AlreadyGone;
            row.stillHeld = isGone && held.tokens.contains(row.fingerprint);
        }
        if (const qint64 count = m_report.stillHeld(); count > 0)
            note(QStringLiteral("Other rows hold the tokens of %1 of these sessions").arg(count));
    }

    /// A row that is there again after its delete was committed was not revoked, whatever the database said.
    void readAgain(std::span<const std::size_t> rows, const std::vector<store::RowKey> &keys)
    {
        const auto there = m_store.stillThere(keys, m_call);
        if (!there || there->size() != keys.size()) {
            note(QStringLiteral("The rows could not be read again%1")
                     .arg(there ? QString() : QStringLiteral(": ") + base::describe(there.error()).message));
            return;
        }
        qint64 back = 0;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            RowReport &row = m_report.rows[rows[i]];
            if ((*there)[i] && row.outcome == RowOutcome::Revoked) {
                row.outcome = RowOutcome::Failed;
                m_report.revoked -= 1;
                note(QStringLiteral("Session %1 is there again after its delete").arg(row.fingerprint.text()));
                back += 1;
            }
        }
        if (back > 0 && !m_report.error) {
            m_report.error =
                Error(ErrorCode::StatementFailed)
                    .with(ErrorParam::Detail,
                          QStringLiteral("%1 there again after the delete").arg(base::counted(back, "row")));
        }
    }

    /// The transaction of these rows ended in an error. Where that leaves open whether it was committed, a new
    /// connection reads the rows again: what is gone was revoked by it.
    void resolveUnknown(std::span<const std::size_t> rows, const std::vector<store::RowKey> &keys,
                        Call::Clock::time_point at)
    {
        const auto fresh = m_deployment.openStore(store::Access::ReadOnly, m_run.cleanup());
        const auto there = fresh ? (*fresh)->stillThere(keys, m_run.cleanup()) : base::fail(fresh.error());
        const bool known = there && there->size() == keys.size();
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (!known)
                m_report.rows[rows[i]].outcome = RowOutcome::Unknown;
            else if ((*there)[i])
                m_report.rows[rows[i]].outcome = RowOutcome::Failed;
            else
                settle(rows[i], store::DeleteOutcome::Deleted, at);
        }
        note(known ? QStringLiteral("The batch's rows were read again over a new connection")
                   : QStringLiteral("The batch's rows could not be read again, so what became of them is not known"));
    }

    void purge(std::span<const std::size_t> rows)
    {
        for (const std::size_t i : rows) {
            const RowOutcome outcome = m_report.rows[i].outcome;
            // What is not known may be gone.
            if (outcome == RowOutcome::Revoked || outcome == RowOutcome::AlreadyGone || outcome == RowOutcome::Unknown)
                m_toPurge.push_back(i);
        }
        // A cache that hangs must not hold up each batch: once more at the end.
        if (!m_report.cacheError)
            purgeAll();
    }

    void purgeAll()
    {
        if (m_toPurge.empty())
            return;
        std::vector<store::OwnedToken> sessions;
        sessions.reserve(m_toPurge.size());
        for (const std::size_t i : m_toPurge)
            sessions.push_back({m_plan.rows[i].key.token.view(), m_plan.rows[i].key.userId});
        const auto purged = purgeCached(m_deployment, sessions, m_run.cleanup());
        if (!purged) {
            m_report.cacheError = purged.error();
            note(QStringLiteral("Cached entries of %1 could not be dropped: %2")
                     .arg(base::counted(std::ssize(sessions), "session"), base::describe(purged.error()).message));
            return;
        }
        m_report.cacheError.reset();
        for (std::size_t i = 0; i < m_toPurge.size(); ++i) {
            m_report.rows[m_toPurge[i]].cachePurged = purged->found[i];
            m_report.cachePurged += purged->found[i] ? 1 : 0;
        }
        m_report.unreadLists += purged->unreadLists;
        m_toPurge.clear();
    }

    /// Cancelled after a row went, it has used its approval: the rest is not had by trying again.
    void sayWhatIsSpent()
    {
        const bool isPaused = m_report.error && m_report.error->param(ErrorParam::Part) == QStringLiteral("paused");
        if (!m_options.approval || !m_report.error || m_report.error->code != ErrorCode::Cancelled || isPaused)
            return;
        const bool isUsed = std::ranges::any_of(m_report.rows, [](const RowReport &row) {
            return row.outcome == RowOutcome::Revoked || row.outcome == RowOutcome::Unknown;
        });
        if (isUsed)
            m_report.error = Error(ErrorCode::Cancelled).with(ErrorParam::Part, QStringLiteral("approved"));
    }

    // --- proof ---

    void plantControl()
    {
        if (!m_options.canary) {
            m_report.verification->whyNoControl = QStringLiteral("none was wanted");
        } else if (whyUnverifiable(m_deployment).isEmpty()) {
            progress(0, QStringLiteral("Trying a canary"));
            m_control.plant(m_options.verifyFor, m_call, *m_report.verification);
        }
    }

    void verify()
    {
        std::vector<Suspect> suspects;
        for (std::size_t i = 0; i < m_plan.rows.size(); ++i) {
            if (m_report.rows[i].outcome == RowOutcome::Revoked)
                suspects.push_back({&m_plan.rows[i].key.token, m_committed[i], &m_report.rows[i]});
        }
        if (suspects.size() > m_options.mostAsked) {
            m_report.verification->sampledOf = std::ssize(suspects);
            std::vector<Suspect> sample;
            std::ranges::sample(suspects, std::back_inserter(sample), static_cast<qint64>(m_options.mostAsked),
                                *QRandomGenerator::system());
            suspects = std::move(sample);
        }
        const QString whyNot = whyUnverifiable(m_deployment);
        if (whyNot.isEmpty() && !m_call.cancelled()) {
            qint64 asked = 0;
            progress(0, QStringLiteral("Asking the deployment"));
            verifyRefusals(suspects, m_deployment, m_options.verifyFor, m_call,
                           [&] { progress(++asked, QStringLiteral("Asking the deployment")); });
            for (const Suspect &suspect : suspects)
                withdrawProof(*suspect.report, *m_report.verification);
        } else {
            for (const Suspect &suspect : suspects) {
                suspect.report->proof = ProofOutcome::Unchecked;
                suspect.report->answer = m_call.cancelled() ? QStringLiteral("not asked: cancelled")
                                                            : QStringLiteral("not asked: ") + whyNot;
            }
        }
        summarise(suspects);
        if (m_call.cancelled() && !m_report.error)
            m_report.error = Error(ErrorCode::Cancelled);
    }

    void summarise(const std::vector<Suspect> &suspects)
    {
        auto &sum = *m_report.verification;
        for (const Suspect &suspect : suspects)
            sum.add(*suspect.report);
        sum.finish();
        if (sum.sampledOf)
            note(QStringLiteral("A random sample of %1 is asked about").arg(suspects.size()));
        note(QStringLiteral("Asked the deployment: %1 refused, %2 still accepted, %3 unchecked%4")
                 .arg(sum.refused)
                 .arg(sum.stillAccepted)
                 .arg(sum.unchecked)
                 .arg(sum.unchecked > 0 ? QStringLiteral(" (%1)").arg(sum.because()) : QString()));
    }

    const RevocationPlan &m_plan;
    const RevocationOptions &m_options;
    const deployment::Deployment &m_deployment;
    store::SessionStore &m_store;
    OperationJournal &m_journal;
    KeptDelete &m_rows;
    const Call &m_call;
    const OnProgress &m_onProgress;
    ReplicaWait m_replicas;
    RevocationReport m_report;
    OperationRun m_run;
    VerificationControl m_control;
    /// By row: when its delete was committed, where this run did it.
    std::vector<std::optional<Call::Clock::time_point>> m_committed;
    std::vector<std::size_t> m_toPurge; ///< rows whose cached entries are still to be dropped
};

} // namespace

base::Result<RevocationReport> runRevocation(const RevocationPlan &plan, const RevocationOptions &options,
                                             const deployment::Deployment &deployment, store::SessionStore &store,
                                             audit::AuditLog &log, OperationJournal &journal, KeptDelete &rows,
                                             const Call &call, const OnProgress &onProgress)
{
    return Run(plan, options, deployment, store, log, journal, rows, call, onProgress)();
}

} // namespace rollcall::revoke
