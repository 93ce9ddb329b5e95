#pragma once

#include "core/store/SessionStore.h"
#include "core/store/redis/CompareAndSet.h"
#include "core/store/redis/SessionValue.h"

namespace rollcall::store {

/// A session by its token, and whose it is by what the caller knows.
struct OwnedToken
{
    QByteArrayView token; ///< borrowed
    std::optional<QString> userId;
};

/// The few writes Rollcall knows, on the keys of a layout: each reads what is there, decides by it, and changes all
/// keys that belong together by one compareAndSet(), again from the beginning where something changed in between.
///
/// Deleting a session mends what points to it. With Auth.js that is `user:session:by-user-id:ID`, which the adapters
/// leave dangling: it is deleted where it names a deleted session. (To point it at another session of the user would
/// take a pass over all keys; without it, deleteUser leaves that user's sessions, as it does all but the last anyway.)
/// With Better Auth it is the list `active-sessions-ID`, out of which the library would go on taking the token.
/// **Thread-safety:** one thread. Errors of all: those of KeyReader, DatabaseUnavailable (what is read changes each
/// time before it can be written).
class RedisWriter final
{
public:
    /// @p reader and @p channel are borrowed; the reader may be one that cannot write.
    RedisWriter(KeyReader &reader, redis::RedisChannel &channel, const KeyLayout &layout, const QTimeZone &zone);

    /// As SessionStore::deleteRows().
    [[nodiscard]] base::Result<std::vector<DeleteOutcome>> deleteSessions(std::span<const RowKey> keys,
                                                                          const base::Call &call);
    /// Mends what points to sessions that are gone already, of the users whom the caller names. How many of Better
    /// Auth's lists cannot be read, and so may still name one: another encoding than JSON is none of ours to write.
    [[nodiscard]] base::Result<qint64> removePointers(std::span<const OwnedToken> gone, const base::Call &call);
    /// As SessionStore::deleteExpired().
    [[nodiscard]] base::Status deleteExpired(QByteArrayView token, base::Instant now, const base::Call &call);
    /// As SessionStore::extend(); fine where there is no such session.
    [[nodiscard]] base::Status extend(QByteArrayView token, base::Instant expires, const base::Call &call);
    /// As SessionStore::insertCanary(). What it writes ends by itself a minute after the session does.
    [[nodiscard]] base::Result<CanaryKey> insertCanary(const CanaryRow &canary, const base::Call &call);
    /// As SessionStore::removeCanary().
    [[nodiscard]] base::Status removeCanary(const CanaryKey &canary, const base::Call &call);
    /// What deleteSessions() does, in commands.
    [[nodiscard]] QString deleteStatement() const;

private:
    /// Fills in changes by what is there now; an Error ends it, no changes as well.
    using Attempt = std::function<base::Result<KeyChanges>()>;
    [[nodiscard]] base::Status change(const Attempt &attempt, const base::Call &call);
    [[nodiscard]] base::Result<KeyReader::Value> value(const QByteArray &key, const base::Call &call);

    struct Found
    {
        QByteArray key;
        QByteArray token;
        KeyReader::Value text; ///< nullopt: not there
        std::optional<SessionValue> value;
        std::optional<QString> owner; ///< as the value says
    };
    /// An error where @p key holds a value that was left out for its size.
    [[nodiscard]] base::Status wasRead(const QByteArray &key, const base::Call &call);
    [[nodiscard]] base::Result<std::vector<Found>> find(std::span<const QByteArrayView> tokens, const base::Call &call);
    /// Adds what removes those of @p sessions that are there, and mends what points to them. How many lists cannot be
    /// read, see removePointers().
    [[nodiscard]] base::Result<qint64> addRemoval(std::span<const Found *const> sessions, KeyChanges &changes,
                                                  const base::Call &call);
    [[nodiscard]] KeyChanges canaryOfAuthJs(const CanaryRow &canary, const QString &userId, const QString &label) const;
    [[nodiscard]] KeyChanges canaryOfBetterAuth(const CanaryRow &canary, const QString &userId,
                                                const QString &label) const;

    KeyReader &m_reader;
    KeyReader m_writer;
    const KeyLayout &m_layout;
    const QTimeZone m_zone;
};

} // namespace rollcall::store
