#include <QtTest>

#include <QRandomGenerator>

#include <latch>
#include <thread>

#include "core/jose/Base64Codec.h"
#include "core/jose/Base64Url.h"
#include "core/jose/CanonicalJson.h"
#include "core/jose/CarefulPath.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/RandomBytes.h"
#include "tests/unit/jose/ClaimTexts.h"

using namespace rollcall;
using base::SecretBytes;
using jose::Claims;
using jose::JsonValue;
using jose::KeyRing;
using session::AuthVersion;
using test::pick;
using Texts = test::ClaimTexts;

// The short way over a token (keys made ready, claims left as text) must say what the careful way says.

namespace {

constexpr base::Instant now{std::chrono::seconds(1'760'000'000)};
/// @p text with ' for ": moc does not find the class in a file with quotes in raw strings.
QByteArray json(const char *text)
{
    return QByteArray(text).replace('\'', '"');
}

/// The value of the same.
JsonValue parsed(const char *text)
{
    return jose::parseJson(QString::fromUtf8(json(text))).value_or(JsonValue());
}

constexpr std::chrono::seconds month{2'592'000};

std::vector<SecretBytes> secrets(std::initializer_list<const char *> texts)
{
    std::vector<SecretBytes> result;
    for (const char *text : texts)
        result.emplace_back(QByteArrayView(text));
    return result;
}

const char *saltOf(AuthVersion version)
{
    if (version == AuthVersion::V4)
        return "";
    return version == AuthVersion::V5 ? "authjs.session-token" : "better-auth-session";
}

/// A token with exactly this plaintext under the ring's first key, whatever it holds.
QByteArray sealText(const KeyRing &ring, QByteArray plaintext)
{
    const auto token = ring.keys().front().ready->seal(plaintext);
    return token ? token->view().toByteArray() : QByteArray();
}

/// Empty where both results agree in everything.
QByteArray difference(const jose::OpenedToken &fast, const jose::OpenedToken &careful)
{
    if (fast.ok != careful.ok)
        return "ok: " + fast.detail.toUtf8() + " / " + careful.detail.toUtf8();
    if (fast.headerJson != careful.headerJson)
        return "header: " + fast.headerJson + " / " + careful.headerJson;
    if (!fast.ok) {
        return fast.failure == careful.failure && fast.step == careful.step && fast.detail == careful.detail
                   ? QByteArray()
                   : "refusal: " + fast.detail.toUtf8() + " / " + careful.detail.toUtf8();
    }
    if (fast.claims.text() != careful.claims.text())
        return "claims: " + fast.claims.text().toByteArray() + " / " + careful.claims.text().toByteArray();
    if (fast.claims.members().size() != careful.claims.members().size())
        return "members";
    for (qsizetype i = 0; i < fast.claims.members().size(); ++i) {
        const jose::ClaimMember &a = fast.claims.members().at(i);
        const jose::ClaimMember &b = careful.claims.members().at(i);
        const QByteArrayView name = fast.claims.text().sliced(a.nameAt, a.nameSize);
        if (a.nameAt != b.nameAt || a.nameSize != b.nameSize || a.end != b.end || a.kind != b.kind ||
            fast.claims.number(name) != careful.claims.number(name) ||
            fast.claims.string(name) != careful.claims.string(name))
            return "member " + name.toByteArray();
    }
    return {};
}

} // namespace

class TokenPathsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void claimsOfAnyShape_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::newRow("v4") << AuthVersion::V4;
        QTest::newRow("v5") << AuthVersion::V5;
        QTest::newRow("better auth") << AuthVersion::BetterAuth;
    }
    void claimsOfAnyShape()
    {
        QFETCH(AuthVersion, version);
        QRandomGenerator random(20'261'121);
        Texts texts(random);
        const KeyRing ring(version, secrets({"a secret", "an older one"}), saltOf(version));
        int canonical = 0;
        int opened = 0;
        constexpr int rounds = 6000;
        for (int round = 0; round < rounds; ++round) {
            QByteArray text = texts.mangled();
            const QByteArray token = sealText(ring, text);
            const auto fast = jose::openToken(ring, token, now);
            const auto careful = jose::openCarefully(ring, token, now, jose::defaultTolerance);
            const QByteArray differs = difference(fast, careful);
            QVERIFY2(differs.isEmpty(), QByteArray(differs + "\nin: " + text).constData());
            const bool isCanonical = Claims().takeCanonical(text);
            canonical += isCanonical ? 1 : 0;
            opened += careful.ok ? 1 : 0;
        }
        // Enough of each kind, or the comparison would show little.
        QVERIFY2(canonical > rounds / 20 && canonical < opened, qPrintable(QString::number(canonical)));
        QVERIFY2(opened > rounds / 10 && opened < rounds, qPrintable(QString::number(opened)));
    }

