#include "core/routes/MatcherPattern.h"

#include "core/base/PercentEncoding.h"
#include "core/routes/MatcherValue.h"

namespace rollcall::routes {

namespace {

tl::unexpected<MatcherFault> refuse(const QString &source, const QString &reason,
                                    std::optional<qsizetype> position = std::nullopt)
{
    return tl::unexpected(MatcherFault{QStringLiteral("Invalid source '%1': %2").arg(source, reason), position});
}

struct Compiled
{
    QString text;
    JsRegExp regExp;
};

/// What Next.js's SourceSchema checks, and the expression.
tl::expected<Compiled, MatcherFault> compileSource(const QString &source)
{
    if (source.size() > MatcherPattern::maxSource)
        return tl::unexpected(MatcherFault{QStringLiteral("exceeds max built length of 4096 for route"), std::nullopt});
    if (!source.startsWith(u'/'))
        return tl::unexpected(MatcherFault{QStringLiteral("source must start with /"), 0});
    const auto text = pathPatternToRegExp(source);
    if (!text)
        return refuse(source, text.error().reason, text.error().position);
    auto regExp = JsRegExp::compile(*text);
    if (regExp)
        return Compiled{*text, std::move(*regExp)};
    if (regExp.error().kind == RegExpFault::Kind::Syntax)
        return refuse(source,
                      QStringLiteral("Invalid regular expression: /%1/i: %2").arg(*text, regExp.error().reason));
    return refuse(source, QStringLiteral("Rollcall cannot run this expression: %1").arg(regExp.error().reason));
}

/// The source that Next.js compiles: base path, data prefix, locale, source, suffix.
QString completeSource(const MatcherSource &matcher, const MatcherSettings &settings)
{
    const bool isRoot = matcher.source == u"/";
    QString complete = settings.basePath + QStringLiteral("/:nextData(_next/data/[^/]{1,})?");
    if (settings.hasI18n && matcher.addsLocale) {
        complete += QStringLiteral("/:nextInternalLocale((?!_next/)[^/.]{1,})");
        complete += isRoot ? QString() : matcher.source;
    } else {
        complete += matcher.source;
    }
    if (!isRoot)
        return complete + QStringLiteral("{(\\.json|\\.rsc|\\.segments/.+\\.segment\\.rsc)}?");
    const QString json = settings.hasI18n ? QStringLiteral("|\\.json|") : QString();
    return complete + u'(' + json +
           QStringLiteral("/?index|/?index\\.json|/?index(?:\\.rsc|\\.segments/.+\\.segment\\.rsc))?");
}

/// As the route matcher tries paths: raw, then decoded.
tl::expected<bool, RegExpFault> matchesPath(const JsRegExp &regExp, const QString &path)
{
    const auto raw = regExp.test(path);
    if (!raw || *raw)
        return raw;
    const auto decoded = base::decodeUriComponent(path.toUtf8(), base::TextForm::Utf8);
    return decoded ? regExp.test(QString::fromUtf8(*decoded)) : raw;
}

} // namespace

MatcherPattern::MatcherPattern(MatcherSource source, QString regExpText, JsRegExp regExp)
    : m_source(std::move(source)), m_regExpText(std::move(regExpText)), m_regExp(std::move(regExp))
{}

tl::expected<MatcherPattern, MatcherFault> MatcherPattern::compile(MatcherSource source,
                                                                   const MatcherSettings &settings)
{
    // First as written, so that positions are those of the user's text.
    if (const auto alone = compileSource(source.source); !alone)
        return tl::unexpected(alone.error());
    auto complete = compileSource(completeSource(source, settings));
    if (!complete)
        return tl::unexpected(complete.error());
    return MatcherPattern(std::move(source), std::move(complete->text), std::move(complete->regExp));
}

tl::expected<bool, MatcherFault> MatcherPattern::matches(const MatcherRequest &request) const
{
    const auto path = matchesPath(m_regExp, request.path.section(u'?', 0, 0));
    if (!path)
        return refuse(m_source.source, path.error().reason);
    if (!*path)
        return false;
    const auto holds = [&](const std::vector<MatcherCondition> &conditions, bool wanted) {
        for (const MatcherCondition &condition : conditions) {
            const auto result = conditionHolds(condition, request);
            if (!result || *result != wanted)
                return result ? tl::expected<bool, MatcherFault>(false) : result;
        }
        return tl::expected<bool, MatcherFault>(true);
    };
    const auto has = holds(m_source.has, true);
    if (!has || !*has)
        return has;
    return holds(m_source.missing, false);
}

tl::expected<std::vector<MatcherPattern>, MatcherFault> compileMatcher(const std::vector<MatcherSource> &sources,
                                                                       const MatcherSettings &settings)
{
    std::vector<MatcherPattern> patterns;
    for (const MatcherSource &source : sources) {
        auto pattern = MatcherPattern::compile(source, settings);
        if (!pattern)
            return tl::unexpected(pattern.error());
        patterns.push_back(std::move(*pattern));
    }
    return patterns;
}

tl::expected<const MatcherPattern *, MatcherFault> firstMatch(std::span<const MatcherPattern> patterns,
                                                              const MatcherRequest &request)
{
    for (const MatcherPattern &pattern : patterns) {
        const auto covered = pattern.matches(request);
        if (!covered)
            return tl::unexpected(covered.error());
        if (*covered)
            return &pattern;
    }
    return nullptr;
}

} // namespace rollcall::routes
