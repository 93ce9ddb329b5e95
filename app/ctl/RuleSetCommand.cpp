#include <QJsonArray>

#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "app/ctl/PersonalMask.h"
#include "app/ctl/RuleAnswer.h"
#include "core/base/ErrorText.h"
#include "core/deployment/Deployment.h"
#include "core/revoke/RecordedActs.h"
#include "core/store/UserDirectory.h"

namespace rollcall::ctl {

namespace {

using deployment::ConnectionConfig;
using deployment::Deployment;
using deployment::Needs;
using revoke::NotBeforeRule;

/// The database of @p config with its sessions table, whatever the strategy; null where there is none to be read.
std::shared_ptr<Deployment> withRows(Context &context, const ConnectionConfig &config)
{
    if (!config.database)
        return nullptr;
    ConnectionConfig rows = config.clone();
    rows.profile.strategy = session::Strategy::Database;
    rows.baseUrl.reset(); // the deployment is not asked
    auto opened = Deployment::open(std::move(rows), Needs{}, context.clock(), context.callFor(2));
    return opened && (*opened)->hasRows() ? *opened : nullptr;
}

/// Says what the database tells against the rule of @p user: that nobody is called so.
void warnAboutUser(Context &context, const Deployment &deployment, const QString &user)
{
    const store::SchemaProfile *schema = deployment.schema();
    if (!schema || !schema->users)
        return;
    const auto found = [&]() -> base::Result<std::vector<store::KnownUser>> {
        const auto store = deployment.openStore(store::Access::ReadOnly, context.call());
        if (!store)
            return base::fail(store.error());
        store::UserDirectory *users = (*store)->users();
        return users ? users->usersAlike(user, context.call()) : std::vector<store::KnownUser>();
    };
    const auto alike = found();
    if (!alike) {
        context.output().warn(
            QStringLiteral("whether there is such a user could not be read: %1").arg(base::oneLine(alike.error())));
        return;
    }
    const PersonalMask mask(deployment.config().profile);
    QStringList others;
    for (const store::KnownUser &known : *alike) {
        if (known.id == user || known.email == user)
            return;
        others << mask.named(known);
    }
    context.output().warn(
        others.isEmpty()
            ? QStringLiteral("no user in the database has this id or e-mail, so the rule may refuse nobody.")
            : QStringLiteral("no user in the database has exactly this id or e-mail, and the rule is for nobody else: "
                             "did you mean %1?")
                  .arg(others.join(QStringLiteral(", or "))));
}

/// Says what the database tells against @p rule: that nobody is called so, and that sessions have rows.
void warnAboutEffect(Context &context, const ConnectionConfig &config, const NotBeforeRule &rule)
{
    const auto deployment = withRows(context, config);
    if (!deployment)
        return;
    if (!config.profile.strategy)
        context.output().warn(
            QStringLiteral("the database has a sessions table: where sessions are its rows, the rule has no effect on "
                           "them, and `sessions revoke` ends them. --strategy jwt says that they are JWTs."));
    // Redis knows no users.
    if (rule.user && !config.database->redis)
        warnAboutUser(context, *deployment, *rule.user);
}

class RuleSetCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("rule"), QStringLiteral("set")},
                {},
                false,
                QStringLiteral("end JWT sessions by when they began, where the deployment has the callback"),
                ruleActFlags({{QStringLiteral("before"), QStringLiteral("TIME"),
                               QStringLiteral("sessions that began before it end (now); never in the future")}},
                             QStringLiteral("show the statements, write nothing")),
                {{QStringLiteral("all"), QStringLiteral("user")}}};
    }

    Outcome run(Context &context) const override
    {
        const auto rule = readRule(context);
        if (!rule)
            return Outcome::failed(rule.error());
        const auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        if (config->profile.strategy == session::Strategy::Database)
            return Outcome::failed(
                usageError(QStringLiteral("--strategy"),
                           QStringLiteral("says that sessions have rows: `sessions revoke` ends them")));
        const auto rules = openRulesToChange(context, *config);
        if (!rules)
            return Outcome::failed(rules.error());
        const NotBeforeRule *old = ruleOf(rules->inForce, rule->user);
        warnIfLoosened(context, *rule, old);
        const auto statements = rules->place->statements(context.call());
        if (!statements)
            return Outcome::failed(statements.error());
        warnAboutEffect(context, *config, *rule);
        Answer answer = ruleAnswer({*rule});
        answer.members.add(QStringLiteral("statements"), QJsonArray::fromStringList(*statements))
            .add(QStringLiteral("replaces"), old ? QJsonValue(base::toIso(old->notBefore)) : QJsonValue());
        if (context.arguments().has(QStringLiteral("dry-run"))) {
            answer.members.add(QStringLiteral("auditId"), QJsonValue::Null);
            answer.note = QStringLiteral("Dry run: nothing was written.");
            return Outcome::done(std::move(answer));
        }
        const QString question =
            QStringLiteral("Refuse %1 sessions that began before %2%3 at %4, by %5?")
                .arg(rule->user ? QStringLiteral("this user's") : QStringLiteral("all"), base::toIso(rule->notBefore),
                     old ? QStringLiteral(" (now: %1)").arg(base::toIso(old->notBefore)) : QString(),
                     config->displayName(), statements->join(QStringLiteral("; ")));
        if (const auto status = askConsent(context, config->profile, question); !status)
            return Outcome::failed(status.error());
        return set(context, *config, *rules->place, *rule, std::move(answer));
    }

private:
    static base::Result<NotBeforeRule> readRule(const Context &context)
    {
        const Arguments &arguments = context.arguments();
        if (auto status = checkWriteFlags(context); !status)
            return base::fail(std::move(status.error()));
        auto user = ruleScope(arguments);
        if (!user)
            return base::fail(std::move(user.error()));
        NotBeforeRule rule;
        rule.user = std::move(*user);
        const base::Instant now = context.clock().now();
        const auto before = arguments.time(QStringLiteral("before"), now);
        if (!before)
            return base::fail(before.error());
        rule.notBefore = std::chrono::ceil<std::chrono::seconds>(before->value_or(now));
        rule.setAt = now;
        // It would refuse who signs in now, until it is past.
        if (*before && **before > now)
            return base::fail(usageError(QStringLiteral("--before"), QStringLiteral("must not lie in the future")));
        return rule;
    }

    /// Says, before anything is asked or written, where @p rule lets in again what @p old refuses.
    static void warnIfLoosened(Context &context, const NotBeforeRule &rule, const NotBeforeRule *old)
    {
        if (!old || rule.notBefore >= old->notBefore)
            return;
        context.output().warn(
            QStringLiteral("the rule in force refuses sessions that began before %1: with this one those "
                           "since %2 are accepted again.")
                .arg(base::toIso(old->notBefore), base::toIso(rule.notBefore)));
    }

    static Outcome set(Context &context, const ConnectionConfig &config, revoke::RuleStore &place,
                       const NotBeforeRule &rule, Answer answer)
    {
        audit::AuditLog log = context.auditLog();
        const revoke::RecordedAct act = revoke::setRuleOnRecord(
            place, rule, config, context.arguments().value(QStringLiteral("reason")).value_or(QString()), log,
            context.call());
        if (!act.done)
            return Outcome::failed(act.done.error());
        answer.members.add(QStringLiteral("auditId"), act.auditId);
        answer.note =
            QStringLiteral("It holds where the deployment has the callback: `rule snippet`, then `rule verify`.");
        return Outcome::done(std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makeRuleSet()
{
    return std::make_unique<RuleSetCommand>();
}

} // namespace rollcall::ctl
