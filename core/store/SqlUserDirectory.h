#pragma once

#include <functional>

#include "core/store/SessionSql.h"
#include "core/store/UserDirectory.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

/// UserDirectory of a relational database: the live sessions are grouped in the server, then joined with their users.
/// **Thread-safety:** as its connection.
class SqlUserDirectory final : public UserDirectory
{
public:
    /// Makes an error of the connection one of the store.
    using Explain = std::function<base::Error(base::Error)>;

    /// @p connection, @p schema and @p sessions outlive the object.
    SqlUserDirectory(SqlConnection &connection, const SchemaSql &schema, const SessionSql &sessions, Explain explain);

    base::Result<UserPage> usersPage(const UserQuery &query, const std::optional<QByteArray> &cursor, base::Instant now,
                                     const base::Call &call) override;
    base::Result<std::vector<LeftCanary>> canaries(const base::Call &call) override;
    base::Result<std::vector<KnownUser>> usersAlike(const QString &name, const base::Call &call) override;
    base::Result<std::optional<bool>> hasUser(const QString &name, const base::Call &call) override;
    base::Result<std::optional<qint64>> userCount(const base::Call &call) override;

private:
    struct Position
    {
        std::optional<QByteArray> order;
        QByteArray userId;
    };
    [[nodiscard]] SqlStatement pageStatement(const UserQuery &query, const std::optional<Position> &after,
                                             base::Instant now, int limit) const;
    [[nodiscard]] base::Status addProviders(std::vector<ListedUser> &users, const base::Call &call);
    [[nodiscard]] QString scope(UserOrder order) const;

    SqlConnection &m_connection;
    const SchemaSql &m_schema;
    const SessionSql &m_sessions;
    Explain m_explain;
};

} // namespace rollcall::store
