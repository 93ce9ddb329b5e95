#include <QtTest>

#include "core/engine/betterauth/SignedCookie.h"
#include "core/engine/betterauth/StoreRows.h"
#include "core/http/Cookie.h"
#include "tests/support/MemorySessionRows.h"
#include "tests/unit/engine/FakeStore.h"
#include "tests/unit/engine/RuntimeTools.h"

using namespace rollcall;
using base::Call;
using engine::RequestHeaders;
using engine::SessionRuntime;
using session::AuthVersion;
using session::NullReason;
using session::Strategy;
using test::localOf;
using test::nameOf;
using test::namesOf;
using test::profileOf;
using test::Requests;
using test::rowOf;
using test::runtimeNow;

namespace {

QByteArray betterCookie(const QByteArray &token)
{
    return "better-auth.session_token=" +
           http::encodeUriComponent(engine::betterauth::signCookie("secret", token).view());
}

/// An application's rows that answer a batch with @p surplus more than it was asked for.
class MiscountingRows final : public engine::betterauth::SessionRows
{
public:
    explicit MiscountingRows(int surplus) : m_surplus(surplus) {}
    base::Result<std::optional<engine::betterauth::SessionAndUser>> find(QByteArrayView, const Call &) override
    {
        return std::optional<engine::betterauth::SessionAndUser>();
    }
    base::Result<std::vector<std::optional<engine::betterauth::SessionAndUser>>>
    findMany(std::span<const QByteArrayView> tokens, const Call &) override
    {
        return std::vector<std::optional<engine::betterauth::SessionAndUser>>(tokens.size() +
                                                                              static_cast<std::size_t>(m_surplus));
    }
    base::Result<std::optional<jose::JsonValue>> renew(QByteArrayView, base::Instant, base::Instant,
                                                       const Call &) override
    {
        return std::optional<jose::JsonValue>();
    }
    base::Status remove(QByteArrayView, const Call &) override { return {}; }
    base::Status end(QByteArrayView, base::Instant, const Call &) override { return {}; }

private:
    int m_surplus;
};

} // namespace

