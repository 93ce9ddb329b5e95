#include "app/ctl/Commands.h"
#include "core/revoke/ApproverKey.h"
#include "core/workspace/Approvers.h"

namespace rollcall::ctl {

namespace {

using workspace::ConnectionProfile;

QJsonValue autoOr(const QString &name)
{
    return name.isEmpty() ? QJsonValue(QStringLiteral("auto")) : QJsonValue(name);
}

Answer answerOf(const std::vector<ConnectionProfile> &profiles)
{
    Answer answer;
    answer.list.emplace();
    answer.list->key = QStringLiteral("connections");
    answer.list->columns = {
        QStringLiteral("name"),     QStringLiteral("strategy"),      QStringLiteral("authVersion"),
        QStringLiteral("database"), QStringLiteral("baseUrl"),       QStringLiteral("production"),
        QStringLiteral("note"),     QStringLiteral("needsApproval"), QStringLiteral("watchSeconds")};
    for (const ConnectionProfile &profile : profiles) {
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
            .add(QStringLiteral("watchSeconds"), qint64(profile.watchFor.count()));
        answer.list->elements.push_back(std::move(record));
    }
    return answer;
}

/// Replacing a connection does not take away what protects it.
void keepProtection(Context &context, ConnectionProfile &profile)
{
    const auto old = context.workspace().profile(profile.name);
    if (!old)
        return;
    if (old->environment == workspace::Environment::Production)
        profile.environment = workspace::Environment::Production;
    profile.needsApproval |= old->needsApproval;
    if (!context.arguments().has(QStringLiteral("watch-for")))
        profile.watchFor = old->watchFor;
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
        return profiles ? Outcome::done(answerOf(*profiles)) : Outcome::failed(profiles.error());
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
        return profile ? Outcome::done(answerOf({*profile})) : Outcome::failed(profile.error());
    }
};

class ConnectionsAddCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("connections"), QStringLiteral("add")},
                QStringLiteral("NAME"),
                true,
                QStringLiteral("save the connection that the flags describe; secrets go to the keychain or key file"),
                {{QStringLiteral("production"), {}, QStringLiteral("writes want --confirm with its name")},
                 {QStringLiteral("note"), QStringLiteral("TEXT"), QStringLiteral("for people")},
                 {QStringLiteral("needs-approval"),
                  {},
                  QStringLiteral("any revocation in its database wants a plan that an approver of it approved")},
                 {QStringLiteral("watch-for"), QStringLiteral("DURATION"),
                  QStringLiteral("how long each revocation then looks whether a session comes back (0s)")},
                 {QStringLiteral("approver"), QStringLiteral("KEY"),
                  QStringLiteral("who may approve plans for it: the key that `plan approve` answers"), true}},
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
        keepProtection(context, profile);
        if (!config->secrets.isEmpty() && !context.vault())
            return Outcome::failed(base::Error(base::ErrorCode::NoKeyStore));
        auto status = context.workspace().save(profile, config->secrets, context.vault(), context.call());
        if (status && !approvers.isEmpty())
            status = workspace::writeApprovers(context.workspace().folders().config, profile.name, approvers,
                                               context.call());
        if (!status)
            return Outcome::failed(status.error());
        const auto saved = context.workspace().profile(profile.name);
        return saved ? Outcome::done(answerOf({*saved})) : Outcome::failed(saved.error());
    }
};

class ConnectionsRemoveCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("connections"), QStringLiteral("remove")},
                QStringLiteral("NAME"),
                true,
                QStringLiteral("forget a saved connection and its secrets"),
                {},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto profile = context.workspace().profile(context.arguments().argument());
        if (!profile)
            return Outcome::failed(profile.error());
        // Whoever is named so next is another connection: nobody may approve for it yet.
        auto status =
            workspace::writeApprovers(context.workspace().folders().config, profile->name, {}, context.call());
        if (status)
            status = context.workspace().remove(profile->name, context.vault(), context.call());
        return status ? Outcome::done(answerOf({*profile})) : Outcome::failed(status.error());
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
