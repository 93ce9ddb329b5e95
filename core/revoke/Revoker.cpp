#include "core/revoke/Revoker.h"

#include <QJsonArray>
#include <QUuid>

#include <algorithm>

#include "core/base/ErrorText.h"
#include "core/base/Mutex.h"
#include "core/revoke/RefusalVerifier.h"

namespace rollcall::revoke {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using std::chrono::milliseconds;

namespace {

constexpr qsizetype largestBatch = 1000;       ///< a transaction stays short
constexpr std::chrono::minutes canaryLife{10}; ///< should it be left behind, it soon ends by itself

/// One run of a plan: what it works with, and the report that it fills.
class Run
{
public:
    Run(const RevocationPlan &plan, const RevocationOptions &options, const deployment::Deployment &deployment,
        store::SessionStore &store, audit::AuditLog &log, const Call &call,
        const std::function<void(const RevocationProgress &)> &onProgress)
        : m_plan(plan),
          m_options(options),
          m_deployment(deployment),
          m_store(store),
          m_log(log),
          m_call(call),
          m_onProgress(onProgress)
    {}

    base::Result<RevocationReport> operator()()
    {
        const auto begun = Call::Clock::now();
        prepareReport();
        if (m_plan.rows.empty())
            return std::move(m_report);
        if (const auto status = writeIntent(); !status)
            return base::fail(status.error());
        std::optional<store::CanaryKey> canary;
        if (m_options.verify && m_options.canary)
            canary = plantCanary();
        deleteAll();
        purgeAll();
        if (m_options.verify)
            verify();
        if (canary)
            removeCanary(*canary);
        writeOutcome();
        m_report.took = std::chrono::duration_cast<milliseconds>(Call::Clock::now() - begun);
        return std::move(m_report);
    }

private:
    void prepareReport()
    {
        m_report.matched = static_cast<qint64>(m_plan.rows.size());
        m_committed.resize(m_plan.rows.size());
        for (const store::PlannedRow &row : m_plan.rows)
            m_report.rows.push_back({row.key.fingerprint,
                                     row.key.userId,
                                     RowOutcome::NotTried,
                                     false,
                                     ProofOutcome::NotAsked,
                                     std::nullopt,
                                     {}});
        if (m_options.verify)
            m_report.verification.emplace();
    }

    void note(const QString &what) { m_report.log.push_back({m_deployment.clock().now(), what}); }

    void progress(qint64 done, const QString &step) const
    {
        if (m_onProgress)
            m_onProgress({done, m_report.matched, step});
    }

    /// For what must be done however the operation ended: cancelling it must not keep its outcome from the log.
    [[nodiscard]] Call cleanup() const { return Call::within(m_deployment.config().storeOptions.timeout); }

    // --- audit ---

    [[nodiscard]] audit::AuditEntry entry(audit::Phase phase) const
    {
        audit::AuditEntry entry;
        entry.operation = m_report.auditId;
        entry.phase = phase;
        entry.action = QStringLiteral("sessions.revoke");
        entry.actor = audit::currentActor();
        entry.connection = m_deployment.config().displayName();
        entry.reason = m_options.reason;
        entry.planDigest = m_plan.digest;
        entry.counts = {{QStringLiteral("matched"), m_report.matched}, {QStringLiteral("users"), m_plan.users}};
        if (const QStringList &hosts = m_deployment.config().profile.insecureHosts; !hosts.isEmpty())
            entry.counts.insert(QStringLiteral("insecureHosts"), QJsonArray::fromStringList(hosts));
        return entry;
    }

    base::Status writeIntent()
    {
        progress(0, QStringLiteral("Writing the audit intent"));
        m_report.auditId = audit::newOperationId();
        audit::AuditEntry intent = entry(audit::Phase::Intent);
        intent.counts.insert(QStringLiteral("selection"), m_plan.selection.describe());
        const auto seq = m_log.append(std::move(intent), m_call);
        if (!seq)
            return base::fail(seq.error());
        note(QStringLiteral("Audit intent written as entry %1").arg(*seq));
        return {};
    }

