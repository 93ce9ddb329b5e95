#include "core/routes/MatcherConfig.h"
#include "tests/conformance/Checker.h"

namespace rollcall::conformance {

namespace {

http::HeaderList headersOf(const jose::JsonValue *headers, Differences &differences)
{
    http::HeaderList list;
    if (headers && !headers->object())
        differences.add(QStringLiteral("field headers is not an object"));
    for (const auto &member : headers && headers->object() ? *headers->object() : jose::JsonValue::Object()) {
        const auto value = member.value.string() ? wireBytes(*member.value.string()) : std::nullopt;
        if (!value)
            differences.add(QStringLiteral("field headers.%1 is no header value").arg(member.name));
        list.emplace_back(member.name.toUtf8(), value.value_or(QByteArray()));
    }
    return list;
}

} // namespace

void checkMatcher(Fields &vector, const jose::JsonValue &, Differences &differences)
{
    vector.ignore({u"message", u"regexps"});
    const jose::JsonValue &matcher = vector.value(u"matcher");
    routes::MatcherSettings settings;
    settings.basePath = vector.maybeText(u"basePath").value_or(QString());
    if (const jose::JsonValue *locales = vector.maybeValue(u"locales"))
        settings.hasI18n = locales->array() && !locales->array()->empty();

    const bool invalid = vector.maybeFlag(u"invalid").value_or(false);
    const auto sources = routes::readMatcherConfig(matcher);
    auto patterns = sources ? routes::compileMatcher(*sources, settings) : tl::unexpected(sources.error());
    differences.compare(QStringLiteral("invalid"), !patterns, invalid);
    if (!patterns) {
        if (!invalid)
            differences.add(QStringLiteral("refused: %1").arg(patterns.error().reason));
        return;
    }
    routes::MatcherRequest request;
    request.path = vector.text(u"path");
    request.headers = headersOf(vector.maybeValue(u"headers"), differences);
    const bool expected = vector.flag(u"matches");
    const auto match = routes::firstMatch(*patterns, request);
    if (match)
        differences.compare(QStringLiteral("matches"), *match != nullptr, expected);
    else
        differences.add(QStringLiteral("matching failed: %1").arg(match.error().reason));
}

} // namespace rollcall::conformance
