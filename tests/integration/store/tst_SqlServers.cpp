#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/sql/MariaDbConnection.h"
#include "core/store/sql/PostgresConnection.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;

namespace {

/// What is wrong with an address.
using Change = std::function<void(store::DatabaseUrl &, store::StoreOptions &)>;
using test::soon;

} // namespace

Q_DECLARE_METATYPE(Change)

/// What links to PostgreSQL and to MariaDB do alike.
class SqlServersTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void sayWhyConnectingFails_data();
    void sayWhyConnectingFails();
    void aLockedRowIsNotWaitedForLong_data();
    void aLockedRowIsNotWaitedForLong();

private:
    test::StoreFixtures m_fixtures;
};

void SqlServersTest::initTestCase()
{
    QVERIFY2(m_fixtures.server().problem().isEmpty(), qPrintable(m_fixtures.server().problem()));
    QVERIFY2(m_fixtures.mariaDb().problem().isEmpty(), qPrintable(m_fixtures.mariaDb().problem()));
    const QString problem = m_fixtures.mariaDb().runSql(
        QStringLiteral("mysql"), QStringLiteral("CREATE USER stranger@'%' IDENTIFIED BY 'wr0ng-s3cret'"));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

void SqlServersTest::sayWhyConnectingFails_data()
{
    using Url = store::DatabaseUrl;
    using Options = store::StoreOptions;
    QTest::addColumn<bool>("mariaDb");
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("code");
    const auto row = [](const char *name, const char *code, const Change &change) {
        for (const bool mariaDb : {false, true})
            QTest::addRow("%s: %s", mariaDb ? "MariaDB" : "PostgreSQL", name)
                << mariaDb << change << QString::fromLatin1(code);
    };
    row("unknown host", "HostNotFound", [](Url &url, Options &) { url.host = QStringLiteral("no-such-host.invalid"); });
    row("closed port", "ConnectRefused", [](Url &url, Options &) { url.port = 1; });
    row("no such socket", "ConnectRefused", [](Url &url, Options &) { url.host = QStringLiteral("/nonexistent"); });
    row("wrong password", "AuthenticationFailed",
        [](Url &url, Options &) { url.password = base::SecretBytes(QByteArray("wr0ng-s3cret")); });
    row("no password", "AuthenticationFailed", [](Url &url, Options &) { url.password = {}; });
    row("unknown user", "AuthenticationFailed", [](Url &url, Options &) { url.user = QStringLiteral("nobody-here"); });
    row("unknown database", "DatabaseNotFound",
        [](Url &url, Options &) { url.database = QStringLiteral("no_such_db"); });
    row("missing CA file", "FileUnreadable",
        [](Url &, Options &options) { options.caFile = QStringLiteral("/nonexistent/ca.pem"); });
    const Change asStranger = [](Url &url, Options &) {
        url.user = QStringLiteral("stranger");
        url.password = base::SecretBytes(QByteArray("wr0ng-s3cret"));
    };
    QTest::addRow("MariaDB: forbidden database") << true << asStranger << QStringLiteral("AuthenticationFailed");
}

void SqlServersTest::sayWhyConnectingFails()
{
    QFETCH(bool, mariaDb);
    QFETCH(Change, change);
    QFETCH(QString, code);
    auto url = mariaDb ? m_fixtures.mariaDb().url(QStringLiteral("mysql"))
                       : m_fixtures.server().url(QStringLiteral("postgres"));
    store::StoreOptions options;
    change(url, options);
    const auto probed = store::probeDatabase(url, options, soon());
    QVERIFY(!probed);
    const QString said = base::oneLine(probed.error());
    QVERIFY2(base::errorName(probed.error().code) == code, qPrintable(said));
    QVERIFY2(!said.contains(QStringLiteral("s3cret")), qPrintable(said));
}

void SqlServersTest::aLockedRowIsNotWaitedForLong_data()
{
    QTest::addColumn<QString>("fixture");
    QTest::newRow("PostgreSQL") << QStringLiteral("pg-adapter-postgres");
    QTest::newRow("MariaDB") << QStringLiteral("typeorm-adapter-mysql");
}

void SqlServersTest::aLockedRowIsNotWaitedForLong()
{
    QFETCH(QString, fixture);
    QString problem;
    const auto url = m_fixtures.load(fixture, problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto rows = sessions->planRows({}, 1, test::fixtureNow(), soon());
    QVERIFY(rows.has_value());
    const auto holder = url.kind == store::DatabaseKind::MySql
                            ? store::MariaDbConnection::open(url, {}, store::Access::Write, soon())
                            : store::PostgresConnection::open(url, {}, store::Access::Write, soon());
    QVERIFY2(holder.has_value(), holder ? "" : qPrintable(base::oneLine(holder.error())));
    QVERIFY((*holder)->begin(store::TransactionMode::Write, soon()).has_value());
    QVERIFY((*holder)->execute({.sql = QStringLiteral("SELECT 1 FROM sessions FOR UPDATE")}, {}, soon()).has_value());
    const auto deleted =
        sessions->deleteRows(std::span(&rows->front().key, 1), base::Call::within(std::chrono::hours(1)));
    QVERIFY(!deleted);
    QVERIFY2(deleted.error().code == base::ErrorCode::Timeout, qPrintable(base::oneLine(deleted.error())));
    QVERIFY2(deleted.error().param(base::ErrorParam::Part).startsWith(QStringLiteral("Waiting for a row")),
             qPrintable(base::oneLine(deleted.error())));
    (*holder)->rollback();
    QVERIFY(sessions->deleteRows(std::span(&rows->front().key, 1), soon()).has_value());
}

QTEST_GUILESS_MAIN(SqlServersTest)
#include "tst_SqlServers.moc"
