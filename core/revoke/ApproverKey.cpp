#include "core/revoke/ApproverKey.h"

namespace rollcall::revoke {

using base::Error;
using base::ErrorCode;
using base::SigningKey;

namespace {

constexpr auto base64 = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

QString prefix()
{
    return QStringLiteral("ed25519:");
}

/// The public key that @p name holds; empty where it is none.
QByteArray publicKeyIn(const QString &name)
{
    if (!name.startsWith(prefix()))
        return {};
    const auto decoded = QByteArray::fromBase64Encoding(name.mid(prefix().size()).toLatin1(),
                                                        base64 | QByteArray::AbortOnBase64DecodingErrors);
    return decoded && base::isPublicKey(*decoded) ? *decoded : QByteArray();
}

} // namespace

ApproverKey::ApproverKey(SigningKey key)
    : m_key(std::move(key)), m_name(prefix() + QString::fromLatin1(m_key.publicKey().toBase64(base64)))
{}

base::Result<ApproverKey> ApproverKey::load(base::SecretVault *vault, bool make, const base::Call &call)
{
    const QString place = QStringLiteral("approver");
    if (!vault)
        return base::fail(Error(ErrorCode::NoKeyStore));
    if (make) {
        auto made = SigningKey::findOrMake(*vault, place, call);
        if (!made)
            return base::fail(made.error());
        return ApproverKey(std::move(*made));
    }
    auto found = SigningKey::find(*vault, place, call);
    if (!found)
        return base::fail(found.error());
    if (!*found)
        return base::fail(Error(ErrorCode::NoKeyStore));
    return ApproverKey(std::move(**found));
}

bool isApproverName(const QString &text)
{
    return !publicKeyIn(text).isEmpty();
}

bool isSignedBy(const QString &name, QByteArrayView message, QByteArrayView signature)
{
    return base::isSignedBy(publicKeyIn(name), message, signature);
}

} // namespace rollcall::revoke
