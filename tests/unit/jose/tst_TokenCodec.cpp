#include <QtTest>

#include <QRandomGenerator>

#include "core/jose/TokenCodec.h"
#include "tests/support/Vectors.h"

using namespace rollcall;
using base::SecretBytes;
using jose::JsonValue;
using session::AuthVersion;
using test::textOf;

namespace {

std::vector<SecretBytes> secretsOf(const QStringList &texts)
{
    std::vector<SecretBytes> secrets;
    for (const QString &text : texts)
        secrets.emplace_back(QByteArrayView(text.toUtf8()));
    return secrets;
}

base::Instant instant(double seconds)
{
    return base::Instant(std::chrono::milliseconds(static_cast<qint64>(seconds * 1000)));
}

} // namespace

class TokenCodecTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sealsAsTheLibrariesDo_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::addColumn<QByteArray>("salt");
        QTest::addColumn<QByteArray>("claims");
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            const QByteArray name = session::versionName(version).toLatin1();
            const QByteArray salt = version == AuthVersion::V4 ? QByteArray() : QByteArray("authjs.session-token");
            QTest::newRow(QByteArray(name + " empty").constData()) << version << salt << QByteArray("{}");
            QTest::newRow(QByteArray(name + " order").constData())
                << version << salt << QByteArray(R"({"z":1,"exp":5,"a":"\ud800","jti":"old","2":[{"b":null}]})");
            QTest::newRow(QByteArray(name + " big").constData())
                << version << salt << QByteArray("{\"x\":\"" + QByteArray(20000, 'y') + "\"}");
            QTest::newRow(QByteArray(name + " other salt").constData())
                << version << QByteArray("sid") << QByteArray(R"({"name":"é"})");
        }
    }
    void sealsAsTheLibrariesDo()
    {
        QFETCH(AuthVersion, version);
        QFETCH(QByteArray, salt);
        QFETCH(QByteArray, claims);
        const auto secrets = secretsOf({QStringLiteral("a secret"), QStringLiteral("an older one")});
        const auto token =
            jose::encodeToken(version, claims, secrets, salt, std::chrono::seconds(100), instant(1000.9));
        QVERIFY(token.has_value());
        const auto decoded = jose::decodeToken(version, token->view(), secrets, salt, instant(1000));
        QVERIFY2(decoded.ok, qPrintable(decoded.detail));

        auto expected = *jose::parseJson(QString::fromUtf8(claims));
        expected.set(QStringLiteral("iat"), JsonValue(1000.0));
        expected.set(QStringLiteral("exp"), JsonValue(1100.0));
        const QString jti = textOf(*jose::parseJson(QString::fromUtf8(decoded.claimsJson)), u"jti");
        static const QRegularExpression uuid4(
            QStringLiteral("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"));
        QVERIFY2(uuid4.match(jti).hasMatch(), qPrintable(jti));
        expected.set(QStringLiteral("jti"), JsonValue(jti));
        QCOMPARE(decoded.claimsJson, jose::printJson(expected));

        const auto again = jose::encodeToken(version, claims, secrets, salt, std::chrono::seconds(100), instant(1000));
        QVERIFY2(again->view().toByteArray() != token->view().toByteArray(), "the IV must differ");
    }

    void wrappedKeyThatDecodesToNothing()
    {
        // jose 4.15.9: "Invalid Content Encryption Key length. Expected 256 bits, got 0 bits"
        const QByteArray header =
            QByteArray(R"({"alg":"A256KW","enc":"A256GCM"})").toBase64(QByteArray::Base64UrlEncoding);
        const QByteArray token = header + ".!.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA";
        const auto secrets = secretsOf({QStringLiteral("s")});
        const auto decoded = jose::decodeToken(AuthVersion::V4, token, secrets, "", instant(0));
        QCOMPARE(jose::kindName(decoded.failure), QStringLiteral("malformed"));
        QCOMPARE(decoded.step, jose::DecodeStep::KeyLength);
    }

    void refusesToSealWithoutASecret()
    {
        for (const QStringList &texts : {QStringList(), QStringList{QString()}}) {
            const auto token =
                jose::encodeToken(AuthVersion::V5, "{}", secretsOf(texts), "salt", std::chrono::seconds(1), {});
            QVERIFY(!token.has_value());
            QCOMPARE(token.error().code, base::ErrorCode::SecretMissing);
        }
        const auto noObject =
            jose::encodeToken(AuthVersion::V4, "[]", secretsOf({QStringLiteral("s")}), "", std::chrono::seconds(1), {});
        QCOMPARE(noObject.error().code, base::ErrorCode::Internal);
    }

    void survivesGarbage()
    {
        QRandomGenerator random(20261121);
        const auto secrets = secretsOf({QStringLiteral("a secret")});
        const std::array versions{AuthVersion::V4, AuthVersion::V5};
        for (int round = 0; round < 4000; ++round) {
            const AuthVersion version = versions.at(static_cast<std::size_t>(round) % versions.size());
            QByteArray token;
            if (round % 4 == 0) {
                token.resize(random.bounded(200));
                for (char &c : token)
                    c = static_cast<char>(random.bounded(256));
            } else {
                token = jose::encodeToken(version, R"({"name":"Ada"})", secrets, "s", std::chrono::seconds(60),
                                          instant(1000))
                            ->view()
                            .toByteArray();
                for (int changes = random.bounded(3); changes >= 0; --changes) {
                    const auto at = random.bounded(static_cast<int>(token.size()));
                    if (random.bounded(2) == 0)
                        token.remove(at, random.bounded(40));
                    else
                        token.insert(at, static_cast<char>(random.bounded(256)));
                    if (token.isEmpty())
                        break;
                }
            }
            const auto decoded = jose::decodeToken(version, token, secrets, "s", instant(1000));
            // An altered token opens only where the alteration decodes to the same bytes (white space, junk in v4).
            QVERIFY(decoded.ok ? decoded.claimsJson.startsWith(R"({"name":"Ada")") : decoded.claimsJson.isEmpty());
        }
    }
};

QTEST_GUILESS_MAIN(TokenCodecTest)
#include "tst_TokenCodec.moc"
