#pragma once

#include <QString>

#include <array>
#include <limits>
#include <optional>

namespace rollcall::probe {

/// How one measured request ended; exhaustive. **Source:** facts/latency-method.md §1.5.
enum class Outcome : quint8 {
    Ok,
    Unauthenticated, ///< a cookie was sent and the answer was no session, 401 or 403
    UnexpectedAuth,  ///< a session came back although no cookie was sent
    Redirect,
    Http4xx,
    Http5xx,
    RateLimited, ///< 429, or 503 with Retry-After
    BadBody,     ///< not the JSON expected, or no HTTP at all
    Oversize,
    Dns,
    ConnectRefused,
    ConnectTimeout,
    Tls,
    Reset,
    Timeout,
    AbortedByUser,
    AbortedByGuard,
};
inline constexpr std::size_t outcomeCount = static_cast<std::size_t>(Outcome::AbortedByGuard) + 1;

/// "ok", "unauthenticated", …: the names of the run document.
[[nodiscard]] QString outcomeName(Outcome outcome);

/// True where the latency is only known to be at least the timeout: such samples count as right-censored.
[[nodiscard]] constexpr bool isCensored(Outcome outcome)
{
    return outcome == Outcome::Timeout || outcome == Outcome::ConnectTimeout;
}

/// True where the request was cut off by us rather than ended by the deployment.
[[nodiscard]] constexpr bool isAborted(Outcome outcome)
{
    return outcome == Outcome::AbortedByUser || outcome == Outcome::AbortedByGuard;
}

/// A duration, ns, that may be absent: std::optional in half of the memory, of which a Sample would be nine. Converts
/// from and to it. **Thread-safety:** a plain value.
class PhaseNs
{
public:
    constexpr PhaseNs() = default;
    constexpr PhaseNs(qint64 ns) : m_ns(ns) {}
    constexpr PhaseNs(const std::optional<qint64> &ns) : m_ns(ns.value_or(absent)) {}
    constexpr operator std::optional<qint64>() const { return has_value() ? std::optional(m_ns) : std::nullopt; }
    [[nodiscard]] constexpr bool has_value() const { return m_ns != absent; }
    constexpr explicit operator bool() const { return has_value(); }
    /// The duration; only where there is one.
    constexpr qint64 operator*() const { return m_ns; }
    [[nodiscard]] constexpr qint64 value_or(qint64 otherwise) const { return has_value() ? m_ns : otherwise; }
    bool operator==(const PhaseNs &) const = default;

private:
    static constexpr qint64 absent = std::numeric_limits<qint64>::min();
    qint64 m_ns = absent;
};

/// Durations of the phases of one exchange, nanoseconds; absent where a phase did not take place (a reused connection
/// has no dns, tcp and tls). Those of a look-up in a database are the last three; together they are the whole sample.
struct SamplePhases
{
    PhaseNs dns;
    PhaseNs tcp;
    PhaseNs tls;
    PhaseNs wait;    ///< last request byte written to first answer byte: the server and one round trip
    PhaseNs receive; ///< first answer byte to the end
    PhaseNs server;  ///< within `wait`: what the answer's Server-Timing says in all, where it can be true
    PhaseNs execute; ///< the statement sent to its first row: the database and one round trip
    PhaseNs fetch;   ///< the first row to the statement's end, less making something of rows
    PhaseNs decode;  ///< all else, in this process: reading the cookie, making a session of the row
    bool operator==(const SamplePhases &) const = default;
};

/// One measurement. Times are nanoseconds of the steady clock. What every figure and chart reads comes first and within
/// 48 bytes: a walk over many samples costs the memory it touches. **Thread-safety:** a plain value.
struct Sample
{
    int cell = 0;
    int block = 0;
    qint64 intendedNs = 0; ///< when the schedule wanted it to start
    qint64 startNs = 0;    ///< when it started
    qint64 endNs = 0;
    qint64 bytes = 0; ///< of the answer's body
    int status = 0;   ///< HTTP status; 0 where there was none
    Outcome outcome = Outcome::Ok;
    bool reused = false;    ///< on a connection that was there already
    bool first = false;     ///< the first request of its connection
    bool warmup = false;    ///< kept in the log, not in the figures
    bool setCookie = false; ///< the answer carried Set-Cookie
    SamplePhases phases;

    /// From the intended start: what somebody waiting for it would have felt.
    [[nodiscard]] qint64 responseNs() const { return endNs - intendedNs; }
    /// From the actual start.
    [[nodiscard]] qint64 serviceNs() const { return endNs - startNs; }
    bool operator==(const Sample &) const = default;
};

} // namespace rollcall::probe
