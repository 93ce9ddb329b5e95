#include <QtTest>

#include <stdexcept>

#include "core/engine/SessionEndpoint.h"

using namespace rollcall;
using engine::CallbackResult;
using engine::Callbacks;
using engine::EndpointRequest;
using jose::JsonValue;
using session::NullReason;

namespace {

struct Case
{
    session::AuthVersion version = session::AuthVersion::V5;
    Callbacks callbacks;
    std::function<void(session::AuthProfile &)> profile = [](auto &) {};
    std::function<void(EndpointRequest &)> request = [](auto &) {};
    NullReason reason = NullReason::NoCookie;
    int status = 200;
    qsizetype cleared = 0; ///< session cookies
};

QMap<QByteArray, Case> cases()
{
    const auto null = [](const auto &) -> CallbackResult { return JsonValue(); };
    const auto empty = [](const auto &) -> CallbackResult { return JsonValue(JsonValue::Object()); };
    const auto throws = [](const auto &) -> CallbackResult { throw std::runtime_error("oh"); };
    QMap<QByteArray, Case> all;
    all["session null"].callbacks.session = null;
    all["session null"].reason = NullReason::SessionCbNull;
    all["session empty"].version = session::AuthVersion::V4;
    all["session empty"].callbacks.session = empty;
    all["session empty"].reason = NullReason::SessionCbEmpty;
    all["session throws"].callbacks.session = throws;
    all["session throws"].reason = NullReason::SessionCbThrew;
    all["session throws"].cleared = 1;
    all["jwt null"].callbacks.jwt = null;
    all["jwt null"].reason = NullReason::JwtCbNull;
    all["jwt null"].cleared = 1;
    all["jwt throws"].callbacks.jwt = throws;
    all["jwt throws"].reason = NullReason::JwtCbThrew;
    all["jwt throws"].cleared = 1;
    all["decode null"].callbacks.decode = null;
    all["decode null"].reason = NullReason::CustomDecodeNull;
    all["decode null"].cleared = 1;
    all["untrusted"].profile = [](session::AuthProfile &profile) { profile.trustHost = false; };
    all["untrusted"].reason = NullReason::UntrustedHost;
    all["untrusted"].status = 500;
    all["path"].request = [](EndpointRequest &request) { request.url = "http://localhost:3000/other/session"; };
    all["path"].reason = NullReason::WrongBasePath;
    all["path"].status = 400;
    all["url"].request = [](EndpointRequest &request) { request.url = "http,https://x/api/auth/session"; };
    all["url"].reason = NullReason::UnusableUrl;
    all["url"].status = 400;
    all["method"].request = [](EndpointRequest &request) { request.method = "HEAD"; };
    all["method"].reason = NullReason::MethodRefused;
    all["method"].status = 400;
    all["callback"].request = [](EndpointRequest &request) { request.url += "?callbackUrl=javascript:1"; };
    all["callback"].reason = NullReason::InvalidCallbackUrl;
    all["callback"].status = 500;
    return all;
}

} // namespace

/// Each way in which configuration, request or callbacks leave the session endpoint without a session.
class EndpointReasonsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void names_data()
    {
        QTest::addColumn<QByteArray>("name");
        const auto all = cases();
        for (const QByteArray &name : all.keys())
            QTest::newRow(name.constData()) << name;
    }
    void names()
    {
        QFETCH(QByteArray, name);
        const Case given = cases().value(name);
        auto profile = std::make_shared<session::AuthProfile>();
        profile->version = given.version;
        profile->strategy = session::Strategy::Jwt;
        profile->cookieParser = session::CookieParser::Web;
        profile->secrets.emplace_back("secret");
        given.profile(*profile);
        const base::Instant now = base::SystemClock().now();
        const auto token = engine::mintCanaryJwt(*profile, std::chrono::hours(1), now);
        QVERIFY(token);
        EndpointRequest request;
        request.url = "http://localhost:3000/api/auth/session";
        request.headers.emplace_back(
            "Cookie", QByteArray(engine::sessionCookieName(*profile) + '=' + token->view().toByteArray()));
        given.request(request);
        const engine::SessionEndpoint endpoint(profile, std::make_shared<const Callbacks>(given.callbacks));
        const engine::EndpointContext context{now};
        const auto base = session::parseBaseUrl(std::nullopt);
        const auto response = given.version == session::AuthVersion::V4
                                  ? endpoint.handleV4(request, *base, context, {})
                                  : endpoint.handleV5(request, engine::SessionForm::Endpoint, context, {});
        QCOMPARE(response.outcome.reason, given.reason);
        QVERIFY(!response.outcome.evidence.isEmpty());
        QCOMPARE(response.status, given.status);
        const auto cleared = std::ranges::count_if(
            response.setCookies, [](const http::SetCookie &cookie) { return cookie.value.isEmpty(); });
        QCOMPARE(qsizetype{cleared}, given.cleared);
    }
};

QTEST_GUILESS_MAIN(EndpointReasonsTest)
#include "tst_EndpointReasons.moc"