    void writeOutcome()
    {
        audit::AuditEntry outcome = entry(audit::Phase::Outcome);
        const auto count = [&](RowOutcome which) {
            return std::ranges::count(m_report.rows, which, &RowReport::outcome);
        };
        outcome.counts.insert(QStringLiteral("revoked"), m_report.revoked);
        outcome.counts.insert(QStringLiteral("skipped"), m_report.skipped);
        outcome.counts.insert(QStringLiteral("failed"), qint64(count(RowOutcome::Failed)));
        outcome.counts.insert(QStringLiteral("unknown"), qint64(count(RowOutcome::Unknown)));
        outcome.counts.insert(QStringLiteral("notTried"), qint64(count(RowOutcome::NotTried)));
        outcome.counts.insert(QStringLiteral("batches"), m_report.batches);
        outcome.counts.insert(QStringLiteral("cachePurged"), m_report.cachePurged);
        if (m_report.cacheError)
            outcome.counts.insert(QStringLiteral("cacheError"), base::errorName(m_report.cacheError->code));
        if (m_report.error)
            outcome.counts.insert(QStringLiteral("error"), base::errorName(m_report.error->code));
        if (m_report.verification)
            outcome.verification = {{QStringLiteral("checked"), m_report.verification->checked},
                                    {QStringLiteral("refused"), m_report.verification->refused},
                                    {QStringLiteral("stillAccepted"), m_report.verification->stillAccepted},
                                    {QStringLiteral("unchecked"), m_report.verification->unchecked}};
        const auto seq = m_log.append(std::move(outcome), cleanup());
        if (seq) {
            note(QStringLiteral("Audit outcome written as entry %1").arg(*seq));
            return;
        }
        note(QStringLiteral("The audit outcome could not be written: %1").arg(base::describe(seq.error()).message));
        if (!m_report.error)
            m_report.error = seq.error();
    }

    // --- delete ---

    void deleteAll()
    {
        const auto size = static_cast<std::size_t>(std::clamp<qsizetype>(m_options.batchSize, 1, largestBatch));
        for (std::size_t from = 0; from < m_plan.rows.size() && !m_report.error; from += size) {
            if (const auto status = m_call.check(QStringLiteral("The revocation")); !status) {
                m_report.error = status.error();
                note(QStringLiteral("Stopped before batch %1").arg(m_report.batches + 1));
                return;
            }
            deleteBatch(from, std::min(from + size, m_plan.rows.size()));
            progress(static_cast<qint64>(from + size), QStringLiteral("Deleting"));
        }
    }

    void deleteBatch(std::size_t from, std::size_t to)
    {
        std::vector<store::RowKey> keys;
        keys.reserve(to - from);
        for (std::size_t i = from; i < to; ++i)
            keys.push_back(m_plan.rows[i].key.clone());
        m_report.batches += 1;
        const auto outcomes = m_store.deleteRows(keys, m_call);
        const auto committed = Call::Clock::now();
        if (outcomes && outcomes->size() == keys.size()) {
            for (std::size_t i = 0; i < keys.size(); ++i)
                settle(from + i, (*outcomes)[i], committed);
            note(QStringLiteral("Batch %1 committed: %2 rows").arg(m_report.batches).arg(keys.size()));
            readAgain(from, keys);
        } else {
            m_report.error = outcomes ? Error(ErrorCode::Internal).with(ErrorParam::Detail, QStringLiteral("row count"))
                                      : outcomes.error();
            note(QStringLiteral("Batch %1 failed: %2")
                     .arg(m_report.batches)
                     .arg(base::describe(*m_report.error).message));
            resolveUnknown(from, keys, committed);
        }
        purge(from, to);
    }

    void settle(std::size_t index, store::DeleteOutcome outcome, Call::Clock::time_point committed)
    {
        m_committed[index] = committed;
        switch (outcome) {
        case store::DeleteOutcome::Deleted:
            m_report.rows[index].outcome = RowOutcome::Revoked;
            m_report.revoked += 1;
            return;
        case store::DeleteOutcome::AlreadyGone:
            m_report.rows[index].outcome = RowOutcome::AlreadyGone;
            m_report.skipped += 1;
            return;
        case store::DeleteOutcome::Changed:
            m_report.rows[index].outcome = RowOutcome::Changed;
            m_report.skipped += 1;
            return;
        }
        Q_UNREACHABLE();
    }

