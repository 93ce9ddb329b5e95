#include <QtTest>

#include <latch>
#include <thread>

#include "core/async/Worker.h"
#include "core/base/ErrorText.h"
#include "core/engine/SessionRuntime.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/engine/betterauth/StoreRows.h"
#include "core/http/Cookie.h"
#include "core/jose/TokenCodec.h"
#include "tests/support/MemorySessionRows.h"
#include "tests/unit/engine/FakeStore.h"

using namespace rollcall;
using base::Call;
using engine::RequestHeaders;
using engine::SessionRuntime;
using session::AuthVersion;
using session::NullReason;
using session::Strategy;

namespace {

const base::Instant now{std::chrono::seconds(1'760'000'000)};
const QByteArray sessionName = QByteArrayLiteral("authjs.session-token");

std::shared_ptr<session::AuthProfile> profileOf(AuthVersion version, Strategy strategy)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = strategy;
    profile->secrets.emplace_back(QByteArrayView("secret"));
    return profile;
}

engine::LocalRuntime localOf(std::shared_ptr<const session::AuthProfile> profile)
{
    engine::LocalRuntime runtime;
    runtime.profile = std::move(profile);
    runtime.clock = std::make_shared<const base::FixedClock>(now);
    return runtime;
}

QByteArray jwt()
{
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(QByteArrayView("secret"));
    return jose::encodeToken(AuthVersion::V5, R"({"name":"Ada","sub":"u1"})", secrets, sessionName,
                             std::chrono::hours(1), now)
        ->view()
        .toByteArray();
}

store::SessionRow rowOf(const QString &user, base::Instant expires)
{
    store::SessionRow row;
    row.userId = user;
    row.userName = user;
    row.hasUser = true;
    row.expires = expires;
    return row;
}

/// A v5 runtime over the rows "a", "b" and, expired, "old" of a store.
void configureOver(SessionRuntime &runtime, test::FakeStore &store, engine::RowDetail detail = engine::RowDetail::Known)
{
    store.rows.insert("a", rowOf(QStringLiteral("ada"), now + std::chrono::hours(24 * 30)));
    store.rows.insert("b", rowOf(QStringLiteral("bob"), now + std::chrono::hours(24 * 30)));
    store.rows.insert("old", rowOf(QStringLiteral("old"), now - std::chrono::hours(1)));
    auto local = localOf(profileOf(AuthVersion::V5, Strategy::Database));
    local.openAdapter = [&store, detail](const Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
        return engine::makeStoreAdapter(store, detail);
    };
    QVERIFY(runtime.configureLocal(std::move(local)));
}

QByteArray betterCookie(const QByteArray &token)
{
    return "better-auth.session_token=" +
           http::encodeUriComponent(engine::betterauth::signCookie("secret", token).view());
}

/// Requests with these Cookie headers.
struct Requests
{
    explicit Requests(QByteArrayList texts) : cookies(std::move(texts))
    {
        for (const QByteArray &cookie : std::as_const(cookies))
            headers.push_back(RequestHeaders::fromCookie(cookie));
    }
    QByteArrayList cookies;
    std::vector<RequestHeaders> headers;
};

/// The user's name in an answer, or why there is none.
QByteArray nameOf(const engine::RuntimeSession &answer)
{
    if (!answer.session)
        return answer.reason ? session::nullReasonName(*answer.reason).toUtf8() : QByteArray("no reason");
    const auto body = jose::parseJson(QString::fromUtf8(*answer.session)).value_or(jose::JsonValue());
    const auto *user = body.find(u"user");
    const auto *name = user ? user->find(u"name") : nullptr;
    return name && name->string() ? name->string()->toUtf8() : QByteArray("no name");
}

QByteArrayList namesOf(const base::Result<std::vector<engine::RuntimeSession>> &answers)
{
    QByteArrayList names;
    for (const engine::RuntimeSession &answer : answers.value())
        names << nameOf(answer);
    return names;
}

/// An application's adapter that answers a batch with @p surplus rows more than it was asked for.
class MiscountingAdapter final : public engine::Adapter
{
public:
    explicit MiscountingAdapter(int surplus) : m_surplus(surplus) {}
    base::Result<std::optional<engine::SessionAndUser>> getSessionAndUser(QByteArrayView, const Call &) override
    {
        return std::optional<engine::SessionAndUser>();
    }
    base::Result<std::vector<std::optional<engine::SessionAndUser>>>
    getSessionsAndUsers(std::span<const QByteArrayView> tokens, const Call &) override
    {
        return std::vector<std::optional<engine::SessionAndUser>>(tokens.size() + static_cast<std::size_t>(m_surplus));
    }
    base::Status updateSession(QByteArrayView, base::Instant, const Call &) override { return {}; }
    base::Status deleteSession(QByteArrayView, base::Instant, const Call &) override { return {}; }

private:
    int m_surplus;
};

/// The same for Better Auth.
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

/// The runtime's front door: what it may be given, in which modes it answers, and what bounds it.
class SessionRuntimeTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesEachFormOfInput()
    {
        const QByteArray token = jwt();
        const QByteArray cookie = "theme=dark; " + sessionName + '=' + token;
        const http::HeaderList list{{"Host", "app.test"}, {"COOKIE", cookie}};
        const http::HeaderList split{{"cookie", "theme=dark"}, {"Cookie", sessionName + '=' + token}};
        const std::map<QByteArray, QByteArray> record{{"accept", "*/*"}, {"Cookie", cookie}};
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(localOf(profileOf(AuthVersion::V5, Strategy::Jwt))));
        std::vector<RequestHeaders> requests;
        requests.push_back(RequestHeaders::fromCookie(cookie));
        requests.push_back(RequestHeaders::fromList(list));
        requests.push_back(RequestHeaders::fromList(split));
        requests.push_back(RequestHeaders::fromRecord(record));
        for (const RequestHeaders &request : requests) {
            const auto answer = runtime.getServerSession(request, {});
            QCOMPARE(nameOf(*answer), QByteArray("Ada"));
            QVERIFY(!answer->reason);
            QCOMPARE(answer->userId, QStringLiteral("u1"));
            QVERIFY(!answer->setCookies.empty());
            const auto claims = runtime.getToken(request, false, {});
            QVERIFY(claims && claims->json && claims->json->contains("\"sub\":\"u1\""));
            const auto raw = runtime.getToken(request, true, {});
            QVERIFY(raw && raw->raw);
            QCOMPARE(raw->raw->view().toByteArray(), token);
        }
    }

