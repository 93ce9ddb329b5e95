#pragma once

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/Call.h"

namespace rollcall::store {

/// The values bound to a statement, in order; each is text or NULL. They may be tokens: they are wiped with the object.
/// **Thread-safety:** reentrant.
class SqlParams final
{
public:
    SqlParams() = default;
    SqlParams(SqlParams &&) noexcept = default;
    SqlParams &operator=(SqlParams &&) noexcept = default;
    SqlParams(const SqlParams &) = delete;
    SqlParams &operator=(const SqlParams &) = delete;
    ~SqlParams();

    /// Binds @p value and returns its placeholder: "$1", "$2", … (MySQL gets question marks instead).
    QString add(QByteArrayView value);
    QString add(const QString &value) { return add(QByteArrayView(value.toUtf8())); }
    QString add(qint64 value) { return add(QByteArrayView(QByteArray::number(value))); }
    /// Binds @p value under the next placeholder.
    void bind(QByteArrayView value);
    /// Binds @p value, or NULL where there is none.
    QString addOptional(const std::optional<QString> &value);

    [[nodiscard]] std::span<const std::optional<QByteArray>> values() const { return m_values; }

private:
    std::vector<std::optional<QByteArray>> m_values;
};

/// One row while it is being read: cells are text as the server writes it (UTC, ISO dates) or NULL. The views are valid
/// only during the callback.
struct SqlRow
{
    std::span<const std::optional<QByteArrayView>> cells;

    [[nodiscard]] bool isNull(std::size_t column) const { return !cells[column].has_value(); }
    /// The bytes of a cell; empty for NULL.
    [[nodiscard]] QByteArrayView bytes(std::size_t column) const { return cells[column].value_or(QByteArrayView()); }
    [[nodiscard]] std::optional<QString> text(std::size_t column) const;
    /// A cell that holds an integer; 0 for NULL.
    [[nodiscard]] qint64 integer(std::size_t column) const;
    /// A cell that holds 0 or 1.
    [[nodiscard]] bool flag(std::size_t column) const { return integer(column) != 0; }
};

using RowHandler = std::function<void(const SqlRow &)>;

/// A statement and its bound values.
struct SqlStatement
{
    QString sql;
    SqlParams params = {};
    /// Of a statement that is run often and answers with few rows, else empty: it is kept prepared under this name
    /// where the link allows it, and its rows are not streamed. One name stands for one text.
    QByteArray name = {};
    /// Answers with few rows, and none holds a token: they may be taken at once and need not be wiped, which is faster.
    bool fewRows = false;

    /// Names it by a digest of its text, to be kept prepared.
    void keep();
};

/// What a transaction may do; the server holds it to that.
enum class TransactionMode { Read, Write };

/// One connection to a database, with bounded, cancellable statements. Rows are streamed: memory does not grow with the
/// result. **Thread-safety:** none; a connection belongs to one thread at a time.
/// Errors of all functions: ConnectionLost, DatabaseUnavailable, Timeout, Cancelled, PermissionDenied (SqlState only:
/// the caller knows the tables), StatementFailed, WriteRefused.
class SqlConnection
{
public:
    virtual ~SqlConnection() = default;

    /// Runs @p statement in the transaction that is open, calling @p onRow for each row (may be empty); returns the
    /// number of rows it returned or changed. Blocks within @p call; a running statement is stopped at the server when
    /// the call is cancelled or its deadline passes.
    [[nodiscard]] virtual base::Result<qint64> execute(const SqlStatement &statement, const RowHandler &onRow,
                                                       const base::Call &call) = 0;

    /// Starts a transaction with all timeouts set inside it (a pooler may give each transaction another server
    /// session). Reads see one snapshot.
    [[nodiscard]] virtual base::Status begin(TransactionMode mode, const base::Call &call) = 0;
    /// Ends it. A connection lost here leaves the outcome unknown: ConnectionLost.
    [[nodiscard]] virtual base::Status commit(const base::Call &call) = 0;
    /// Undoes it, in at most two seconds; where that fails the connection is closed, which undoes it as well.
    virtual void rollback() = 0;

    /// Runs one reading statement in a transaction of its own, in one round trip where the session itself is held to
    /// reading.
    [[nodiscard]] virtual base::Result<qint64> read(const SqlStatement &statement, const RowHandler &onRow,
                                                    const base::Call &call) = 0;

    /// Whether this link can hear what LISTEN asked for: the server has such a thing, and its session is ours alone.
    [[nodiscard]] virtual bool hearsNotifications() const { return false; }
    /// Waits until the server notifies on a channel that LISTEN named: true; false where @p call ended first, also by
    /// being cancelled. Only where hearsNotifications(). Errors besides: Internal.
    [[nodiscard]] virtual base::Result<bool> awaitNotification(const base::Call &call);

    /// "PostgreSQL", "MariaDB", "MySQL" or "SQLite": who answers.
    [[nodiscard]] virtual QString productName() const = 0;
    /// "15.20", "3.40.1".
    [[nodiscard]] virtual QString serverVersion() const = 0;
    /// For people: how the link is protected.
    [[nodiscard]] virtual QString linkDescription() const = 0;
};

/// A transaction that is undone unless it is committed. **Thread-safety:** as its connection.
class SqlTransaction final
{
public:
    /// Begins on @p connection, which must outlive the object.
    [[nodiscard]] static base::Result<SqlTransaction> begin(SqlConnection &connection, TransactionMode mode,
                                                            const base::Call &call);
    SqlTransaction(SqlTransaction &&other) noexcept : m_connection(std::exchange(other.m_connection, nullptr)) {}
    SqlTransaction &operator=(SqlTransaction &&) = delete;
    ~SqlTransaction()
    {
        if (m_connection)
            m_connection->rollback();
    }
    [[nodiscard]] base::Status commit(const base::Call &call);

private:
    explicit SqlTransaction(SqlConnection &connection) : m_connection(&connection) {}
    SqlConnection *m_connection;
};

} // namespace rollcall::store
