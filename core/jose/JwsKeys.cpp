#include "core/jose/JwsKeys.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "core/jose/OpenSslPtr.h"

namespace rollcall::jose {

namespace {

using session::SignatureAlgorithm;

constexpr int leastRsaBits = 2048;              // RFC 7518 §3.3
constexpr qsizetype p256Bytes = 32;             // of each of r and s, RFC 7518 §3.4
constexpr std::array<char, 7> sha256{"SHA256"}; // EVP_DigestSign wants the name

bool isHmac(SignatureAlgorithm algorithm)
{
    return algorithm == SignatureAlgorithm::HS256 || algorithm == SignatureAlgorithm::HS384 ||
           algorithm == SignatureAlgorithm::HS512;
}

const char *hmacDigest(SignatureAlgorithm algorithm)
{
    if (algorithm == SignatureAlgorithm::HS384)
        return "SHA384";
    return algorithm == SignatureAlgorithm::HS512 ? "SHA512" : "SHA256";
}

base::Error keyError(const QString &detail)
{
    return base::Error(base::ErrorCode::UsageInvalid).with(base::ErrorParam::Detail, detail);
}

base::Error internal()
{
    return base::Error(base::ErrorCode::Internal)
        .with(base::ErrorParam::Detail, QStringLiteral("OpenSSL refused to sign a token"));
}

/// Encrypted keys are not supported: nobody must be asked for a password on a terminal.
int noPassword(char *, int, int, void *)
{
    return -1;
}

struct LoadedKey
{
    OpenSslPtr<EVP_PKEY> key;
    bool isPrivate = false;
};

LoadedKey readPem(QByteArrayView pem)
{
    LoadedKey loaded;
    const auto source = [&pem] { return OpenSslPtr<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); };
    if (const auto bio = source())
        loaded.key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassword, nullptr));
    loaded.isPrivate = loaded.key != nullptr;
    if (!loaded.key) {
        if (const auto bio = source())
            loaded.key.reset(PEM_read_bio_PUBKEY(bio.get(), nullptr, noPassword, nullptr));
    }
    return loaded;
}

/// What is wrong with @p key under @p algorithm; empty where nothing is.
QString whyUnfit(SignatureAlgorithm algorithm, const EVP_PKEY *key)
{
    switch (algorithm) {
    case SignatureAlgorithm::RS256:
        if (EVP_PKEY_is_a(key, "RSA") != 1)
            return QStringLiteral("RS256 needs an RSA key");
        if (EVP_PKEY_get_bits(key) < leastRsaBits)
            return QStringLiteral("RS256 needs an RSA key of 2048 bits or more");
        return {};
    case SignatureAlgorithm::ES256: {
        std::array<char, 32> group{};
        const bool isP256 = EVP_PKEY_is_a(key, "EC") == 1 &&
                            EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
                            QByteArrayView(group.data()) == QByteArrayView("prime256v1");
        return isP256 ? QString() : QStringLiteral("ES256 needs an EC key on the curve P-256");
    }
    case SignatureAlgorithm::EdDSA:
        return EVP_PKEY_is_a(key, "ED25519") == 1 ? QString() : QStringLiteral("EdDSA needs an Ed25519 key");
    case SignatureAlgorithm::HS256:
    case SignatureAlgorithm::HS384:
    case SignatureAlgorithm::HS512:
        return QStringLiteral("HMAC needs a secret");
    }
    Q_UNREACHABLE();
}

/// r||s of a JWS as OpenSSL's DER; empty where it has another length.
QByteArray toDer(QByteArrayView joined)
{
    if (joined.size() != 2 * p256Bytes)
        return {};
    const OpenSslPtr<ECDSA_SIG> signature(ECDSA_SIG_new());
    OpenSslPtr<BIGNUM> r(BN_bin2bn(bytes(joined), static_cast<int>(p256Bytes), nullptr));
    OpenSslPtr<BIGNUM> s(BN_bin2bn(bytes(joined) + p256Bytes, static_cast<int>(p256Bytes), nullptr));
    if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1)
        return {};
    // set0 took both over.
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
    if (size <= 0)
        return {};
    QByteArray der(size, Qt::Uninitialized);
    auto *at = reinterpret_cast<unsigned char *>(der.data());
    return i2d_ECDSA_SIG(signature.get(), &at) == size ? der : QByteArray();
}

