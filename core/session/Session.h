#pragma once

#include <QString>
#include <QStringList>

#include <optional>

#include "core/base/Clock.h"
#include "core/base/Secret.h"

namespace rollcall::session {

/// How a session stands at a given moment.
enum class SessionState {
    Live,    ///< expires >= now and its user exists
    Expired, ///< expires < now
    Orphan,  ///< its user row is gone, whatever its expiry
    Unknown, ///< the expiry cannot be read, or there is no user id
};

/// "live", "expired", "orphan", "unknown".
[[nodiscard]] QString stateName(SessionState state);

/// One listed session: a row of the sessions table joined with its user. Holds the fingerprint, never the token: the
/// row is addressed by @ref id where the table has a key that is not the token, else by looking its fingerprint up.
struct ListedSession
{
    std::optional<QString> id;     ///< row id, where the table has one that is not the token itself
    base::Fingerprint fingerprint; ///< of the session token
    std::optional<QString> userId;
    std::optional<QString> name;
    std::optional<QString> email;
    QStringList providers;                ///< sorted; empty for a user without accounts
    std::optional<base::Instant> expires; ///< nullopt: unreadable or infinite
    SessionState state = SessionState::Unknown;
    std::optional<base::Instant> createdAt;
    std::optional<QString> ipAddress;
    std::optional<QString> userAgent;
    std::optional<QString>
        impersonatedBy;                  ///< id of the administrator who acts as this user (Better Auth's admin plugin)
    std::optional<QString> organization; ///< id of the active one (Better Auth's organization plugin)

    bool operator==(const ListedSession &) const = default;
};

} // namespace rollcall::session
