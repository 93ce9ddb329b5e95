#pragma once

#include <optional>

#include "core/audit/AuditLog.h"
#include "core/deployment/Deployment.h"

namespace rollcall::probe {

/// A labelled session made to probe with and removed afterwards: a row with its own user for the database strategy
/// (audited, before and after), a sealed token for JWT (nothing is written). Move-only; remove() is the owner's duty.
/// **Thread-safety:** one thread at a time.
class CanarySession final
{
public:
    /// Makes one that lives @p ttl. @p audit (borrowed) must be given where a row is written.
    /// Errors: WriteRefused (a row is needed and @p mayWrite is false or there is no audit log), SecretMissing, those
    /// of AuditLog::append() and of the store; on an error nothing is left.
    [[nodiscard]] static base::Result<CanarySession> make(const deployment::Deployment &deployment,
                                                          audit::AuditLog *audit, bool mayWrite,
                                                          std::chrono::seconds ttl, const base::Call &call);

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

} // namespace rollcall::probe
