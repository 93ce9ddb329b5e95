#include <algorithm>

#include "core/engine/NullDiagnosis.h"
#include "core/http/CookieNames.h"
#include "core/jose/Base64Url.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/Jwe.h"
#include "core/jose/Utf8.h"

namespace rollcall::engine {

namespace {

using jose::DecodeFailure;
using jose::DecodeStep;
using jose::JsonValue;
using session::AuthProfile;
using session::AuthVersion;
using session::NullReason;

QString headerText(const JsonValue &header, QStringView name)
{
    const JsonValue *member = header.find(name);
    return member && member->string() ? *member->string() : QString();
}

JsonValue headerOf(QByteArrayView token)
{
    const qsizetype dot = token.indexOf('.');
    const QByteArrayView part = dot < 0 ? token : token.first(dot);
    return jose::parseJson(jose::utf8Replacing(jose::fromBase64Lenient(part))).value_or(JsonValue());
}

/// The key for the token's `enc`, or nullptr.
const base::SecretBytes *keyFor(const jose::KeyRing::Key &key, const jose::ContentAlgorithm &algorithm)
{
    if (!key.derived)
        return nullptr;
    if (algorithm.keyBytes == key.gcm.size())
        return &key.gcm;
    return algorithm.keyBytes == key.cbc.size() ? &key.cbc : nullptr;
}

/// Whether @p key decrypts the beginning of the token to JSON, its tag aside: then the key is right.
bool keyFits(const jose::KeyRing::Key &key, const JsonValue &header, QByteArrayView token)
{
    const auto parts = jose::splitCompact(token);
    const jose::ContentAlgorithm *algorithm = jose::contentAlgorithm(headerText(header, u"enc"));
    const base::SecretBytes *bytes = algorithm ? keyFor(key, *algorithm) : nullptr;
    return parts && bytes &&
           jose::beginsLikeJson(*algorithm, bytes->view(), jose::fromBase64Lenient(parts->iv),
                                jose::fromBase64Lenient(parts->ciphertext));
}

Diagnosis whyMalformed(AuthVersion version, const jose::OpenedToken &opened, QByteArrayView token)
{
    const auto dots = std::ranges::count(token, '.');
    if (opened.step == DecodeStep::Parts && dots == 0) {
        return {NullReason::DbTokenAtJwt,
                QStringLiteral("%1 characters without a dot: a database token, no JWT").arg(token.size())};
    }
    if (opened.step == DecodeStep::Parts && dots == 2 && !headerText(headerOf(token), u"alg").isEmpty())
        return {NullReason::AlgOrEncRefused, QStringLiteral("three parts: a signed JWT, not an encrypted one")};
    if (opened.step == DecodeStep::Inflation)
        return {NullReason::DecompressionFailed, opened.detail};
    const JsonValue header = opened.header();
    const bool isV5Token = headerText(header, u"enc") == u"A256CBC-HS512" && header.find(u"kid");
    if (opened.step == DecodeStep::KeyLength && version == AuthVersion::V4 && isV5Token)
        return {NullReason::OtherMajorToken, QStringLiteral("the header is that of an Auth.js v5 token")};
    const bool keyManagement = opened.step == DecodeStep::Algorithm && headerText(header, u"alg") != u"dir";
    if (opened.step == DecodeStep::KeyLength || keyManagement)
        return {NullReason::AlgOrEncRefused, opened.detail};
    return {NullReason::MalformedToken, opened.detail};
}

/// The session cookie names a token may have been sealed for instead of @p salt.
std::vector<QByteArray> otherNames(const QByteArray &salt)
{
    std::vector<QByteArray> names;
    for (const AuthVersion version : {AuthVersion::V5, AuthVersion::V4}) {
        for (const bool secure : {false, true})
            names.push_back(http::defaultCookieName(version, http::CookiePurpose::Session, secure));
    }
    std::erase(names, salt);
    return names;
}

Diagnosis whyNoKey(const AuthProfile &profile, const jose::KeyRing &known, const jose::OpenedToken &opened)
{
    const QByteArray kid = headerText(opened.header(), u"kid").toUtf8();
    constexpr qsizetype sha512Digits = 86;
    constexpr qsizetype sha256Digits = 43;
    if (kid.size() != sha512Digits && kid.size() != sha256Digits)
        return {NullReason::KidUnknown, QStringLiteral("the token's key id is none that Auth.js makes")};
    for (const QByteArray &name : otherNames(known.salt())) {
        const jose::KeyRing ring(AuthVersion::V5, profile.secrets, name);
        const bool found = std::ranges::any_of(ring.keys(), [&kid](const jose::KeyRing::Key &key) {
            return key.derived && (key.cbcId == kid || key.gcmId == kid);
        });
        if (found) {
            return {NullReason::WrongSalt,
                    QStringLiteral("the secret fits, but the token was sealed for the cookie name %1")
                        .arg(QString::fromUtf8(name))};
        }
    }
    return {NullReason::WrongSecret,
            QStringLiteral("the token's key id belongs to none of the %1 known secrets").arg(profile.secrets.size())};
}

Diagnosis whyNotDecrypted(const AuthProfile &profile, const jose::KeyRing &ring, const JsonValue &header,
                          QByteArrayView token)
{
    if (profile.version != AuthVersion::V4 && header.find(u"kid"))
        return {NullReason::Tampered, QStringLiteral("the key id fits, the authentication tag does not")};
    if (!ring.keys().empty() && keyFits(ring.keys().front(), header, token))
        return {NullReason::Tampered, QStringLiteral("the key fits, the authentication tag does not")};
    if (profile.version != AuthVersion::V4 && headerText(header, u"enc") == u"A256GCM")
        return {NullReason::OtherMajorToken, QStringLiteral("the header is that of a next-auth 4 token")};
    const bool older = ring.keys().size() > 1 &&
                       std::any_of(ring.keys().begin() + 1, ring.keys().end(),
                                   [&](const jose::KeyRing::Key &key) { return keyFits(key, header, token); });
    if (older) {
        return {NullReason::WrongSecret,
                QStringLiteral("sealed with another known secret; without a key id the library tries the first alone")};
    }
    return {NullReason::WrongSecret,
            QStringLiteral("the first secret does not open it; nothing else speaks for an alteration")};
}

Diagnosis whyRefused(const AuthProfile &profile, const jose::KeyRing &ring, const jose::OpenedToken &opened,
                     QByteArrayView token)
{
    if (profile.signedTokens && opened.failure == DecodeFailure::DecryptionFailed)
        return {NullReason::WrongSecret, QStringLiteral("the signature is of none of the known keys")};
    if (profile.signedTokens && opened.failure == DecodeFailure::Malformed && looksLikeJwe(token))
        return {NullReason::AlgOrEncRefused, QStringLiteral("five parts: an encrypted JWT, not a signed one")};
    switch (opened.failure) {
    case DecodeFailure::Empty:
        return {NullReason::EmptyCookie, opened.detail};
    case DecodeFailure::Malformed:
        return whyMalformed(profile.version, opened, token);
    case DecodeFailure::AlgNotAllowed:
    case DecodeFailure::Unsupported:
    case DecodeFailure::Other:
        return {NullReason::AlgOrEncRefused, opened.detail};
    case DecodeFailure::NoMatchingSecret:
        return whyNoKey(profile, ring, opened);
    case DecodeFailure::DecryptionFailed:
        return whyNotDecrypted(profile, ring, opened.header(), token);
    case DecodeFailure::DecompressionFailed:
        return {NullReason::DecompressionFailed, opened.detail};
    case DecodeFailure::InvalidPayload:
        return {NullReason::PayloadNotObject, opened.detail};
    case DecodeFailure::ClaimType:
        return {NullReason::ClaimType, opened.detail};
    case DecodeFailure::Expired:
        return {NullReason::Expired, opened.detail};
    case DecodeFailure::NotBefore:
        return {NullReason::NotBefore, opened.detail};
    case DecodeFailure::HeaderClaimMismatch:
        return {NullReason::HeaderClaimMismatch, opened.detail};
    case DecodeFailure::EmptySecret:
        return {NullReason::EmptySecret, opened.detail};
    }
    Q_UNREACHABLE();
}

} // namespace

bool looksLikeJwe(QByteArrayView token)
{
    if (!jose::splitCompact(token))
        return false;
    const JsonValue header = headerOf(token);
    return !headerText(header, u"alg").isEmpty() && !headerText(header, u"enc").isEmpty();
}

Diagnosis whyNotDecoded(const AuthProfile &profile, const jose::KeyRing &ring, const jose::OpenedToken &opened,
                        QByteArrayView token)
{
    Diagnosis diagnosis = whyRefused(profile, ring, opened, token);
    if (const QString marks = marksOfRewriting(token); !marks.isEmpty())
        diagnosis.evidence += QStringLiteral("; ") + marks;
    return diagnosis;
}

} // namespace rollcall::engine
