#pragma once

#include <libpq-fe.h>

#include <memory>
#include <set>

#include "core/store/StoreFactory.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

struct PgConnDeleter
{
    void operator()(PGconn *connection) const { PQfinish(connection); }
};
using PgConnPtr = std::unique_ptr<PGconn, PgConnDeleter>;

/// Opens the link to a PostgreSQL server: TLS as the house rules ask, everything within @p call, startup settings in
/// @p serverOptions ("-c name=value …"; empty: none). Errors: as probeDatabase().
[[nodiscard]] base::Result<PgConnPtr> connectPostgres(const DatabaseUrl &url, const StoreOptions &options,
                                                      const QByteArray &serverOptions, const base::Call &call);

/// A PostgreSQL connection over libpq's asynchronous interface.
///
/// Where the server takes our startup settings, the session itself is held to reading: single reading statements run
/// without a transaction around them, and only a transaction begun for writing may write (there is none under
/// Access::ReadOnly). A pooler that refuses or drops them gets every setting inside each transaction instead, and no
/// prepared statement.
/// **Thread-safety:** none; belongs to one thread at a time.
class PostgresConnection final : public SqlConnection
{
public:
    /// Connects. Errors: as probeDatabase(). Blocks within @p call and options.timeout.
    [[nodiscard]] static base::Result<std::unique_ptr<SqlConnection>>
    open(const DatabaseUrl &url, const StoreOptions &options, Access access, const base::Call &call);

    base::Result<qint64> execute(const SqlStatement &statement, const RowHandler &onRow,
                                 const base::Call &call) override;
    base::Status begin(TransactionMode mode, const base::Call &call) override;
    base::Status commit(const base::Call &call) override;
    void rollback() override;
    base::Result<qint64> read(const SqlStatement &statement, const RowHandler &onRow, const base::Call &call) override;
    bool hearsNotifications() const override { return m_sessionHeld; }
    base::Result<bool> awaitNotification(const base::Call &call) override;
    QString productName() const override;
    QString serverVersion() const override;
    QString linkDescription() const override;

private:
    PostgresConnection(PgConnPtr connection, DatabaseUrl url, StoreOptions options, Access access);

    base::Status verifySettings(const base::Call &call);
    base::Status runScript(const QByteArray &script, const base::Call &call);
    base::Status send(const SqlStatement &statement, const base::Call &call);
    base::Status prepare(const SqlStatement &statement, const base::Call &call);
    base::Status flush(const base::Call &call);
    /// Reads what the server answers; rows are wiped where libpq keeps them, unless they are @p harmless.
    base::Result<qint64> collect(const RowHandler &onRow, bool harmless, const base::Call &call);
    /// The next result of what was sent, null at its end.
    base::Result<PGresult *> nextResult(const base::Call &call);
    base::Error lost();
    /// Stops what runs at the server and reads its end; closes the connection where that takes over two seconds.
    base::Error stopStatement(base::Error reason);
    /// Asks the server to stop what runs. False where the request may reach it after @p bound.
    bool cancelAtServer(const base::Call &bound);
    bool drain(const base::Call &bound);

    PgConnPtr m_connection;
    DatabaseUrl m_url;
    StoreOptions m_options;
    Access m_access;
    bool m_sessionHeld = false; ///< our startup settings are in force, and stay so: no pooler between
    std::set<QByteArray> m_prepared;
};

} // namespace rollcall::store
