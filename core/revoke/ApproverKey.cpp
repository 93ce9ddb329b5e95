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

/// The public key that @p name holds; nullopt where it is none.
std::optional<base::PublicKey> publicKeyIn(const QString &name)
{
    if (!name.startsWith(prefix()))
        return std::nullopt;
    const auto decoded = QByteArray::fromBase64Encoding(name.mid(prefix().size()).toLatin1(),
                                                        base64 | QByteArray::AbortOnBase64DecodingErrors);
    return decoded ? base::PublicKey::of(*decoded) : std::nullopt;
}

} // namespace

ApproverKey::ApproverKey(SigningKey key)
    : m_key(std::move(key)), m_name(prefix() + QString::fromLatin1(m_key.publicKey().bytes().toBase64(base64)))
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
    return publicKeyIn(text).has_value();
}

bool isSignedBy(const QString &name, QByteArrayView message, QByteArrayView signature)
{
    const auto key = publicKeyIn(name);
    return key && key->hasSigned(message, signature);
}

} // namespace rollcall::revoke
