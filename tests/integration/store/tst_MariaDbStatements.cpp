#include <QtTest>

#include <thread>

#include "tests/integration/store/MariaDbTools.h"

using namespace rollcall;
using base::ErrorCode;
using test::connectTo;
using test::failureOf;
using test::fixtureNow;
using test::soon;
using test::valueOf;

/// What a statement to MySQL and MariaDB may do, for how long, and what comes back.
class MariaDbStatementsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theServerItselfHoldsReadingSessions();
    void aStatementStopsWhenCancelled();
    void aStatementStopsAtItsDeadline();
    void theServerStopsWhatNobodyElseDoes();
    void aStreamOfRowsStopsWhenCancelled();
    void cellsOfAnySizeArriveWhole();
    void valuesAreNeverPartOfTheStatement();

private:
    test::MariaDbDatabases m_databases;
};

void MariaDbStatementsTest::initTestCase()
{
    QVERIFY2(m_databases.server().problem().isEmpty(), qPrintable(m_databases.server().problem()));
}

void MariaDbStatementsTest::theServerItselfHoldsReadingSessions()
{
    const auto url = m_databases.fixture();
    const auto connection = connectTo(url, store::Access::ReadOnly);
    QVERIFY(connection);
    for (const char *sql : {"DELETE FROM sessions", "INSERT INTO sessions VALUES ('a', 'b', 'c', 'd')",
                            "UPDATE sessions SET expires = '0'", "DROP TABLE sessions"}) {
        const auto written = connection->execute({.sql = QString::fromLatin1(sql)}, {}, soon());
        QVERIFY2(!written, sql);
        QVERIFY2(written.error().code == ErrorCode::WriteRefused, failureOf(written).constData());
    }
    const auto begun = connection->begin(store::TransactionMode::Write, soon());
    QVERIFY(!begun);
    QCOMPARE(begun.error().code, ErrorCode::WriteRefused);
    QVERIFY(connection->begin(store::TransactionMode::Read, soon()).has_value());
    const auto inside = connection->execute({.sql = QStringLiteral("DELETE FROM sessions")}, {}, soon());
    QVERIFY(!inside);
    QCOMPARE(inside.error().code, ErrorCode::WriteRefused);
    connection->rollback();
    // And so are the reads of a connection that may write, before and after it wrote.
    const auto writer = connectTo(url, store::Access::Write);
    QVERIFY(writer);
    for (int round = 0; round < 2; ++round) {
        const auto sneaked = writer->read({.sql = QStringLiteral("DELETE FROM sessions")}, {}, soon());
        QVERIFY(!sneaked);
        QCOMPARE(sneaked.error().code, ErrorCode::WriteRefused);
        QVERIFY(writer->begin(store::TransactionMode::Write, soon()).has_value());
        QVERIFY(writer->execute({.sql = QStringLiteral("DELETE FROM sessions")}, {}, soon()).has_value());
        writer->rollback();
    }
    QCOMPARE(valueOf(*connection, QStringLiteral("SELECT COUNT(*) FROM sessions")), QStringLiteral("12"));
    QCOMPARE(valueOf(*connection, QStringLiteral("SELECT CONCAT_WS('|', @@time_zone, @@innodb_lock_wait_timeout, "
                                                 "@@lock_wait_timeout, ROUND(@@max_statement_time, 1), "
                                                 "@@idle_transaction_timeout, @@tx_read_only)")),
             QStringLiteral("+00:00|2|2|10.0|30|ON"));
}

void MariaDbStatementsTest::aStatementStopsWhenCancelled()
{
    const auto url = m_databases.fixture();
    const auto connection = connectTo(url, store::Access::ReadOnly);
    QVERIFY(connection);
    const auto other = connectTo(url, store::Access::ReadOnly);
    QVERIFY(other);
    const auto running = [&other] {
        return valueOf(*other, QStringLiteral("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE "
                                              "'SELECT SLEEP(600)%'"));
    };
    std::stop_source stop;
    std::jthread canceller([&](const std::stop_token &atEnd) {
        while (!atEnd.stop_requested() && running() != QStringLiteral("1"))
            std::this_thread::yield();
        stop.request_stop();
    });
    const auto slept = connection->read({.sql = QStringLiteral("SELECT SLEEP(600), 'rollcall-cancel-probe'")}, {},
                                        base::Call::within(std::chrono::hours(1), stop.get_token()));
    canceller.request_stop();
    canceller.join();
    QVERIFY(!slept);
    QVERIFY2(slept.error().code == ErrorCode::Cancelled, failureOf(slept).constData());
    // The server has stopped it too, and the connection goes on.
    QTRY_COMPARE(running(), QStringLiteral("0"));
    QCOMPARE(valueOf(*connection, QStringLiteral("SELECT 'fit'")), QStringLiteral("fit"));
}

