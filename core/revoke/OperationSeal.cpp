#include "core/revoke/OperationSeal.h"

#include <array>

#include "core/base/VaultKey.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/RandomBytes.h"

namespace rollcall::revoke {

namespace {

using base::Error;
using base::ErrorCode;

constexpr QByteArrayView magic("RCS1");

QString keyName()
{
    return QStringLiteral("operations");
}

const jose::ContentAlgorithm &cipher()
{
    static const jose::ContentAlgorithm *const algorithm = jose::contentAlgorithm(u"A256GCM");
    return *algorithm;
}

QByteArray authenticated(QByteArrayView of)
{
    return magic.toByteArray().append(of);
}

} // namespace

QByteArray planName(const QString &id)
{
    return id.toLatin1() + "/plan";
}

base::Result<OperationSeal> OperationSeal::load(base::SecretVault *vault, bool make, const base::Call &call)
{
    if (!vault)
        return base::fail(Error(ErrorCode::NoKeyStore));
    if (make) {
        auto key = base::loadOrMakeKey(*vault, keyName(), call);
        return key ? base::Result<OperationSeal>(OperationSeal(std::move(*key))) : base::fail(key.error());
    }
    auto key = vault->read(keyName(), call);
    if (!key)
        return base::fail(key.error());
    if (!*key)
        return base::fail(Error(ErrorCode::NoKeyStore));
    return OperationSeal(std::move(**key));
}

base::Result<QByteArray> OperationSeal::seal(QByteArrayView content, QByteArrayView of) const
{
    QByteArray iv(cipher().ivBytes, Qt::Uninitialized);
    if (!jose::randomBytes({reinterpret_cast<unsigned char *>(iv.data()), static_cast<std::size_t>(iv.size())})) {
        return base::fail(Error(ErrorCode::Internal).with(base::ErrorParam::Detail, QStringLiteral("no random bytes")));
    }
    const auto sealed = jose::sealContent(cipher(), m_key.view(), iv, content, authenticated(of));
    if (!sealed)
        return base::fail(sealed.error());
    return QByteArray(magic.toByteArray() + iv + sealed->ciphertext + sealed->tag);
}

base::Result<base::SecretBytes> OperationSeal::open(QByteArrayView sealed, QByteArrayView of) const
{
    const auto refused = [](const QString &why) {
        return base::fail(Error(ErrorCode::FileFormatInvalid).with(base::ErrorParam::Detail, why));
    };
    const qsizetype around = magic.size() + cipher().ivBytes + cipher().tagBytes;
    if (sealed.size() < around || !sealed.startsWith(magic))
        return refused(QStringLiteral("it is no sealed record"));
    const QByteArrayView iv = sealed.sliced(magic.size(), cipher().ivBytes);
    const QByteArrayView content = sealed.sliced(magic.size() + iv.size(), sealed.size() - around);
    auto opened =
        jose::openContent(cipher(), m_key.view(), iv, content, sealed.last(cipher().tagBytes), authenticated(of));
    if (!opened)
        return refused(QStringLiteral("it was altered, or sealed under another key"));
    return base::SecretBytes::fromAndWipe(*opened);
}

} // namespace rollcall::revoke
