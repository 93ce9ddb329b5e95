#pragma once

#include <QByteArray>

#include <optional>

#include "core/store/redis/KeyPattern.h"
#include "core/store/schema/SchemaProfile.h"

namespace rollcall::store {

/// The names of the keys that hold sessions in a Redis database: prefixes, to which token or user id is added.
///
/// | | Auth.js (Upstash-Redis, Unstorage) | Better Auth's secondary storage |
/// | --- | --- | --- |
/// | sessions | `user:session:TOKEN` → {sessionToken, userId, expires} | `TOKEN` → {session, user} |
/// | sessionsOfUser | `user:session:by-user-id:ID` → key of the last session written | `active-sessions-ID` → [{token,
/// expiresAt}] | | users | `user:ID` → user | - | | usersByEmail | `user:email:EMAIL` → user id | - | | accounts |
/// `user:account:PROVIDER:ID` → account | - |
///
/// All can have a further prefix in front, and the adapters let each be renamed.
/// **Source:** facts/database-schemas.md §5, §6. **Thread-safety:** plain value.
struct KeyLayout
{
    using Kind = KeyLayoutKind;
    /// What a key holds.
    enum class Holds { Session, User, Account, Other };

    Kind kind = Kind::AuthJs;
    QByteArray sessions;
    QByteArray sessionsOfUser;
    std::optional<QByteArray> users; ///< nullopt: not known, or with Better Auth none
    QByteArray usersByEmail;
    std::optional<QByteArray> accounts; ///< likewise

    /// The adapters' default names behind @p base (`baseKeyPrefix`).
    [[nodiscard]] static KeyLayout authJs(const QByteArray &base = {});
    /// Better Auth's names behind @p base.
    [[nodiscard]] static KeyLayout betterAuth(const QByteArray &base = {});
    /// The layout that @p profile describes. Errors: SchemaChanged where it describes tables.
    [[nodiscard]] static base::Result<KeyLayout> of(const SchemaProfile &profile);

    /// Fills in what @p profile says of tables, columns, keys, encoding and indexes; the rest stays.
    void describe(SchemaProfile &profile) const;

    /// What SCAN takes to return all keys of this layout, and as few others as one pattern can.
    [[nodiscard]] QByteArray scanPattern() const;
    /// What @p key may hold by its name. A Session may prove to be none by its value.
    [[nodiscard]] Holds holds(QByteArrayView key) const;

    [[nodiscard]] QByteArray sessionKey(QByteArrayView token) const { return sessions + token; }
    [[nodiscard]] QByteArray sessionsOfUserKey(const QString &userId) const { return sessionsOfUser + userId.toUtf8(); }
    [[nodiscard]] QByteArray userKey(const QByteArray &userId) const { return users.value_or(QByteArray()) + userId; }
    [[nodiscard]] QByteArray emailKey(const QString &email) const { return usersByEmail + email.toUtf8(); }

    bool operator==(const KeyLayout &) const = default;
};

/// "auth-js", "better-auth".
[[nodiscard]] QString layoutName(KeyLayout::Kind kind);

} // namespace rollcall::store
