#pragma once

#include <QString>

#include <chrono>
#include <optional>

#include "core/base/Clock.h"
#include "core/session/Session.h"

namespace rollcall::store {

/// What happened to a session between two looks at the database.
enum class ChangeKind {
    SignedIn,  ///< it was not there before
    Extended,  ///< it expires later than before
    Shortened, ///< it expires earlier than before, and is live still
    Expired,   ///< its time is over, whether its row still stands or not
    Revoked,   ///< its row is gone before its time, or its user is
};

/// One change, as it was seen.
struct SessionChange
{
    ChangeKind kind = ChangeKind::SignedIn;
    /// False for SignedIn where the session may as well have been extended: it was not followed before, and the tables
    /// keep no time of creation.
    bool certain = true;
    base::Instant at;               ///< when it was seen: the time of the look
    session::ListedSession session; ///< as it is now; of one that is gone, as it last was
};

/// By what the sessions are read that a look is after.
enum class WatchPath {
    ByExpiry,   ///< an index on the expiry: all live sessions, or both ends of their order
    ByCreation, ///< an index on keys or times that grow with each session made: those that were made last
    WholeTable, ///< nothing serves: all live sessions or both ends of their order, by reading the whole table
};

/// By how much the clock that wrote a time of creation may differ from ours.
inline constexpr std::chrono::seconds clockDifference{60};

/// What is followed of the sessions, and how.
struct WatchScope
{
    qint64 followed = 0;  ///< sessions whose changes are all seen
    bool complete = true; ///< these are all live sessions
    WatchPath path = WatchPath::WholeTable;
    bool cutShort = false; ///< more was written between the last two looks than one look reads
    /// The channel on which a trigger of the deployment's own notifies; nullopt: looks come at intervals alone.
    std::optional<QString> channel;
    std::chrono::milliseconds interval{0}; ///< from the begin of the last look to that of the next, at the longest
};

/// By what a session is recognised from look to look: its row id where it has one, else its fingerprint.
[[nodiscard]] inline QString followedName(const session::ListedSession &session)
{
    return session.id ? QLatin1Char('=') + *session.id : QLatin1Char('#') + session.fingerprint.text();
}

/// When @p session, which is live, ends: one without an expiry never does.
[[nodiscard]] inline base::Instant endOf(const session::ListedSession &session)
{
    return session.expires.value_or(base::Instant::max());
}

/// A row id that is a number, as such.
[[nodiscard]] inline std::optional<qint64> numberOf(const std::optional<QString> &id)
{
    bool isNumber = false;
    const qint64 number = id ? id->toLongLong(&isNumber) : 0;
    return isNumber ? std::optional(number) : std::nullopt;
}

} // namespace rollcall::store
