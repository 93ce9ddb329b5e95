#include "core/revoke/ApproverKey.h"

#include <openssl/evp.h>

#include <memory>

#include "core/base/VaultKey.h"

namespace rollcall::revoke {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t keyBytes = 32;
constexpr std::size_t signatureBytes = 64;
constexpr auto base64 = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

struct KeyDeleter
{
    void operator()(EVP_PKEY *key) const { EVP_PKEY_free(key); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, KeyDeleter>;

struct ContextDeleter
{
    void operator()(EVP_MD_CTX *context) const { EVP_MD_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

const unsigned char *bytesOf(QByteArrayView view)
{
    return reinterpret_cast<const unsigned char *>(view.data());
}

QString prefix()
{
    return QStringLiteral("ed25519:");
}

KeyPtr privateKey(const base::SecretBytes &key)
{
    return KeyPtr(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytesOf(key.view()), keyBytes));
}

/// The public key that @p name holds; empty where it is none.
QByteArray publicBytes(const QString &name)
{
    if (!name.startsWith(prefix()))
        return {};
    const auto decoded = QByteArray::fromBase64Encoding(name.mid(prefix().size()).toLatin1(),
                                                        base64 | QByteArray::AbortOnBase64DecodingErrors);
    return decoded && (*decoded).size() == qsizetype(keyBytes) ? *decoded : QByteArray();
}

Error cryptoFailed()
{
    return Error(ErrorCode::Internal).with(base::ErrorParam::Detail, QStringLiteral("no Ed25519 key"));
}

} // namespace

base::Result<ApproverKey> ApproverKey::load(base::SecretVault *vault, bool make, const base::Call &call)
{
    const QString place = QStringLiteral("approver");
    if (!vault)
        return base::fail(Error(ErrorCode::NoKeyStore));
    base::SecretBytes key;
    if (make) {
        auto made = base::loadOrMakeKey(*vault, place, call);
        if (!made)
            return base::fail(made.error());
        key = std::move(*made);
    } else {
        auto found = vault->read(place, call);
        if (!found)
            return base::fail(found.error());
        if (!*found)
            return base::fail(Error(ErrorCode::NoKeyStore));
        key = std::move(**found);
    }
    if (key.size() != qsizetype(keyBytes))
        return base::fail(cryptoFailed());
    const KeyPtr pair = privateKey(key);
    QByteArray open(qsizetype(keyBytes), Qt::Uninitialized);
    std::size_t size = keyBytes;
    if (!pair || EVP_PKEY_get_raw_public_key(pair.get(), reinterpret_cast<unsigned char *>(open.data()), &size) != 1)
        return base::fail(cryptoFailed());
    return ApproverKey(std::move(key), prefix() + QString::fromLatin1(open.toBase64(base64)));
}

base::Result<QByteArray> ApproverKey::sign(QByteArrayView message) const
{
    const KeyPtr pair = privateKey(m_key);
    const ContextPtr context(EVP_MD_CTX_new());
    QByteArray signature(qsizetype(signatureBytes), Qt::Uninitialized);
    std::size_t size = signatureBytes;
    const bool isSigned = pair && context &&
                          EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pair.get()) == 1 &&
                          EVP_DigestSign(context.get(), reinterpret_cast<unsigned char *>(signature.data()), &size,
                                         bytesOf(message), static_cast<std::size_t>(message.size())) == 1;
    if (!isSigned)
        return base::fail(cryptoFailed());
    return signature;
}

bool isApproverName(const QString &text)
{
    return !publicBytes(text).isEmpty();
}

bool isSignedBy(const QString &name, QByteArrayView message, QByteArrayView signature)
{
    const QByteArray open = publicBytes(name);
    if (open.isEmpty() || signature.size() != qsizetype(signatureBytes))
        return false;
    const KeyPtr key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytesOf(open), keyBytes));
    const ContextPtr context(EVP_MD_CTX_new());
    return key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytesOf(signature), signatureBytes, bytesOf(message),
                            static_cast<std::size_t>(message.size())) == 1;
}

} // namespace rollcall::revoke
