#include "tests/differential/Tokens.h"

#include <QStringList>

#include "core/jose/KeyDerivation.h"
#include "tests/differential/Claims.h"
#include "tests/differential/SigningKeys.h"

namespace rollcall::differential {

namespace {

session::AuthVersion versionOf(const QString &version)
{
    return version == u"v4" ? session::AuthVersion::V4 : session::AuthVersion::V5;
}

QByteArray kidOf(const QString &version, const QString &secret, const QString &salt, qsizetype length)
{
    const auto key = jose::deriveKey(secret.toUtf8(), salt.toUtf8(),
                                     jose::derivationInfo(versionOf(version), salt.toUtf8()), length);
    return key ? jose::keyThumbprint(*key) : QByteArray("none");
}

QByteArray makeKid(Random &random, const QString &version, const QString &secret, const QString &salt, qsizetype length)
{
    if (random.chance(88))
        return '"' + kidOf(version, secret, salt, length) + '"';
    switch (random.below(4)) {
    case 0:
        return '"' + kidOf(version, secret, salt, length == 64 ? 32 : 64) + '"';
    case 1:
        return '"' + kidOf(version, makeSecret(random), salt, length) + '"';
    case 2:
        return '"' + kidOf(version, secret, salt + u'x', length) + '"';
    default:
        return random.pick<QByteArray>({"\"\"", "null", "0", "true", "[]", "\"x\""});
    }
}

/// A header member that the libraries never write.
QByteArray oddMember(Random &random)
{
    if (random.chance(40)) {
        const QByteArray name =
            random.pick<QByteArray>({"\"iss\"", "\"sub\"", "\"aud\"", "\"typ\"", "\"cty\"", "\"x\"", "\"p2c\""});
        return name + ':' + makeJson(random, 2);
    }
    return random.pick<QByteArray>({"\"crit\":[]",
                                    "\"crit\":[\"exp\"]",
                                    "\"crit\":null",
                                    "\"crit\":\"b64\"",
                                    "\"crit\":[\"b64\"]",
                                    "\"crit\":[1]",
                                    "\"crit\":[\"\"]",
                                    "\"zip\":\"DEF\"",
                                    "\"zip\":null",
                                    "\"zip\":\"\"",
                                    "\"zip\":\"GZIP\"",
                                    "\"zip\":false",
                                    "\"zip\":0",
                                    "\"alg\":\"dir\"",
                                    "\"alg\":\"none\"",
                                    "\"alg\":\"RSA-OAEP\"",
                                    "\"alg\":\"A128KW\"",
                                    "\"alg\":\"A256GCMKW\"",
                                    "\"alg\":\"ECDH-ES\"",
                                    "\"alg\":\"A128GCMKW\"",
                                    "\"alg\":\"PBES2-HS256+A128KW\"",
                                    "\"alg\":null",
                                    "\"alg\":\"\"",
                                    "\"enc\":\"A256GCM\"",
                                    "\"enc\":\"A256CBC-HS512\"",
                                    "\"enc\":\"A128CBC-HS256\"",
                                    "\"enc\":\"A192GCM\"",
                                    "\"enc\":\"A128GCM\"",
                                    "\"enc\":\"a256gcm\"",
                                    "\"enc\":null",
                                    "\"enc\":1",
                                    "\"kid\":\"x\"",
                                    "\"epk\":{}",
                                    "\"__proto__\":{\"alg\":\"dir\"}",
                                    "\"iss\":\"a\"",
                                    "\"sub\":\"1\"",
                                    "\"aud\":[\"a\",1]",
                                    "\"p2s\":\"AAAA\",\"p2c\":1"});
}

/// How a content key is wrapped, where one is: members for the header, in place of its `alg`.
struct Wrap
{
    QString alg;
    QByteArray header;
    QByteArray p2s;
    qint64 p2c = 0;
};

Wrap makeWrap(Random &random)
{
    Wrap wrap;
    if (!random.chance(6))
        return wrap;
    wrap.alg = random.pick<QString>({QStringLiteral("A256KW"), QStringLiteral("A256GCMKW"),
                                     QStringLiteral("PBES2-HS256+A128KW"), QStringLiteral("PBES2-HS384+A192KW"),
                                     QStringLiteral("PBES2-HS512+A256KW")});
    if (wrap.alg == u"A256GCMKW") {
        wrap.header =
            random.chance(80)
                ? QByteArray("\"iv\":\"@iv@\",\"tag\":\"@tag@\"")
                : random.pick<QByteArray>({"\"iv\":\"@iv@\"", "\"tag\":\"@tag@\"", "\"iv\":\"@tag@\",\"tag\":\"@iv@\"",
                                           "\"iv\":null,\"tag\":\"@tag@\"", "\"iv\":\"@iv@==\",\"tag\":\" @tag@\""});
    } else if (wrap.alg.startsWith(u"PBES2")) {
        wrap.p2s = random.pick<QByteArray>(
            {"c2FsdHNhbHQ", "c2FsdHNhbHQ", "c2FsdHNhbHRzYWx0c2FsdA", "c2FsdA", "", "c2FsdHNhbHQ=", "-_+/c2FsdHNhbHQ"});
        wrap.p2c = random.pick<qint64>({1, 2, 100, 1000, 10'000, 10'001, 0, -1});
        const QByteArray count = random.chance(90) ? QByteArray::number(wrap.p2c)
                                                   : random.pick<QByteArray>({"1.5", "\"1\"", "null", "1e3", "1e400"});
        wrap.header = "\"p2s\":\"" + wrap.p2s + "\",\"p2c\":" + count;
    }
    return wrap;
}

QByteArray makeHeader(Random &random, const TokenPlace &place, const QString &version, const QString &secret,
                      const QString &enc, bool zip, const Wrap &wrap)
{
    QList<QByteArray> members{"\"alg\":\"" + (wrap.alg.isEmpty() ? QByteArray("dir") : wrap.alg.toLatin1()) + '"',
                              "\"enc\":\"" + enc.toLatin1() + '"'};
    if (!wrap.header.isEmpty())
        members << wrap.header;
    const bool kid = version == u"v5" ? !random.chance(10) : random.chance(3);
    if (kid) {
        const qsizetype length = enc == u"A256CBC-HS512" ? 64 : 32;
        members << "\"kid\":" + makeKid(random, version, secret, place.salt, length);
    }
    if (zip)
        members << "\"zip\":\"DEF\"";
    for (qint64 odd = random.chance(12) ? random.between(1, 2) : 0; odd > 0; --odd)
        members.insert(random.below(members.size() + 1), oddMember(random));
    if (random.chance(2))
        members.removeAt(random.below(members.size()));
    if (random.chance(4))
        members.move(random.below(members.size()), random.below(members.size()));
    const QByteArray blank = random.chance(4) ? random.pick<QByteArray>({" ", "\n", "\t"}) : QByteArray();
    const QByteArray text = '{' + blank + members.join(',' + blank) + '}';
    if (!random.chance(2))
        return text;
    return random.pick<QByteArray>(
        {"\xef\xbb\xbf" + text, '[' + text + ']', text + ' ', text + 'x', "", "null", "\"dir\"", "{}", text.chopped(1),
         "\xff" + text, QByteArray(text).replace("dir", "\\u0064ir"), QByteArray(text).replace("dir", "d\xff")});
}

JsonValue makeEdit(Random &random)
{
    const QString op = random.pick<QString>({QStringLiteral("turn"), QStringLiteral("turn"), QStringLiteral("insert"),
                                             QStringLiteral("erase"), QStringLiteral("set"), QStringLiteral("drop"),
                                             QStringLiteral("add")});
    const QByteArray inserted =
        random.pick<QByteArray>({"A",  "AA",   "=", "==",   "+", "/",  "-",    "_", "%", " ", "\t",
                                 "\n", "\x0c", "!", "\xe9", ".", "A=", "AAAA", "",  "*", "~"});
    // Ends matter: padding and trailing bits are there.
    const qint64 at = random.chance(30) ? 1'000'000'007 : random.below(100'000);
    return object({{"op", text(op)},
                   {"part", number(random.below(5))},
                   {"at", number(at)},
                   {"count", number(random.pick<qint64>({0, 1, 2, 3, 4, 17}))},
                   {"text", bytes(op == u"set" && random.chance(50) ? QByteArray() : inserted)}});
}

JsonValue makeEncrypted(Random &random, const TokenPlace &place)
{
    QString version = place.version;
    QString secret = place.secrets.isEmpty()
                         ? makeSecret(random)
                         : place.secrets.at(random.chance(70) ? 0 : random.below(place.secrets.size()));
    QString salt = place.salt;
    if (random.chance(4))
        version = version == u"v4" ? QStringLiteral("v5") : QStringLiteral("v4");
    if (random.chance(4))
        secret = makeSecret(random);
    if (random.chance(3))
        salt += u'x';
    QString enc = version == u"v4" ? QStringLiteral("A256GCM") : QStringLiteral("A256CBC-HS512");
    if (random.chance(7))
        enc = random.pick<QString>({QStringLiteral("A256GCM"), QStringLiteral("A256CBC-HS512"),
                                    QStringLiteral("A128CBC-HS256"), QStringLiteral("A192GCM"),
                                    QStringLiteral("A128GCM")});
    const bool zip = random.chance(5);
    const Wrap wrap = makeWrap(random);
    QByteArray payload = makePayload(random, place.now);
    if (zip && random.chance(25)) {
        // Around the most that may be inflated.
        const qsizetype size = random.pick<qsizetype>({249'999, 250'000, 250'001, 400'000});
        payload = "{\"data\":\"" + QByteArray(size - 11, 'a') + "\"}";
    }
    const QByteArray header = makeHeader(random, place, version, secret, enc, zip, wrap);
    JsonValue token = object({{"version", text(version)},
                              {"secret", text(secret)},
                              {"salt", text(salt)},
                              {"enc", text(enc)},
                              {"header", bytes(header)},
                              {"payload", bytes(payload)}});
    if (zip)
        token.set(QStringLiteral("zip"), JsonValue(true));
    if (!wrap.alg.isEmpty())
        token.set(QStringLiteral("wrap"), text(wrap.alg));
    if (wrap.p2c != 0) {
        token.set(QStringLiteral("p2s"), bytes(wrap.p2s));
        token.set(QStringLiteral("p2c"), number(wrap.p2c));
    }
    return token;
}

JsonValue makeSigned(Random &random, const TokenPlace &place, const QString &algorithm)
{
    const QString other =
        random.pick<QString>({QStringLiteral("none"), QStringLiteral("HS256"), QStringLiteral("HS512"),
                              QStringLiteral("ES256"), QStringLiteral("hs256"), QString()});
    QList<QByteArray> members{"\"alg\":\"" + (random.chance(95) ? algorithm : other).toLatin1() + '"'};
    if (random.chance(20))
        members.insert(random.below(2),
                       random.pick<QByteArray>({"\"typ\":\"JWT\"", "\"kid\":\"1\"", "\"crit\":[]", "\"crit\":[\"exp\"]",
                                                "\"b64\":true,\"crit\":[\"b64\"]", "\"crit\":[\"b64\"]",
                                                "\"crit\":[\"b64\",\"exp\"],\"b64\":1", "\"crit\":[\"b64\"],\"b64\":0",
                                                "\"b64\":false", "\"b64\":false,\"crit\":[\"b64\",\"b64\"]",
                                                "\"crit\":null", "\"alg\":null", "\"iss\":\"a\"", "\"zip\":\"DEF\""}));
    QByteArray header = '{' + members.join(',') + '}';
    if (random.chance(3))
        header = random.pick<QByteArray>({"", "null", "[]", "{}", "\xef\xbb\xbf" + header, header + ' ', "\xff"});
    const QStringList &secrets = place.secrets;
    return object({{"sign", text(random.chance(97) ? algorithm : QStringLiteral("HS256"))},
                   {"secret", text(secrets.isEmpty() || random.chance(4)
                                       ? makeSecret(random)
                                       : secrets.at(random.chance(70) ? 0 : random.below(secrets.size())))},
                   {"header", bytes(header)},
                   {"payload", bytes(makePayload(random, place.now))}});
}

} // namespace

