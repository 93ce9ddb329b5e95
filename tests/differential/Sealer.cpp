#include "tests/differential/Sealer.h"

#include <QCryptographicHash>
#include <QList>

#include <memory>

#include <openssl/evp.h>
#include <zlib.h>

#include "core/jose/Base64Url.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/KeyDerivation.h"
#include "tests/differential/SigningKeys.h"

namespace rollcall::differential {

namespace {

/// A raw deflate stream, as zip: DEF wants it.
QByteArray deflated(const QByteArray &plain)
{
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        qFatal("zlib does not start");
    QByteArray out(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(plain.size()))), '\0');
    QByteArray in = plain;
    stream.next_in = reinterpret_cast<Bytef *>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    out.truncate(static_cast<qsizetype>(stream.total_out));
    deflateEnd(&stream);
    if (!done)
        qFatal("zlib does not deflate");
    return out;
}

/// RFC 3394 with a key of 128, 192 or 256 bits.
QByteArray wrapped(QByteArrayView key, const QByteArray &content)
{
    const QByteArray name = "AES-" + QByteArray::number(key.size() * 8) + "-WRAP";
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  &EVP_CIPHER_CTX_free);
    const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> cipher(
        EVP_CIPHER_fetch(nullptr, name.constData(), nullptr), &EVP_CIPHER_free);
    QByteArray out(content.size() + 16, '\0');
    int length = 0;
    int rest = 0;
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_EncryptInit_ex2(context.get(), cipher.get(), reinterpret_cast<const unsigned char *>(key.data()), nullptr,
                            nullptr) != 1 ||
        EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char *>(out.data()), &length,
                          reinterpret_cast<const unsigned char *>(content.data()),
                          static_cast<int>(content.size())) != 1 ||
        EVP_EncryptFinal_ex(context.get(), reinterpret_cast<unsigned char *>(out.data()) + length, &rest) != 1)
        qFatal("AES key wrap fails");
    return out.first(length + rest);
}

struct Password
{
    const char *alg;
    const char *digest;
    int keyBytes;
};
constexpr std::array passwords{Password{"PBES2-HS256+A128KW", "SHA256", 16},
                               Password{"PBES2-HS384+A192KW", "SHA384", 24},
                               Password{"PBES2-HS512+A256KW", "SHA512", 32}};

/// The key that PBES2 makes of the derived one; nullopt for other ways of wrapping.
std::optional<QByteArray> passwordKey(const JsonValue &recipe, QByteArrayView key)
{
    const QByteArray alg = textOf(recipe, u"wrap").toLatin1();
    for (const Password &password : passwords) {
        if (alg != password.alg)
            continue;
        const QByteArray salt = alg + '\0' + jose::fromBase64Lenient(bytesOf(recipe, u"p2s"));
        QByteArray made(password.keyBytes, '\0');
        if (PKCS5_PBKDF2_HMAC(key.data(), static_cast<int>(key.size()),
                              reinterpret_cast<const unsigned char *>(salt.constData()), static_cast<int>(salt.size()),
                              static_cast<int>(std::max<qint64>(numberOf(recipe, u"p2c", 1), 1)),
                              EVP_get_digestbyname(password.digest), password.keyBytes,
                              reinterpret_cast<unsigned char *>(made.data())) != 1)
            qFatal("PBKDF2 fails");
        return made;
    }
    return std::nullopt;
}

/// @p ownKey wrapped with the derived @p key; what that adds to the header stands in it afterwards.
QByteArray wrappedKey(const JsonValue &recipe, QByteArrayView key, const QByteArray &ownKey, QByteArray &header)
{
    const QString wrap = textOf(recipe, u"wrap");
    if (wrap == u"A256KW")
        return wrapped(key, ownKey);
    if (const auto made = passwordKey(recipe, key))
        return wrapped(*made, ownKey);
    const QByteArray iv = QCryptographicHash::hash(ownKey, QCryptographicHash::Sha256).first(12);
    const auto sealed = jose::sealContent(*jose::contentAlgorithm(u"A256GCM"), key, iv, ownKey, {});
    if (!sealed)
        qFatal("a key cannot be sealed");
    header.replace("@iv@", jose::toBase64Url(iv)).replace("@tag@", jose::toBase64Url(sealed->tag));
    return sealed->ciphertext;
}

