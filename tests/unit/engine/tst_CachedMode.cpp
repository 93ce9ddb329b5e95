#include <QtTest>

#include <semaphore>
#include <thread>

#include "core/cache/MemoryCache.h"
#include "core/engine/SessionRuntime.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/http/Cookie.h"
#include "tests/support/ManualClock.h"
#include "tests/support/MemorySessionRows.h"
#include "tests/unit/engine/FakeStore.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using engine::RequestHeaders;
using engine::RuntimeSession;
using engine::SessionRuntime;
using session::AuthVersion;
using session::NullReason;
using session::StepOutcome;

namespace {

QByteArray betterCookie(const QByteArray &token)
{
    return "better-auth.session_token=" +
           http::encodeUriComponent(engine::betterauth::signCookie("secret", token).view());
}

std::shared_ptr<session::AuthProfile> profileOf(AuthVersion version)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = session::Strategy::Database;
    profile->secrets.emplace_back(QByteArrayView("secret"));
    return profile;
}

/// Runs something whenever it is asked for the time.
class HookedClock final : public test::ManualClock
{
public:
    std::function<void()> hook = [] {};
    [[nodiscard]] base::Instant now() const override
    {
        hook();
        return test::ManualClock::now();
    }
};

/// "session", or why there is none.
QString outcomeOf(const RuntimeSession &answer)
{
    return answer.session  ? QStringLiteral("session")
           : answer.reason ? session::nullReasonName(*answer.reason)
                           : QStringLiteral("no reason");
}

} // namespace

/// The runtime behind a cache: what must not come from there, and that a batch says what single calls say.
class CachedModeTest final : public QObject
{
    Q_OBJECT

private:
    std::shared_ptr<test::ManualClock> m_clock;
    std::shared_ptr<cache::MemoryCache> m_cache;
    test::FakeStore m_store;
    test::MemorySessionRows *m_betterRows = nullptr; ///< of the runtime's pool
    SessionRuntime m_runtime;

    void configureLocal(const std::shared_ptr<const session::AuthProfile> &profile)
    {
        engine::LocalRuntime local;
        local.profile = profile;
        local.clock = m_clock;
        local.cache.cache = m_cache;
        local.openAdapter = [this](const Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
            return engine::makeStoreAdapter(m_store);
        };
        local.openRows = [this](const Call &) -> base::Result<std::unique_ptr<engine::betterauth::SessionRows>> {
            const auto row = [](const char *text) { return jose::parseJson(QString::fromLatin1(text)).value(); };
            auto rows = std::make_unique<test::MemorySessionRows>(
                jose::JsonValue::Array{row(R"({"id":"1","token":"live","expiresAt":"1970-01-07T01:16:40.000Z",)"
                                           R"("userId":"u1","createdAt":"1970-01-01T00:00:00.000Z",)"
                                           R"("updatedAt":"1970-01-01T00:00:00.000Z"})")},
                jose::JsonValue::Array{row(R"({"id":"u1","name":"Ada","email":"ada@example.test",)"
                                           R"("emailVerified":true,"createdAt":"1970-01-01T00:00:00.000Z",)"
                                           R"("updatedAt":"1970-01-01T00:00:00.000Z"})")});
            m_betterRows = rows.get();
            return rows;
        };
        QVERIFY(m_runtime.configureLocal(std::move(local)));
    }
    void configureProxy(const std::shared_ptr<const session::AuthProfile> &profile, proxy::Fetch fetch)
    {
        engine::ProxyRuntime proxied;
        proxied.profile = profile;
        proxied.clock = m_clock;
        proxied.cache.cache = m_cache;
        proxied.options.baseUrl = QUrl(QStringLiteral("https://auth.test"));
        proxied.options.fetch = std::move(fetch);
        QVERIFY(m_runtime.configureProxy(std::move(proxied)));
    }
    [[nodiscard]] RuntimeSession ask(const QByteArray &cookies, const Call &call = Call::within(1min)) const
    {
        auto answer = m_runtime.getServerSession(RequestHeaders::fromCookie(cookies), call);
        return answer ? std::move(*answer) : RuntimeSession();
    }
    [[nodiscard]] RuntimeSession askTogether(const QByteArray &cookies) const
    {
        const RequestHeaders request = RequestHeaders::fromCookie(cookies);
        auto answers = m_runtime.resolveMany({&request, 1}, Call::within(1min));
        return answers ? std::move(answers->front()) : RuntimeSession();
    }

private Q_SLOTS:
    void init()
    {
        m_clock = std::make_shared<test::ManualClock>();
        m_cache = std::make_shared<cache::MemoryCache>(1 << 20, *m_clock);
        m_store.rows.clear();
        store::SessionRow row;
        row.userId = row.userName = QStringLiteral("ada");
        row.hasUser = true;
        row.expires = m_clock->now() + 6 * 24h + 1h;
        m_store.rows.insert("live", row);
    }

