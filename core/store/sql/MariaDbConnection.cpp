#include "core/store/sql/MariaDbConnection.h"

#include <openssl/crypto.h>
#include <sys/socket.h>

#include "core/store/sql/MariaDbLink.h"
#include "core/store/sql/MysqlText.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

constexpr std::chrono::milliseconds drainTime(2000);
constexpr std::size_t firstCellSize = 256;
constexpr qint64 rowsPerLook = 64; ///< at whether the call has ended, where rows arrive without a wait

struct StatementDeleter
{
    void operator()(MYSQL_STMT *statement) const { mysql_stmt_close(statement); }
};

MariaDbFailure failureOf(MYSQL_STMT *statement, MYSQL *mysql)
{
    if (mysql_stmt_errno(statement) == 0) // an error in place of a row is told of the connection alone
        return store::failureOf(mysql);
    return {mysql_stmt_errno(statement), QString::fromUtf8(mysql_stmt_sqlstate(statement)),
            QString::fromUtf8(mysql_stmt_error(statement))};
}

/// One column's place for the rows that arrive.
struct BoundCell
{
    std::vector<char> bytes = std::vector<char>(firstCellSize);
    unsigned long length = 0;
    my_bool isNull = 0;
    my_bool truncated = 0;
};

void bindTo(MYSQL_BIND &bind, BoundCell &cell)
{
    bind = {};
    bind.buffer_type = MYSQL_TYPE_STRING;
    bind.buffer = cell.bytes.data();
    bind.buffer_length = cell.bytes.size();
    bind.length = &cell.length;
    bind.is_null = &cell.isNull;
    bind.error = &cell.truncated;
}

} // namespace

/// A prepared statement and the places for its rows.
struct MariaDbConnection::Prepared
{
    std::unique_ptr<MYSQL_STMT, StatementDeleter> statement;
    std::vector<std::size_t> places;
    std::vector<BoundCell> cells;
    std::vector<MYSQL_BIND> binds;
};

/// The client's handle and the statements prepared on it.
struct MariaDbConnection::Link
{
    explicit Link(MysqlPtr handle) : mysql(std::move(handle)) {}
    std::map<QByteArray, std::unique_ptr<Prepared>> prepared; ///< by name
    MysqlPtr mysql; ///< goes first: statements of a closed connection are let go without asking the server
    bool broken = false;
};

MariaDbConnection::MariaDbConnection(std::unique_ptr<Link> link, DatabaseUrl url, StoreOptions options, Access access)
    : m_link(std::move(link)), m_url(std::move(url)), m_options(std::move(options)), m_access(access)
{}

MariaDbConnection::~MariaDbConnection() = default;

Result<std::unique_ptr<SqlConnection>> MariaDbConnection::open(const DatabaseUrl &url, const StoreOptions &options,
                                                               Access access, const Call &call)
{
    const Call bounded = call.atMost(options.timeout);
    auto mysql = connectMariaDb(url, options, bounded);
    if (!mysql)
        return fail(std::move(mysql.error()));
    std::unique_ptr<MariaDbConnection> connection(
        new MariaDbConnection(std::make_unique<Link>(std::move(*mysql)), url.clone(), options, access));
    if (auto ready = connection->setUp(bounded); !ready)
        return fail(std::move(ready.error()));
    return connection;
}

Status MariaDbConnection::setUp(const Call &call)
{
    const bool mariaDb = mariadb_connection(m_link->mysql.get()) != 0;
    const qint64 limit = std::max<qint64>(1, m_options.timeout.count());
    // MySQL's limit is for SELECT alone, and it knows none for idle transactions; our own KILL QUERY stands for both.
    QByteArray limits = "max_execution_time = " + QByteArray::number(limit);
    if (mariaDb)
        limits =
            "max_statement_time = " + QByteArray::number(double(limit) / 1000.0) + ", idle_transaction_timeout = 30";
    // In utf8mb4_bin two texts of ours are equal only where they are the same; a column's collation still comes first.
    for (const QByteArray &script : std::initializer_list<QByteArray>{
             QByteArray("SET NAMES utf8mb4 COLLATE utf8mb4_bin"),
             QByteArray("SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES', "
                        "sql_select_limit = 18446744073709551615, sql_big_selects = 1, "
                        "autocommit = 1, "
                        "innodb_lock_wait_timeout = 2, lock_wait_timeout = 2, lc_messages = 'en_US', ") +
                 limits,
             QByteArray("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")}) {
        if (auto done = runScript(script, call); !done)
            return done;
    }
    return {};
}