    void anAbsentInputIsNoHeaders()
    {
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(localOf(profileOf(AuthVersion::V5, Strategy::Jwt))));
        QCOMPARE(runtime.getServerSession(RequestHeaders(), {})->reason, NullReason::HelperWithoutRequest);
        QCOMPARE(runtime.getToken(RequestHeaders(), false, {})->reason, NullReason::HelperWithoutRequest);
        // An empty request is a request.
        QCOMPARE(runtime.getServerSession(RequestHeaders::fromCookie({}), {})->reason, NullReason::NoCookie);
        QCOMPARE(runtime.getServerSession(RequestHeaders::fromList({}), {})->reason, NullReason::NoCookie);
    }

    void aBearerTokenIsGetTokensAlone()
    {
        const http::HeaderList headers{{"authorization", "Bearer " + jwt()}};
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(localOf(profileOf(AuthVersion::V5, Strategy::Jwt))));
        const auto request = RequestHeaders::fromList(headers);
        QCOMPARE(runtime.getServerSession(request, {})->reason, NullReason::BearerOnly);
        QVERIFY(runtime.getToken(request, false, {})->json);
        // As `Headers` hands them on: without the blanks around, and several as one.
        const http::HeaderList blanks{{"Authorization", " Bearer " + jwt() + "\t"}};
        QVERIFY(runtime.getToken(RequestHeaders::fromList(blanks), false, {})->json);
        const http::HeaderList twice{headers.front(), headers.front()};
        QVERIFY(!runtime.getToken(RequestHeaders::fromList(twice), false, {})->json);
    }

    void unconfiguredIsNoNull()
    {
        const SessionRuntime runtime;
        const Requests given({sessionName + "=x"});
        const auto &requests = given.headers;
        QCOMPARE(runtime.getServerSession(requests.front(), {}).error().code, base::ErrorCode::Unconfigured);
        QCOMPARE(runtime.getToken(requests.front(), false, {}).error().code, base::ErrorCode::Unconfigured);
        QCOMPARE(runtime.resolveMany(requests, {}).error().code, base::ErrorCode::Unconfigured);
        SessionRuntime configured;
        QCOMPARE(configured.configureLocal({}).error().code, base::ErrorCode::Unconfigured);
        QCOMPARE(configured.configureProxy({}).error().code, base::ErrorCode::Unconfigured);
        // What is missing is said: this is no use before configuring.
        QVERIFY(base::describe(configured.configureLocal({}).error()).message.contains(u"no profile was given"));
    }

    void decodingWithoutASecretIsAnError()
    {
        const auto profile = profileOf(AuthVersion::V5, Strategy::Jwt);
        profile->secrets.clear();
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(localOf(profile)));
        const QByteArray cookie = sessionName + "=x";
        QCOMPARE(runtime.getToken(RequestHeaders::fromCookie(cookie), false, {}).error().code,
                 base::ErrorCode::SecretMissing);
    }

    void keepsToItsBounds()
    {
        test::FakeStore store;
        SessionRuntime runtime;
        configureOver(runtime, store);
        const QByteArray cookie = sessionName + "=a";
        const auto request = RequestHeaders::fromCookie(cookie);
        std::stop_source stop;
        stop.request_stop();
        for (const Call &call :
             {Call::within(std::chrono::milliseconds(-1)), Call::within(std::chrono::hours(1), stop.get_token())}) {
            QCOMPARE(runtime.getServerSession(request, call)->reason, NullReason::CancelledOrDeadline);
            QCOMPARE(runtime.getToken(request, false, call)->reason, NullReason::CancelledOrDeadline);
            QCOMPARE(namesOf(runtime.resolveMany({&request, 1}, call)), QByteArrayList{"cancelled-or-deadline"});
        }
        QVERIFY(store.calls.isEmpty());
        // Decoding waits for nothing, so that nothing is cut short.
        QVERIFY(runtime.configureLocal(localOf(profileOf(AuthVersion::V5, Strategy::Jwt))));
        const QByteArray token = sessionName + '=' + jwt();
        QVERIFY(runtime.getServerSession(RequestHeaders::fromCookie(token), Call::within(std::chrono::seconds(-1)))
                    ->session);
    }

    void stopsWhileTheDatabaseIsAsked()
    {
        std::stop_source stop;
        test::FakeStore store;
        store.failing << QStringLiteral("lookup");
        store.beforeLookup = [&stop] { stop.request_stop(); };
        SessionRuntime runtime;
        configureOver(runtime, store);
        const QByteArray cookie = sessionName + "=a";
        const auto answer = runtime.getServerSession(RequestHeaders::fromCookie(cookie),
                                                     Call::within(std::chrono::hours(1), stop.get_token()));
        QCOMPARE(answer->reason, NullReason::CancelledOrDeadline);
    }

    void aWorkerIsItsAsynchronousForm()
    {
        test::FakeStore store;
        SessionRuntime runtime;
        configureOver(runtime, store);
        const QByteArray cookie = sessionName + "=a";
        std::optional<base::Result<engine::RuntimeSession>> answer;
        std::stop_token ofWorker;
        std::latch begun(1);
        // The database keeps the look-up waiting until it is no longer wanted.
        store.failing << QStringLiteral("lookup");
        store.beforeLookup = [&] {
            begun.count_down();
            while (!ofWorker.stop_requested())
                std::this_thread::yield();
        };
        std::optional<async::Worker> worker(std::in_place, "runtime");
        QVERIFY(worker->submit([&](std::stop_token stop) {
            ofWorker = stop;
            answer = runtime.getServerSession(RequestHeaders::fromCookie(cookie),
                                              Call::within(std::chrono::hours(1), std::move(stop)));
        }));
        begun.wait(); // whoever submitted it was not kept waiting
        worker.reset();
        QCOMPARE(answer->value().reason, NullReason::CancelledOrDeadline);
    }

    void resolvesManyInOneStatement()
    {
        test::FakeStore store;
        SessionRuntime runtime;
        configureOver(runtime, store);
        const http::HeaderList list{{"Cookie", sessionName + "=b"}};
        const http::HeaderList bearer{{"Authorization", "Bearer t"}};
        const std::map<QByteArray, QByteArray> record{{"cookie", sessionName + "=unknown"}};
        const QByteArray a = sessionName + "=a";
        const QByteArray old = sessionName + "=old";
        const QByteArray empty = sessionName + '=';
        std::vector<RequestHeaders> requests;
        requests.push_back(RequestHeaders::fromCookie(a));
        requests.push_back(RequestHeaders());
        requests.push_back(RequestHeaders::fromList(list));
        requests.push_back(RequestHeaders::fromRecord(record));
        requests.push_back(RequestHeaders::fromList(bearer));
        requests.push_back(RequestHeaders::fromCookie(old));
        requests.push_back(RequestHeaders::fromCookie(empty));
        requests.push_back(RequestHeaders::fromCookie(a));
        const auto answers = runtime.resolveMany(requests, {});
        QCOMPARE(namesOf(answers), (QByteArrayList{"ada", "helper-without-request", "bob", "row-missing", "bearer-only",
                                                   "row-expired", "empty-cookie", "ada"}));
        QCOMPARE(store.calls, QStringList{QStringLiteral("lookupMany a b unknown old a")});
        QCOMPARE(namesOf(runtime.resolveMany({}, {})), QByteArrayList());
        // The same, asked one by one.
        for (std::size_t i = 0; i < requests.size(); ++i) {
            const auto one = runtime.getServerSession(requests[i], {});
            QCOMPARE(one->session, answers->at(i).session);
            QCOMPARE(one->reason, answers->at(i).reason);
        }
    }

    void aFailedBatchFailsItsRowsAlone()
    {
        test::FakeStore store;
        store.failing << QStringLiteral("lookupMany");
        SessionRuntime runtime;
        configureOver(runtime, store);
        const Requests given({sessionName + "=a", "theme=dark", sessionName + "=b"});
        const auto &requests = given.headers;
        QCOMPARE(namesOf(runtime.resolveMany(requests, {})),
                 (QByteArrayList{"adapter-error", "no-cookie", "adapter-error"}));
    }

    void anAdapterThatMiscountsFailsItsRowsAlone_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::addColumn<int>("surplus");
        QTest::addColumn<QByteArray>("reason");
        for (const int surplus : {-2, -1, 1}) {
            QTest::addRow("v5 %d", surplus) << AuthVersion::V5 << surplus << QByteArray("adapter-error");
            QTest::addRow("better auth %d", surplus)
                << AuthVersion::BetterAuth << surplus << QByteArray("ba-store-error");
        }
    }
    void anAdapterThatMiscountsFailsItsRowsAlone()
    {
        QFETCH(AuthVersion, version);
        QFETCH(int, surplus);
        QFETCH(QByteArray, reason);
        auto local = localOf(profileOf(version, Strategy::Database));
        local.openAdapter = [surplus](const Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
            return std::make_unique<MiscountingAdapter>(surplus);
        };
        local.openRows = [surplus](const Call &) -> base::Result<std::unique_ptr<engine::betterauth::SessionRows>> {
            return std::make_unique<MiscountingRows>(surplus);
        };
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(std::move(local)));
        const bool isBetter = version == AuthVersion::BetterAuth;
        const Requests given({isBetter ? betterCookie("a") : sessionName + "=a", "theme=dark",
                              isBetter ? betterCookie("b") : sessionName + "=b"});
        QCOMPARE(namesOf(runtime.resolveMany(given.headers, {})), (QByteArrayList{reason, "no-cookie", reason}));
    }

    void aRequestWithoutATokenOpensNoDatabase()
    {
        int opened = 0;
        auto local = localOf(profileOf(AuthVersion::V5, Strategy::Database));
        local.openAdapter = [&opened](const Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
            ++opened;
            return base::fail(base::Error(base::ErrorCode::DatabaseUnavailable));
        };
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(std::move(local)));
        const Requests given({"theme=dark", sessionName + "=a"});
        const auto &requests = given.headers;
        QCOMPARE(nameOf(*runtime.getServerSession(requests.front(), {})), QByteArray("no-cookie"));
        QCOMPARE(opened, 0);
        QCOMPARE(nameOf(*runtime.getServerSession(requests.back(), {})), QByteArray("adapter-error"));
        QCOMPARE(opened, 1);
        QCOMPARE(namesOf(runtime.resolveMany(requests, {})), (QByteArrayList{"no-cookie", "adapter-error"}));
    }

    void authShowsWholeRows()
    {
        test::FakeStore store;
        store.rows.insert("a", rowOf(QStringLiteral("ada"), now + std::chrono::hours(24 * 30)));
        store.moreOfSession = {
            {QStringLiteral("deviceName"), store::ColumnRole::Other, jose::JsonValue(QStringLiteral("phone"))}};
        store.moreOfUser = {
            {QStringLiteral("email_verified"), store::ColumnRole::EmailVerified, jose::JsonValue()},
            {QStringLiteral("role"), store::ColumnRole::Other, jose::JsonValue(QStringLiteral("admin"))},
            {QStringLiteral("logins"), store::ColumnRole::Other, jose::JsonValue(7.0)}};
        const auto adapter = engine::makeStoreAdapter(store, engine::RowDetail::Whole);
        const engine::SessionEndpoint endpoint(profileOf(AuthVersion::V5, Strategy::Database), nullptr);
        engine::EndpointContext context{now, adapter.get()};
        const QByteArray url = "http://localhost:3000/api/auth/session";
        const auto whole = engine::authHelper(endpoint, QByteArray(sessionName + "=a"), url, context, {});
        QCOMPARE(whole.session.value_or(QByteArray()),
                 QByteArray(R"({"user":{"id":"ada","name":"ada","email":null,"image":null,"emailVerified":null,)"
                            R"("role":"admin","logins":7},"id":null,"sessionToken":"a","userId":"ada",)"
                            R"("expires":"2025-11-08T08:53:20.000Z","deviceName":"phone"})"));
        // The endpoint's default shape stays what it is.
        engine::EndpointRequest request;
        request.url = url;
        request.headers.emplace_back("Cookie", sessionName + "=a");
        QCOMPARE(endpoint.handleV5(request, engine::SessionForm::Endpoint, context, {}).body,
                 QByteArray(R"({"user":{"name":"ada","email":null,"image":null},)"
                            R"("expires":"2025-11-08T08:53:20.000Z"})"));
    }

    void betterAuthAnswersAsBetterAuth()
    {
        test::FakeStore store;
        // Seven days are the default: this row was renewed less than a day ago, the other more.
        store.rows.insert("live", rowOf(QStringLiteral("ada"), now + std::chrono::hours(24 * 6 + 1)));
        store.rows.insert("due", rowOf(QStringLiteral("bob"), now + std::chrono::hours(24 * 6)));
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

    void betterAuthsOtherPlaces()
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

    void betterAuthsNamesFollowTheAddress()
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
        store.rows.insert("due", rowOf(QStringLiteral("bob"), now + std::chrono::hours(1)));
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

    void aProxyAsksBetterAuthsOwnPath()
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
};

QTEST_GUILESS_MAIN(SessionRuntimeTest)
#include "tst_SessionRuntime.moc"
