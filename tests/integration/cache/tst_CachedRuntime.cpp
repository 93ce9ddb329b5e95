#include <QtTest>

#include "core/cache/MemoryCache.h"
#include "core/cache/RedisCache.h"
#include "core/engine/SessionRuntime.h"
#include "tests/support/ManualClock.h"
#include "tests/support/RedisServer.h"
#include "tests/support/UpstashServer.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using engine::RequestHeaders;
using engine::RuntimeSession;
using engine::SessionRuntime;
using session::NullReason;
using session::StepOutcome;

namespace {

Call call()
{
    return Call::within(20s);
}

/// A database of sessions in this process: user of each token. Counts what it is asked.
struct Rows
{
    std::map<QByteArray, QByteArray> users;
    int asked = 0;    ///< statements
    int askedFor = 0; ///< tokens
};

class RowsAdapter final : public engine::Adapter
{
public:
    explicit RowsAdapter(Rows &rows) : m_rows(rows) {}

    base::Result<std::optional<engine::SessionAndUser>> getSessionAndUser(QByteArrayView token, const Call &) override
    {
        m_rows.asked += 1;
        m_rows.askedFor += 1;
        return row(token);
    }
    base::Result<std::vector<std::optional<engine::SessionAndUser>>>
    getSessionsAndUsers(std::span<const QByteArrayView> tokens, const Call &) override
    {
        m_rows.asked += 1;
        std::vector<std::optional<engine::SessionAndUser>> all;
        for (const QByteArrayView token : tokens) {
            m_rows.askedFor += 1;
            all.push_back(row(token));
        }
        return all;
    }
    base::Status updateSession(QByteArrayView, base::Instant, const Call &) override { return {}; }
    base::Status deleteSession(QByteArrayView, base::Instant, const Call &) override { return {}; }

private:
    std::optional<engine::SessionAndUser> row(QByteArrayView token) const
    {
        const auto found = m_rows.users.find(token.toByteArray());
        if (found == m_rows.users.end())
            return std::nullopt;
        const auto parsed = [](const QByteArray &json) {
            const auto value = jose::parseJson(QString::fromUtf8(json));
            return value ? *value : jose::JsonValue();
        };
        engine::SessionAndUser both;
        both.expires = base::SystemClock().now() + 24h * 30;
        const QByteArray expires = base::toIso(both.expires).toLatin1();
        bool isNumber = false;
        found->second.toInt(&isNumber);
        const QByteArray userId = isNumber ? found->second : '"' + found->second + '"';
        both.session = parsed("{\"sessionToken\":\"" + found->first + "\",\"userId\":" + userId + ",\"expires\":\"" +
                              expires + "\"}");
        both.user = parsed("{\"id\":\"" + found->second + "\",\"name\":\"" + found->second + "\",\"email\":\"" +
                           found->second + "@example.test\",\"image\":null}");
        return both;
    }

    Rows &m_rows;
};

std::shared_ptr<const session::AuthProfile> profile()
{
    auto made = std::make_shared<session::AuthProfile>();
    made->strategy = session::Strategy::Database;
    made->secrets.emplace_back(QByteArrayView("a-secret-of-tests"));
    return made;
}

QByteArray cookie(const QByteArray &token)
{
    return "authjs.session-token=" + token;
}

} // namespace

