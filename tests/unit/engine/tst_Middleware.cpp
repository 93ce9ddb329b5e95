#include <QtTest>

#include "core/engine/Middleware.h"
#include "core/http/CookieNames.h"
#include "core/jose/TokenCodec.h"

using namespace rollcall;
using engine::AuthorizedResult;
using engine::MiddlewareArguments;
using engine::MiddlewareDecision;
using engine::MiddlewareOptions;
using engine::MiddlewareRequest;
using session::AuthVersion;
using session::NullReason;
using Outcome = engine::MiddlewareDecision::Outcome;

namespace {

const base::Instant now{std::chrono::seconds(1'760'000'000)};

std::shared_ptr<session::AuthProfile> profileOf(AuthVersion version, const QByteArray &secret = "s")
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = session::Strategy::Jwt;
    if (!secret.isNull())
        profile->secrets.emplace_back(secret);
    return profile;
}

MiddlewareRequest requestOf(const QByteArray &url, const QByteArray &cookie = {})
{
    MiddlewareRequest request;
    request.url = url;
    if (!cookie.isEmpty())
        request.headers.emplace_back("Cookie", cookie);
    return request;
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

MiddlewareDecision decide(const std::shared_ptr<session::AuthProfile> &profile, const MiddlewareRequest &request,
                          const MiddlewareOptions &options = {})
{
    const engine::SessionEndpoint endpoint(profile, nullptr);
    if (profile->version == AuthVersion::V4)
        return engine::withAuth(endpoint, request, options, {}, now);
    engine::EndpointContext context;
    context.now = now;
    return engine::authMiddleware(endpoint, request, options, {}, context, {});
}

AuthorizedResult never(const MiddlewareArguments &)
{
    return jose::JsonValue(false);
}

} // namespace

/// Beyond middleware.json: reasons N70 to N74, and NextURL's parts. Expectations: next-auth 4.24.15, 5.0.0-beta.32,
/// next 16.4.6.
class MiddlewareTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matcherNotCovering()
    {
        MiddlewareOptions options;
        options.matcher = routes::compileMatcher({{QStringLiteral("/admin/:p*"), true, {}, {}}}, {}).value();
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            const auto open = decide(profileOf(version), requestOf("http://h/orders"), options);
            QCOMPARE(open.outcome, Outcome::Pass);
            QCOMPARE(open.reason, NullReason::MatcherNotCovering);
            options.authorized = never;
            QCOMPARE(decide(profileOf(version), requestOf("http://h/admin/x?a"), options).outcome, Outcome::Redirect);
        }
    }

    void withAuthNeverPassesDatabaseSessions()
    {
        const auto decision =
            decide(profileOf(AuthVersion::V4),
                   requestOf("http://h/x", "next-auth.session-token=11f2b4a0-0000-4000-8000-1234567890ab"));
        QCOMPARE(decision.outcome, Outcome::Redirect);
        QCOMPARE(decision.reason, NullReason::WithauthDatabase);
    }

