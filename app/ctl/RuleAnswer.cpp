#include "app/ctl/RuleAnswer.h"

#include <algorithm>

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
