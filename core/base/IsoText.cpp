#include "core/base/IsoText.h"

#include <cstdlib>

#include "core/base/JsDate.h"

namespace rollcall::base {

void putIso(TextWriter &writer, Instant instant)
{
    using namespace std::chrono;
    const auto day = floor<days>(instant);
    const CivilDay date = civilDay(day);
    const hh_mm_ss time(instant - day);
    const bool isLong = date.year < 0 || date.year > 9999;
    if (isLong)
        writer.put(date.year < 0 ? '-' : '+');
    const auto year = static_cast<unsigned>(std::abs(date.year));
    if (isLong)
        writer.putPair(year / 10'000);
    writer.putFour(year);
    writer.put('-');
    writer.putPair(date.month);
    writer.put('-');
    writer.putPair(date.day);
    writer.put('T');
    writer.putPair(static_cast<unsigned>(time.hours().count()));
    writer.put(':');
    writer.putPair(static_cast<unsigned>(time.minutes().count()));
    writer.put(':');
    writer.putPair(static_cast<unsigned>(time.seconds().count()));
    writer.put('.');
    const auto milliseconds = static_cast<unsigned>(time.subseconds().count());
    writer.put(static_cast<char>('0' + milliseconds / 100));
    writer.putPair(milliseconds % 100);
    writer.put('Z');
}

} // namespace rollcall::base
