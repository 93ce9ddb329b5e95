#include <QtTest>

#include "core/engine/SessionEndpoint.h"
#include "core/http/CookieNames.h"
#include "core/jose/TokenCodec.h"

using namespace rollcall;
using engine::Callbacks;
using engine::EndpointRequest;
using engine::EndpointResponse;
using engine::SessionEndpoint;
using session::AuthVersion;

namespace {

const base::Instant now{std::chrono::seconds(1'760'000'000)};

std::shared_ptr<session::AuthProfile> profileOf(AuthVersion version)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = session::Strategy::Jwt;
    profile->cookieParser = session::CookieParser::Web;
    profile->trustHost = true;
    profile->secrets.emplace_back(QByteArrayView("s"));
    return profile;
}

QByteArray signedIn(AuthVersion version)
{
    const QByteArray name = http::defaultCookieName(version, http::CookiePurpose::Session, false);
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(QByteArrayView("s"));
    const auto token = jose::encodeToken(version, "{\"name\":\"Ada\"}", secrets,
                                         version == AuthVersion::V4 ? QByteArray() : name, std::chrono::hours(1), now);
    return name + '=' + token->view().toByteArray();
}

EndpointResponse ask(const std::shared_ptr<session::AuthProfile> &profile, const EndpointRequest &request,
                     const std::shared_ptr<const Callbacks> &callbacks = nullptr)
{
    const SessionEndpoint endpoint(profile, callbacks);
    engine::EndpointContext context;
    context.now = now;
    if (profile->version == AuthVersion::V5)
        return endpoint.handleV5(request, engine::SessionForm::Endpoint, context, {});
    return endpoint.handleV4(request, *session::parseBaseUrl(QByteArray("http://localhost:3000")), context, {});
}

EndpointRequest requestWith(const QByteArray &cookie)
{
    EndpointRequest request;
    request.url = "http://localhost:3000/api/auth/session";
    request.headers.emplace_back("Cookie", cookie);
    return request;
}

} // namespace

/// The session endpoint beyond the vectors. Expectations: next-auth 4.24.15, @auth/core 0.41.3, Node 20.
class SessionEndpointTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void severalCookieLines()
    {
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            EndpointRequest request = requestWith("theme=dark");
            request.headers.emplace_back("cookie", signedIn(version));
            QVERIFY(ask(profileOf(version), request).body.contains("Ada"));
        }
    }
};

QTEST_GUILESS_MAIN(SessionEndpointTest)
#include "tst_SessionEndpoint.moc"
