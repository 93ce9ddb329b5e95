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

/// 256 random bits in hex: as long as the longest token a library makes, and plain in a cookie.
SecretBytes randomToken()
{
    std::array<quint32, 8> words{};
    QRandomGenerator::system()->fillRange(words.data(), static_cast<qsizetype>(words.size()));
    QByteArray raw(reinterpret_cast<const char *>(words.data()), sizeof words);
    QByteArray hex = raw.toHex();
    base::wipe(raw);
    return SecretBytes::fromAndWipe(hex);
}

audit::AuditEntry entry(const deployment::Deployment &deployment, const QString &operation, const QString &action,
                        audit::Phase phase, qint64 rows)
{
    audit::AuditEntry entry;
    entry.operation = operation;
    entry.action = action;
    entry.phase = phase;
    entry.actor = audit::currentActor();
    entry.connection = deployment.config().displayName();
    entry.reason = QStringLiteral("canary session of a latency run");
    entry.counts = {{QStringLiteral("rows"), rows}};
    return entry;
}

/// Intent, act, outcome. Where the intent cannot be put on record the act is not tried, unless it is @p cleaningUp:
/// a session left behind is worse than a gap in the log, which is then the error returned.
template <typename Act>
Status audited(const deployment::Deployment &deployment, audit::AuditLog &log, const QString &action, const Call &call,
               bool cleaningUp, Act act)
{
    const QString operation = audit::newOperationId();
    auto intent = log.append(entry(deployment, operation, action, audit::Phase::Intent, 1), call);
    if (!intent && !cleaningUp)
        return base::fail(std::move(intent.error()));
    Status done = act();
    auto outcome = log.append(entry(deployment, operation, action, audit::Phase::Outcome, done ? 1 : 0), call);
    if (!done)
        return done;
    if (!intent)
        return base::fail(std::move(intent.error()));
    if (!outcome)
        return base::fail(std::move(outcome.error()));
    return {};
}

Status refused(const QString &detail)
{
    return base::fail(Error(ErrorCode::WriteRefused).with(ErrorParam::Detail, detail));
}

} // namespace

Result<CanarySession> CanarySession::make(const deployment::Deployment &deployment, audit::AuditLog *audit,
                                          bool mayWrite, std::chrono::seconds ttl, const Call &call)
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
        auto status = refused(QStringLiteral("the canary session of a run is a row in the deployment's database"));
        return base::fail(std::move(status.error()));
    }
    auto store = deployment.openStore(store::Access::Write, call);
    if (!store)
        return base::fail(std::move(store.error()));
    const SecretBytes token = randomToken();
    Status made = audited(deployment, *audit, QStringLiteral("token.mint"), call, false, [&]() -> Status {
        auto inserted = (*store)->insertCanary({token.clone(), now + ttl}, call);
        if (!inserted)
            return base::fail(std::move(inserted.error()));
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
    return audited(deployment, *audit, QStringLiteral("token.remove"), call, true, [&] {
        Status gone = (*store)->removeCanary(*m_row, call);
        if (gone)
            m_row.reset();
        return gone;
    });
}

} // namespace rollcall::probe
