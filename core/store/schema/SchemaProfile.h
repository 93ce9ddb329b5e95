#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

#include "core/base/Result.h"

namespace rollcall::store {

/// How the expiry column stores an instant (facts/database-schemas.md §3).
enum class ExpiresEncoding {
    Timestamptz,           ///< PostgreSQL timestamp with time zone
    TimestampNaive,        ///< wall clock without zone: read in the connection's `timezone`
    EpochSeconds,          ///< integer
    EpochMilliseconds,     ///< integer
    EpochMicroseconds,     ///< integer
    TextIso,               ///< ISO 8601 text, any suffix
    TextEpochMilliseconds, ///< digits in a text column
    Mixed,                 ///< SQLite: several forms in one column; decided value by value
};

/// Who made the keys of a Redis database.
enum class KeyLayoutKind {
    AuthJs,    ///< the Upstash-Redis and Unstorage adapters: sessions, users and accounts have keys of their own
    BetterAuth ///< secondary storage: session and user in one value, and a list of sessions for each user
};

/// Exact table and column names of an adapter's tables, as detected or corrected by the user. Names are raw, to be
/// quoted by the dialect. **Thread-safety:** plain value.
struct SchemaProfile
{
    QString adapter;       ///< what it is believed to be: "pg", "prisma", "drizzle", "custom", …
    double confidence = 0; ///< 0 … 1

    struct Sessions
    {
        QString schema, table;
        QString token, userId, expires;
        std::optional<QString> id, createdAt, ipAddress, userAgent;
        std::optional<QString> impersonatedBy, organization; ///< of Better Auth's admin and organization plugins
        ExpiresEncoding encoding = ExpiresEncoding::Timestamptz;
        QString keyType; ///< database type of id, or of token where there is no id: for casts of bound text
        QString userIdType;
        QString expiresType;
    } sessions;

    struct Users
    {
        QString schema, table, id;
        std::optional<QString> name, email, image;
        QString idType;
    };
    std::optional<Users> users;

    struct Accounts
    {
        QString schema, table, userId, provider;
    };
    std::optional<Accounts> accounts;

    /// Whether an index (or key) leads with that column.
    struct Indexes
    {
        bool token = false, userId = false, expires = false;
    } indexes;

    /// Redis has keys in place of tables: the tables' names are then patterns such as `user:session:*` (KeyLayout.h),
    /// and the columns are members of the JSON values.
    struct Keys
    {
        KeyLayoutKind kind = KeyLayoutKind::AuthJs;
        QString sessionsOfUser; ///< pattern of the keys that name a user's last session, or list them all
        QString usersByEmail;   ///< pattern of the keys that name the user of an e-mail; empty with Better Auth
    };
    std::optional<Keys> keys; ///< set for Redis alone

    QStringList warnings; ///< for people: zone questions, missing indexes, duplicates possible

    /// schemaFingerprint() of the sessions table that this map was settled for; empty: not compared.
    QString fingerprint;

    /// The `schema detect` form of the contract, without "database": with key patterns where there are keys, and with
    /// "fingerprint" where there is one.
    [[nodiscard]] QJsonObject toJson() const;
    /// Reads that form (`--map FILE`). Errors: FileFormatInvalid (Path = @p origin).
    [[nodiscard]] static base::Result<SchemaProfile> fromJson(const QJsonObject &json, const QString &origin);
};

/// "timestamptz", "timestamp", "epoch-s", "epoch-ms", "epoch-us", "iso", "text-epoch-ms", "mixed".
[[nodiscard]] QString encodingName(ExpiresEncoding encoding);

} // namespace rollcall::store
