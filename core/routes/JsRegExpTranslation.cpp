#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "core/base/PercentEncoding.h"
#include "core/routes/JsCharacterSet.h"
#include "core/routes/JsRegExp.h"

namespace rollcall::routes {

namespace {

/// PCRE2 refuses to compile deeper ones anyway.
constexpr int maxNesting = 200;

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

bool isAsciiLetter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z');
}

/// Reads JavaScript's grammar by recursive descent and writes PCRE2's.
class Translation
{
public:
    explicit Translation(QStringView source) : m_source(source) {}

    tl::expected<QString, RegExpFault> run()
    {
        findGroups();
        disjunction(0);
        if (!m_fault && m_at < m_source.size())
            fail(QStringLiteral("Unmatched ')'"));
        if (!m_fault && readsForgottenGroup())
            m_fault = RegExpFault{RegExpFault::Kind::Unsupported,
                                  QStringLiteral("a back-reference to a group inside of a repetition")};
        if (m_fault)
            return tl::unexpected(*m_fault);
        return m_out;
    }

private:
    [[nodiscard]] bool atEnd() const { return m_fault || m_at >= m_source.size(); }
    [[nodiscard]] QChar peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_source.size() ? m_source.at(m_at + ahead) : QChar();
    }
    [[nodiscard]] bool looksAt(QStringView text) const { return m_source.sliced(m_at).startsWith(text); }
    bool accept(QStringView text)
    {
        if (!looksAt(text))
            return false;
        m_at += text.size();
        return true;
    }
    void fail(const QString &reason)
    {
        if (!m_fault)
            m_fault = RegExpFault{RegExpFault::Kind::Syntax, reason};
    }

    /// An atom that a quantifier stands behind: its place, and how many groups were opened before it and in all.
    struct Loop
    {
        qsizetype begin;
        qsizetype end;
        qsizetype before;
        qsizetype after;
        bool isGroup; ///< a capturing one
    };
    struct Reference
    {
        qsizetype group;
        qsizetype at; ///< behind it
    };

    /// Counts the groups beforehand: what `\1` and `\k` mean depends on those to come.
    void findGroups()
    {
        bool inClass = false;
        for (qsizetype i = 0; i < m_source.size(); ++i) {
            const QChar c = m_source.at(i);
            if (c == u'\\')
                ++i;
            else if (inClass || c == u'[')
                inClass = c != u']';
            else if (c == u'(')
                countGroup(m_source.sliced(i + 1));
        }
    }

    void countGroup(QStringView inside)
    {
        if (!inside.startsWith(u'?')) {
            m_groups << QString();
        } else if (inside.startsWith(u"?<") && !inside.startsWith(u"?<=") && !inside.startsWith(u"?<!")) {
            const qsizetype end = inside.indexOf(u'>');
            m_groups << inside.sliced(2, std::max<qsizetype>(end, 2) - 2).toString();
            m_hasNames = true;
        }
    }

    void disjunction(int depth)
    {
        if (depth > maxNesting) {
            m_fault = RegExpFault{RegExpFault::Kind::Unsupported, QStringLiteral("groups are nested too deeply")};
            return;
        }
        while (!atEnd() && peek() != u')') {
            if (accept(u"|"))
                m_out += u'|';
            else
                term(depth);
        }
    }

    void term(int depth)
    {
        const QChar c = peek();
        if (c == u'*' || c == u'+' || c == u'?' || (c == u'{' && braces())) {
            fail(QStringLiteral("Nothing to repeat"));
        } else if (accept(u"^")) {
            m_out += u'^';
        } else if (accept(u"$")) {
            m_out += QStringLiteral("\\z"); // PCRE2's own would match before a last line end too
        } else if (accept(u"\\b")) {
            m_out += QStringLiteral("\\b");
        } else if (accept(u"\\B")) {
            m_out += QStringLiteral("\\B");
        } else if (accept(u"(?<=")) {
            group(QStringLiteral("(?<="), QStringLiteral(")"), depth);
        } else if (accept(u"(?<!")) {
            group(QStringLiteral("(?<!"), QStringLiteral(")"), depth);
        } else {
            Loop loop{m_at, m_at, m_opened, m_opened, isCapturing()};
            atom(depth);
            loop.end = m_at;
            loop.after = m_opened;
            const bool isOnce = peek() == u'?';
            if (quantifier() && !isOnce)
                m_loops.push_back(loop);
        }
    }