    /// A row that is there again after its delete was committed was not revoked, whatever the database said.
    void readAgain(std::size_t from, const std::vector<store::RowKey> &keys)
    {
        const auto there = m_store.stillThere(keys, m_call);
        if (!there || there->size() != keys.size()) {
            note(QStringLiteral("The rows could not be read again%1")
                     .arg(there ? QString() : QStringLiteral(": ") + base::describe(there.error()).message));
            return;
        }
        qint64 back = 0;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            RowReport &row = m_report.rows[from + i];
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
                    .with(ErrorParam::Detail, QStringLiteral("%1 rows were there again after their delete").arg(back));
        }
    }

    /// The transaction of these rows ended in an error. Where that leaves open whether it was committed, a new
    /// connection reads the rows again: what is gone was revoked by it.
    void resolveUnknown(std::size_t from, const std::vector<store::RowKey> &keys, Call::Clock::time_point at)
    {
        const auto fresh = m_deployment.openStore(store::Access::ReadOnly, cleanup());
        const auto there = fresh ? (*fresh)->stillThere(keys, cleanup()) : base::fail(fresh.error());
        const bool known = there && there->size() == keys.size();
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (!known)
                m_report.rows[from + i].outcome = RowOutcome::Unknown;
            else if ((*there)[i])
                m_report.rows[from + i].outcome = RowOutcome::Failed;
            else
                settle(from + i, store::DeleteOutcome::Deleted, at);
        }
        note(known ? QStringLiteral("The batch's rows were read again over a new connection")
                   : QStringLiteral("The batch's rows could not be read again, so what became of them is not known"));
    }

    void purge(std::size_t from, std::size_t to)
    {
        for (std::size_t i = from; i < to; ++i) {
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
        std::vector<QByteArrayView> tokens;
        tokens.reserve(m_toPurge.size());
        for (const std::size_t i : m_toPurge)
            tokens.push_back(m_plan.rows[i].key.token.view());
        const std::optional<Error> &unusable = m_deployment.config().cacheError;
        const auto erased = unusable ? base::fail(*unusable) : m_deployment.cache()->eraseMany(tokens, cleanup());
        if (!erased) {
            m_report.cacheError = erased.error();
            note(QStringLiteral("Cached entries of %1 sessions could not be dropped: %2")
                     .arg(tokens.size())
                     .arg(base::describe(erased.error()).message));
            return;
        }
        m_report.cacheError.reset();
        for (std::size_t i = 0; i < m_toPurge.size(); ++i) {
            m_report.rows[m_toPurge[i]].cachePurged = (*erased)[i];
            m_report.cachePurged += (*erased)[i] ? 1 : 0;
        }
        m_toPurge.clear();
    }

    // --- proof ---

    std::optional<store::CanaryKey> plantCanary()
    {
        progress(0, QStringLiteral("Trying a canary"));
        const QByteArray token = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
        auto planted =
            m_store.insertCanary({base::SecretBytes(token), m_deployment.clock().now() + canaryLife}, m_call);
        if (!planted) {
            note(QStringLiteral("No canary could be made: %1").arg(base::describe(planted.error()).message));
            return std::nullopt;
        }
        QString answer;
        m_report.canaryAccepted = isAccepted(planted->token, m_deployment, m_options.verifyFor, m_call, answer);
        note(*m_report.canaryAccepted
                 ? QStringLiteral("A canary session is accepted by the deployment")
                 : QStringLiteral("A canary session is not accepted by the deployment (%1), so its "
                                  "refusals prove nothing")
                       .arg(answer));
        return std::move(*planted);
    }

    void removeCanary(const store::CanaryKey &canary)
    {
        auto removed = m_store.removeCanary(canary, cleanup());
        if (!removed) {
            // The link may have broken on the way: once more over a new one.
            if (const auto fresh = m_deployment.openStore(store::Access::Write, cleanup()); fresh)
                removed = (*fresh)->removeCanary(canary, cleanup());
        }
        if (removed) {
            note(QStringLiteral("The canary is removed"));
            return;
        }
        note(QStringLiteral("The canary could not be removed: %1").arg(base::describe(removed.error()).message));
        if (!m_report.error)
            m_report.error = removed.error();
    }

    void verify()
    {
        std::vector<Suspect> suspects;
        for (std::size_t i = 0; i < m_plan.rows.size(); ++i) {
            if (m_report.rows[i].outcome == RowOutcome::Revoked)
                suspects.push_back({&m_plan.rows[i].key.token, m_committed[i], &m_report.rows[i]});
        }
        const bool provable = m_plan.verifiable && m_report.canaryAccepted.value_or(true);
        if (provable && !m_call.cancelled()) {
            qint64 asked = 0;
            progress(0, QStringLiteral("Asking the deployment"));
            verifyRefusals(suspects, m_deployment, m_options.verifyFor, m_call,
                           [&] { progress(++asked, QStringLiteral("Asking the deployment")); });
        } else {
            for (const Suspect &suspect : suspects) {
                suspect.report->proof = ProofOutcome::Unchecked;
                suspect.report->answer = m_call.cancelled()  ? QStringLiteral("not asked: cancelled")
                                         : m_plan.verifiable ? QStringLiteral("not asked: the canary was not accepted")
                                                             : QStringLiteral("not asked: no cookie can be formed");
            }
        }
        summarise(suspects);
        if (m_call.cancelled() && !m_report.error)
            m_report.error = Error(ErrorCode::Cancelled);
    }

    void summarise(const std::vector<Suspect> &suspects)
    {
        auto &sum = *m_report.verification;
        for (const Suspect &suspect : suspects) {
            const RowReport &row = *suspect.report;
            sum.refused += row.proof == ProofOutcome::Refused ? 1 : 0;
            sum.stillAccepted += row.proof == ProofOutcome::StillAccepted ? 1 : 0;
            sum.unchecked += row.proof == ProofOutcome::Unchecked ? 1 : 0;
            if (row.refusedAfter)
                sum.timeToEffect = std::max(sum.timeToEffect.value_or(milliseconds(0)), *row.refusedAfter);
        }
        sum.checked = sum.refused + sum.stillAccepted;
        note(QStringLiteral("Asked the deployment: %1 refused, %2 still accepted, %3 unchecked")
                 .arg(sum.refused)
                 .arg(sum.stillAccepted)
                 .arg(sum.unchecked));
    }

    const RevocationPlan &m_plan;
    const RevocationOptions &m_options;
    const deployment::Deployment &m_deployment;
    store::SessionStore &m_store;
    audit::AuditLog &m_log;
    const Call &m_call;
    const std::function<void(const RevocationProgress &)> &m_onProgress;
    RevocationReport m_report;
    std::vector<Call::Clock::time_point> m_committed; ///< by row, where its delete is committed
    std::vector<std::size_t> m_toPurge;               ///< rows whose cached entries are still to be dropped
};

} // namespace