void MariaDbConnection::close()
{
    if (m_link && m_link->mysql)
        shutdown(mysql_get_socket(m_link->mysql.get()), SHUT_RDWR); // closing must not wait for a silent server
    m_link.reset();
}

Error MariaDbConnection::lost()
{
    close();
    return Error(ErrorCode::ConnectionLost).with(ErrorParam::Host, m_url.host);
}

Error MariaDbConnection::failed(const MariaDbFailure &failure)
{
    Error error = mariaDbStatementError(failure, m_url.host);
    if (error.code == ErrorCode::ConnectionLost)
        m_link->broken = true;
    return error;
}

template <typename Start, typename Continue>
Status MariaDbConnection::drive(Start start, Continue next, const Call &call)
{
    int waiting = start();
    if (driveMariaDb(m_link->mysql.get(), waiting, next, call))
        return {};
    Error reason = stop(call);
    if (!driveMariaDb(m_link->mysql.get(), waiting, next, Call::within(drainTime)))
        m_link->broken = true;
    return fail(std::move(reason));
}

Error MariaDbConnection::stop(const Call &call)
{
    if (!killQuery())
        m_link->broken = true;
    return call.check(QStringLiteral("A database statement")).error();
}

bool MariaDbConnection::killQuery()
{
    const Call bound = Call::within(drainTime);
    const unsigned long id = mysql_thread_id(m_link->mysql.get());
    auto second = connectMariaDb(m_url, m_options, bound);
    if (!second)
        return true; // nothing was asked: the server's own limit ends the statement
    MariaDbConnection helper(std::make_unique<Link>(std::move(*second)), m_url.clone(), m_options, Access::ReadOnly);
    int result = 0;
    const QByteArray sql = "KILL QUERY " + QByteArray::number(qulonglong{id});
    MYSQL *mysql = helper.m_link->mysql.get();
    int waiting = mysql_real_query_start(&result, mysql, sql.constData(), static_cast<unsigned long>(sql.size()));
    const bool answered = driveMariaDb(
        mysql, waiting, [&](int ready) { return mysql_real_query_cont(&result, mysql, ready); }, bound);
    if (!answered)
        helper.close();
    return answered;
}

Status MariaDbConnection::runScript(const QByteArray &script, const Call &call)
{
    if (!m_link)
        return fail(lost());
    const Call bounded = call.atMost(m_options.timeout);
    if (auto wanted = bounded.check(QStringLiteral("A database statement")); !wanted)
        return wanted;
    MYSQL *mysql = m_link->mysql.get();
    int result = 0;
    auto driven = drive(
        [&] {
            return mysql_real_query_start(&result, mysql, script.constData(),
                                          static_cast<unsigned long>(script.size()));
        },
        [&](int ready) { return mysql_real_query_cont(&result, mysql, ready); }, bounded);
    if (driven && result != 0)
        driven = fail(failed(store::failureOf(mysql)));
    if (m_link->broken)
        close();
    return driven;
}

Result<MariaDbConnection::Prepared *> MariaDbConnection::prepare(const SqlStatement &statement,
                                                                 std::unique_ptr<Prepared> &once, const Call &call)
{
    if (const auto kept = m_link->prepared.find(statement.name);
        !statement.name.isEmpty() && kept != m_link->prepared.end())
        return kept->second.get();
    MysqlText text = mysqlText(statement.sql);
    auto prepared = std::make_unique<Prepared>();
    prepared->statement.reset(mysql_stmt_init(m_link->mysql.get()));
    if (!prepared->statement)
        return fail(Error(ErrorCode::Overloaded));
    prepared->places = std::move(text.places);
    MYSQL_STMT *handle = prepared->statement.get();
    int result = 0;
    auto driven = drive(
        [&] {
            return mysql_stmt_prepare_start(&result, handle, text.sql.constData(),
                                            static_cast<unsigned long>(text.sql.size()));
        },
        [&](int ready) { return mysql_stmt_prepare_cont(&result, handle, ready); }, call);
    if (driven && result != 0)
        driven = fail(failed(failureOf(handle, m_link->mysql.get())));
    if (!driven) {
        if (m_link->broken)
            close(); // before the statement, so that letting it go asks nobody
        return fail(std::move(driven.error()));
    }
    auto &place = statement.name.isEmpty() ? once : m_link->prepared[statement.name];
    place = std::move(prepared);
    return place.get();
}

