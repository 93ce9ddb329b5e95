#include <QHash>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/base/ObjectOrder.h"
#include "core/jose/JsonText.h"

namespace rollcall::jose {

namespace {

/// Collects the members of one object: last duplicate wins in the place of the first.
class ObjectBuilder
{
public:
    void add(QString name, JsonValue value)
    {
        if (JsonValue *existing = find(name)) {
            *existing = std::move(value);
            return;
        }
        m_hasIndices = m_hasIndices || base::arrayIndex(name).has_value();
        if (m_places.size() > 0 || m_members.size() >= fewMembers)
            remember(name);
        m_members.push_back({std::move(name), std::move(value)});
    }

    [[nodiscard]] JsonValue::Object take()
    {
        if (!m_hasIndices)
            return std::move(m_members);
        // Positions are sorted instead of the members themselves: moving a few integers is cheaper than moving values.
        std::vector<std::size_t> order(m_members.size());
        std::iota(order.begin(), order.end(), std::size_t(0));
        std::ranges::stable_sort(order, [this](std::size_t a, std::size_t b) {
            const auto x = base::arrayIndex(m_members[a].name);
            const auto y = base::arrayIndex(m_members[b].name);
            return x && (!y || *x < *y);
        });
        JsonValue::Object sorted;
        sorted.reserve(order.size());
        for (const std::size_t position : order)
            sorted.push_back(std::move(m_members[position]));
        return sorted;
    }

private:
    // Few members are compared one by one; beyond that a hash keeps hostile objects from costing quadratic time.
    static constexpr std::size_t fewMembers = 16;

    JsonValue *find(const QString &name)
    {
        if (!m_places.isEmpty()) {
            const auto place = m_places.constFind(name);
            return place == m_places.cend() ? nullptr : &m_members.at(*place).value;
        }
        const auto found = std::ranges::find(m_members, name, &JsonValue::Member::name);
        return found == m_members.end() ? nullptr : &found->value;
    }

    void remember(const QString &name)
    {
        if (m_places.isEmpty()) {
            for (std::size_t i = 0; i < m_members.size(); ++i)
                m_places.insert(m_members.at(i).name, i);
        }
        m_places.insert(name, m_members.size());
    }

    JsonValue::Object m_members;
    QHash<QString, std::size_t> m_places;
    bool m_hasIndices = false;
};

class Parser
{
public:
    explicit Parser(QStringView text) : m_text(text) {}

    std::optional<JsonValue> document()
    {
        auto result = value(0);
        skipBlanks();
        if (!result || m_at != m_text.size())
            return std::nullopt;
        return result;
    }

private:
    [[nodiscard]] char16_t peek() const { return m_at < m_text.size() ? m_text.at(m_at).unicode() : u'\0'; }
    [[nodiscard]] bool peekDigit() const { return peek() >= u'0' && peek() <= u'9'; }

    bool take(char16_t expected)
    {
        if (m_at >= m_text.size() || m_text.at(m_at) != expected)
            return false;
        ++m_at;
        return true;
    }

    bool takeWord(QStringView word)
    {
        if (!m_text.sliced(m_at).startsWith(word))
            return false;
        m_at += word.size();
        return true;
    }

    void skipBlanks()
    {
        while (peek() == u' ' || peek() == u'\t' || peek() == u'\n' || peek() == u'\r')
            ++m_at;
    }

    std::optional<JsonValue> value(int depth)
    {
        skipBlanks();
        switch (peek()) {
        case u'{':
            return depth < maxJsonDepth ? object(depth) : std::nullopt;
        case u'[':
            return depth < maxJsonDepth ? array(depth) : std::nullopt;
        case u'"': {
            auto text = string();
            return text ? std::optional(JsonValue(std::move(*text))) : std::nullopt;
        }
        case u't':
            return takeWord(u"true") ? std::optional(JsonValue(true)) : std::nullopt;
        case u'f':
            return takeWord(u"false") ? std::optional(JsonValue(false)) : std::nullopt;
        case u'n':
            return takeWord(u"null") ? std::optional(JsonValue()) : std::nullopt;
        default:
            return number();
        }
    }

    std::optional<JsonValue> object(int depth)
    {
        ++m_at;
        ObjectBuilder members;
        skipBlanks();
        if (take(u'}'))
            return JsonValue(members.take());
        do {
            skipBlanks();
            auto name = string();
            skipBlanks();
            if (!name || !take(u':'))
                return std::nullopt;
            auto member = value(depth + 1);
            if (!member)
                return std::nullopt;
            members.add(std::move(*name), std::move(*member));
            skipBlanks();
        } while (take(u','));
        return take(u'}') ? std::optional(JsonValue(members.take())) : std::nullopt;
    }

