#include "core/revoke/OperationRun.h"

#include <QJsonArray>

#include "core/base/ErrorText.h"
#include "core/base/LostLink.h"

namespace rollcall::revoke {

using base::Call;
using base::Error;
using base::ErrorCode;

OperationRun::OperationRun(RunSubject subject, const deployment::Deployment &deployment, audit::AuditLog &log,
                           OperationJournal &journal, const Call &call, std::vector<Done> &done,
                           std::optional<Error> &error)
    : m_subject(std::move(subject)),
      m_deployment(deployment),
      m_log(log),
      m_journal(journal),
      m_call(call),
      m_done(done),
      m_error(error)
{}

void OperationRun::note(const QString &what)
{
    m_done.push_back({m_deployment.clock().now(), what});
}

void OperationRun::failed(const QString &what, const Error &error)
{
    note(what + QStringLiteral(": ") + base::describe(error).message);
    if (!m_error)
        m_error = error;
}

Call OperationRun::cleanup() const
{
    return Call::within(m_deployment.config().storeOptions.timeout);
}

audit::AuditEntry OperationRun::entry(audit::Phase phase, const QJsonObject &counts) const
{
    audit::AuditEntry entry;
    entry.operation = m_journal.head().id;
    entry.phase = phase;
    entry.action = m_subject.action;
    entry.actor = audit::currentActor();
    entry.connection = m_deployment.config().displayName();
    entry.reason = m_subject.reason;
    entry.planDigest = m_subject.planDigest;
    entry.counts = m_subject.counts;
    for (auto it = counts.constBegin(); it != counts.constEnd(); ++it)
        entry.counts.insert(it.key(), it.value());
    if (const QStringList &hosts = m_deployment.config().profile.insecureHosts; !hosts.isEmpty())
        entry.counts.insert(QStringLiteral("insecureHosts"), QJsonArray::fromStringList(hosts));
    return entry;
}

base::Status OperationRun::writeIntent(QJsonObject counts, qint64 doneBefore)
{
    if (doneBefore > 0)
        counts.insert(QStringLiteral("doneBefore"), doneBefore);
    const auto seq = m_log.append(entry(audit::Phase::Intent, counts), m_call);
    if (!seq) {
        if (m_journal.batches() == 0)
            closeIntent(seq.error());
        return base::fail(seq.error());
    }
    note(QStringLiteral("Audit intent written as entry %1").arg(*seq));
    return {};
}

void OperationRun::closeIntent(const Error &error)
{
    bool stands = false;
    const auto read = m_log.forEach(0, cleanup(), [this, &stands](audit::AuditEntry &&entry) {
        stands = entry.operation == m_journal.head().id && entry.phase == audit::Phase::Intent;
        return !stands;
    });
    if (!read || !stands)
        return;
    const bool isRestore = m_journal.head().kind == restoreKind();
    const auto seq = m_log.append(
        entry(audit::Phase::Outcome, {{isRestore ? QStringLiteral("restored") : QStringLiteral("revoked"), 0},
                                      {QStringLiteral("error"), base::errorName(error.code)}}),
        cleanup());
    // It failed as the intent did, whose error is reported: nothing on record says more than is so.
    static_cast<void>(seq);
}

void OperationRun::writeOutcome(QJsonObject counts, const std::optional<QJsonObject> &verification)
{
    if (m_error)
        counts.insert(QStringLiteral("error"), base::errorName(m_error->code));
    audit::AuditEntry outcome = entry(audit::Phase::Outcome, counts);
    outcome.verification = verification;
    const auto seq = m_log.append(std::move(outcome), cleanup());
    if (seq)
        note(QStringLiteral("Audit outcome written as entry %1").arg(*seq));
    else
        failed(QStringLiteral("The audit outcome could not be written"), seq.error());
}

bool OperationRun::waitFor(ReplicaWait &replicas, const std::function<void()> &onWait)
{
    const bool hadGivenUp = replicas.gaveUpAt().has_value();
    const bool waited = replicas.wait(
        m_call, [this] { return m_journal.isPauseWanted(); }, onWait);
    if (const auto lag = replicas.gaveUpAt(); lag && !hadGivenUp)
        note(QStringLiteral("A replica stays %1 s behind: gone on without waiting for it")
                 .arg(std::chrono::duration_cast<std::chrono::seconds>(*lag).count()));
    return waited;
}

bool OperationRun::mayGoOn(const QString &what, const QString &border)
{
    if (m_journal.isPauseWanted()) {
        m_paused = true;
        m_error = Error(ErrorCode::Cancelled).with(base::ErrorParam::Part, QStringLiteral("paused"));
        note(QStringLiteral("Paused before %1").arg(border));
        return false;
    }
    if (const auto status = m_call.check(what); !status) {
        m_error = status.error();
        note(QStringLiteral("Stopped before %1").arg(border));
        return false;
    }
    return true;
}

bool OperationRun::isResumable(bool touched) const
{
    if (m_paused)
        return true;
    if (!m_error || m_error->code == ErrorCode::Cancelled)
        return false;
    // What was refused before a row was touched has not begun; where the link was lost, another try may succeed.
    return touched || base::isLostLink(m_error->code) || m_error->code == ErrorCode::Timeout;
}

void OperationRun::keep()
{
    note(QStringLiteral("The operation stays unfinished, and can be resumed"));
}

void OperationRun::remove(base::Status before)
{
    const base::Status ended = before ? m_journal.remove() : std::move(before);
    if (!ended)
        failed(QStringLiteral("The operation's files could not be removed"), ended.error());
}

} // namespace rollcall::revoke
