#include "core/store/sql/OpenConnection.h"

#include "core/store/sql/MariaDbConnection.h"
#include "core/store/sql/PostgresConnection.h"
#include "core/store/sql/SqliteConnection.h"

namespace rollcall::store {

base::Result<std::unique_ptr<SqlConnection>> openConnection(const DatabaseUrl &url, const StoreOptions &options,
                                                            Access access, const base::Call &call)
{
    switch (url.kind) {
    case DatabaseKind::PostgreSql:
        return PostgresConnection::open(url, options, access, call);
    case DatabaseKind::MySql:
        return MariaDbConnection::open(url, options, access, call);
    case DatabaseKind::Sqlite:
        return SqliteConnection::open(url, options, access, call);
    case DatabaseKind::Redis:
        break; // RedisAccess.h
    }
    return base::fail(base::Error(base::ErrorCode::Internal));
}

} // namespace rollcall::store