Result<qint64> MariaDbConnection::fetchAll(Prepared &prepared, const RowHandler &onRow, const Call &call)
{
    MYSQL_STMT *handle = prepared.statement.get();
    const std::size_t columns = mysql_stmt_field_count(handle);
    prepared.cells.resize(columns);
    prepared.binds.resize(columns);
    for (std::size_t i = 0; i < columns; ++i)
        bindTo(prepared.binds[i], prepared.cells[i]);
    if (mysql_stmt_bind_result(handle, prepared.binds.data()) != 0)
        return fail(failed(failureOf(handle, m_link->mysql.get())));
    std::vector<std::optional<QByteArrayView>> views(columns);
    for (qint64 rows = 0;; ++rows) {
        if (rows % rowsPerLook == rowsPerLook - 1 && (call.cancelled() || call.expired()))
            return fail(stop(call));
        int result = 0;
        if (auto driven = drive([&] { return mysql_stmt_fetch_start(&result, handle); },
                                [&](int ready) { return mysql_stmt_fetch_cont(&result, handle, ready); }, call);
            !driven)
            return fail(std::move(driven.error()));
        if (result == MYSQL_NO_DATA)
            return rows;
        if (result != 0 && result != MYSQL_DATA_TRUNCATED)
            return fail(failed(failureOf(handle, m_link->mysql.get())));
        bool grown = false;
        for (std::size_t i = 0; i < columns; ++i) {
            BoundCell &cell = prepared.cells[i];
            if (!cell.isNull && cell.length > cell.bytes.size()) {
                OPENSSL_cleanse(cell.bytes.data(), cell.bytes.size());
                cell.bytes.resize(cell.length);
                bindTo(prepared.binds[i], cell);
                if (mysql_stmt_fetch_column(handle, &prepared.binds[i], static_cast<unsigned>(i), 0) != 0)
                    return fail(failed(failureOf(handle, m_link->mysql.get())));
                grown = true;
            }
            if (cell.isNull)
                views[i].reset();
            else
                views[i].emplace(cell.bytes.data(), static_cast<qsizetype>(cell.length));
        }
        if (onRow)
            onRow(SqlRow{views});
        for (BoundCell &cell : prepared.cells) // it may have held a token
            OPENSSL_cleanse(cell.bytes.data(), std::min<std::size_t>(cell.bytes.size(), cell.length));
        if (grown && mysql_stmt_bind_result(handle, prepared.binds.data()) != 0)
            return fail(failed(failureOf(handle, m_link->mysql.get())));
    }
}

Result<qint64> MariaDbConnection::run(Prepared &prepared, const SqlParams &params, const RowHandler &onRow,
                                      const Call &call)
{
    MYSQL_STMT *handle = prepared.statement.get();
    const auto values = params.values();
    std::vector<MYSQL_BIND> binds(prepared.places.size());
    std::vector<unsigned long> lengths(binds.size());
    for (std::size_t i = 0; i < binds.size(); ++i) {
        const auto &value = values[prepared.places[i]];
        binds[i].buffer_type = value ? MYSQL_TYPE_STRING : MYSQL_TYPE_NULL;
        if (!value)
            continue;
        lengths[i] = static_cast<unsigned long>(value->size());
        // The interface is C's and takes no const; parameters are only read.
        binds[i].buffer = const_cast<char *>(value->constData()); // NOLINT(cppcoreguidelines-pro-type-const-cast)
        binds[i].buffer_length = lengths[i];
        binds[i].length = &lengths[i];
    }
    if (!binds.empty() && mysql_stmt_bind_param(handle, binds.data()) != 0)
        return fail(failed(failureOf(handle, m_link->mysql.get())));
    int result = 0;
    if (auto driven = drive([&] { return mysql_stmt_execute_start(&result, handle); },
                            [&](int ready) { return mysql_stmt_execute_cont(&result, handle, ready); }, call);
        !driven)
        return fail(std::move(driven.error()));
    if (result != 0)
        return fail(failed(failureOf(handle, m_link->mysql.get())));
    if (mysql_stmt_field_count(handle) > 0)
        return fetchAll(prepared, onRow, call);
    return static_cast<qint64>(mysql_stmt_affected_rows(handle));
}

