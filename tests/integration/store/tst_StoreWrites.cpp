#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/UserDirectory.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using store::DeleteOutcome;
using store::StateFilter;
using test::failureOf;
using test::fixtureNow;
using test::soon;

namespace {

store::SessionQuery everything()
{
    store::SessionQuery query;
    query.state = StateFilter::All;
    return query;
}

} // namespace

/// Deleting, canaries and extending on every adapter's real tables.
class StoreWritesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void deletesExactlyThePlannedRows_data() { everyFixture(); }
    void deletesExactlyThePlannedRows();
    void canariesComeAndGo_data() { everyFixture(); }
    void canariesComeAndGo();
    void extendsInTheColumnsOwnForm_data() { everyFixture(); }
    void extendsInTheColumnsOwnForm();
    void duplicatesOfATokenAreApart();
    void aRowThatChangedHandsIsLeftAlone_data();
    void aRowThatChangedHandsIsLeftAlone();
    void aCanaryThatCannotBeNamesTheColumn_data();
    void aCanaryThatCannotBeNamesTheColumn();
    void aReadingStoreRefusesToWrite_data();
    void aReadingStoreRefusesToWrite();

private:
    void everyFixture();
    std::unique_ptr<store::SessionStore> open(const QString &fixture, store::Access access,
                                              store::DatabaseUrl *where = nullptr);
    test::StoreFixtures m_fixtures;
};

void StoreWritesTest::everyFixture()
{
    QTest::addColumn<QString>("fixture");
    const QStringList names = test::fixtureExpectations().keys();
    for (const QString &name : names)
        QTest::newRow(qPrintable(name)) << name;
}

std::unique_ptr<store::SessionStore> StoreWritesTest::open(const QString &fixture, store::Access access,
                                                           store::DatabaseUrl *where)
{
    QString problem;
    const auto url = m_fixtures.load(fixture, problem);
    std::unique_ptr<store::SessionStore> sessions;
    if (problem.isEmpty())
        sessions = test::openDetected(url, access, problem);
    if (!problem.isEmpty())
        qWarning("%s", qPrintable(problem));
    if (where)
        *where = url.clone();
    return sessions;
}

void StoreWritesTest::deletesExactlyThePlannedRows()
{
    QFETCH(QString, fixture);
    const auto sessions = open(fixture, store::Access::Write);
    QVERIFY(sessions);
    const auto before = sessions->count(everything(), fixtureNow(), soon());
    store::SessionQuery query;
    query.user = QStringLiteral("ada@example.com");
    auto rows = sessions->planRows(query, 100, fixtureNow(), soon());
    QVERIFY2(rows.has_value(), failureOf(rows).constData());
    QVERIFY(rows->size() >= 2);
    const auto tooMany = sessions->planRows(everything(), 3, fixtureNow(), soon());
    QCOMPARE(tooMany->size(), std::size_t{4});

    std::vector<store::RowKey> keys;
    for (const auto &row : *rows) {
        QCOMPARE(row.key.token.fingerprint(), row.shown.fingerprint);
        QCOMPARE(row.shown.providers.contains(QStringLiteral("google")), true);
        keys.push_back(row.key.clone());
    }
    const auto there = sessions->stillThere(keys, soon());
    QCOMPARE(*there, std::vector<bool>(keys.size(), true));
    const auto deleted = sessions->deleteRows(keys, soon());
    QVERIFY2(deleted.has_value(), failureOf(deleted).constData());
    QCOMPARE(*deleted, std::vector<DeleteOutcome>(keys.size(), DeleteOutcome::Deleted));
    QCOMPARE(*sessions->deleteRows(keys, soon()), std::vector<DeleteOutcome>(keys.size(), DeleteOutcome::AlreadyGone));
    QCOMPARE(*sessions->stillThere(keys, soon()), std::vector<bool>(keys.size(), false));
    QCOMPARE(*sessions->count(everything(), fixtureNow(), soon()), *before - qint64(keys.size()));
    for (const auto &key : keys)
        QVERIFY(!sessions->lookup(key.token.view(), soon())->has_value());
    QVERIFY(sessions->deleteStatement().startsWith(QStringLiteral("DELETE FROM ")));
}

