#pragma once

#include <QString>

#include <chrono>
#include <optional>

namespace rollcall::base {

/// Wall-clock instants: UTC, milliseconds.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// How far Clock::coarseNow() and coarseSteadyNow() may be behind: one tick of a kernel that counts a hundred a second.
inline constexpr std::chrono::milliseconds coarseLag{10};

/// The wall clock as a dependency, so that tests and `--now` can fix it. **Thread-safety:** implementations are
/// thread-safe.
class Clock
{
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
    /// now(), or an instant at most coarseLag before it: for those who ask millions of times a second.
    [[nodiscard]] virtual Instant coarseNow() const { return now(); }
    /// Time since some instant of the past, which goes on evenly whatever the wall clock is set to: what lasts is
    /// measured by it. Time that the machine sleeps does not count.
    [[nodiscard]] virtual std::chrono::milliseconds steadyNow() const { return now().time_since_epoch(); }
    /// steadyNow(), or at most coarseLag before it.
    [[nodiscard]] virtual std::chrono::milliseconds coarseSteadyNow() const { return coarseNow().time_since_epoch(); }
    /// True where the time is fixed and not the real one: nothing may be deleted by such a clock.
    [[nodiscard]] virtual bool isFixed() const { return false; }
};

/// The real time.
class SystemClock final : public Clock
{
public:
    [[nodiscard]] Instant now() const override;
    [[nodiscard]] Instant coarseNow() const override;
    [[nodiscard]] std::chrono::milliseconds steadyNow() const override;
    [[nodiscard]] std::chrono::milliseconds coarseSteadyNow() const override;
};

/// Always the same instant.
class FixedClock final : public Clock
{
public:
    explicit FixedClock(Instant instant) : m_instant(instant) {}
    [[nodiscard]] Instant now() const override { return m_instant; }
    [[nodiscard]] bool isFixed() const override { return true; }

private:
    Instant m_instant;
};

/// "2026-12-20T21:48:07.731Z".
[[nodiscard]] QString toIso(Instant instant);

/// Reads ISO 8601 with zone (`Z` or offset), or a time relative to @p now ("+1h", "-7d"); nullopt where it is neither.
[[nodiscard]] std::optional<Instant> parseTime(const QString &text, Instant now);

/// Reads a number with one of the units ns us ms s m h d ("250ms"); nullopt where it is none, negative or overflows.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parseDuration(const QString &text);

} // namespace rollcall::base
