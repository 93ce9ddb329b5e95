#pragma once

#include "core/engine/betterauth/SessionAdapter.h"

namespace rollcall::engine::betterauth {

/// Lists and removes the sessions of a user as Better Auth's internal adapter does. Errors: those of the stores.
/// **Thread-safety:** one object, one thread. **Source:** better-auth 1.7.7 db/internal-adapter (listSessions,
/// deleteUserSessions).
class UserSessions final
{
public:
    /// All are borrowed; @p storage is nullptr where the deployment has none.
    UserSessions(const Config &config, UserSessionRows &rows, SecondaryStorage *storage, base::Instant now)
        : m_config(config), m_rows(rows), m_storage(storage), m_now(now)
    {}

    /// The user's sessions; of the database the first hundred, and where @p onlyActive those that live. Secondary
    /// storage lists living ones alone.
    [[nodiscard]] base::Result<std::vector<OutputSession>> list(const QString &userId, bool onlyActive,
                                                                const base::Call &call);

    /// Removes all of them; entries of secondary storage go one by one, then their list.
    [[nodiscard]] base::Status removeAll(const QString &userId, const base::Call &call);

private:
    [[nodiscard]] base::Result<std::vector<OutputSession>> listStored(const QString &userId, const base::Call &call);
    [[nodiscard]] base::Status removeStored(const QString &userId, const QStringList &tokens, const base::Call &call);

    const Config &m_config;
    UserSessionRows &m_rows;
    SecondaryStorage *m_storage;
    base::Instant m_now;
};

} // namespace rollcall::engine::betterauth
