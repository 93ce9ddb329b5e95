#pragma once

#include <span>

#include "core/audit/AuditLog.h"
#include "core/revoke/CachedCopies.h"
#include "core/revoke/NotBeforeRule.h"

namespace rollcall::revoke {

// Acts that are small enough to need no journal: on record in the audit log before and after (audit::audited()), and
// not tried where they cannot be. **Thread-safety:** one thread; block.

/// What became of such an act.
struct RecordedAct
{
    QString auditId; ///< the operation in the audit log; also where it failed
    base::Status done;
};

/// Sets @p rule in @p place, which keeps the rules of @p config ("rule.set"). Errors in `done`: those of
/// RuleStore::set() and AuditLog::append().
[[nodiscard]] RecordedAct setRuleOnRecord(RuleStore &place, const NotBeforeRule &rule,
                                          const deployment::ConnectionConfig &config, const QString &reason,
                                          audit::AuditLog &log, const base::Call &call);

/// Removes @p rule from @p place ("rule.remove"); the rest as setRuleOnRecord().
[[nodiscard]] RecordedAct removeRuleOnRecord(RuleStore &place, const NotBeforeRule &rule,
                                             const deployment::ConnectionConfig &config, const QString &reason,
                                             audit::AuditLog &log, const base::Call &call);

/// What became of a purge.
struct PurgeReport
{
    QString auditId;
    qint64 wanted = 0;
    qint64 purged = 0;                ///< that were still there
    std::optional<base::Error> error; ///< why it stopped midway; nullopt: carried through
};

/// Removes @p copies from the cache of @p config ("cache.purge"); @p areAll: all that were asked for have been found.
/// Errors: those of ConnectionConfig::checkCache(), PartNotGiven (no cache), of AuditLog::append() and, where nothing
/// was removed, of purgeCopies().
[[nodiscard]] base::Result<PurgeReport> purgeOnRecord(const deployment::ConnectionConfig &config,
                                                      std::span<const CachedCopy> copies, bool areAll,
                                                      const QString &reason, audit::AuditLog &log,
                                                      const base::Call &call);

} // namespace rollcall::revoke
