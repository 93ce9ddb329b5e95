#include "core/routes/MatcherValue.h"

#include "core/base/SearchParams.h"
#include "core/http/Cookie.h"

namespace rollcall::routes {

namespace {

using Kind = MatcherCondition::Kind;

/// The values under the condition's key, as text; none where there is none.
QStringList valuesOf(const MatcherCondition &condition, const MatcherRequest &request)
{
    switch (condition.kind) {
    case Kind::Header: {
        // Node joins repeated headers.
        QByteArrayList lines;
        for (const QByteArray &line : http::headerValues(request.headers, condition.key.toUtf8()))
            lines << line;
        return lines.isEmpty() ? QStringList() : QStringList{QString::fromLatin1(lines.join(", "))};
    }
    case Kind::Cookie: {
        const QByteArray name = condition.key.toUtf8();
        const QByteArray header = http::cookieHeader(request.headers);
        for (const http::Cookie &cookie : http::parseCookies(header, http::CookieDialect::NextApi)) {
            if (cookie.name == name)
                return {QString::fromUtf8(cookie.value.view())};
        }
        return {};
    }
    case Kind::Query: {
        QStringList values;
        const QByteArray name = condition.key.toUtf8();
        const auto params = base::SearchParams::parse(request.path.section(u'?', 1).toUtf8());
        for (const auto &[key, value] : params.pairs()) {
            if (key == name)
                values << QString::fromUtf8(value);
        }
        return values;
    }
    case Kind::Host:
        return {QString::fromLatin1(http::headerValue(request.headers, "host")).section(u':', 0, 0).toLower()};
    }
    Q_UNREACHABLE();
}

} // namespace

tl::expected<bool, MatcherFault> conditionHolds(const MatcherCondition &condition, const MatcherRequest &request)
{
    const QStringList values = valuesOf(condition, request);
    // JavaScript's truth: a list is true whatever it holds, a text where it is not empty.
    if (values.isEmpty() || (values.size() == 1 && values.front().isEmpty()))
        return false;
    const QString value = condition.value.value_or(QString());
    if (value.isEmpty())
        return true;
    const auto regExp = JsRegExp::compile(QString(u'^' + value + u'$'));
    const auto matched = regExp ? regExp->test(values.last()) : tl::unexpected(regExp.error());
    if (!matched)
        return tl::unexpected(MatcherFault{
            QStringLiteral("The value '%1' of a condition cannot be matched: %2").arg(value, matched.error().reason),
            std::nullopt});
    return *matched;
}

} // namespace rollcall::routes