    void aRevokedSessionIsNotPutBackByItsCookieCache_data()
    {
        QTest::addColumn<bool>("together");
        QTest::newRow("one by one") << false;
        QTest::newRow("together") << true;
    }
    void aRevokedSessionIsNotPutBackByItsCookieCache()
    {
        QFETCH(bool, together);
        const auto profile = profileOf(AuthVersion::BetterAuth);
        profile->betterAuth.cookieCache = session::CookieCache{session::CookieCacheStrategy::Compact, 60s, {}};
        configureLocal(profile);
        const QByteArray token = betterCookie("live");
        const RuntimeSession filled = ask(token);
        QCOMPARE(outcomeOf(filled), QStringLiteral("session"));
        QCOMPARE(filled.setCookies.size(), std::size_t{1});
        const QByteArray line = filled.setCookies.front().view().toByteArray();
        const QByteArray both = token + "; " + line.first(line.indexOf(';'));
        QCOMPARE(ask(token).cache, StepOutcome::Hit);

        QVERIFY(m_betterRows->remove("live", {}));
        QCOMPARE(m_cache->erase("live", {}).value(), true);
        // The library believes its cookie for a minute: so must we, but nobody else.
        const RuntimeSession believed = together ? askTogether(both) : ask(both);
        QCOMPARE(outcomeOf(believed), QStringLiteral("session"));
        QVERIFY(!believed.isShareable);
        QCOMPARE(outcomeOf(ask(token)), QStringLiteral("row-missing"));
    }

