#include <QtTest>

#include <QJsonArray>

#include "core/base/ErrorText.h"
#include "tests/integration/store/RedisStoreFixture.h"
#include "tests/support/UpstashServer.h"

using namespace rollcall;
using base::ErrorCode;
using rollcall::test::fixtureNow;
using rollcall::test::RedisKeys;
using rollcall::test::sessionList;
using rollcall::test::sessionValue;
using rollcall::test::userValue;
using session::SessionState;
using test::behind;
using test::betterAuthNow;
using test::renamed;

/// The keys of the Upstash-Redis adapter and of Better Auth's secondary storage on a real server, found and read.
class RedisStoreTest final : public QObject, private test::RedisStoreFixture
{
    Q_OBJECT

private:
    std::unique_ptr<test::UpstashServer> m_upstash;

private Q_SLOTS:
    void initTestCase()
    {
        const QString problem = start();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        m_upstash = std::make_unique<test::UpstashServer>(m_server->url());
    }
    void init() { QCOMPARE(test::redisCommand(m_server->url(), {"FLUSHALL"}), QByteArray("OK")); }

    void readsTheAdaptersKeys_data()
    {
        QTest::addColumn<bool>("overRest");
        QTest::addColumn<RedisKeys>("keys");
        QTest::addColumn<QString>("pattern");
        QTest::newRow("over a socket") << false << m_adapters << QStringLiteral("user:session:*");
        QTest::newRow("over REST") << true << m_adapters << QStringLiteral("user:session:*");
        QTest::newRow("behind a prefix") << false << behind("my[app]*:", m_adapters)
                                         << QStringLiteral("my\\[app\\]\\*:user:session:*");
        QTest::newRow("renamed") << false << renamed(m_adapters) << QStringLiteral("s/*");
    }

    void readsTheAdaptersKeys()
    {
        QFETCH(bool, overRest);
        QFETCH(RedisKeys, keys);
        QFETCH(QString, pattern);
        load(keys);
        const auto at = test::databaseAt(overRest ? m_upstash->address() : address());
        const auto detection = store::detectSchema(at, {}, soon());
        QVERIFY2(detection.has_value(), detection ? "" : qPrintable(base::oneLine(detection.error())));
        QVERIFY(detection->best.has_value());
        QCOMPARE(detection->best->adapter, QStringLiteral("upstash-redis"));
        QCOMPARE(detection->best->sessions.table, pattern);
        QVERIFY(detection->best->users && detection->best->accounts);
        QCOMPARE(detection->best->warnings, QStringList());

        // What `schema detect` answers is what --map takes.
        const auto again = store::SchemaProfile::fromJson(detection->best->toJson(), QStringLiteral("map"));
        QVERIFY2(again.has_value(), again ? "" : qPrintable(base::oneLine(again.error())));
        QCOMPARE(again->toJson(), detection->best->toJson());
        const auto opened = store::openStore(at, *again, {}, store::Access::ReadOnly, soon());
        QVERIFY2(opened.has_value(), opened ? "" : qPrintable(base::oneLine(opened.error())));
        store::SessionStore &sessions = **opened;

        // The same plan of people and sessions as in the tables of the adapter without foreign keys.
        const QJsonObject expected =
            test::fixtureExpectations().value(QStringLiteral("pg-adapter-postgres")).toObject();
        store::SessionQuery query;
        query.state = store::StateFilter::All;
        const auto page = sessions.page(query, std::nullopt, fixtureNow(), soon());
        QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
        QCOMPARE(page->sessions.size(), std::size_t{12});
        QVERIFY(!page->next);
        QHash<QString, session::ListedSession> byFingerprint;
        for (const auto &session : page->sessions)
            byFingerprint.insert(session.fingerprint.text(), session);
        QHash<QString, QStringList> providersOf;
        for (const QJsonValue &user : expected.value(QStringLiteral("user_list")).toArray()) {
            QStringList providers;
            for (const QJsonValue &provider : user.toObject().value(QStringLiteral("providers")).toArray())
                providers << provider.toString();
            providersOf.insert(user.toObject().value(QStringLiteral("name")).toString(), providers);
        }
        for (const char *list : {"live_sessions", "expired_sessions"}) {
            for (const QJsonValue &value : expected.value(QLatin1StringView(list)).toArray()) {
                const QJsonObject wanted = value.toObject();
                const QByteArray token = wanted.value(QStringLiteral("token")).toString().toUtf8();
                const auto found = byFingerprint.constFind(base::Fingerprint::of(token).text());
                QVERIFY(found != byFingerprint.cend());
                QVERIFY(!found->id);
                QCOMPARE(found->expires,
                         base::parseTime(wanted.value(QStringLiteral("expires")).toString(), fixtureNow()));
                if (wanted.value(QStringLiteral("orphan")).toBool()) {
                    QCOMPARE(found->state, SessionState::Orphan);
                    continue;
                }
                const bool isLive = list == std::string_view("live_sessions");
                QCOMPARE(found->state, isLive ? SessionState::Live : SessionState::Expired);
                QCOMPARE(found->name.value_or(QString()), wanted.value(QStringLiteral("name")).toString());
                QCOMPARE(found->email.value_or(QString()), wanted.value(QStringLiteral("email")).toString());
                QCOMPARE(found->providers, providersOf.value(found->name.value_or(QString())));
            }
        }
        const auto stats = sessions.stats(fixtureNow(), soon());
        QVERIFY(stats.has_value());
        QCOMPARE((std::array{stats->live, stats->expired, stats->orphan, stats->activeUsers}),
                 (std::array{qint64{7}, qint64{4}, qint64{1}, qint64{5}}));
        QCOMPARE((std::array{stats->expiring1h, stats->expiring24h, stats->expiring7d}),
                 (std::array{qint64{2}, qint64{3}, qint64{4}}));
        const std::vector<std::pair<QString, qint64>> byProvider{{QStringLiteral("discord"), 2},
                                                                 {QStringLiteral("github"), 3},
                                                                 {QStringLiteral("google"), 3},
                                                                 {QStringLiteral("none"), 1}};
        QCOMPARE(stats->byProvider, byProvider);
        QVERIFY(!stats->estimated);
        const auto row = sessions.lookup("5e551000-0000-4000-8000-000000000001", soon());
        QVERIFY(row && *row && (*row)->hasUser);
        QCOMPARE((*row)->userEmail, std::optional(QStringLiteral("ada@example.com")));
        // What stands beside the sessions is none.
        QVERIFY(!*sessions.lookup("by-user-id:f9aed7af-5b25-4009-8d8c-c690c5d7ab08", soon()));
    }

