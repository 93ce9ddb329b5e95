#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "app/ctl/RuleAnswer.h"
#include "core/revoke/RecordedActs.h"

namespace rollcall::ctl {

namespace {

class RuleRemoveCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("rule"), QStringLiteral("remove")},
                {},
                false,
                QStringLiteral("take a not-before rule back: what it alone refused is accepted again"),
                ruleActFlags({}, QStringLiteral("show the rule and the statement, write nothing")),
                {{QStringLiteral("all"), QStringLiteral("user")}}};
    }

    Outcome run(Context &context) const override
    {
        if (const auto status = checkWriteFlags(context); !status)
            return Outcome::failed(status.error());
        const auto user = ruleScope(context.arguments());
        if (!user)
            return Outcome::failed(user.error());
        const auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        const bool dryRun = context.arguments().has(QStringLiteral("dry-run"));
        const auto rules = openRulesToChange(context, *config);
        if (!rules)
            return Outcome::failed(rules.error());
        revoke::RuleStore &place = *rules->place;
        const revoke::NotBeforeRule *rule = ruleOf(rules->inForce, *user);
        Answer answer = ruleAnswer(rule ? std::vector{*rule} : std::vector<revoke::NotBeforeRule>());
        answer.members.add(QStringLiteral("statement"), place.removalStatement());
        if (!rule || dryRun)
            answer.members.add(QStringLiteral("auditId"), QJsonValue::Null);
        if (!rule)
            return Outcome::no(std::move(answer),
                               QStringLiteral("There is no such rule. `rule show` shows those in force."));
        if (dryRun) {
            answer.note = QStringLiteral("Dry run: nothing was written.");
            return Outcome::done(std::move(answer));
        }
        const QString question =
            QStringLiteral("Accept %1 sessions that began before %2 again at %3, by %4?")
                .arg(rule->user ? QStringLiteral("this user's") : QStringLiteral("all"), base::toIso(rule->notBefore),
                     config->displayName(), place.removalStatement());
        if (const auto status = askConsent(context, config->profile, question); !status)
            return Outcome::failed(status.error());
        audit::AuditLog log = context.auditLog();
        const revoke::RecordedAct act = revoke::removeRuleOnRecord(
            place, *rule, *config, context.arguments().value(QStringLiteral("reason")).value_or(QString()), log,
            context.call());
        if (!act.done)
            return Outcome::failed(act.done.error());
        answer.members.add(QStringLiteral("auditId"), act.auditId);
        return Outcome::done(std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makeRuleRemove()
{
    return std::make_unique<RuleRemoveCommand>();
}

} // namespace rollcall::ctl
