#include <QtTest>

#include "tests/integration/store/MariaDbTools.h"

using namespace rollcall;
using base::ErrorCode;
using base::ErrorParam;
using test::connectTo;
using test::failureOf;
using test::fixtureNow;
using test::soon;
using test::valueOf;

/// Sessions in MySQL and MariaDB: rights, limits, and what goes wrong with tables.
class MariaDbStoreTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void missingRightsAreNamed_data();
    void missingRightsAreNamed();
    void aChangedTableIsSaid();
    void anEmptyDatabaseHasNoSessions();
    void aStrangeDatabaseHasNoSessions();
    void serverTimeIsNow();
    void theServersOwnLimitsDoNotMatter();
    void aCanaryThatCannotBeNamesTheColumn();
    void aFailedCommitOfABatchChangesNothing();
    void statsAreEstimatedWhenTimeIsShort();

private:
    test::MariaDbDatabases m_databases;
};

void MariaDbStoreTest::initTestCase()
{
    QVERIFY2(m_databases.server().problem().isEmpty(), qPrintable(m_databases.server().problem()));
}

void MariaDbStoreTest::missingRightsAreNamed_data()
{
    QTest::addColumn<QString>("grants");
    QTest::addColumn<QString>("table");
    QTest::addColumn<QString>("right");
    const auto row = [](const char *name, const QStringList &tables, const char *table, const char *right) {
        QStringList grants;
        for (const QString &each : tables)
            grants << QStringLiteral("GRANT SELECT ON %1 TO '%2'@'%'").arg(each, QString::fromLatin1(name));
        QTest::newRow(name) << grants.join(QStringLiteral("; ")) << QString::fromLatin1(table)
                            << QString::fromLatin1(right);
    };
    const QString users = QStringLiteral("users");
    const QString accounts = QStringLiteral("accounts");
    const QString sessions = QStringLiteral("sessions");
    row("delete", {users, accounts, sessions}, "sessions", "DELETE");
    row("accounts", {users, sessions}, "accounts", "SELECT");
    row("users", {accounts, sessions}, "users", "SELECT");
    row("sessions", {users}, "sessions", "SELECT");
}

void MariaDbStoreTest::missingRightsAreNamed()
{
    QFETCH(QString, grants);
    QFETCH(QString, table);
    const auto owner = m_databases.fixture();
    const QString role = QString::fromUtf8(QTest::currentDataTag());
    m_databases.run(owner.database, QStringLiteral("CREATE USER '%1'@'%' IDENTIFIED BY 'p'; ").arg(role) + grants);
    const auto detected = store::detectSchema(owner, {}, soon());
    QVERIFY(detected && detected->best);
    const auto url = m_databases.server().url(owner.database, role, QStringLiteral("p"));
    const auto opened = store::openStore(url, *detected->best, {}, store::Access::Write, soon());
    std::optional<base::Error> error;
    if (!opened) { // the catalogue shows only what the role has a right on
        error = opened.error();
    } else {
        const auto rows = (*opened)->planRows({}, 10, fixtureNow(), soon());
        if (rows) {
            const auto deleted = (*opened)->deleteRows(std::span(&rows->front().key, 1), soon());
            if (!deleted)
                error = deleted.error();
        } else {
            error = rows.error();
        }
        // The connection is fit for use afterwards.
        QVERIFY((*opened)->serverTime(soon()).has_value());
    }
    QVERIFY(error);
    QVERIFY2(error->code == ErrorCode::PermissionDenied, qPrintable(base::oneLine(*error)));
    QCOMPARE(error->param(ErrorParam::Table), QStringLiteral("`%1`.`%2`").arg(owner.database, table));
    QTEST(error->param(ErrorParam::Right), "right");
}

void MariaDbStoreTest::aChangedTableIsSaid()
{
    const auto url = m_databases.fixture();
    const auto detected = store::detectSchema(url, {}, soon());
    QVERIFY(detected && detected->best);
    const auto opened = store::openStore(url, *detected->best, {}, store::Access::ReadOnly, soon());
    QVERIFY(opened.has_value());
    m_databases.run(url.database, QStringLiteral("ALTER TABLE sessions CHANGE expires ends varchar(255) NOT NULL"));
    const auto page = (*opened)->page({}, std::nullopt, fixtureNow(), soon());
    QVERIFY(!page);
    QVERIFY2(page.error().code == ErrorCode::SchemaChanged, failureOf(page).constData());
    const auto reopened = store::openStore(url, *detected->best, {}, store::Access::ReadOnly, soon());
    QVERIFY(!reopened);
    QCOMPARE(reopened.error().code, ErrorCode::SchemaChanged);
}

void MariaDbStoreTest::anEmptyDatabaseHasNoSessions()
{
    const auto url = m_databases.made(QStringLiteral("empty"), QStringLiteral("SELECT 1"));
    const auto detected = store::detectSchema(url, {}, soon());
    QVERIFY2(detected.has_value(), failureOf(detected).constData());
    QVERIFY(!detected->best && detected->candidates.empty());
    QCOMPARE(detected->tablesSeen, 0);
}

void MariaDbStoreTest::aStrangeDatabaseHasNoSessions()
{
    const auto url = m_databases.made(
        QStringLiteral("strange"),
        QStringLiteral("CREATE TABLE orders (id int PRIMARY KEY, customer_id int, total numeric); "
                       "CREATE TABLE password_resets (id int PRIMARY KEY, user_id int, token varchar(99) UNIQUE, "
                       "expires_at timestamp); CREATE VIEW sessions AS SELECT 1 AS \"sessionToken\""));
    const auto detected = store::detectSchema(url, {}, soon());
    QVERIFY2(detected.has_value(), failureOf(detected).constData());
    QVERIFY(!detected->best);
    QCOMPARE(detected->tablesSeen, 2);
}

