#include <QtTest>

#include <QJsonArray>

#include "core/base/ErrorText.h"
#include "core/store/redis/KeyLayout.h"
#include "tests/integration/store/StoreFixtures.h"
#include "tests/support/RedisFixtures.h"
#include "tests/support/RedisServer.h"
#include "tests/support/UpstashServer.h"

using namespace rollcall;
using base::ErrorCode;
using rollcall::test::fixtureNow;
using rollcall::test::RedisKeys;
using rollcall::test::sessionList;
using rollcall::test::sessionValue;
using rollcall::test::userValue;
using session::SessionState;

namespace {

const base::Call &soon()
{
    static base::Call call;
    call = base::Call::within(std::chrono::seconds(20));
    return call;
}

/// The time at which the sessions of Better Auth's fixture live.
base::Instant betterAuthNow()
{
    return *base::parseTime(QStringLiteral("2026-11-21T12:00:00Z"), {});
}

/// @p keys with @p prefix in front of all, and in the values that name keys.
RedisKeys behind(const QByteArray &prefix, const RedisKeys &keys)
{
    RedisKeys moved;
    for (auto key = keys.begin(); key != keys.end(); ++key) {
        const bool pointer = key.value().startsWith("user:");
        moved.insert(prefix + key.key(), pointer ? prefix + key.value() : key.value());
    }
    return moved;
}

/// The adapter's keys under names of a deployment's own.
RedisKeys renamed(const RedisKeys &keys)
{
    static const std::pair<QByteArray, QByteArray> names[]{{"user:session:by-user-id:", "last*of/"},
                                                           {"user:session:", "s/"},
                                                           {"user:account:by-user-id:", "oa/last/"},
                                                           {"user:account:", "oa/"},
                                                           {"user:email:", "mail/"},
                                                           {"user:token:", "vt/"},
                                                           {"user:", "people/"}};
    const auto rename = [](const QByteArray &text) -> QByteArray {
        for (const auto &[from, to] : names) {
            if (text.startsWith(from))
                return to + text.sliced(from.size());
        }
        return text;
    };
    RedisKeys moved;
    for (auto key = keys.begin(); key != keys.end(); ++key)
        moved.insert(rename(key.key()), key.value().startsWith("user:") ? rename(key.value()) : key.value());
    return moved;
}

} // namespace

