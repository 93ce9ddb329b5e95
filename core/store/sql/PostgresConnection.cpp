#include "core/store/sql/PostgresConnection.h"

#include <openssl/crypto.h>
#include <poll.h>

#include <future>
#include <system_error>
#include <thread>

#include "core/store/sql/PostgresErrors.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

constexpr int sliceMs = 50;
constexpr std::chrono::milliseconds drainTime(2000);
constexpr int lockTimeoutMs = 2000;
constexpr int idleTimeoutMs = 30'000;
constexpr std::size_t mostPrepared = 100;

struct ResultDeleter
{
    void operator()(PGresult *result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ResultDeleter>;

QByteArray milliseconds(std::chrono::milliseconds time)
{
    return QByteArray::number(qint64{std::max<qint64>(1, time.count())});
}

QByteArray startupOptions(const StoreOptions &options)
{
    return "-c TimeZone=UTC -c DateStyle=ISO -c standard_conforming_strings=on -c bytea_output=hex "
           "-c extra_float_digits=3 -c jit=off -c lock_timeout=" +
           QByteArray::number(lockTimeoutMs) +
           " -c idle_in_transaction_session_timeout=" + QByteArray::number(idleTimeoutMs) +
           " -c statement_timeout=" + milliseconds(options.timeout) + " -c default_transaction_read_only=on";
}

constexpr Oid textType = 25;

/// The end of the quoted name or text that begins at @p from.
qsizetype endOfQuotes(QByteArrayView sql, qsizetype from)
{
    const qsizetype end = sql.indexOf(sql.at(from), from + 1);
    return end < 0 ? sql.size() - 1 : end;
}

/// The types of the @p count parameters of @p sql. One that is cast wherever it is used has the type that it is cast to
/// (told by 0: the server reads it off): it is converted once, not for each row. Every other is text, so that no
/// statement depends on what the server would guess, and one that is not used does no harm.
std::vector<Oid> parameterTypes(QByteArrayView sql, std::size_t count)
{
    std::vector<Oid> types(count, textType);
    std::vector<bool> uncast(count, false);
    for (qsizetype at = 0; at < sql.size(); ++at) {
        const char c = sql.at(at);
        if (c == '"' || c == '\'') {
            at = endOfQuotes(sql, at);
        } else if (c == '$') {
            std::size_t number = 0;
            while (at + 1 < sql.size() && sql.at(at + 1) >= '0' && sql.at(at + 1) <= '9')
                number = number * 10 + static_cast<std::size_t>(sql.at(++at) - '0');
            if (number == 0 || number > count)
                continue;
            const bool isCast = sql.sliced(at + 1).startsWith("::");
            uncast[number - 1] = uncast[number - 1] || !isCast;
            types[number - 1] = uncast[number - 1] ? textType : 0;
        }
    }
    return types;
}

/// Hands the rows to @p onRow, then wipes them where libpq keeps them, unless they are @p harmless: they may hold
/// tokens.
void deliver(const PGresult *result, const RowHandler &onRow, bool harmless)
{
    const int columns = PQnfields(result);
    std::vector<std::optional<QByteArrayView>> cells(static_cast<std::size_t>(columns));
    for (int row = 0; row < PQntuples(result); ++row) {
        for (int column = 0; column < columns; ++column) {
            auto &cell = cells[static_cast<std::size_t>(column)];
            if (PQgetisnull(result, row, column))
                cell.reset();
            else
                cell.emplace(PQgetvalue(result, row, column), PQgetlength(result, row, column));
        }
        if (onRow)
            onRow(SqlRow{cells});
        for (int column = 0; column < columns && !harmless; ++column) {
            if (const int length = PQgetlength(result, row, column); length > 0)
                OPENSSL_cleanse(PQgetvalue(result, row, column), static_cast<std::size_t>(length));
        }
    }
}

} // namespace

PostgresConnection::PostgresConnection(PgConnPtr connection, DatabaseUrl url, StoreOptions options, Access access)
    : m_connection(std::move(connection)), m_url(std::move(url)), m_options(std::move(options)), m_access(access)
{
    // Notices can quote values; nothing of them is shown.
    PQsetNoticeProcessor(
        m_connection.get(), [](void *, const char *) {}, nullptr);
}

Result<std::unique_ptr<SqlConnection>> PostgresConnection::open(const DatabaseUrl &url, const StoreOptions &options,
                                                                Access access, const Call &call)
{
    const Call bounded = call.atMost(options.timeout);
    auto link = connectPostgres(url, options, startupOptions(options), bounded);
    const bool pooler = !link && link.error().param(ErrorParam::SqlState) == QStringLiteral("08P01");
    if (pooler) // PgBouncer refuses startup parameters that it does not know
        link = connectPostgres(url, options, {}, bounded);
    if (!link)
        return fail(std::move(link.error()));
    std::unique_ptr<PostgresConnection> connection(
        new PostgresConnection(std::move(*link), url.clone(), options, access));
    if (!pooler) {
        if (auto verified = connection->verifySettings(bounded); !verified)
            return fail(std::move(verified.error()));
    }
    return connection;
}

Status PostgresConnection::verifySettings(const Call &call)
{
    // A pooler may also take the settings and drop them: believe only what the session says of itself.
    SqlStatement statement{QStringLiteral("SELECT (current_setting('lock_timeout') = '2s' AND "
                                          "current_setting('TimeZone') = 'UTC' AND "
                                          "current_setting('default_transaction_read_only') = 'on')::int")};
    const auto asked = execute(
        statement, [this](const SqlRow &row) { m_sessionHeld = row.flag(0); }, call);
    if (!asked)
        return fail(asked.error());
    return {};
}

Error PostgresConnection::lost()
{
    m_connection.reset();
    return Error(ErrorCode::ConnectionLost).with(ErrorParam::Host, m_url.host);
}

Status PostgresConnection::flush(const Call &call)
{
    for (;;) {
        const int pending = PQflush(m_connection.get());
        if (pending == 0)
            return {};
        if (pending < 0)
            return fail(lost());
        if (call.cancelled() || call.expired())
            return fail(stopStatement(call.check(QStringLiteral("A database statement")).error()));
        pollfd entry{PQsocket(m_connection.get()), POLLIN | POLLOUT, 0};
        if (poll(&entry, 1, sliceMs) > 0 && (entry.revents & POLLIN) && !PQconsumeInput(m_connection.get()))
            return fail(lost());
    }
}

Result<PGresult *> PostgresConnection::nextResult(const Call &call)
{
    // A look-up by key is mostly answered sooner than a sleeping thread is awake again.
    constexpr std::chrono::microseconds soon(100);
    const auto sleepFrom = std::chrono::steady_clock::now() + soon;
    while (PQisBusy(m_connection.get())) {
        if (call.cancelled() || call.expired())
            return fail(stopStatement(call.check(QStringLiteral("A database statement")).error()));
        const bool sleeps = std::chrono::steady_clock::now() >= sleepFrom;
        pollfd entry{PQsocket(m_connection.get()), POLLIN, 0};
        if (poll(&entry, 1, sleeps ? sliceMs : 0) > 0 && !PQconsumeInput(m_connection.get())) {
            // What arrived before the link broke may still say why (57P01).
            break;
        }
    }
    return PQgetResult(m_connection.get());
}

Result<qint64> PostgresConnection::collect(const RowHandler &onRow, bool harmless, const Call &call)
{
    qint64 rows = 0;
    std::optional<Error> error;
    for (;;) {
        const auto next = nextResult(call);
        if (!next)
            return fail(next.error());
        const ResultPtr result(*next);
        if (!result)
            break;
        switch (PQresultStatus(result.get())) {
        case PGRES_SINGLE_TUPLE:
        case PGRES_TUPLES_OK: // without rows where they were streamed
            rows += PQntuples(result.get());
            deliver(result.get(), onRow, harmless);
            break;
        case PGRES_COMMAND_OK:
            rows += QByteArray(PQcmdTuples(result.get())).toLongLong();
            break;
        default:
            if (!error)
                error = statementError(result.get(), m_url.host);
            break;
        }
        if (PQstatus(m_connection.get()) == CONNECTION_BAD && error)
            break;
    }
    if (PQstatus(m_connection.get()) == CONNECTION_BAD) {
        Error gone = lost();
        return fail(error ? std::move(*error) : std::move(gone));
    }
    if (error)
        return fail(std::move(*error));
    return rows;
}

Status PostgresConnection::prepare(const SqlStatement &statement, const Call &call)
{
    if (m_prepared.contains(statement.name))
        return {};
    // Each takes memory of the server, and names of providers that people look for make more and more of them.
    if (m_prepared.size() >= mostPrepared) {
        if (auto forgotten = runScript("DEALLOCATE ALL", call); !forgotten)
            return forgotten;
        m_prepared.clear();
    }
    const QByteArray sql = statement.sql.toUtf8();
    const auto types = parameterTypes(sql, statement.params.values().size());
    if (!PQsendPrepare(m_connection.get(), statement.name.constData(), sql.constData(), static_cast<int>(types.size()),
                       types.data()))
        return fail(lost());
    if (auto flushed = flush(call); !flushed)
        return flushed;
    // 42P05: a call that ended while the server prepared it left it there. The name is a digest of the text: it is
    // ours.
    if (const auto done = collect({}, true, call);
        !done && done.error().param(ErrorParam::SqlState) != QStringLiteral("42P05"))
        return fail(done.error());
    m_prepared.insert(statement.name);
    return {};
}

Status PostgresConnection::send(const SqlStatement &statement, const Call &call)
{
    std::vector<const char *> values;
    for (const auto &value : statement.params.values()) {
        if (value && value->contains('\0'))
            return fail(Error(ErrorCode::StatementFailed)
                            .with(ErrorParam::SqlState, QStringLiteral("22021"))
                            .with(ErrorParam::Detail, QStringLiteral("a value holds a NUL character")));
        values.push_back(value ? value->constData() : nullptr);
    }
    const int count = static_cast<int>(values.size());
    int sent = 0;
    if (!statement.name.isEmpty() && m_sessionHeld) {
        if (auto ready = prepare(statement, call); !ready)
            return ready;
        sent = PQsendQueryPrepared(m_connection.get(), statement.name.constData(), count, values.data(), nullptr,
                                   nullptr, 0);
    } else {
        const QByteArray sql = statement.sql.toUtf8();
        sent = PQsendQueryParams(m_connection.get(), sql.constData(), count, parameterTypes(sql, values.size()).data(),
                                 values.data(), nullptr, nullptr, 0);
    }
    if (!sent)
        return fail(lost());
    if (statement.name.isEmpty() && !statement.fewRows)
        PQsetSingleRowMode(m_connection.get());
    return flush(call);
}

Result<qint64> PostgresConnection::execute(const SqlStatement &statement, const RowHandler &onRow, const Call &call)
{
    if (!m_connection)
        return fail(lost());
    const Call bounded = call.atMost(m_options.timeout);
    if (auto wanted = bounded.check(QStringLiteral("A database statement")); !wanted)
        return fail(std::move(wanted.error()));
    if (auto sent = send(statement, bounded); !sent)
        return fail(std::move(sent.error()));
    return collect(onRow, statement.fewRows, bounded);
}

Status PostgresConnection::runScript(const QByteArray &script, const Call &call)
{
    if (!m_connection)
        return fail(lost());
    const Call bounded = call.atMost(m_options.timeout);
    if (auto wanted = bounded.check(QStringLiteral("A database statement")); !wanted)
        return wanted;
    if (!PQsendQuery(m_connection.get(), script.constData()))
        return fail(lost());
    if (auto flushed = flush(bounded); !flushed)
        return flushed;
    if (const auto done = collect({}, true, bounded); !done)
        return fail(done.error());
    return {};
}

Status PostgresConnection::begin(TransactionMode mode, const Call &call)
{
    if (mode == TransactionMode::Write && m_access == Access::ReadOnly)
        return fail(Error(ErrorCode::WriteRefused)
                        .with(ErrorParam::Detail, QStringLiteral("this connection was opened for reading only")));
    // Settings are made anew inside each transaction: behind a transaction-mode pooler nothing else would hold, and
    // anything longer-lived would leak into other clients' sessions.
    const QByteArray open = mode == TransactionMode::Read ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                                          : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    const auto budget = std::min(m_options.timeout, call.remaining());
    auto begun =
        runScript(open +
                      "; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL "
                      "standard_conforming_strings = on; SET LOCAL bytea_output = hex; SET LOCAL extra_float_digits = "
                      "3; SET LOCAL jit = off; SET LOCAL lock_timeout = " +
                      QByteArray::number(lockTimeoutMs) + "; SET LOCAL idle_in_transaction_session_timeout = " +
                      QByteArray::number(idleTimeoutMs) + "; SET LOCAL statement_timeout = " + milliseconds(budget),
                  call);
    if (!begun)
        rollback();
    return begun;
}

Status PostgresConnection::commit(const Call &call)
{
    auto done = runScript("COMMIT", call);
    if (!done)
        rollback();
    return done;
}

void PostgresConnection::rollback()
{
    if (!m_connection || PQtransactionStatus(m_connection.get()) == PQTRANS_IDLE)
        return;
    if (!runScript("ROLLBACK", Call::within(drainTime)))
        m_connection.reset(); // the server undoes what a closed session left open
}

Result<qint64> PostgresConnection::read(const SqlStatement &statement, const RowHandler &onRow, const Call &call)
{
    if (m_sessionHeld)
        return execute(statement, onRow, call);
    auto transaction = SqlTransaction::begin(*this, TransactionMode::Read, call);
    if (!transaction)
        return fail(std::move(transaction.error()));
    auto rows = execute(statement, onRow, call);
    if (!rows)
        return rows;
    if (auto done = transaction->commit(call); !done)
        return fail(std::move(done.error()));
    return rows;
}

Error PostgresConnection::stopStatement(Error reason)
{
    const Call bound = Call::within(drainTime);
    // A request that is still on its way would stop the next statement.
    if (!cancelAtServer(bound) || !drain(bound))
        m_connection.reset();
    return reason;
}

bool PostgresConnection::cancelAtServer(const Call &bound)
{
    if (PQsslInUse(m_connection.get()) && !m_url.isLoopback()) {
        // libpq 15's PQcancel speaks no TLS: ask through a second, verified connection.
        const int pid = PQbackendPID(m_connection.get());
        auto second = connectPostgres(m_url, m_options, {}, bound);
        if (!second)
            return true; // nothing was asked: the server's own statement_timeout ends the statement
        PostgresConnection helper(std::move(*second), m_url.clone(), m_options, Access::ReadOnly);
        SqlStatement statement;
        statement.sql = QStringLiteral("SELECT pg_cancel_backend(%1::int)").arg(statement.params.add(qint64{pid}));
        return helper.execute(statement, {}, bound).has_value();
    }
    PGcancel *cancel = PQgetCancel(m_connection.get());
    if (!cancel)
        return true;
    try {
        std::promise<void> told;
        const auto delivered = told.get_future();
        // PQcancel has no time limit: a thread of its own, left behind when late. It returns when the server hangs up,
        // which it does after it has sent the signal; a server process that waits for a statement ignores that.
        // Source: PostgreSQL 15, fe-connect.c internal_cancel(), postgres.c ProcessInterrupts().
        std::thread([cancel, told = std::move(told)]() mutable {
            char message[256];
            PQcancel(cancel, message, sizeof message);
            PQfreeCancel(cancel);
            told.set_value();
        }).detach();
        return delivered.wait_for(bound.remaining()) == std::future_status::ready;
    } catch (const std::system_error &) {
        PQfreeCancel(cancel); // no thread: nothing was asked
        return true;
    }
}

bool PostgresConnection::drain(const Call &bound)
{
    for (;;) {
        while (PQisBusy(m_connection.get())) {
            if (bound.expired())
                return false;
            PQflush(m_connection.get());
            pollfd entry{PQsocket(m_connection.get()), POLLIN, 0};
            if (poll(&entry, 1, sliceMs) > 0 && !PQconsumeInput(m_connection.get()))
                return false;
        }
        const ResultPtr result(PQgetResult(m_connection.get()));
        if (!result)
            return PQstatus(m_connection.get()) == CONNECTION_OK;
    }
}

Result<bool> PostgresConnection::awaitNotification(const Call &call)
{
    for (;;) {
        if (!m_connection)
            return fail(lost());
        bool heard = false;
        while (PGnotify *notification = PQnotifies(m_connection.get())) {
            PQfreemem(notification);
            heard = true;
        }
        if (heard)
            return true;
        if (call.cancelled() || call.expired())
            return false;
        pollfd entry{PQsocket(m_connection.get()), POLLIN, 0};
        if (poll(&entry, 1, sliceMs) > 0 && !PQconsumeInput(m_connection.get()))
            return fail(lost());
    }
}

QString PostgresConnection::productName() const
{
    return QStringLiteral("PostgreSQL");
}

QString PostgresConnection::serverVersion() const
{
    const char *text = m_connection ? PQparameterStatus(m_connection.get(), "server_version") : nullptr;
    // "15.20 (Debian 15.20-0+deb12u1)": the number alone.
    return text ? QString::fromUtf8(text).section(QLatin1Char(' '), 0, 0) : QString();
}

QString PostgresConnection::linkDescription() const
{
    if (!m_connection)
        return {};
    if (PQsslInUse(m_connection.get())) {
        const QString protocol = QString::fromUtf8(PQsslAttribute(m_connection.get(), "protocol"));
        const bool verified =
            (!m_url.isLoopback() && !m_options.insecureHosts.contains(m_url.host, Qt::CaseInsensitive)) ||
            m_url.sslMode.startsWith(QStringLiteral("verify"));
        return protocol +
               (verified ? QStringLiteral(", certificate verified") : QStringLiteral(", certificate not verified"));
    }
    return m_url.isLoopback() ? QStringLiteral("loopback, not encrypted")
                              : QStringLiteral("not encrypted (allowed for this host)");
}

} // namespace rollcall::store
