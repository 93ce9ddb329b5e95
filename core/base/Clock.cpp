#include "core/base/Clock.h"

#include <QDateTime>
#include <QRegularExpression>

#include <array>
#include <ctime>
#include <limits>

#include "core/base/IsoText.h"

namespace rollcall::base {

namespace {

std::chrono::milliseconds read(clockid_t which)
{
    timespec time{};
    // Cannot fail: every Linux that this program runs on has these clocks.
    ::clock_gettime(which, &time);
    return std::chrono::milliseconds(qint64{time.tv_sec} * 1'000 + time.tv_nsec / 1'000'000);
}

} // namespace

Instant SystemClock::now() const
{
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Instant SystemClock::coarseNow() const
{
    return Instant(read(CLOCK_REALTIME_COARSE));
}

std::chrono::milliseconds SystemClock::steadyNow() const
{
    return read(CLOCK_MONOTONIC);
}

std::chrono::milliseconds SystemClock::coarseSteadyNow() const
{
    return read(CLOCK_MONOTONIC_COARSE);
}

QString toIso(Instant instant)
{
    std::array<char, longestIso> text;
    TextWriter writer(text.data());
    putIso(writer, instant);
    return QString::fromLatin1(text.data(), writer.at() - text.data());
}

std::optional<std::chrono::nanoseconds> parseDuration(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^(\\d{1,15}(?:\\.\\d{1,9})?)(ns|us|ms|s|m|h|d)$"));
    const auto match = form.match(text.trimmed());
    if (!match.hasMatch())
        return std::nullopt;
    struct Unit
    {
        QLatin1StringView name;
        double ns;
    };
    static constexpr std::array units{Unit{QLatin1StringView("ns"), 1.0},    Unit{QLatin1StringView("us"), 1e3},
                                      Unit{QLatin1StringView("ms"), 1e6},    Unit{QLatin1StringView("s"), 1e9},
                                      Unit{QLatin1StringView("m"), 60e9},    Unit{QLatin1StringView("h"), 3600e9},
                                      Unit{QLatin1StringView("d"), 86'400e9}};
    const double number = match.capturedView(1).toDouble();
    for (const Unit &unit : units) {
        if (match.capturedView(2) == unit.name) {
            const double ns = number * unit.ns;
            if (ns > static_cast<double>(std::numeric_limits<qint64>::max()) / 2)
                return std::nullopt;
            return std::chrono::nanoseconds(static_cast<qint64>(ns));
        }
    }
    return std::nullopt;
}

std::optional<Instant> parseTime(const QString &text, Instant now)
{
    const QString trimmed = text.trimmed();
    if (trimmed.startsWith(QLatin1Char('+')) || trimmed.startsWith(QLatin1Char('-'))) {
        const auto offset = parseDuration(trimmed.mid(1));
        if (!offset)
            return std::nullopt;
        const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(*offset);
        return trimmed.startsWith(QLatin1Char('+')) ? now + milliseconds : now - milliseconds;
    }
    const QDateTime time = QDateTime::fromString(trimmed, Qt::ISODateWithMs);
    // A time without a zone would be read in the machine's own zone, which must never matter.
    if (!time.isValid() || time.timeSpec() == Qt::LocalTime)
        return std::nullopt;
    return Instant(std::chrono::milliseconds(time.toMSecsSinceEpoch()));
}

} // namespace rollcall::base
