#pragma once

#include <functional>

#include "core/store/redis/KeyReader.h"
#include "core/store/redis/SessionIndex.h"
#include "core/store/redis/SessionValue.h"

namespace rollcall::store {

/// Reads sessions and their users as they are stored now, many at a time.
/// **Thread-safety:** as its KeyReader, whose errors its functions have.
class SessionReader final
{
public:
    /// @p keys and @p layout are borrowed.
    SessionReader(KeyReader &keys, const KeyLayout &layout, const QTimeZone &zone)
        : m_keys(keys), m_layout(layout), m_zone(zone)
    {}

    struct Stored
    {
        base::SecretBytes token;
        std::optional<SessionValue> value; ///< nullopt: no session of a library
        std::optional<jose::JsonValue> user;
    };
    /// Those of @p tokens that are there, in their order; nullopt in place of others. What the adapters'
    /// getSessionAndUser() reads, by one MGET for the sessions and one for their users.
    [[nodiscard]] base::Result<std::vector<std::optional<Stored>>> read(std::span<const QByteArrayView> tokens,
                                                                        const base::Call &call);
    /// The sessions of @p entries that are still there, as they are listed, and their keys.
    [[nodiscard]] base::Result<std::vector<std::optional<PlannedRow>>>
    readEntries(const SessionIndex &index, std::span<const SessionIndex::Entry *const> entries, base::Instant now,
                const base::Call &call);

    /// Users (by number) of sessions whom @p fits, by their stored name and e-mail.
    using UserTest = std::function<bool(const std::optional<QString> &name, const std::optional<QString> &email)>;
    [[nodiscard]] base::Result<std::vector<bool>> usersWhom(const UserTest &fits, const SessionIndex &index,
                                                            const base::Call &call);
    /// Who has exactly that e-mail: nobody, one or (Better Auth) several.
    [[nodiscard]] base::Result<std::vector<bool>> usersOfEmail(const QString &email, const SessionIndex &index,
                                                               const base::Call &call);

private:
    [[nodiscard]] session::SessionState stateOf(const session::ListedSession &row, bool hasUser,
                                                base::Instant now) const;

    KeyReader &m_keys;
    const KeyLayout &m_layout;
    const QTimeZone m_zone;
};

} // namespace rollcall::store
