#include "app/ctl/MatcherFlags.h"

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

} // namespace

std::vector<Flag> matcherFlags()
{
    return {{buildFlag(), QStringLiteral("DIR"), QStringLiteral("a Next.js .next folder: its middleware's matchers")},
            {matcherFlag(), QStringLiteral("PATTERN"),
             QStringLiteral("a source of config.matcher, or its array or an object of it as JSON; repeatable"), true},
            {basePathFlag(), QStringLiteral("PATH"), QStringLiteral("basePath of next.config (none)")}};
}

const QString &buildFlag()
{
    static const QString name = QStringLiteral("build");
    return name;
}

base::Result<std::optional<routes::NextBuild>> readBuild(const Arguments &arguments)
{
    const auto folder = arguments.value(buildFlag());
    if (!folder)
        return std::optional<routes::NextBuild>();
    auto build = routes::readNextBuild(*folder);
    if (!build)
        return tl::unexpected(std::move(build.error()));
    return std::optional(std::move(*build));
}

base::Result<std::vector<routes::MatcherPattern>> readMatchers(const Arguments &arguments,
                                                               const std::optional<routes::NextBuild> &build)
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
    if (build)
        patterns.insert(patterns.end(), build->matchers.begin(), build->matchers.end());
    return patterns;
}

} // namespace rollcall::ctl