    void authorizedSaidNo()
    {
        MiddlewareOptions options;
        options.authorized = never;
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            const auto decision = decide(profileOf(version), requestOf("http://h/x", signedIn(version)), options);
            QCOMPARE(decision.outcome, Outcome::Redirect);
            QCOMPARE(decision.reason, NullReason::AuthorizedSaidNo);
            QVERIFY(!decision.evidence.isEmpty());
            // Allowed, there is nothing to explain.
            const auto allowed = decide(profileOf(version), requestOf("http://h/x", signedIn(version)));
            QCOMPARE(allowed.outcome, Outcome::Pass);
            QCOMPARE(allowed.reason, std::nullopt);
        }
    }

    void noSecret()
    {
        for (const QByteArray &secret : {QByteArray(), QByteArray("")}) {
            const auto decision = decide(profileOf(AuthVersion::V4, secret), requestOf("http://h/x"));
            QCOMPARE(decision.location, QByteArray("http://h/api/auth/error?error=Configuration"));
            QCOMPARE(decision.reason, NullReason::MiddlewareNoSecret);
            QCOMPARE(decision.log.front().code, QByteArray("NO_SECRET"));
        }
    }

    void exempt()
    {
        for (const char *path : {"/api/authx", "/_nextx", "/favicon.icox", "/api/auth/signin"}) {
            const auto decision = decide(profileOf(AuthVersion::V4), requestOf(QByteArray("http://h") + path));
            QCOMPARE(decision.outcome, Outcome::Pass);
            QCOMPARE(decision.reason, NullReason::MiddlewareExempt);
        }
    }

    void addresses_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<bool>("configured"); // base path and locales
        QTest::addColumn<QByteArray>("location");
        const auto row = [](AuthVersion version, const char *url, bool configured, const char *location) {
            QTest::addRow("%s %s", version == AuthVersion::V4 ? "v4" : "v5", url)
                << version << QByteArray(url) << configured << QByteArray(location);
        };
        row(AuthVersion::V4, "http://127.0.0.1:3000/a b?x=1", false,
            "http://localhost:3000/api/auth/signin?callbackUrl=%2Fa%2520b%3Fx%3D1");
        row(AuthVersion::V4, "http://h/x/", false, "http://h/api/auth/signin?callbackUrl=%2Fx%2F");
        row(AuthVersion::V5, "http://h/x/", false, "http://h/api/auth/signin/?callbackUrl=http%3A%2F%2Fh%2Fx%2F");
        row(AuthVersion::V5, "http://[::1]/x?a=b c&callbackUrl=old", false,
            "http://localhost/api/auth/"
            "signin?a=b+c&callbackUrl=http%3A%2F%2Flocalhost%2Fx%3Fa%3Db%2520c%26callbackUrl%3Dold");
        row(AuthVersion::V4, "http://h/app/de/x", true, "http://h/app/api/auth/signin?callbackUrl=%2Fapp%2Fx");
        row(AuthVersion::V4, "http://h/app/_next/data/B/de/x.json", true,
            "http://h/app/api/auth/signin?callbackUrl=%2Fapp%2Fx");
        row(AuthVersion::V5, "http://h/app/_next/data/B/de/x.json", true,
            "http://h/app/api/auth/signin?callbackUrl=http%3A%2F%2Fh%2Fapp%2Fde%2Fx");
    }
    void addresses()
    {
        QFETCH(AuthVersion, version);
        QFETCH(QByteArray, url);
        QFETCH(bool, configured);
        MiddlewareOptions options;
        options.authorized = never;
        if (configured) {
            options.next.basePath = "/app";
            options.next.locales = {"en", "de"};
            options.next.defaultLocale = "en";
        }
        QTEST(decide(profileOf(version), requestOf(url), options).location, "location");
    }

    void undefinedMeansDifferentThings()
    {
        MiddlewareOptions options;
        options.authorized = [](const MiddlewareArguments &) -> AuthorizedResult { return engine::Undefined(); };
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            const auto decision = decide(profileOf(version), requestOf("http://h/x", signedIn(version)), options);
            QCOMPARE(decision.outcome, version == AuthVersion::V4 ? Outcome::Pass : Outcome::Redirect);
        }
    }

    void ownFunctionRunsUnauthorizedInV5()
    {
        MiddlewareOptions options;
        options.authorized = never;
        options.function = [](const MiddlewareArguments &) { return engine::OwnResponse{418, {}}; };
        QCOMPARE(decide(profileOf(AuthVersion::V5), requestOf("http://h/x"), options).status, 418);
        QCOMPARE(decide(profileOf(AuthVersion::V4), requestOf("http://h/x"), options).status, 307);
    }

    void severalCookieLines()
    {
        MiddlewareOptions options;
        options.authorized = [](const MiddlewareArguments &given) -> AuthorizedResult {
            return jose::JsonValue(given.auth != nullptr);
        };
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            auto request = requestOf("http://h/x", "theme=dark");
            request.headers.emplace_back("cookie", signedIn(version));
            QCOMPARE(decide(profileOf(version), request, options).outcome, Outcome::Pass);
        }
    }

    void refusedIsNotWhatTheFunctionAnswers()
    {
        MiddlewareOptions options;
        options.function = [](const MiddlewareArguments &) { return engine::OwnResponse{200, {}}; };
        const auto signedInV5 = requestOf("http://h/x", signedIn(AuthVersion::V5));
        const auto answered = decide(profileOf(AuthVersion::V5), signedInV5, options);
        QCOMPARE(answered.outcome, Outcome::Respond);
        QCOMPARE(answered.reason, std::nullopt);
        QVERIFY(answered.evidence.isEmpty());
        // Here it was: the function runs all the same.
        options.authorized = never;
        QCOMPARE(decide(profileOf(AuthVersion::V5), signedInV5, options).reason, NullReason::AuthorizedSaidNo);
        options.function = {};
        options.authorized = [](const MiddlewareArguments &) -> AuthorizedResult {
            return engine::OwnResponse{401, {}};
        };
        QCOMPARE(decide(profileOf(AuthVersion::V5), signedInV5, options).reason, NullReason::AuthorizedSaidNo);
    }

    void functionsThatThrow()
    {
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            const auto request = requestOf("http://h/x", signedIn(version));
            MiddlewareOptions options;
            options.function = [](const MiddlewareArguments &) {
                return engine::CallbackFailure{QStringLiteral("said")};
            };
            const auto said = decide(profileOf(version), request, options);
            QCOMPARE(said.outcome, Outcome::Throw);
            QCOMPARE(said.thrown, QStringLiteral("said"));
            options.function = [](const MiddlewareArguments &) -> engine::FunctionResult {
                throw std::runtime_error("function");
            };
            QCOMPARE(decide(profileOf(version), request, options).thrown, QStringLiteral("function"));
            options.authorized = [](const MiddlewareArguments &) -> AuthorizedResult {
                throw std::runtime_error("authorized");
            };
            QCOMPARE(decide(profileOf(version), request, options).thrown, QStringLiteral("authorized"));
            options.authorized = [](const MiddlewareArguments &) -> AuthorizedResult { throw 1; };
            QCOMPARE(decide(profileOf(version), request, options).outcome, Outcome::Throw);
        }
    }

    void throws()
    {
        MiddlewareOptions options;
        options.authorized = [](const MiddlewareArguments &) -> AuthorizedResult {
            return engine::OwnResponse{302, {{"Location", "/relative"}}};
        };
        const auto relative = decide(profileOf(AuthVersion::V5), requestOf("http://h/x"), options);
        QCOMPARE(relative.thrown, QStringLiteral("Invalid URL"));
        options.authorized = [](const MiddlewareArguments &) -> AuthorizedResult {
            return engine::CallbackFailure{QStringLiteral("oh")};
        };
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            QCOMPARE(decide(profileOf(version), requestOf("http://h/x"), options).thrown, QStringLiteral("oh"));
            QCOMPARE(decide(profileOf(version), requestOf("nonsense")).outcome, Outcome::Throw);
        }
        auto request = requestOf("http://h/x");
        request.headers.emplace_back("x-forwarded-proto", "https,http");
        QCOMPARE(decide(profileOf(AuthVersion::V5), request).thrown, QStringLiteral("Invalid URL"));
    }
};

QTEST_GUILESS_MAIN(MiddlewareTest)
#include "tst_Middleware.moc"
