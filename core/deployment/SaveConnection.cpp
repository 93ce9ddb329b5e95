#include "core/deployment/SaveConnection.h"

#include "core/workspace/Approvers.h"
#include "core/workspace/ForgetConnection.h"

namespace rollcall::deployment {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using workspace::ConnectionProfile;
using workspace::Environment;

namespace {

/// What becomes of a connection and of who may approve for it.
struct Change
{
    /// What it is saved from under another name, where that masks names and e-mails and it does not: who looks at the
    /// copy sees what was masked.
    std::optional<ConnectionProfile> unmasked;
    std::optional<ConnectionProfile> old; ///< nullopt: it is new
    std::optional<QStringList> approvers; ///< to be written; nullopt: they stay
    GivenUp givenUp;
    bool areApproversOnRecord = false; ///< they change where approval is wanted
};

bool areSame(QStringList left, QStringList right)
{
    left.sort();
    right.sort();
    return left == right;
}

base::Result<Change> changeBy(const ConnectionToSave &connection, const workspace::Workspace &workspace)
{
    const ConnectionProfile &profile = connection.profile;
    Change change;
    auto old = workspace.profile(profile.name);
    if (!old && old.error().code != ErrorCode::UnknownConnection)
        return base::fail(old.error());
    if (old && connection.replaces != profile.name)
        return base::fail(Error(ErrorCode::UsageInvalid)
                              .with(ErrorParam::Part, QStringLiteral("taken name"))
                              .with(ErrorParam::Name, profile.name));
    if (old) {
        change.givenUp = givenUpBy(*old, profile);
        change.old = std::move(*old);
    }
    if (!connection.replaces.isEmpty() && connection.replaces != profile.name && !profile.maskPersonal) {
        auto from = workspace.profile(connection.replaces);
        if (!from && from.error().code != ErrorCode::UnknownConnection)
            return base::fail(from.error());
        if (from && from->maskPersonal)
            change.unmasked = std::move(*from);
    }
    // Those listed for a name that nobody has were another connection's.
    QStringList target = connection.approvers.value_or(QStringList());
    if (!connection.approvers && (change.old || !profile.needsApproval))
        return change;
    const auto before = workspace::readApprovers(workspace.folders().config, profile.name);
    if (!before)
        return base::fail(before.error());
    if (areSame(*before, target))
        return change;
    const bool isDemanded = change.old && change.old->needsApproval;
    change.givenUp.approvers = isDemanded && !before->isEmpty();
    change.areApproversOnRecord = isDemanded || profile.needsApproval;
    change.approvers = std::move(target);
    return change;
}

/// @p address with the path of a SQLite file as it is without links; as it stands where there is no file.
QString withoutLinks(const QString &address)
{
    const QString path = sqliteFileAt(address);
    return path.isEmpty() ? address : QStringLiteral("sqlite:") + path;
}

/// How @p change is called on record; empty: it need not be there.
QString actionOf(const Change &change, const ConnectionProfile &now)
{
    const bool demandsLess =
        change.old &&
        ((change.old->environment == Environment::Production && now.environment != Environment::Production) ||
         (change.old->needsApproval && !now.needsApproval) || (change.old->maskPersonal && !now.maskPersonal));
    if (demandsLess || change.unmasked)
        return QStringLiteral("connection.loosen");
    if (change.givenUp.production || change.givenUp.approval)
        return QStringLiteral("connection.move");
    return change.areApproversOnRecord ? QStringLiteral("connection.approvers") : QString();
}

} // namespace

base::Result<GivenUp> givenUpBySaving(const ConnectionToSave &connection, const workspace::Workspace &workspace)
{
    auto change = changeBy(connection, workspace);
    if (!change)
        return base::fail(change.error());
    return change->givenUp;
}

base::Status saveConnection(const ConnectionToSave &connection, const workspace::ConnectionSecrets &secrets,
                            const GivenUp &consented, workspace::Workspace &workspace, audit::AuditLog &log,
                            base::SecretVault *vault, const base::Call &call)
{
    ConnectionProfile profile = connection.profile;
    profile.database = withoutLinks(profile.database);
    const auto change = changeBy(connection, workspace);
    if (!change)
        return base::fail(change.error());
    if (!change->givenUp.isWithin(consented))
        return base::fail(
            Error(ErrorCode::WriteRefused)
                .with(ErrorParam::Part, QStringLiteral("consent"))
                .with(ErrorParam::Detail,
                      QStringLiteral("%1 was changed meanwhile, and more would be given up").arg(profile.name)));
    const auto save = [&]() -> base::Status {
        auto status = workspace.save(profile, secrets, vault, call);
        if (status && change->approvers)
            status = workspace::writeApprovers(workspace.folders().config, profile.name, *change->approvers, call);
        return status;
    };
    const QString action = actionOf(*change, profile);
    if (action.isEmpty())
        return save();
    QJsonObject told;
    if (change->approvers)
        told.insert(QStringLiteral("approvers"), change->approvers->join(QLatin1Char(' ')));
    if (change->unmasked)
        told.insert(QStringLiteral("savedAs"), profile.name);
    const ConnectionProfile &whose = change->unmasked ? *change->unmasked : change->old ? *change->old : profile;
    return workspace::changeDemands(whose, action, connection.reason, told, log, call, save);
}

} // namespace rollcall::deployment