    std::optional<JsonValue> array(int depth)
    {
        ++m_at;
        JsonValue::Array elements;
        skipBlanks();
        if (take(u']'))
            return JsonValue(std::move(elements));
        do {
            auto element = value(depth + 1);
            if (!element)
                return std::nullopt;
            elements.push_back(std::move(*element));
            skipBlanks();
        } while (take(u','));
        return take(u']') ? std::optional(JsonValue(std::move(elements))) : std::nullopt;
    }

    std::optional<QString> string()
    {
        if (!take(u'"'))
            return std::nullopt;
        QString result;
        while (m_at < m_text.size()) {
            const char16_t c = m_text.at(m_at++).unicode();
            if (c == u'"')
                return result;
            if (c < 0x20)
                return std::nullopt;
            if (c != u'\\') {
                result.append(QChar(c));
                continue;
            }
            const auto escaped = escape();
            if (!escaped)
                return std::nullopt;
            result.append(QChar(*escaped));
        }
        return std::nullopt;
    }

    std::optional<char16_t> escape()
    {
        if (m_at >= m_text.size())
            return std::nullopt;
        switch (const char16_t c = m_text.at(m_at++).unicode()) {
        case u'"':
        case u'\\':
        case u'/':
            return c;
        case u'b':
            return u'\b';
        case u'f':
            return u'\f';
        case u'n':
            return u'\n';
        case u'r':
            return u'\r';
        case u't':
            return u'\t';
        case u'u':
            return codeUnit();
        default:
            return std::nullopt;
        }
    }

    std::optional<char16_t> codeUnit()
    {
        if (m_text.size() - m_at < 4)
            return std::nullopt;
        quint32 unit = 0;
        for (const QChar c : m_text.sliced(m_at, 4)) {
            quint32 digit = 0;
            if (c >= u'0' && c <= u'9')
                digit = static_cast<quint32>(c.unicode() - u'0');
            else if (c >= u'a' && c <= u'f')
                digit = static_cast<quint32>(c.unicode() - u'a') + 10;
            else if (c >= u'A' && c <= u'F')
                digit = static_cast<quint32>(c.unicode() - u'A') + 10;
            else
                return std::nullopt;
            unit = unit * 16 + digit;
        }
        m_at += 4;
        return static_cast<char16_t>(unit);
    }

    /// Passes over digits; how many there were.
    qsizetype digits()
    {
        const qsizetype from = m_at;
        while (peekDigit())
            ++m_at;
        return m_at - from;
    }

    std::optional<JsonValue> number()
    {
        const qsizetype from = m_at;
        take(u'-');
        if (!take(u'0') && digits() == 0)
            return std::nullopt;
        if (take(u'.') && digits() == 0)
            return std::nullopt;
        if (peek() == u'e' || peek() == u'E') {
            ++m_at;
            if (!take(u'+'))
                take(u'-');
            if (digits() == 0)
                return std::nullopt;
        }
        return JsonValue(toDouble(m_text.sliced(from, m_at - from).toLatin1()));
    }

    static double toDouble(const QByteArray &digits)
    {
        double result = 0;
        const auto [end, error] = std::from_chars(digits.cbegin(), digits.cend(), result);
        Q_UNUSED(end)
        if (error != std::errc::result_out_of_range)
            return result;
        // from_chars does not tell too big from too small; the decimal position of the first non-zero digit does.
        const bool negative = digits.startsWith('-');
        return std::copysign(isLarge(digits) ? std::numeric_limits<double>::infinity() : 0.0, negative ? -1.0 : 1.0);
    }

    /// Whether a number outside the range of double is beyond its upper end.
    static bool isLarge(const QByteArray &digits)
    {
        const qsizetype exponentAt = std::max(digits.indexOf('e'), digits.indexOf('E'));
        const QByteArray mantissa = exponentAt < 0 ? digits : digits.first(exponentAt);
        const qsizetype point = mantissa.indexOf('.');
        const qsizetype unitsEnd = point < 0 ? mantissa.size() : point;
        const auto *first = std::ranges::find_if(mantissa, [](char c) { return c >= '1' && c <= '9'; });
        const qsizetype position = unitsEnd - (first - mantissa.cbegin());
        if (exponentAt < 0)
            return position > 0;
        bool fits = false;
        const qlonglong exponent = digits.sliced(exponentAt + 1).toLongLong(&fits);
        // Their sum might not fit.
        return fits ? exponent > -qlonglong{position} : digits.at(exponentAt + 1) != '-';
    }

    QStringView m_text;
    qsizetype m_at = 0;
};

} // namespace

std::optional<JsonValue> parseJson(QStringView text)
{
    return Parser(text).document();
}

} // namespace rollcall::jose
