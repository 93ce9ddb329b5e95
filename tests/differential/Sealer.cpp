#include "tests/differential/Sealer.h"

#include <QCryptographicHash>
#include <QList>

#include <memory>

#include <openssl/evp.h>
#include <zlib.h>

#include "core/jose/Base64Url.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/KeyDerivation.h"

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

/// RFC 3394 with a 256-bit key.
QByteArray wrapped(QByteArrayView key, const QByteArray &content)
{
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  &EVP_CIPHER_CTX_free);
    const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> cipher(
        EVP_CIPHER_fetch(nullptr, "AES-256-WRAP", nullptr), &EVP_CIPHER_free);
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

} // namespace

QByteArray sealRecipe(const JsonValue &recipe)
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
    const QByteArray header = jose::toBase64Url(bytesOf(recipe, u"header"));
    const QByteArray noise = QCryptographicHash::hash(QByteArray(header + payload), QCryptographicHash::Sha512);
    const QByteArray iv = noise.first(algorithm->ivBytes);
    QByteArrayView contentKey = key->view().first(algorithm->keyBytes);
    QByteArray encryptedKey;
    const QByteArray ownKey = QCryptographicHash::hash(noise, QCryptographicHash::Sha512).first(algorithm->keyBytes);
    if (textOf(recipe, u"wrap") == u"A256KW") {
        encryptedKey = wrapped(key->view().first(32), ownKey);
        contentKey = ownKey;
    }
    const auto sealed = jose::sealContent(*algorithm, contentKey, iv, payload, header);
    if (!sealed)
        qFatal("content cannot be sealed");
    QList<QByteArray> parts{header, jose::toBase64Url(encryptedKey), jose::toBase64Url(iv),
                            jose::toBase64Url(sealed->ciphertext), jose::toBase64Url(sealed->tag)};
    for (const JsonValue &change : listOf(recipe, u"edits"))
        edit(parts, change);
    return parts.join('.');
}

} // namespace rollcall::differential
