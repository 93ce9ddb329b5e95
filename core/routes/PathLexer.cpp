#include "core/routes/PathTokens.h"

namespace rollcall::routes {

namespace {

using Type = PathLexeme::Type;

PatternFault faultAt(const QString &what, qsizetype position)
{
    return {QStringLiteral("%1 at %2").arg(what).arg(position), position};
}

bool isNameCharacter(QChar c)
{
    return (c >= u'0' && c <= u'9') || (c >= u'A' && c <= u'Z') || (c >= u'a' && c <= u'z') || c == u'_';
}

/// The text of a pattern whose parenthesis opens at @p start; @p at is left behind the one that closes it.
tl::expected<QString, PatternFault> lexPattern(const QString &path, qsizetype start, qsizetype &at)
{
    QString pattern;
    int depth = 1;
    at = start + 1;
    if (at < path.size() && path.at(at) == u'?')
        return tl::unexpected(faultAt(QStringLiteral("Pattern cannot start with \"?\""), at));
    while (at < path.size() && depth > 0) {
        const QChar c = path.at(at);
        if (c == u'\\') {
            pattern += path.mid(at, 2);
            at += 2;
            continue;
        }
        if (c == u')') {
            --depth;
        } else if (c == u'(') {
            ++depth;
            if (at + 1 >= path.size() || path.at(at + 1) != u'?')
                return tl::unexpected(faultAt(QStringLiteral("Capturing groups are not allowed"), at));
        }
        if (depth > 0)
            pattern += c;
        ++at;
    }
    if (depth > 0)
        return tl::unexpected(faultAt(QStringLiteral("Unbalanced pattern"), start));
    if (pattern.isEmpty())
        return tl::unexpected(faultAt(QStringLiteral("Missing pattern"), start));
    return pattern;
}

std::optional<Type> singleCharacter(QChar c)
{
    switch (c.unicode()) {
    case u'*':
    case u'+':
    case u'?':
        return Type::Modifier;
    case u'{':
        return Type::Open;
    case u'}':
        return Type::Close;
    default:
        return std::nullopt;
    }
}

} // namespace

QString lexemeName(Type type)
{
    switch (type) {
    case Type::Modifier:
        return QStringLiteral("MODIFIER");
    case Type::EscapedChar:
        return QStringLiteral("ESCAPED_CHAR");
    case Type::Open:
        return QStringLiteral("OPEN");
    case Type::Close:
        return QStringLiteral("CLOSE");
    case Type::Name:
        return QStringLiteral("NAME");
    case Type::Pattern:
        return QStringLiteral("PATTERN");
    case Type::Char:
        return QStringLiteral("CHAR");
    case Type::End:
        return QStringLiteral("END");
    }
    Q_UNREACHABLE();
}

tl::expected<std::vector<PathLexeme>, PatternFault> lexPath(const QString &pattern)
{
    std::vector<PathLexeme> lexemes;
    for (qsizetype at = 0; at < pattern.size();) {
        const QChar c = pattern.at(at);
        const qsizetype start = at;
        if (const auto type = singleCharacter(c)) {
            lexemes.push_back({*type, start, QString(c)});
            ++at;
        } else if (c == u'\\') {
            // At the very end it escapes nothing: an empty value.
            lexemes.push_back({Type::EscapedChar, start, pattern.mid(start + 1, 1)});
            at += 2;
        } else if (c == u':') {
            do
                ++at;
            while (at < pattern.size() && isNameCharacter(pattern.at(at)));
            if (at == start + 1)
                return tl::unexpected(faultAt(QStringLiteral("Missing parameter name"), start));
            lexemes.push_back({Type::Name, start, pattern.mid(start + 1, at - start - 1)});
        } else if (c == u'(') {
            auto text = lexPattern(pattern, start, at);
            if (!text)
                return tl::unexpected(text.error());
            lexemes.push_back({Type::Pattern, start, *text});
        } else {
            lexemes.push_back({Type::Char, start, QString(c)});
            ++at;
        }
    }
    lexemes.push_back({Type::End, pattern.size(), {}});
    return lexemes;
}

} // namespace rollcall::routes