/// The keys of the Upstash-Redis adapter and of Better Auth's secondary storage on a real server, over both ways to it.
class RedisStoreTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::RedisServer> m_server;
    std::unique_ptr<test::UpstashServer> m_upstash;
    const RedisKeys m_adapters = test::redisFixture(QStringLiteral("upstash-redis-adapter-redis"));
    const RedisKeys m_betterAuth = test::redisFixture(QStringLiteral("better-auth-secondary-storage-redis"));

    [[nodiscard]] QByteArray address() const { return "redis://127.0.0.1:" + QByteArray::number(m_server->port()); }
    [[nodiscard]] store::DatabaseUrl url() const { return test::databaseAt(address()); }

    void load(const RedisKeys &keys) const
    {
        QString problem;
        test::loadRedis(m_server->url(), keys, problem);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }
    [[nodiscard]] std::unique_ptr<store::SessionStore> open(store::Access access = store::Access::ReadOnly,
                                                            const store::StoreOptions &options = {}) const
    {
        QString problem;
        auto opened = test::openDetected(url(), access, problem, options);
        if (!opened)
            qWarning("%s", qPrintable(problem));
        return opened;
    }
    [[nodiscard]] store::RowKey keyOf(const QByteArray &token, const QString &userId) const
    {
        return {base::SecretBytes(token), base::SecretBytes(token), base::Fingerprint::of(token), userId};
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::RedisServer>();
        QVERIFY2(m_server->problem().isEmpty(), qPrintable(m_server->problem()));
        m_upstash = std::make_unique<test::UpstashServer>(m_server->url());
        QCOMPARE(m_adapters.size(), 42);
        QCOMPARE(m_betterAuth.size(), 9);
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

    void badValuesAreShownAsSuch()
    {
        RedisKeys keys{{"user:u1", userValue("u1", "u1@example.com")}};
        const auto add = [&keys](const char *token, const QByteArray &value) {
            keys.insert(QByteArray("user:session:") + token, value);
        };
        add("good-0000000000000000", sessionValue("good-0000000000000000", "u1", "\"2026-07-01T00:00:00.000Z\""));
        add("number-00000000000000", sessionValue("number-00000000000000", "u1", "1782864000000"));
        add("no-json-0000000000000", "nonsense");
        add("array-000000000000000", "[]");
        add("null-end-000000000000", sessionValue("null-end-000000000000", "u1", "null"));
        add("text-end-000000000000", sessionValue("text-end-000000000000", "u1", "\"tomorrow\""));
        add("no-user-0000000000000",
            "{\"sessionToken\":\"no-user-0000000000000\",\"expires\":\"2026-07-01T00:00:00.000Z\"}");
        // Renamed, the prefix of accounts may begin with that of sessions: without its token an object is no session.
        add("account:google:100000", "{\"userId\":\"u1\",\"provider\":\"google\",\"providerAccountId\":\"1\"}");
        add("orphan-00000000000000", sessionValue("orphan-00000000000000", "gone", "\"2026-07-01T00:00:00.000Z\""));
        add("absurd-00000000000000", sessionValue("absurd-00000000000000", "u1", "\"9999-12-31T23:59:59.999Z\""));
        load(keys);
        test::redisCommand(m_server->url(), {"HSET", "user:session:hash", "a", "b"});
        store::SchemaProfile profile;
        store::KeyLayout::authJs().describe(profile);
        const auto opened = store::openStore(url(), profile, {}, store::Access::Write, soon());
        QVERIFY(opened.has_value());
        store::SessionStore &sessions = **opened;
        store::SessionQuery query;
        query.state = store::StateFilter::All;
        const auto page = sessions.page(query, std::nullopt, fixtureNow(), soon());
        QVERIFY(page.has_value());
        QHash<QString, SessionState> states;
        for (const auto &session : page->sessions)
            states.insert(session.fingerprint.text(), session.state);
        const auto stateOf = [&states](const char *token) {
            return states.value(base::Fingerprint::of(token).text(), SessionState::Expired);
        };
        QCOMPARE(states.size(), 9);
        QCOMPARE(stateOf("good-0000000000000000"), SessionState::Live);
        QCOMPARE(stateOf("number-00000000000000"), SessionState::Live);
        QCOMPARE(stateOf("absurd-00000000000000"), SessionState::Live);
        QCOMPARE(stateOf("orphan-00000000000000"), SessionState::Orphan);
        for (const char *token : {"no-json-0000000000000", "array-000000000000000", "null-end-000000000000",
                                  "text-end-000000000000", "no-user-0000000000000"})
            QCOMPARE(stateOf(token), SessionState::Unknown);
        const auto row = sessions.lookup("no-json-0000000000000", soon());
        QVERIFY(row && *row && !(*row)->expires && !(*row)->userId);
        QVERIFY(!*sessions.lookup("hash", soon()));
        const store::RowKey account{base::SecretBytes("account:google:100000"),
                                    base::SecretBytes("account:google:100000"),
                                    base::Fingerprint::of("account:google:100000"), QStringLiteral("u1")};
        const auto left = sessions.deleteRows({&account, 1}, soon());
        QVERIFY(left && left->front() == store::DeleteOutcome::AlreadyGone);
        QVERIFY(!test::redisCommand(m_server->url(), {"GET", "user:session:account:google:100000"}).isEmpty());
        // A row that says nothing can be deleted all the same: its key says which it is.
        const store::RowKey broken{base::SecretBytes("no-json-0000000000000"),
                                   base::SecretBytes("no-json-0000000000000"),
                                   base::Fingerprint::of("no-json-0000000000000"), std::nullopt};
        const auto deleted = sessions.deleteRows({&broken, 1}, soon());
        QVERIFY(deleted.has_value());
        QCOMPARE(deleted->front(), store::DeleteOutcome::Deleted);
    }

    void deletesAndMends_data()
    {
        QTest::addColumn<bool>("overRest");
        QTest::newRow("over a socket") << false;
        QTest::newRow("over REST") << true;
    }
    void deletesAndMends()
    {
        QFETCH(bool, overRest);
        load(m_adapters);
        const QString zoe = QStringLiteral("6265ce66-b117-463b-b36b-d03b716b2b43");
        const QByteArray pointer = "user:session:by-user-id:" + zoe.toUtf8();
        const QByteArray last = m_adapters.value(pointer);
        const QByteArray token = last.sliced(QByteArrayView("user:session:").size());
        const QByteArray other = "5e551000-0000-4000-8000-000000000006";
        QVERIFY(token != other);
        QString problem;
        const auto sessions = test::openDetected(test::databaseAt(overRest ? m_upstash->address() : address()),
                                                 store::Access::Write, problem);
        QVERIFY2(sessions, qPrintable(problem));
        std::vector<store::RowKey> keys;
        keys.push_back(keyOf(other, zoe));
        keys.push_back(keyOf("5e551000-0000-4000-8000-000000000004", zoe)); // ben's
        keys.push_back(keyOf("never-was", zoe));
        auto outcomes = sessions->deleteRows(keys, soon());
        QVERIFY2(outcomes.has_value(), outcomes ? "" : qPrintable(base::oneLine(outcomes.error())));
        using store::DeleteOutcome;
        QCOMPARE(*outcomes, (std::vector{DeleteOutcome::Deleted, DeleteOutcome::Changed, DeleteOutcome::AlreadyGone}));
        RedisKeys expected = m_adapters;
        expected.remove("user:session:" + other);
        QCOMPARE(test::redisKeys(m_server->url()), expected);
        QCOMPARE(sessions->stillThere(keys, soon()).value_or(std::vector<bool>()), (std::vector{false, true, false}));
        // The last one written takes the pointer with it.
        keys.clear();
        keys.push_back(keyOf(token, zoe));
        outcomes = sessions->deleteRows(keys, soon());
        QCOMPARE(outcomes.value_or(std::vector<DeleteOutcome>()), std::vector{DeleteOutcome::Deleted});
        expected.remove(last);
        expected.remove(pointer);
        QCOMPARE(test::redisKeys(m_server->url()), expected);
        QVERIFY(sessions->deleteStatement().contains(QStringLiteral("DEL user:session:$1")));
    }

    void deletesFromBetterAuthsLists()
    {
        load(m_betterAuth);
        const auto sessions = open(store::Access::Write);
        QVERIFY(sessions);
        const QString ada = QStringLiteral("pMpo4mTMl7klHrRangebaE1YDwqaPtPU");
        const QByteArray list = "active-sessions-" + ada.toUtf8();
        // Entries that are over are dropped as the library does: these end when they say.
        const auto end = base::SystemClock().now() + std::chrono::hours(5);
        const QByteArray ms = QByteArray::number(qint64{end.time_since_epoch().count()});
        load({{list, sessionList({{"secada0xxxxxxxxxxxxxxxxxxxxxxxxx", ms},
                                  {"over", "1"},
                                  {"secada1xxxxxxxxxxxxxxxxxxxxxxxxx", ms}})}});
        std::vector<store::RowKey> keys;
        keys.push_back(keyOf("secada0xxxxxxxxxxxxxxxxxxxxxxxxx", ada));
        QCOMPARE(sessions->deleteRows(keys, soon()).value_or(std::vector<store::DeleteOutcome>()),
                 std::vector{store::DeleteOutcome::Deleted});
        RedisKeys expected = m_betterAuth;
        expected.remove("secada0xxxxxxxxxxxxxxxxxxxxxxxxx");
        expected.insert(list, sessionList({{"secada1xxxxxxxxxxxxxxxxxxxxxxxxx", ms}}));
        QCOMPARE(test::redisKeys(m_server->url()), expected);
        const qint64 life = test::redisCommand(m_server->url(), {"TTL", list}).toLongLong();
        QVERIFY2(life > 5 * 3600 - 60 && life <= 5 * 3600, qPrintable(QString::number(life)));
        keys.clear();
        keys.push_back(keyOf("secada1xxxxxxxxxxxxxxxxxxxxxxxxx", ada));
        QVERIFY(sessions->deleteRows(keys, soon()).has_value());
        expected.remove(list);
        expected.remove("secada1xxxxxxxxxxxxxxxxxxxxxxxxx");
        QCOMPARE(test::redisKeys(m_server->url()), expected);
    }

    void canariesLeaveNothing_data()
    {
        QTest::addColumn<RedisKeys>("keys");
        QTest::newRow("auth-js") << m_adapters;
        QTest::newRow("better-auth") << m_betterAuth;
    }
    void canariesLeaveNothing()
    {
        QFETCH(RedisKeys, keys);
        load(keys);
        const auto sessions = open(store::Access::Write);
        QVERIFY(sessions);
        const QByteArray token("canary-token-000000000000000");
        const auto now = base::SystemClock().now();
        const auto canary = sessions->insertCanary({base::SecretBytes(token), now + std::chrono::minutes(10)}, soon());
        QVERIFY2(canary.has_value(), canary ? "" : qPrintable(base::oneLine(canary.error())));
        const auto row = sessions->lookup(token, soon());
        QVERIFY(row && *row && (*row)->hasUser);
        QCOMPARE((*row)->userName, std::optional(QString::fromLatin1(store::canaryUserName)));
        QVERIFY((*row)->userEmail && (*row)->userEmail->endsWith(QLatin1StringView(store::canaryEmailDomain)));
        // Should it be forgotten, it ends by itself.
        for (const QByteArray &key : test::redisKeys(m_server->url()).keys()) {
            if (!keys.contains(key))
                QVERIFY(test::redisCommand(m_server->url(), {"TTL", key}).toInt() > 0);
        }
        QVERIFY(sessions->removeCanary(*canary, soon()).has_value());
        QCOMPARE(test::redisKeys(m_server->url()), keys);
        QVERIFY(sessions->removeCanary(*canary, soon()).has_value());
    }

    void aCanaryIsNotTakenForSomebodyElse()
    {
        load(m_adapters);
        const auto sessions = open(store::Access::Write);
        QVERIFY(sessions);
        const store::CanaryKey another{base::SecretBytes("5e551000-0000-4000-8000-000000000004"),
                                       QStringLiteral("f9aed7af-5b25-4009-8d8c-c690c5d7ab08")};
        QVERIFY(sessions->removeCanary(another, soon()).has_value());
        QCOMPARE(test::redisKeys(m_server->url()), m_adapters);
    }

    void extendsAsTheLibrariesDo()
    {
        load(m_adapters);
        const auto sessions = open(store::Access::Write);
        const auto end = *base::parseTime(QStringLiteral("2026-12-24T18:00:00.000Z"), {});
        const QByteArray token = "5e551000-0000-4000-8000-000000000001";
        QVERIFY(sessions->extend(token, end, soon()).has_value());
        RedisKeys expected = m_adapters;
        expected["user:session:" + token].replace("2026-07-15T12:00:00.000Z", "2026-12-24T18:00:00.000Z");
        expected["user:session:by-user-id:f9aed7af-5b25-4009-8d8c-c690c5d7ab08"] = "user:session:" + token;
        QCOMPARE(test::redisKeys(m_server->url()), expected);
        // A live one is not deleted as expired; one that is over is.
        QVERIFY(sessions->deleteExpired(token, fixtureNow(), soon()).has_value());
        QCOMPARE(test::redisKeys(m_server->url()), expected);
        QVERIFY(sessions->deleteExpired("5e551000-0000-4000-8000-000000000005", fixtureNow(), soon()).has_value());
        QVERIFY(sessions->extend("never-was", end, soon()).has_value());
        expected.remove("user:session:5e551000-0000-4000-8000-000000000005");
        expected.remove("user:session:by-user-id:f1fac257-5851-4189-a89f-bf3585c5f717"); // named it
        QCOMPARE(test::redisKeys(m_server->url()), expected);
    }

    void extendsBetterAuthsLists()
    {
        load(m_betterAuth);
        const auto sessions = open(store::Access::Write);
        const auto end =
            std::chrono::floor<std::chrono::seconds>(base::SystemClock().now()) + std::chrono::hours(100'000);
        const QByteArray token = "secben0xxxxxxxxxxxxxxxxxxxxxxxxx";
        QVERIFY(sessions->extend(token, end, soon()).has_value());
        const auto row = sessions->lookup(token, soon());
        QVERIFY(row && *row);
        QCOMPARE((*row)->expires, std::optional(base::Instant(end)));
        const RedisKeys keys = test::redisKeys(m_server->url());
        const QByteArray list = keys.value("active-sessions-wo293UywXyaf2LuEcLkWDgcD5vfufk9q");
        const QByteArray ms = QByteArray::number(qint64{base::Instant(end).time_since_epoch().count()});
        QVERIFY2(list.endsWith(sessionList({{token, ms}}).sliced(1)), list.constData());
        QVERIFY(test::redisCommand(m_server->url(), {"TTL", token}).toLongLong() > 99'999LL * 3600);
    }

    void readersCannotWrite()
    {
        load(m_adapters);
        const auto sessions = open(store::Access::ReadOnly);
        std::vector<store::RowKey> keys;
        keys.push_back(
            keyOf("5e551000-0000-4000-8000-000000000001", QStringLiteral("f9aed7af-5b25-4009-8d8c-c690c5d7ab08")));
        QCOMPARE(sessions->deleteRows(keys, soon()).error().code, ErrorCode::WriteRefused);
        QCOMPARE(sessions->extend("5e551000-0000-4000-8000-000000000001", fixtureNow(), soon()).error().code,
                 ErrorCode::WriteRefused);
        QCOMPARE(sessions->insertCanary({base::SecretBytes("x"), fixtureNow()}, soon()).error().code,
                 ErrorCode::WriteRefused);
        QCOMPARE(test::redisKeys(m_server->url()), m_adapters);
    }

    void missingRightsAreNamed()
    {
        load(m_adapters);
        QCOMPARE(test::redisCommand(m_server->url(), {"ACL", "SETUSER", "reader", "reset", "on", ">pw", "~*", "+scan",
                                                      "+strlen", "+mget", "+dbsize", "+exists"}),
                 QByteArray("OK"));
        const auto at = test::databaseAt("redis://reader:pw@127.0.0.1:" + QByteArray::number(m_server->port()));
        QString problem;
        const auto sessions = test::openDetected(at, store::Access::Write, problem);
        QVERIFY2(sessions, qPrintable(problem));
        QVERIFY(sessions->stats(fixtureNow(), soon()).has_value());
        std::vector<store::RowKey> keys;
        keys.push_back(
            keyOf("5e551000-0000-4000-8000-000000000001", QStringLiteral("f9aed7af-5b25-4009-8d8c-c690c5d7ab08")));
        const auto refused = sessions->deleteRows(keys, soon());
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);
        const base::ErrorText text = base::describe(refused.error());
        QVERIFY2(text.message.contains(QStringLiteral("EVAL")) && text.message.contains(QStringLiteral("user:*")),
                 qPrintable(text.message));
        QVERIFY2(text.remedy.contains(QStringLiteral("ACL SETUSER")) && text.remedy.contains(QStringLiteral("+eval")),
                 qPrintable(text.remedy));
        // May run the script, but not what is in it.
        test::redisCommand(m_server->url(), {"ACL", "SETUSER", "reader", "+eval", "+get"});
        const auto inside = sessions->deleteRows(keys, soon());
        QVERIFY(!inside);
        QCOMPARE(inside.error().code, ErrorCode::PermissionDenied);
        QCOMPARE(test::redisKeys(m_server->url()), m_adapters);
        test::redisCommand(m_server->url(), {"ACL", "DELUSER", "reader"});
    }

    void keysOfOthersAreNotTouched()
    {
        load(m_adapters);
        load({{"other:session:1", "{}"}, {"sessions-of-others", "{}"}});
        test::redisCommand(m_server->url(),
                           {"ACL", "SETUSER", "ours", "reset", "on", ">pw", "~user:*", "+@read", "+ping"});
        const auto at = test::databaseAt("redis://ours:pw@127.0.0.1:" + QByteArray::number(m_server->port()));
        QString problem;
        const auto sessions = test::openDetected(at, store::Access::ReadOnly, problem);
        QVERIFY2(sessions, qPrintable(problem));
        QCOMPARE(sessions->stats(fixtureNow(), soon())->live, qint64{7});
        // Where the command itself is refused, nothing is found out.
        test::redisCommand(m_server->url(), {"ACL", "SETUSER", "ours", "-strlen"});
        const auto refused = store::detectSchema(at, {}, soon());
        QVERIFY(!refused && refused.error().code == ErrorCode::PermissionDenied);
        test::redisCommand(m_server->url(), {"ACL", "DELUSER", "ours"});
    }

    void aPassCanBeStoppedAndBounded()
    {
        RedisKeys many;
        for (int i = 0; i < 20'000; ++i) {
            const QByteArray token = "token-" + QByteArray::number(i).rightJustified(20, '0');
            many.insert("user:session:" + token, sessionValue(token, "u1", "\"2026-07-01T00:00:00.000Z\""));
        }
        load(many);
        store::SchemaProfile profile;
        store::KeyLayout::authJs().describe(profile);
        store::StoreOptions slow;
        slow.scanPace.keysAtOnce = 100;
        slow.scanPace.keysPerSecond = 5'000; // four seconds for all
        auto opened = store::openStore(url(), profile, slow, store::Access::ReadOnly, soon());
        QVERIFY(opened.has_value());
        std::stop_source stop;
        stop.request_stop();
        const auto cancelled = (*opened)->page({}, std::nullopt, fixtureNow(),
                                               base::Call::within(std::chrono::seconds(20), stop.get_token()));
        QVERIFY(!cancelled);
        QCOMPARE(cancelled.error().code, ErrorCode::Cancelled);
        const auto begun = base::Call::Clock::now();
        const auto late =
            (*opened)->page({}, std::nullopt, fixtureNow(), base::Call::within(std::chrono::milliseconds(400)));
        QVERIFY(!late);
        QCOMPARE(late.error().code, ErrorCode::Timeout);
        QVERIFY(base::Call::Clock::now() - begun < std::chrono::seconds(2));
        const auto stats = (*opened)->stats(fixtureNow(), base::Call::within(std::chrono::milliseconds(400)));
        QVERIFY(stats.has_value());
        QVERIFY(stats->estimated);
        QVERIFY2(stats->live > 500 && stats->live < 15'000, qPrintable(QString::number(stats->live)));

        store::StoreOptions small;
        small.scanPace.mostBytes = 2 << 20;
        opened = store::openStore(url(), profile, small, store::Access::ReadOnly, soon());
        const auto full = (*opened)->page({}, std::nullopt, fixtureNow(), soon());
        QVERIFY(!full);
        QCOMPARE(full.error().code, ErrorCode::TooManyMatched);
        QVERIFY(base::describe(full.error()).message.contains(QStringLiteral("2 MiB")));
    }

    void aServerThatGoesAwayIsSaid()
    {
        auto server = std::make_unique<test::RedisServer>();
        QVERIFY2(server->problem().isEmpty(), qPrintable(server->problem()));
        QString problem;
        test::loadRedis(server->url(), m_adapters, problem);
        const auto at = test::databaseAt("redis://127.0.0.1:" + QByteArray::number(server->port()));
        const auto sessions = test::openDetected(at, store::Access::Write, problem);
        QVERIFY2(sessions, qPrintable(problem));
        QCOMPARE(sessions->stats(fixtureNow(), soon())->live, qint64{7});
        // A restart while it is connected: reading goes on by itself over a new connection.
        test::redisCommand(server->url(), {"CLIENT", "KILL", "TYPE", "normal"});
        QCOMPARE(sessions->stats(fixtureNow(), soon())->live, qint64{7});
        server->kill();
        const auto page = sessions->page({}, std::nullopt, fixtureNow(), soon());
        QVERIFY(!page);
        QVERIFY2(page.error().code == ErrorCode::ConnectRefused || page.error().code == ErrorCode::ConnectionLost,
                 qPrintable(base::oneLine(page.error())));
        std::vector<store::RowKey> keys;
        keys.push_back(
            keyOf("5e551000-0000-4000-8000-000000000001", QStringLiteral("f9aed7af-5b25-4009-8d8c-c690c5d7ab08")));
        QVERIFY(!sessions->deleteRows(keys, soon()));
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
