#include <QtTest>

#include <cmath>

#include "core/engine/SessionEndpoint.h"
#include "core/engine/SessionEngine.h"

using namespace rollcall;
using engine::CallbackResult;
using engine::Callbacks;
using jose::JsonValue;
using session::AuthVersion;
using session::NullReason;

namespace {

const base::Instant now{std::chrono::seconds(1'760'000'000)};

engine::EndpointResponse answer(AuthVersion version, const Callbacks &callbacks)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = session::Strategy::Jwt;
    profile->secrets.emplace_back("secret");
    const auto token = engine::mintCanaryJwt(*profile, std::chrono::hours(1), now);
    engine::EndpointRequest request;
    request.url = "http://localhost:3000/api/auth/session";
    request.headers.emplace_back("Cookie",
                                 QByteArray(engine::sessionCookieName(*profile) + '=' + token->view().toByteArray()));
    const engine::SessionEndpoint endpoint(profile, std::make_shared<const Callbacks>(callbacks));
    const engine::EndpointContext context{now};
    return version == AuthVersion::V4 ? endpoint.handleV4(request, *session::parseBaseUrl(std::nullopt), context, {})
                                      : endpoint.handleV5(request, engine::SessionForm::Endpoint, context, {});
}

/// "set 3933 3933 …" and "clear" for each session cookie of the answer.
QByteArray effectOf(const engine::EndpointResponse &response)
{
    QByteArrayList effects;
    for (const http::SetCookie &cookie : response.setCookies) {
        if (cookie.name.contains("session-token"))
            effects << (cookie.maxAge ? QByteArray("clear") : "set " + QByteArray::number(cookie.value.size()));
    }
    return effects.join(", ");
}

Callbacks encoding(const CallbackResult &result)
{
    Callbacks callbacks;
    callbacks.encode = [result](const JsonValue &) { return result; };
    return callbacks;
}

Callbacks decoding(const CallbackResult &result)
{
    Callbacks callbacks;
    callbacks.decode = [result](QByteArrayView) { return result; };
    return callbacks;
}

} // namespace

Q_DECLARE_METATYPE(CallbackResult)

/// `jwt.encode` and `jwt.decode` of a deployment's own, whatever they return. Expectations: the packages' own answers,
/// met by the differential test.
class CustomCodecTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void encoders_data()
    {
        QTest::addColumn<CallbackResult>("result");
        QTest::addColumn<QByteArray>("v4");
        QTest::addColumn<QByteArray>("v5");
        QTest::addColumn<bool>("logs");
        const auto row = [](const char *name, CallbackResult result, const char *v4, const char *v5, bool logs) {
            QTest::newRow(name) << std::move(result) << QByteArray(v4) << QByteArray(v5) << logs;
        };
        row("text", JsonValue(QStringLiteral("token")), "set 5", "set 5", false);
        row("undefined clears nothing", engine::Undefined(), "", "", true);
        row("null clears nothing", JsonValue(), "", "", true);
        row("a number sets nothing", JsonValue(5.0), "clear", "clear", false);
        row("an object sets nothing", JsonValue(JsonValue::Object()), "clear", "clear", false);
        row("empty", JsonValue(QString()), "clear", "clear", false);
        row("throws", engine::CallbackFailure{QStringLiteral("oh")}, "clear", "clear", true);
        row("long", JsonValue(QString(8'000, u'x')), "clear, set 3933, set 3933, set 134",
            "clear, set 3936, set 3936, set 128", false);
        row("wide: characters count, not bytes", JsonValue(QString(5'000, QChar(0xe9))), "clear, set 7866, set 2134",
            "clear, set 7872, set 2128", false);
    }
    void encoders()
    {
        QFETCH(CallbackResult, result);
        QFETCH(bool, logs);
        const auto v4 = answer(AuthVersion::V4, encoding(result));
        QTEST(effectOf(v4), "v4");
        QCOMPARE(!v4.outcome.log.empty(), logs);
        // The session was made before the token was.
        QVERIFY(v4.body.startsWith("{\"user\":"));
        const auto v5 = answer(AuthVersion::V5, encoding(result));
        QTEST(effectOf(v5), "v5");
        QCOMPARE(!v5.outcome.log.empty(), logs);
        QVERIFY(v5.body.startsWith("{\"user\":"));
    }

    void halvesOfPairsCannotBeWritten_data()
    {
        QTest::addColumn<QString>("token");
        QTest::newRow("half a pair") << QString(QChar(0xd800) + QStringLiteral("x"));
        QTest::newRow("cut at a border") << QString(QString(3'932, u'x') + QStringLiteral("\U0001F600y") +
                                                    QString(9, u'x'));
    }
    void halvesOfPairsCannotBeWritten()
    {
        QFETCH(QString, token);
        const auto v4 = answer(AuthVersion::V4, encoding(JsonValue(token)));
        QCOMPARE(v4.thrown, std::optional(QStringLiteral("URI malformed")));
        const auto whole = answer(AuthVersion::V4, encoding(JsonValue(QStringLiteral("\U0001F600"))));
        QVERIFY(!whole.thrown);
    }

    void decodersMayReturnAnything_data()
    {
        QTest::addColumn<CallbackResult>("result");
        QTest::addColumn<bool>("isToken");
        QTest::addColumn<bool>("canBeSealed");
        QTest::newRow("claims") << CallbackResult(*jose::parseJson(uR"({"name":"Ada"})")) << true << true;
        QTest::newRow("text") << CallbackResult(JsonValue(QStringLiteral("text"))) << true << false;
        QTest::newRow("list") << CallbackResult(JsonValue(JsonValue::Array{JsonValue(1.0)})) << true << false;
        QTest::newRow("true") << CallbackResult(JsonValue(true)) << true << false;
        QTest::newRow("false") << CallbackResult(JsonValue(false)) << false << false;
        QTest::newRow("zero") << CallbackResult(JsonValue(0.0)) << false << false;
        QTest::newRow("empty text") << CallbackResult(JsonValue(QString())) << false << false;
        QTest::newRow("undefined") << CallbackResult(engine::Undefined()) << false << false;
        QTest::newRow("throws") << CallbackResult(engine::CallbackFailure{QStringLiteral("oh")}) << false << false;
    }
    void decodersMayReturnAnything()
    {
        QFETCH(CallbackResult, result);
        QFETCH(bool, isToken);
        QFETCH(bool, canBeSealed);
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            const auto response = answer(version, decoding(result));
            QCOMPARE(response.body.startsWith("{\"user\":"), isToken);
            QCOMPARE(response.outcome.reason.has_value(), !isToken);
            QCOMPARE(effectOf(response).startsWith("set"), canBeSealed);
            QCOMPARE(response.outcome.log.empty(), canBeSealed);
        }
    }

    /// An encoder of one's own is given what the callbacks made, be it claims or not; only the library's refuses it.
    void encodersAreGivenAnything_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::newRow("text") << QByteArray("\"text\"");
        QTest::newRow("list") << QByteArray("[1]");
        QTest::newRow("claims") << QByteArray(R"({"nbf":1})");
    }
    void encodersAreGivenAnything()
    {
        QFETCH(QByteArray, token);
        QByteArray given;
        Callbacks callbacks;
        callbacks.jwt = [&token](const engine::JwtCallbackArguments &) -> CallbackResult {
            return *jose::parseJson(QString::fromUtf8(token));
        };
        callbacks.encode = [&given](const JsonValue &claims) -> CallbackResult {
            given = jose::printJson(claims);
            return JsonValue(QStringLiteral("token"));
        };
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            given.clear();
            QCOMPARE(effectOf(answer(version, callbacks)), QByteArray("set 5"));
            QCOMPARE(given, token);
        }
    }

    /// v5's own encode throws for it.
    void infiniteTimesAreTheEncodersAffair()
    {
        Callbacks callbacks = encoding(JsonValue(QStringLiteral("token")));
        callbacks.jwt = [](const engine::JwtCallbackArguments &) -> CallbackResult {
            JsonValue claims{JsonValue::Object()};
            claims.set(QStringLiteral("nbf"), JsonValue(-HUGE_VAL));
            return claims;
        };
        QCOMPARE(effectOf(answer(AuthVersion::V5, callbacks)), QByteArray("set 5"));
    }
};

QTEST_GUILESS_MAIN(CustomCodecTest)
#include "tst_CustomCodec.moc"
