#include "core/revoke/ResurrectionWatch.h"

#include <QJsonArray>

#include <set>

#include "core/audit/AuditLog.h"
#include "core/revoke/BatchPace.h"

namespace rollcall::revoke {

using base::Call;
using std::chrono::milliseconds;

namespace {

constexpr int mostNamed = 100; ///< fingerprints in one entry of the audit log
constexpr int restShare = 9;   ///< of a look's time: how long to rest after it, at least

} // namespace

ResurrectionWatch::ResurrectionWatch(const RevocationPlan &plan, const RevocationReport &report, Options options,
                                     const deployment::Deployment &deployment, audit::AuditLog &log)
    : m_revocation(report.auditId), m_planDigest(plan.digest), m_options(options), m_deployment(deployment), m_log(log)
{
    const std::set<base::Fingerprint> held(plan.heldByOthers.begin(), plan.heldByOthers.end());
    for (std::size_t i = 0; i < report.rows.size() && m_sessions.size() < mostWatched; ++i) {
        // What another row held has not come back: it was never away. What a row holds that came later has.
        if (report.rows[i].outcome == RowOutcome::Revoked && !held.contains(report.rows[i].fingerprint))
            m_sessions.push_back({plan.rows[i].key.token.clone(), plan.rows[i].key.fingerprint});
    }
}

base::Result<ResurrectionLook> ResurrectionWatch::look(store::SessionStore &store, const Call &call)
{
    std::vector<QByteArrayView> tokens;
    tokens.reserve(m_sessions.size());
    for (const RevokedSession &session : m_sessions)
        tokens.push_back(session.token.view());
    auto rows = store.lookupMany(tokens, call);
    if (!rows)
        return base::fail(rows.error());
    ResurrectionLook found;
    std::vector<RevokedSession> gone;
    for (std::size_t i = 0; i < m_sessions.size(); ++i) {
        if (auto &row = rows->at(i)) {
            found.returned.push_back(
                {m_sessions[i].fingerprint, std::move(row->userId), row->expires, m_deployment.clock().now()});
        } else {
            gone.push_back(std::move(m_sessions[i]));
        }
    }
    m_sessions = std::move(gone);
    if (!found.returned.empty()) {
        if (const auto recorded = record(found.returned); !recorded)
            found.unrecorded = recorded.error();
    }
    return found;
}

base::Status ResurrectionWatch::record(const std::vector<Resurrection> &returned)
{
    QJsonArray names;
    for (const Resurrection &session : returned) {
        if (names.size() < mostNamed)
            names.append(session.fingerprint.text());
    }
    audit::AuditEntry entry;
    entry.operation = audit::newOperationId();
    entry.phase = audit::Phase::Outcome;
    entry.action = QStringLiteral("sessions.resurrected");
    entry.actor = audit::currentActor();
    entry.connection = m_deployment.config().displayName();
    entry.planDigest = m_planDigest;
    entry.counts = {{QStringLiteral("revocation"), m_revocation},
                    {QStringLiteral("returned"), static_cast<qint64>(returned.size())},
                    {QStringLiteral("fingerprints"), names}};
    // An alarm is put on record however little time its look has left.
    const auto seq = m_log.append(std::move(entry), Call::within(m_deployment.config().storeOptions.timeout));
    return seq ? base::Status() : base::fail(seq.error());
}

base::Result<ResurrectionLook> ResurrectionWatch::lookOver(std::unique_ptr<store::SessionStore> &store,
                                                           const std::stop_token &stop)
{
    const Call call = Call::within(m_deployment.config().storeOptions.timeout, stop);
    if (!store) {
        auto opened = m_deployment.openStore(store::Access::ReadOnly, call);
        if (!opened)
            return base::fail(opened.error());
        store = std::move(*opened);
    }
    auto found = look(*store, call);
    if (!found)
        store.reset(); // whatever it was, the next look begins with a new link
    return found;
}

base::Status ResurrectionWatch::run(const std::function<void(const ResurrectionLook &)> &onLook,
                                    const std::stop_token &stop)
{
    const Call whole = Call::within(m_options.lasts, stop);
    std::unique_ptr<store::SessionStore> store;
    base::Status last;
    for (bool isOver = false; !isOver && !m_sessions.empty() && !whole.cancelled();) {
        isOver = whole.expired(); // the last look comes at the end of the time, not before it
        const auto begun = Call::Clock::now();
        const auto found = lookOver(store, stop);
        if (found && !found->returned.empty())
            onLook(*found);
        last = found ? base::Status() : base::fail(found.error());
        const auto took = Call::Clock::now() - begun;
        if (!isOver && !m_sessions.empty())
            static_cast<void>(rest(std::max<Call::Clock::duration>(m_options.interval, took * restShare), whole));
    }
    return whole.cancelled() ? base::Status() : last;
}

} // namespace rollcall::revoke
