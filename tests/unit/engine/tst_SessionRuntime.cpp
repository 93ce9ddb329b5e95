#include <QtTest>

#include <latch>
#include <thread>

#include "core/async/Worker.h"
#include "core/base/ErrorText.h"
#include "core/jose/TokenCodec.h"
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

const QByteArray sessionName = QByteArrayLiteral("authjs.session-token");

QByteArray jwt()
{
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(QByteArrayView("secret"));
    return jose::encodeToken(AuthVersion::V5, R"({"name":"Ada","sub":"u1"})", secrets, sessionName,
                             std::chrono::hours(1), runtimeNow)
        ->view()
        .toByteArray();
}

/// A v5 runtime over the rows "a", "b" and, expired, "old" of a store.
void configureOver(SessionRuntime &runtime, test::FakeStore &store, engine::RowDetail detail = engine::RowDetail::Known)
{
    store.rows.insert("a", rowOf(QStringLiteral("ada"), runtimeNow + std::chrono::hours(24 * 30)));
    store.rows.insert("b", rowOf(QStringLiteral("bob"), runtimeNow + std::chrono::hours(24 * 30)));
    store.rows.insert("old", rowOf(QStringLiteral("old"), runtimeNow - std::chrono::hours(1)));
    auto local = localOf(profileOf(AuthVersion::V5, Strategy::Database));
    local.openAdapter = [&store, detail](const Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
        return engine::makeStoreAdapter(store, detail);
    };
    QVERIFY(runtime.configureLocal(std::move(local)));
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
        const QByteArray once = headers.front().second;
        QCOMPARE(RequestHeaders::fromList(blanks).authorization(), QByteArrayView(blanks.front().second).trimmed());
        QCOMPARE(RequestHeaders::fromList(twice).authorization(), QByteArrayView(QByteArray(once + ", " + once)));
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
        QTest::addColumn<int>("surplus");
        for (const int surplus : {-2, -1, 1})
            QTest::addRow("%d", surplus) << surplus;
    }
    void anAdapterThatMiscountsFailsItsRowsAlone()
    {
        QFETCH(int, surplus);
        auto local = localOf(profileOf(AuthVersion::V5, Strategy::Database));
        local.openAdapter = [surplus](const Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
            return std::make_unique<MiscountingAdapter>(surplus);
        };
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(std::move(local)));
        const Requests given({sessionName + "=a", "theme=dark", sessionName + "=b"});
        QCOMPARE(namesOf(runtime.resolveMany(given.headers, {})),
                 (QByteArrayList{"adapter-error", "no-cookie", "adapter-error"}));
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
        store.rows.insert("a", rowOf(QStringLiteral("ada"), runtimeNow + std::chrono::hours(24 * 30)));
        store.moreOfSession = {
            {QStringLiteral("deviceName"), store::ColumnRole::Other, jose::JsonValue(QStringLiteral("phone"))}};
        store.moreOfUser = {
            {QStringLiteral("email_verified"), store::ColumnRole::EmailVerified, jose::JsonValue()},
            {QStringLiteral("role"), store::ColumnRole::Other, jose::JsonValue(QStringLiteral("admin"))},
            {QStringLiteral("logins"), store::ColumnRole::Other, jose::JsonValue(7.0)}};
        const auto adapter = engine::makeStoreAdapter(store, engine::RowDetail::Whole);
        const engine::SessionEndpoint endpoint(profileOf(AuthVersion::V5, Strategy::Database), nullptr);
        engine::EndpointContext context{runtimeNow, adapter.get()};
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
};

QTEST_GUILESS_MAIN(SessionRuntimeTest)
#include "tst_SessionRuntime.moc"
