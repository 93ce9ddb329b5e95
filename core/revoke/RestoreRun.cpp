#include "core/revoke/RestoreRun.h"

#include <algorithm>
#include <set>

#include "core/base/Counted.h"
#include "core/base/ErrorText.h"
#include "core/revoke/BatchPace.h"
#include "core/revoke/CachePurge.h"
#include "core/revoke/OperationRun.h"

namespace rollcall::revoke {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr qint64 largestBatch = 1000;    ///< a transaction stays short
constexpr std::size_t namedAtOnce = 100; ///< rows that were left out, read for their names

/// What the journal calls it.
RowOutcome outcomeOf(store::RestoreOutcome outcome)
{
    switch (outcome) {
    case store::RestoreOutcome::Restored:
        return RowOutcome::Revoked;
    case store::RestoreOutcome::ThereAgain:
        return RowOutcome::Changed;
    case store::RestoreOutcome::UserGone:
        return RowOutcome::AlreadyGone;
    }
    Q_UNREACHABLE();
}

/// One run of a restore: what it works with, and the report that it fills.
class Run
{
public:
    Run(const RestoreWork &work, const RestoreOptions &options, const deployment::Deployment &deployment,
        store::KeptRows &store, ReplicaWait replicas, audit::AuditLog &log, OperationJournal &journal,
        const QString &operations, const Call &call, const OnProgress &onProgress)
        : m_work(work),
          m_reader(work.kept, work.seal),
          m_options(options),
          m_deployment(deployment),
          m_store(store),
          m_replicas(replicas),
          m_journal(journal),
          m_operations(operations),
          m_call(call),
          m_onProgress(onProgress),
          m_outcomes(journal.outcomes()),
          m_run({QStringLiteral("sessions.restore"), journal.head().planDigest, options.reason,
                 QJsonObject{{QStringLiteral("of"), work.of},
                             {QStringLiteral("matched"), static_cast<qint64>(work.places.size())}}},
                deployment, log, journal, call, m_report.log, m_report.error)
    {}

    base::Result<RestoreReport> operator()()
    {
        m_report.auditId = m_journal.head().id;
        m_report.matched = static_cast<qint64>(m_work.places.size());
        m_report.batches = m_journal.batches();
        count();
        if (auto status = m_run.writeIntent({}, m_report.restored + m_report.skipped()); !status)
            return base::fail(std::move(status.error()));
        settleMissing();
        restoreAll();
        writeOutcome();
        nameLeftOut(); // after the record, which nothing is to keep waiting; before its rows go
        end();
        return std::move(m_report);
    }

private:
    void count()
    {
        m_report.restored = std::ranges::count(m_outcomes, RowOutcome::Revoked);
        m_report.thereAgain = std::ranges::count(m_outcomes, RowOutcome::Changed);
        m_report.userGone = std::ranges::count(m_outcomes, RowOutcome::AlreadyGone);
    }

    void writeOutcome()
    {
        const auto number = [&](RowOutcome which) { return qint64(std::ranges::count(m_outcomes, which)); };
        m_run.writeOutcome({{QStringLiteral("restored"), m_report.restored},
                            {QStringLiteral("skipped"), m_report.skipped()},
                            {QStringLiteral("thereAgain"), m_report.thereAgain},
                            {QStringLiteral("userGone"), m_report.userGone},
                            {QStringLiteral("unknown"), number(RowOutcome::Unknown)},
                            {QStringLiteral("notTried"), number(RowOutcome::NotTried)},
                            {QStringLiteral("batches"), m_report.batches}});
    }

    // --- rows ---

    /// Where row @p row is kept; null: no longer. Rows of one key follow each other.
    [[nodiscard]] const UndoIndex::Row *keptRow(std::size_t row) const
    {
        std::size_t first = row;
        while (first > 0 && m_work.places[first - 1] == m_work.places[row])
            --first;
        return m_work.kept.find(m_work.places[row], row - first);
    }

    /// Rows that are no longer in the record: another restore of it has ended meanwhile.
    void settleMissing()
    {
        std::vector<std::size_t> missing;
        for (std::size_t i = 0; i < m_outcomes.size(); ++i) {
            if (isOpen(m_outcomes[i]) && !keptRow(i))
                missing.push_back(i);
        }
        if (missing.empty())
            return;
        const std::vector<RowOutcome> changed(missing.size(), RowOutcome::Changed);
        auto noted = m_journal.beginBatch(missing);
        if (noted)
            noted = m_journal.endBatch(changed);
        if (!noted) {
            m_run.failed(QStringLiteral("The journal could not be written"), noted.error());
            return;
        }
        for (const std::size_t row : missing)
            m_outcomes[row] = RowOutcome::Changed;
        count();
        m_run.note(QStringLiteral("Done with by another restore: %1").arg(base::counted(std::ssize(missing), "row")));
    }