/// OpenSSL's DER as r||s; empty where it is none.
QByteArray fromDer(QByteArrayView der)
{
    const unsigned char *at = bytes(der);
    const OpenSslPtr<ECDSA_SIG> signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    QByteArray joined(2 * p256Bytes, Qt::Uninitialized);
    auto *out = reinterpret_cast<unsigned char *>(joined.data());
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, static_cast<int>(p256Bytes)) != p256Bytes ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + p256Bytes, static_cast<int>(p256Bytes)) != p256Bytes)
        return {};
    return joined;
}

} // namespace

/// One key: an HMAC that took it, or a public or private key. **Thread-safety:** immutable after construction.
class JwsKeys::Key final
{
public:
    static base::Result<std::unique_ptr<const Key>> make(SignatureAlgorithm algorithm, QByteArrayView material)
    {
        auto key = std::make_unique<Key>();
        key->m_algorithm = algorithm;
        if (!isHmac(algorithm)) {
            LoadedKey loaded = readPem(material);
            if (!loaded.key) {
                return base::fail(
                    keyError(QStringLiteral("the key is no unencrypted PEM key (PUBLIC KEY or PRIVATE KEY)")));
            }
            if (const QString unfit = whyUnfit(algorithm, loaded.key.get()); !unfit.isEmpty())
                return base::fail(keyError(unfit));
            key->m_pair = std::move(loaded.key);
            key->m_isPrivate = loaded.isPrivate;
            return key;
        }
        // A public key taken for a secret would let everybody who knows it sign.
        if (material.startsWith("-----BEGIN"))
            return base::fail(keyError(QStringLiteral("a PEM key is given where HMAC needs a secret")));
        if (!key->startHmac(material))
            return base::fail(internal());
        key->m_isPrivate = true;
        return key;
    }

    [[nodiscard]] bool canSign() const { return m_isPrivate; }

    [[nodiscard]] bool verify(QByteArrayView input, QByteArrayView signature) const
    {
        if (m_hmac) {
            const QByteArray expected = hmacOf(input);
            return !expected.isEmpty() && signature.size() == expected.size() &&
                   CRYPTO_memcmp(expected.constData(), signature.data(), static_cast<std::size_t>(signature.size())) ==
                       0;
        }
        const bool isEs256 = m_algorithm == SignatureAlgorithm::ES256;
        const QByteArray der = isEs256 ? toDer(signature) : QByteArray();
        const QByteArrayView given = isEs256 ? QByteArrayView(der) : signature;
        const OpenSslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
        return !given.isEmpty() && context &&
               EVP_DigestVerifyInit_ex(context.get(), nullptr, digest(), nullptr, nullptr, m_pair.get(), nullptr) ==
                   1 &&
               EVP_DigestVerify(context.get(), bytes(given), static_cast<std::size_t>(given.size()), bytes(input),
                                static_cast<std::size_t>(input.size())) == 1;
    }

    /// Empty where OpenSSL refuses.
    [[nodiscard]] QByteArray sign(QByteArrayView input) const
    {
        if (m_hmac)
            return hmacOf(input);
        const OpenSslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
        std::size_t size = 0;
        const auto inputSize = static_cast<std::size_t>(input.size());
        if (!context ||
            EVP_DigestSignInit_ex(context.get(), nullptr, digest(), nullptr, nullptr, m_pair.get(), nullptr) != 1 ||
            EVP_DigestSign(context.get(), nullptr, &size, bytes(input), inputSize) != 1)
            return {};
        QByteArray signature(static_cast<qsizetype>(size), Qt::Uninitialized);
        if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char *>(signature.data()), &size, bytes(input),
                           inputSize) != 1)
            return {};
        signature.truncate(static_cast<qsizetype>(size));
        return m_algorithm == SignatureAlgorithm::ES256 ? fromDer(signature) : signature;
    }

