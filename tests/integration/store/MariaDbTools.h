#pragma once

#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/sql/MariaDbConnection.h"
#include "tests/integration/store/StoreFixtures.h"

namespace rollcall::test {

/// Null, with the test failed, where no connection is had.
inline std::unique_ptr<store::SqlConnection> connectTo(const store::DatabaseUrl &url, store::Access access)
{
    auto connection = store::MariaDbConnection::open(url, {}, access, soon());
    if (!connection)
        QTest::qFail(failureOf(connection).constData(), __FILE__, __LINE__);
    return connection ? std::move(*connection) : nullptr;
}

/// The first cell of the last row, or what went wrong.
inline QString valueOf(store::SqlConnection &connection, const QString &sql)
{
    QString value;
    const auto asked = connection.read(
        {.sql = sql}, [&value](const store::SqlRow &row) { value = row.text(0).value_or(QStringLiteral("NULL")); },
        soon());
    return asked ? value : base::oneLine(asked.error());
}

/// MariaDB databases of one test program; the test is failed where one cannot be had. **Thread-safety:** one thread.
class MariaDbDatabases final
{
public:
    /// A fresh one with the rows of a fixture.
    store::DatabaseUrl fixture(const QString &name = QStringLiteral("typeorm-adapter-mysql"))
    {
        QString problem;
        auto url = m_fixtures.load(name, problem);
        demandNo(problem);
        return url;
    }
    /// One of that name with @p sql run in it.
    store::DatabaseUrl made(const QString &name, const QString &sql)
    {
        demandNo(server().createDatabase(name));
        run(name, sql);
        return server().url(name);
    }
    void run(const QString &database, const QString &sql) { demandNo(server().runSql(database, sql)); }
    MariaDbServer &server() { return m_fixtures.mariaDb(); }

private:
    static void demandNo(const QString &problem)
    {
        if (!problem.isEmpty())
            QTest::qFail(qPrintable(problem), __FILE__, __LINE__);
    }
    StoreFixtures m_fixtures;
};

} // namespace rollcall::test
