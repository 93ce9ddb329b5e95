#include "core/engine/DefaultCallbacks.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/base/IsoText.h"
#include "core/base/PercentEncoding.h"

namespace rollcall::engine {

namespace {

using jose::JsonValue;

/// `{name, email, image}` of the members of @p source called so; image may have another name there.
JsonValue userOf(const JsonValue &source, QStringView image)
{
    JsonValue::Object user;
    const auto copy = [&](const QString &member, QStringView from) {
        if (const JsonValue *value = source.find(from))
            user.push_back({member, *value});
    };
    copy(QStringLiteral("name"), u"name");
    copy(QStringLiteral("email"), u"email");
    copy(QStringLiteral("image"), image);
    return JsonValue(std::move(user));
}

JsonValue sessionOf(JsonValue user, JsonValue expires)
{
    JsonValue::Object session;
    session.push_back({QStringLiteral("user"), std::move(user)});
    session.push_back({QStringLiteral("expires"), std::move(expires)});
    return JsonValue(std::move(session));
}

} // namespace

QByteArray sessionOfClaims(const jose::Claims &claims, base::Instant expires)
{
    struct Part
    {
        QByteArrayView start;
        QByteArrayView claim;
    };
    static constexpr std::array parts{Part{"\"name\":", "name"}, Part{"\"email\":", "email"},
                                      Part{"\"image\":", "picture"}};
    // What is copied stands in the claims' text once; the rest is names and the time.
    constexpr qsizetype room = 128;
    QByteArray text(claims.text().size() + room, Qt::Uninitialized);
    base::TextWriter writer(text.data());
    writer.put("{\"user\":{");
    bool first = true;
    for (const Part &part : parts) {
        const QByteArrayView value = claims.raw(part.claim);
        if (value.isEmpty())
            continue;
        if (!first)
            writer.put(',');
        first = false;
        writer.put(part.start);
        writer.put(value);
    }
    writer.put("},\"expires\":\"");
    base::putIso(writer, expires);
    writer.put("\"}");
    text.truncate(writer.at() - text.constData());
    return text;
}

JsonValue sessionValueOfClaims(const JsonValue &claims, base::Instant expires)
{
    return sessionOf(userOf(claims, u"picture"), JsonValue(base::toIso(expires)));
}

JsonValue sessionOfUser(const JsonValue &user, const JsonValue &expires)
{
    return sessionOf(userOf(user, u"image"), expires);
}

void spread(JsonValue &target, const JsonValue &source)
{
    if (const JsonValue::Object *object = source.object()) {
        for (const JsonValue::Member &member : *object)
            target.set(member.name, member.value);
    } else if (const JsonValue::Array *array = source.array()) {
        for (std::size_t i = 0; i < array->size(); ++i)
            target.set(QString::number(i), array->at(i));
    } else if (const QString *text = source.string()) {
        for (qsizetype i = 0; i < text->size(); ++i)
            target.set(QString::number(i), JsonValue(QString(text->at(i))));
    }
}

namespace {

/// The number of digits behind `0x`, `0o` or `0b`; NaN where there are none or others.
double digitsOf(QByteArrayView digits, int radix)
{
    double number = 0;
    for (const char c : digits) {
        const int digit = base::hexDigit(c);
        if (digit < 0 || digit >= radix)
            return std::numeric_limits<double>::quiet_NaN();
        number = number * radix + digit;
    }
    return digits.isEmpty() ? std::numeric_limits<double>::quiet_NaN() : number;
}

} // namespace

double toNumber(const JsonValue &value)
{
    constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
    if (const double *number = value.number())
        return *number;
    if (const bool *boolean = value.boolean())
        return *boolean ? 1 : 0;
    if (value.isNull())
        return 0;
    if (!value.string())
        return notANumber;
    QByteArray text = value.string()->trimmed().toUtf8();
    if (text.isEmpty())
        return 0;
    if (text.startsWith('0') && text.size() > 1) {
        const char prefix = static_cast<char>(text.at(1) | ' ');
        if (const int radix = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 0; radix != 0)
            return digitsOf(QByteArrayView(text).sliced(2), radix);
    }
    const bool negative = text.startsWith('-');
    if (negative || text.startsWith('+'))
        text.remove(0, 1);
    if (text == "Infinity")
        return negative ? -HUGE_VAL : HUGE_VAL;
    // from_chars reads "inf" and "nan" too, which are none to JavaScript.
    double number = 0;
    const bool numeric = !text.isEmpty() && (text.front() == '.' || (text.front() >= '0' && text.front() <= '9'));
    const auto read = std::from_chars(text.cbegin(), text.cend(), number);
    if (!numeric || read.ptr != text.cend())
        return notANumber;
    if (read.ec == std::errc::result_out_of_range)
        number = text.contains("e-") || text.contains("E-") ? 0 : HUGE_VAL;
    return negative ? -number : number;
}

} // namespace rollcall::engine
