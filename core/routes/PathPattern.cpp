#include "core/routes/PathPattern.h"

#include <algorithm>

#include "core/routes/PathTokens.h"

namespace rollcall::routes {

namespace {

bool isRepeated(const PathToken &token)
{
    return token.modifier == u"*" || token.modifier == u"+";
}

bool isBare(const PathToken &token)
{
    return token.prefix.isEmpty() && token.suffix.isEmpty();
}

QString regExpOf(const PathToken &token)
{
    if (token.isText)
        return escapedForRegExp(token.text);
    const QString prefix = escapedForRegExp(token.prefix);
    const QString suffix = escapedForRegExp(token.suffix);
    if (token.pattern.isEmpty())
        return u"(?:" + prefix + suffix + u')' + token.modifier;
    if (isBare(token))
        return u'(' + token.pattern + u')' + token.modifier;
    if (!isRepeated(token))
        return u"(?:" + prefix + u'(' + token.pattern + u')' + suffix + u')' + token.modifier;
    return u"(?:" + prefix + u"((?:" + token.pattern + u")(?:" + suffix + prefix + u"(?:" + token.pattern + u"))*)" +
           suffix + u')' + (token.modifier == u"*" ? QStringLiteral("?") : QString());
}

} // namespace

QString escapedForRegExp(const QString &text)
{
    static const QString special = QStringLiteral(".+*?=^!:${}()[]|/\\");
    QString out;
    for (const QChar c : text) {
        if (special.contains(c))
            out += u'\\';
        out += c;
    }
    return out;
}

tl::expected<QString, PatternFault> pathPatternToRegExp(const QString &pattern)
{
    auto tokens = parsePath(pattern);
    if (!tokens)
        return tl::unexpected(tokens.error());
    // One that path-to-regexp refuses to repeat makes Next.js mend all of its kind.
    const auto isMendable = [](const PathToken &token) { return !token.isText && isRepeated(token) && isBare(token); };
    const bool isMended = std::ranges::any_of(
        *tokens, [&](const PathToken &token) { return isMendable(token) && !token.pattern.isEmpty(); });
    QString expression = QStringLiteral("^");
    for (PathToken &token : *tokens) {
        if (isMended && isMendable(token))
            token.prefix = QStringLiteral("/");
        expression += regExpOf(token);
    }
    return expression + QStringLiteral("[\\/#\\?]?$");
}

} // namespace rollcall::routes
