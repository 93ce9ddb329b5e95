#pragma once

#include <optional>

#include "core/audit/AuditedAct.h"
#include "core/deployment/Deployment.h"
#include "core/store/UserDirectory.h"

namespace rollcall::probe {

/// A labelled session made to probe with and removed afterwards: a row with its own user for the database strategy
/// (audited, before and after), a sealed token for JWT (nothing is written). Move-only; remove() is the owner's duty.
/// **Thread-safety:** one thread at a time.
class CanarySession final
{
public:
    /// Makes one that lives @p ttl. @p audit (borrowed) must be given where a row is written; @p reason stands there.
    /// Errors: WriteRefused (a row is needed and @p mayWrite is false or there is no audit log), SecretMissing, those
    /// of AuditLog::append() and of the store; on an error nothing is left.
    [[nodiscard]] static base::Result<CanarySession>
    make(const deployment::Deployment &deployment, audit::AuditLog *audit, bool mayWrite, std::chrono::seconds ttl,
         const base::Call &call, const QString &reason = QStringLiteral("canary session of a latency run"));

    /// Removes the row and its user; fine where there is none. Runs whatever has become of the caller's own call.
    /// Errors: those of the store and of AuditLog::append().
    [[nodiscard]] base::Status remove(const deployment::Deployment &deployment, audit::AuditLog *audit);

    /// A Cookie header value that presents it.
    [[nodiscard]] const base::SecretBytes &cookieHeader() const { return m_cookieHeader; }
    [[nodiscard]] const base::Fingerprint &fingerprint() const { return m_fingerprint; }
    /// Whether a row stands in the deployment's database.
    [[nodiscard]] bool hasRow() const { return m_row.has_value(); }

private:
    base::SecretBytes m_cookieHeader;
    base::Fingerprint m_fingerprint;
    std::optional<store::CanaryKey> m_row;
};

/// A token for a canary's row: 256 random bits in hex, as long as the longest token a library makes, and plain in a
/// cookie. **Thread-safety:** thread-safe.
[[nodiscard]] base::SecretBytes randomSessionToken();

/// How many canaries were removed, and why not all of them.
struct CanaryRemoval
{
    qint64 removed = 0;
    std::optional<base::Error> error; ///< nullopt: all were
};

/// Removes exactly @p canaries, sessions and users, as one act on record for @p reason. One that fails ends it, and the
/// record says how many were removed. None: nothing is done or recorded. Its error is one of
/// SessionStore::removeCanary() and of AuditLog::append(), Timeout or Cancelled. **Thread-safety:** as the store.
[[nodiscard]] CanaryRemoval removeCanaries(const deployment::Deployment &deployment, store::SessionStore &writeStore,
                                           std::span<const store::LeftCanary> canaries, audit::AuditLog &audit,
                                           const QString &reason, const base::Call &call);

} // namespace rollcall::probe
