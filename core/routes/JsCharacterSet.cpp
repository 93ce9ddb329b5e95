#include "core/routes/JsCharacterSet.h"

#include <algorithm>
#include <initializer_list>

namespace rollcall::routes {

namespace {

constexpr char16_t firstSurrogate = 0xd800;
constexpr char16_t lastSurrogate = 0xdfff;
constexpr char32_t surrogatePlane = 0xf0000;

JsCharacterSet setOf(std::initializer_list<std::pair<char16_t, char16_t>> ranges)
{
    JsCharacterSet set;
    for (const auto &[first, last] : ranges)
        set.add(first, last);
    return set;
}

QString hex(char32_t character)
{
    return QStringLiteral("\\x{") + QString::number(character, 16) + u'}';
}

void appendRange(QString &out, char16_t first, char16_t last)
{
    out += hex(pcreCharacter(first));
    if (last != first)
        out += u'-' + hex(pcreCharacter(last));
}

} // namespace

char32_t pcreCharacter(char16_t unit)
{
    const bool surrogate = unit >= firstSurrogate && unit <= lastSurrogate;
    return surrogate ? surrogatePlane + (unit - firstSurrogate) : static_cast<char32_t>(unit);
}

void JsCharacterSet::add(const JsCharacterSet &other)
{
    m_ranges.insert(m_ranges.end(), other.m_ranges.begin(), other.m_ranges.end());
}

void JsCharacterSet::addAllBut(const JsCharacterSet &other)
{
    auto left = other.m_ranges;
    std::ranges::sort(left);
    char32_t next = 0;
    for (const auto &[first, last] : left) {
        if (first > next)
            add(static_cast<char16_t>(next), static_cast<char16_t>(first - 1));
        next = std::max<char32_t>(next, last + 1U);
    }
    if (next <= 0xffff)
        add(static_cast<char16_t>(next), 0xffff);
}

QString JsCharacterSet::toPcre(bool negated) const
{
    if (m_ranges.empty())
        return negated ? QStringLiteral("[\\x{0}-\\x{10ffff}]") : QStringLiteral("(?:(?!))");
    QString out = negated ? QStringLiteral("[^") : QStringLiteral("[");
    // A range over the surrogates falls into three, since these lie elsewhere in our subjects.
    for (const auto &[first, last] : m_ranges) {
        if (first < firstSurrogate)
            appendRange(out, first, std::min<char16_t>(last, firstSurrogate - 1));
        if (first <= lastSurrogate && last >= firstSurrogate)
            appendRange(out, std::max(first, firstSurrogate), std::min(last, lastSurrogate));
        if (last > lastSurrogate)
            appendRange(out, std::max<char16_t>(first, lastSurrogate + 1), last);
    }
    return out + u']';
}

const JsCharacterSet &JsCharacterSet::digits()
{
    static const JsCharacterSet set = setOf({{u'0', u'9'}});
    return set;
}

const JsCharacterSet &JsCharacterSet::wordCharacters()
{
    static const JsCharacterSet set = setOf({{u'0', u'9'}, {u'A', u'Z'}, {u'_', u'_'}, {u'a', u'z'}});
    return set;
}

const JsCharacterSet &JsCharacterSet::spaces()
{
    static const JsCharacterSet set = setOf({{u'\t', u'\r'},
                                             {u' ', u' '},
                                             {0xa0, 0xa0},
                                             {0x1680, 0x1680},
                                             {0x2000, 0x200a},
                                             {0x2028, 0x2029},
                                             {0x202f, 0x202f},
                                             {0x205f, 0x205f},
                                             {0x3000, 0x3000},
                                             {0xfeff, 0xfeff}});
    return set;
}

const JsCharacterSet &JsCharacterSet::lineEnds()
{
    static const JsCharacterSet set = setOf({{u'\n', u'\n'}, {u'\r', u'\r'}, {0x2028, 0x2029}});
    return set;
}

} // namespace rollcall::routes
