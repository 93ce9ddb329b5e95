#include "app/ctl/RuleAnswer.h"

#include <algorithm>

#include "app/ctl/Confirmation.h"

namespace rollcall::ctl {

using revoke::NotBeforeRule;

namespace {

constexpr qsizetype longestName = 200;

JsonRecord recordOf(const NotBeforeRule &rule)
{
    JsonRecord record;
    record.add(QStringLiteral("scope"), rule.scope())
        .add(QStringLiteral("notBefore"), base::toIso(rule.notBefore))
        .add(QStringLiteral("setAt"), base::toIso(rule.setAt));
    return record;
}

} // namespace

Answer ruleAnswer(const std::vector<NotBeforeRule> &rules)
{
    Answer answer;
    answer.list.emplace();
    answer.list->key = QStringLiteral("rules");
    answer.list->columns = {QStringLiteral("scope"), QStringLiteral("notBefore"), QStringLiteral("setAt")};
    for (const NotBeforeRule &rule : rules)
        answer.list->elements.push_back(recordOf(rule));
    return answer;
}

std::vector<Flag> ruleScopeFlags()
{
    return {{QStringLiteral("all"), {}, QStringLiteral("for everybody")},
            {QStringLiteral("user"), QStringLiteral("ID|EMAIL"), QStringLiteral("for this user")}};
}

std::vector<Flag> ruleActFlags(const std::vector<Flag> &more, const QString &dryRun)
{
    std::vector<Flag> flags = ruleScopeFlags();
    flags.insert(flags.end(), more.begin(), more.end());
    flags.insert(flags.end(),
                 {{QStringLiteral("dry-run"), {}, dryRun},
                  {QStringLiteral("reason"), QStringLiteral("TEXT"), QStringLiteral("why, for the audit log")}});
    const std::vector<Flag> consent = writeFlags();
    flags.insert(flags.end(), consent.begin(), consent.end());
    return flags;
}

base::Result<OpenRules> openRules(Context &context, const deployment::ConnectionConfig &config, store::Access access)
{
    auto place = revoke::openRuleStore(config, access, context.call());
    if (!place)
        return base::fail(place.error());
    auto inForce = (*place)->rules(context.call());
    if (!inForce)
        return base::fail(inForce.error());
    return OpenRules{std::move(*place), std::move(*inForce)};
}

base::Result<OpenRules> openRulesToChange(Context &context, const deployment::ConnectionConfig &config)
{
    if (context.arguments().has(QStringLiteral("dry-run")))
        return openRules(context, config, store::Access::ReadOnly);
    if (auto status = checkConsentPossible(context, config.profile); !status)
        return base::fail(std::move(status.error()));
    return openRules(context, config, store::Access::Write);
}

base::Result<std::optional<QString>> ruleScope(const Arguments &arguments)
{
    auto user = arguments.value(QStringLiteral("user"));
    if (!user && !arguments.has(QStringLiteral("all")))
        return base::fail(usageError({}, QStringLiteral("Whose sessions? Give --user or --all.")));
    if (user && (user->isEmpty() || user->size() > longestName))
        return base::fail(usageError(QStringLiteral("--user"), QStringLiteral("wants an id or an e-mail address")));
    return user;
}

const NotBeforeRule *ruleOf(const std::vector<NotBeforeRule> &rules, const std::optional<QString> &user)
{
    const auto found = std::ranges::find(rules, user, &NotBeforeRule::user);
    return found == rules.end() ? nullptr : &*found;
}

} // namespace rollcall::ctl