    void aRenewalThatIsOnlyObservedProlongsNothing()
    {
        configureLocal(profileOf(AuthVersion::BetterAuth));
        m_clock->advance(2h);
        const RuntimeSession answer = ask(betterCookie("live"));
        QCOMPARE(outcomeOf(answer), QStringLiteral("session"));
        QCOMPARE(answer.rowEffect, session::RowEffect::Extend);
        QCOMPARE(answer.validUntil, std::optional(base::Instant(523'000s))); // the row's
    }

    void aProxyKeepsNothingThatACookieCacheMayHaveSaid()
    {
        int asked = 0;
        configureProxy(profileOf(AuthVersion::BetterAuth), [&asked](const auto &, const auto &) {
            ++asked;
            return base::Result<http::HttpResponse>(http::HttpResponse{
                200, {}, R"({"session":{"expiresAt":"2999-01-01T00:00:00.000Z"},"user":{"id":"u1"}})", {}});
        });
        const QByteArray token = betterCookie("live");
        const QByteArray both = token + "; better-auth.session_data=d";
        for (int i = 1; i < 3; ++i) {
            const RuntimeSession answer = ask(both);
            QCOMPARE(outcomeOf(answer), QStringLiteral("session"));
            QCOMPARE(answer.cache, StepOutcome::Skipped);
            QVERIFY(!answer.isShareable);
            QCOMPARE(asked, i);
        }
        QCOMPARE(outcomeOf(askTogether(both)), QStringLiteral("session"));
        QCOMPARE(ask(token).cache, StepOutcome::Miss);
        QCOMPARE(ask(token).cache, StepOutcome::Hit);
        QCOMPARE(asked, 4);
        // Signing out ends what is kept, whichever cookies the request still has.
        QVERIFY(m_runtime.noteSignOut(RequestHeaders::fromCookie(both), {}));
        QCOMPARE(ask(token).cache, StepOutcome::Miss);
    }

    void oneCallersDeadlineIsNotAnothersNull_data()
    {
        QTest::addColumn<std::chrono::milliseconds>("deadline");
        QTest::addColumn<QString>("others");
        QTest::addColumn<int>("asked");
        QTest::newRow("the first caller's own") << 3000ms << QStringLiteral("session") << 2;
        QTest::newRow("the client's, which is the same for all")
            << std::chrono::milliseconds(1h) << QStringLiteral("proxy-timeout") << 1;
    }
    void oneCallersDeadlineIsNotAnothersNull()
    {
        QFETCH(std::chrono::milliseconds, deadline);
        QFETCH(QString, others);
        std::atomic<int> asked{0};
        std::binary_semaphore isAsked(0);
        configureProxy(profileOf(AuthVersion::V5),
                       [&, deadline](const auto &, const Call &call) -> base::Result<http::HttpResponse> {
                           if (++asked > 1)
                               return http::HttpResponse{200, {}, R"({"user":{"name":"Ada"}})", {}};
                           isAsked.release();
                           const auto limit = Call::Clock::now() + 20s;
                           const auto isOver = [&] {
                               return m_cache->flights().waiting() == 1 && (deadline > 1min || call.expired());
                           };
                           while (!isOver() && Call::Clock::now() < limit)
                               std::this_thread::yield();
                           return base::fail(base::Error(base::ErrorCode::Timeout));
                       });
        const QByteArray cookie = "authjs.session-token=t";
        QString first;
        std::jthread hasty([&] { first = outcomeOf(ask(cookie, Call::within(deadline))); });
        isAsked.acquire();
        const RuntimeSession patient = ask(cookie, Call::within(1h));
        hasty.join();
        QCOMPARE(first, QStringLiteral("proxy-timeout"));
        QCOMPARE(outcomeOf(patient), others);
        QTEST(asked.load(), "asked");
    }

    void oneRequestsOtherCookiesAreNotAnothersNull()
    {
        const auto ofTheCache = m_clock;
        const auto clock = std::make_shared<HookedClock>();
        m_clock = clock;
        configureLocal(profileOf(AuthVersion::V5));
        std::atomic<bool> isFirst{true};
        std::binary_semaphore isAsked(0);
        clock->hook = [&] {
            if (!isFirst.exchange(false))
                return;
            isAsked.release();
            const auto limit = Call::Clock::now() + 20s;
            while (m_cache->flights().waiting() == 0 && Call::Clock::now() < limit)
                std::this_thread::yield();
        };
        QString bad;
        std::jthread first(
            [&] { bad = outcomeOf(ask("authjs.session-token=live; authjs.callback-url=javascript%3A1")); });
        isAsked.acquire();
        const RuntimeSession good = ask("authjs.session-token=live");
        first.join();
        QCOMPARE(bad, QStringLiteral("invalid-callback-url"));
        QCOMPARE(outcomeOf(good), QStringLiteral("session"));
    }

    void aBatchNamesTheReasonsOfSingleCalls_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::newRow("v4") << AuthVersion::V4;
        QTest::newRow("v5") << AuthVersion::V5;
        QTest::newRow("better auth") << AuthVersion::BetterAuth;
    }
    void aBatchNamesTheReasonsOfSingleCalls()
    {
        QFETCH(AuthVersion, version);
        configureLocal(profileOf(version));
        const QByteArray valid = version == AuthVersion::BetterAuth ? betterCookie("live")
                                 : version == AuthVersion::V4       ? QByteArray("next-auth.session-token=live")
                                                                    : QByteArray("authjs.session-token=live");
        const http::HeaderList bearer{{"Authorization", "Bearer t"}};
        std::vector<RequestHeaders> requests;
        requests.push_back(RequestHeaders::fromCookie(valid));
        requests.push_back(RequestHeaders::fromList(bearer));
        requests.push_back(RequestHeaders());
        requests.push_back(RequestHeaders::fromCookie("theme=dark"));
        const QStringList expected{QStringLiteral("session"), QStringLiteral("bearer-only"),
                                   QStringLiteral("helper-without-request"), QStringLiteral("no-cookie")};
        const auto together = m_runtime.resolveMany(requests, {});
        QVERIFY(together);
        QCOMPARE(together->size(), requests.size());
        for (std::size_t i = 0; i < requests.size(); ++i) {
            const auto alone = m_runtime.getServerSession(requests[i], {});
            QCOMPARE(outcomeOf(*alone), expected.at(static_cast<qsizetype>(i)));
            QCOMPARE(outcomeOf(together->at(i)), outcomeOf(*alone));
            QCOMPARE(together->at(i).evidence, alone->evidence);
        }
    }
};

QTEST_GUILESS_MAIN(CachedModeTest)
#include "tst_CachedMode.moc"
