#include "app/ctl/Commands.h"
#include "core/routes/MatcherPattern.h"

namespace rollcall::ctl {

namespace {

const QString &matcherFlag()
{
    static const QString name = QStringLiteral("matcher");
    return name;
}

/// The patterns of the flags. Errors: UsageInvalid, with the reason as Next.js says it.
base::Result<std::vector<routes::MatcherPattern>> patternsOf(const Arguments &arguments)
{
    std::vector<routes::MatcherSource> sources;
    for (const QString &pattern : arguments.values(matcherFlag()))
        sources.push_back({pattern, true, {}, {}});
    auto patterns = routes::compileMatcher(sources, {});
    if (!patterns)
        return tl::unexpected(usageError(QStringLiteral("--matcher"), patterns.error().reason));
    return std::move(*patterns);
}

class RoutesMatchCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("routes"), QStringLiteral("match")},
                QStringLiteral("PATH"),
                true,
                QStringLiteral("whether a Next.js middleware's matcher covers a path (with its query, as requested)"),
                {{matcherFlag(), QStringLiteral("PATTERN"), QStringLiteral("a source of config.matcher; repeatable"),
                  true}},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const Arguments &arguments = context.arguments();
        const QString path = arguments.argument();
        if (!arguments.has(matcherFlag()))
            return Outcome::failed(usageError(QStringLiteral("--matcher"), QStringLiteral("at least one is wanted")));
        if (!path.startsWith(QLatin1Char('/')))
            return Outcome::failed(usageError({}, QStringLiteral("The path must begin with a slash.")));
        const auto patterns = patternsOf(arguments);
        if (!patterns)
            return Outcome::failed(patterns.error());
        const auto match = routes::firstMatch(*patterns, {path, {}});
        if (!match)
            return Outcome::failed(usageError(QStringLiteral("--matcher"), match.error().reason));

        const bool matches = *match != nullptr;
        Answer answer;
        answer.members.add(QStringLiteral("path"), path)
            .add(QStringLiteral("matches"), matches)
            .add(QStringLiteral("by"), matches ? QJsonValue((*match)->source()) : QJsonValue());
        if (matches)
            return Outcome::done(std::move(answer));
        return Outcome::no(std::move(answer), QStringLiteral("No matcher covers %1.").arg(path));
    }
};

} // namespace

std::unique_ptr<const Command> makeRoutesMatch()
{
    return std::make_unique<RoutesMatchCommand>();
}

} // namespace rollcall::ctl
