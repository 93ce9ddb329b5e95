#include "core/audit/AuditedAct.h"

namespace rollcall::audit {

base::Status audited(AuditLog &log, AuditEntry &entry, WithoutRecord withoutRecord, const base::Call &call,
                     const std::function<base::Status(AuditEntry &outcome)> &act)
{
    if (entry.operation.isEmpty())
        entry.operation = newOperationId();
    entry.actor = currentActor();
    entry.phase = Phase::Intent;
    const auto intent = log.append(entry, call);
    if (!intent && withoutRecord == WithoutRecord::Refuse)
        return base::fail(intent.error());
    entry.phase = Phase::Outcome;
    base::Status done = act(entry);
    // The call may be over by now, and what was done must be told all the same.
    base::Call closing = call.remaining().count() > 0 ? call : base::Call::within(std::chrono::seconds(10));
    closing.stop = {};
    const auto outcome = log.append(entry, closing);
    if (!done)
        return done;
    if (!intent)
        return base::fail(intent.error());
    return outcome ? base::Status() : base::fail(outcome.error());
}

} // namespace rollcall::audit
