#pragma once

#include <map>
#include <memory>

#include "core/store/StoreFactory.h"
#include "core/store/sql/MariaDbErrors.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

/// A connection to MySQL or MariaDB over libmariadb's interface that does not block, with server-side prepared
/// statements.
///
/// The session itself is held to reading: single statements run without a transaction around them, and only a
/// transaction begun for writing may write (there is none under Access::ReadOnly). A running statement is stopped by
/// KILL QUERY over a second connection, in two seconds at most; the server's own limits stand behind that.
/// **Thread-safety:** none; belongs to one thread at a time.
class MariaDbConnection final : public SqlConnection
{
public:
    /// Connects. Errors: as probeDatabase(). Blocks within @p call and options.timeout.
    [[nodiscard]] static base::Result<std::unique_ptr<SqlConnection>>
    open(const DatabaseUrl &url, const StoreOptions &options, Access access, const base::Call &call);
    ~MariaDbConnection() override;

    base::Result<qint64> execute(const SqlStatement &statement, const RowHandler &onRow,
                                 const base::Call &call) override;
    base::Status begin(TransactionMode mode, const base::Call &call) override;
    base::Status commit(const base::Call &call) override;
    void rollback() override;
    base::Result<qint64> read(const SqlStatement &statement, const RowHandler &onRow, const base::Call &call) override;
    QString productName() const override;
    QString serverVersion() const override;
    QString linkDescription() const override;

private:
    struct Link;
    struct Prepared;
    MariaDbConnection(std::unique_ptr<Link> link, DatabaseUrl url, StoreOptions options, Access access);

    base::Status setUp(const base::Call &call);
    base::Status runScript(const QByteArray &script, const base::Call &call);
    /// Runs one operation; where @p call ends first, stops it at the server and says why. After that the connection is
    /// fit for use or closed.
    template <typename Start, typename Continue>
    base::Status drive(Start start, Continue next, const base::Call &call);
    /// The prepared statement: kept where it has a name, else by @p once.
    base::Result<Prepared *> prepare(const SqlStatement &statement, std::unique_ptr<Prepared> &once,
                                     const base::Call &call);
    base::Result<qint64> run(Prepared &prepared, const SqlParams &params, const RowHandler &onRow,
                             const base::Call &call);
    base::Result<qint64> fetchAll(Prepared &prepared, const RowHandler &onRow, const base::Call &call);
    /// Reads away what is left of an answer, and drops a statement that is not kept.
    void finish(Prepared &prepared, bool drop);
    base::Error failed(const MariaDbFailure &failure);
    base::Error lost();
    /// Stops what runs for @p call, which has ended; why it ended.
    base::Error stop(const base::Call &call);
    /// Asks the server to stop what runs. False where that may reach it after this function: a late request would stop
    /// the next statement.
    bool killQuery();
    void close();

    std::unique_ptr<Link> m_link; ///< null once it is lost
    DatabaseUrl m_url;
    StoreOptions m_options;
    Access m_access;
};

} // namespace rollcall::store
