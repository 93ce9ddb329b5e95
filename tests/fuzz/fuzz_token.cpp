// Encrypted session tokens of v4 and v5.
// Input: a byte (bit 0: v5; bits 1-2: what follows; the others choose a bit to flip), then
//   0, 1: a token as it might arrive    2: a header line and a plaintext, sealed here with the right key    3: claims
#include <array>

#include "core/jose/Base64Url.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/TokenCodec.h"
#include "core/jose/Utf8.h"
#include "tests/fuzz/Fuzz.h"

namespace rollcall::fuzz {

namespace {

using jose::KeyRing;
using session::AuthVersion;

const base::Instant now{std::chrono::seconds(1'760'000'000)};

// The secret and the salt of most shared vectors, so that their tokens open here.
KeyRing makeRing(AuthVersion version)
{
    std::array<base::SecretBytes, 1> secrets{base::SecretBytes("rollcall-shared-secret-0123456789abcdef")};
    return KeyRing(version, secrets,
                   version == AuthVersion::V4 ? QByteArray() : QByteArrayLiteral("authjs.session-token"));
}

const KeyRing &ringOf(AuthVersion version)
{
    static const KeyRing v4 = makeRing(AuthVersion::V4);
    static const KeyRing v5 = makeRing(AuthVersion::V5);
    return version == AuthVersion::V4 ? v4 : v5;
}

jose::OpenedToken checkToken(AuthVersion version, QByteArrayView token)
{
    auto opened = jose::openToken(ringOf(version), token, now);
    require(opened.ok || !jose::kindName(opened.failure).isEmpty(), "a refused token has a reason");
    if (!opened.ok)
        return opened;
    require(opened.header().object() != nullptr, "an accepted token has a header");
    // What is accepted can be issued anew with the same claims.
    const auto renewed = jose::sealToken(ringOf(version), opened.claims, std::chrono::seconds(60), now);
    require(renewed.has_value(), "accepted claims can be sealed");
    const auto reopened = jose::openToken(ringOf(version), renewed->view(), now);
    if (opened.claims.raw("nbf") == "null") {
        // An infinite number is written as null, which is no number: v4 seals it all the same, v5 throws before.
        require(!reopened.ok && reopened.failure == jose::DecodeFailure::ClaimType, "an nbf of null is refused");
        return opened;
    }
    require(reopened.ok, "what we seal opens");
    jose::JsonValue expected = opened.claims.value();
    const jose::JsonValue found = reopened.claims.value();
    for (const QString &name : {QStringLiteral("iat"), QStringLiteral("exp"), QStringLiteral("jti")})
        expected.set(name, *found.find(name));
    require(jose::printJson(expected) == jose::printJson(found), "with the same claims in the same order");
    return opened;
}

void checkSealed(AuthVersion version, unsigned flip, QByteArrayView header, QByteArrayView plaintext)
{
    const KeyRing::Key &key = ringOf(version).keys().front();
    const auto *algorithm = jose::contentAlgorithm(version == AuthVersion::V4 ? u"A256GCM" : u"A256CBC-HS512");
    const QByteArray protectedPart = jose::toBase64Url(header);
    const QByteArray iv(algorithm->ivBytes, '\x2a');
    const auto sealed = jose::sealContent(*algorithm, (version == AuthVersion::V4 ? key.gcm : key.cbc).view(), iv,
                                          plaintext, protectedPart);
    require(sealed.has_value(), "content can be sealed");
    const auto compact = [&](const QByteArray &ciphertext, const QByteArray &tag) -> QByteArray {
        return protectedPart + ".." + jose::toBase64Url(iv) + '.' + jose::toBase64Url(ciphertext) + '.' +
               jose::toBase64Url(tag);
    };
    const auto opened = checkToken(version, compact(sealed->ciphertext, sealed->tag));
    if (!opened.ok)
        return;
    const auto flipped = [flip](QByteArray bytes) {
        if (!bytes.isEmpty())
            bytes[flip % bytes.size()] = static_cast<char>(bytes.at(flip % bytes.size()) ^ (1 << (flip % 8)));
        return bytes;
    };
    require(!jose::openToken(ringOf(version), compact(flipped(sealed->ciphertext), sealed->tag), now).ok,
            "an altered ciphertext is refused");
    require(!jose::openToken(ringOf(version), compact(sealed->ciphertext, flipped(sealed->tag)), now).ok,
            "an altered tag is refused");
    require(!jose::openToken(ringOf(version), compact(sealed->ciphertext, sealed->tag.chopped(1)), now).ok,
            "a shortened tag is refused");
}

void checkClaims(AuthVersion version, QByteArrayView text)
{
    const auto claims = jose::parseJson(jose::utf8Replacing(text));
    if (!claims)
        return;
    const auto held = jose::Claims::fromValue(*claims);
    require(held.has_value() == (claims->object() != nullptr), "objects, and they alone, are claims");
    if (!held)
        return;
    const auto sealed = jose::sealToken(ringOf(version), *held, std::chrono::seconds(60), now);
    require(sealed.has_value(), "claims can be sealed");
    checkToken(version, sealed->view());
}

/// The strict reader of base64url takes nothing that the lenient one reads otherwise.
void checkBase64(QByteArrayView text)
{
    const auto strict = jose::fromBase64UrlStrict(text);
    const QByteArray lenient = jose::fromBase64Lenient(text);
    require(!strict || *strict == lenient, "both readers of base64url agree on what is well-formed");
    require(jose::fromBase64UrlStrict(jose::toBase64Url(lenient)) == lenient, "base64url is read as it was written");
}

} // namespace

void tryInput(QByteArrayView bytes)
{
    Input input(bytes);
    const unsigned flags = input.byte();
    const AuthVersion version = (flags & 1U) != 0 ? AuthVersion::V5 : AuthVersion::V4;
    switch ((flags >> 1U) & 3U) {
    case 2: {
        const QByteArrayView header = input.line();
        checkSealed(version, flags >> 3U, header, input.rest());
        break;
    }
    case 3:
        checkClaims(version, input.rest());
        break;
    default:
        checkToken(version, input.rest());
        checkBase64(input.rest());
    }
}

} // namespace rollcall::fuzz