    void canonicalTextIsWhatStringifyPrints()
    {
        QRandomGenerator random(7);
        Texts texts(random);
        for (int round = 0; round < 40'000; ++round) {
            QByteArray text = texts.mangled();
            const QByteArray original = text;
            Claims claims = Claims::fromValue(*jose::parseJson(QStringLiteral("{\"old\":1}"))).value();
            const bool isCanonical = claims.takeCanonical(text);
            const auto value = jose::parseJson(QString::fromUtf8(original));
            if (!isCanonical) {
                QCOMPARE(text, original);
                QCOMPARE(claims.text(), QByteArrayView("{}"));
                QVERIFY(claims.members().isEmpty());
                continue;
            }
            QVERIFY2(value.has_value(), original.constData());
            QCOMPARE(jose::printJson(*value), original);
            const auto same = Claims::fromValue(*value);
            QCOMPARE(claims.text(), same->text());
            QCOMPARE(claims.members().size(), same->members().size());
        }
    }

    void usualClaimsAreCanonical()
    {
        for (const char *usual :
             {"{}", "{'name':'Ada','email':null,'picture':'','sub':'1','iat':1760000000,'exp':1762592000,'jti':'x'}",
              "{'name':'Zo\\'e\\\\ \\n','user':{'id':'1','roles':['a','b'],'flags':{}},'n':[],'b':true,'c':false}",
              "{'name':'J\xc3\xbcrgen','e':'\xf0\x9f\x98\x80','\xc3\xa9':-12}"}) {
            QByteArray text = json(usual);
            QVERIFY2(Claims().takeCanonical(text), usual);
        }
    }

    void alteredTokens_data() { claimsOfAnyShape_data(); }
    void alteredTokens()
    {
        QFETCH(AuthVersion, version);
        QRandomGenerator random(42);
        const KeyRing ring(version, secrets({"a secret", "an older one"}), saltOf(version));
        const KeyRing older(version, secrets({"an older one"}), saltOf(version));
        const KeyRing foreign(version, secrets({"another"}), saltOf(version));
        const auto claims = *Claims::fromValue(parsed("{'name':'Ada','sub':'1','s':'y'}"));
        for (int round = 0; round < 4000; ++round) {
            const KeyRing &sealer = round % 5 == 0 ? older : round % 11 == 0 ? foreign : ring;
            const std::chrono::seconds age(random.bounded(-40, 40));
            QByteArray token = jose::sealToken(sealer, claims, age, now)->view().toByteArray();
            for (int changes = random.bounded(3); changes > 0; --changes) {
                const auto at = random.bounded(static_cast<int>(token.size()));
                switch (random.bounded(4)) {
                case 0:
                    token[at] = pick(random, std::array{'.', '=', '+', '/', '-', '_', 'A', ' ', '\n', '\xff'});
                    break;
                case 1:
                    token.insert(at, pick(random, std::array{'.', '=', 'A', ' ', '\t'}));
                    break;
                case 2:
                    token.remove(at, random.bounded(1, 5));
                    break;
                default:
                    // The last characters of a part carry bits that are left over.
                    token[token.size() - 1] = pick(random, std::array{'A', 'B', 'Q', 'g', 'w', '8', '_'});
                }
                if (token.isEmpty())
                    break;
            }
            const std::chrono::seconds tolerance(random.bounded(20));
            const QByteArray differs = difference(jose::openToken(ring, token, now, tolerance),
                                                  jose::openCarefully(ring, token, now, tolerance));
            QVERIFY2(differs.isEmpty(), QByteArray(differs + "\nin: " + token).constData());
        }
    }

