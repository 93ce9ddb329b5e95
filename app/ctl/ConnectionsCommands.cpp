#include <QJsonArray>

#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "core/base/ErrorText.h"
#include "core/deployment/SaveConnection.h"
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

/// Whom @p name lists as approvers. Where that cannot be read it is null, with a warning: the connections can be.
QJsonValue approversOf(Context &context, const QString &name)
{
    const auto approvers = workspace::readApprovers(context.workspace().folders().config, name);
    if (approvers)
        return QJsonArray::fromStringList(*approvers);
    context.output().warn(
        QStringLiteral("who may approve for %1 is not known: %2").arg(name, base::describe(approvers.error()).message));
    return {};
}

/// @p profiles with whom each lists as approvers.
Outcome outcomeOf(Context &context, const std::vector<ConnectionProfile> &profiles)
{
    Answer answer;
    answer.list.emplace();
    answer.list->key = QStringLiteral("connections");
    answer.list->columns = {
        QStringLiteral("name"),         QStringLiteral("strategy"),      QStringLiteral("authVersion"),
        QStringLiteral("database"),     QStringLiteral("baseUrl"),       QStringLiteral("production"),
        QStringLiteral("note"),         QStringLiteral("needsApproval"), QStringLiteral("approvers"),
        QStringLiteral("watchSeconds"), QStringLiteral("maskPersonal")};
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
            .add(QStringLiteral("approvers"), approversOf(context, profile.name))
            .add(QStringLiteral("watchSeconds"), qint64(profile.watchFor.count()))
            .add(QStringLiteral("maskPersonal"), profile.maskPersonal);
        answer.list->elements.push_back(std::move(record));
    }
    return Outcome::done(std::move(answer));
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
    profile.maskPersonal |= old.maskPersonal;
    if (!context.arguments().has(QStringLiteral("watch-for")))
        profile.watchFor = old.watchFor;
    if (!context.arguments().has(QStringLiteral("note")))
        profile.note = old.note;
}

/// What saving another connection as @p name gives up.
QString toldOf(const deployment::GivenUp &givenUp, const QString &name)
{
    QStringList told;
    if (givenUp.production)
        told << QStringLiteral("a database or cache is no longer held as production by %1").arg(name);
    if (givenUp.approval)
        told << QStringLiteral("revocations in a database want approval no longer by %1").arg(name);
    if (givenUp.approvers)
        told << QStringLiteral("others may approve for %1 than those listed").arg(name);
    return told.join(QStringLiteral("; "));
}

/// Consent to give up @p what of what @p profile demands. Errors: those of askConsent(), naming it.
base::Status consentToGiveUp(Context &context, const ConnectionProfile &profile, const QString &what)
{
    if (auto status = checkWriteFlags(context); !status)
        return status;
    auto status = checkConsentPossible(context, profile);
    if (status)
        status = askConsent(context, profile, what + QLatin1Char('.'));
    if (status)
        return status;
    const base::Error &error = status.error();
    if (error.code == base::ErrorCode::WriteRefused && error.param(base::ErrorParam::Part) == QStringLiteral("consent"))
        return base::fail(base::Error(error.code)
                              .with(base::ErrorParam::Part, QStringLiteral("consent"))
                              .with(base::ErrorParam::Detail,
                                    QStringLiteral("%1, and %2").arg(what, error.param(base::ErrorParam::Detail))));
    context.output().warn(what + QLatin1Char('.'));
    return status;
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

/// What other saved connections demand of acts over @p config, which was saved without demanding it itself.
void warnAboutOthersDemands(Context &context, const deployment::ConnectionConfig &config,
                            const ConnectionProfile &profile)
{
    auto others = context.workspace().profiles();
    if (!others) {
        context.output().warn(
            QStringLiteral("what other connections demand is not known: %1").arg(base::oneLine(others.error())));
        return;
    }
    std::erase_if(*others, [&profile](const ConnectionProfile &other) { return other.name == profile.name; });
    deployment::ConnectionConfig held = config.clone();
    held.profile = profile;
    held.profile.name.clear(); // takes the name of the one that holds it as production
    deployment::holdToDemands(held, *others);
    if (profile.environment != Environment::Production && held.profile.environment == Environment::Production)
        context.output().warn(QStringLiteral("the saved connection %1 holds the same database or cache as production: "
                                             "so are acts over %2, which want --confirm %2.")
                                  .arg(held.profile.name, profile.name));
    if (!profile.needsApproval && held.profile.needsApproval)
        context.output().warn(
            QStringLiteral("revocations in this database want approval by the saved connection %1: "
                           "so do those over %2.")
                .arg(deployment::whoWantApproval(config, *others).join(QStringLiteral(", ")), profile.name));
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
            {QStringLiteral("mask-personal"),
             {},
             QStringLiteral("names and e-mails show masked; to show them (--reveal-personal) goes on record")},
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
        profile.maskPersonal |= context.arguments().has(QStringLiteral("mask-personal"));
        const auto old = context.workspace().profile(profile.name);
        if (!old && old.error().code != base::ErrorCode::UnknownConnection)
            return Outcome::failed(old.error());
        if (old)
            keepProtection(context, *old, profile);
        if (!config->secrets.isEmpty() && !context.vault())
            return Outcome::failed(base::Error(base::ErrorCode::NoKeyStore));
        deployment::ConnectionToSave connection{profile, {}, profile.name, reasonOf(context)};
        if (!approvers.isEmpty())
            connection.approvers = approvers;
        else if (const auto copied = context.arguments().value(QStringLiteral("connection"));
                 copied && !old && profile.needsApproval) {
            // A copy wants the approval that what it was copied from wants: by the same people.
            auto theirs = workspace::readApprovers(context.workspace().folders().config, *copied);
            if (!theirs)
                return Outcome::failed(theirs.error());
            connection.approvers = std::move(*theirs);
        }
        const auto givenUp = deployment::givenUpBySaving(connection, context.workspace());
        if (!givenUp)
            return Outcome::failed(givenUp.error());
        if (*givenUp != deployment::GivenUp()) {
            if (const auto status = consentToGiveUp(context, old ? *old : profile, toldOf(*givenUp, profile.name));
                !status)
                return Outcome::failed(status.error());
        }
        const QString &folder = context.workspace().folders().config;
        const auto before = workspace::readApprovers(folder, profile.name);
        audit::AuditLog log = context.auditLog();
        const auto status = deployment::saveConnection(connection, config->secrets, *givenUp, context.workspace(), log,
                                                       context.vault(), context.call());
        if (!status)
            return Outcome::failed(status.error());
        // Where they cannot be read the answer says so.
        if (const auto now = workspace::readApprovers(folder, profile.name); before && now)
            warnAboutApprovers(context, profile, *before, *now);
        warnAboutOthersDemands(context, *config, profile);
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
        Outcome outcome = outcomeOf(context, {*profile}); // as it was
        if (workspace::isProtecting(*profile)) {
            const auto consent = consentToGiveUp(
                context, *profile,
                QStringLiteral("%1 is forgotten, and with it what it demands of every act in its database")
                    .arg(profile->name));
            if (!consent)
                return Outcome::failed(consent.error());
        }
        audit::AuditLog log = context.auditLog();
        const auto status = workspace::forgetConnection(context.workspace(), *profile, reasonOf(context), log,
                                                        context.vault(), context.call());
        return status ? std::move(outcome) : Outcome::failed(status.error());
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
