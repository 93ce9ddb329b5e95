#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "app/ctl/RevocationAnswer.h"
#include "core/deployment/Demands.h"
#include "core/workspace/EnvFile.h"

namespace rollcall::ctl {

namespace {

/// The operation @p id, which has not ended. Errors: those of revoke::operationHead(); of one that has ended, when.
base::Result<revoke::OperationHead> unfinished(Context &context, const QString &id)
{
    auto head = revoke::operationHead(operationPlace(context).folder, id);
    if (!head && head.error().code == base::ErrorCode::NotFound)
        return base::fail(revoke::whyNoOperation(id, context.auditLog()));
    return head;
}

/// The address of the database that the flags name, without its password; nullopt where they name none, or by a
/// variable that is not set, which a warning says. Secrets are left where they rest: nothing is connected to. Errors:
/// UnknownConnection and those of importEnvFile().
base::Result<std::optional<QString>> namedDatabase(Context &context)
{
    const auto flag = [&context](const char *name) { return context.arguments().value(QLatin1StringView(name)); };
    std::optional<QString> address;
    if (const auto name = flag("connection")) {
        const auto saved = context.workspace().profile(*name);
        if (!saved)
            return base::fail(saved.error());
        address = saved->database;
    } else if (const auto path = flag("env-file")) {
        const auto imported = workspace::importEnvFile(*path);
        if (!imported)
            return base::fail(imported.error());
        address = imported->profile.database;
    }
    if (const auto url = flag("database"))
        address = workspace::redactUrl(url->toUtf8());
    if (const auto variable = flag("database-env")) {
        const QByteArray name = variable->toLocal8Bit();
        address.reset();
        if (qEnvironmentVariableIsSet(name.constData())) {
            QByteArray url = qgetenv(name.constData());
            address = workspace::redactUrl(url);
            base::wipe(url);
        } else {
            context.output().warn(QStringLiteral("the environment has no variable %1: whether that is the operation's "
                                                 "database is not looked at.")
                                      .arg(*variable));
        }
    }
    return address;
}

/// What is demanded of who ends the operation of @p head: by the connection that the flags name, which must be to the
/// same database, and by what it was begun with, whatever the flags say. Errors: those of namedDatabase() and
/// Workspace::profiles(), PlanStale (Part "connection").
base::Result<workspace::ConnectionProfile> demandsOn(Context &context, const revoke::OperationHead &head)
{
    const auto saved = context.workspace().profiles();
    if (!saved)
        return base::fail(saved.error());
    workspace::ConnectionProfile begunWith = deployment::demandsOn(head.database, head.connection, *saved);
    const auto address = namedDatabase(context);
    if (!address)
        return base::fail(address.error());
    if (*address && !deployment::isSameDatabase(**address, head.database))
        return base::fail(
            base::Error(base::ErrorCode::PlanStale)
                .with(base::ErrorParam::Part, QStringLiteral("connection"))
                .with(base::ErrorParam::Detail,
                      QStringLiteral("%1 was begun in another database, %2").arg(head.id, head.database)));
    const auto name = context.arguments().value(QStringLiteral("connection"));
    if (!name)
        return begunWith;
    // Who names a connection confirms by its name.
    workspace::ConnectionProfile named = deployment::demandsOn(head.database, *name, *saved);
    const bool isHeld = named.environment == workspace::Environment::Production;
    return isHeld ? std::move(named) : std::move(begunWith);
}

class OperationsListCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("operations"), QStringLiteral("list")},
                {},
                false,
                QStringLiteral("operations that have not ended: killed, paused, or cut off from the database"),
                {},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto operations =
            revoke::listOperations(revoke::operationsBelow(context.workspace().folders().state), context.call());
        if (!operations)
            return Outcome::failed(operations.error());
        Answer answer;
        answer.list.emplace();
        answer.list->key = QStringLiteral("operations");
        answer.list->columns = {QStringLiteral("id"),      QStringLiteral("kind"),      QStringLiteral("state"),
                                QStringLiteral("planned"), QStringLiteral("done"),      QStringLiteral("startedAt"),
                                QStringLiteral("reason"),  QStringLiteral("connection")};
        for (const revoke::Operation &operation : *operations) {
            JsonRecord record;
            record.add(QStringLiteral("id"), operation.head.id)
                .add(QStringLiteral("kind"), operation.head.kind)
                .add(QStringLiteral("state"), revoke::operationStateName(operation.state))
                .add(QStringLiteral("planned"), operation.head.planned)
                .add(QStringLiteral("done"), operation.done)
                .add(QStringLiteral("startedAt"), base::toIso(operation.head.startedAt))
                .add(QStringLiteral("reason"), operation.head.reason)
                .add(QStringLiteral("connection"), operation.head.connection);
            answer.list->elements.push_back(std::move(record));
        }
        return Outcome::done(std::move(answer));
    }
};

class OperationsResumeCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("operations"), QStringLiteral("resume")},
                QStringLiteral("ID"),
                true,
                QStringLiteral("carry an unfinished operation through to its end, with the plan as it was frozen"),
                writeFlags(),
                {}};
    }

    Outcome run(Context &context) const override
    {
        if (const auto status = checkWriteFlags(context); !status)
            return Outcome::failed(status.error());
        const QString id = context.arguments().argument();
        const auto head = unfinished(context, id);
        if (!head)
            return Outcome::failed(head.error());
        auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        const bool hasAddress = config->baseUrl.has_value();
        const auto opened = deployment::Deployment::open(std::move(*config), deployment::Needs{true, hasAddress},
                                                         context.clock(), context.callFor(2));
        if (!opened)
            return Outcome::failed(opened.error());
        const deployment::Deployment &deployment = **opened;
        const workspace::ConnectionProfile &profile = deployment.config().profile;
        if (const auto status = checkConsentPossible(context, profile); !status)
            return Outcome::failed(status.error());
        if (const auto status = askConsent(
                context, profile, QStringLiteral("Go on with %1 at %2?").arg(id, deployment.config().displayName()));
            !status)
            return Outcome::failed(status.error());
        const auto store = deployment.openStore(store::Access::Write, context.call());
        if (!store)
            return Outcome::failed(store.error());
        audit::AuditLog log = context.auditLog();
        const base::Call call = wholeCall(context);
        const revoke::OperationPlace place = operationPlace(context);
        const auto onProgress = [&context](const revoke::RevocationProgress &step) { showProgress(context, step); };
        if (head->kind == revoke::restoreKind()) {
            const auto report = revoke::resumeRestore(id, deployment, **store, log, place, call, onProgress);
            return report ? restoreOutcome(context, *report, PersonalMask(profile)) : Outcome::failed(report.error());
        }
        const auto report = head->kind == revoke::pruneKind()
                                ? revoke::resumePrune(id, deployment, **store, log, place, call, onProgress)
                                : revoke::resumeOperation(id, deployment, **store, log, place, call, onProgress);
        if (!report)
            return Outcome::failed(report.error());
        warnAbout(context, *report);
        return revocationOutcome(*report, revocationAnswer(*report, PersonalMask(profile)));
    }
};

class OperationsPauseCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("operations"), QStringLiteral("pause")},
                QStringLiteral("ID"),
                true,
                QStringLiteral("have the process that runs an operation stop after its batch, to be resumed later"),
                {},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const QString id = context.arguments().argument();
        if (const auto head = unfinished(context, id); !head)
            return Outcome::failed(head.error());
        const auto asked = revoke::pauseOperation(operationPlace(context).folder, id);
        if (!asked)
            return Outcome::failed(asked.error());
        Answer answer;
        answer.members.add(QStringLiteral("pausing"), id);
        return Outcome::done(std::move(answer));
    }
};

class OperationsDiscardCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("operations"), QStringLiteral("discard")},
                QStringLiteral("ID"),
                true,
                QStringLiteral("end an unfinished operation where it stands, on record"),
                writeFlags(),
                {}};
    }

    Outcome run(Context &context) const override
    {
        if (const auto status = checkWriteFlags(context); !status)
            return Outcome::failed(status.error());
        if (const auto status = checkConsentPossible(context, {}); !status)
            return Outcome::failed(status.error());
        const QString id = context.arguments().argument();
        const auto head = unfinished(context, id);
        if (!head)
            return Outcome::failed(head.error());
        const auto profile = demandsOn(context, *head);
        if (!profile)
            return Outcome::failed(profile.error());
        if (const auto status = checkConsentPossible(context, *profile); !status)
            return Outcome::failed(status.error());
        if (const auto status = askConsent(
                context, *profile, QStringLiteral("End %1 where it stands? It cannot be resumed then.").arg(id));
            !status)
            return Outcome::failed(status.error());
        audit::AuditLog log = context.auditLog();
        const auto ended = revoke::discardOperation(id, operationPlace(context), log, context.call());
        if (!ended)
            return Outcome::failed(ended.error());
        Answer answer;
        answer.members.add(QStringLiteral("discarded"), id);
        return Outcome::done(std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makeOperationsList()
{
    return std::make_unique<OperationsListCommand>();
}

std::unique_ptr<const Command> makeOperationsResume()
{
    return std::make_unique<OperationsResumeCommand>();
}

std::unique_ptr<const Command> makeOperationsPause()
{
    return std::make_unique<OperationsPauseCommand>();
}

std::unique_ptr<const Command> makeOperationsDiscard()
{
    return std::make_unique<OperationsDiscardCommand>();
}

} // namespace rollcall::ctl