/// Cached mode of the runtime, with each of the three back ends.
class CachedRuntimeTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::RedisServer> m_server;
    std::unique_ptr<test::UpstashServer> m_upstash;
    base::SystemClock m_clock;
    Rows m_rows;
    std::shared_ptr<cache::SessionCache> m_cache;
    std::unique_ptr<SessionRuntime> m_runtime;

    [[nodiscard]] std::shared_ptr<cache::SessionCache> cacheAt(const QByteArray &address) const
    {
        if (address.isEmpty())
            return std::make_shared<cache::MemoryCache>(1 << 20, m_clock);
        const auto url = redis::RedisUrl::parse(address);
        const auto shared = std::make_shared<const redis::RedisUrl>(url ? url->clone() : redis::RedisUrl());
        return std::make_shared<cache::RedisCache>([shared] { return redis::makeChannel(shared->clone(), {}); },
                                                   cache::RedisCache::Names{"scope", "form"}, 5s, m_clock);
    }
    void configure(const QByteArray &backEnd, std::chrono::milliseconds ttl = 60s)
    {
        m_rows = {};
        m_rows.users = {{"a", "ada"}, {"a2", "ada"}, {"b", "bob"}};
        const QByteArray redis = "redis://127.0.0.1:" + QByteArray::number(m_server->port());
        m_cache = cacheAt(backEnd == "memory" ? QByteArray() : backEnd == "redis" ? redis : m_upstash->address());
        engine::LocalRuntime local;
        local.profile = profile();
        local.openAdapter = [this](const Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
            return std::make_unique<RowsAdapter>(m_rows);
        };
        local.cache = {m_cache, ttl};
        m_runtime = std::make_unique<SessionRuntime>();
        QVERIFY(m_runtime->configureLocal(std::move(local)));
    }
    [[nodiscard]] RuntimeSession ask(const QByteArray &token) const
    {
        auto session = m_runtime->getServerSession(RequestHeaders::fromCookie(cookie(token)), call());
        return session ? std::move(*session) : RuntimeSession();
    }
    static void backEnds()
    {
        QTest::addColumn<QByteArray>("backEnd");
        for (const char *name : {"memory", "redis", "upstash"})
            QTest::newRow(name) << QByteArray(name);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::RedisServer>();
        QVERIFY2(m_server->problem().isEmpty(), qPrintable(m_server->problem()));
        m_upstash = std::make_unique<test::UpstashServer>(m_server->url());
    }
    void init() { QVERIFY(redis::makeChannel(m_server->url(), {})->send({"FLUSHALL"}, call()).has_value()); }

    void answersOnceFromTheSource_data() { backEnds(); }
    void answersOnceFromTheSource()
    {
        QFETCH(QByteArray, backEnd);
        configure(backEnd);
        const RuntimeSession first = ask("a");
        QCOMPARE(first.cache, StepOutcome::Miss);
        QVERIFY(first.session && first.session->contains("ada@example.test"));
        QVERIFY2(!first.setCookies.empty(), "the library renews the cookie where it looked the row up");
        const RuntimeSession second = ask("a");
        QCOMPARE(second.cache, StepOutcome::Hit);
        QCOMPARE(second.session, first.session);
        QVERIFY(second.setCookies.empty());
        QCOMPARE(second.validUntil, first.validUntil);
        QCOMPARE(m_rows.asked, 1);
        const auto token = m_runtime->getToken(RequestHeaders::fromCookie(cookie("a")), false, call());
        QVERIFY(token && token->json == first.session);
        QCOMPARE(m_rows.asked, 1);
        // Without a token there is nothing to ask the cache for.
        const auto none = m_runtime->getServerSession(RequestHeaders(), call());
        QCOMPARE(none->cache, StepOutcome::Skipped);
        QCOMPARE(none->reason, NullReason::HelperWithoutRequest);
    }

    void endsWithItsTime_data() { backEnds(); }
    void endsWithItsTime()
    {
        QFETCH(QByteArray, backEnd);
        configure(backEnd, 150ms);
        QCOMPARE(ask("a").cache, StepOutcome::Miss);
        bool ended = false; // hits in between must not lengthen its time
        QTRY_VERIFY((ended = ended || ask("a").cache == StepOutcome::Miss));
        QCOMPARE(m_rows.asked, 2);
    }

    void forgetsWhatItIsTold_data() { backEnds(); }
    void forgetsWhatItIsTold()
    {
        QFETCH(QByteArray, backEnd);
        configure(backEnd);
        const auto fill = [this] {
            for (const char *token : {"a", "a2", "b", "nobody"})
                static_cast<void>(ask(token));
            for (const char *token : {"a", "a2", "b", "nobody"})
                QCOMPARE(ask(token).cache, StepOutcome::Hit);
        };
        const auto hits = [this] {
            QByteArrayList found;
            for (const char *token : {"a", "a2", "b", "nobody"})
                found << (ask(token).cache == StepOutcome::Hit ? token : "-");
            return found.join(' ');
        };
        fill();
        // Sign-out of one session.
        m_rows.users.erase("a");
        QVERIFY2(ask("a").session, "N81: remembered although it is gone");
        QVERIFY(m_runtime->noteSignOut(RequestHeaders::fromCookie(cookie("a")), call()));
        QCOMPARE(ask("a").reason, NullReason::RowMissing);
        // Sign-in: absences fall, and what is known of that user.
        m_rows.users["nobody"] = "nobody";
        QCOMPARE(ask("nobody").cache, StepOutcome::Hit); // N80: remembered although it is there
        QVERIFY(m_runtime->noteSignIn(QStringLiteral("bob"), call()));
        QCOMPARE(hits(), QByteArray("- a2 - -"));
        QVERIFY(ask("nobody").session);
        // Revocation by session, by user, of all.
        m_rows.users["a"] = "ada";
        QVERIFY(m_runtime->noteSignIn(QStringLiteral("ada"), call()));
        fill();
        QCOMPARE(m_cache->erase("b", call()).value(), true);
        QCOMPARE(hits(), QByteArray("a a2 - nobody"));
        fill();
        QCOMPARE(m_cache->eraseUser(QStringLiteral("ada"), call()).value(), qint64(2));
        QCOMPARE(hits(), QByteArray("- - b nobody"));
        fill();
        QVERIFY(m_cache->clear(call()));
        QCOMPARE(hits(), QByteArray("- - - -"));
    }

    void usersMayBeNumbers_data() { backEnds(); }
    void usersMayBeNumbers()
    {
        QFETCH(QByteArray, backEnd);
        configure(backEnd);
        m_rows.users["n"] = "42";
        static_cast<void>(ask("n"));
        QCOMPARE(ask("n").cache, StepOutcome::Hit);
        m_rows.users.erase("n");
        QCOMPARE(m_cache->eraseUser(QStringLiteral("42"), call()).value(), qint64(1));
        QCOMPARE(ask("n").reason, NullReason::RowMissing);
    }

    void manyAreAskedForAtOnce_data() { backEnds(); }
    void manyAreAskedForAtOnce()
    {
        QFETCH(QByteArray, backEnd);
        configure(backEnd);
        static_cast<void>(ask("b"));
        m_rows.asked = m_rows.askedFor = 0;
        const std::vector<QByteArray> cookies{cookie("a"), "other=1", cookie("b"), cookie("nobody")};
        std::vector<RequestHeaders> requests;
        for (const QByteArray &header : cookies)
            requests.push_back(RequestHeaders::fromCookie(header));
        const auto first = m_runtime->resolveMany(requests, call());
        QVERIFY(first);
        QCOMPARE(first->size(), std::size_t(4));
        QVERIFY(first->at(0).session->contains("ada@"));
        QCOMPARE(first->at(0).cache, StepOutcome::Miss);
        QCOMPARE(first->at(1).reason, NullReason::NoCookie);
        QCOMPARE(first->at(1).cache, StepOutcome::Skipped);
        QVERIFY(first->at(2).session->contains("bob@"));
        QCOMPARE(first->at(2).cache, StepOutcome::Hit);
        QCOMPARE(first->at(3).reason, NullReason::RowMissing);
        QCOMPARE(m_rows.asked, 1);
        QCOMPARE(m_rows.askedFor, 2);
        const auto second = m_runtime->resolveMany(requests, call());
        QCOMPARE(second->at(0).cache, StepOutcome::Hit);
        QCOMPARE(second->at(0).session, first->at(0).session);
        QCOMPARE(second->at(3).reason, NullReason::RowMissing);
        QCOMPARE(m_rows.askedFor, 2);
    }

    void aCacheThatIsGoneTakesNothingAway_data()
    {
        QTest::addColumn<QByteArray>("address");
        QTest::newRow("redis") << QByteArray("redis://127.0.0.1:1");
        QTest::newRow("upstash") << QByteArray("upstash:http://default:t@127.0.0.1:1");
        QTest::newRow("another token") << m_upstash->address().replace("rest-token", "other");
        QTest::newRow("not sent in clear") << QByteArray("redis://cache.example.test");
    }
    void aCacheThatIsGoneTakesNothingAway()
    {
        QFETCH(QByteArray, address);
        configure("memory");
        engine::LocalRuntime local;
        local.profile = profile();
        local.openAdapter = [this](const Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
            return std::make_unique<RowsAdapter>(m_rows);
        };
        local.cache.cache = cacheAt(address);
        QVERIFY(m_runtime->configureLocal(std::move(local)));
        for (int i = 0; i < 2; ++i) {
            const RuntimeSession session = ask("a");
            QVERIFY(session.session);
            QCOMPARE(session.cache, StepOutcome::Error);
            QVERIFY2(session.cacheNote.startsWith(u"cache-unavailable ("), qPrintable(session.cacheNote));
            QVERIFY(!session.reason);
        }
        QCOMPARE(m_rows.asked, 2);
        const std::vector<QByteArray> cookies{cookie("a")};
        const std::vector<RequestHeaders> requests = [&] {
            std::vector<RequestHeaders> made;
            made.push_back(RequestHeaders::fromCookie(cookies.front()));
            return made;
        }();
        const auto many = m_runtime->resolveMany(requests, call());
        QVERIFY(many->front().session);
        QCOMPARE(many->front().cache, StepOutcome::Error);
        QVERIFY2(!m_runtime->noteSignIn({}, call()), "what could not be invalidated is no secret");
    }

    void proxiesAreCachedWhereTheyAskForTheTokenAlone_data()
    {
        QTest::addColumn<bool>("forwards");
        QTest::newRow("session cookies alone") << false;
        QTest::newRow("further headers") << true;
    }
    void proxiesAreCachedWhereTheyAskForTheTokenAlone()
    {
        QFETCH(bool, forwards);
        int asked = 0;
        engine::ProxyRuntime proxy;
        proxy.profile = profile();
        proxy.options.baseUrl = QUrl(QStringLiteral("https://auth.test"));
        proxy.options.fetch = [&asked](const auto &, const auto &) -> base::Result<http::HttpResponse> {
            http::HttpResponse response;
            response.status = 200;
            response.body = "{\"user\":{\"name\":\"" + QByteArray::number(++asked) +
                            "\"},\"expires\":\"2999-01-01T00:00:00.000Z\"}";
            return response;
        };
        if (forwards)
            proxy.options.forwardedHeaders = {"accept-language"};
        proxy.cache.cache = cacheAt({});
        m_runtime = std::make_unique<SessionRuntime>();
        QVERIFY(m_runtime->configureProxy(std::move(proxy)));
        QVERIFY(ask("t").session->contains("\"1\""));
        const RuntimeSession second = ask("t");
        QCOMPARE(second.cache, forwards ? StepOutcome::Skipped : StepOutcome::Hit);
        QCOMPARE(asked, forwards ? 2 : 1);
        QVERIFY(m_runtime->noteSignOut(RequestHeaders::fromCookie(cookie("t")), call()));
        QVERIFY(ask("t").session->contains(forwards ? "\"3\"" : "\"2\""));
    }
};

QTEST_GUILESS_MAIN(CachedRuntimeTest)
#include "tst_CachedRuntime.moc"
