#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/sql/MariaDbErrors.h"

using namespace rollcall;
using base::ErrorCode;
using base::ErrorParam;

namespace {

store::MariaDbFailure failure(unsigned number, const char *state, const char *message)
{
    return {number, QString::fromLatin1(state), QString::fromUtf8(message)};
}

} // namespace

/// What the numbers of MySQL and MariaDB mean to people, for those as well that no test can provoke.
class MariaDbErrorsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void statements_data()
    {
        QTest::addColumn<uint>("number");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("code");
        const auto row = [](unsigned number, const char *state, const char *code) {
            QTest::addRow("%u", number) << number << QString::fromLatin1(state) << QString::fromLatin1(code);
        };
        row(1053, "08S01", "ConnectionLost");
        row(1927, "70100", "ConnectionLost");
        row(2006, "HY000", "ConnectionLost");
        row(2013, "HY000", "ConnectionLost");
        row(1317, "70100", "Timeout");
        row(1969, "70100", "Timeout");
        row(3024, "HY000", "Timeout");
        row(1205, "HY000", "Timeout");
        row(1142, "42000", "PermissionDenied");
        row(1143, "42000", "PermissionDenied");
        row(1044, "42000", "PermissionDenied");
        row(1792, "25006", "WriteRefused");
        row(1290, "HY000", "WriteRefused");
        row(1836, "HY000", "WriteRefused");
        row(1021, "HY000", "DiskFull");
        row(1114, "HY000", "DiskFull");
        row(1213, "40001", "StatementFailed");
    }

    void statements()
    {
        QFETCH(uint, number);
        QFETCH(QString, state);
        const auto error = store::mariaDbStatementError({number, state, QStringLiteral("x")}, QStringLiteral("db"));
        QTEST(base::errorName(error.code), "code");
    }

    void aChangedSnapshotIsASerializationFailure()
    {
        const auto error = store::mariaDbStatementError(
            {1020, QStringLiteral("HY000"), QStringLiteral("Record has changed since last read in table 'Session'")},
            QStringLiteral("db"));
        QCOMPARE(error.code, base::ErrorCode::StatementFailed);
        QCOMPARE(error.param(base::ErrorParam::SqlState), QStringLiteral("40001"));
    }

    void aFullDiskIsTold_data()
    {
        QTest::addColumn<uint>("number");
        QTest::addColumn<QString>("message");
        QTest::addColumn<bool>("full");
        const auto row = [](unsigned number, const char *message, bool full) {
            QTest::addRow("%u %s", number, message) << number << QString::fromLatin1(message) << full;
        };
        row(1021, "Disk full (/tmp/#sql_1); waiting for someone to free some space...", true);
        row(1114, "The table 'sessions' is full", true);
        row(1030, "Got error 28 \"No space left on device\" from storage engine InnoDB", true);
        row(1030, "Got error 28 - 'No space left on device' from storage engine", true);
        row(1026, "Error writing file '/tmp/MYfd=24' (errno: 28 \"No space left on device\")", true);
        row(3, "Error writing file '/tmp/MYAbc' (Errcode: 28 \"No space left on device\")", true);
        row(1, "Can't create/write to file '/tmp/#sql' (Errcode: 122 \"Disk quota exceeded\")", true);
        row(1030, "Got error 168 \"Unknown (generic) error from engine\" from storage engine InnoDB", false);
        row(1030, "Got error 280 from storage engine", false);
        row(1644, "Got error 28, says a trigger", false);
    }

    void aFullDiskIsTold()
    {
        QFETCH(uint, number);
        QFETCH(QString, message);
        QFETCH(bool, full);
        const auto error =
            store::mariaDbStatementError({number, QStringLiteral("HY000"), message}, QStringLiteral("db1"));
        QCOMPARE(error.code == ErrorCode::DiskFull, full);
        if (full)
            QVERIFY2(base::oneLine(error).contains(QStringLiteral("db1 is full")), qPrintable(base::oneLine(error)));
    }

    void deniedNamesTableAndRight_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("table");
        QTest::addColumn<QString>("right");
        const auto row = [](const char *name, const char *message, const char *table, const char *right) {
            QTest::newRow(name) << QString::fromUtf8(message) << QString::fromUtf8(table) << QString::fromUtf8(right);
        };
        row("MariaDB", "DELETE command denied to user 'a'@'10.0.0.1' for table `shop`.`sessions`", "`shop`.`sessions`",
            "DELETE");
        row("MySQL", "SELECT command denied to user 'a'@'localhost' for table 'users'", "`users`", "SELECT");
        row("a column", "SELECT command denied to user 'a'@'%' for column 'email' in table 'users'", "`users`",
            "SELECT");
        row("two rights", "SELECT, LOCK TABLES command denied to user 'a'@'%' for table 'users'", "`users`",
            "SELECT, LOCK TABLES");
        row("something else", "Access denied for user 'a'@'%' to database 'shop'", "", "");
    }

    void deniedNamesTableAndRight()
    {
        QFETCH(QString, message);
        const auto error = store::mariaDbStatementError({1142, QStringLiteral("42000"), message}, QStringLiteral("db"));
        QCOMPARE(error.code, ErrorCode::PermissionDenied);
        QTEST(error.param(ErrorParam::Table), "table");
        QTEST(error.param(ErrorParam::Right), "right");
    }

    void valuesAreNotRepeated_data()
    {
        QTest::addColumn<uint>("number");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("message");
        const auto row = [](unsigned number, const char *state, const char *message) {
            QTest::addRow("%u", number) << number << QString::fromLatin1(state) << QString::fromUtf8(message);
        };
        row(1062, "23000", "Duplicate entry 's3cret' for key 'sessionToken'");
        row(1292, "22007", "Incorrect datetime value: 's3cret' for column `shop`.`sessions`.`expires` at row 1");
        row(1366, "HY000", "Incorrect string value: 's3cret' for column 'a' at row 1");
        row(1366, "22007", "Incorrect integer value: 's3cret' for column 'a' at row 1");
        row(1644, "45000", "s3cret");
    }

    void valuesAreNotRepeated()
    {
        QFETCH(uint, number);
        QFETCH(QString, state);
        QFETCH(QString, message);
        const auto error = store::mariaDbStatementError({number, state, message}, QStringLiteral("db"));
        QCOMPARE(error.code, ErrorCode::StatementFailed);
        const QString said = base::oneLine(error);
        QVERIFY2(!said.contains(QStringLiteral("s3cret")), qPrintable(said));
        QVERIFY(!error.param(ErrorParam::Detail).isEmpty());
    }

    void connecting_data()
    {
        QTest::addColumn<uint>("number");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("code");
        const auto row = [](unsigned number, const char *message, const char *code) {
            QTest::addRow("%u %s", number, message)
                << number << QString::fromLatin1(message) << QString::fromLatin1(code);
        };
        row(1045, "Access denied", "AuthenticationFailed");
        row(1130, "Host is not allowed to connect", "AuthenticationFailed");
        row(2059, "Plugin x could not be loaded", "AuthenticationFailed");
        row(1049, "Unknown database", "DatabaseNotFound");
        row(1040, "Too many connections", "DatabaseUnavailable");
        row(2002, "Can't connect", "ConnectRefused");
        row(2026, "TLS/SSL error: SSL is required, but the server does not support it", "TlsUnavailable");
        row(2026, "TLS/SSL error: certificate verify failed", "TlsFailed");
        row(2027, "Received malformed packet", "NotADatabase");
    }

    void connecting()
    {
        QFETCH(uint, number);
        QFETCH(QString, message);
        store::DatabaseUrl url;
        url.host = QStringLiteral("db");
        url.user = QStringLiteral("ann");
        const auto error = store::mariaDbConnectError(failure(number, "HY000", qPrintable(message)), url);
        QTEST(base::errorName(error.code), "code");
    }
};

QTEST_GUILESS_MAIN(MariaDbErrorsTest)
#include "tst_MariaDbErrors.moc"
