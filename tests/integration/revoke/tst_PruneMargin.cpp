#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/revoke/Pruner.h"
#include "tests/integration/store/StoreFixtures.h"
#include "tests/unit/revoke/RevokeFixture.h"

using namespace rollcall;
using base::ErrorCode;

/// How soon after their expiry rows may be pruned, where a column does not tell whose clock it was written by.
class PruneMarginTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isKeptWhereTheZoneIsTheWriters_data();
    void isKeptWhereTheZoneIsTheWriters();

private:
    test::StoreFixtures m_fixtures;
};

void PruneMarginTest::isKeptWhereTheZoneIsTheWriters_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("refusal"); // empty: none
    QTest::newRow("timestamp") << QStringLiteral("timestamp") << QStringLiteral("'2020-01-01'")
                               << QStringLiteral("TIMESTAMP");
    QTest::newRow("datetime") << QStringLiteral("datetime") << QStringLiteral("'2020-01-01'")
                              << QStringLiteral("--timezone");
    QTest::newRow("milliseconds") << QStringLiteral("bigint") << QStringLiteral("1577836800000") << QString();
}

void PruneMarginTest::isKeptWhereTheZoneIsTheWriters()
{
    QFETCH(QString, type);
    QFETCH(QString, value);
    QFETCH(QString, refusal);
    test::MariaDbServer &server = m_fixtures.mariaDb();
    QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
    const QString name = QStringLiteral("margin_") + type;
    QString problem = server.createDatabase(name);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    problem = server.runSql(
        name, QStringLiteral("CREATE TABLE users (id int PRIMARY KEY, name varchar(99), email varchar(99)); "
                             "INSERT INTO users (id) VALUES (1); CREATE TABLE sessions (id int PRIMARY KEY, \"userId\" "
                             "int NOT NULL REFERENCES users (id), expires %1 NOT NULL, \"sessionToken\" varchar(255) "
                             "NOT NULL UNIQUE); INSERT INTO sessions VALUES (1, 1, %2, 'abcdefghijklmnopqrst')")
                  .arg(type, value));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto store = test::openDetected(server.url(name), store::Access::Write, problem);
    QVERIFY2(store, qPrintable(problem));

    const test::RevokeFixture fixture;
    revoke::PruneOptions options;
    options.olderThan = std::chrono::hours(1);
    const auto soon = revoke::planPrune(options, *fixture.deployment, *store, 10, fixture.call());
    QCOMPARE(soon.has_value(), refusal.isEmpty());
    if (!soon) {
        QCOMPARE(soon.error().code, ErrorCode::WriteRefused);
        QVERIFY2(base::oneLine(soon.error()).contains(refusal), qPrintable(base::oneLine(soon.error())));
    }
    options.olderThan = std::chrono::hours(24);
    const auto later = revoke::planPrune(options, *fixture.deployment, *store, 10, fixture.call());
    QVERIFY2(later.has_value(), later ? "" : qPrintable(base::oneLine(later.error())));
    QCOMPARE(later->matched, qint64{1});
}

QTEST_GUILESS_MAIN(PruneMarginTest)
#include "tst_PruneMargin.moc"
