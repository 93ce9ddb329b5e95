#include "core/jose/JsonText.h"

#include <QStringConverter>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/base/ObjectOrder.h"

namespace rollcall::jose {

namespace {

void printString(QByteArray &out, const QString &text)
{
    static constexpr std::array hex{'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    const auto escapeUnit = [&out](char16_t unit) {
        out.append("\\u");
        for (const int shift : {12, 8, 4, 0})
            out.append(hex.at((static_cast<quint32>(unit) >> shift) & 0xfU));
    };
    QStringEncoder utf8(QStringConverter::Utf8, QStringConverter::Flag::Stateless);
    qsizetype plainFrom = 0;
    const auto flush = [&](qsizetype end) {
        if (end > plainFrom)
            out.append(QByteArray(utf8(QStringView(text).sliced(plainFrom, end - plainFrom))));
    };
    out.append('"');
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c.isHighSurrogate() && i + 1 < text.size() && text.at(i + 1).isLowSurrogate()) {
            ++i;
            continue;
        }
        const bool special = c < u' ' || c == u'"' || c == u'\\' || c.isSurrogate();
        if (!special)
            continue;
        flush(i);
        plainFrom = i + 1;
        switch (c.unicode()) {
        case u'"':
            out.append("\\\"");
            break;
        case u'\\':
            out.append("\\\\");
            break;
        case u'\b':
            out.append("\\b");
            break;
        case u'\f':
            out.append("\\f");
            break;
        case u'\n':
            out.append("\\n");
            break;
        case u'\r':
            out.append("\\r");
            break;
        case u'\t':
            out.append("\\t");
            break;
        default:
            escapeUnit(c.unicode());
        }
    }
    flush(text.size());
    out.append('"');
}

} // namespace

void appendJson(QByteArray &out, const JsonValue &value)
{
    if (const bool *boolean = value.boolean()) {
        out.append(*boolean ? "true" : "false");
    } else if (const double *number = value.number()) {
        out.append(printNumber(*number));
    } else if (const QString *string = value.string()) {
        printString(out, *string);
    } else if (const JsonValue::Array *array = value.array()) {
        out.append('[');
        for (std::size_t i = 0; i < array->size(); ++i) {
            if (i > 0)
                out.append(',');
            appendJson(out, array->at(i));
        }
        out.append(']');
    } else if (const JsonValue::Object *object = value.object()) {
        out.append('{');
        for (std::size_t i = 0; i < object->size(); ++i) {
            if (i > 0)
                out.append(',');
            printString(out, object->at(i).name);
            out.append(':');
            appendJson(out, object->at(i).value);
        }
        out.append('}');
    } else {
        out.append("null");
    }
}

const JsonValue *JsonValue::find(QStringView name) const
{
    const Object *members = object();
    if (!members)
        return nullptr;
    const auto found = std::ranges::find_if(*members, [name](const Member &member) { return member.name == name; });
    return found == members->end() ? nullptr : &found->value;
}

void JsonValue::set(const QString &name, JsonValue value)
{
    auto *members = std::get_if<Object>(&m_value);
    if (!members)
        return;
    const auto found = std::ranges::find(*members, name, &Member::name);
    if (found != members->end()) {
        found->value = std::move(value);
        return;
    }
    auto place = members->end();
    if (const auto index = base::arrayIndex(name)) {
        place = std::ranges::find_if(*members, [&index](const Member &member) {
            const auto other = base::arrayIndex(member.name);
            return !other || *other > *index;
        });
    }
    members->insert(place, Member{name, std::move(value)});
}

QByteArray printJson(const JsonValue &value)
{
    QByteArray out;
    appendJson(out, value);
    return out;
}

QByteArray printNumber(double number)
{
    if (!std::isfinite(number))
        return QByteArrayLiteral("null");
    if (number == 0)
        return QByteArrayLiteral("0");
    // Shortest digits that read back as the same double, in the form d.ddde±xx; then laid out as ECMA-262 says.
    std::array<char, 64> buffer{};
    const auto written = std::to_chars(buffer.begin(), buffer.end(), std::abs(number), std::chars_format::scientific);
    const QByteArray scientific(buffer.data(), written.ptr - buffer.data());
    const qsizetype exponentAt = scientific.indexOf('e');
    QByteArray digits = scientific.first(exponentAt);
    digits.remove(1, 1);
    const int exponent = scientific.sliced(exponentAt + 1).toInt();
    const qsizetype pointAfter = exponent + 1;

    QByteArray result = number < 0 ? QByteArrayLiteral("-") : QByteArray();
    if (pointAfter >= digits.size() && pointAfter <= 21) {
        result += digits + QByteArray(pointAfter - digits.size(), '0');
    } else if (pointAfter > 0 && pointAfter <= 21) {
        result += digits.first(pointAfter) + '.' + digits.sliced(pointAfter);
    } else if (pointAfter > -6 && pointAfter <= 0) {
        result += "0." + QByteArray(-pointAfter, '0') + digits;
    } else {
        result += digits.first(1);
        if (digits.size() > 1)
            result += '.' + digits.sliced(1);
        result += exponent < 0 ? "e-" : "e+";
        result += QByteArray::number(std::abs(exponent));
    }
    return result;
}

} // namespace rollcall::jose
