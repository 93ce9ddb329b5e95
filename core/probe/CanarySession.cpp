#include "core/probe/CanarySession.h"

#include <QRandomGenerator>

#include <array>

namespace rollcall::probe {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::Result;
using base::SecretBytes;
using base::Status;

namespace {

audit::AuditEntry entryOf(const deployment::Deployment &deployment, const QString &action, const QString &reason)
{
    audit::AuditEntry entry;
    entry.action = action;
    entry.connection = deployment.config().displayName();
    entry.reason = reason;
    entry.counts = {{QStringLiteral("rows"), 1}};
    return entry;
}

/// What an outcome says of an act that came to nothing.
Status counted(Status done, audit::AuditEntry &outcome)
{
    if (!done)
        outcome.counts = {{QStringLiteral("rows"), 0}, {QStringLiteral("failed"), 1}};
    return done;
}

Status refused(const QString &detail)
{
    return base::fail(Error(ErrorCode::WriteRefused).with(ErrorParam::Detail, detail));
}

} // namespace

SecretBytes randomSessionToken()
{
    std::array<quint32, 8> words{};
    QRandomGenerator::system()->fillRange(words.data(), static_cast<qsizetype>(words.size()));
    QByteArray raw(reinterpret_cast<const char *>(words.data()), sizeof words);
    QByteArray hex = raw.toHex();
    base::wipe(raw);
    return SecretBytes::fromAndWipe(hex);
}

Result<CanarySession> CanarySession::make(const deployment::Deployment &deployment, audit::AuditLog *audit,
                                          bool mayWrite, std::chrono::seconds ttl, const Call &call,
                                          const QString &reason)
{
    const base::Instant now = deployment.clock().now();
    CanarySession canary;
    if (!deployment.hasRows()) {
        auto token = engine::mintCanaryJwt(*deployment.auth(), ttl, now);
        if (!token)
            return base::fail(std::move(token.error()));
        canary.m_fingerprint = token->fingerprint();
        canary.m_cookieHeader = engine::cookieHeaderFor(*deployment.auth(), *token);
        return canary;
    }
    if (!mayWrite || audit == nullptr) {
        auto status = refused(QStringLiteral("a canary session is a row in the deployment's database"));
        return base::fail(std::move(status.error()));
    }
    auto store = deployment.openStore(store::Access::Write, call);
    if (!store)
        return base::fail(std::move(store.error()));
    const SecretBytes token = randomSessionToken();
    audit::AuditEntry entry = entryOf(deployment, QStringLiteral("token.mint"), reason);
    Status made =
        audit::audited(*audit, entry, audit::WithoutRecord::Refuse, call, [&](audit::AuditEntry &outcome) -> Status {
            auto inserted = (*store)->insertCanary({token.clone(), now + ttl}, call);
            if (!inserted)
                return counted(base::fail(std::move(inserted.error())), outcome);
            canary.m_row = std::move(*inserted);
            return {};
        });
    if (!made) {
        if (canary.m_row) { // the row is there but its outcome is not on record: it must not stay
            if (Status removed = canary.remove(deployment, audit); !removed)
                return base::fail(std::move(removed.error()).because(std::move(made.error())));
        }
        return base::fail(std::move(made.error()));
    }
    canary.m_fingerprint = token.fingerprint();
    canary.m_cookieHeader = engine::cookieHeaderFor(*deployment.auth(), token);
    return canary;
}

Status CanarySession::remove(const deployment::Deployment &deployment, audit::AuditLog *audit)
{
    if (!m_row)
        return {};
    if (audit == nullptr)
        return refused(QStringLiteral("no audit log"));
    // The run's own call may be cancelled or over: cleaning up has a bound of its own.
    const Call call = Call::within(2 * deployment.config().storeOptions.timeout);
    auto store = deployment.openStore(store::Access::Write, call);
    if (!store)
        return base::fail(std::move(store.error()));
    // A session left behind is worse than a gap in the log.
    audit::AuditEntry entry = entryOf(deployment, QStringLiteral("token.remove"), {});
    return audit::audited(*audit, entry, audit::WithoutRecord::DoIt, call, [&](audit::AuditEntry &outcome) {
        Status gone = (*store)->removeCanary(*m_row, call);
        if (gone)
            m_row.reset();
        return counted(std::move(gone), outcome);
    });
}

CanaryRemoval removeCanaries(const deployment::Deployment &deployment, store::SessionStore &writeStore,
                              std::span<const store::LeftCanary> canaries, audit::AuditLog &audit,
                              const QString &reason, const Call &call)
{
    CanaryRemoval removal;
    if (canaries.empty())
        return removal;
    audit::AuditEntry entry = entryOf(deployment, QStringLiteral("token.remove"), reason);
    entry.counts = {{QStringLiteral("rows"), qint64{std::ssize(canaries)}}};
    const Status done =
        audit::audited(audit, entry, audit::WithoutRecord::Refuse, call, [&](audit::AuditEntry &outcome) -> Status {
            Status status;
            for (const store::LeftCanary &canary : canaries) {
                status = call.check(QStringLiteral("Removing canaries"));
                if (status)
                    status = writeStore.removeCanary(canary.key, call);
                if (!status)
                    break;
                removal.removed += 1;
            }
            outcome.counts = {{QStringLiteral("rows"), removal.removed}};
            if (!status)
                outcome.counts.insert(QStringLiteral("failed"), qint64{std::ssize(canaries)} - removal.removed);
            return status;
        });
    if (!done)
        removal.error = done.error();
    return removal;
}

} // namespace rollcall::probe
