#include "app/ctl/RecordedRead.h"

#include "core/audit/AuditVerifier.h"

namespace rollcall::ctl {

base::Status checkSignsLast(Context &context, const audit::AuditLog &log)
{
    if (!log.vault())
        return {}; // append() refuses
    const auto last = audit::lastKeyId(log.path());
    if (!last)
        return base::fail(last.error());
    if (last->isEmpty())
        return {};
    const auto key = audit::publicSealKey(log.vault(), context.call());
    if (!key)
        return base::fail(key.error());
    if (*key && audit::keyIdOf(**key) == *last)
        return {};
    return base::fail(
        base::Error(base::ErrorCode::NoKeyStore)
            .with(base::ErrorParam::Part, *key ? QStringLiteral("other audit key") : QStringLiteral("audit key"))
            .with(base::ErrorParam::Name, log.vault()->description()));
}

} // namespace rollcall::ctl