QString makeSecret(Random &random)
{
    if (random.chance(1))
        return {};
    return random.pick<QString>(
        {QStringLiteral("rollcall-shared-secret-0123456789abcdef"),
         QStringLiteral("rollcall-shared-secret-0123456789abcdef\n"),
         QStringLiteral("another-secret-of-the-rotation-2"),
         QStringLiteral("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="), QStringLiteral("k"),
         QStringLiteral("00112233445566778899aabbccddeeff"),
         QString::fromUtf8("s\xc3\xa9"
                           "cr\xc3\xa8t-\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87-\xe7\xa7\x98\xf0\x9f\x94\x91"),
         QString(300, u'x')});
}

JsonValue makeToken(Random &random, const TokenPlace &place)
{
    const auto algorithm = signingAlgorithm(place.codec);
    JsonValue token = algorithm ? makeSigned(random, place, jose::algorithmName(*algorithm))
                      : place.codec == u"plain"
                          ? object({{"plain", JsonValue(true)}, {"payload", bytes(makePayload(random, place.now))}})
                          : makeEncrypted(random, place);
    JsonValue::Array edits;
    for (qint64 n = random.chance(12) ? random.between(1, 2) : 0; n > 0; --n)
        edits.push_back(makeEdit(random));
    if (!edits.empty())
        token.set(QStringLiteral("edits"), list(std::move(edits)));
    return token;
}

} // namespace rollcall::differential
