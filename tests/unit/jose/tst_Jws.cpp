#include <QtTest>

#include <QFile>

#include "core/jose/Base64Url.h"
#include "core/jose/Jws.h"
#include "tests/support/TestPaths.h"
#include "tests/support/Vectors.h"

using namespace rollcall;
using base::SecretBytes;
using jose::JsonValue;
using jose::JwsKeys;
using session::SignatureAlgorithm;
using test::textOf;

namespace {

JsonValue loadVectors()
{
    QFile data(test::dataFile(QStringLiteral("jose/jws.json")));
    if (!data.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(data.fileName()));
    return jose::parseJson(QString::fromUtf8(data.readAll())).value_or(JsonValue());
}

const JsonValue &vectors()
{
    static const JsonValue loaded = loadVectors();
    return loaded;
}

SignatureAlgorithm algorithmOf(const QString &name)
{
    for (const auto algorithm : {SignatureAlgorithm::HS256, SignatureAlgorithm::HS384, SignatureAlgorithm::HS512,
                                 SignatureAlgorithm::RS256, SignatureAlgorithm::ES256, SignatureAlgorithm::EdDSA}) {
        if (jose::algorithmName(algorithm) == name)
            return algorithm;
    }
    qFatal("no algorithm %s", qPrintable(name));
}

base::Result<JwsKeys> keysOf(const QString &algorithm, const QStringList &names)
{
    std::vector<SecretBytes> materials;
    for (const QString &name : names)
        materials.emplace_back(QByteArrayView(textOf(*vectors().find(u"keys"), name).toUtf8()));
    return JwsKeys::make(algorithmOf(algorithm), materials);
}

constexpr base::Instant now{std::chrono::seconds(1'760'000'000)};

} // namespace

class JwsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithJose_data()
    {
        QTest::addColumn<QString>("algorithm");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<double>("tolerance");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QByteArray>("claims");
        const auto *cases = vectors().find(u"cases")->array();
        QVERIFY(cases->size() > 100);
        for (const JsonValue &vector : *cases) {
            const JsonValue *expected = vector.find(u"expected");
            const JsonValue *claims = expected->find(u"claims");
            QTest::newRow(qPrintable(textOf(vector, u"id")))
                << textOf(vector, u"algorithm") << textOf(vector, u"key") << textOf(vector, u"token").toLatin1()
                << test::numberOf(vector, u"tolerance", 15) << textOf(*expected, u"kind")
                << (claims ? jose::printJson(*claims) : QByteArray());
        }
    }
    void agreesWithJose()
    {
        QFETCH(QString, algorithm);
        QFETCH(QString, key);
        QFETCH(QByteArray, token);
        QFETCH(double, tolerance);
        QFETCH(QString, kind);
        QFETCH(QByteArray, claims);
        const auto keys = keysOf(algorithm, {key});
        QVERIFY(keys.has_value());
        const auto opened = jose::openSigned(*keys, token, now, std::chrono::seconds(static_cast<qint64>(tolerance)));
        if (kind.isEmpty()) {
            QVERIFY2(opened.ok, qPrintable(opened.detail));
            QCOMPARE(opened.claims.text().toByteArray(), claims);
            QVERIFY(opened.headerJson.startsWith("{\"alg\":"));
            return;
        }
        QVERIFY(!opened.ok);
        QCOMPARE(jose::kindName(opened.failure), kind);
        QVERIFY(!opened.detail.isEmpty());
        QVERIFY(opened.claims.members().isEmpty());
    }

    void refusesKeysOfAnotherKind_data()
    {
        QTest::addColumn<QString>("algorithm");
        QTest::addColumn<QString>("key");
        for (const JsonValue &bad : *vectors().find(u"badKeys")->array()) {
            const QString row = QString(textOf(bad, u"algorithm") + u' ' + textOf(bad, u"key"));
            QTest::newRow(qPrintable(row)) << textOf(bad, u"algorithm") << textOf(bad, u"key");
        }
    }
    void refusesKeysOfAnotherKind()
    {
        QFETCH(QString, algorithm);
        QFETCH(QString, key);
        const auto keys = keysOf(algorithm, {key});
        QVERIFY(!keys.has_value());
        QCOMPARE(keys.error().code, base::ErrorCode::UsageInvalid);
    }

    void refusesToDoWithoutAKey()
    {
        for (const auto algorithm : {SignatureAlgorithm::HS256, SignatureAlgorithm::RS256}) {
            QCOMPARE(JwsKeys::make(algorithm, {}).error().code, base::ErrorCode::SecretMissing);
            const std::array<SecretBytes, 1> empty{};
            QCOMPARE(JwsKeys::make(algorithm, empty).error().code, base::ErrorCode::SecretMissing);
        }
    }

    void signsWhatItVerifies_data()
    {
        QTest::addColumn<QString>("algorithm");
        QTest::addColumn<QString>("signing");
        QTest::addColumn<QString>("verifying");
        for (const char *name : {"HS256", "HS384", "HS512"})
            QTest::newRow(name) << QString::fromLatin1(name) << QStringLiteral("secret") << QStringLiteral("secret");
        for (const char *name : {"RS256", "ES256", "EdDSA"}) {
            const QString text = QString::fromLatin1(name);
            QTest::newRow(name) << text << QString(text + u"-private") << QString(text + u"-public");
        }
    }
    void signsWhatItVerifies()
    {
        QFETCH(QString, algorithm);
        QFETCH(QString, signing);
        QFETCH(QString, verifying);
        const auto own = keysOf(algorithm, {signing});
        const auto other = keysOf(algorithm, {verifying});
        QVERIFY(own->canSign());
        const auto claims = jose::Claims::fromValue(*jose::parseJson(uR"({"name":"Ada","exp":1})"));
        // Signatures of EC vary in length as DER: a few dozen rounds meet short ones.
        for (int round = 0; round < 64; ++round) {
            const auto token = jose::sealSigned(*own, *claims, std::chrono::seconds(60), now, jose::TokenId::None);
            QVERIFY(token.has_value());
            const auto opened = jose::openSigned(*other, token->view(), now, std::chrono::seconds(0));
            QVERIFY2(opened.ok, qPrintable(opened.detail));
            QCOMPARE(opened.headerJson, QByteArray("{\"alg\":\"" + algorithm.toLatin1() + "\"}"));
            QCOMPARE(opened.claims.text().toByteArray(),
                     QByteArray(R"({"name":"Ada","exp":1760000060,"iat":1760000000})"));
        }
        const auto withId = jose::sealSigned(*own, *claims, std::chrono::seconds(60), now);
        QVERIFY(jose::openSigned(*other, withId->view(), now).claims.string("jti").has_value());
        if (!other->canSign()) {
            const auto token = jose::sealSigned(*other, *claims, std::chrono::seconds(60), now);
            QCOMPARE(token.error().code, base::ErrorCode::UsageInvalid);
        }
    }

    /// jose decodes the payload only once the signature is right, but takes no text beyond ASCII for one.
    void looksAtTheSignatureBeforeThePayload_data()
    {
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<bool>("isSigned");
        QTest::addColumn<QString>("kind");
        QTest::newRow("nonsense") << QByteArray("!") << false << QStringLiteral("decryption-failed");
        QTest::newRow("signed nonsense") << QByteArray("!") << true << QStringLiteral("malformed");
        QTest::newRow("not ASCII") << QByteArray("\xe9") << false << QStringLiteral("malformed");
    }
    void looksAtTheSignatureBeforeThePayload()
    {
        QFETCH(QByteArray, payload);
        QFETCH(bool, isSigned);
        const auto keys = keysOf(QStringLiteral("HS256"), {QStringLiteral("secret")});
        const QByteArray input = jose::toBase64Url(QByteArray("{\"alg\":\"HS256\"}")) + '.' + payload;
        const auto signature = keys->sign(isSigned ? input : QByteArray("something else"));
        const QByteArray token = input + '.' + jose::toBase64Url(*signature);
        QTEST(jose::kindName(jose::openSigned(*keys, token, now).failure), "kind");
    }

    void acceptsOlderSecrets()
    {
        const std::array<SecretBytes, 2> both{SecretBytes("new secret"), SecretBytes("old secret")};
        const auto old = JwsKeys::make(SignatureAlgorithm::HS256, std::span(both).last(1));
        const auto current = JwsKeys::make(SignatureAlgorithm::HS256, std::span(both).first(1));
        const auto rotated = JwsKeys::make(SignatureAlgorithm::HS256, both);
        const auto token = jose::sealSigned(*old, jose::Claims(), std::chrono::seconds(60), now);
        QVERIFY(jose::openSigned(*rotated, token->view(), now).ok);
        QVERIFY(!jose::openSigned(*current, token->view(), now).ok);
        const auto renewed = jose::sealSigned(*rotated, jose::Claims(), std::chrono::seconds(60), now);
        QVERIFY(jose::openSigned(*current, renewed->view(), now).ok);
    }
};

QTEST_GUILESS_MAIN(JwsTest)
#include "tst_Jws.moc"
