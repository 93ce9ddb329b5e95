#include "core/audit/EvidenceKey.h"

#include <openssl/evp.h>

#include "core/base/VaultKey.h"

namespace rollcall::audit {

namespace {

struct FreeKey
{
    void operator()(EVP_PKEY *key) const { EVP_PKEY_free(key); }
};
struct FreeContext
{
    void operator()(EVP_MD_CTX *context) const { EVP_MD_CTX_free(context); }
};

/// What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo. **Source:** RFC 8410 §4.
const QByteArray &publicKeyHead()
{
    static const QByteArray head = QByteArray::fromHex("302a300506032b6570032100");
    return head;
}

const unsigned char *bytesOf(QByteArrayView text)
{
    return reinterpret_cast<const unsigned char *>(text.data());
}

} // namespace

struct EvidenceKey::Pair
{
    std::unique_ptr<EVP_PKEY, FreeKey> key;
    QByteArray publicKey;
};

EvidenceKey::EvidenceKey(std::unique_ptr<Pair> pair) : m_pair(std::move(pair)) {}
EvidenceKey::EvidenceKey(EvidenceKey &&) noexcept = default;
EvidenceKey::~EvidenceKey() = default;

base::Result<EvidenceKey> EvidenceKey::load(base::SecretVault &vault, const base::Call &call)
{
    const auto secret = base::loadOrMakeKey(vault, QStringLiteral("evidence-key"), call);
    if (!secret)
        return base::fail(secret.error());
    auto pair = std::make_unique<Pair>();
    pair->key.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytesOf(secret->view()),
                                                 static_cast<std::size_t>(secret->size())));
    std::size_t size = 32;
    pair->publicKey.resize(static_cast<qsizetype>(size));
    if (!pair->key || EVP_PKEY_get_raw_public_key(
                          pair->key.get(), reinterpret_cast<unsigned char *>(pair->publicKey.data()), &size) != 1)
        return base::fail(base::Error(base::ErrorCode::Internal)
                              .with(base::ErrorParam::Detail, QStringLiteral("the signing key cannot be used")));
    return EvidenceKey(std::move(pair));
}

QByteArray EvidenceKey::sign(const QByteArray &text) const
{
    const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    std::size_t size = 64;
    QByteArray signature(static_cast<qsizetype>(size), '\0');
    const bool done = context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, m_pair->key.get()) == 1 &&
                      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char *>(signature.data()), &size,
                                     bytesOf(text), static_cast<std::size_t>(text.size())) == 1;
    return done ? signature : QByteArray();
}

QByteArray EvidenceKey::publicPem() const
{
    return "-----BEGIN PUBLIC KEY-----\n" + QByteArray(publicKeyHead() + m_pair->publicKey).toBase64() +
           "\n-----END PUBLIC KEY-----\n";
}

} // namespace rollcall::audit
