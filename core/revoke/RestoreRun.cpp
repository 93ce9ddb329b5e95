#include "core/revoke/RestoreRun.h"

#include <QJsonArray>

#include <algorithm>

#include "core/base/ErrorText.h"
#include "core/base/LostLink.h"
#include "core/revoke/CachePurge.h"

namespace rollcall::revoke {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr std::size_t largestBatch = 1000; ///< a transaction stays short

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
        store::KeptRows &store, audit::AuditLog &log, OperationJournal &journal, const QString &operations,
        const Call &call, const OnProgress &onProgress)
        : m_work(work),
          m_rows(work.rows),
          m_options(options),
          m_deployment(deployment),
          m_store(store),
          m_log(log),
          m_journal(journal),
          m_operations(operations),
          m_call(call),
          m_onProgress(onProgress),
          m_outcomes(journal.outcomes())
    {}

    base::Result<RestoreReport> operator()()
    {
        m_report.auditId = m_journal.head().id;
        m_report.matched = static_cast<qint64>(m_rows.size());
        m_report.batches = m_journal.batches();
        count();
        if (auto status = writeIntent(); !status)
            return base::fail(std::move(status.error()));
        restoreAll();
        dropCached();
        writeOutcome();
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

    void note(const QString &what) { m_report.log.push_back({m_deployment.clock().now(), what}); }

    /// For what must be done however the operation ended: cancelling it must not keep its outcome from the log.
    [[nodiscard]] Call cleanup() const { return Call::within(m_deployment.config().storeOptions.timeout); }

    // --- audit ---

    [[nodiscard]] audit::AuditEntry entry(audit::Phase phase) const
    {
        audit::AuditEntry entry;
        entry.operation = m_report.auditId;
        entry.phase = phase;
        entry.action = QStringLiteral("sessions.restore");
        entry.actor = audit::currentActor();
        entry.connection = m_deployment.config().displayName();
        entry.reason = m_options.reason;
        entry.planDigest = m_journal.head().planDigest;
        entry.counts = {{QStringLiteral("of"), m_work.of}, {QStringLiteral("matched"), m_report.matched}};
        if (const QStringList &hosts = m_deployment.config().profile.insecureHosts; !hosts.isEmpty())
            entry.counts.insert(QStringLiteral("insecureHosts"), QJsonArray::fromStringList(hosts));
        return entry;
    }

    base::Status writeIntent()
    {
        audit::AuditEntry intent = entry(audit::Phase::Intent);
        if (m_report.restored + m_report.skipped() > 0)
            intent.counts.insert(QStringLiteral("doneBefore"), m_report.restored + m_report.skipped());
        const auto seq = m_log.append(std::move(intent), m_call);
        if (!seq)
            return base::fail(seq.error());
        note(QStringLiteral("Audit intent written as entry %1").arg(*seq));
        return {};
    }

    void writeOutcome()
    {
        audit::AuditEntry outcome = entry(audit::Phase::Outcome);
        const auto number = [&](RowOutcome which) { return qint64(std::ranges::count(m_outcomes, which)); };
        outcome.counts.insert(QStringLiteral("restored"), m_report.restored);
        outcome.counts.insert(QStringLiteral("skipped"), m_report.skipped());
        outcome.counts.insert(QStringLiteral("thereAgain"), m_report.thereAgain);
        outcome.counts.insert(QStringLiteral("userGone"), m_report.userGone);
        outcome.counts.insert(QStringLiteral("unknown"), number(RowOutcome::Unknown));
        outcome.counts.insert(QStringLiteral("notTried"), number(RowOutcome::NotTried));
        outcome.counts.insert(QStringLiteral("batches"), m_report.batches);
        if (m_report.error)
            outcome.counts.insert(QStringLiteral("error"), base::errorName(m_report.error->code));
        const auto seq = m_log.append(std::move(outcome), cleanup());
        if (seq) {
            note(QStringLiteral("Audit outcome written as entry %1").arg(*seq));
            return;
        }
        note(QStringLiteral("The audit outcome could not be written: %1").arg(base::describe(seq.error()).message));
        if (!m_report.error)
            m_report.error = seq.error();
    }

    // --- rows ---

    void restoreAll()
    {
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < m_outcomes.size(); ++i) {
            if (isOpen(m_outcomes[i]))
                open.push_back(i);
        }
        const auto size = std::clamp<std::size_t>(static_cast<std::size_t>(std::max<qsizetype>(m_options.batchSize, 1)),
                                                  1, largestBatch);
        // Those of a batch that was under way come by themselves: of them one that is there was put back by us.
        const auto inDoubt = std::ranges::stable_partition(
            open, [this](std::size_t row) { return m_outcomes[row] == RowOutcome::Unknown; });
        const auto doubtful = static_cast<std::size_t>(inDoubt.begin() - open.begin());
        for (std::size_t from = 0; from < open.size() && !m_report.error;) {
            if (m_journal.isPauseWanted()) {
                m_paused = true;
                m_report.error = Error(ErrorCode::Cancelled);
                note(QStringLiteral("Paused before batch %1").arg(m_report.batches + 1));
                return;
            }
            if (const auto status = m_call.check(QStringLiteral("The restore")); !status) {
                m_report.error = status.error();
                note(QStringLiteral("Stopped before batch %1").arg(m_report.batches + 1));
                return;
            }
            const std::size_t border = from < doubtful ? doubtful : open.size();
            const std::size_t count = std::min(size, border - from);
            restoreBatch(std::span(open).subspan(from, count));
            from += count;
            if (m_onProgress)
                m_onProgress(
                    {m_report.restored + m_report.skipped(), m_report.matched, QStringLiteral("Putting back")});
        }
    }

    void restoreBatch(std::span<const std::size_t> rows)
    {
        const bool wasUnderWay = m_outcomes[rows.front()] == RowOutcome::Unknown;
        if (const auto noted = m_journal.beginBatch(rows); !noted) {
            m_report.error = noted.error();
            note(QStringLiteral("Stopped before batch %1: the journal could not be written").arg(m_report.batches + 1));
            return;
        }
        m_report.batches += 1;
        std::vector<store::KeptRow> batch;
        batch.reserve(rows.size());
        for (const std::size_t row : rows)
            batch.push_back(m_rows[row].clone());
        const auto outcomes = m_store.restoreRows(batch, m_call);
        if (!outcomes) {
            m_report.error = outcomes.error();
            note(QStringLiteral("Batch %1 failed: %2")
                     .arg(m_report.batches)
                     .arg(base::describe(outcomes.error()).message));
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
        note(QStringLiteral("Batch %1 committed: %2 rows").arg(m_report.batches).arg(rows.size()));
        if (const auto noted = m_journal.endBatch(known); !noted)
            m_report.error = noted.error();
    }

    /// A cache may remember that there is no such session.
    void dropCached()
    {
        std::vector<QByteArrayView> tokens;
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            if (m_outcomes[i] == RowOutcome::Revoked)
                tokens.push_back(m_rows[i].key.token.view());
        }
        if (tokens.empty() || m_deployment.config().cacheError)
            return;
        if (const auto erased = purgeCached(m_deployment, tokens, cleanup()); !erased)
            note(QStringLiteral("Cached entries could not be dropped: %1").arg(base::describe(erased.error()).message));
    }

    /// Rows whose user is gone stay: the user may come back within the window. The others are done with; who signs out
    /// after this must not come back with the rest.
    base::Status closeRecord()
    {
        const QString folder = undoBeside(m_operations);
        if (m_report.userGone == 0)
            return destroyUndo(folder, m_work.of);
        auto head = readUndoHead(folder, m_work.of);
        if (!head)
            return base::fail(head.error());
        if (!*head)
            return {}; // its window is over
        auto record = UndoRecord::open(folder, std::move(**head), m_work.statement, m_work.seal);
        if (!record)
            return base::fail(record.error());
        std::vector<std::size_t> done;
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            if (m_outcomes[i] != RowOutcome::AlreadyGone)
                done.push_back(m_rows[i].place);
        }
        return record->keep({}, done);
    }

    void end()
    {
        if (m_report.error && m_report.error->code != ErrorCode::Cancelled) {
            // What was refused before a row was there has not begun; where the link was lost, another try may succeed.
            const ErrorCode code = m_report.error->code;
            m_report.resumable =
                base::isLostLink(code) || code == ErrorCode::Timeout || m_report.restored + m_report.skipped() > 0;
        }
        m_report.resumable = m_report.resumable || m_paused;
        if (m_report.resumable) {
            note(QStringLiteral("The operation stays unfinished, and can be resumed"));
            return;
        }
        auto ended = m_report.error ? base::Status() : closeRecord();
        if (ended)
            ended = m_journal.remove();
        if (!ended) {
            note(QStringLiteral("The operation's files could not be removed: %1")
                     .arg(base::describe(ended.error()).message));
            if (!m_report.error)
                m_report.error = ended.error();
        }
    }

    const RestoreWork &m_work;
    std::span<const store::KeptRow> m_rows;
    const RestoreOptions &m_options;
    const deployment::Deployment &m_deployment;
    store::KeptRows &m_store;
    audit::AuditLog &m_log;
    OperationJournal &m_journal;
    const QString &m_operations;
    const Call &m_call;
    const OnProgress &m_onProgress;
    std::vector<RowOutcome> m_outcomes; ///< by row, as the journal names them
    RestoreReport m_report;
    bool m_paused = false; ///< it stopped because that was wanted
};

} // namespace

base::Status isOfTables(const QString &statement, const store::SessionStore &store)
{
    if (statement == store.deleteStatement())
        return {};
    return base::fail(Error(ErrorCode::PlanStale)
                          .with(ErrorParam::Detail, QStringLiteral("its rows were deleted from another table")));
}

base::Result<RestoreReport> runRestore(const RestoreWork &work, const RestoreOptions &options,
                                       const deployment::Deployment &deployment, store::SessionStore &store,
                                       audit::AuditLog &log, OperationJournal &journal, const QString &operations,
                                       const Call &call, const OnProgress &onProgress)
{
    store::KeptRows *kept = store.keptRows();
    if (!kept) {
        return base::fail(Error(ErrorCode::WriteRefused)
                              .with(ErrorParam::Part, QStringLiteral("undo"))
                              .with(ErrorParam::Detail, QStringLiteral("this kind of store takes no rows back")));
    }
    if (auto fits = isOfTables(work.statement, store); !fits)
        return base::fail(fits.error());
    return Run(work, options, deployment, *kept, log, journal, operations, call, onProgress)();
}

} // namespace rollcall::revoke
