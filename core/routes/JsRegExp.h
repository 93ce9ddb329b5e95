#pragma once

#include <QRegularExpression>
#include <QString>

#include <tl/expected.hpp>

namespace rollcall::routes {

/// Why a regular expression cannot be used.
struct RegExpFault
{
    enum class Kind {
        Syntax,      ///< JavaScript refuses it too
        Unsupported, ///< JavaScript takes it, our engine does not (look-behind of changing length, a huge repetition)
        TooHard,     ///< matching was given up after too many steps
    };
    Kind kind = Kind::Syntax;
    QString reason; ///< for people; of syntax faults as V8 says it
};

/// A JavaScript regular expression without flags, run by PCRE2: the text is translated, so that `$`, `.`, `\s`,
/// escapes, brackets and UTF-16 code units mean what they mean there. Where it differs: look-behind must have a fixed
/// length for each alternative, and matching is given up after maxSteps. **Thread-safety:** const use is thread-safe.
/// **Source:** ECMA-262 §22.2.1 with Annex B.1.2; V8's messages as of Node 20.
class JsRegExp final
{
public:
    /// Longer subjects are not tried.
    static constexpr qsizetype maxSubject = 65'536;
    /// PCRE2's count of backtracking steps, some hundredths of a second.
    static constexpr int maxSteps = 1'000'000;

    /// Compiles @p source (the text between the slashes).
    [[nodiscard]] static tl::expected<JsRegExp, RegExpFault> compile(QStringView source);

    /// `test(subject)`: whether it matches anywhere in @p subject. Fault: TooHard.
    [[nodiscard]] tl::expected<bool, RegExpFault> test(QStringView subject) const;

private:
    explicit JsRegExp(QRegularExpression expression) : m_expression(std::move(expression)) {}

    QRegularExpression m_expression;
};

/// The PCRE2 form of @p source; exposed for tests. Subjects must go through subjectForPcre().
[[nodiscard]] tl::expected<QString, RegExpFault> translateToPcre(QStringView source);

/// @p text with each half of a surrogate pair as a character of its own, as JavaScript sees it without the `u` flag.
[[nodiscard]] QString subjectForPcre(QStringView text);

} // namespace rollcall::routes
