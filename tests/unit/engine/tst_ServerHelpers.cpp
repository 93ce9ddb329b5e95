#include <QtTest>

#include "core/engine/ServerHelpers.h"
#include "core/engine/SessionEngine.h"

using namespace rollcall;
using session::AuthVersion;
using session::NullReason;

namespace {

const base::Instant now{std::chrono::seconds(1'760'000'000)};

std::shared_ptr<session::AuthProfile> profileOf(AuthVersion version, const QByteArrayList &secrets)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = session::Strategy::Jwt;
    for (const QByteArray &secret : secrets)
        profile->secrets.emplace_back(QByteArrayView(secret));
    return profile;
}

} // namespace

class ServerHelpersTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// v5 throws where the application passes no secret, which an empty text is too; v4 fails to decode, silently.
    void getTokenWithoutASecret_data()
    {
        QTest::addColumn<bool>("isV4");
        QTest::addColumn<QByteArrayList>("secrets");
        QTest::addColumn<bool>("isMissing");
        QTest::newRow("v5 none") << false << QByteArrayList() << true;
        QTest::newRow("v5 a lone empty one") << false << QByteArrayList{""} << true;
        QTest::newRow("v5 an empty one among others") << false << QByteArrayList{"", "s"} << false;
        QTest::newRow("v4 none") << true << QByteArrayList() << true;
        QTest::newRow("v4 a lone empty one") << true << QByteArrayList{""} << false;
    }
    void getTokenWithoutASecret()
    {
        QFETCH(bool, isV4);
        QFETCH(QByteArrayList, secrets);
        QFETCH(bool, isMissing);
        const engine::SessionEndpoint endpoint(profileOf(isV4 ? AuthVersion::V4 : AuthVersion::V5, secrets), nullptr);
        engine::TokenRequest request;
        request.authorization = "Bearer a.b.c.d.e";
        const auto result = engine::getToken(endpoint, request, now);
        QVERIFY(!result.claims);
        QCOMPARE(*result.reason == NullReason::MissingSecret, isMissing);
    }

    /// Keys of its own are all that a v4 deployment needs which signs its tokens; v5 throws without a secret even then.
    void getTokenOfASigningDeployment_data()
    {
        QTest::addColumn<bool>("isV4");
        QTest::newRow("v4") << true;
        QTest::newRow("v5") << false;
    }
    void getTokenOfASigningDeployment()
    {
        QFETCH(bool, isV4);
        auto profile = profileOf(isV4 ? AuthVersion::V4 : AuthVersion::V5, {});
        session::SignedTokens &tokens = profile->signedTokens.emplace();
        tokens.keys.emplace_back("a secret of the encoder's own");
        const engine::SessionEndpoint endpoint(profile, nullptr);
        const auto token = endpoint.action(false).seal(jose::Claims(), now);
        QVERIFY(token);
        engine::TokenRequest request;
        const QByteArray authorization = "Bearer " + token->view().toByteArray();
        request.authorization = authorization;
        const auto result = engine::getToken(endpoint, request, now);
        QCOMPARE(result.claims.has_value(), isV4);
        QCOMPARE(result.reason, isV4 ? std::nullopt : std::optional(NullReason::MissingSecret));
    }

    /// Addresses from AUTH_URL, which may be any text.
    void authAtOddAddresses_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<bool>("throws");
        QTest::newRow("plain") << QByteArray("http://localhost:3000/api/auth/session") << false;
        QTest::newRow("another scheme") << QByteArray("ftp://app.test/api/auth/session") << false;
        QTest::newRow("a host for a scheme") << QByteArray("localhost:3000/api/auth/session") << false;
        QTest::newRow("user and password") << QByteArray("https://u:p@app.test/api/auth/session") << true;
        QTest::newRow("no address") << QByteArray("app.test/api/auth/session") << true;
    }
    void authAtOddAddresses()
    {
        QFETCH(QByteArray, url);
        QFETCH(bool, throws);
        const engine::SessionEndpoint endpoint(profileOf(AuthVersion::V5, {"secret"}), nullptr);
        const auto result = engine::authHelper(endpoint, {}, url, {now}, {});
        QVERIFY(!result.session);
        QCOMPARE(result.thrown.has_value(), throws);
        if (throws)
            QCOMPARE(result.outcome.reason, NullReason::UnusableUrl);
    }
};

QTEST_GUILESS_MAIN(ServerHelpersTest)
#include "tst_ServerHelpers.moc"
