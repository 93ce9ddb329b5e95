#include "app/ctl/Commands.h"
#include "core/findings/Findings.h"

namespace rollcall::ctl {

namespace {

using findings::Finding;
using findings::Weight;

/// A survey asks up to nine questions, nearly all of them answered from the catalogue at once.
constexpr int operations = 4;

Weight weightOf(const QString &name)
{
    for (const Weight weight : {Weight::Medium, Weight::High}) {
        if (findings::weightName(weight) == name)
            return weight;
    }
    return Weight::Low;
}

Answer answerOf(const std::vector<Finding> &found)
{
    Answer answer;
    answer.list.emplace();
    answer.list->key = QStringLiteral("findings");
    answer.list->columns = {QStringLiteral("id"),       QStringLiteral("weight"), QStringLiteral("title"),
                            QStringLiteral("evidence"), QStringLiteral("remedy"), QStringLiteral("statement")};
    answer.list->tableColumns = {QStringLiteral("weight"), QStringLiteral("title"), QStringLiteral("evidence")};
    for (const Finding &finding : found) {
        JsonRecord record;
        record.add(QStringLiteral("id"), finding.id)
            .add(QStringLiteral("weight"), findings::weightName(finding.weight))
            .add(QStringLiteral("title"), finding.title)
            .add(QStringLiteral("evidence"), finding.evidence)
            .add(QStringLiteral("remedy"), finding.remedy)
            .add(QStringLiteral("statement"), textOrNull(finding.statement));
        answer.list->elements.push_back(std::move(record));
    }
    answer.note = found.empty() ? QStringLiteral("Nothing found.")
                                : QStringLiteral("What to do about each, and statements to copy: --format json.");
    return answer;
}

base::Result<std::vector<Finding>> findingsOf(Context &context)
{
    auto config = context.connection();
    if (!config)
        return base::fail(config.error());
    if (!config->database)
        return base::fail(base::Error(base::ErrorCode::PartNotGiven)
                              .with(base::ErrorParam::Part, QStringLiteral("database"))
                              .with(base::ErrorParam::Flag, QStringLiteral("--database")));
    const auto deployment = deployment::Deployment::open(std::move(*config), {.rows = false, .deployment = false},
                                                         context.clock(), context.callFor(2));
    if (!deployment)
        return base::fail(deployment.error());
    const auto store = findings::openForSurvey(**deployment, context.callFor(2));
    if (!store)
        return base::fail(store.error());
    if (!*store) {
        // With JWT sessions no table of them is no fault. Nobody said so: then nothing was looked at.
        const auto strategy = (*deployment)->config().profile.strategy;
        if (strategy != session::Strategy::Jwt)
            return base::fail(base::Error(base::ErrorCode::SchemaNotFound));
        return std::vector<Finding>();
    }
    const auto survey = findings::survey(**deployment, **store, findings::Depth::Exact, context.callFor(operations));
    if (!survey)
        return base::fail(survey.error());
    return findings::findingsOf(*survey);
}

class FindingsCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("findings")},
                {},
                false,
                QStringLiteral("what is wrong, the heaviest first"),
                {{QStringLiteral("fail-on"), QStringLiteral("low|medium|high"),
                  QStringLiteral("exit 1 where a finding weighs that much or more")}},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto level = context.arguments().choice(
            QStringLiteral("fail-on"), {QStringLiteral("low"), QStringLiteral("medium"), QStringLiteral("high")});
        if (!level)
            return Outcome::failed(level.error());
        const auto found = findingsOf(context);
        if (!found)
            return Outcome::failed(found.error());
        Answer answer = answerOf(*found);
        // The heaviest stands first.
        const bool fails = context.arguments().has(QStringLiteral("fail-on")) && !found->empty() &&
                           found->front().weight >= weightOf(*level);
        if (!fails)
            return Outcome::done(std::move(answer));
        return Outcome::no(
            std::move(answer),
            QStringLiteral("There are findings of weight %1 or above: see what each one's remedy says.").arg(*level));
    }
};

} // namespace

std::unique_ptr<const Command> makeFindings()
{
    return std::make_unique<FindingsCommand>();
}

} // namespace rollcall::ctl
