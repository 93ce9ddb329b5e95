// Signed session tokens (those of deployments with an encoder of their own).
// Input: a byte (bits 0-1: the pinned algorithm; bits 2-3: what follows; the others choose a bit to flip), then
//   0, 1: a token as it might arrive    2: a header line and a payload, signed here with the right key    3: claims
#include <array>

#include "core/jose/Base64Url.h"
#include "core/jose/Jws.h"
#include "core/jose/Utf8.h"
#include "tests/fuzz/Fuzz.h"

namespace rollcall::fuzz {

namespace {

using jose::JwsKeys;
using session::SignatureAlgorithm;

const base::Instant now{std::chrono::seconds(1'760'000'000)};

// The keys of tests/data/jose, so that its tokens open here. RS256 differs from these only in the key that OpenSSL is
// given, and is slow.
constexpr QByteArrayView secret("a signing secret of thirty-two bytes!");
constexpr QByteArrayView p256("-----BEGIN PRIVATE KEY-----\n"
                              "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqSyY0I/yz23ghJrf\n"
                              "aM5C/GKQMn9zL1uZdMOOwXNhOKehRANCAARQ+VFhlm0viVVBwGnIdQuGOXumvMqF\n"
                              "ARi4Sibs5eVugzqoZ62PzdofgRApMwl/mNbQmWPy6PYY1fTSftEMvCES\n"
                              "-----END PRIVATE KEY-----\n");
constexpr QByteArrayView ed25519("-----BEGIN PRIVATE KEY-----\n"
                                 "MC4CAQAwBQYDK2VwBCIEIBP4fhngb46M2BSwVJUb4MxLzNitOD9JqpmyQGUN24cM\n"
                                 "-----END PRIVATE KEY-----\n");

JwsKeys makeKeys(SignatureAlgorithm algorithm, QByteArrayView material)
{
    const std::array<base::SecretBytes, 1> materials{base::SecretBytes(material)};
    auto keys = JwsKeys::make(algorithm, materials);
    require(keys.has_value(), "the keys are right");
    return std::move(*keys);
}

const JwsKeys &keysOf(unsigned choice)
{
    static const std::array<JwsKeys, 4> keys{
        makeKeys(SignatureAlgorithm::HS256, secret), makeKeys(SignatureAlgorithm::HS512, secret),
        makeKeys(SignatureAlgorithm::ES256, p256), makeKeys(SignatureAlgorithm::EdDSA, ed25519)};
    return keys.at(choice % keys.size());
}

jose::OpenedToken checkToken(const JwsKeys &keys, QByteArrayView token)
{
    auto opened = jose::openSigned(keys, token, now);
    require(opened.ok || !jose::kindName(opened.failure).isEmpty(), "a refused token has a reason");
    if (!opened.ok)
        return opened;
    const jose::JsonValue header = opened.header();
    const jose::JsonValue *alg = header.find(u"alg");
    require(alg && alg->string() && *alg->string() == jose::algorithmName(keys.algorithm()),
            "an accepted token names the pinned algorithm");
    const auto renewed = jose::sealSigned(keys, opened.claims, std::chrono::seconds(60), now);
    require(renewed.has_value(), "accepted claims can be signed");
    const auto reopened = jose::openSigned(keys, renewed->view(), now);
    if (opened.claims.raw("nbf") == "null") {
        // An infinite number is written as null, which is no number.
        require(!reopened.ok && reopened.failure == jose::DecodeFailure::ClaimType, "an nbf of null is refused");
        return opened;
    }
    require(reopened.ok, "what we sign opens");
    jose::JsonValue expected = opened.claims.value();
    const jose::JsonValue found = reopened.claims.value();
    for (const QString &name : {QStringLiteral("iat"), QStringLiteral("exp"), QStringLiteral("jti")})
        expected.set(name, *found.find(name));
    require(jose::printJson(expected) == jose::printJson(found), "with the same claims in the same order");
    return opened;
}

QByteArray flipped(QByteArray bytes, unsigned flip)
{
    if (!bytes.isEmpty())
        bytes[flip % bytes.size()] = static_cast<char>(bytes.at(flip % bytes.size()) ^ (1 << (flip % 8)));
    return bytes;
}

void checkSigned(unsigned choice, unsigned flip, QByteArrayView header, QByteArrayView payload)
{
    const JwsKeys &keys = keysOf(choice);
    const QByteArray input = jose::toBase64Url(header) + '.' + jose::toBase64Url(payload);
    const auto signature = keys.sign(input);
    require(signature.has_value(), "anything can be signed");
    const auto compact = [](const QByteArray &what, const QByteArray &by) -> QByteArray {
        return what + '.' + jose::toBase64Url(by);
    };
    const QByteArray token = compact(input, *signature);
    if (!checkToken(keys, token).ok)
        return;
    require(!jose::openSigned(keys, compact(input, flipped(*signature, flip)), now).ok,
            "an altered signature is refused");
    require(!jose::openSigned(keys, compact(input, signature->chopped(1)), now).ok, "a shortened one is refused");
    require(!jose::openSigned(keys, compact(input, {}), now).ok, "so is none");
    const QByteArray altered =
        jose::toBase64Url(header) + '.' + jose::toBase64Url(flipped(payload.toByteArray(), flip));
    require(!jose::openSigned(keys, compact(altered, *signature), now).ok, "an altered payload is refused");
    for (unsigned other = 0; other < 4; ++other)
        require(other == choice || !jose::openSigned(keysOf(other), token, now).ok, "another pinned algorithm refuses");
}

void checkClaims(const JwsKeys &keys, QByteArrayView text)
{
    const auto value = jose::parseJson(jose::utf8Replacing(text));
    const auto claims = value ? jose::Claims::fromValue(*value) : std::nullopt;
    if (!claims)
        return;
    const auto token = jose::sealSigned(keys, *claims, std::chrono::seconds(60), now);
    require(token.has_value(), "claims can be signed");
    checkToken(keys, token->view());
}

} // namespace

void tryInput(QByteArrayView bytes)
{
    Input input(bytes);
    const unsigned flags = input.byte();
    const unsigned choice = flags & 3U;
    switch ((flags >> 2U) & 3U) {
    case 2: {
        const QByteArrayView header = input.line();
        checkSigned(choice, flags >> 4U, header, input.rest());
        break;
    }
    case 3:
        checkClaims(keysOf(choice), input.rest());
        break;
    default:
        checkToken(keysOf(choice), input.rest());
    }
}

} // namespace rollcall::fuzz