void StoreWritesTest::canariesComeAndGo()
{
    QFETCH(QString, fixture);
    const auto sessions = open(fixture, store::Access::Write);
    QVERIFY(sessions);
    const auto before = sessions->count(everything(), fixtureNow(), soon());
    const base::Instant expires = fixtureNow() + std::chrono::minutes(10);
    const store::CanaryRow canary{base::SecretBytes(QByteArray("canary-token-0123456789abcdef")), expires};
    const auto key = sessions->insertCanary(canary, soon());
    QVERIFY2(key.has_value(), failureOf(key).constData());
    const auto row = sessions->lookup(canary.token.view(), soon());
    QVERIFY2(row.has_value(), failureOf(row).constData());
    QVERIFY(row->has_value());
    QVERIFY((*row)->hasUser);
    QVERIFY((*row)->expires == expires);
    QCOMPARE((*row)->userName, QLatin1StringView(store::canaryUserName));
    QVERIFY((*row)->userEmail->startsWith(QStringLiteral("canary-")));
    QVERIFY((*row)->userEmail->endsWith(QStringLiteral("@rollcall.invalid")));
    QCOMPARE((*row)->userId, key->userId);
    store::SessionQuery query = everything();
    query.search = QStringLiteral("Rollcall canary");
    QCOMPARE(*sessions->count(query, fixtureNow(), soon()), 1);
    const auto left = sessions->users()->canaries(soon());
    QVERIFY2(left.has_value(), failureOf(left).constData());
    QCOMPARE(left->size(), std::size_t{1});
    QCOMPARE(left->front().fingerprint, canary.token.fingerprint());
    QCOMPARE(left->front().key.userId, key->userId);
    QVERIFY(left->front().key.token == canary.token);
    QVERIFY(left->front().expires == expires);
    QVERIFY(sessions->removeCanary(left->front().key, soon()).has_value());
    QCOMPARE(sessions->users()->canaries(soon())->size(), std::size_t{0});
    QVERIFY(sessions->removeCanary(*key, soon()).has_value()); // gone is fine
    QCOMPARE(*sessions->count(everything(), fixtureNow(), soon()), *before);
    const auto again = sessions->insertCanary(canary, soon()); // the user went as well: its e-mail could be unique
    QVERIFY2(again.has_value(), failureOf(again).constData());
}

void StoreWritesTest::extendsInTheColumnsOwnForm()
{
    QFETCH(QString, fixture);
    const auto sessions = open(fixture, store::Access::Write);
    QVERIFY(sessions);
    store::SessionQuery query;
    query.user = QStringLiteral("zoe@example.com");
    const auto rows = sessions->planRows(query, 10, fixtureNow(), soon());
    QCOMPARE(rows->size(), std::size_t{1});
    const auto token = rows->front().key.token.view();
    const base::Instant later = fixtureNow() + std::chrono::hours(24 * 30);
    const auto extended = sessions->extend(token, later, soon());
    QVERIFY2(extended.has_value(), failureOf(extended).constData());
    const auto row = sessions->lookup(token, soon());
    QVERIFY(row->has_value());
    QVERIFY2((*row)->expires == later, qPrintable(base::toIso((*row)->expires.value_or(base::Instant()))));
    // Not expired yet: it stays. Expired: it goes.
    QVERIFY(sessions->deleteExpired(token, later, soon()).has_value());
    QVERIFY(sessions->lookup(token, soon())->has_value());
    QVERIFY(sessions->deleteExpired(token, later + std::chrono::seconds(1), soon()).has_value());
    QVERIFY(!sessions->lookup(token, soon())->has_value());
}

void StoreWritesTest::duplicatesOfATokenAreApart()
{
    store::DatabaseUrl url;
    const auto sessions = open(QStringLiteral("pg-adapter-postgres"), store::Access::Write, &url);
    QVERIFY(sessions);
    const QString problem = m_fixtures.server().runSql(
        url.database,
        QStringLiteral("INSERT INTO sessions (id, \"userId\", expires, \"sessionToken\") SELECT 77, \"userId\", "
                       "expires, \"sessionToken\" FROM sessions WHERE id = 1"));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    QStringList unmatched;
    const QString id = QStringLiteral("77");
    const auto rows = sessions->findRows(std::span(&id, 1), unmatched, fixtureNow(), soon());
    QVERIFY(rows && rows->size() == 1);
    const QString fingerprint = rows->front().shown.fingerprint.text();
    const auto ambiguous = sessions->findRows(std::span(&fingerprint, 1), unmatched, fixtureNow(), soon());
    QVERIFY(!ambiguous);
    QCOMPARE(ambiguous.error().code, base::ErrorCode::FingerprintAmbiguous);
    QVERIFY(sessions->deleteRows(std::span(&rows->front().key, 1), soon()).has_value());
    const QString first = QStringLiteral("1");
    QCOMPARE(sessions->findRows(std::span(&first, 1), unmatched, fixtureNow(), soon())->size(), std::size_t{1});
    QVERIFY(unmatched.isEmpty());
    const std::vector<QString> nobody{QStringLiteral("4711"), QStringLiteral("no such id"),
                                      QStringLiteral("0123456789abcdef")};
    QVERIFY(sessions->findRows(nobody, unmatched, fixtureNow(), soon())->empty());
    unmatched.sort();
    QCOMPARE(unmatched,
             (QStringList{QStringLiteral("0123456789abcdef"), QStringLiteral("4711"), QStringLiteral("no such id")}));
}

