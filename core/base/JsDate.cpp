#include "core/base/JsDate.h"

#include <cmath>

namespace rollcall::base {

namespace {

constexpr double furthest = 8.64e15; // milliseconds

CivilDay reckoned(std::chrono::sys_days day)
{
    // Years begin in March here, so that the leap day ends one; 400 of them are an era of 146,097 days.
    constexpr qint64 daysOfEra = 146'097;
    const qint64 count = qint64{day.time_since_epoch().count()} + 719'468;
    const qint64 era = (count >= 0 ? count : count - (daysOfEra - 1)) / daysOfEra;
    const qint64 dayOfEra = count - era * daysOfEra;
    const qint64 yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const qint64 dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const qint64 month = (5 * dayOfYear + 2) / 153; // from March
    CivilDay result;
    result.day = static_cast<unsigned>(dayOfYear - (153 * month + 2) / 5 + 1);
    result.month = static_cast<unsigned>(month < 10 ? month + 3 : month - 9);
    result.year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0);
    return result;
}

} // namespace

bool isDate(Instant instant)
{
    return std::abs(static_cast<double>(instant.time_since_epoch().count())) <= furthest;
}

Instant dateAfter(Instant from, std::chrono::seconds lifetime)
{
    // In doubles, as JavaScript reckons: no lifetime is too long for them.
    const double time =
        static_cast<double>(from.time_since_epoch().count()) + static_cast<double>(lifetime.count()) * 1000;
    return std::abs(time) <= furthest ? Instant(std::chrono::milliseconds(static_cast<qint64>(time))) : Instant::max();
}

CivilDay civilDay(std::chrono::sys_days day)
{
    // Whoever prints many dates prints the same day most of the time.
    struct Known
    {
        std::chrono::sys_days day{};
        CivilDay civil;
    };
    thread_local Known known;
    if (known.day != day)
        known = {day, reckoned(day)};
    return known.civil;
}

} // namespace rollcall::base
