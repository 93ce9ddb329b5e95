#include "core/jose/ContentCipher.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <QtEndian>

#include <algorithm>
#include <array>
#include <limits>

#include "core/base/Secret.h"
#include "core/jose/OpenSslPtr.h"

namespace rollcall::jose {

namespace {

// RFC 7518 §5.1
constexpr std::array algorithms{ContentAlgorithm{"A128CBC-HS256", true, 32, 16, 16, "AES-128-CBC", "SHA256"},
                                ContentAlgorithm{"A192CBC-HS384", true, 48, 16, 24, "AES-192-CBC", "SHA384"},
                                ContentAlgorithm{"A256CBC-HS512", true, 64, 16, 32, "AES-256-CBC", "SHA512"},
                                ContentAlgorithm{"A128GCM", false, 16, 12, 16, "AES-128-GCM", nullptr},
                                ContentAlgorithm{"A192GCM", false, 24, 12, 16, "AES-192-GCM", nullptr},
                                ContentAlgorithm{"A256GCM", false, 32, 12, 16, "AES-256-GCM", nullptr}};

constexpr qsizetype blockBytes = 16;

bool fitsInt(QByteArrayView view)
{
    return view.size() <= std::numeric_limits<int>::max() - blockBytes;
}

int intSize(QByteArrayView view)
{
    return static_cast<int>(view.size());
}

unsigned char *data(QByteArray &bytes)
{
    return reinterpret_cast<unsigned char *>(bytes.data());
}

/// A cipher context that is set up, or null.
OpenSslPtr<EVP_CIPHER_CTX> start(const char *name, QByteArrayView key, QByteArrayView iv, bool encrypt)
{
    const OpenSslPtr<EVP_CIPHER> cipher(EVP_CIPHER_fetch(nullptr, name, nullptr));
    OpenSslPtr<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
    if (!cipher || !context ||
        EVP_CipherInit_ex2(context.get(), cipher.get(), bytes(key), bytes(iv), encrypt ? 1 : 0, nullptr) != 1)
        return nullptr;
    return context;
}

/// Runs all of @p input through @p context and finishes; nullopt where OpenSSL refuses (wrong padding or tag).
std::optional<QByteArray> run(EVP_CIPHER_CTX *context, QByteArrayView input)
{
    QByteArray output(input.size() + blockBytes, Qt::Uninitialized);
    int written = 0;
    int last = 0;
    const bool updated =
        input.isEmpty() || EVP_CipherUpdate(context, data(output), &written, bytes(input), intSize(input)) == 1;
    if (!updated || EVP_CipherFinal_ex(context, data(output) + written, &last) != 1) {
        base::wipe(output);
        return std::nullopt;
    }
    output.truncate(written + last);
    return output;
}

bool addAad(EVP_CIPHER_CTX *context, QByteArrayView aad)
{
    int ignored = 0;
    return aad.isEmpty() || EVP_CipherUpdate(context, nullptr, &ignored, bytes(aad), intSize(aad)) == 1;
}

/// The first tagBytes of HMAC(AAD, IV, ciphertext, bit length of AAD); empty where OpenSSL refuses.
QByteArray macOf(const ContentAlgorithm &algorithm, QByteArrayView key, QByteArrayView iv, QByteArrayView ciphertext,
                 QByteArrayView aad)
{
    std::array<char, sizeof(quint64)> aadBits{};
    qToBigEndian(static_cast<quint64>(aad.size()) * 8, aadBits.data());
    QByteArray input;
    input.reserve(aad.size() + iv.size() + ciphertext.size() + static_cast<qsizetype>(aadBits.size()));
    input.append(aad).append(iv).append(ciphertext).append(QByteArrayView(aadBits));
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned int macSize = 0;
    const QByteArrayView macKey = key.first(algorithm.keyBytes / 2);
    const EVP_MD *digest = EVP_get_digestbyname(algorithm.digest);
    if (!digest ||
        !HMAC(digest, macKey.data(), intSize(macKey), bytes(input), static_cast<size_t>(input.size()), mac.data(),
              &macSize) ||
        static_cast<qsizetype>(macSize) < algorithm.tagBytes)
        return {};
    return QByteArrayView(mac.data(), algorithm.tagBytes).toByteArray();
}

std::optional<QByteArray> openCbc(const ContentAlgorithm &algorithm, QByteArrayView key, QByteArrayView iv,
                                  QByteArrayView ciphertext, QByteArrayView tag, QByteArrayView aad)
{
    const QByteArray expected = macOf(algorithm, key, iv, ciphertext, aad);
    if (expected.isEmpty() || tag.size() != expected.size() ||
        CRYPTO_memcmp(tag.data(), expected.data(), static_cast<size_t>(expected.size())) != 0)
        return std::nullopt;
    const auto context = start(algorithm.cipher, key.sliced(algorithm.keyBytes / 2), iv, false);
    return context ? run(context.get(), ciphertext) : std::nullopt;
}

std::optional<QByteArray> openGcm(const ContentAlgorithm &algorithm, QByteArrayView key, QByteArrayView iv,
                                  QByteArrayView ciphertext, QByteArrayView tag, QByteArrayView aad)
{
    if (tag.size() != algorithm.tagBytes)
        return std::nullopt;
    const auto context = start(algorithm.cipher, key, iv, false);
    QByteArray tagCopy = tag.toByteArray();
    if (!context ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tagCopy.size()), tagCopy.data()) !=
            1 ||
        !addAad(context.get(), aad))
        return std::nullopt;
    return run(context.get(), ciphertext);
}

} // namespace