void MariaDbStatementsTest::aStatementStopsAtItsDeadline()
{
    const auto connection = connectTo(m_databases.fixture(), store::Access::ReadOnly);
    QVERIFY(connection);
    // Nothing else ends it.
    QVERIFY(connection->execute({.sql = QStringLiteral("SET SESSION max_statement_time = 0")}, {}, soon()));
    const auto slept = connection->read({.sql = QStringLiteral("SELECT SLEEP(600)")}, {},
                                        base::Call::within(std::chrono::milliseconds(300)));
    QVERIFY(!slept);
    QCOMPARE(slept.error().code, ErrorCode::Timeout);
    QCOMPARE(valueOf(*connection, QStringLiteral("SELECT 'fit'")), QStringLiteral("fit"));
}

void MariaDbStatementsTest::theServerStopsWhatNobodyElseDoes()
{
    const auto connection = connectTo(m_databases.fixture(), store::Access::ReadOnly);
    QVERIFY(connection);
    // As after a second connection was refused: only the limit that the session was given is left.
    QVERIFY(connection->execute({.sql = QStringLiteral("SET SESSION max_statement_time = 0.3")}, {}, soon()));
    const auto slept =
        connection->read({.sql = QStringLiteral("SELECT SLEEP(600)")}, {}, base::Call::within(std::chrono::hours(1)));
    QVERIFY(!slept);
    QVERIFY2(slept.error().code == ErrorCode::Timeout, failureOf(slept).constData());
}

void MariaDbStatementsTest::aStreamOfRowsStopsWhenCancelled()
{
    const auto connection = connectTo(m_databases.fixture(), store::Access::ReadOnly);
    QVERIFY(connection);
    // Rows without an end in sight, which arrive faster than they are looked at: the server is never waited for.
    std::stop_source stop;
    qint64 seen = 0;
    const auto read = connection->read(
        {.sql = QStringLiteral("SELECT seq FROM seq_1_to_100000000")},
        [&](const store::SqlRow &) {
            std::this_thread::sleep_for(std::chrono::microseconds(50));
            if (++seen == 1000)
                stop.request_stop();
        },
        base::Call::within(std::chrono::hours(1), stop.get_token()));
    QVERIFY(!read);
    QVERIFY2(read.error().code == ErrorCode::Cancelled, failureOf(read).constData());
    QVERIFY2(seen < 5000, qPrintable(QString::number(seen)));
    QCOMPARE(valueOf(*connection, QStringLiteral("SELECT 'fit'")), QStringLiteral("fit"));
}

void MariaDbStatementsTest::cellsOfAnySizeArriveWhole()
{
    const auto connection = connectTo(m_databases.fixture(), store::Access::ReadOnly);
    QVERIFY(connection);
    // Short, beyond the place that is kept ready for a cell, short again, NULL, and none at all.
    const QString sql =
        QStringLiteral("SELECT REPEAT('ä', n), n, IF(n = 300, NULL, 'x') FROM (SELECT 3 n UNION ALL SELECT 300 "
                       "UNION ALL SELECT 70000 UNION ALL SELECT 0) t");
    for (const QByteArray &name : {QByteArray(), QByteArray("kept")}) {
        for (int round = 0; round < 2; ++round) {
            QStringList seen;
            const auto read = connection->read(
                {.sql = sql, .params = {}, .name = name},
                [&seen](const store::SqlRow &row) {
                    const QString text = row.text(0).value_or(QString());
                    const bool whole = text == QString(row.integer(1), QChar(0xe4));
                    seen << QString::number(whole ? row.integer(1) : -1) + row.text(2).value_or(QStringLiteral("NULL"));
                },
                soon());
            QVERIFY2(read.has_value(), failureOf(read).constData());
            QCOMPARE(seen, (QStringList{QStringLiteral("3x"), QStringLiteral("300NULL"), QStringLiteral("70000x"),
                                        QStringLiteral("0x")}));
        }
    }
}

void MariaDbStatementsTest::valuesAreNeverPartOfTheStatement()
{
    const auto connection = connectTo(m_databases.fixture(), store::Access::ReadOnly);
    QVERIFY(connection);
    for (const QString &value : {QStringLiteral("'; DROP TABLE sessions; --"), QStringLiteral("\\' OR 1=1"),
                                 QStringLiteral("$1 ? \" `"), QString::fromUtf8("\xf0\x9f\x98\x80"), QString()}) {
        store::SqlStatement statement;
        const QString first = statement.params.add(value);
        const QString second = statement.params.add(QStringLiteral("second"));
        statement.sql = QStringLiteral("SELECT %2, %1, %1, '$1 ?', 1 AS \"a `$2` \"\"b\"\"\"").arg(first, second);
        QStringList cells;
        const auto read = connection->read(
            statement,
            [&cells](const store::SqlRow &row) {
                for (std::size_t i = 0; i < row.cells.size(); ++i)
                    cells << row.text(i).value_or(QStringLiteral("NULL"));
            },
            soon());
        QVERIFY2(read.has_value(), failureOf(read).constData());
        QCOMPARE(cells,
                 (QStringList{QStringLiteral("second"), value, value, QStringLiteral("$1 ?"), QStringLiteral("1")}));
    }
}

QTEST_GUILESS_MAIN(MariaDbStatementsTest)
#include "tst_MariaDbStatements.moc"