    /// Whether a capturing group begins here, where an atom does.
    [[nodiscard]] bool isCapturing() const { return looksAt(u"(") && (!looksAt(u"(?") || looksAt(u"(?<")); }

    void atom(int depth)
    {
        if (accept(u"(?:")) {
            group(QStringLiteral("(?:"), QStringLiteral(")"), depth);
        } else if (accept(u"(?=")) {
            group(QStringLiteral("(?:(?="), QStringLiteral("))"), depth);
        } else if (accept(u"(?!")) {
            group(QStringLiteral("(?:(?!"), QStringLiteral("))"), depth);
        } else if (accept(u"(?<")) {
            groupName();
            ++m_opened;
            group(QStringLiteral("("), QStringLiteral(")"), depth);
        } else if (accept(u"(?")) {
            fail(QStringLiteral("Invalid group"));
        } else if (accept(u"(")) {
            ++m_opened;
            group(QStringLiteral("("), QStringLiteral(")"), depth);
        } else if (accept(u".")) {
            m_out += JsCharacterSet::lineEnds().toPcre(true);
        } else if (accept(u"[")) {
            characterClass();
        } else if (accept(u"\\")) {
            escape();
        } else {
            literal(peek().unicode());
            ++m_at;
        }
    }

    void group(const QString &open, const QString &close, int depth)
    {
        m_out += open;
        disjunction(depth + 1);
        if (!m_fault && !accept(u")"))
            fail(QStringLiteral("Unterminated group"));
        m_out += close;
    }

    void groupName()
    {
        const qsizetype start = m_at;
        while (!atEnd() && peek() != u'>')
            ++m_at;
        const QStringView name = m_source.sliced(start, m_at - start);
        const auto isNameStart = [](QChar c) { return c.isLetter() || c == u'_' || c == u'$'; };
        const bool valid =
            accept(u">") && !name.isEmpty() && isNameStart(name.front()) &&
            std::all_of(name.begin(), name.end(), [&](QChar c) { return isNameStart(c) || c.isDigit() || c.isMark(); });
        if (!valid)
            fail(QStringLiteral("Invalid capture group name"));
        else if (m_groups.count(name) > 1)
            fail(QStringLiteral("Duplicate capture group name"));
    }

    /// The length of `{n}`, `{n,}` or `{n,m}` here; nullopt where the brace is a plain one.
    [[nodiscard]] std::optional<qsizetype> braces() const
    {
        qsizetype ahead = 1;
        const auto digits = [&] {
            const qsizetype from = ahead;
            while (isDigit(peek(ahead)))
                ++ahead;
            return ahead > from;
        };
        if (!digits())
            return std::nullopt;
        if (peek(ahead) == u',') {
            ++ahead;
            digits();
        }
        return peek(ahead) == u'}' ? std::optional(ahead + 1) : std::nullopt;
    }

    /// True where there is one.
    bool quantifier()
    {
        if (atEnd())
            return false;
        const QChar c = peek();
        if (c == u'*' || c == u'+' || c == u'?') {
            m_out += c;
            ++m_at;
        } else if (const auto length = c == u'{' ? braces() : std::nullopt) {
            const QStringView text = m_source.sliced(m_at, *length);
            if (isOutOfOrder(text.sliced(1, text.size() - 2)))
                fail(QStringLiteral("numbers out of order in {} quantifier"));
            m_out += text;
            m_at += *length;
        } else {
            return false;
        }
        if (accept(u"?"))
            m_out += u'?';
        return true;
    }

