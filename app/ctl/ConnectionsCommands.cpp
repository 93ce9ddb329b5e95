#include <QJsonArray>

#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "core/deployment/Demands.h"
#include "core/revoke/ApproverKey.h"
#include "core/workspace/Approvers.h"
#include "core/workspace/ForgetConnection.h"

namespace rollcall::ctl {

namespace {

using workspace::ConnectionProfile;
using workspace::Environment;

QJsonValue autoOr(const QString &name)
{
    return name.isEmpty() ? QJsonValue(QStringLiteral("auto")) : QJsonValue(name);
}

/// @p profiles with whom each lists as approvers. Errors: those of readApprovers().
base::Result<Answer> answerOf(Context &context, const std::vector<ConnectionProfile> &profiles)
{
    Answer answer;
    answer.list.emplace();
    answer.list->key = QStringLiteral("connections");
    answer.list->columns = {QStringLiteral("name"),        QStringLiteral("strategy"),
                            QStringLiteral("authVersion"), QStringLiteral("database"),
                            QStringLiteral("baseUrl"),     QStringLiteral("production"),
                            QStringLiteral("note"),        QStringLiteral("needsApproval"),
                            QStringLiteral("approvers"),   QStringLiteral("watchSeconds")};
    for (const ConnectionProfile &profile : profiles) {
        const auto approvers = workspace::readApprovers(context.workspace().folders().config, profile.name);
        if (!approvers)
            return base::fail(approvers.error());
        JsonRecord record;
        record.add(QStringLiteral("name"), profile.name)
            .add(QStringLiteral("strategy"),
                 autoOr(profile.strategy ? session::strategyName(*profile.strategy) : QString()))
            .add(QStringLiteral("authVersion"),
                 autoOr(profile.version ? session::versionName(*profile.version) : QString()))
            .add(QStringLiteral("database"), textOrNull(profile.database))
            .add(QStringLiteral("baseUrl"), textOrNull(profile.baseUrl))
            .add(QStringLiteral("production"), profile.environment == workspace::Environment::Production)
            .add(QStringLiteral("note"), textOrNull(profile.note))
            .add(QStringLiteral("needsApproval"), profile.needsApproval)
            .add(QStringLiteral("approvers"), QJsonArray::fromStringList(*approvers))
            .add(QStringLiteral("watchSeconds"), qint64(profile.watchFor.count()));
        answer.list->elements.push_back(std::move(record));
    }
    return answer;
}

Outcome outcomeOf(Context &context, const std::vector<ConnectionProfile> &profiles)
{
    auto answer = answerOf(context, profiles);
    return answer ? Outcome::done(std::move(*answer)) : Outcome::failed(answer.error());
}

/// The flags of an act that gives up what a connection demands.
std::vector<Flag> consentFlags()
{
    return {{QStringLiteral("yes"), {}, QStringLiteral("consent where a demand is given up: production or approval")},
            {QStringLiteral("confirm"), QStringLiteral("NAME"),
             QStringLiteral("the connection's name, wanted for that where it is a production one")},
            {QStringLiteral("reason"), QStringLiteral("TEXT"), QStringLiteral("why, for the audit log")}};
}

QString reasonOf(const Context &context)
{
    return context.arguments().value(QStringLiteral("reason")).value_or(QString());
}

/// Replacing a connection takes away neither what protects it nor what is noted about it.
void keepProtection(Context &context, const ConnectionProfile &old, ConnectionProfile &profile)
{
    if (old.environment == Environment::Production)
        profile.environment = Environment::Production;
    profile.needsApproval |= old.needsApproval;
    if (!context.arguments().has(QStringLiteral("watch-for")))
        profile.watchFor = old.watchFor;
    if (!context.arguments().has(QStringLiteral("note")))
        profile.note = old.note;
}

/// Whether the place that @p old protects is another one than that of @p config, so that under the same name it would
/// be protected no longer.
bool leavesItsPlace(const ConnectionProfile &old, const deployment::ConnectionConfig &config)
{
    deployment::ConnectionConfig held = config.clone();
    held.profile.needsApproval = false;
    held.profile.environment = Environment::Development;
    deployment::holdToDemands(held, {old});
    const bool hasPlace = !old.database.isEmpty() || !old.cache.isEmpty();
    return (old.needsApproval && !held.profile.needsApproval) ||
           (hasPlace && old.environment == Environment::Production &&
            held.profile.environment != Environment::Production);
}

/// Consent to give up what @p profile demands. Errors: those of askConsent().
base::Status consentToGiveUp(const Context &context, const ConnectionProfile &profile, const QString &question)
{
    if (auto status = checkWriteFlags(context); !status)
        return status;
    if (auto status = checkConsentPossible(context, profile); !status)
        return status;
    return askConsent(context, profile, question);
}

/// What of the approvers of @p profile nobody may have meant.
void warnAboutApprovers(Context &context, const ConnectionProfile &profile, const QStringList &before,
                        const QStringList &now)
{
    for (const QString &name : before) {
        if (!now.contains(name))
            context.output().warn(QStringLiteral("%1 may no longer approve for %2: --approver names all who may.")
                                      .arg(name, profile.name));
    }
    if (profile.needsApproval && now.isEmpty())
        context.output().warn(QStringLiteral("nobody may approve for %1, so nothing in it can be revoked: connections "
                                             "add %1 --approver KEY lists who may.")
                                  .arg(profile.name));
}

class ConnectionsListCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("connections"), QStringLiteral("list")},
                {},
                false,
                QStringLiteral("the saved connections"),
                {},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto profiles = context.workspace().profiles();
        return profiles ? outcomeOf(context, *profiles) : Outcome::failed(profiles.error());
    }
};

class ConnectionsShowCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("connections"), QStringLiteral("show")},
                QStringLiteral("NAME"),
                true,
                QStringLiteral("one saved connection"),
                {},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto profile = context.workspace().profile(context.arguments().argument());
        return profile ? outcomeOf(context, {*profile}) : Outcome::failed(profile.error());
    }
};

class ConnectionsAddCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("production"), {}, QStringLiteral("writes want --confirm with its name")},
            {QStringLiteral("note"), QStringLiteral("TEXT"), QStringLiteral("for people")},
            {QStringLiteral("needs-approval"),
             {},
             QStringLiteral("any revocation in its database wants a plan that an approver of it approved")},
            {QStringLiteral("watch-for"), QStringLiteral("DURATION"),
             QStringLiteral("how long each revocation then looks whether a session comes back (0s)")},
            {QStringLiteral("approver"), QStringLiteral("KEY"),
             QStringLiteral("who may approve plans for it, in the place of those listed: the key that `plan approve` "
                            "answers"),
             true}};
        const std::vector<Flag> consent = consentFlags();
        flags.insert(flags.end(), consent.begin(), consent.end());
        return {{QStringLiteral("connections"), QStringLiteral("add")},
                QStringLiteral("NAME"),
                true,
                QStringLiteral("save the connection that the flags describe; secrets go to the keychain or key file"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const QStringList approvers = context.arguments().values(QStringLiteral("approver"));
        for (const QString &approver : approvers) {
            if (!revoke::isApproverName(approver))
                return Outcome::failed(usageError(QStringLiteral("--approver"),
                                                  QStringLiteral("takes the key that `plan approve` answers")));
        }
        const auto watchFor = context.arguments().duration(QStringLiteral("watch-for"), {});
        if (!watchFor)
            return Outcome::failed(watchFor.error());
        auto config = context.connectionAsGiven();
        if (!config)
            return Outcome::failed(config.error());
        ConnectionProfile profile = config->profile;
        if (profile.database.isEmpty() && profile.baseUrl.isEmpty()) {
            return Outcome::failed(base::Error(base::ErrorCode::PartNotGiven)
                                       .with(base::ErrorParam::Part, QStringLiteral("database or deployment"))
                                       .with(base::ErrorParam::Flag, QStringLiteral("--database, --base-url")));
        }
        profile.name = context.arguments().argument();
        if (context.arguments().has(QStringLiteral("production")))
            profile.environment = workspace::Environment::Production;
        if (const auto note = context.arguments().value(QStringLiteral("note")))
            profile.note = *note;
        if (context.arguments().has(QStringLiteral("watch-for")))
            profile.watchFor = std::chrono::ceil<std::chrono::seconds>(*watchFor);
        profile.needsApproval |= context.arguments().has(QStringLiteral("needs-approval"));
        const auto old = context.workspace().profile(profile.name);
        if (!old && old.error().code != base::ErrorCode::UnknownConnection)
            return Outcome::failed(old.error());
        if (old)
            keepProtection(context, *old, profile);
        if (!config->secrets.isEmpty() && !context.vault())
            return Outcome::failed(base::Error(base::ErrorCode::NoKeyStore));
        const auto before = workspace::readApprovers(context.workspace().folders().config, profile.name);
        if (!before)
            return Outcome::failed(before.error());
        const auto save = [&]() -> base::Status {
            auto status = context.workspace().save(profile, config->secrets, context.vault(), context.call());
            if (status && !approvers.isEmpty())
                status = workspace::writeApprovers(context.workspace().folders().config, profile.name, approvers,
                                                   context.call());
            return status;
        };
        const bool givesUp = old && leavesItsPlace(*old, *config);
        if (givesUp) {
            if (const auto status = consentToGiveUp(
                    context, *old,
                    QStringLiteral("%1 protects another database or cache, which it then protects no longer.")
                        .arg(old->name));
                !status)
                return Outcome::failed(status.error());
        }
        audit::AuditLog log = context.auditLog();
        const auto status = givesUp ? workspace::giveUpProtection(*old, QStringLiteral("connection.move"),
                                                                  reasonOf(context), log, context.call(), save)
                                    : save();
        if (!status)
            return Outcome::failed(status.error());
        warnAboutApprovers(context, profile, *before, approvers.isEmpty() ? *before : approvers);
        const auto saved = context.workspace().profile(profile.name);
        return saved ? outcomeOf(context, {*saved}) : Outcome::failed(saved.error());
    }
};

class ConnectionsRemoveCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("connections"), QStringLiteral("remove")},   QStringLiteral("NAME"), true,
                QStringLiteral("forget a saved connection and its secrets"), consentFlags(),         {}};
    }

    Outcome run(Context &context) const override
    {
        const auto profile = context.workspace().profile(context.arguments().argument());
        if (!profile)
            return Outcome::failed(profile.error());
        auto answer = answerOf(context, {*profile});
        if (!answer)
            return Outcome::failed(answer.error());
        if (workspace::isProtecting(*profile)) {
            const auto consent = consentToGiveUp(
                context, *profile,
                QStringLiteral("Forget %1, and what it demands of every act in its database?").arg(profile->name));
            if (!consent)
                return Outcome::failed(consent.error());
        }
        audit::AuditLog log = context.auditLog();
        const auto status = workspace::forgetConnection(context.workspace(), *profile, reasonOf(context), log,
                                                        context.vault(), context.call());
        return status ? Outcome::done(std::move(*answer)) : Outcome::failed(status.error());
    }
};

} // namespace

std::unique_ptr<const Command> makeConnectionsList()
{
    return std::make_unique<ConnectionsListCommand>();
}

std::unique_ptr<const Command> makeConnectionsShow()
{
    return std::make_unique<ConnectionsShowCommand>();
}

std::unique_ptr<const Command> makeConnectionsAdd()
{
    return std::make_unique<ConnectionsAddCommand>();
}

std::unique_ptr<const Command> makeConnectionsRemove()
{
    return std::make_unique<ConnectionsRemoveCommand>();
}

} // namespace rollcall::ctl