private:
    /// Ed25519 hashes by itself.
    [[nodiscard]] const char *digest() const
    {
        return m_algorithm == SignatureAlgorithm::EdDSA ? nullptr : sha256.data();
    }

    bool startHmac(QByteArrayView secret)
    {
        const OpenSslPtr<EVP_MAC> mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
        m_hmac.reset(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
        // OpenSSL only reads the name here, but its parameters are not const.
        const std::array params{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char *>(hmacDigest(m_algorithm)), 0),
            OSSL_PARAM_construct_end()};
        return m_hmac &&
               EVP_MAC_init(m_hmac.get(), bytes(secret), static_cast<std::size_t>(secret.size()), params.data()) == 1;
    }

    [[nodiscard]] QByteArray hmacOf(QByteArrayView input) const
    {
        const OpenSslPtr<EVP_MAC_CTX> context(EVP_MAC_CTX_dup(m_hmac.get()));
        QByteArray result(EVP_MAX_MD_SIZE, Qt::Uninitialized);
        std::size_t size = 0;
        if (!context || EVP_MAC_update(context.get(), bytes(input), static_cast<std::size_t>(input.size())) != 1 ||
            EVP_MAC_final(context.get(), reinterpret_cast<unsigned char *>(result.data()), &size,
                          static_cast<std::size_t>(result.size())) != 1)
            return {};
        result.truncate(static_cast<qsizetype>(size));
        return result;
    }

    SignatureAlgorithm m_algorithm = SignatureAlgorithm::HS256;
    OpenSslPtr<EVP_MAC_CTX> m_hmac;
    OpenSslPtr<EVP_PKEY> m_pair;
    bool m_isPrivate = false;
};

JwsKeys::JwsKeys(SignatureAlgorithm algorithm, std::vector<std::unique_ptr<const Key>> keys)
    : m_algorithm(algorithm), m_keys(std::move(keys))
{}
JwsKeys::JwsKeys(JwsKeys &&) noexcept = default;
JwsKeys &JwsKeys::operator=(JwsKeys &&) noexcept = default;
JwsKeys::~JwsKeys() = default;

base::Result<JwsKeys> JwsKeys::make(SignatureAlgorithm algorithm, std::span<const base::SecretBytes> keys)
{
    std::vector<std::unique_ptr<const Key>> made;
    if (keys.empty())
        return base::fail(base::Error(base::ErrorCode::SecretMissing));
    for (const base::SecretBytes &material : keys) {
        if (material.isEmpty())
            return base::fail(base::Error(base::ErrorCode::SecretMissing));
        auto key = Key::make(algorithm, material.view());
        if (!key)
            return base::fail(key.error());
        made.push_back(std::move(*key));
    }
    return JwsKeys(algorithm, std::move(made));
}

SignatureAlgorithm JwsKeys::algorithm() const
{
    return m_algorithm;
}

bool JwsKeys::canSign() const
{
    return m_keys.front()->canSign();
}

bool JwsKeys::verify(QByteArrayView input, QByteArrayView signature) const
{
    return std::ranges::any_of(m_keys, [&](const auto &key) { return key->verify(input, signature); });
}

base::Result<QByteArray> JwsKeys::sign(QByteArrayView input) const
{
    if (!canSign())
        return base::fail(keyError(QStringLiteral("a public key cannot sign; give the private one")));
    QByteArray signature = m_keys.front()->sign(input);
    if (signature.isEmpty())
        return base::fail(internal());
    return signature;
}

QString algorithmName(SignatureAlgorithm algorithm)
{
    switch (algorithm) {
    case SignatureAlgorithm::HS256:
        return QStringLiteral("HS256");
    case SignatureAlgorithm::HS384:
        return QStringLiteral("HS384");
    case SignatureAlgorithm::HS512:
        return QStringLiteral("HS512");
    case SignatureAlgorithm::RS256:
        return QStringLiteral("RS256");
    case SignatureAlgorithm::ES256:
        return QStringLiteral("ES256");
    case SignatureAlgorithm::EdDSA:
        return QStringLiteral("EdDSA");
    }
    Q_UNREACHABLE();
}

} // namespace rollcall::jose
