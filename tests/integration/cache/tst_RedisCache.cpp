#include <QtTest>

#include <thread>

#include "core/cache/RedisCache.h"
#include "core/engine/SessionEngine.h"
#include "tests/support/ManualClock.h"
#include "tests/support/RedisServer.h"
#include "tests/support/ScriptedServer.h"
#include "tests/support/TestPaths.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using base::ErrorCode;
using cache::RedisCache;
using cache::SessionCache;
using session::NullReason;
using session::StepOutcome;
using test::RedisServer;

namespace {

Call call()
{
    return Call::within(20s);
}

std::unique_ptr<RedisCache> cacheAt(const redis::RedisUrl &url, const base::Clock &clock,
                                    const QByteArray &scope = "scope", const http::HttpOptions &options = {},
                                    const QByteArray &form = "form")
{
    const auto shared = std::make_shared<const redis::RedisUrl>(url.clone());
    return std::make_unique<RedisCache>([shared, options] { return redis::makeChannel(shared->clone(), options); },
                                        RedisCache::Names{scope, form}, 5s, clock);
}

SessionCache::Entry sessionOf(const QByteArray &json, const QString &userId = QStringLiteral("u1"))
{
    SessionCache::Entry entry;
    entry.session = json;
    entry.userId = userId;
    return entry;
}

SessionCache::Entry absence()
{
    SessionCache::Entry entry;
    entry.reason = NullReason::RowMissing;
    return entry;
}

/// Looks up and keeps, as a resolver does.
void keep(SessionCache &cache, QByteArrayView token, const SessionCache::Entry &entry,
          std::chrono::milliseconds ttl = 60s)
{
    const auto before = cache.find(token, call());
    QVERIFY(before.has_value());
    QVERIFY(cache.store(token, entry, ttl, before->generation, call()).has_value());
}

std::optional<SessionCache::Entry> found(SessionCache &cache, QByteArrayView token)
{
    const auto result = cache.find(token, call());
    return result ? result->entry : std::nullopt;
}

/// A source whose answer a test changes.
class Source final : public engine::Resolver
{
public:
    explicit Source(const std::optional<QByteArray> &session) : m_session(session) {}
    session::Resolution resolve(QByteArrayView, const Call &) override
    {
        session::Resolution resolution;
        resolution.session = m_session;
        if (!m_session)
            resolution.reason = NullReason::RowMissing;
        resolution.userId = QStringLiteral("u1");
        return resolution;
    }

private:
    const std::optional<QByteArray> &m_session;
};

} // namespace

class RedisCacheTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<RedisServer> m_server;
    base::SystemClock m_clock;

    base::Result<redis::RedisReply> ask(const redis::RedisCommand &command)
    {
        return redis::makeChannel(m_server->url(), {})->send(command, call());
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<RedisServer>();
        QVERIFY2(m_server->problem().isEmpty(), qPrintable(m_server->problem()));
    }
    void init() { QVERIFY(ask({"FLUSHALL"}).has_value()); }

    void tellsWhatItKeeps()
    {
        const auto cache = cacheAt(m_server->url(), m_clock);
        SessionCache::Entry entry = sessionOf("{\"user\":{\"name\":\"Zo\xc3\xab\"},\"n\":1e2}");
        entry.sessionExpires = base::Instant(std::chrono::milliseconds(4'000'000'000'123));
        keep(*cache, "t", entry);
        const auto back = found(*cache, "t");
        QVERIFY(back.has_value());
        QCOMPARE(back->session, entry.session);
        QCOMPARE(back->userId, entry.userId);
        QCOMPARE(back->sessionExpires, entry.sessionExpires);
        keep(*cache, "n", absence());
        QCOMPARE(found(*cache, "n")->reason, std::optional(NullReason::RowMissing));
        // Another process, and another deployment on the same server.
        QVERIFY(found(*cacheAt(m_server->url(), m_clock), "t").has_value());
        QVERIFY(!found(*cacheAt(m_server->url(), m_clock, "other"), "t"));
    }

    void theSessionsOwnTokenIsLeftOutAndPutBack()
    {
        const auto cache = cacheAt(m_server->url(), m_clock);
        // Better Auth's body holds it; as JSON prints it, quotes and all.
        const QByteArray token = "the-\"secret\"-token";
        const auto session =
            sessionOf("{\"session\":{\"token\":\"the-\\\"secret\\\"-token\",\"n\":1e2},\"a\":[\"x\"]}");
        keep(*cache, token, session);
        const auto value = ask({"GET", "rollcall:1:scope:s:" + cache::cacheKey(token)});
        QVERIFY(value.has_value());
        QVERIFY2(!value->text.contains("secret"), value->text.constData());
        QCOMPARE(found(*cache, token)->session, session.session);
    }

    void answersOfAnotherFormAreNoneAndFallWithTheSession()
    {
        const auto v4 = cacheAt(m_server->url(), m_clock, "scope", {}, "v4");
        const auto v5 = cacheAt(m_server->url(), m_clock, "scope", {}, "v5");
        keep(*v4, "t", sessionOf("{}"));
        QVERIFY(!found(*v5, "t"));
        QVERIFY(found(*v4, "t").has_value());
        QCOMPARE(v5->erase("t", call()).value(), true);
        QVERIFY(!found(*v4, "t"));
    }

    void erasesManyInTheirOrder()
    {
        const auto cache = cacheAt(m_server->url(), m_clock);
        std::vector<QByteArray> tokens;
        for (int i = 0; i < 2'500; ++i)
            tokens.push_back("t" + QByteArray::number(i));
        for (const int i : {0, 999, 1'000, 2'499})
            keep(*cache, tokens.at(static_cast<std::size_t>(i)), sessionOf("{}"));
        const std::vector<QByteArrayView> views(tokens.begin(), tokens.end());
        const auto erased = cache->eraseMany(views, call());
        QVERIFY(erased.has_value());
        QCOMPARE(erased->size(), tokens.size());
        QCOMPARE(std::ranges::count(*erased, true), 4);
        for (const std::size_t i : {0U, 999U, 1'000U, 2'499U})
            QVERIFY((*erased)[i]);
        QVERIFY(cache->eraseMany({}, call())->empty());
    }

    void everyThingHasItsTimeAndNoTokenIsInIt()
    {
        const auto cache = cacheAt(m_server->url(), m_clock);
        keep(*cache, "the-secret-token", sessionOf("{}"));
        keep(*cache, "absent", absence(), 60s);
        SessionCache::Entry ends = sessionOf("{}", {});
        ends.sessionExpires = m_clock.now() + 30s;
        keep(*cache, "ends", ends);
        const auto keys = ask({"KEYS", "*"});
        QVERIFY(keys.has_value());
        QCOMPARE(keys->elements.size(), std::size_t{6}); // three entries, an index, two tags
        for (const redis::RedisReply &key : keys->elements) {
            QVERIFY(key.text.startsWith("rollcall:1:scope:"));
            QVERIFY(!key.text.contains("token"));
        }
        const auto lifeOf = [&](const char *token) {
            return ask({"PTTL", "rollcall:1:scope:s:" + cache::cacheKey(QByteArrayView(token))})->number;
        };
        QVERIFY(lifeOf("the-secret-token") > 50'000 && lifeOf("the-secret-token") <= 60'000);
        QVERIFY(lifeOf("absent") > 0 && lifeOf("absent") <= 5'000);
        QVERIFY(lifeOf("ends") > 0 && lifeOf("ends") <= 30'001);
    }

    void invalidates()
    {
        const auto cache = cacheAt(m_server->url(), m_clock);
        const auto fill = [&] {
            keep(*cache, "a", sessionOf("{}", QStringLiteral("u1")));
            keep(*cache, "b", sessionOf("{}", QStringLiteral("u1")));
            keep(*cache, "c", sessionOf("{}", QStringLiteral("u2")));
            keep(*cache, "absent", absence());
        };
        fill();
        QCOMPARE(cache->erase("a", call()).value(), true);
        QCOMPARE(cache->erase("a", call()).value(), false);
        QVERIFY(!found(*cache, "a"));
        QVERIFY(found(*cache, "b").has_value());
        fill();
        QCOMPARE(cache->eraseUser(QStringLiteral("u1"), call()).value(), qint64{2});
        QCOMPARE(cache->eraseUser(QStringLiteral("u1"), call()).value(), qint64{0});
        QVERIFY(!found(*cache, "b"));
        QVERIFY(found(*cache, "c").has_value());
        fill();
        QVERIFY(cache->noteSignIn(QStringLiteral("u2"), call()).has_value());
        QVERIFY(!found(*cache, "absent"));
        QVERIFY(!found(*cache, "c"));
        QVERIFY(found(*cache, "a").has_value());
        fill();
        QVERIFY(cache->clear(call()).has_value());
        for (const char *token : {"a", "b", "c", "absent"})
            QVERIFY(!found(*cache, token));
    }

    void anEntryOfNobodyFallsWithAnybody()
    {
        const auto cache = cacheAt(m_server->url(), m_clock);
        keep(*cache, "t", sessionOf("{}", {}));
        keep(*cache, "c", sessionOf("{}", QStringLiteral("u2")));
        QVERIFY(found(*cache, "t").has_value());
        QCOMPARE(cache->eraseUser(QStringLiteral("u1"), call()).value(), qint64{0});
        QVERIFY(!found(*cache, "t"));
        QVERIFY(found(*cache, "c").has_value());
    }

    void whatItsIndexRefusesIsNotKept()
    {
        QCOMPARE(ask({"ACL", "SETUSER", "app", "on", ">pw", "~rollcall:*", "+get", "+set", "+mget", "+del"})->text,
                 QByteArray("OK"));
        const auto url =
            redis::RedisUrl::parse("redis://app:pw@127.0.0.1:" + QByteArray::number(m_server->port()) + "/0");
        QVERIFY(url.has_value());
        const auto cache = cacheAt(*url, m_clock);
        const auto before = cache->find("t", call());
        QVERIFY(before.has_value());
        const auto kept = cache->store("t", sessionOf("{}"), 60s, before->generation, call());
        QCOMPARE(kept.error().code, ErrorCode::PermissionDenied);
        QVERIFY2(!found(*cacheAt(m_server->url(), m_clock), "t"), "eraseUser() would not find it");
    }

    void whatAnotherProcessHadUnderWayDoesNotOutliveClear()
    {
        const auto one = cacheAt(m_server->url(), m_clock);
        const auto other = cacheAt(m_server->url(), m_clock);
        const auto before = one->find("t", call());
        QVERIFY(before.has_value());
        QVERIFY(other->clear(call()).has_value());
        QVERIFY(one->store("t", sessionOf("{}"), 60s, before->generation, call()).has_value());
        QVERIFY(!found(*one, "t"));
        QVERIFY(!found(*other, "t"));
    }

    void whatComesUnaskedIsNotTakenForAnAnswer()
    {
        test::Reply answer;
        answer.bytes = "+first\r\n";
        test::ScriptedServer server([](const auto &) { return test::Reply(); }, answer);
        const auto url = redis::RedisUrl::parse("redis://127.0.0.1:" + QByteArray::number(server.port()));
        const auto channel = redis::makeChannel(url->clone(), {});
        for (int connections = 1; connections <= 2; ++connections) {
            const auto reply = channel->send({"PING"}, call());
            QVERIFY(reply.has_value());
            QCOMPARE(reply->text, QByteArray("first"));
            QCOMPARE(server.connections(), connections);
            QVERIFY(server.push(connections - 1, "+stray\r\n"));
        }
    }

    void anEntryOfAnotherTokenIsNone()
    {
        // An entry that stands under another token's key is none.
        const auto cache = cacheAt(m_server->url(), m_clock);
        keep(*cache, "a", sessionOf("{\"of\":\"a\"}"));
        keep(*cache, "b", sessionOf("{\"of\":\"b\"}"));
        const auto keyOf = [](const char *token) -> QByteArray {
            return "rollcall:1:scope:s:" + cache::cacheKey(QByteArrayView(token));
        };
        const auto ofA = ask({"GET", keyOf("a")});
        QVERIFY(ask({"SET", keyOf("b"), ofA->text}).has_value());
        const auto result = cache->find("b", call());
        QVERIFY(result && !result->entry);
        QVERIFY(result->note.contains(u"malformed"));
    }

    void lostTagsInvalidateEverything()
    {
        const auto cache = cacheAt(m_server->url(), m_clock);
        keep(*cache, "t", sessionOf("{}"));
        QVERIFY(ask({"DEL", "rollcall:1:scope:g"}).has_value());
        QVERIFY(!found(*cache, "t"));
        keep(*cache, "t", sessionOf("{}"));
        QVERIFY(found(*cache, "t").has_value());
    }

    void malformedValuesAreNothingAndReported_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("no JSON") << QByteArray("garbage");
        QTest::newRow("another version") << QByteArray(
            "{\"v\":3,\"f\":\"form\",\"t\":\"t\",\"g\":1,\"a\":1,\"session\":\"{}\"}");
        QTest::newRow("no form") << QByteArray("{\"v\":2,\"g\":1,\"a\":1,\"session\":\"{}\"}");
        QTest::newRow("no tags") << QByteArray("{\"v\":2,\"f\":\"form\",\"t\":\"t\",\"session\":\"{}\"}");
        QTest::newRow("neither session nor reason")
            << QByteArray("{\"v\":2,\"f\":\"form\",\"t\":\"t\",\"g\":1,\"a\":1}");
        QTest::newRow("both") << QByteArray(
            "{\"v\":2,\"f\":\"form\",\"t\":\"t\",\"g\":1,\"a\":1,\"session\":\"{}\",\"reason\":\"row-missing\"}");
        QTest::newRow("unknown reason") << QByteArray(
            "{\"v\":2,\"f\":\"form\",\"t\":\"t\",\"g\":1,\"a\":1,\"reason\":\"whim\"}");
        QTest::newRow("expiry no number")
            << QByteArray("{\"v\":2,\"f\":\"form\",\"t\":\"t\",\"g\":1,\"a\":1,\"session\":\"{}\",\"expires\":\"x\"}");
    }
    void malformedValuesAreNothingAndReported()
    {
        QFETCH(QByteArray, value);
        const auto cache = cacheAt(m_server->url(), m_clock);
        QVERIFY(ask({"SET", "rollcall:1:scope:s:" + cache::cacheKey("t"), value}).has_value());
        const auto result = cache->find("t", call());
        QVERIFY(result.has_value());
        QVERIFY(!result->entry);
        QVERIFY(result->note.contains(u"malformed"));
    }

    void oneUsersEntriesAreBounded()
    {
        const auto cache = cacheAt(m_server->url(), m_clock);
        const auto fill = [&](base::Instant end) {
            redis::RedisCommand many{"ZADD", "rollcall:1:scope:u:" + cache::cacheKey("u1")};
            for (qint64 i = 0; i < RedisCache::mostOfOneUser; ++i) {
                many.push_back(QByteArray::number(qint64{end.time_since_epoch().count()}));
                many.push_back(QByteArray::number(i));
            }
            return many;
        };
        const redis::RedisCommand many = fill(m_clock.now() + 1h);
        QVERIFY(ask(many).has_value());
        keep(*cache, "t", sessionOf("{}"));
        QVERIFY(!found(*cache, "t"));
        QCOMPARE(ask({"ZCARD", many.at(1)})->number, RedisCache::mostOfOneUser);
        // Those that have ended make room.
        QVERIFY(ask(fill(m_clock.now() - 1s)).has_value());
        keep(*cache, "t", sessionOf("{}"));
        QVERIFY(found(*cache, "t").has_value());
        QCOMPARE(ask({"ZCARD", many.at(1)})->number, qint64{1});
    }

    void signsIn_data()
    {
        QTest::addColumn<QByteArray>("userInfo");
        QTest::addColumn<std::optional<ErrorCode>>("error");
        QTest::newRow("password") << QByteArray(":s3cret") << std::optional<ErrorCode>();
        QTest::newRow("user") << QByteArray("app:apppass") << std::optional<ErrorCode>();
        QTest::newRow("none") << QByteArray() << std::optional(ErrorCode::AuthenticationFailed);
        QTest::newRow("wrong password") << QByteArray(":wrong") << std::optional(ErrorCode::AuthenticationFailed);
        QTest::newRow("wrong user") << QByteArray("app:s3cret") << std::optional(ErrorCode::AuthenticationFailed);
        QTest::newRow("may not") << QByteArray("guest:guestpass") << std::optional(ErrorCode::PermissionDenied);
    }
    void signsIn()
    {
        QFETCH(QByteArray, userInfo);
        QFETCH(std::optional<ErrorCode>, error);
        static RedisServer server(QStringLiteral("--requirepass s3cret --user app on >apppass ~rollcall:* +@all "
                                                 "--user guest on >guestpass ~* +ping")
                                      .split(QLatin1Char(' ')));
        QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
        const auto result = cacheAt(server.url(userInfo), m_clock)->find("t", call());
        QCOMPARE(result.has_value(), !error.has_value());
        if (error)
            QCOMPARE(result.error().code, *error);
    }

    void choosesTheDatabase()
    {
        keep(*cacheAt(m_server->url({}, "3"), m_clock), "t", sessionOf("{}"));
        QVERIFY(!found(*cacheAt(m_server->url(), m_clock), "t"));
        QVERIFY(found(*cacheAt(m_server->url({}, "3"), m_clock), "t").has_value());
        const auto none = cacheAt(m_server->url({}, "99"), m_clock)->find("t", call());
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::DatabaseNotFound);
    }

    void verifiesTls()
    {
        RedisServer server({}, RedisServer::Tls::Only);
        QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
        http::HttpOptions trusting;
        trusting.caFile = test::dataFile(QStringLiteral("tls/cert.pem"));
        keep(*cacheAt(server.url(), m_clock, "s", trusting), "t", sessionOf("{}"));
        QVERIFY(found(*cacheAt(server.url(), m_clock, "s", trusting), "t").has_value());
        redis::RedisUrl otherName = server.url();
        otherName.host = QStringLiteral("127.0.0.1"); // not in the certificate
        const auto mismatch = cacheAt(otherName, m_clock, "s", trusting)->find("t", call());
        QVERIFY(!mismatch);
        QCOMPARE(mismatch.error().code, ErrorCode::TlsFailed);
        redis::RedisUrl clear = server.url();
        clear.tls = false;
        QVERIFY(!cacheAt(clear, m_clock, "s", trusting)->find("t", call()));
    }

    void closedIdleConnectionsAreMadeAnew()
    {
        const auto cache = cacheAt(m_server->url(), m_clock);
        keep(*cache, "t", sessionOf("{}"));
        QVERIFY(ask({"CLIENT", "KILL", "TYPE", "normal"}).has_value());
        QVERIFY(found(*cache, "t").has_value());
    }

    void eachThreadHasItsConnection()
    {
        const auto cache = cacheAt(m_server->url(), m_clock);
        std::atomic<int> wrong{0};
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 4; ++thread) {
                threads.emplace_back([&, thread] {
                    for (int i = 0; i < 50; ++i) {
                        const QByteArray token = QByteArray::number(thread * 100 + i);
                        const auto before = cache->find(token, call());
                        const QByteArray json = "{\"t\":" + token + '}';
                        if (!before || !cache->store(token, sessionOf(json), 60s, before->generation, call()) ||
                            found(*cache, token)->session != json)
                            ++wrong;
                    }
                });
            }
        }
        QCOMPARE(wrong.load(), 0);
    }

    void aServerThatDiesIsLeftAlone()
    {
        test::ManualClock clock;
        RedisServer server;
        QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
        const auto cache = cacheAt(server.url(), clock);
        keep(*cache, "t", sessionOf("{}"));
        server.kill();
        const auto first = cache->find("t", call());
        QVERIFY(!first);
        QVERIFY(base::exitClass(first.error().code) == base::ExitClass::Connect);
        const auto second = cache->find("t", call());
        QVERIFY(!second);
        QCOMPARE(second.error().code, ErrorCode::DatabaseUnavailable); // not asked
        clock.advance(1s);
        QCOMPARE(cache->find("t", call()).error().code, ErrorCode::ConnectRefused); // asked again
        clock.advance(1s);
        QCOMPARE(cache->find("t", call()).error().code, ErrorCode::DatabaseUnavailable); // the pause has doubled
        QCOMPARE(cache->erase("t", call()).error().code, ErrorCode::ConnectRefused);     // a revocation is worth a try
    }

    void aServerThatHangsCostsItsPatienceOnce()
    {
        test::ScriptedServer hanging([](const auto &) { return test::Reply(); });
        auto url = redis::RedisUrl::parse("redis://127.0.0.1:" + QByteArray::number(hanging.port()));
        const auto shared = std::make_shared<const redis::RedisUrl>(url->clone());
        test::ManualClock clock;
        RedisCache cache([shared] { return redis::makeChannel(shared->clone(), {}); }, {"s", "f"}, 200ms, clock);
        QCOMPARE(cache.find("t", call()).error().code, ErrorCode::Timeout);
        QCOMPARE(cache.find("t", call()).error().code, ErrorCode::DatabaseUnavailable); // not asked
        // A short call is not used up by the cache: its source has half of it.
        RedisCache other([shared] { return redis::makeChannel(shared->clone(), {}); }, {"s", "f"}, 1h, clock);
        const Call quick = Call::within(6s);
        QCOMPARE(other.find("t", quick).error().code, ErrorCode::Timeout);
        QVERIFY(quick.remaining() > 1500ms);
        QCOMPARE(other.find("t", quick).error().code, ErrorCode::DatabaseUnavailable);
        // A caller who has next to no time, or goes, says nothing of the server.
        RedisCache third([shared] { return redis::makeChannel(shared->clone(), {}); }, {"s", "f"}, 5s, clock);
        QCOMPARE(third.find("t", Call::within(10ms)).error().code, ErrorCode::Timeout);
        std::stop_source gone;
        gone.request_stop();
        QCOMPARE(third.find("t", Call::within(5s, gone.get_token())).error().code, ErrorCode::Cancelled);
        QCOMPARE(third.find("t", Call::within(10ms)).error().code, ErrorCode::Timeout);
    }

    void staleAnswersEndWhenTheCacheIsTold()
    {
        std::optional<QByteArray> row;
        const std::shared_ptr<cache::SessionCache> cache = cacheAt(m_server->url(), m_clock);
        const auto resolver = engine::makeCachedResolver(std::make_shared<const session::AuthProfile>(),
                                                         std::make_unique<Source>(row), cache, 60s);
        const auto session = [&] { return resolver->resolve("authjs.session-token=t", call()).session; };
        QVERIFY(!session());
        row = "{\"user\":1}";
        QVERIFY2(!session(), "N80: an absence from before the sign-in");
        QVERIFY(cache->noteSignIn(QStringLiteral("u1"), call()).has_value());
        QCOMPARE(session(), row);
        row.reset();
        QVERIFY2(session().has_value(), "N81: a session that the source no longer has");
        QVERIFY(cache->eraseUser(QStringLiteral("u1"), call()).has_value());
        QVERIFY(!session());
    }

    void aDeadCacheTakesNoSessionAway()
    {
        RedisServer server;
        QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
        const std::optional<QByteArray> row = "{\"user\":1}";
        const auto resolver =
            engine::makeCachedResolver(std::make_shared<const session::AuthProfile>(), std::make_unique<Source>(row),
                                       cacheAt(server.url(), m_clock), 60s);
        QCOMPARE(resolver->resolve("authjs.session-token=t", call()).session, row);
        server.kill();
        const auto resolution = resolver->resolve("authjs.session-token=t", call()); // N82
        QCOMPARE(resolution.session, row);
        QCOMPARE(resolution.trace.front().step, QStringLiteral("cache"));
        QCOMPARE(resolution.trace.front().outcome, StepOutcome::Error);
    }
};

QTEST_GUILESS_MAIN(RedisCacheTest)
#include "tst_RedisCache.moc"
