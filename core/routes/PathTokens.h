#pragma once

#include <vector>

#include "core/routes/PathPattern.h"

namespace rollcall::routes {

/// A lexeme of a path pattern.
struct PathLexeme
{
    enum class Type { Modifier, EscapedChar, Open, Close, Name, Pattern, Char, End };
    Type type = Type::End;
    qsizetype index = 0; ///< where it begins
    QString value;
};

/// The name path-to-regexp gives to a type in its messages: "MODIFIER".
[[nodiscard]] QString lexemeName(PathLexeme::Type type);

/// Splits @p pattern; the last lexeme is an End. **Source:** path-to-regexp 6, `lexer`.
[[nodiscard]] tl::expected<std::vector<PathLexeme>, PatternFault> lexPath(const QString &pattern);

/// A piece of a path: fixed text, or a parameter.
struct PathToken
{
    bool isText = false;
    QString text; ///< of fixed text
    QString name; ///< of a parameter: its name or number; empty for groups without capture
    QString prefix;
    QString suffix;
    QString pattern; ///< its regular expression; empty: without capture
    QString modifier;
};

/// Reads @p pattern into tokens. **Source:** path-to-regexp 6, `parse`.
[[nodiscard]] tl::expected<std::vector<PathToken>, PatternFault> parsePath(const QString &pattern);

/// @p text with what has a meaning in regular expressions escaped, `/` included.
[[nodiscard]] QString escapedForRegExp(const QString &text);

} // namespace rollcall::routes
