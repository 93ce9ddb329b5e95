#include "core/store/sql/SqliteConnection.h"

#include <QFile>
#include <QFileInfo>

#include <array>
#include <cerrno>
#include <charconv>
#include <thread>

#include "core/store/sql/SqliteFunctions.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

constexpr int progressSteps = 1000; ///< virtual machine steps between looks at the stop token: well under a millisecond
constexpr std::chrono::milliseconds busySlice(10);
constexpr std::chrono::milliseconds lockTimeout(2000);

/// Makes a statement fit for its next use, and forgets the values bound to it: they are the caller's.
struct Resetter
{
    void operator()(sqlite3_stmt *statement) const
    {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
};
using InUse = std::unique_ptr<sqlite3_stmt, Resetter>;

/// SQLite's result code.
int bindAll(sqlite3_stmt *prepared, const SqlParams &params)
{
    int number = 0;
    for (const auto &value : params.values()) {
        // "$1" is a name here: its place follows from where it first stands in the text.
        std::array<char, 16> name{'$'};
        std::to_chars(name.begin() + 1, name.end() - 1, ++number);
        const int place = sqlite3_bind_parameter_index(prepared, name.data());
        if (place == 0)
            continue; // not used in this variant of the statement
        const int code =
            value ? sqlite3_bind_text64(prepared, place, value->constData(), static_cast<sqlite3_uint64>(value->size()),
                                        SQLITE_STATIC, SQLITE_UTF8)
                  : sqlite3_bind_null(prepared, place);
        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}

void readCells(sqlite3_stmt *prepared, std::vector<std::optional<QByteArrayView>> &cells)
{
    for (std::size_t column = 0; column < cells.size(); ++column) {
        const int index = static_cast<int>(column);
        if (const auto *bytes = sqlite3_column_text(prepared, index))
            cells[column].emplace(bytes, sqlite3_column_bytes(prepared, index));
        else
            cells[column].reset();
    }
}

Error unreadable(const QString &path, const QString &detail)
{
    return Error(ErrorCode::FileUnreadable).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail);
}

Status checkFile(const QString &path)
{
    const QFileInfo file(path);
    if (!file.exists())
        return fail(unreadable(path, QStringLiteral("there is no such file")));
    if (!file.isFile())
        return fail(unreadable(path, QStringLiteral("it is not a regular file")));
    if (!file.isReadable())
        return fail(unreadable(path, QStringLiteral("permission denied")));
    return {};
}

} // namespace

SqliteConnection::SqliteConnection(std::unique_ptr<sqlite3, Closer> database, QString path,
                                   std::chrono::milliseconds timeout)
    : m_database(std::move(database)), m_path(std::move(path)), m_timeout(timeout)
{
    sqlite3_progress_handler(
        m_database.get(), progressSteps,
        [](void *self) {
            const Call &call = static_cast<SqliteConnection *>(self)->m_running;
            return call.cancelled() || call.expired() ? 1 : 0;
        },
        this);
    sqlite3_busy_handler(
        m_database.get(),
        [](void *self, int attempt) {
            auto *connection = static_cast<SqliteConnection *>(self);
            const Call &call = connection->m_running;
            if (attempt == 0)
                connection->m_lockWaitSince = Call::Clock::now();
            if (call.cancelled() || call.expired() || Call::Clock::now() - connection->m_lockWaitSince > lockTimeout)
                return 0;
            std::this_thread::sleep_for(busySlice);
            return 1;
        },
        this);
}

