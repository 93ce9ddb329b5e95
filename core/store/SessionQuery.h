#pragma once

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

#include "core/base/Clock.h"
#include "core/session/Session.h"

namespace rollcall::store {

/// Which states a listing includes. Live, Expired and Orphan exclude each other; All adds the unreadable ones.
enum class StateFilter { Live, Expired, Orphan, All };

enum class SessionOrder { Expires, User, Created };

/// What to list: filter, order and page size. Values are bound as parameters, never spliced into SQL.
struct SessionQuery
{
    StateFilter state = StateFilter::Live;
    std::optional<QString> user;     ///< user id or e-mail, exact
    std::optional<QString> provider; ///< exact; "none" for users without an account
    std::optional<QString> search;   ///< part of name or e-mail, plain text (% and _ have no meaning), case-insensitive
    std::optional<base::Instant> expiresBefore; ///< exclusive
    std::optional<base::Instant> expiresAfter;  ///< inclusive
    SessionOrder order = SessionOrder::Expires; ///< ties by row key
    bool descending = false;
    int limit = 100; ///< 1 … 10 000

    bool operator==(const SessionQuery &) const = default;
};

/// A page of sessions and where the next begins.
struct SessionPage
{
    std::vector<session::ListedSession> sessions;
    /// Opaque keyset cursor (base64url, bound to filter and order, without token text); nullopt on the last page.
    std::optional<QByteArray> next;
    bool unindexedOrder = false; ///< no index serves this order: the database sorted the whole match
};

/// Counts over all sessions, exact unless `estimated`: then orphan, activeUsers and byProvider are not known.
struct SessionStats
{
    qint64 live = 0;
    qint64 expired = 0;
    qint64 orphan = 0;
    qint64 activeUsers = 0; ///< users with a live session
    std::vector<std::pair<QString, qint64>>
        byProvider;        ///< live sessions; "none" for users without an account; sorted by name
    qint64 expiring1h = 0; ///< live, ending within 1 h (each includes the shorter)
    qint64 expiring24h = 0;
    qint64 expiring7d = 0;
    bool estimated = false;
};

} // namespace rollcall::store
