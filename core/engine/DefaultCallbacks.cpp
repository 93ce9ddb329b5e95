#include "core/engine/DefaultCallbacks.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace rollcall::engine {

namespace {

using jose::JsonValue;

void appendPadded(QByteArray &out, unsigned number, int digits)
{
    std::array<char, 8> text{};
    for (int i = digits - 1; i >= 0; --i, number /= 10)
        text.at(static_cast<std::size_t>(i)) = static_cast<char>('0' + number % 10);
    out.append(text.data(), digits);
}

JsonValue iso(base::Instant instant)
{
    QByteArray text;
    appendIso(text, instant);
    return JsonValue(QString::fromLatin1(text));
}

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

void appendIso(QByteArray &out, base::Instant instant)
{
    using namespace std::chrono;
    const auto day = floor<days>(instant);
    const year_month_day date(day);
    const hh_mm_ss time(instant - day);
    const int year = static_cast<int>(date.year());
    if (year < 0 || year > 9999) {
        out.append(year < 0 ? '-' : '+');
        appendPadded(out, static_cast<unsigned>(std::abs(year)), 6);
    } else {
        appendPadded(out, static_cast<unsigned>(year), 4);
    }
    out.append('-');
    appendPadded(out, static_cast<unsigned>(date.month()), 2);
    out.append('-');
    appendPadded(out, static_cast<unsigned>(date.day()), 2);
    out.append('T');
    appendPadded(out, static_cast<unsigned>(time.hours().count()), 2);
    out.append(':');
    appendPadded(out, static_cast<unsigned>(time.minutes().count()), 2);
    out.append(':');
    appendPadded(out, static_cast<unsigned>(time.seconds().count()), 2);
    out.append('.');
    appendPadded(out, static_cast<unsigned>(time.subseconds().count()), 3);
    out.append('Z');
}

QByteArray sessionOfClaims(const jose::Claims &claims, base::Instant expires)
{
    QByteArray text;
    text.reserve(claims.text().size() + 64);
    text.append("{\"user\":{");
    bool first = true;
    const auto copy = [&](QByteArrayView start, QByteArrayView claim) {
        const QByteArrayView value = claims.raw(claim);
        if (value.isEmpty())
            return;
        if (!first)
            text.append(',');
        first = false;
        text.append(start).append(value);
    };
    copy("\"name\":", "name");
    copy("\"email\":", "email");
    copy("\"image\":", "picture");
    text.append("},\"expires\":\"");
    appendIso(text, expires);
    return text.append("\"}");
}

JsonValue sessionValueOfClaims(const JsonValue &claims, base::Instant expires)
{
    return sessionOf(userOf(claims, u"picture"), iso(expires));
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
