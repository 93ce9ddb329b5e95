#pragma once

#include <functional>

#include "core/revoke/RevocationPlan.h"
#include "core/revoke/RevocationReport.h"

namespace rollcall::audit {
class AuditLog;
}

namespace rollcall::revoke {

/// A session that was revoked, and is to stay gone. Holds its token. Move-only.
struct RevokedSession
{
    base::SecretBytes token;
    base::Fingerprint fingerprint;
};

/// A revoked session that is there again: something wrote its token back, as a deployment does that keeps sessions in
/// its memory or a cache, or a backup that was put back over the table.
struct Resurrection
{
    base::Fingerprint fingerprint;
    std::optional<QString> userId; ///< of the row that is there now
    std::optional<base::Instant> expires;
    base::Instant seenAt;
};

/// What one look found.
struct ResurrectionLook
{
    std::vector<Resurrection> returned;
    std::optional<base::Error> unrecorded; ///< why they do not stand in the audit log; nullopt: they do, or are none
};

/// Looks for revoked sessions again, for a while: by their tokens alone, so that a new session of the same user is
/// nothing to it. Each that came back is told once, and stands in the audit log (`sessions.resurrected`, an outcome
/// without an intent, as nobody acted; `counts.revocation` names the revocation). Reads only.
///
/// *Bounds.* At most mostWatched sessions; a look takes at most a tenth of the time. **Thread-safety:** one thread.
class ResurrectionWatch final
{
public:
    struct Options
    {
        std::chrono::milliseconds interval{5'000};              ///< from look to look, at least
        std::chrono::milliseconds lasts{std::chrono::hours(1)}; ///< then run() ends
    };
    static constexpr std::size_t mostWatched = 100'000;

    /// Those of @p plan that @p report says were revoked and that stood in no other row when it was made; the first
    /// mostWatched of them are watched. @p deployment and @p log are borrowed.
    ResurrectionWatch(const RevocationPlan &plan, const RevocationReport &report, Options options,
                      const deployment::Deployment &deployment, audit::AuditLog &log);

    /// How many are still looked for.
    [[nodiscard]] std::size_t watched() const { return m_sessions.size(); }

    /// Looks once over @p store. Errors: those of SessionStore::lookupMany(); nothing is told then, and all are looked
    /// for again.
    [[nodiscard]] base::Result<ResurrectionLook> look(store::SessionStore &store, const base::Call &call);

    /// Looks again and again over connections of its own, until its time is over, none is left to look for, or @p stop.
    /// @p onLook is called on this thread where a look found something. A database that does not answer is asked again
    /// with the next look; where the last one failed, its error is returned. Blocks.
    [[nodiscard]] base::Status run(const std::function<void(const ResurrectionLook &)> &onLook,
                                   const std::stop_token &stop);

private:
    [[nodiscard]] base::Result<ResurrectionLook> lookOver(std::unique_ptr<store::SessionStore> &store,
                                                          const std::stop_token &stop);
    [[nodiscard]] base::Status record(const std::vector<Resurrection> &returned);

    QString m_revocation; ///< the operation
    QString m_planDigest;
    std::vector<RevokedSession> m_sessions;
    Options m_options;
    const deployment::Deployment &m_deployment;
    audit::AuditLog &m_log;
};

} // namespace rollcall::revoke