    void filters_data()
    {
        QTest::addColumn<store::SessionQuery>("query");
        QTest::addColumn<int>("number");
        const auto all = [](auto change) {
            store::SessionQuery query;
            query.state = store::StateFilter::All;
            change(query);
            return query;
        };
        const base::Instant at = *base::parseTime(QStringLiteral("2026-06-15T12:20:00.000Z"), {});
        const auto text = [](const char *value) { return QString::fromUtf8(value); };
        QTest::newRow("id") << all([&](auto &q) { q.user = text("f9aed7af-5b25-4009-8d8c-c690c5d7ab08"); }) << 3;
        QTest::newRow("e-mail") << all([&](auto &q) { q.user = text("ben@example.com"); }) << 2;
        QTest::newRow("e-mail of all without") << all([&](auto &q) { q.user = text("null"); }) << 0;
        QTest::newRow("nobody") << all([&](auto &q) { q.user = text("who"); }) << 0;
        QTest::newRow("provider") << all([&](auto &q) { q.provider = text("github"); }) << 5;
        QTest::newRow("no provider") << all([&](auto &q) { q.provider = text("none"); }) << 2;
        QTest::newRow("provider unheard of") << all([&](auto &q) { q.provider = text("x"); }) << 0;
        QTest::newRow("search") << all([&](auto &q) { q.search = text("ADA"); }) << 3;
        QTest::newRow("search is no pattern") << all([&](auto &q) { q.search = text("*"); }) << 0;
        QTest::newRow("search and provider") << all([&](auto &q) {
            q.search = text("example.com");
            q.provider = text("google");
        }) << 5;
        QTest::newRow("before") << all([&](auto &q) { q.expiresBefore = at; }) << 5;
        QTest::newRow("after") << all([&](auto &q) { q.expiresAfter = at; }) << 7;
        QTest::newRow("live") << all([](auto &q) { q.state = store::StateFilter::Live; }) << 7;
        QTest::newRow("orphan") << all([](auto &q) { q.state = store::StateFilter::Orphan; }) << 1;
    }

    void filters()
    {
        QFETCH(store::SessionQuery, query);
        QFETCH(int, number);
        load(m_adapters);
        const auto sessions = open();
        QVERIFY(sessions);
        const auto page = sessions->page(query, std::nullopt, fixtureNow(), soon());
        QVERIFY(page.has_value());
        QCOMPARE(qint64(page->sessions.size()), qint64{number});
        const auto counted = sessions->count(query, fixtureNow(), soon());
        QVERIFY(counted.has_value());
        QCOMPARE(*counted, qint64{number});
        const auto planned = sessions->planRows(query, 100, fixtureNow(), soon());
        QVERIFY(planned.has_value());
        QCOMPARE(qint64(planned->size()), qint64{number});
    }