void MariaDbConnection::finish(Prepared &prepared, bool drop)
{
    MYSQL_STMT *handle = prepared.statement.get();
    my_bool result = 0;
    int waiting = mysql_stmt_free_result_start(&result, handle);
    m_link->broken = !driveMariaDb(
        m_link->mysql.get(), waiting, [&](int ready) { return mysql_stmt_free_result_cont(&result, handle, ready); },
        Call::within(drainTime));
    if (drop && !m_link->broken)
        prepared.statement.reset(); // a message that the server does not answer
}

Result<qint64> MariaDbConnection::execute(const SqlStatement &statement, const RowHandler &onRow, const Call &call)
{
    if (!m_link)
        return fail(lost());
    const Call bounded = call.atMost(m_options.timeout);
    if (auto wanted = bounded.check(QStringLiteral("A database statement")); !wanted)
        return fail(std::move(wanted.error()));
    std::unique_ptr<Prepared> once;
    const auto prepared = prepare(statement, once, bounded);
    if (!prepared)
        return fail(prepared.error());
    auto rows = run(**prepared, statement.params, onRow, bounded);
    if (!m_link->broken)
        finish(**prepared, once != nullptr);
    if (m_link->broken)
        close();
    return rows;
}

Result<qint64> MariaDbConnection::read(const SqlStatement &statement, const RowHandler &onRow, const Call &call)
{
    return execute(statement, onRow, call); // the session is held to reading
}

Status MariaDbConnection::begin(TransactionMode mode, const Call &call)
{
    if (mode == TransactionMode::Read)
        return runScript("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", call);
    if (m_access == Access::ReadOnly)
        return fail(Error(ErrorCode::WriteRefused)
                        .with(ErrorParam::Detail, QStringLiteral("this connection was opened for reading only")));
    return runScript("START TRANSACTION READ WRITE", call);
}

Status MariaDbConnection::commit(const Call &call)
{
    auto done = runScript("COMMIT", call);
    if (!done)
        rollback();
    return done;
}

void MariaDbConnection::rollback()
{
    if (m_link && !runScript("ROLLBACK", Call::within(drainTime)))
        close(); // the server undoes what a closed session left open
}

QString MariaDbConnection::productName() const
{
    return m_link && mariadb_connection(m_link->mysql.get()) ? QStringLiteral("MariaDB") : QStringLiteral("MySQL");
}

QString MariaDbConnection::serverVersion() const
{
    // "10.11.19-MariaDB-0+deb12u1": the number alone.
    return m_link ? QString::fromUtf8(mysql_get_server_info(m_link->mysql.get())).section(QLatin1Char('-'), 0, 0)
                  : QString();
}

QString MariaDbConnection::linkDescription() const
{
    if (!m_link)
        return {};
    if (mysql_get_ssl_cipher(m_link->mysql.get())) {
        const char *version = nullptr;
        mariadb_get_infov(m_link->mysql.get(), MARIADB_CONNECTION_TLS_VERSION, &version);
        const bool verified =
            (!m_url.isLoopback() && !m_options.insecureHosts.contains(m_url.host, Qt::CaseInsensitive)) ||
            m_url.sslMode.startsWith(QStringLiteral("verify"));
        return QString::fromUtf8(version ? version : "TLS") +
               (verified ? QStringLiteral(", certificate verified") : QStringLiteral(", certificate not verified"));
    }
    return m_url.isLoopback() ? QStringLiteral("loopback, not encrypted")
                              : QStringLiteral("not encrypted (allowed for this host)");
}

} // namespace rollcall::store
