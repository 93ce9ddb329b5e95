#pragma once

#include <libpq-fe.h>

#include <QByteArrayList>

#include <memory>

namespace rollcall::test {

/// What somebody would write by hand for one listing over the tables of pg-adapter.sql, to be as fast as may be: a
/// prepared statement on a libpq connection of its own, which seeks by the index with a row comparison. It answers with
/// what the Sessions page shows of a session: id, fingerprint, user, name, e-mail, expiry and providers.
/// **Thread-safety:** one thread.
class HandWritten final
{
public:
    /// How providers are read: with the page, by a sub-select for each row, or by a second prepared statement.
    enum class Form { OneStatement, TwoStatements };

    /// The parts of a listing in SQL. Tables are `s`, `u` and `a`; $1 … are @p values of run().
    struct Query
    {
        QByteArray join;  ///< "JOIN" or "LEFT JOIN" of users
        QByteArray where; ///< with the keyset condition
        QByteArray order; ///< "expires" or "\"userId\"", which with id gives the order
        bool descending = false;
    };

    /// Connects to @p url with the settings that Rollcall's own connections have.
    explicit HandWritten(const QByteArray &url);
    /// Empty where everything went well so far; else what did not.
    [[nodiscard]] QByteArray problem() const { return m_problem; }

    /// Prepares @p query in both forms for pages of @p limit rows.
    void prepare(const Query &query, int limit);
    /// Runs it; every cell is read. Returns the ids of its rows.
    [[nodiscard]] QByteArrayList run(Form form, const QByteArrayList &values);
    /// Runs @p sql, unprepared, and returns its first row.
    [[nodiscard]] QByteArrayList firstRow(const QByteArray &sql);

private:
    struct Close
    {
        void operator()(PGconn *connection) const { PQfinish(connection); }
        void operator()(PGresult *result) const { PQclear(result); }
    };
    using Result = std::unique_ptr<PGresult, Close>;
    [[nodiscard]] bool isFine(const Result &result, ExecStatusType wanted);
    [[nodiscard]] Result execute(const char *name, const QByteArrayList &values);

    std::unique_ptr<PGconn, Close> m_connection;
    QByteArray m_problem;
    qsizetype m_bytes = 0; ///< read so far: what is not looked at could be left out by the compiler
};

} // namespace rollcall::test
