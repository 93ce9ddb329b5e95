#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/base/Call.h"
#include "core/base/Clock.h"
#include "core/jose/JsonText.h"

namespace rollcall::engine::betterauth {

/// A row of the session table and the user it belongs to, as objects of columns. Dates are ISO text.
struct SessionAndUser
{
    jose::JsonValue session;
    std::optional<jose::JsonValue> user; ///< nullopt: there is no such user
};

/// The rows that resolving a session reads and writes; what stands behind them is any database, or none.
/// **Thread-safety:** one object belongs to one thread at a time. Functions block within their call; errors are those
/// of the store behind.
class SessionRows
{
public:
    virtual ~SessionRows() = default;

    /// The session with this token; nullopt where there is none.
    [[nodiscard]] virtual base::Result<std::optional<SessionAndUser>> find(QByteArrayView token,
                                                                           const base::Call &call) = 0;

    /// find() of each of @p tokens, in their order, asked together; another number of rows counts as a failure.
    [[nodiscard]] virtual base::Result<std::vector<std::optional<SessionAndUser>>>
    findMany(std::span<const QByteArrayView> tokens, const base::Call &call) = 0;

    /// Sets `expiresAt` and `updatedAt` of the session with this token, and gives the row as it is then; nullopt where
    /// there is none.
    [[nodiscard]] virtual base::Result<std::optional<jose::JsonValue>>
    renew(QByteArrayView token, base::Instant expiresAt, base::Instant updatedAt, const base::Call &call) = 0;

    /// Removes the session with this token; fine where there is none.
    [[nodiscard]] virtual base::Status remove(QByteArrayView token, const base::Call &call) = 0;

    /// Lets the session with this token end at @p now, where it would live longer, but keeps its row; `updatedAt` is
    /// set too.
    [[nodiscard]] virtual base::Status end(QByteArrayView token, base::Instant now, const base::Call &call) = 0;
};

/// The rows of whole users, for the endpoints that list and revoke. **Thread-safety:** as SessionRows.
class UserSessionRows : public SessionRows
{
public:
    /// The first @p limit sessions of a user in the table's order; those that live beyond @p liveAt alone, where given.
    [[nodiscard]] virtual base::Result<std::vector<jose::JsonValue>>
    ofUser(const QString &userId, std::optional<base::Instant> liveAt, int limit, const base::Call &call) = 0;

    /// Removes all sessions of a user.
    [[nodiscard]] virtual base::Status removeOfUser(const QString &userId, const base::Call &call) = 0;

    /// Lets all living sessions of a user end at @p now, as end() does.
    [[nodiscard]] virtual base::Status endOfUser(const QString &userId, base::Instant now, const base::Call &call) = 0;
};

/// Better Auth's `secondaryStorage`: a store of text by key. **Thread-safety:** as SessionRows.
class SecondaryStorage
{
public:
    virtual ~SecondaryStorage() = default;

    /// The text under @p key; nullopt where there is none.
    [[nodiscard]] virtual base::Result<std::optional<QString>> get(const QString &key, const base::Call &call) = 0;
    /// Keeps @p text for @p ttl.
    [[nodiscard]] virtual base::Status set(const QString &key, const QString &text, std::chrono::seconds ttl,
                                           const base::Call &call) = 0;
    [[nodiscard]] virtual base::Status remove(const QString &key, const base::Call &call) = 0;
};

} // namespace rollcall::engine::betterauth