void MariaDbStoreTest::serverTimeIsNow()
{
    QString problem;
    const auto sessions = test::openDetected(m_databases.fixture(), store::Access::ReadOnly, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto time = sessions->serverTime(soon());
    QVERIFY2(time.has_value(), failureOf(time).constData());
    QVERIFY(std::chrono::abs(*time - base::SystemClock().now()) < std::chrono::seconds(5));
}

void MariaDbStoreTest::theServersOwnLimitsDoNotMatter()
{
    // What guards people from statements that they typed would cut the catalogue short, or refuse a list.
    const auto url = m_databases.fixture();
    const char *const limits[][2] = {{"sql_select_limit", "1"}, {"sql_big_selects", "0"}, {"max_join_size", "5"}};
    for (const auto &[name, value] : limits)
        m_databases.run(url.database,
                        QStringLiteral("SET GLOBAL %1 = %2").arg(QLatin1String(name), QLatin1String(value)));
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::ReadOnly, problem);
    const auto page =
        sessions ? sessions->page({}, std::nullopt, fixtureNow(), soon()) : base::Result<store::SessionPage>();
    for (const auto &[name, value] : limits)
        m_databases.run(url.database, QStringLiteral("SET GLOBAL %1 = DEFAULT").arg(QLatin1String(name)));
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    QVERIFY2(page.has_value(), failureOf(page).constData());
    QCOMPARE(page->sessions.size(), std::size_t{8});
}

void MariaDbStoreTest::aCanaryThatCannotBeNamesTheColumn()
{
    const auto url = m_databases.fixture();
    m_databases.run(url.database,
                    QStringLiteral("ALTER TABLE sessions ADD COLUMN theme ENUM ('light', 'dark') NOT NULL"));
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto key =
        sessions->insertCanary({base::SecretBytes(QByteArray("canary-token-0123456789abcdef")), fixtureNow()}, soon());
    QVERIFY(!key);
    QCOMPARE(key.error().code, ErrorCode::StatementFailed);
    QVERIFY2(key.error().param(ErrorParam::Detail).contains(QStringLiteral("theme")), failureOf(key).constData());
    const auto connection = connectTo(url, store::Access::ReadOnly); // nor was the user left behind
    QCOMPARE(valueOf(*connection, QStringLiteral("SELECT COUNT(*) FROM users")), QStringLiteral("6"));
}

void MariaDbStoreTest::aFailedCommitOfABatchChangesNothing()
{
    const auto url = m_databases.fixture();
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto rows = sessions->planRows({}, 100, fixtureNow(), soon());
    QVERIFY(rows && rows->size() >= 2);
    m_databases.run(url.database,
                    QStringLiteral("DELIMITER //\nCREATE TRIGGER guard BEFORE DELETE ON sessions FOR EACH ROW "
                                   "IF (SELECT COUNT(*) FROM sessions) < 12 THEN SIGNAL SQLSTATE '45000' SET "
                                   "MESSAGE_TEXT = 'token s3cret'; END IF//\nDELIMITER ;\nSELECT 1"));
    std::vector<store::RowKey> keys;
    for (const auto &row : *rows)
        keys.push_back(row.key.clone());
    const auto deleted = sessions->deleteRows(keys, soon());
    QVERIFY(!deleted);
    QVERIFY2(deleted.error().code == ErrorCode::StatementFailed, failureOf(deleted).constData());
    QVERIFY2(!failureOf(deleted).contains("s3cret"), failureOf(deleted).constData());
    QCOMPARE(*sessions->stillThere(keys, soon()), std::vector<bool>(keys.size(), true));
}

void MariaDbStoreTest::statsAreEstimatedWhenTimeIsShort()
{
    const auto url = m_databases.fixture(QStringLiteral("prisma-adapter-mysql"));
    // Work enough that a few milliseconds are not; every fourth is expired, in no order.
    m_databases.run(
        url.database,
        QStringLiteral("INSERT INTO \"Session\" SELECT SHA1(s.seq), CONCAT('token-of-session-', s.seq), u.id, "
                       "IF(s.seq % 4 = 0, '2026-06-01', '2026-07-01'), now(3), now(3) FROM seq_1_to_60000 s, "
                       "(SELECT id FROM \"User\" LIMIT 1) u; ANALYZE TABLE \"Session\""));
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::ReadOnly, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto cut = sessions->stats(fixtureNow(), base::Call::within(std::chrono::milliseconds(4)));
    QVERIFY2(cut.has_value(), failureOf(cut).constData());
    QVERIFY(cut->estimated);
    const auto whole = sessions->stats(fixtureNow(), soon());
    QVERIFY2(whole && !whole->estimated, failureOf(whole).constData());
    const auto near = [](qint64 about, qint64 exact) { return about > exact * 7 / 10 && about < exact * 13 / 10; };
    QVERIFY2(near(cut->live, whole->live), qPrintable(QString::number(cut->live)));
    QVERIFY2(near(cut->expired, whole->expired), qPrintable(QString::number(cut->expired)));
}

QTEST_GUILESS_MAIN(MariaDbStoreTest)
#include "tst_MariaDbStore.moc"
