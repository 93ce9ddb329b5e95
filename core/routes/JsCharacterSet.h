#pragma once

#include <QString>

#include <utility>
#include <vector>

namespace rollcall::routes {

/// A set of UTF-16 code units, as JavaScript's character classes name them, and its PCRE2 form.
/// **Thread-safety:** a plain value.
class JsCharacterSet final
{
public:
    /// Adds the units from @p first to @p last.
    void add(char16_t first, char16_t last) { m_ranges.emplace_back(first, last); }
    void add(const JsCharacterSet &other);
    /// Adds the units that are not in @p other.
    void addAllBut(const JsCharacterSet &other);

    /// A class of PCRE2 that matches one unit of the set (or, where @p negated, one that is not in it), in subjects of
    /// subjectForPcre(); one atom, so that a quantifier may follow.
    [[nodiscard]] QString toPcre(bool negated) const;

    /// `\d`, `\w` and `\s`; what `.` leaves out.
    [[nodiscard]] static const JsCharacterSet &digits();
    [[nodiscard]] static const JsCharacterSet &wordCharacters();
    [[nodiscard]] static const JsCharacterSet &spaces();
    [[nodiscard]] static const JsCharacterSet &lineEnds();

private:
    std::vector<std::pair<char16_t, char16_t>> m_ranges;
};

/// The character that stands for @p unit in subjects of subjectForPcre(): surrogates have one each in a private plane.
[[nodiscard]] char32_t pcreCharacter(char16_t unit);

} // namespace rollcall::routes