    static bool isOutOfOrder(QStringView numbers)
    {
        const qsizetype comma = numbers.indexOf(u',');
        if (comma < 0 || comma + 1 == numbers.size())
            return false;
        // Of any length: JavaScript has no limit (PCRE2 has, and says so).
        const auto plain = [](QStringView digits) {
            while (digits.size() > 1 && digits.front() == u'0')
                digits = digits.sliced(1);
            return digits;
        };
        const QStringView least = plain(numbers.first(comma));
        const QStringView most = plain(numbers.sliced(comma + 1));
        return least.size() != most.size() ? least.size() > most.size() : least.compare(most) > 0;
    }

    void literal(char16_t unit)
    {
        const QChar c(unit);
        if (isAsciiLetter(c) || isDigit(c) || c == u'/' || c == u'_')
            m_out += c;
        else
            m_out += QStringLiteral("\\x{") + QString::number(pcreCharacter(unit), 16) + u'}';
    }

    /// The set of `\d`, `\D`, `\w`, …; behind it where there is one.
    std::optional<JsCharacterSet> setEscape()
    {
        static const QString letters = QStringLiteral("dwsDWS");
        const qsizetype which = atEnd() ? -1 : letters.indexOf(peek());
        if (which < 0)
            return std::nullopt;
        ++m_at;
        const std::array sets{&JsCharacterSet::digits(), &JsCharacterSet::wordCharacters(), &JsCharacterSet::spaces()};
        const JsCharacterSet &set = *sets.at(static_cast<std::size_t>(which % 3));
        JsCharacterSet result;
        if (which < 3)
            result.add(set);
        else
            result.addAllBut(set);
        return result;
    }

    /// @p count hexadecimal digits at @p ahead.
    [[nodiscard]] std::optional<char16_t> hexAt(qsizetype ahead, qsizetype count) const
    {
        unsigned value = 0;
        for (qsizetype i = 0; i < count; ++i) {
            const char16_t unit = peek(ahead + i).unicode();
            const int digit = unit < 0x80 ? base::hexDigit(static_cast<char>(unit)) : -1;
            if (digit < 0)
                return std::nullopt;
            value = value * 16 + static_cast<unsigned>(digit);
        }
        return static_cast<char16_t>(value);
    }

    /// Up to three octal digits, at most 0377.
    char16_t octal()
    {
        unsigned value = 0;
        for (int i = 0; i < 3 && peek() >= u'0' && peek() <= u'7' && value * 8 + (peek().unicode() - u'0') <= 0377;
             ++i) {
            value = value * 8 + (peek().unicode() - u'0');
            ++m_at;
        }
        return static_cast<char16_t>(value);
    }

    /// The character that an escape stands for, behind the backslash; the same in and outside of classes but for what
    /// @p inClass says.
    char16_t characterEscape(bool inClass)
    {
        const QChar c = peek();
        if (c >= u'0' && c <= u'7')
            return octal();
        if (c == u'c') {
            const QChar letter = peek(1);
            const bool control = isAsciiLetter(letter) || (inClass && (isDigit(letter) || letter == u'_'));
            if (!control)
                return u'\\'; // the "c" stands for itself, behind it
            m_at += 2;
            return letter.unicode() % 32;
        }
        ++m_at;
        switch (c.unicode()) {
        case u'f':
            return u'\f';
        case u'n':
            return u'\n';
        case u'r':
            return u'\r';
        case u't':
            return u'\t';
        case u'v':
            return u'\v';
        case u'x':
        case u'u': {
            const qsizetype digits = c == u'x' ? 2 : 4;
            const auto value = hexAt(0, digits);
            m_at += value ? digits : 0;
            return value.value_or(c.unicode());
        }
        default:
            return c.unicode();
        }
    }

    void escape()
    {
        if (atEnd()) {
            fail(QStringLiteral("\\ at end of pattern"));
        } else if (const auto set = setEscape()) {
            m_out += set->toPcre(false);
        } else if (m_hasNames && accept(u"k")) {
            namedReference();
        } else if (!numberedReference()) {
            literal(characterEscape(false));
        }
    }