QByteArray signedToken(const JsonValue &recipe)
{
    const auto algorithm = signingAlgorithm(QString(u"signed-" + textOf(recipe, u"sign")));
    if (!algorithm)
        return QByteArrayLiteral("no.such.algorithm");
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(QByteArrayView(textOf(recipe, u"secret").toUtf8()));
    const auto keys = signingKeysOf(*algorithm, secrets);
    const QByteArray input =
        jose::toBase64Url(bytesOf(recipe, u"header")) + '.' + jose::toBase64Url(bytesOf(recipe, u"payload"));
    const auto signature = keys ? keys->sign(input) : base::Result<QByteArray>(QByteArray());
    return input + '.' + jose::toBase64Url(signature.value_or(QByteArray()));
}

void edit(QList<QByteArray> &parts, const JsonValue &change)
{
    const QString op = textOf(change, u"op");
    const QByteArray given = bytesOf(change, u"text");
    if (op == u"add")
        return parts.append(given);
    if (parts.isEmpty())
        return;
    QByteArray &part = parts[numberOf(change, u"part", 0) % parts.size()];
    const qsizetype at = part.isEmpty() ? 0 : numberOf(change, u"at", 0) % part.size();
    if (op == u"set") {
        part = given;
    } else if (op == u"insert") {
        part.insert(at, given);
    } else if (op == u"erase") {
        part.remove(at, numberOf(change, u"count", 1));
    } else if (op == u"turn" && !part.isEmpty()) {
        // Another character of the alphabet, so that the encoding stays right where it was.
        static const QByteArray alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
        const auto place = std::max<qsizetype>(alphabet.indexOf(part.at(at)), 0);
        part[at] = alphabet.at((place + 1 + numberOf(change, u"count", 0)) % alphabet.size());
    } else if (op == u"drop") {
        parts.removeAt(numberOf(change, u"part", 0) % parts.size());
    }
}

QByteArray encryptedToken(const JsonValue &recipe)
{
    const auto version = textOf(recipe, u"version") == u"v4" ? session::AuthVersion::V4 : session::AuthVersion::V5;
    const bool isV4 = version == session::AuthVersion::V4;
    const QString enc = textOf(recipe, u"enc", isV4 ? QStringLiteral("A256GCM") : QStringLiteral("A256CBC-HS512"));
    const jose::ContentAlgorithm *algorithm = jose::contentAlgorithm(enc);
    const QByteArray salt = textOf(recipe, u"salt").toUtf8();
    const auto key = jose::deriveKey(textOf(recipe, u"secret").toUtf8(), salt, jose::derivationInfo(version, salt), 64);
    if (!algorithm || !key)
        return QByteArrayLiteral("no.key.for.this.recipe");

    QByteArray payload = bytesOf(recipe, u"payload");
    if (flagOf(recipe, u"zip").value_or(false))
        payload = deflated(payload);
    QByteArray header = bytesOf(recipe, u"header");
    const QByteArray noise = QCryptographicHash::hash(QByteArray(header + payload), QCryptographicHash::Sha512);
    const QByteArray iv = noise.first(algorithm->ivBytes);
    QByteArrayView contentKey = key->view().first(algorithm->keyBytes);
    QByteArray encryptedKey;
    const QByteArray ownKey = QCryptographicHash::hash(noise, QCryptographicHash::Sha512).first(algorithm->keyBytes);
    if (!textOf(recipe, u"wrap").isEmpty()) {
        encryptedKey = wrappedKey(recipe, key->view().first(32), ownKey, header);
        contentKey = ownKey;
    }
    const QByteArray protectedPart = jose::toBase64Url(header);
    const auto sealed = jose::sealContent(*algorithm, contentKey, iv, payload, protectedPart);
    if (!sealed)
        qFatal("content cannot be sealed");
    return protectedPart + '.' + jose::toBase64Url(encryptedKey) + '.' + jose::toBase64Url(iv) + '.' +
           jose::toBase64Url(sealed->ciphertext) + '.' + jose::toBase64Url(sealed->tag);
}

} // namespace

QByteArray sealRecipe(const JsonValue &recipe)
{
    QByteArray token;
    if (recipe.find(u"sign"))
        token = signedToken(recipe);
    else if (flagOf(recipe, u"plain").value_or(false))
        token = jose::toBase64Url(bytesOf(recipe, u"payload"));
    else
        token = encryptedToken(recipe);
    QList<QByteArray> parts = token.split('.');
    for (const JsonValue &change : listOf(recipe, u"edits"))
        edit(parts, change);
    return parts.join('.');
}

} // namespace rollcall::differential