    void sealsAsValuesAreSealed()
    {
        QRandomGenerator random(99);
        Texts texts(random);
        const KeyRing ring(AuthVersion::V5, secrets({"a secret"}), saltOf(AuthVersion::V5));
        int sealed = 0;
        for (int round = 0; round < 6000; ++round) {
            auto value = jose::parseJson(QString::fromUtf8(texts.object()));
            if (!value)
                continue;
            ++sealed;
            const auto claims = Claims::fromValue(*value);
            const auto token = jose::sealToken(ring, *claims, month, now);
            // nbf may lie in the future, or be no number at all: the careful way over the plaintext tells nothing then.
            auto plaintext = ring.keys().front().ready->open(token->view());
            QVERIFY(plaintext.has_value());
            const auto back = jose::parseJson(QString::fromUtf8(*plaintext));
            QVERIFY2(back.has_value(), plaintext->constData());
            value->set(QStringLiteral("iat"), JsonValue(1'760'000'000.0));
            value->set(QStringLiteral("exp"), JsonValue(1'762'592'000.0));
            value->set(QStringLiteral("jti"), *back->find(u"jti"));
            QCOMPARE(*plaintext, jose::printJson(*value));
        }
        QVERIFY(sealed > 1000);
    }

    void infiniteNumbersAreKept()
    {
        const auto value = parsed("{'nbf':-1e400,'z':-0,'deep':[{'x':1e400}],'n':1.5}");
        const auto claims = Claims::fromValue(value);
        QCOMPARE(claims->text().toByteArray(), json("{'nbf':null,'z':0,'deep':[{'x':null}],'n':1.5}"));
        QCOMPARE(*claims->number("nbf"), -std::numeric_limits<double>::infinity());
        QCOMPARE(*claims->number("n"), 1.5);
        QVERIFY(std::isinf(*claims->value().find(u"deep")->array()->front().find(u"x")->number()));
        QVERIFY(!claims->number("deep").has_value() && !claims->number("absent").has_value());
        QVERIFY(!Claims::fromValue(JsonValue(1.0)).has_value());
    }

    void anExpiryBeyondAllNumbersIsNeverOver_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::addColumn<QByteArray>("exp");
        for (const char *exp : {"1e400", "1e9223372036854775807", "1e99999999999999999999"}) {
            QTest::addRow("v4 %s", exp) << AuthVersion::V4 << QByteArray(exp);
            QTest::addRow("v5 %s", exp) << AuthVersion::V5 << QByteArray(exp);
        }
    }
    void anExpiryBeyondAllNumbersIsNeverOver()
    {
        QFETCH(AuthVersion, version);
        QFETCH(QByteArray, exp);
        const KeyRing ring(version, secrets({"a secret"}), saltOf(version));
        const QByteArray token = sealText(ring, json("{'sub':'u1','exp':") + exp + '}');
        const auto opened = jose::openToken(ring, token, now);
        QVERIFY2(opened.ok, qPrintable(opened.detail));
        QCOMPARE(*opened.claims.number("exp"), std::numeric_limits<double>::infinity());
    }

    void claimsAreValues()
    {
        Claims first = *Claims::fromValue(parsed("{'name':'\\ud800é\\'','n':[1]}"));
        const Claims copy = first;
        QCOMPARE(copy.string("name")->size(), 3);
        first = Claims();
        QCOMPARE(first.text().toByteArray(), QByteArray("{}"));
        QCOMPARE(copy.raw("n").toByteArray(), QByteArray("[1]"));
        QVERIFY(!copy.string("n").has_value());
        first = copy;
        QCOMPARE(jose::printJson(first.value()), copy.text().toByteArray());
    }

    void base64InAllLengths_data()
    {
        QTest::addColumn<bool>("vector");
        QTest::newRow("plain") << false;
        if (jose::vectorBase64())
            QTest::newRow("vector") << true;
    }
    void base64InAllLengths()
    {
        QFETCH(bool, vector);
        const jose::Base64Codec &codec = vector ? *jose::vectorBase64() : jose::plainBase64();
        QRandomGenerator random(3);
        for (qsizetype size = 0; size < 300; ++size) {
            QByteArray bytes(size, Qt::Uninitialized);
            for (char &c : bytes)
                c = static_cast<char>(random.bounded(256));
            const QByteArray expected = bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
            // Blocks are larger than what is left to write: nothing behind that may change.
            const QByteArray behind(64, '#');
            QByteArray text(jose::base64UrlSize(size) + behind.size(), '#');
            QCOMPARE(codec.encode(bytes.constData(), size, text.data()) - text.data(), expected.size());
            QCOMPARE(text, QByteArray(expected + behind));
            text.chop(behind.size());
            QByteArray back(size + behind.size(), '#');
            QVERIFY(codec.decode(text.constData(), text.size(), back.data()));
            QCOMPARE(back, QByteArray(bytes + behind));
            for (qsizetype at = 0; at < text.size(); at += 1 + random.bounded(7)) {
                QByteArray wrong = text;
                wrong[at] = static_cast<char>(random.bounded(256));
                const char c = wrong.at(at);
                const bool known =
                    (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
                QCOMPARE(codec.decode(wrong.constData(), wrong.size(), back.data()), known);
            }
        }
    }

    void base64KnowsEachCharacter()
    {
        for (int value = 0; value < 256; ++value) {
            const QByteArray text(44, static_cast<char>(value));
            std::array<char, 33> out{};
            std::array<char, 33> same{};
            const bool plain = jose::plainBase64().decode(text.constData(), text.size(), out.data());
            if (jose::vectorBase64())
                QCOMPARE(jose::vectorBase64()->decode(text.constData(), text.size(), same.data()), plain);
            QCOMPARE(jose::decodeBase64Url(text, same), plain);
            if (plain)
                QCOMPARE(QByteArrayView(same), QByteArrayView(out));
        }
        std::array<char, 3> out{};
        QVERIFY(!jose::decodeBase64Url("AAAAA", out));
        QVERIFY(!jose::decodeBase64Url("AA", out));
    }

    void betterAuthTriesAllSecretsWithoutAKeyId()
    {
        const KeyRing current(AuthVersion::BetterAuth, secrets({"new", "old"}), saltOf(AuthVersion::BetterAuth));
        const KeyRing old(AuthVersion::BetterAuth, secrets({"old"}), saltOf(AuthVersion::BetterAuth));
        const QByteArray header = jose::toBase64Url(json("{'alg':'dir','enc':'A256CBC-HS512'}"));
        const jose::ContentAlgorithm *cbc = jose::contentAlgorithm(u"A256CBC-HS512");
        const QByteArray iv(16, 'i');
        const auto sealed = jose::sealContent(*cbc, old.keys().front().cbc.view(), iv, json("{'a':1}"), header);
        const QByteArray token = header + ".." + jose::toBase64Url(iv) + '.' + jose::toBase64Url(sealed->ciphertext) +
                                 '.' + jose::toBase64Url(sealed->tag);
        QVERIFY(jose::openToken(current, token, now).ok);
        QCOMPARE(jose::openToken(current, token, now).headerJson, json("{'alg':'dir','enc':'A256CBC-HS512'}"));
        // v5 would try the first alone; and a key id that fits nobody ends the search.
        const KeyRing none(AuthVersion::BetterAuth, secrets({"x", "y"}), saltOf(AuthVersion::BetterAuth));
        QCOMPARE(jose::openToken(none, token, now).failure, jose::DecodeFailure::DecryptionFailed);
        const auto named = jose::sealToken(old, Claims(), month, now);
        QVERIFY(jose::openToken(current, named->view(), now).ok);
        QCOMPARE(jose::openToken(none, named->view(), now).failure, jose::DecodeFailure::NoMatchingSecret);
    }

    /// The scan looks at 64 bytes at a time: wherever a text ends, inside of a string or out of it, it must end too.
    void whatIsCutShortIsNotCanonical()
    {
        for (qsizetype filler = 0; filler < 70; ++filler) {
            const QByteArray whole =
                "{\"a\":\"" + QByteArray(filler, 'x') +
                "\",\"b\":\"y\\\"\\\\z\",\"c\":[{\"d\":\"e\"},12,\"f\"],\"g\":{\"h\":\"i\"},\"j\":\"k\"}";
            for (qsizetype size = 0; size <= whole.size(); ++size) {
                // In memory of its own size, so that a sanitizer sees what reads beyond it.
                const auto copy = std::make_unique<char[]>(static_cast<std::size_t>(size));
                std::ranges::copy(QByteArrayView(whole).first(size), copy.get());
                jose::ClaimIndex index;
                QCOMPARE(jose::indexCanonical(QByteArrayView(copy.get(), size), index), size == whole.size());
            }
        }
    }

    void uuidsAreRandomAndOfVersionFour()
    {
        static const QRegularExpression uuid4(
            QStringLiteral("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"));
        QSet<QByteArray> seen;
        for (int i = 0; i < 1000; ++i) {
            std::array<char, 36> text{};
            QVERIFY(jose::randomUuid(text));
            const QByteArray uuid(text.data(), text.size());
            QVERIFY(uuid4.match(QString::fromLatin1(uuid)).hasMatch());
            seen.insert(uuid);
        }
        QCOMPARE(seen.size(), 1000);
    }

    void manyThreadsAndRings()
    {
        constexpr int threads = 40;
        const KeyRing shared4(AuthVersion::V4, secrets({"a secret"}), "");
        const KeyRing shared5(AuthVersion::V5, secrets({"a secret", "an older one"}), "s");
        std::atomic<int> failures{0};
        std::latch start(threads);
        const auto work = [&](int number) {
            const auto claims =
                *Claims::fromValue(*jose::parseJson(QString(QStringLiteral("{\"sub\":\"%1\"}").arg(number))));
            start.arrive_and_wait();
            for (int round = 0; round < 300; ++round) {
                // A ring of the thread's own that comes and goes; the next one may stand at the same address.
                const KeyRing own(AuthVersion::V5, secrets({round % 2 == 0 ? "even" : "odd"}), "s");
                for (const KeyRing *ring : {&shared4, &shared5, &own}) {
                    const auto token = jose::sealToken(*ring, claims, month, now);
                    const auto opened = token ? jose::openToken(*ring, token->view(), now) : jose::OpenedToken();
                    if (!opened.ok || opened.claims.string("sub") != QString::number(number))
                        failures.fetch_add(1);
                    const KeyRing &other = ring == &shared5 ? own : shared5;
                    if (token && jose::openToken(other, token->view(), now).ok)
                        failures.fetch_add(1);
                }
            }
        };
        {
            std::vector<std::jthread> running;
            for (int i = 0; i < threads; ++i)
                running.emplace_back(work, i);
        }
        QCOMPARE(failures.load(), 0);
    }
};

QTEST_GUILESS_MAIN(TokenPathsTest)
#include "tst_TokenPaths.moc"