base::Result<RevocationReport> carryOut(const RevocationPlan &plan, const RevocationOptions &options,
                                        const deployment::Deployment &deployment, store::SessionStore &writeStore,
                                        audit::AuditLog &log, const Call &call,
                                        const std::function<void(const RevocationProgress &)> &onProgress)
{
    if (deployment.clock().isFixed())
        return base::fail(
            Error(ErrorCode::WriteRefused)
                .with(ErrorParam::Detail, QStringLiteral("the time is fixed, and a wrong clock must not delete")));
    if (deployment.auth()->strategy == session::Strategy::Jwt)
        return base::fail(Error(ErrorCode::NotRevocable));
    if (options.verify && !deployment.config().baseUrl)
        return base::fail(Error(ErrorCode::PartNotGiven)
                              .with(ErrorParam::Part, QStringLiteral("deployment address"))
                              .with(ErrorParam::Flag, QStringLiteral("--base-url")));
    if (options.verify) {
        // Known now, so said now: after the delete the cookies could only stay unasked.
        if (auto status = deployment.config().checkTransport(); !status)
            return base::fail(std::move(status.error()));
    }
    if (plan.statement != writeStore.deleteStatement())
        return base::fail(Error(ErrorCode::PlanStale)
                              .with(ErrorParam::Detail, QStringLiteral("the tables are others than when it was made")));
    if (plan.digest != plan.computeDigest())
        return base::fail(Error(ErrorCode::PlanStale)
                              .with(ErrorParam::Detail, QStringLiteral("its rows are not those it was made for")));
    if (const auto status = call.check(QStringLiteral("The revocation")); !status)
        return base::fail(status.error());
    return Run(plan, options, deployment, writeStore, log, call, onProgress)();
}

} // namespace rollcall::revoke