    void readsBetterAuth()
    {
        load(m_betterAuth);
        load({{"a-key-of-somebody-else-with-a-long-name", "17"}, {"rate-limit:192.0.2.1/sign-in", "{\"count\":1}"}});
        const auto detection = store::detectSchema(url(), {}, soon());
        QVERIFY(detection && detection->best);
        QCOMPARE(detection->best->adapter, QStringLiteral("better-auth"));
        const auto sessions = open();
        QVERIFY(sessions);
        store::SessionQuery query;
        query.order = store::SessionOrder::Created;
        const auto page = sessions->page(query, std::nullopt, betterAuthNow(), soon());
        QVERIFY(page.has_value());
        QCOMPARE(page->sessions.size(), std::size_t{6});
        QStringList ids;
        for (const auto &session : page->sessions) {
            QVERIFY(session.id && session.userId && session.createdAt && session.expires);
            QCOMPARE(session.userAgent, std::optional(QStringLiteral("ExampleAgent/1.0")));
            QCOMPARE(session.state, SessionState::Live);
            ids << *session.id;
        }
        QCOMPARE(ids.front(), QStringLiteral("BLtMCk0W6388cZDHuZnmMP7EiGhhoRW1"));
        query.user = QStringLiteral("zoe@example.com");
        QCOMPARE(sessions->count(query, betterAuthNow(), soon()).value_or(-1), qint64{2});
        query.user = std::nullopt;
        query.search = QStringLiteral("zoë");
        QCOMPARE(sessions->count(query, betterAuthNow(), soon()).value_or(-1), qint64{2});
        QStringList unmatched;
        const std::vector<QString> names{ids.back(), page->sessions.front().fingerprint.text(), QStringLiteral("none")};
        const auto rows = sessions->findRows(names, unmatched, betterAuthNow(), soon());
        QVERIFY(rows.has_value());
        QCOMPARE(rows->size(), std::size_t{2});
        QCOMPARE(unmatched, QStringList{QStringLiteral("none")});
        const QByteArrayView token("secada0xxxxxxxxxxxxxxxxxxxxxxxxx");
        const auto whole = sessions->wholeRows({&token, 1}, soon());
        QVERIFY(whole && whole->front());
        QCOMPARE(whole->front()->session.front().role, store::ColumnRole::Id);
        QCOMPARE(whole->front()->user.at(2).column, QStringLiteral("emailVerified"));
        QVERIFY(whole->front()->user.at(2).value.boolean());
        QCOMPARE(whole->front()->row.userName, std::optional(QStringLiteral("Ada Example")));
    }

    void asksWhereItIsNotSure()
    {
        load(behind("a:", m_adapters));
        load(behind("b:", m_adapters));
        const auto detection = store::detectSchema(url(), {}, soon());
        QVERIFY(detection.has_value());
        QVERIFY(!detection->best);
        QCOMPARE(detection->candidates.size(), std::size_t{2});
        for (const store::SchemaProfile &candidate : detection->candidates) {
            const auto opened = store::openStore(url(), candidate, {}, store::Access::ReadOnly, soon());
            QVERIFY(opened.has_value());
            QCOMPARE((*opened)->stats(fixtureNow(), soon())->live, qint64{7});
        }
    }

    void findsNothingWhereThereIsNone()
    {
        auto detection = store::detectSchema(url(), {}, soon());
        QVERIFY(detection && !detection->best && detection->candidates.empty());
        QCOMPARE(detection->tablesSeen, qint64{0});
        load({{"session", "x"}, {"sessions:1", "{\"sid\":1}"}, {"user:session:big", QByteArray(20'000, 'x')}});
        test::redisCommand(m_server->url(), {"HSET", "user:session:hash", "a", "b"});
        detection = store::detectSchema(url(), {}, soon());
        QVERIFY(detection && !detection->best && detection->candidates.empty());
        QCOMPARE(detection->tablesSeen, qint64{4});
    }

    void anEmptySetOfSessionsIsOne()
    {
        RedisKeys users;
        for (auto key = m_adapters.begin(); key != m_adapters.end(); ++key) {
            if (!key.key().startsWith("user:session:"))
                users.insert(key.key(), key.value());
        }
        load(users);
        const auto detection = store::detectSchema(url(), {}, soon());
        QVERIFY(detection && detection->best);
        QCOMPARE(detection->best->sessions.table, QStringLiteral("user:session:*"));
        QCOMPARE(detection->best->warnings.size(), 1);
        QCOMPARE(open()->stats(fixtureNow(), soon())->live, qint64{0});
    }

    void aMapOfTablesIsRefused()
    {
        store::SchemaProfile tables;
        tables.sessions.table = QStringLiteral("sessions");
        const auto opened = store::openStore(url(), tables, {}, store::Access::ReadOnly, soon());
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::SchemaChanged);
    }
};

QTEST_GUILESS_MAIN(RedisStoreTest)
#include "tst_RedisStore.moc"
