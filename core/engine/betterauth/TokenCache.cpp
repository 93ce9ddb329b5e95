#include "core/engine/betterauth/TokenCache.h"

#include "core/jose/Jws.h"

namespace rollcall::engine::betterauth {

namespace {

using base::Instant;
using base::Result;
using base::SecretBytes;
using jose::JsonValue;
using std::chrono::seconds;

Result<jose::Claims> claimsOf(const JsonValue &data)
{
    auto claims = jose::Claims::fromValue(data);
    if (!claims)
        return base::fail(base::Error(base::ErrorCode::Internal)
                              .with(base::ErrorParam::Detail, QStringLiteral("what is to be sealed is no object")));
    return std::move(*claims);
}

} // namespace

SigningKeys makeSigningKeys(const SecretBytes &secret)
{
    using session::SignatureAlgorithm;
    SigningKeys keys;
    for (const auto algorithm : {SignatureAlgorithm::HS256, SignatureAlgorithm::HS384, SignatureAlgorithm::HS512}) {
        auto made = jose::JwsKeys::make(algorithm, std::span(&secret, 1));
        if (!made)
            return {};
        keys.push_back(std::move(*made));
    }
    return keys;
}

std::optional<JsonValue> openSigned(const SigningKeys &keys, QByteArrayView token, Instant now)
{
    for (const jose::JwsKeys &key : keys) {
        const jose::OpenedToken opened = jose::openSigned(key, token, now, seconds(0));
        if (opened.ok)
            return opened.claims.value();
        if (opened.failure != jose::DecodeFailure::AlgNotAllowed)
            return std::nullopt;
    }
    return std::nullopt;
}

Result<SecretBytes> sealSigned(const SigningKeys &keys, const JsonValue &data, seconds maxAge, Instant now)
{
    const auto claims = claimsOf(data);
    if (!claims)
        return base::fail(claims.error());
    if (keys.empty())
        return base::fail(base::Error(base::ErrorCode::SecretMissing));
    return jose::sealSigned(keys.front(), *claims, maxAge, now, jose::TokenId::None);
}

std::optional<JsonValue> openEncrypted(const jose::KeyRing &keys, QByteArrayView token, Instant now)
{
    const jose::OpenedToken opened = jose::openToken(keys, token, now);
    return opened.ok ? std::optional(opened.claims.value()) : std::nullopt;
}

Result<SecretBytes> sealEncrypted(const jose::KeyRing &keys, const JsonValue &data, seconds maxAge, Instant now)
{
    const auto claims = claimsOf(data);
    if (!claims)
        return base::fail(claims.error());
    return jose::sealToken(keys, *claims, maxAge, now);
}

} // namespace rollcall::engine::betterauth
