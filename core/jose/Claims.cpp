#include "core/jose/Claims.h"

#include <QtEndian>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/base/PercentEncoding.h"
#include "core/base/SameBytes.h"
#include "core/base/Secret.h"
#include "core/jose/CanonicalJson.h"

namespace rollcall::jose {

namespace {

constexpr bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// The number in the eight characters from @p at on; nullopt where one is no digit. All at once: of two neighbours the
/// left one counts ten times, then of two pairs a hundred times, and so on.
std::optional<quint32> eightDigits(const char *at)
{
    const auto characters = qFromLittleEndian<quint64>(at);
    const quint64 digits = characters - 0x3030303030303030;
    // A character below '0' borrows, one above '9' carries: either sets an upper half.
    if (((digits | (digits + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0) != 0)
        return std::nullopt;
    const quint64 pairs = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff;
    const quint64 fours = (pairs * 100 + (pairs >> 16)) & 0x0000ffff0000ffff;
    return static_cast<quint32>(fours * 10'000 + (fours >> 32));
}

JsonKind kindOf(const JsonValue &value)
{
    if (value.boolean())
        return JsonKind::Boolean;
    if (value.number())
        return JsonKind::Number;
    if (value.string())
        return JsonKind::String;
    if (value.array())
        return JsonKind::Array;
    return value.object() ? JsonKind::Object : JsonKind::Null;
}

/// Whether JSON text shows another number than the one that is there: infinite ones become null, minus zero loses its
/// sign.
bool losesNumbers(const JsonValue &value)
{
    if (const double *number = value.number())
        return !std::isfinite(*number) || (*number == 0 && std::signbit(*number));
    if (const JsonValue::Array *array = value.array())
        return std::ranges::any_of(*array, losesNumbers);
    if (const JsonValue::Object *object = value.object())
        return std::ranges::any_of(*object, losesNumbers, &JsonValue::Member::value);
    return false;
}

} // namespace

Claims::Claims() : m_text(QByteArrayLiteral("{}")) {}

Claims::Claims(QByteArray text, ClaimIndex members) : m_text(std::move(text)), m_members(std::move(members)) {}

Claims &Claims::operator=(const Claims &other)
{
    return *this = Claims(other);
}

Claims &Claims::operator=(Claims &&other) noexcept
{
    if (this != &other) {
        base::wipe(m_text);
        m_text = std::move(other.m_text);
        m_members = std::move(other.m_members);
        m_value = std::move(other.m_value);
    }
    return *this;
}

Claims::~Claims()
{
    base::wipe(m_text);
}

std::optional<Claims> Claims::fromValue(const JsonValue &object)
{
    const JsonValue::Object *members = object.object();
    if (!members)
        return std::nullopt;
    QByteArray text("{");
    ClaimIndex index;
    for (const JsonValue::Member &member : *members) {
        if (!index.isEmpty())
            text.append(',');
        ClaimMember entry;
        entry.kind = kindOf(member.value);
        entry.nameAt = static_cast<quint32>(text.size() + 1);
        appendJson(text, JsonValue(member.name));
        entry.nameSize = static_cast<quint32>(text.size() - 1) - entry.nameAt;
        text.append(':');
        appendJson(text, member.value);
        entry.end = static_cast<quint32>(text.size());
        index.append(entry);
    }
    text.append('}');
    Claims claims(std::move(text), std::move(index));
    if (losesNumbers(object))
        claims.m_value = std::make_shared<const JsonValue>(object);
    return claims;
}

bool Claims::takeCanonical(QByteArray &text)
{
    base::wipe(m_text);
    m_members.clear();
    m_value.reset();
    const bool isCanonical = indexCanonical(text, m_members);
    if (isCanonical) {
        m_text = std::exchange(text, {});
    } else {
        m_text = QByteArrayLiteral("{}");
        m_members.clear();
    }
    return isCanonical;
}

const ClaimMember *Claims::find(QByteArrayView name) const
{
    for (const ClaimMember &member : m_members) {
        if (base::isSameBytes({m_text.constData() + member.nameAt, static_cast<qsizetype>(member.nameSize)}, name))
            return &member;
    }
    return nullptr;
}

QByteArrayView Claims::raw(const ClaimMember &member) const
{
    return {m_text.constData() + member.valueAt(), static_cast<qsizetype>(member.end - member.valueAt())};
}

QByteArrayView Claims::raw(QByteArrayView name) const
{
    const ClaimMember *member = find(name);
    return member ? raw(*member) : QByteArrayView();
}

std::optional<double> Claims::number(const ClaimMember &member) const
{
    constexpr qsizetype mostExactDigits = 15;
    if (member.kind != JsonKind::Number)
        return std::nullopt;
    if (const JsonValue::Object *members = m_value ? m_value->object() : nullptr) {
        const auto position = static_cast<std::size_t>(&member - m_members.constData());
        if (const double *exact = members->at(position).value.number())
            return *exact;
    }
    const QByteArrayView digits = raw(member);
    // Times are integers, which need no care for rounding.
    if (digits.size() <= mostExactDigits) {
        qint64 integer = 0;
        const char *at = digits.begin();
        if (const auto first = digits.size() >= 8 ? eightDigits(at) : std::nullopt) {
            integer = *first;
            at += 8;
        }
        for (; at != digits.end() && isDigit(*at); ++at)
            integer = integer * 10 + (*at - '0');
        if (at == digits.end())
            return static_cast<double>(integer);
    }
    double number = 0;
    // Printed numbers are within double's range and in a form that from_chars reads whole.
    std::from_chars(digits.begin(), digits.end(), number);
    return number;
}

std::optional<double> Claims::number(QByteArrayView name) const
{
    const ClaimMember *member = find(name);
    return member ? number(*member) : std::nullopt;
}

std::optional<QString> Claims::string(QByteArrayView name) const
{
    const ClaimMember *member = find(name);
    if (!member || member->kind != JsonKind::String)
        return std::nullopt;
    const QByteArrayView quoted = raw(*member);
    const QByteArrayView inner = quoted.sliced(1, quoted.size() - 2);
    if (!inner.contains('\\'))
        return base::isAscii(inner) ? QString::fromLatin1(inner) : QString::fromUtf8(inner);
    const auto parsed = parseJson(QString::fromUtf8(quoted));
    return parsed && parsed->string() ? std::optional(*parsed->string()) : std::nullopt;
}

JsonValue Claims::value() const
{
    if (m_value)
        return *m_value;
    return parseJson(QString::fromUtf8(m_text)).value_or(JsonValue());
}

} // namespace rollcall::jose
