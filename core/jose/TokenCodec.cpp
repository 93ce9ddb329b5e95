#include "core/jose/TokenCodec.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "core/jose/CarefulPath.h"
#include "core/jose/ClaimChecks.h"
#include "core/jose/RandomBytes.h"

namespace rollcall::jose {

namespace {

using session::AuthVersion;

/// Opens tokens of exactly the form in which the library writes them; nullopt for all others, and where one does not
/// authenticate.
std::optional<OpenedToken> openReady(const KeyRing &ring, QByteArrayView token, base::Instant now,
                                     std::chrono::seconds tolerance)
{
    for (const KeyRing::Key &key : ring.keys()) {
        // The library stops at a secret that gives no key.
        if (!key.ready)
            return std::nullopt;
        auto plaintext = key.ready->open(token);
        if (!plaintext && ring.version() != AuthVersion::V4)
            continue;
        if (!plaintext)
            return std::nullopt;
        std::optional<OpenedToken> result(std::in_place);
        result->headerJson = key.ready->headerJson();
        auto canonical = Claims::fromCanonical(*plaintext);
        if (canonical) {
            result->claims = std::move(*canonical);
        } else {
            auto claims = readClaims(ring.version(), *plaintext);
            base::wipe(*plaintext);
            if (!claims)
                return refused(key.ready->headerJson(), std::move(claims.error()));
            result->claims = std::move(*claims);
        }
        if (auto times = checkTimes(result->claims, now, tolerance); !times)
            return refused(key.ready->headerJson(), std::move(times.error()));
        result->ok = true;
        return result;
    }
    return std::nullopt;
}

base::Error internal(const QString &detail)
{
    return base::Error(base::ErrorCode::Internal).with(base::ErrorParam::Detail, detail);
}

/// The text of @p claims with iat, exp and jti set as `object[name] = value` does: in their places, else at the end.
QByteArray stampedText(const Claims &claims, std::chrono::seconds maxAge, base::Instant now,
                       std::span<const char, 36> tokenId)
{
    constexpr qsizetype roomForStamps = 128;
    const auto issued = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    const QByteArrayView old = claims.text();
    QByteArray text;
    text.reserve(old.size() + roomForStamps);
    const auto appendSeconds = [&text](std::chrono::seconds seconds) {
        std::array<char, 24> digits; // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
        const auto end = std::to_chars(digits.begin(), digits.end(), seconds.count()).ptr;
        text.append(digits.data(), end - digits.data());
    };
    const auto appendStamp = [&](std::size_t stamp) {
        if (stamp == 0)
            appendSeconds(issued);
        else if (stamp == 1)
            appendSeconds(issued + maxAge);
        else
            text.append('"').append(tokenId.data(), static_cast<qsizetype>(tokenId.size())).append('"');
    };
    static constexpr std::array<std::string_view, 3> names{"iat", "exp", "jti"};
    std::array<bool, names.size()> written{};
    quint32 copied = 0;
    for (const ClaimMember &member : claims.members()) {
        if (member.nameSize != names.front().size())
            continue;
        const auto *found = std::ranges::find(names, std::string_view(old.data() + member.nameAt, member.nameSize));
        if (found == names.end())
            continue;
        const auto stamp = static_cast<std::size_t>(found - names.begin());
        text.append(old.sliced(copied, member.valueAt() - copied));
        appendStamp(stamp);
        copied = member.end;
        written.at(stamp) = true;
    }
    text.append(old.sliced(copied, old.size() - 1 - copied));
    for (std::size_t stamp = 0; stamp < names.size(); ++stamp) {
        if (written.at(stamp))
            continue;
        text.append(text.size() > 1 ? ",\"" : "\"").append(names.at(stamp).data(), 3).append("\":");
        appendStamp(stamp);
    }
    return text.append('}');
}

} // namespace

QString kindName(DecodeFailure failure)
{
    switch (failure) {
    case DecodeFailure::Empty:
        return QStringLiteral("empty");
    case DecodeFailure::Malformed:
        return QStringLiteral("malformed");
    case DecodeFailure::AlgNotAllowed:
        return QStringLiteral("alg-not-allowed");
    case DecodeFailure::Unsupported:
        return QStringLiteral("unsupported");
    case DecodeFailure::NoMatchingSecret:
        return QStringLiteral("no-matching-secret");
    case DecodeFailure::DecryptionFailed:
        return QStringLiteral("decryption-failed");
    case DecodeFailure::DecompressionFailed:
        return QStringLiteral("decompression-failed");
    case DecodeFailure::InvalidPayload:
        return QStringLiteral("invalid-payload");
    case DecodeFailure::ClaimType:
        return QStringLiteral("claim-type");
    case DecodeFailure::Expired:
        return QStringLiteral("expired");
    case DecodeFailure::NotBefore:
        return QStringLiteral("not-before");
    case DecodeFailure::HeaderClaimMismatch:
        return QStringLiteral("header-claim-mismatch");
    case DecodeFailure::EmptySecret:
        return QStringLiteral("empty-secret");
    case DecodeFailure::Other:
        return QStringLiteral("other");
    }
    Q_UNREACHABLE();
}

JsonValue OpenedToken::header() const
{
    return parseJson(QString::fromUtf8(headerJson)).value_or(JsonValue());
}

OpenedToken openToken(const KeyRing &ring, QByteArrayView token, base::Instant now, std::chrono::seconds tolerance)
{
    if (auto opened = openReady(ring, token, now, tolerance))
        return std::move(*opened);
    return openCarefully(ring, token, now, tolerance);
}

base::Result<base::SecretBytes> sealToken(const KeyRing &ring, const Claims &claims, std::chrono::seconds maxAge,
                                          base::Instant now)
{
    if (ring.keys().empty() || ring.keys().front().emptySecret)
        return base::fail(base::Error(base::ErrorCode::SecretMissing));
    const KeyRing::Key &key = ring.keys().front();
    if (!key.derived)
        return base::fail(internal(QStringLiteral("no key can be derived for this salt")));
    std::array<char, 36> tokenId; // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    if (!randomUuid(tokenId))
        return base::fail(internal(QStringLiteral("no random bytes to be had")));
    QByteArray plaintext = stampedText(claims, maxAge, now, tokenId);
    return key.ready->seal(plaintext);
}

Decoded decodeToken(AuthVersion version, QByteArrayView token, std::span<const base::SecretBytes> secrets,
                    QByteArrayView salt, base::Instant now)
{
    const OpenedToken opened = openToken(KeyRing(version, secrets, salt), token, now);
    Decoded result;
    result.ok = opened.ok;
    result.headerJson = opened.headerJson;
    if (opened.ok)
        result.claimsJson = opened.claims.text().toByteArray();
    result.failure = opened.failure;
    result.step = opened.step;
    result.detail = opened.detail;
    return result;
}

base::Result<base::SecretBytes> encodeToken(AuthVersion version, const QByteArray &claimsJson,
                                            std::span<const base::SecretBytes> secrets, QByteArrayView salt,
                                            std::chrono::seconds maxAge, base::Instant now)
{
    const auto value = parseJson(QString::fromUtf8(claimsJson));
    const auto claims = value ? Claims::fromValue(*value) : std::nullopt;
    if (!claims)
        return base::fail(internal(QStringLiteral("claims are no JSON object")));
    return sealToken(KeyRing(version, secrets.first(std::min<std::size_t>(secrets.size(), 1)), salt), *claims, maxAge,
                     now);
}

} // namespace rollcall::jose