    void restoreAll()
    {
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < m_outcomes.size(); ++i) {
            if (isOpen(m_outcomes[i]))
                open.push_back(i);
        }
        const auto largest = std::min<qint64>(m_options.batchSize, largestBatch);
        BatchPace pace({std::chrono::seconds(1), 1}, largest, largest);
        // Those of a batch that was under way come by themselves: of them one that is there was put back by us.
        const auto inDoubt = std::ranges::stable_partition(
            open, [this](std::size_t row) { return m_outcomes[row] == RowOutcome::Unknown; });
        const auto doubtful = static_cast<std::size_t>(inDoubt.begin() - open.begin());
        for (std::size_t from = 0; from < open.size() && !m_report.error;) {
            if (m_run.waitFor(m_replicas, [this] { progress(waitingText()); }))
                pace.replicasWereBehind();
            if (!m_run.mayGoOn(QStringLiteral("The restore"), QStringLiteral("batch %1").arg(m_report.batches + 1)))
                return;
            const std::size_t border = from < doubtful ? doubtful : open.size();
            std::size_t count = std::min(static_cast<std::size_t>(pace.size()), border - from);
            // Rows of one key go together: of two transactions the second would find the first's.
            while (from + count < border && m_work.places[open[from + count]] == m_work.places[open[from + count - 1]])
                ++count;
            const auto begun = Call::Clock::now();
            restoreBatch(std::span(open).subspan(from, count));
            static_cast<void>(pace.took(Call::Clock::now() - begun));
            from += count;
            progress(QStringLiteral("Putting back"));
        }
    }

    void progress(const QString &step) const
    {
        if (m_onProgress)
            m_onProgress({m_report.restored + m_report.skipped(), m_report.matched, step});
    }

    void restoreBatch(std::span<const std::size_t> rows)
    {
        const bool wasUnderWay = m_outcomes[rows.front()] == RowOutcome::Unknown;
        std::vector<const UndoIndex::Row *> kept;
        kept.reserve(rows.size());
        for (const std::size_t row : rows)
            kept.push_back(keptRow(row));
        const auto batch = m_reader.read(kept);
        if (!batch) {
            m_run.failed(
                QStringLiteral("Stopped before batch %1, as its rows could not be read").arg(m_report.batches + 1),
                batch.error());
            return;
        }
        if (const auto noted = m_journal.beginBatch(rows); !noted) {
            m_run.failed(QStringLiteral("Stopped before batch %1, as the journal could not be written")
                             .arg(m_report.batches + 1),
                         noted.error());
            return;
        }
        m_report.batches += 1;
        const auto outcomes = m_store.restoreRows(*batch, m_call);
        if (!outcomes) {
            m_run.failed(QStringLiteral("Batch %1 failed").arg(m_report.batches), outcomes.error());
            // The journal says that it was under way: whether it was committed is found out when it is gone on with.
            for (const std::size_t row : rows)
                m_outcomes[row] = RowOutcome::Unknown;
            return;
        }
        std::vector<RowOutcome> known;
        known.reserve(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const bool isOurs = wasUnderWay && (*outcomes)[i] == store::RestoreOutcome::ThereAgain;
            known.push_back(isOurs ? RowOutcome::Revoked : outcomeOf((*outcomes)[i]));
            m_outcomes[rows[i]] = known.back();
        }
        count();
        m_run.note(
            QStringLiteral("Batch %1 committed: %2").arg(m_report.batches).arg(base::counted(std::ssize(rows), "row")));
        dropCached(*batch, known);
        if (const auto noted = m_journal.endBatch(known); !noted)
            m_report.error = noted.error();
    }