/// The runtime's answers for Better Auth.
class BetterAuthRuntimeTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersAsBetterAuth()
    {
        test::FakeStore store;
        // Seven days are the default: this row was renewed less than a day ago, the other more.
        store.rows.insert("live", rowOf(QStringLiteral("ada"), runtimeNow + std::chrono::hours(24 * 6 + 1)));
        store.rows.insert("due", rowOf(QStringLiteral("bob"), runtimeNow + std::chrono::hours(24 * 6)));
        store.moreOfSession = {
            {QStringLiteral("created_at"), store::ColumnRole::CreatedAt,
             jose::JsonValue(QStringLiteral("2025-10-01T00:00:00.000Z"))},
            {QStringLiteral("ip_address"), store::ColumnRole::IpAddress, jose::JsonValue(QStringLiteral("192.0.2.7"))}};
        store.moreOfUser = {{QStringLiteral("email_verified"), store::ColumnRole::EmailVerified, jose::JsonValue(1.0)}};
        auto local = localOf(profileOf(AuthVersion::BetterAuth, Strategy::Database));
        const auto clock = local.clock;
        local.openRows = [&](const Call &) -> base::Result<std::unique_ptr<engine::betterauth::SessionRows>> {
            return std::make_unique<engine::betterauth::StoreRows>(store, *clock);
        };
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(std::move(local)));
        const QByteArray live = betterCookie("live");
        const auto answer = runtime.getServerSession(RequestHeaders::fromCookie(live), {});
        QCOMPARE(answer->session.value_or(QByteArray()),
                 QByteArray(R"({"session":{"expiresAt":"2025-10-15T09:53:20.000Z","token":"live",)"
                            R"("createdAt":"2025-10-01T00:00:00.000Z","ipAddress":"192.0.2.7","userId":"ada",)"
                            R"("id":null},"user":{"name":"ada","email":null,"emailVerified":true,"image":null,)"
                            R"("id":"ada"}})"));
        QCOMPARE(answer->rowEffect, session::RowEffect::None);
        QVERIFY(answer->setCookies.empty());
        const QByteArray due = betterCookie("due");
        const auto renewed = runtime.getServerSession(RequestHeaders::fromCookie(due), {});
        QCOMPARE(renewed->rowEffect, session::RowEffect::Extend);
        QCOMPARE(renewed->setCookies.size(), std::size_t{1});
        QVERIFY(renewed->setCookies.front().view().startsWith("better-auth.session_token=due."));
        QVERIFY(renewed->setCookies.front().view().toByteArray().contains("Max-Age=604800"));
        // Observing: nothing was written.
        QVERIFY(store.calls.filter(QStringLiteral("extend")).isEmpty());
        // getToken has no token to decode: the session stands for it.
        QCOMPARE(runtime.getToken(RequestHeaders::fromCookie(live), false, {})->json, answer->session);
        QCOMPARE(runtime.getToken(RequestHeaders::fromCookie(live), true, {})->raw->view(),
                 QByteArrayView(live).sliced(live.indexOf('=') + 1));
        QCOMPARE(runtime.getServerSession(RequestHeaders(), {})->reason, NullReason::HelperWithoutRequest);

        store.calls.clear();
        const Requests given({live, "theme=dark", due, betterCookie("unknown"), live + 'x'});
        const auto &requests = given.headers;
        QCOMPARE(namesOf(runtime.resolveMany(requests, {})),
                 (QByteArrayList{"ada", "no-cookie", "bob", "row-missing", "ba-bad-signature"}));
        QCOMPARE(store.calls, QStringList{QStringLiteral("lookupMany live due unknown")});
    }

    void aCookieCacheSparesTheDatabase_data()
    {
        using session::CookieCacheStrategy;
        QTest::addColumn<CookieCacheStrategy>("strategy");
        QTest::newRow("compact") << CookieCacheStrategy::Compact;
        QTest::newRow("jwt") << CookieCacheStrategy::Jwt;
        QTest::newRow("jwe") << CookieCacheStrategy::Jwe;
    }
    void aCookieCacheSparesTheDatabase()
    {
        QFETCH(session::CookieCacheStrategy, strategy);
        const auto profile = profileOf(AuthVersion::BetterAuth, Strategy::Database);
        profile->betterAuth.cookieCache = session::CookieCache{strategy, std::chrono::seconds(60), {}};
        int opened = 0;
        auto local = localOf(profile);
        local.openRows = [&opened](const Call &) -> base::Result<std::unique_ptr<engine::betterauth::SessionRows>> {
            ++opened;
            const auto row = [](const char *text) { return jose::parseJson(QString::fromLatin1(text)).value(); };
            return std::make_unique<test::MemorySessionRows>(
                jose::JsonValue::Array{row(R"({"id":"1","token":"live","expiresAt":"2025-10-16T07:53:20.000Z",)"
                                           R"("userId":"u1","createdAt":"2025-10-09T00:00:00.000Z",)"
                                           R"("updatedAt":"2025-10-09T00:00:00.000Z"})")},
                jose::JsonValue::Array{row(R"({"id":"u1","name":"Ada","email":"ada@example.test",)"
                                           R"("emailVerified":true,"createdAt":"2025-10-09T00:00:00.000Z",)"
                                           R"("updatedAt":"2025-10-09T00:00:00.000Z"})")});
        };
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(std::move(local)));
        QByteArray cookies = betterCookie("live");
        const auto filled = runtime.getServerSession(RequestHeaders::fromCookie(cookies), {});
        QCOMPARE(nameOf(*filled), QByteArray("Ada"));
        QCOMPARE(opened, 1);
        QCOMPARE(filled->setCookies.size(), std::size_t{1});
        const QByteArray line = filled->setCookies.front().view().toByteArray();
        QVERIFY2(line.startsWith("better-auth.session_data=") && line.contains("Max-Age=60"), line.constData());
        // A second runtime shares nothing with the first but the secret.
        cookies += "; " + line.first(line.indexOf(';'));
        SessionRuntime other;
        auto without = localOf(profile);
        without.openRows = [](const Call &) -> base::Result<std::unique_ptr<engine::betterauth::SessionRows>> {
            return base::fail(base::Error(base::ErrorCode::DatabaseUnavailable));
        };
        QVERIFY(other.configureLocal(std::move(without)));
        QCOMPARE(nameOf(*other.getServerSession(RequestHeaders::fromCookie(cookies), {})), QByteArray("Ada"));
    }

    void findsSessionsInOtherPlaces()
    {
        const QByteArray live = betterCookie("live");
        const auto profile = profileOf(AuthVersion::BetterAuth, Strategy::Database);
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(localOf(profile)));
        QCOMPARE(nameOf(*runtime.getServerSession(RequestHeaders::fromCookie(live), {})), QByteArray("ba-store-error"));

        const auto stored = profileOf(AuthVersion::BetterAuth, Strategy::Database);
        stored->betterAuth.secondaryStorage = true;
        QVERIFY(runtime.configureLocal(localOf(stored)));
        QCOMPARE(nameOf(*runtime.getServerSession(RequestHeaders::fromCookie(live), {})), QByteArray("ba-store-error"));
        auto local = localOf(stored);
        local.openStorage = [](const Call &) -> base::Result<std::unique_ptr<engine::betterauth::SecondaryStorage>> {
            jose::JsonValue entries{jose::JsonValue::Object()};
            entries.set(QStringLiteral("live"),
                        jose::JsonValue(QStringLiteral(R"({"session":{"token":"live","userId":"u1",)"
                                                       R"("expiresAt":"2025-10-16T07:53:20.000Z"},)"
                                                       R"("user":{"id":"u1","name":"Ada"}})")));
            return std::make_unique<test::MemoryStorage>(entries);
        };
        QVERIFY(runtime.configureLocal(std::move(local)));
        const Requests given({live, betterCookie("other")});
        const auto &requests = given.headers;
        QCOMPARE(namesOf(runtime.resolveMany(requests, {})), (QByteArrayList{"Ada", "ba-storage-miss"}));
    }

    void namesFollowTheAddress()
    {
        auto local = localOf(profileOf(AuthVersion::BetterAuth, Strategy::Database));
        local.baseUrl = "https://app.test";
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(std::move(local)));
        const QByteArray plain = betterCookie("live");
        QCOMPARE(nameOf(*runtime.getServerSession(RequestHeaders::fromCookie(plain), {})),
                 QByteArray("secure-prefix-mismatch"));
        auto wrong = localOf(profileOf(AuthVersion::BetterAuth, Strategy::Database));
        wrong.baseUrl = "app.test";
        QCOMPARE(runtime.configureLocal(std::move(wrong)).error().code, base::ErrorCode::UrlInvalid);
    }

    void aDeferredRefreshIsLeftToAPost()
    {
        test::FakeStore store;
        store.rows.insert("due", rowOf(QStringLiteral("bob"), runtimeNow + std::chrono::hours(1)));
        const auto profile = profileOf(AuthVersion::BetterAuth, Strategy::Database);
        profile->betterAuth.deferSessionRefresh = true;
        auto local = localOf(profile);
        local.effects = engine::Effects::Apply;
        const auto clock = local.clock;
        local.openRows = [&](const Call &) -> base::Result<std::unique_ptr<engine::betterauth::SessionRows>> {
            return std::make_unique<engine::betterauth::StoreRows>(store, *clock);
        };
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(std::move(local)));
        const QByteArray due = betterCookie("due");
        const auto answer = runtime.getServerSession(RequestHeaders::fromCookie(due), {});
        QVERIFY(answer->session && answer->session->contains(R"("needsRefresh":true)"));
        QCOMPARE(answer->rowEffect, session::RowEffect::None);
        QVERIFY(store.calls.filter(QStringLiteral("extend")).isEmpty());
    }

    void aProxyAsksItsOwnPath()
    {
        QByteArray url;
        QByteArray cookies;
        engine::ProxyRuntime proxied;
        proxied.profile = profileOf(AuthVersion::BetterAuth, Strategy::Database);
        proxied.options.baseUrl = QUrl(QStringLiteral("https://auth.test"));
        proxied.options.fetch = [&](const http::HttpRequest &request,
                                    const Call &) -> base::Result<http::HttpResponse> {
            url = request.url.toEncoded();
            cookies = http::headerValue(request.headers, "Cookie");
            http::HttpResponse response;
            response.status = 200;
            response.body = R"({"session":{"expiresAt":"2025-10-16T07:53:20.000Z"},"user":{"id":"u1","name":"Ada"}})";
            return response;
        };
        SessionRuntime runtime;
        QVERIFY(runtime.configureProxy(std::move(proxied)));
        const auto answer = runtime.getServerSession(
            RequestHeaders::fromCookie("theme=dark; better-auth.session_token=t.s; better-auth.session_data.0=d; "
                                       "better-auth.dont_remember=true.s; better-auth.state=x"),
            {});
        QCOMPARE(nameOf(*answer), QByteArray("Ada"));
        QCOMPARE(base::toIso(answer->validUntil.value()), QStringLiteral("2025-10-16T07:53:20.000Z"));
        QCOMPARE(url, QByteArray("https://auth.test/api/auth/get-session"));
        QCOMPARE(cookies, QByteArray("better-auth.session_token=t.s; better-auth.session_data.0=d; "
                                     "better-auth.dont_remember=true.s"));
    }

    void rowsThatAreMiscountedFailAlone_data()
    {
        QTest::addColumn<int>("surplus");
        for (const int surplus : {-2, -1, 1})
            QTest::addRow("%d", surplus) << surplus;
    }
    void rowsThatAreMiscountedFailAlone()
    {
        QFETCH(int, surplus);
        auto local = localOf(profileOf(AuthVersion::BetterAuth, Strategy::Database));
        local.openRows = [surplus](const Call &) -> base::Result<std::unique_ptr<engine::betterauth::SessionRows>> {
            return std::make_unique<MiscountingRows>(surplus);
        };
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(std::move(local)));
        const Requests given({betterCookie("a"), "theme=dark", betterCookie("b")});
        QCOMPARE(namesOf(runtime.resolveMany(given.headers, {})),
                 (QByteArrayList{"ba-store-error", "no-cookie", "ba-store-error"}));
    }
};

QTEST_GUILESS_MAIN(BetterAuthRuntimeTest)
#include "tst_BetterAuthRuntime.moc"
