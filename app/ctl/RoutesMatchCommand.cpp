#include "app/ctl/Commands.h"
#include "core/routes/MatcherConfig.h"

namespace rollcall::ctl {

namespace {

const QString &matcherFlag()
{
    static const QString name = QStringLiteral("matcher");
    return name;
}

const QString &basePathFlag()
{
    static const QString name = QStringLiteral("next-base-path");
    return name;
}

/// @p fault of @p pattern: among several it must be seen which one is meant.
base::Error refused(const QString &pattern, const routes::MatcherFault &fault)
{
    return usageError(QStringLiteral("--matcher"), fault.reason.contains(pattern)
                                                       ? fault.reason
                                                       : QStringLiteral("%1 (in %2)").arg(fault.reason, pattern));
}

/// What one flag gives: a source as it stands, or config.matcher's array, or one object of it, as JSON.
tl::expected<std::vector<routes::MatcherSource>, routes::MatcherFault> sourcesOf(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (!trimmed.startsWith(QLatin1Char('[')) && !trimmed.startsWith(QLatin1Char('{')))
        return std::vector{routes::MatcherSource{text, true, {}, {}}};
    const auto json = jose::parseJson(trimmed);
    if (!json)
        return tl::unexpected(routes::MatcherFault{
            QStringLiteral("it begins like a list or an object, but is no JSON (names and texts want double quotes)"),
            std::nullopt});
    return routes::readMatcherConfig(json->array() ? *json : jose::JsonValue(jose::JsonValue::Array{*json}));
}

/// The patterns of the flags. Errors: UsageInvalid, with the reason as Next.js says it.
base::Result<std::vector<routes::MatcherPattern>> patternsOf(const Arguments &arguments)
{
    routes::MatcherSettings settings;
    settings.basePath = arguments.value(basePathFlag()).value_or(QString());
    if (!settings.basePath.isEmpty() &&
        (!settings.basePath.startsWith(QLatin1Char('/')) || settings.basePath.endsWith(QLatin1Char('/'))))
        return tl::unexpected(usageError(QStringLiteral("--next-base-path"),
                                         QStringLiteral("it is a path such as /docs, with no slash at its end")));
    std::vector<routes::MatcherPattern> patterns;
    for (const QString &text : arguments.values(matcherFlag())) {
        auto sources = sourcesOf(text);
        if (!sources)
            return tl::unexpected(refused(text, sources.error()));
        for (routes::MatcherSource &source : *sources) {
            const QString written = source.source;
            auto pattern = routes::MatcherPattern::compile(std::move(source), settings);
            if (!pattern)
                return tl::unexpected(refused(written, pattern.error()));
            patterns.push_back(std::move(*pattern));
        }
    }
    return patterns;
}

class RoutesMatchCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {
            {QStringLiteral("routes"), QStringLiteral("match")},
            QStringLiteral("PATH"),
            true,
            QStringLiteral("whether a Next.js middleware's matcher covers a path (with its query, as requested)"),
            {{matcherFlag(), QStringLiteral("PATTERN"),
              QStringLiteral("a source of config.matcher, or its array or an object of it as JSON; repeatable"), true},
             {basePathFlag(), QStringLiteral("PATH"), QStringLiteral("basePath of next.config (none)")}},
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
        if (arguments.has(QStringLiteral("base-path")))
            context.output().warn(QStringLiteral("--base-path is where Auth.js answers and changes nothing here; the "
                                                 "basePath of next.config is --next-base-path."));
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
