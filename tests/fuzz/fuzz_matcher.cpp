// Sources of Next.js matchers and the paths that they decide on.
// Input: a byte (bit 0: a base path; bit 1: locales), a line with the source, then a path.
#include <algorithm>

#include "core/routes/MatcherPattern.h"
#include "tests/fuzz/Fuzz.h"

namespace rollcall::fuzz {

namespace {

using routes::MatcherPattern;

/// nullopt where matching was given up.
std::optional<bool> matches(const MatcherPattern &pattern, const QString &path)
{
    const auto result = pattern.matches({path, {}});
    require(result.has_value() || !result.error().reason.isEmpty(), "what is given up has a reason");
    return result ? std::optional(*result) : std::nullopt;
}

/// Segments of letters: nothing in them means anything to the pattern's syntax.
bool isPlain(const QString &source)
{
    const auto isLetter = [](QChar c) { return (c >= u'a' && c <= u'z') || c == u'/'; };
    return source.size() > 1 && source.startsWith(u'/') && !source.endsWith(u'/') && !source.contains(u"//") &&
           std::all_of(source.begin(), source.end(), isLetter);
}

} // namespace

void tryInput(QByteArrayView bytes)
{
    Input input(bytes);
    const unsigned flags = input.byte();
    const QString source = QString::fromUtf8(input.line());
    const QString path = QString::fromUtf8(input.rest());
    const routes::MatcherSettings settings{(flags & 1U) != 0 ? QStringLiteral("/app") : QString(), (flags & 2U) != 0};
    const auto pattern = MatcherPattern::compile({source, true, {}, {}}, settings);
    if (!pattern) {
        require(!pattern.error().reason.isEmpty(), "a refused source has a reason");
        require(!isPlain(source) || source.size() > MatcherPattern::maxSource, "a plain path is no wrong source");
        return;
    }
    require(source.startsWith(u'/') && source.size() <= MatcherPattern::maxSource, "what Next.js refuses is refused");
    const auto again = MatcherPattern::compile({source, true, {}, {}}, settings);
    require(again && again->regExp() == pattern->regExp(), "a source is compiled the same way each time");

    const auto verdict = matches(*pattern, path);
    if (verdict && !path.contains(u'?') && !path.contains(u'#')) {
        const auto withQuery = matches(*pattern, QString(path + u"?a=b"));
        require(!withQuery || *withQuery == *verdict, "the query does not count");
    }
    if (!isPlain(source))
        return;
    const QString own = QString(settings.basePath + (settings.hasI18n ? u"/en" : u"") + source);
    require(matches(*pattern, own).value_or(true), "a plain source matches itself");
    require(!matches(*pattern, QString(own + u'X')).value_or(false), "and nothing that goes on");
}

} // namespace rollcall::fuzz
