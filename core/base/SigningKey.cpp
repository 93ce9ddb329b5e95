#include "core/base/SigningKey.h"

#include <openssl/evp.h>

#include "core/base/VaultKey.h"

namespace rollcall::base {

namespace {

constexpr std::size_t keyBytes = 32;
constexpr std::size_t signatureBytes = 64;
static_assert(keyBytes == vaultKeyBytes);

struct FreeKey
{
    void operator()(EVP_PKEY *key) const { EVP_PKEY_free(key); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;

struct FreeContext
{
    void operator()(EVP_MD_CTX *context) const { EVP_MD_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<EVP_MD_CTX, FreeContext>;

/// What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo. **Source:** RFC 8410 §4.
QByteArray publicKeyHead()
{
    return QByteArray::fromHex("302a300506032b6570032100");
}

const unsigned char *bytesOf(QByteArrayView view)
{
    return reinterpret_cast<const unsigned char *>(view.data());
}

unsigned char *roomIn(QByteArray &bytes)
{
    return reinterpret_cast<unsigned char *>(bytes.data());
}

Error cryptoFailed()
{
    return Error(ErrorCode::Internal).with(ErrorParam::Detail, QStringLiteral("the signing key cannot be used"));
}

} // namespace

struct PublicKey::Ready
{
    KeyPtr key;
    QByteArray bytes;
};

std::optional<PublicKey> PublicKey::of(QByteArrayView bytes)
{
    if (bytes.size() != qsizetype(keyBytes))
        return std::nullopt;
    KeyPtr key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytesOf(bytes), keyBytes));
    if (!key)
        return std::nullopt;
    return PublicKey(std::make_shared<const Ready>(Ready{std::move(key), bytes.toByteArray()}));
}

bool PublicKey::hasSigned(QByteArrayView message, QByteArrayView signature) const
{
    if (signature.size() != qsizetype(signatureBytes))
        return false;
    const ContextPtr context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, m_ready->key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytesOf(signature), signatureBytes, bytesOf(message),
                            static_cast<std::size_t>(message.size())) == 1;
}

const QByteArray &PublicKey::bytes() const
{
    return m_ready->bytes;
}

struct SigningKey::Pair
{
    KeyPtr key;
    PublicKey publicKey;
};

SigningKey::SigningKey(std::unique_ptr<Pair> pair) : m_pair(std::move(pair)) {}
SigningKey::SigningKey(SigningKey &&) noexcept = default;
SigningKey &SigningKey::operator=(SigningKey &&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::of(const SecretBytes &secret)
{
    if (secret.size() != vaultKeyBytes)
        return fail(cryptoFailed());
    KeyPtr key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytesOf(secret.view()), keyBytes));
    QByteArray bytes(qsizetype(keyBytes), Qt::Uninitialized);
    std::size_t size = keyBytes;
    if (!key || EVP_PKEY_get_raw_public_key(key.get(), roomIn(bytes), &size) != 1)
        return fail(cryptoFailed());
    const auto publicKey = PublicKey::of(bytes);
    if (!publicKey)
        return fail(cryptoFailed());
    return SigningKey(std::make_unique<Pair>(Pair{std::move(key), *publicKey}));
}

Result<std::optional<SigningKey>> SigningKey::find(SecretVault &vault, const QString &name, const Call &call)
{
    const auto secret = vault.read(name, call);
    if (!secret)
        return fail(secret.error());
    if (!*secret)
        return std::nullopt;
    auto key = of(**secret);
    if (!key)
        return fail(key.error());
    return std::optional(std::move(*key));
}

Result<SigningKey> SigningKey::findOrMake(SecretVault &vault, const QString &name, const Call &call)
{
    const auto secret = loadOrMakeKey(vault, name, call);
    if (!secret)
        return fail(secret.error());
    return of(*secret);
}

Result<QByteArray> SigningKey::sign(QByteArrayView message) const
{
    const ContextPtr context(EVP_MD_CTX_new());
    QByteArray signature(qsizetype(signatureBytes), Qt::Uninitialized);
    std::size_t size = signatureBytes;
    const bool isSigned = context &&
                          EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, m_pair->key.get()) == 1 &&
                          EVP_DigestSign(context.get(), roomIn(signature), &size, bytesOf(message),
                                         static_cast<std::size_t>(message.size())) == 1;
    if (!isSigned)
        return fail(cryptoFailed());
    return signature;
}

const PublicKey &SigningKey::publicKey() const
{
    return m_pair->publicKey;
}

QByteArray SigningKey::publicPem() const
{
    return "-----BEGIN PUBLIC KEY-----\n" + QByteArray(publicKeyHead() + m_pair->publicKey.bytes()).toBase64() +
           "\n-----END PUBLIC KEY-----\n";
}

} // namespace rollcall::base
