#pragma once

#include <sqlite3.h>

#include <map>
#include <memory>

#include "core/store/StoreFactory.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

/// A SQLite file over the sqlite3 library. The file is never created and its journal mode never changed; a reading
/// store opens it read-only. A statement is stopped by the progress handler, a wait for a lock by the busy handler.
/// **Thread-safety:** none; belongs to one thread at a time.
class SqliteConnection final : public SqlConnection
{
public:
    /// Opens the file. Errors: FileUnreadable, NotADatabase, Timeout, Cancelled, DatabaseUnavailable (locked).
    [[nodiscard]] static base::Result<std::unique_ptr<SqlConnection>>
    open(const DatabaseUrl &url, const StoreOptions &options, Access access, const base::Call &call);

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
    struct Closer
    {
        void operator()(sqlite3 *database) const { sqlite3_close_v2(database); }
    };

    struct Finalizer
    {
        void operator()(sqlite3_stmt *statement) const { sqlite3_finalize(statement); }
    };
    using StatementPtr = std::unique_ptr<sqlite3_stmt, Finalizer>;

    SqliteConnection(std::unique_ptr<sqlite3, Closer> database, QString path, std::chrono::milliseconds timeout);
    /// The compiled statement: kept by the connection where it is to be reused, else by @p once.
    base::Result<sqlite3_stmt *> prepare(const SqlStatement &statement, StatementPtr &once);
    base::Status run(const char *sql, const base::Call &call);
    base::Error errorOf(int code) const;

    std::unique_ptr<sqlite3, Closer> m_database;
    std::map<QByteArray, StatementPtr> m_prepared; ///< by name
    QString m_path;
    std::chrono::milliseconds m_timeout;
    base::Call m_running;                          ///< bounds of the statement that runs
    base::Call::Clock::time_point m_lockWaitSince; ///< when the wait for a lock began
};

} // namespace rollcall::store
