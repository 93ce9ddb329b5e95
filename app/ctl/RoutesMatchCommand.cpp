#include "app/ctl/Commands.h"
#include "app/ctl/MatcherFlags.h"

namespace rollcall::ctl {

namespace {

class RoutesMatchCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("routes"), QStringLiteral("match")},
                QStringLiteral("PATH"),
                true,
                QStringLiteral("whether a Next.js middleware's matcher covers a path (with its query, as requested)"),
                matcherFlags(),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const Arguments &arguments = context.arguments();
        const QString path = arguments.argument();
        if (!arguments.has(QStringLiteral("matcher")) && !arguments.has(buildFlag()))
            return Outcome::failed(
                usageError(QStringLiteral("--matcher"), QStringLiteral("at least one is wanted, or --build")));
        if (!path.startsWith(QLatin1Char('/')))
            return Outcome::failed(usageError({}, QStringLiteral("The path must begin with a slash.")));
        if (arguments.has(QStringLiteral("base-path")))
            context.output().warn(QStringLiteral("--base-path is where Auth.js answers and changes nothing here; the "
                                                 "basePath of next.config is --next-base-path."));
        const auto build = readBuild(arguments);
        if (!build)
            return Outcome::failed(build.error());
        const auto patterns = readMatchers(arguments, *build);
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
