#include <QtTest>

#include <QFile>

#include "core/engine/SessionRuntime.h"
#include "core/jose/Jws.h"
#include "tests/support/TestPaths.h"
#include "tests/support/Vectors.h"

using namespace rollcall;
using engine::RequestHeaders;
using engine::SessionRuntime;
using session::AuthVersion;
using session::NullReason;
using session::SignatureAlgorithm;

namespace {

const base::Instant now{std::chrono::seconds(1'760'000'000)};

/// A key of tests/data/jose.
QByteArray keyOf(const QString &name)
{
    QFile data(test::dataFile(QStringLiteral("jose/jws.json")));
    if (!data.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(data.fileName()));
    const auto vectors = jose::parseJson(QString::fromUtf8(data.readAll())).value_or(jose::JsonValue());
    return test::textOf(*vectors.find(u"keys"), name).toUtf8();
}

bool isHmac(SignatureAlgorithm algorithm)
{
    return algorithm == SignatureAlgorithm::HS256 || algorithm == SignatureAlgorithm::HS384 ||
           algorithm == SignatureAlgorithm::HS512;
}

/// The algorithm's keys: the signing one, or the one that only checks.
std::vector<base::SecretBytes> keysFor(SignatureAlgorithm algorithm, bool isPrivate)
{
    const QString kind = isPrivate ? QStringLiteral("-private") : QStringLiteral("-public");
    std::vector<base::SecretBytes> keys;
    keys.emplace_back(
        keyOf(isHmac(algorithm) ? QStringLiteral("secret") : QString(jose::algorithmName(algorithm) + kind)));
    return keys;
}

std::shared_ptr<session::AuthProfile> profileOf(AuthVersion version, SignatureAlgorithm algorithm, bool isPrivate)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = session::Strategy::Jwt;
    profile->cookieName = "sid";
    profile->secrets.emplace_back(QByteArrayView("the secret of csrf cookies"));
    profile->signedTokens = session::SignedTokens{algorithm, keysFor(algorithm, isPrivate)};
    return profile;
}

engine::RuntimeSession ask(std::shared_ptr<const session::AuthProfile> profile, const QByteArray &token)
{
    engine::LocalRuntime local;
    local.profile = std::move(profile);
    local.clock = std::make_shared<const base::FixedClock>(now);
    SessionRuntime runtime;
    if (!runtime.configureLocal(std::move(local)))
        return {};
    const QByteArray cookie = "sid=" + token;
    auto answer = runtime.getServerSession(RequestHeaders::fromCookie(cookie), {});
    return answer ? std::move(*answer) : engine::RuntimeSession();
}

QByteArray sealed(SignatureAlgorithm algorithm, std::chrono::seconds maxAge = std::chrono::hours(1))
{
    const auto keys = jose::JwsKeys::make(algorithm, keysFor(algorithm, true));
    const auto claims = jose::Claims::fromValue(*jose::parseJson(QStringLiteral(R"({"name":"Ada","sub":"u1"})")));
    return jose::sealSigned(*keys, *claims, maxAge, now)->view().toByteArray();
}

/// The token that the runtime renewed; empty where it did not.
QByteArray renewedIn(const engine::RuntimeSession &answer)
{
    for (const base::SecretBytes &line : answer.setCookies) {
        const QByteArray text = line.view().toByteArray();
        if (text.startsWith("sid="))
            return text.first(text.indexOf(';')).sliced(4);
    }
    return {};
}

} // namespace

/// Deployments whose own jwt.encode signs tokens: the same path as for encrypted ones, the algorithm pinned.
class SignedSessionsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void resolveAndRenew_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::addColumn<SignatureAlgorithm>("algorithm");
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            for (const auto algorithm :
                 {SignatureAlgorithm::HS256, SignatureAlgorithm::HS384, SignatureAlgorithm::HS512,
                  SignatureAlgorithm::RS256, SignatureAlgorithm::ES256, SignatureAlgorithm::EdDSA}) {
                QTest::addRow("%s %s", qPrintable(versionName(version)), qPrintable(jose::algorithmName(algorithm)))
                    << version << algorithm;
            }
        }
    }
    void resolveAndRenew()
    {
        QFETCH(AuthVersion, version);
        QFETCH(SignatureAlgorithm, algorithm);
        const QByteArray token = sealed(algorithm);
        const auto answer = ask(profileOf(version, algorithm, true), token);
        QVERIFY2(answer.session, qPrintable(answer.evidence));
        QVERIFY(answer.session->contains(R"("name":"Ada")"));
        QCOMPARE(answer.userId, QStringLiteral("u1"));
        // The renewed token is signed likewise, and opens again.
        const QByteArray renewed = renewedIn(answer);
        QCOMPARE(renewed.count('.'), 2);
        QVERIFY(renewed != token);
        QVERIFY(ask(profileOf(version, algorithm, true), renewed).session);

        QByteArray altered = token;
        char &c = altered[altered.size() - 10];
        c = c == 'A' ? 'B' : 'A';
        QCOMPARE(ask(profileOf(version, algorithm, true), altered).reason, NullReason::WrongSecret);
        QCOMPARE(ask(profileOf(version, algorithm, true), sealed(algorithm, std::chrono::seconds(-15))).reason,
                 NullReason::Expired);
    }

    void aPublicKeyChecksButCannotRenew_data()
    {
        QTest::addColumn<SignatureAlgorithm>("algorithm");
        QTest::newRow("RS256") << SignatureAlgorithm::RS256;
        QTest::newRow("ES256") << SignatureAlgorithm::ES256;
        QTest::newRow("EdDSA") << SignatureAlgorithm::EdDSA;
    }
    void aPublicKeyChecksButCannotRenew()
    {
        QFETCH(SignatureAlgorithm, algorithm);
        const auto answer = ask(profileOf(AuthVersion::V5, algorithm, false), sealed(algorithm));
        QVERIFY(answer.session);
        QVERIFY(renewedIn(answer).isEmpty());
        QCOMPARE(answer.log.size(), std::size_t{1});
    }

    void theTokenNeverChoosesTheAlgorithm()
    {
        // Signed with the very bytes that check, under another algorithm of the same key.
        QCOMPARE(
            ask(profileOf(AuthVersion::V5, SignatureAlgorithm::HS256, true), sealed(SignatureAlgorithm::HS512)).reason,
            NullReason::AlgOrEncRefused);
        // The classic confusion: a public RSA key taken for an HMAC secret.
        const QByteArray pem = keyOf(QStringLiteral("RS256-public"));
        for (const auto algorithm : {SignatureAlgorithm::ES256, SignatureAlgorithm::EdDSA, SignatureAlgorithm::HS256})
            QCOMPARE(ask(profileOf(AuthVersion::V5, SignatureAlgorithm::RS256, false), sealed(algorithm)).reason,
                     NullReason::AlgOrEncRefused);
        const QByteArray unsecured = "eyJhbGciOiJub25lIn0.eyJuYW1lIjoiQWRhIn0.";
        QVERIFY(!ask(profileOf(AuthVersion::V5, SignatureAlgorithm::HS256, true), unsecured).session);
        std::vector<base::SecretBytes> confused;
        confused.emplace_back(pem);
        QVERIFY(!jose::JwsKeys::make(SignatureAlgorithm::HS256, confused));
    }

    void anEncryptedTokenIsRefused()
    {
        auto profile = profileOf(AuthVersion::V5, SignatureAlgorithm::HS256, true);
        session::AuthProfile encrypting;
        encrypting.version = AuthVersion::V5;
        encrypting.strategy = session::Strategy::Jwt;
        encrypting.cookieName = "sid";
        encrypting.secrets.emplace_back(keyOf(QStringLiteral("secret")));
        const auto token = engine::mintCanaryJwt(encrypting, std::chrono::hours(1), now);
        QVERIFY(token);
        QCOMPARE(ask(profile, token->view().toByteArray()).reason, NullReason::AlgOrEncRefused);
    }

    // Whoever knows the key that checks needs no secret.
    void aKeyThatChecksIsEnoughToDecode()
    {
        const auto profile = profileOf(AuthVersion::V5, SignatureAlgorithm::EdDSA, false);
        profile->secrets.clear();
        QVERIFY(profile->canDecode());
        const QByteArray cookie = "sid=" + sealed(SignatureAlgorithm::EdDSA);
        const base::FixedClock clock(now);
        const auto resolver = engine::makeLocalResolver(profile, nullptr, engine::Effects::Observe, clock);
        const auto resolution = resolver->resolve(cookie, {});
        QVERIFY2(resolution.session.has_value(), qPrintable(resolution.evidence));
        SessionRuntime runtime;
        engine::LocalRuntime local;
        local.profile = profile;
        local.clock = std::make_shared<const base::FixedClock>(now);
        QVERIFY(runtime.configureLocal(std::move(local)));
        // v5's getToken throws without a secret all the same.
        const auto token = runtime.getToken(RequestHeaders::fromCookie(cookie), false, {});
        QVERIFY(token && !token->json);
        QCOMPARE(token->reason, NullReason::MissingSecret);
        // Without any key, keys of a profile that signs are its secrets.
        profile->signedTokens->keys.clear();
        QVERIFY(!profile->canDecode());
        profile->secrets.emplace_back(QByteArray());
        QVERIFY(!profile->canDecode());
        profile->secrets.emplace_back(QByteArrayView("previous"));
        QVERIFY(profile->canDecode());
    }

    void aCanaryIsSignedAsTheDeploymentSigns()
    {
        const auto profile = profileOf(AuthVersion::V5, SignatureAlgorithm::ES256, true);
        const auto canary = engine::mintCanaryJwt(*profile, std::chrono::minutes(10), now);
        QVERIFY(canary.has_value());
        const auto answer = ask(profile, canary->view().toByteArray());
        QVERIFY2(answer.session && answer.session->contains("Rollcall canary"), qPrintable(answer.evidence));
        const auto checking = profileOf(AuthVersion::V5, SignatureAlgorithm::ES256, false);
        QCOMPARE(engine::mintCanaryJwt(*checking, std::chrono::minutes(10), now).error().code,
                 base::ErrorCode::UsageInvalid);
    }

    void anUnusableKeyIsToldNotThrown()
    {
        auto profile = profileOf(AuthVersion::V5, SignatureAlgorithm::RS256, true);
        profile->signedTokens->keys.clear();
        profile->signedTokens->keys.emplace_back(QByteArrayView("no PEM"));
        const auto answer = ask(profile, sealed(SignatureAlgorithm::RS256));
        QCOMPARE(answer.reason, NullReason::AlgOrEncRefused);
        QVERIFY(!answer.evidence.contains(QStringLiteral("no PEM")));
    }
};

QTEST_GUILESS_MAIN(SignedSessionsTest)
#include "tst_SignedSessions.moc"
