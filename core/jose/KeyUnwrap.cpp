#include "core/jose/KeyUnwrap.h"

#include <QRegularExpression>

#include <cmath>

#include "core/jose/Base64Url.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/OpenSslPtr.h"

namespace rollcall::jose {

namespace {

using ContentKey = std::optional<base::SecretBytes>;

tl::unexpected<Refusal> malformed(QString detail)
{
    return refuse(DecodeFailure::Malformed, DecodeStep::Algorithm, std::move(detail));
}

/// RFC 3394; nullopt where the check value is wrong or the length is none of a wrapped key. Nothing unwraps to an empty
/// key, as Node's decipher does it: its length is then what jose complains of.
ContentKey unwrapAes(const char *cipherName, QByteArrayView key, QByteArrayView wrapped)
{
    constexpr qsizetype step = 8;
    if (wrapped.isEmpty())
        return base::SecretBytes();
    if (wrapped.size() < 3 * step || wrapped.size() > maxTokenBytes || wrapped.size() % step != 0)
        return std::nullopt;
    const OpenSslPtr<EVP_CIPHER> cipher(EVP_CIPHER_fetch(nullptr, cipherName, nullptr));
    const OpenSslPtr<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
    if (!cipher || !context)
        return std::nullopt;
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    QByteArray unwrapped(wrapped.size() + step, Qt::Uninitialized);
    int written = 0;
    if (EVP_DecryptInit_ex2(context.get(), cipher.get(), bytes(key), nullptr, nullptr) != 1 ||
        EVP_DecryptUpdate(context.get(), reinterpret_cast<unsigned char *>(unwrapped.data()), &written, bytes(wrapped),
                          static_cast<int>(wrapped.size())) != 1) {
        base::wipe(unwrapped); // a wrong check value is found after the key was unwrapped
        return std::nullopt;
    }
    unwrapped.truncate(written);
    return base::SecretBytes::fromAndWipe(unwrapped);
}

Accepted<QByteArray> headerBytes(const JsonValue &header, QStringView name)
{
    const JsonValue *member = header.find(name);
    if (!member || !member->string())
        return malformed(QStringLiteral("the header has no \"%1\"").arg(name));
    return fromBase64Lenient(member->string()->toUtf8());
}

Accepted<ContentKey> unwrapGcm(const base::SecretBytes &key, QByteArrayView wrapped, const JsonValue &header)
{
    const auto iv = headerBytes(header, u"iv");
    const auto tag = iv ? headerBytes(header, u"tag") : iv;
    if (!tag)
        return tl::unexpected<Refusal>(tag.error());
    const ContentAlgorithm *gcm = contentAlgorithm(u"A256GCM");
    if (iv->size() != gcm->ivBytes)
        return malformed(QStringLiteral("the key's initialisation vector has a wrong length"));
    auto unwrapped = openContent(*gcm, key.view(), *iv, wrapped, *tag, {});
    if (!unwrapped)
        return ContentKey();
    return ContentKey(base::SecretBytes::fromAndWipe(*unwrapped));
}

struct PasswordAlgorithm
{
    const char *alg;
    const char *digest;
    const char *cipher;
    qsizetype keyBytes;
};

constexpr std::array passwordAlgorithms{PasswordAlgorithm{"PBES2-HS256+A128KW", "SHA256", "AES-128-WRAP", 16},
                                        PasswordAlgorithm{"PBES2-HS384+A192KW", "SHA384", "AES-192-WRAP", 24},
                                        PasswordAlgorithm{"PBES2-HS512+A256KW", "SHA512", "AES-256-WRAP", 32}};

Accepted<ContentKey> unwrapPassword(const PasswordAlgorithm &algorithm, const base::SecretBytes &key,
                                    QByteArrayView wrapped, const JsonValue &header)
{
    constexpr double mostIterations = 10'000;
    constexpr qsizetype shortestSalt = 8;
    const JsonValue *count = header.find(u"p2c");
    const double iterations = count && count->number() ? *count->number() : mostIterations + 1;
    if (iterations > mostIterations)
        return malformed(QStringLiteral("the header's \"p2c\" is missing or out of bounds"));
    const auto input = headerBytes(header, u"p2s");
    if (!input)
        return tl::unexpected<Refusal>(input.error());
    if (input->size() < shortestSalt)
        return malformed(QStringLiteral("the header's \"p2s\" is too short"));
    // Node refuses other counts with a RangeError, which jose takes for a failed unwrapping.
    if (iterations < 1 || std::floor(iterations) != iterations)
        return ContentKey();
    const QByteArray salt = QByteArray(algorithm.alg) + '\0' + *input;
    std::array<unsigned char, 32> derived{};
    const bool done =
        PKCS5_PBKDF2_HMAC(key.view().data(), static_cast<int>(key.size()), bytes(salt), static_cast<int>(salt.size()),
                          static_cast<int>(iterations), EVP_get_digestbyname(algorithm.digest),
                          static_cast<int>(algorithm.keyBytes), derived.data()) == 1;
    ContentKey result;
    if (done)
        result = unwrapAes(algorithm.cipher, QByteArrayView(derived.data(), algorithm.keyBytes), wrapped);
    OPENSSL_cleanse(derived.data(), derived.size());
    return result;
}

} // namespace

Accepted<std::optional<base::SecretBytes>> contentKeyV4(const QString &alg, const base::SecretBytes &key,
                                                        QByteArrayView encryptedKey, const JsonValue &header)
{
    if (alg == u"dir") {
        if (!encryptedKey.isEmpty())
            return malformed(QStringLiteral("an encrypted key stands in a token that needs none"));
        return ContentKey(key.clone());
    }
    // jose checks the key's type by the name alone, before it looks whether it knows the algorithm.
    static const QRegularExpression takesBytes(QStringLiteral("^(?:HS|PBES2|A[0-9]{3}(?:GCM)?KW\\z)"));
    if (!takesBytes.match(alg).hasMatch()) {
        return refuse(DecodeFailure::Other, DecodeStep::Algorithm,
                      QStringLiteral("the algorithm wants a key of another type"));
    }
    const QByteArray wrapped = fromBase64Lenient(encryptedKey);
    const auto *password = std::ranges::find_if(
        passwordAlgorithms, [&alg](const PasswordAlgorithm &known) { return alg == QLatin1StringView(known.alg); });
    const bool aesWrap = alg == u"A128KW" || alg == u"A192KW" || alg == u"A256KW";
    const bool gcmWrap = alg == u"A128GCMKW" || alg == u"A192GCMKW" || alg == u"A256GCMKW";
    if (password == passwordAlgorithms.end() && !aesWrap && !gcmWrap) {
        return refuse(DecodeFailure::Unsupported, DecodeStep::Algorithm,
                      QStringLiteral("the key management algorithm is not supported"));
    }
    if (encryptedKey.isEmpty())
        return malformed(QStringLiteral("the encrypted key is missing"));
    if (password != passwordAlgorithms.end())
        return unwrapPassword(*password, key, wrapped, header);
    if (alg == u"A256GCMKW")
        return unwrapGcm(key, wrapped, header);
    if (alg == u"A256KW")
        return unwrapAes("AES-256-WRAP", key.view(), wrapped);
    // The derived key has 256 bits: jose throws a TypeError for the other sizes of KW, a JWEInvalid for those of GCMKW.
    return refuse(aesWrap ? DecodeFailure::Other : DecodeFailure::Malformed, DecodeStep::Algorithm,
                  QStringLiteral("the key has a wrong length for the algorithm"));
}

} // namespace rollcall::jose
