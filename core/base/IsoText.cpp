#include "core/base/IsoText.h"

#include <cstdlib>

namespace rollcall::base {

void putIso(TextWriter &writer, Instant instant)
{
    using namespace std::chrono;
    const auto day = floor<days>(instant);
    const year_month_day date(day);
    const hh_mm_ss time(instant - day);
    const int year = static_cast<int>(date.year());
    const bool isLong = year < 0 || year > 9999;
    if (isLong)
        writer.put(year < 0 ? '-' : '+');
    writer.putDigits(static_cast<unsigned>(std::abs(year)), isLong ? 6 : 4);
    writer.put('-');
    writer.putDigits(static_cast<unsigned>(date.month()), 2);
    writer.put('-');
    writer.putDigits(static_cast<unsigned>(date.day()), 2);
    writer.put('T');
    writer.putDigits(static_cast<unsigned>(time.hours().count()), 2);
    writer.put(':');
    writer.putDigits(static_cast<unsigned>(time.minutes().count()), 2);
    writer.put(':');
    writer.putDigits(static_cast<unsigned>(time.seconds().count()), 2);
    writer.put('.');
    writer.putDigits(static_cast<unsigned>(time.subseconds().count()), 3);
    writer.put('Z');
}

} // namespace rollcall::base