    /// A cache may remember that there is no such session. One that fails is not asked again: it must not hold up each
    /// batch.
    void dropCached(std::span<const store::KeptRow> batch, std::span<const RowOutcome> outcomes)
    {
        std::vector<store::OwnedToken> sessions;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (outcomes[i] == RowOutcome::Revoked)
                sessions.push_back({batch[i].key.token.view(), batch[i].key.userId});
        }
        if (sessions.empty() || m_deployment.config().cacheError || m_isCacheLost)
            return;
        const auto purged = purgeCached(m_deployment, sessions, m_run.cleanup());
        if (!purged) {
            m_isCacheLost = true;
            m_run.note(
                QStringLiteral("Cached entries could not be dropped: %1").arg(base::describe(purged.error()).message));
        } else if (purged->unreadLists > 0) {
            m_run.note(unreadLists(purged->unreadLists));
        }
    }

    /// Those of earlier runs too: they are in the record until this ends.
    void nameLeftOut()
    {
        std::vector<const UndoIndex::Row *> rows;
        std::vector<store::RestoreOutcome> why;
        for (std::size_t i = 0; i < m_outcomes.size() && rows.size() < RestoreReport::mostNamed; ++i) {
            const bool isUserGone = m_outcomes[i] == RowOutcome::AlreadyGone;
            const UndoIndex::Row *const row = isUserGone || m_outcomes[i] == RowOutcome::Changed ? keptRow(i) : nullptr;
            if (!row)
                continue;
            rows.push_back(row);
            why.push_back(isUserGone ? store::RestoreOutcome::UserGone : store::RestoreOutcome::ThereAgain);
        }
        // A help to who reads, in files on a disk that may hang: bounded as any operation, and given up on request.
        const Call call = m_run.cleanup();
        for (std::size_t from = 0; from < rows.size(); from += namedAtOnce) {
            const bool isTimeLeft = !m_call.cancelled() && call.check(QStringLiteral("Naming what was left out"));
            if (!isTimeLeft) {
                m_run.note(QStringLiteral("Which rows were left out is named of the first %1 alone: it was stopped, or "
                                          "took too long")
                               .arg(from));
                return;
            }
            const auto kept = m_reader.read(std::span(rows).subspan(from, std::min(namedAtOnce, rows.size() - from)));
            if (!kept) {
                m_run.note(QStringLiteral("Which rows were left out could not be read again: %1")
                               .arg(base::describe(kept.error()).message));
                return;
            }
            for (std::size_t i = 0; i < kept->size(); ++i)
                m_report.leftOut.push_back({(*kept)[i].key.fingerprint, (*kept)[i].key.userId, why[from + i]});
        }
    }

    /// What was not put back stays: a user may come back within the window, a restore that was cancelled may be done
    /// again. The others are done with; who signs out after this must not come back with the rest.
    [[nodiscard]] static bool isLeft(RowOutcome outcome)
    {
        return outcome == RowOutcome::AlreadyGone || isOpen(outcome);
    }

    base::Status closeRecord()
    {
        const QString folder = undoBeside(m_operations);
        if (std::ranges::none_of(m_outcomes, isLeft))
            return destroyUndo(folder, m_work.of);
        auto head = readUndoHead(folder, m_work.of);
        if (!head)
            return base::fail(head.error());
        if (!*head)
            return {}; // its window is over
        auto record = UndoRecord::open(folder, std::move(**head), m_work.kept.statement, m_work.seal);
        if (!record)
            return base::fail(record.error());
        std::set<std::size_t> left;
        for (std::size_t i = 0; i < m_outcomes.size(); ++i) {
            if (isLeft(m_outcomes[i]))
                left.insert(m_work.places[i]);
        }
        std::vector<std::size_t> done;
        for (const std::size_t place : m_work.places) {
            if (!left.contains(place))
                done.push_back(place);
        }
        return record->keep({}, done);
    }

    void end()
    {
        m_report.resumable = m_run.isResumable(m_report.restored + m_report.skipped() > 0);
        if (m_report.resumable)
            m_run.keep();
        else
            m_run.remove(closeRecord());
    }

    const RestoreWork &m_work;
    UndoReader m_reader;
    const RestoreOptions &m_options;
    const deployment::Deployment &m_deployment;
    store::KeptRows &m_store;
    ReplicaWait m_replicas;
    OperationJournal &m_journal;
    const QString &m_operations;
    const Call &m_call;
    const OnProgress &m_onProgress;
    bool m_isCacheLost = false;
    std::vector<RowOutcome> m_outcomes; ///< by row, as the journal names them
    RestoreReport m_report;
    OperationRun m_run;
};

} // namespace

base::Status isOfTables(const QString &statement, const store::SessionStore &store)
{
    if (statement == store.deleteStatement())
        return {};
    return base::fail(Error(ErrorCode::PlanStale)
                          .with(ErrorParam::Detail, QStringLiteral("its rows were deleted from another table")));
}

Error takesNothingBack()
{
    return Error(ErrorCode::WriteRefused)
        .with(ErrorParam::Part, QStringLiteral("undo"))
        .with(ErrorParam::Detail, QStringLiteral("this kind of store takes no rows back"));
}

base::Result<RestoreReport> runRestore(const RestoreWork &work, const RestoreOptions &options,
                                       const deployment::Deployment &deployment, store::SessionStore &store,
                                       audit::AuditLog &log, OperationJournal &journal, const QString &operations,
                                       const Call &call, const OnProgress &onProgress)
{
    store::KeptRows *kept = store.keptRows();
    if (!kept)
        return base::fail(takesNothingBack());
    // Without a batch there is nothing to put back: its rows were dropped when this had all but ended.
    if (auto fits = work.kept.batches.empty() ? base::Status() : isOfTables(work.kept.statement, store); !fits)
        return base::fail(fits.error());
    return Run(work, options, deployment, *kept, ReplicaWait(store.expiredRows()), log, journal, operations, call,
               onProgress)();
}

} // namespace rollcall::revoke
