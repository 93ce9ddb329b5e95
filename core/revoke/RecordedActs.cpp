#include "core/revoke/RecordedActs.h"

#include "core/audit/AuditedAct.h"

namespace rollcall::revoke {

using audit::AuditEntry;
using audit::WithoutRecord;
using base::Call;
using base::Status;
using deployment::ConnectionConfig;

namespace {

AuditEntry entryOf(const QString &action, const ConnectionConfig &config, const QString &reason)
{
    AuditEntry entry;
    entry.action = action;
    entry.connection = config.displayName();
    entry.reason = reason;
    return entry;
}

RecordedAct ruleOnRecord(const QString &action, const NotBeforeRule &rule, const ConnectionConfig &config,
                         const QString &reason, audit::AuditLog &log, const Call &call,
                         const std::function<Status()> &act)
{
    AuditEntry entry = entryOf(action, config, reason);
    entry.counts = {{QStringLiteral("rules"), 1},
                    {QStringLiteral("everybody"), !rule.user},
                    {QStringLiteral("notBefore"), base::toIso(rule.notBefore)}};
    Status done = audit::audited(log, entry, WithoutRecord::Refuse, call, [&act](AuditEntry &outcome) {
        Status status = act();
        if (!status)
            outcome.counts.insert(QStringLiteral("rules"), 0);
        return status;
    });
    return {entry.operation, std::move(done)};
}

} // namespace

RecordedAct setRuleOnRecord(RuleStore &place, const NotBeforeRule &rule, const ConnectionConfig &config,
                            const QString &reason, audit::AuditLog &log, const Call &call)
{
    return ruleOnRecord(QStringLiteral("rule.set"), rule, config, reason, log, call,
                        [&] { return place.set(rule, call); });
}

RecordedAct removeRuleOnRecord(RuleStore &place, const NotBeforeRule &rule, const ConnectionConfig &config,
                               const QString &reason, audit::AuditLog &log, const Call &call)
{
    return ruleOnRecord(QStringLiteral("rule.remove"), rule, config, reason, log, call,
                        [&] { return place.remove(rule.user, call); });
}

base::Result<PurgeReport> purgeOnRecord(const ConnectionConfig &config, std::span<const CachedCopy> copies, bool areAll,
                                        const QString &reason, audit::AuditLog &log, const Call &call)
{
    if (const auto usable = config.checkCache(); !usable)
        return base::fail(usable.error());
    if (!config.cache)
        return base::fail(base::Error(base::ErrorCode::PartNotGiven)
                              .with(base::ErrorParam::Part, QStringLiteral("cache"))
                              .with(base::ErrorParam::Flag, QStringLiteral("--cache")));
    PurgeReport report;
    report.wanted = std::ssize(copies);
    AuditEntry entry = entryOf(QStringLiteral("cache.purge"), config, reason);
    entry.counts = {{QStringLiteral("keys"), report.wanted}};
    const Status done = audit::audited(log, entry, WithoutRecord::Refuse, call, [&](AuditEntry &outcome) {
        const auto channel = redis::makeChannel(config.cache->clone(), config.httpOptions);
        Status status = purgeCopies(*channel, copies, report.purged, call);
        outcome.counts.insert(QStringLiteral("purged"), report.purged);
        outcome.counts.insert(QStringLiteral("complete"), status.has_value() && areAll);
        return status;
    });
    report.auditId = entry.operation;
    if (!done && report.purged == 0)
        return base::fail(done.error());
    if (!done)
        report.error = done.error();
    return report;
}

} // namespace rollcall::revoke