void StoreWritesTest::aRowThatChangedHandsIsLeftAlone_data()
{
    QTest::addColumn<QString>("fixture");
    for (const char *fixture : {"pg-adapter-postgres", "prisma-adapter-postgres", "drizzle-adapter-sqlite",
                                "prisma-adapter-sqlite", "drizzle-adapter-mysql", "prisma-adapter-mysql"})
        QTest::newRow(fixture) << QString::fromLatin1(fixture);
}

void StoreWritesTest::aRowThatChangedHandsIsLeftAlone()
{
    QFETCH(QString, fixture);
    const auto sessions = open(fixture, store::Access::Write);
    QVERIFY(sessions);
    auto rows = sessions->planRows({}, 100, fixtureNow(), soon());
    QVERIFY(rows && rows->size() >= 2);
    std::vector<store::RowKey> keys;
    keys.push_back(rows->at(0).key.clone());
    keys.push_back(rows->at(1).key.clone());
    keys[0].userId = QStringLiteral("424242"); // as planned; the row says another
    const auto outcomes = sessions->deleteRows(keys, soon());
    QVERIFY2(outcomes.has_value(), failureOf(outcomes).constData());
    QCOMPARE(*outcomes, (std::vector<DeleteOutcome>{DeleteOutcome::Changed, DeleteOutcome::Deleted}));
    QVERIFY(sessions->lookup(keys[0].token.view(), soon())->has_value());
}

void StoreWritesTest::aCanaryThatCannotBeNamesTheColumn_data()
{
    QTest::addColumn<QString>("fixture");
    QTest::newRow("pg") << QStringLiteral("pg-adapter-postgres");
    QTest::newRow("supabase") << QStringLiteral("supabase-adapter-postgres");
}

void StoreWritesTest::aCanaryThatCannotBeNamesTheColumn()
{
    QFETCH(QString, fixture);
    QString problem;
    const auto url = m_fixtures.load(fixture, problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const QString schema =
        fixture.startsWith(QStringLiteral("supabase")) ? QStringLiteral("next_auth") : QStringLiteral("public");
    problem = m_fixtures.server().runSql(
        url.database,
        QStringLiteral("CREATE TYPE shade AS ENUM ('light', 'dark'); ALTER TABLE %1.sessions ADD COLUMN theme shade; "
                       "UPDATE %1.sessions SET theme = 'dark'; ALTER TABLE %1.sessions ALTER COLUMN theme SET NOT NULL")
            .arg(schema));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto key =
        sessions->insertCanary({base::SecretBytes(QByteArray("canary-token-0123456789abcdef")), fixtureNow()}, soon());
    QVERIFY(!key);
    QCOMPARE(key.error().code, base::ErrorCode::StatementFailed);
    QVERIFY2(key.error().param(base::ErrorParam::Detail).contains(QStringLiteral("\"theme\"")),
             failureOf(key).constData());
    store::SessionQuery query = everything();
    query.search = QStringLiteral("canary");
    QCOMPARE(*sessions->count(query, fixtureNow(), soon()), 0); // nor was the user left behind
    problem = m_fixtures.server().runSql(
        url.database,
        QStringLiteral("DO $$ BEGIN IF EXISTS (SELECT 1 FROM %1.users WHERE email LIKE '%rollcall.invalid') THEN "
                       "RAISE 'a canary user was left'; END IF; END $$")
            .arg(schema));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

void StoreWritesTest::aReadingStoreRefusesToWrite_data()
{
    aRowThatChangedHandsIsLeftAlone_data();
}

void StoreWritesTest::aReadingStoreRefusesToWrite()
{
    QFETCH(QString, fixture);
    const auto sessions = open(fixture, store::Access::ReadOnly);
    QVERIFY(sessions);
    const auto rows = sessions->planRows({}, 1, fixtureNow(), soon());
    const auto deleted = sessions->deleteRows(std::span(&rows->front().key, 1), soon());
    QVERIFY(!deleted);
    QCOMPARE(deleted.error().code, base::ErrorCode::WriteRefused);
    QVERIFY(!sessions->extend(rows->front().key.token.view(), fixtureNow(), soon()));
    QVERIFY(!sessions->deleteExpired(rows->front().key.token.view(), fixtureNow(), soon()));
    QVERIFY(!sessions->insertCanary({base::SecretBytes(QByteArray("x")), fixtureNow()}, soon()));
}

QTEST_GUILESS_MAIN(StoreWritesTest)
#include "tst_StoreWrites.moc"
