#include "core/engine/betterauth/JsDate.h"

#include <QDate>
#include <QRegularExpression>

#include <cmath>
#include <limits>

namespace rollcall::engine::betterauth {

namespace {

using jose::JsonValue;

constexpr double notADate = std::numeric_limits<double>::quiet_NaN();
constexpr double furthest = 8.64e15; // ECMA-262: no Date lies further from the epoch

QDate epoch()
{
    return {1970, 1, 1};
}

/// Days from the epoch to a day of the proleptic Gregorian calendar; days beyond the month's end run into the next, as
/// V8 lets them. JavaScript counts a year 0, QDate does not.
double daysFromEpoch(int year, int month, int day)
{
    return static_cast<double>(epoch().daysTo(QDate(year > 0 ? year : year - 1, month, 1)) + day - 1);
}

/// The first three decimals of a fraction of a second; further ones are cut.
int millisecondsOf(QStringView fraction)
{
    int value = 0;
    for (qsizetype i = 0; i < 3; ++i)
        value = value * 10 + (i < fraction.size() ? fraction.at(i).digitValue() : 0);
    return value;
}

double inRange(double time)
{
    return std::abs(time) <= furthest ? time : notADate;
}

double parseIso(const QString &text)
{
    static const QRegularExpression form(
        QStringLiteral(R"(\A(\d{4}|[+-]\d{6})(?:-(\d\d)(?:-(\d\d))?)?)"
                       R"((?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?\z)"));
    const auto match = form.match(text);
    if (!match.hasMatch() || match.capturedView(1) == u"-000000")
        return notADate;
    const auto number = [&match](int group, int otherwise) {
        return match.hasCaptured(group) ? match.capturedView(group).toInt() : otherwise;
    };
    const int month = number(2, 1);
    const int day = number(3, 1);
    const int hour = number(4, 0);
    const int minute = number(5, 0);
    const int second = number(6, 0);
    const int millisecond = millisecondsOf(match.capturedView(7));
    const bool midnight = hour == 24 && minute == 0 && second == 0 && millisecond == 0;
    if (month < 1 || month > 12 || day < 1 || day > 31 || (hour > 23 && !midnight) || minute > 59 || second > 59)
        return notADate;
    double time = daysFromEpoch(number(1, 0), month, day) * 86'400'000.0 +
                  ((hour * 60.0 + minute) * 60.0 + second) * 1000.0 + millisecond;
    if (const QStringView zone = match.capturedView(8); zone.size() > 1) {
        const int offset = zone.sliced(1, 2).toInt() * 60 + zone.sliced(4, 2).toInt();
        if (zone.sliced(1, 2).toInt() > 23 || zone.sliced(4, 2).toInt() > 59)
            return notADate;
        time -= (zone.front() == u'-' ? -offset : offset) * 60'000.0;
    }
    return inRange(time);
}

QString padded(qint64 value, int digits)
{
    return QStringLiteral("%1").arg(value, digits, 10, QLatin1Char('0'));
}

QString isoText(double time)
{
    constexpr qint64 dayLength = 86'400'000;
    const auto total = static_cast<qint64>(time);
    const qint64 inDay = ((total % dayLength) + dayLength) % dayLength;
    const QDate date = epoch().addDays((total - inDay) / dayLength);
    const int year = date.year() > 0 ? date.year() : date.year() + 1;
    // Years of more than four digits, or before the year 0, are written with a sign and six digits.
    const QString yearText =
        year >= 0 && year <= 9999 ? padded(year, 4) : QString((year < 0 ? u'-' : u'+') + padded(std::abs(year), 6));
    return QString(yearText + u'-' + padded(date.month(), 2) + u'-' + padded(date.day(), 2) + u'T' +
                   padded(inDay / 3'600'000, 2) + u':' + padded(inDay / 60'000 % 60, 2) + u':' +
                   padded(inDay / 1000 % 60, 2) + u'.' + padded(inDay % 1000, 3) + u'Z');
}

} // namespace

double toDate(const JsonValue *value)
{
    if (!value)
        return notADate;
    if (value->isNull())
        return 0;
    if (const bool *flag = value->boolean())
        return *flag ? 1 : 0;
    if (const double *number = value->number())
        return inRange(std::trunc(*number));
    if (const QString *text = value->string())
        return parseIso(*text);
    return notADate;
}

JsonValue dateJson(double milliseconds)
{
    return std::isnan(milliseconds) ? JsonValue() : JsonValue(isoText(milliseconds));
}

double milliseconds(base::Instant instant)
{
    return static_cast<double>(instant.time_since_epoch().count());
}

bool isRevivedDate(QStringView text)
{
    static const QRegularExpression form(QStringLiteral(R"(\A\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z\z)"));
    return form.match(text).hasMatch() && !std::isnan(parseIso(text.toString()));
}

JsonValue reviveDates(const JsonValue &value)
{
    if (const QString *text = value.string())
        return isRevivedDate(*text) ? dateJson(parseIso(*text)) : value;
    if (const auto *array = value.array()) {
        JsonValue::Array result;
        result.reserve(array->size());
        for (const JsonValue &element : *array)
            result.push_back(reviveDates(element));
        return JsonValue(std::move(result));
    }
    if (const auto *object = value.object()) {
        JsonValue::Object result;
        result.reserve(object->size());
        for (const JsonValue::Member &member : *object)
            result.push_back({member.name, reviveDates(member.value)});
        return JsonValue(std::move(result));
    }
    return value;
}

std::optional<JsonValue> parseReviving(QStringView text)
{
    const auto parsed = jose::parseJson(text);
    return parsed ? std::optional(reviveDates(*parsed)) : std::nullopt;
}

} // namespace rollcall::engine::betterauth
