#pragma once

#include <QJsonObject>
#include <QStringList>

#include "core/revoke/OperationSeal.h"
#include "core/revoke/PlanFile.h"

namespace rollcall::revoke {

class ApproverKey;

/// What everybody may read of a saved plan, so that another can see what they approve.
struct PlanSummary
{
    QString digest;
    qint64 matched = 0;
    qint64 users = 0;
    qint64 sharing = 0;                 ///< RevocationPlan::sharing
    qint64 sharingLive = 0;             ///< RevocationPlan::sharingLive
    std::optional<qint64> heldByOthers; ///< how many sessions other rows keep alive; nullopt: that is not known
    base::Instant frozenAt;
    QString selection;  ///< in words: RevocationPlan::what
    QStringList sample; ///< fingerprints of its first rows, mostSampled at most
    QString statement;
    QString connection;
    QString database;  ///< address without password
    QString reason;    ///< why, as the planner typed it; may be empty
    QString plannedBy; ///< user@host of the planner, as they say; empty where it was not saved
    QString planner;   ///< the key that signs it: ApproverKey::name(); empty where it was not saved

    static constexpr std::size_t mostSampled = 8;

    /// A member each, `frozenAt` ISO 8601: as files hold them and signatures cover them.
    [[nodiscard]] QJsonObject toJson() const;

    bool operator==(const PlanSummary &) const = default;
};

/// What @p plan of @p deployment would say in clear if it were saved, and what an approval of it is about; without
/// reason and planner, which saving adds. **Thread-safety:** pure.
[[nodiscard]] PlanSummary summaryOf(const RevocationPlan &plan, const deployment::Deployment &deployment);

/// A plan that is kept in a file to be approved and carried out later: JSON, `"format":"rollcall-plan"`, the members of
/// PlanSummary in clear, `"sealed"`, Base64 of the row keys and the reason (PlanFile, sealed by OperationSeal as
/// `plan/DIGEST/PLANNER`): only who made it can carry it out; and `"signature"`, Base64, the planner's (Ed25519) over
/// the file's compact JSON without it, by which whoever reads it sees that it is as it was saved.
/// **Thread-safety:** plain value.
struct SavedPlan
{
    PlanSummary summary;
    QByteArray sealed;
};

/// @p plan of @p deployment, frozen in a file's bytes, signed by @p planner, for @p reason. Errors: Internal.
[[nodiscard]] base::Result<QByteArray> savedPlanBytes(const RevocationPlan &plan,
                                                      const deployment::Deployment &deployment,
                                                      const OperationSeal &seal, const ApproverKey &planner,
                                                      const QString &reason);

/// Reads a plan's file and checks its signature; @p path is for errors. Errors: FileFormatInvalid (also where anything
/// of it was changed since it was saved).
[[nodiscard]] base::Result<SavedPlan> readSavedPlan(const QByteArray &content, const QString &path);

/// Whether @p content is a plan's file, of whatever version and in whatever state. **Thread-safety:** pure.
[[nodiscard]] bool isPlanFile(const QByteArray &content);

/// Whether the plan was sealed with this key, also where its clear text is no longer what is sealed.
[[nodiscard]] bool isSealedWith(const OperationSeal &seal, const SavedPlan &saved);

/// That the plan at @p path was sealed under another key than the one at hand, or than none. **Thread-safety:** pure.
[[nodiscard]] base::Error sealedElsewhere(const QString &path);

/// The plan that was saved, with the reason it was saved for. Errors: FileFormatInvalid (sealed under another key, or
/// something else than what it says in clear), PlanStale (another database than that of @p deployment).
[[nodiscard]] base::Result<StoredPlan> openSavedPlan(const SavedPlan &saved, const deployment::Deployment &deployment,
                                                     const OperationSeal &seal, const QString &path);

} // namespace rollcall::revoke