const ContentAlgorithm *contentAlgorithm(QStringView enc)
{
    const auto *found = std::ranges::find_if(
        algorithms, [enc](const ContentAlgorithm &algorithm) { return enc == QLatin1StringView(algorithm.name); });
    return found == algorithms.end() ? nullptr : found;
}

std::optional<QByteArray> openContent(const ContentAlgorithm &algorithm, QByteArrayView key, QByteArrayView iv,
                                      QByteArrayView ciphertext, QByteArrayView tag, QByteArrayView aad)
{
    if (key.size() != algorithm.keyBytes || iv.size() != algorithm.ivBytes || !fitsInt(ciphertext) || !fitsInt(aad))
        return std::nullopt;
    return algorithm.cbc ? openCbc(algorithm, key, iv, ciphertext, tag, aad)
                         : openGcm(algorithm, key, iv, ciphertext, tag, aad);
}

base::Result<SealedContent> sealContent(const ContentAlgorithm &algorithm, QByteArrayView key, QByteArrayView iv,
                                        QByteArrayView plaintext, QByteArrayView aad)
{
    const auto refused = [] {
        return base::fail(base::Error(base::ErrorCode::Internal)
                              .with(base::ErrorParam::Detail, QStringLiteral("OpenSSL refused to seal a token")));
    };
    if (key.size() != algorithm.keyBytes || iv.size() != algorithm.ivBytes || !fitsInt(plaintext) || !fitsInt(aad))
        return refused();
    const auto context = start(algorithm.cipher, algorithm.cbc ? key.sliced(algorithm.keyBytes / 2) : key, iv, true);
    if (!context || (!algorithm.cbc && !addAad(context.get(), aad)))
        return refused();
    auto ciphertext = run(context.get(), plaintext);
    if (!ciphertext)
        return refused();
    SealedContent sealed{std::move(*ciphertext), {}};
    if (algorithm.cbc) {
        sealed.tag = macOf(algorithm, key, iv, sealed.ciphertext, aad);
    } else {
        sealed.tag.resize(algorithm.tagBytes);
        if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(sealed.tag.size()),
                                sealed.tag.data()) != 1)
            sealed.tag.clear();
    }
    if (sealed.tag.isEmpty())
        return refused();
    return sealed;
}

bool beginsLikeJson(const ContentAlgorithm &algorithm, QByteArrayView key, QByteArrayView iv, QByteArrayView ciphertext)
{
    if (key.size() != algorithm.keyBytes || iv.size() != algorithm.ivBytes || ciphertext.size() < blockBytes)
        return false;
    const auto context = start(algorithm.cipher, algorithm.cbc ? key.sliced(algorithm.keyBytes / 2) : key, iv, false);
    if (!context || EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1)
        return false;
    std::array<unsigned char, 2 * blockBytes> plain{};
    int written = 0;
    const bool decrypted =
        EVP_CipherUpdate(context.get(), plain.data(), &written, bytes(ciphertext), static_cast<int>(blockBytes)) == 1;
    const bool like = decrypted && written == static_cast<int>(blockBytes) && plain.at(0) == '{' && plain.at(1) == '"';
    OPENSSL_cleanse(plain.data(), plain.size());
    return like;
}

} // namespace rollcall::jose