    /// A group that took no part matches the empty text in JavaScript, and nothing in PCRE2.
    void reference(qsizetype number)
    {
        m_references.push_back({number, m_at});
        m_out += QStringLiteral("(?(%1)\\g{%1})").arg(number);
    }

    /// At each round of a repetition JavaScript forgets what the groups inside of it held; PCRE2 remembers. That shows
    /// where a reference reads such a group from within, or one that a round may have passed by.
    [[nodiscard]] bool readsForgottenGroup() const
    {
        return std::ranges::any_of(m_references, [this](const Reference &reference) {
            return std::ranges::any_of(m_loops, [&reference](const Loop &loop) {
                const bool isOfLoop = reference.group > loop.before && reference.group <= loop.after;
                // The group that is repeated itself takes part in every round.
                const bool isRepeated = loop.isGroup && reference.group == loop.before + 1;
                const bool isWithin = reference.at > loop.begin && reference.at <= loop.end;
                return isOfLoop && (isWithin || !isRepeated);
            });
        });
    }

    void namedReference()
    {
        const qsizetype end = m_source.indexOf(u'>', m_at);
        if (!accept(u"<") || end < 0) {
            fail(QStringLiteral("Invalid named reference"));
            return;
        }
        const qsizetype group = m_groups.indexOf(m_source.sliced(m_at, end - m_at));
        if (group < 0)
            fail(QStringLiteral("Invalid named capture referenced"));
        m_at = end + 1;
        reference(group + 1);
    }

    /// `\1` and so on, where there are as many groups; else the digits are a character.
    bool numberedReference()
    {
        if (!isDigit(peek()) || peek() == u'0')
            return false;
        qsizetype number = 0;
        qsizetype length = 0;
        while (isDigit(peek(length)) && number <= m_groups.size()) {
            number = number * 10 + (peek(length).unicode() - u'0');
            ++length;
        }
        if (number > m_groups.size())
            return false;
        m_at += length;
        reference(number);
        return true;
    }

    /// One side of a range, or a set.
    struct ClassAtom
    {
        std::optional<JsCharacterSet> set;
        char16_t unit = 0;
    };

    ClassAtom classAtom()
    {
        if (!accept(u"\\")) {
            ++m_at;
            return {std::nullopt, m_source.at(m_at - 1).unicode()};
        }
        if (atEnd()) {
            fail(QStringLiteral("\\ at end of pattern"));
            return {};
        }
        if (auto set = setEscape())
            return {std::move(set), 0};
        if (accept(u"b"))
            return {std::nullopt, u'\b'};
        return {std::nullopt, characterEscape(true)};
    }

    void characterClass()
    {
        const bool negated = accept(u"^");
        JsCharacterSet set;
        const auto addAtom = [&set](const ClassAtom &atom) {
            if (atom.set)
                set.add(*atom.set);
            else
                set.add(atom.unit, atom.unit);
        };
        while (!atEnd() && peek() != u']') {
            const ClassAtom first = classAtom();
            if (atEnd() || peek() != u'-' || m_at + 1 >= m_source.size() || peek(1) == u']') {
                addAtom(first);
                continue;
            }
            ++m_at;
            const ClassAtom last = classAtom();
            if (first.set || last.set) {
                addAtom(first);
                set.add(u'-', u'-');
                addAtom(last);
            } else if (first.unit > last.unit) {
                fail(QStringLiteral("Range out of order in character class"));
            } else {
                set.add(first.unit, last.unit);
            }
        }
        if (!m_fault && !accept(u"]"))
            fail(QStringLiteral("Unterminated character class"));
        m_out += set.toPcre(negated);
    }

    QStringView m_source;
    qsizetype m_at = 0;
    QString m_out;
    QStringList m_groups;   ///< names of the capturing groups, in order; empty for those without
    qsizetype m_opened = 0; ///< of them, until here
    std::vector<Loop> m_loops;
    std::vector<Reference> m_references;
    bool m_hasNames = false;
    std::optional<RegExpFault> m_fault;
};

} // namespace

tl::expected<QString, RegExpFault> translateToPcre(QStringView source)
{
    return Translation(source).run();
}

} // namespace rollcall::routes