Result<std::unique_ptr<SqlConnection>> SqliteConnection::open(const DatabaseUrl &url, const StoreOptions &options,
                                                              Access access, const Call &call)
{
    if (auto usable = checkFile(url.database); !usable)
        return fail(std::move(usable.error()));
    const int flags = access == Access::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    sqlite3 *raw = nullptr;
    // An absolute path: a name that begins with "file:" must not be taken for a URI.
    const QByteArray path = QFile::encodeName(QFileInfo(url.database).absoluteFilePath());
    const int code =
        sqlite3_open_v2(path.constData(), &raw, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    std::unique_ptr<sqlite3, Closer> database(raw);
    if (!database)
        return fail(Error(ErrorCode::Overloaded));
    std::unique_ptr<SqliteConnection> connection(
        new SqliteConnection(std::move(database), url.database, options.timeout));
    if (code != SQLITE_OK)
        return fail(connection->errorOf(code));
    if (const int registered = registerSqliteFunctions(raw, options.timeZone); registered != SQLITE_OK)
        return fail(connection->errorOf(registered));
    if (access == Access::ReadOnly) {
        if (auto held = connection->run("PRAGMA query_only = ON", call); !held)
            return fail(std::move(held.error()));
    }
    // The first read is what finds out whether the file is a database at all.
    if (auto read = connection->run("SELECT count(*) FROM sqlite_master", call); !read)
        return fail(std::move(read.error()));
    return connection;
}

Error SqliteConnection::errorOf(int code) const
{
    switch (code & 0xff) {
    case SQLITE_INTERRUPT: {
        if (const auto status = m_running.check(QStringLiteral("A database statement")); !status)
            return status.error();
        return Error(ErrorCode::Cancelled);
    }
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        if (m_running.cancelled())
            return Error(ErrorCode::Cancelled);
        return Error(ErrorCode::DatabaseUnavailable)
            .with(ErrorParam::Host, m_path)
            .with(ErrorParam::Detail, QStringLiteral("another process holds its lock"));
    case SQLITE_NOTADB:
        return Error(ErrorCode::NotADatabase).with(ErrorParam::Path, m_path);
    case SQLITE_CORRUPT:
        return Error(ErrorCode::NotADatabase)
            .with(ErrorParam::Path, m_path)
            .with(ErrorParam::Detail, QStringLiteral("the file is damaged"));
    case SQLITE_CANTOPEN:
        return unreadable(m_path,
                          QStringLiteral("SQLite cannot open it; a database in WAL mode needs a folder that may "
                                         "be written"));
    case SQLITE_READONLY:
        return Error(ErrorCode::WriteRefused)
            .with(ErrorParam::Detail, QStringLiteral("the SQLite file is open for reading only"));
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return unreadable(m_path, QStringLiteral("permission denied"));
    case SQLITE_FULL:
        return Error(ErrorCode::DiskFull).with(ErrorParam::Path, m_path);
    case SQLITE_IOERR:
        // A quota that is used up, or a file as long as the file system takes, is a full disk as well.
        if (const int reason = sqlite3_system_errno(m_database.get());
            code == SQLITE_IOERR_WRITE && (reason == EDQUOT || reason == EFBIG || reason == ENOSPC))
            return Error(ErrorCode::DiskFull).with(ErrorParam::Path, m_path);
        return Error(ErrorCode::DatabaseUnavailable)
            .with(ErrorParam::Host, m_path)
            .with(ErrorParam::Detail, QStringLiteral("input/output error"));
    default:
        // SQLite's messages name tables and columns, not values; a trigger's own text can hold anything.
        if (code == SQLITE_CONSTRAINT_TRIGGER)
            return Error(ErrorCode::StatementFailed)
                .with(ErrorParam::SqlState, QStringLiteral("SQLite %1").arg(code))
                .with(ErrorParam::Detail, QStringLiteral("a trigger refused it"));
        return Error(ErrorCode::StatementFailed)
            .with(ErrorParam::SqlState, QStringLiteral("SQLite %1").arg(code))
            .with(ErrorParam::Detail, QString::fromUtf8(sqlite3_errmsg(m_database.get())));
    }
}

Result<qint64> SqliteConnection::execute(const SqlStatement &statement, const RowHandler &onRow, const Call &call)
{
    m_running = call.atMost(m_timeout);
    if (auto wanted = m_running.check(QStringLiteral("A database statement")); !wanted)
        return fail(std::move(wanted.error()));
    StatementPtr once;
    const auto prepared = prepare(statement, once);
    if (!prepared)
        return fail(prepared.error());
    const InUse inUse(*prepared);
    int code = bindAll(inUse.get(), statement.params);
    if (code != SQLITE_OK)
        return fail(errorOf(code));
    std::vector<std::optional<QByteArrayView>> cells(static_cast<std::size_t>(sqlite3_column_count(inUse.get())));
    qint64 rows = 0;
    const auto changesBefore = sqlite3_total_changes64(m_database.get());
    while ((code = sqlite3_step(inUse.get())) == SQLITE_ROW) {
        ++rows;
        readCells(inUse.get(), cells);
        if (onRow)
            onRow(SqlRow{cells});
    }
    if (code != SQLITE_DONE)
        return fail(errorOf(code));
    return cells.empty() ? qint64{sqlite3_total_changes64(m_database.get()) - changesBefore} : rows;
}

Result<sqlite3_stmt *> SqliteConnection::prepare(const SqlStatement &statement, StatementPtr &once)
{
    const bool reuse = !statement.name.isEmpty();
    if (const auto kept = m_prepared.find(statement.name); reuse && kept != m_prepared.end())
        return kept->second.get();
    const QByteArray sql = statement.sql.toUtf8();
    sqlite3_stmt *raw = nullptr;
    const unsigned flags = reuse ? SQLITE_PREPARE_PERSISTENT : 0;
    const int code =
        sqlite3_prepare_v3(m_database.get(), sql.constData(), static_cast<int>(sql.size()), flags, &raw, nullptr);
    StatementPtr prepared(raw);
    if (code != SQLITE_OK)
        return fail(errorOf(code));
    StatementPtr &place = reuse ? m_prepared[statement.name] : once;
    place = std::move(prepared);
    return raw;
}

Status SqliteConnection::run(const char *sql, const Call &call)
{
    const auto done = execute({.sql = QString::fromLatin1(sql)}, {}, call);
    if (!done)
        return fail(done.error());
    return {};
}

Status SqliteConnection::begin(TransactionMode mode, const Call &call)
{
    // IMMEDIATE takes the write lock at once: a busy database is found out before anything was done.
    return run(mode == TransactionMode::Read ? "BEGIN DEFERRED" : "BEGIN IMMEDIATE", call);
}

Status SqliteConnection::commit(const Call &call)
{
    auto done = run("COMMIT", call);
    if (!done)
        rollback();
    return done;
}

void SqliteConnection::rollback()
{
    if (sqlite3_get_autocommit(m_database.get()) == 0)
        static_cast<void>(run("ROLLBACK", Call::within(lockTimeout))); // fails only where it was rolled back already
}

Result<qint64> SqliteConnection::read(const SqlStatement &statement, const RowHandler &onRow, const Call &call)
{
    return execute(statement, onRow, call); // one statement is one read transaction of its own
}

QString SqliteConnection::productName() const
{
    return QStringLiteral("SQLite");
}

QString SqliteConnection::serverVersion() const
{
    return QString::fromLatin1(sqlite3_libversion());
}

QString SqliteConnection::linkDescription() const
{
    return QStringLiteral("file");
}

} // namespace rollcall::store
