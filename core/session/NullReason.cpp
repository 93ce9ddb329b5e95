#include "core/session/NullReason.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace rollcall::session {

namespace {

struct Entry
{
    NullReason reason;
    const char *name;
    const char *text;
};

#define TEXT(text) QT_TRANSLATE_NOOP("NullReason", text)

// Names and order: facts/session-protocol.md §9.
constexpr std::array catalogue{
    Entry{NullReason::NoCookie, "no-cookie", TEXT("The request carries no session cookie.")},
    Entry{NullReason::EmptyCookie, "empty-cookie", TEXT("The session cookie is there, but empty.")},
    Entry{NullReason::SecurePrefixMismatch, "secure-prefix-mismatch",
          TEXT("The cookie's __Secure- prefix differs from the one the deployment looks for.")},
    Entry{NullReason::OtherMajorName, "other-major-name",
          TEXT("The cookie belongs to another library, or to another major version of it.")},
    Entry{NullReason::CustomNameMismatch, "custom-name-mismatch",
          TEXT("The cookie's name is not the configured session cookie name.")},
    Entry{NullReason::DuplicateCookie, "duplicate-cookie", TEXT("The session cookie occurs twice in the request.")},
    Entry{NullReason::CookieNotParsed, "cookie-not-parsed",
          TEXT("The cookie's value cannot be read by the library's parser.")},
    Entry{NullReason::BearerOnly, "bearer-only", TEXT("Only an Authorization header was sent, no cookie.")},
    Entry{NullReason::DomainPathMismatch, "domain-path-mismatch",
          TEXT("The cookie's domain or path does not cover the address asked.")},
    Entry{NullReason::CookieDropped, "cookie-dropped", TEXT("The browser dropped the cookie when it was set.")},
    Entry{NullReason::ChunkMissing, "chunk-missing", TEXT("A chunk of the session cookie is missing.")},
    Entry{NullReason::ChunkOrder, "chunk-order", TEXT("The chunks of the session cookie do not sort into order.")},
    Entry{NullReason::StaleChunk, "stale-chunk", TEXT("A stale chunk or plain cookie is mixed into the token.")},
    Entry{NullReason::PrefixSharer, "prefix-sharer",
          TEXT("Another cookie's name begins with the session cookie's name.")},
    Entry{NullReason::MalformedToken, "malformed-token", TEXT("The token is not a well-formed encrypted JWT.")},
    Entry{NullReason::WrongSecret, "wrong-secret", TEXT("The token was sealed with another secret.")},
    Entry{NullReason::WrongSalt, "wrong-salt", TEXT("The token was sealed for another cookie name.")},
    Entry{NullReason::KidUnknown, "kid-unknown", TEXT("The token's key id matches no known secret.")},
    Entry{NullReason::OtherMajorToken, "other-major-token",
          TEXT("The token was made by the other major version of the library.")},
    Entry{NullReason::AlgOrEncRefused, "alg-or-enc-refused", TEXT("The token's algorithm is not accepted.")},
    Entry{NullReason::Tampered, "tampered", TEXT("The token's key fits, but its content was altered.")},
    Entry{NullReason::DecompressionFailed, "decompression-failed", TEXT("The token's content cannot be inflated.")},
    Entry{NullReason::PayloadNotObject, "payload-not-object", TEXT("The token opens, but holds no JSON object.")},
    Entry{NullReason::ClaimType, "claim-type", TEXT("A time claim of the token is not a number.")},
    Entry{NullReason::Expired, "expired", TEXT("The token has expired.")},
    Entry{NullReason::NotBefore, "not-before", TEXT("The token is not valid yet.")},
    Entry{NullReason::ClockSkew, "clock-skew", TEXT("The clocks of issuer and checker differ.")},
    Entry{NullReason::IatAbsent, "iat-absent", TEXT("The token has no issue time.")},
    Entry{NullReason::HeaderClaimMismatch, "header-claim-mismatch",
          TEXT("A claim repeated in the token's header differs.")},
    Entry{NullReason::EmptySecret, "empty-secret", TEXT("A configured secret is empty.")},
    Entry{NullReason::CustomDecodeNull, "custom-decode-null", TEXT("The custom decode function returned null.")},
    Entry{NullReason::DbTokenAtJwt, "db-token-at-jwt",
          TEXT("A database session token was sent to a deployment that expects JWTs.")},
    Entry{NullReason::JwtAtDatabase, "jwt-at-database",
          TEXT("A JWT was sent to a deployment that keeps sessions in its database.")},
    Entry{NullReason::SessionCbNull, "session-cb-null", TEXT("The session callback returned null.")},
    Entry{NullReason::SessionCbThrew, "session-cb-threw", TEXT("The session callback threw.")},
    Entry{NullReason::SessionCbEmpty, "session-cb-empty", TEXT("The session callback returned an empty object.")},
    Entry{NullReason::JwtCbNull, "jwt-cb-null", TEXT("The jwt callback returned null.")},
    Entry{NullReason::JwtCbThrew, "jwt-cb-threw", TEXT("The jwt callback threw.")},
    Entry{NullReason::RowMissing, "row-missing",
          TEXT("The database has no such session: it ended, or the token is not the one that was set.")},
    Entry{NullReason::RowExpired, "row-expired", TEXT("The session's row has expired.")},
    Entry{NullReason::UserMissing, "user-missing", TEXT("The session's user no longer exists.")},
    Entry{NullReason::AdapterError, "adapter-error", TEXT("The database could not be read.")},
    Entry{NullReason::AdapterWriteError, "adapter-write-error", TEXT("The database could not be written.")},
    Entry{NullReason::BadRow, "bad-row", TEXT("The session's row cannot be understood.")},
    Entry{NullReason::AdapterMissing, "adapter-missing", TEXT("Database sessions are configured without an adapter.")},
    Entry{NullReason::MissingSecret, "missing-secret", TEXT("No secret is configured.")},
    Entry{NullReason::UntrustedHost, "untrusted-host", TEXT("The deployment does not trust the host it was asked by.")},
    Entry{NullReason::WrongBasePath, "wrong-base-path", TEXT("The path is not the deployment's auth base path.")},
    Entry{NullReason::InvalidCallbackUrl, "invalid-callback-url", TEXT("The callback-url cookie is not a valid URL.")},
    Entry{NullReason::UnconfiguredRuntime, "unconfigured-runtime", TEXT("The runtime has not been configured.")},
    Entry{NullReason::UnusableUrl, "unusable-url", TEXT("The deployment's own address cannot be parsed.")},
    Entry{NullReason::MethodRefused, "method-refused", TEXT("The endpoint refuses this HTTP method.")},
    Entry{NullReason::HelperWithoutRequest, "helper-without-request",
          TEXT("The server-side helper was called without the request.")},
    Entry{NullReason::ProxyNetworkError, "proxy-network-error", TEXT("The deployment could not be reached.")},
    Entry{NullReason::ProxyTimeout, "proxy-timeout", TEXT("The deployment did not answer in time.")},
    Entry{NullReason::ProxyNotJson, "proxy-not-json", TEXT("The deployment answered with something that is not JSON.")},
    Entry{NullReason::ProxyRedirect, "proxy-redirect", TEXT("The deployment answered with a redirect.")},
    Entry{NullReason::Proxy4xx, "proxy-4xx", TEXT("The deployment refused the request.")},
    Entry{NullReason::Proxy5xx, "proxy-5xx", TEXT("The deployment failed.")},
    Entry{NullReason::ProxyEmptyObject, "proxy-empty-object", TEXT("The deployment answered {}: no session.")},
    Entry{NullReason::ProxyNull, "proxy-null", TEXT("The deployment answered null: no session.")},
    Entry{NullReason::ProxyOriginMismatch, "proxy-origin-mismatch",
          TEXT("The target is not the configured origin, or its TLS is not verified.")},
    Entry{NullReason::ProxyTooLarge, "proxy-too-large", TEXT("The deployment's answer is too large.")},
    Entry{NullReason::MatcherNotCovering, "matcher-not-covering", TEXT("No middleware matcher covers this route.")},
    Entry{NullReason::WithauthDatabase, "withauth-database",
          TEXT("withAuth reads JWTs only and never lets a database session in.")},
    Entry{NullReason::AuthorizedSaidNo, "authorized-said-no", TEXT("The authorized callback refused.")},
    Entry{NullReason::MiddlewareNoSecret, "middleware-no-secret", TEXT("The middleware has no secret.")},
    Entry{NullReason::MiddlewareExempt, "middleware-exempt", TEXT("The path is exempt from the middleware.")},
    Entry{NullReason::CacheStaleNegative, "cache-stale-negative",
          TEXT("The cache remembers an absence that is no longer true.")},
    Entry{NullReason::CacheStalePositive, "cache-stale-positive",
          TEXT("The cache holds a session that the source no longer has.")},
    Entry{NullReason::CacheUnavailable, "cache-unavailable", TEXT("The cache could not be asked.")},
    Entry{NullReason::BaBadSignature, "ba-bad-signature", TEXT("The cookie's signature does not match.")},
    Entry{NullReason::BaUnsigned, "ba-unsigned", TEXT("The cookie is not signed.")},
    Entry{NullReason::BaCacheRefused, "ba-cache-refused", TEXT("The cookie cache was refused.")},
    Entry{NullReason::BaCacheWithoutToken, "ba-cache-without-token",
          TEXT("A cookie cache was sent without the session token.")},
    Entry{NullReason::BaStorageMiss, "ba-storage-miss", TEXT("The secondary storage has no such session.")},
    Entry{NullReason::BaGoneWhileRenewing, "ba-gone-while-renewing",
          TEXT("The session was deleted while it was renewed.")},
    Entry{NullReason::BaStoreError, "ba-store-error", TEXT("The session store failed.")},
    Entry{NullReason::CancelledOrDeadline, "cancelled-or-deadline", TEXT("The check was cancelled or took too long.")},
};
#undef TEXT

const Entry &entryOf(NullReason reason)
{
    const auto *found = std::ranges::find(catalogue, reason, &Entry::reason);
    Q_ASSERT(found != catalogue.end());
    return *found;
}

} // namespace

QString nullReasonName(NullReason reason)
{
    return QLatin1StringView(entryOf(reason).name);
}

std::optional<NullReason> nullReasonOf(const QString &name)
{
    const auto *found =
        std::ranges::find_if(catalogue, [&name](const Entry &entry) { return name == QLatin1StringView(entry.name); });
    return found != catalogue.end() ? std::optional(found->reason) : std::nullopt;
}

QString nullReasonId(NullReason reason)
{
    return QStringLiteral("N%1").arg(static_cast<int>(reason), 2, 10, QLatin1Char('0'));
}

QString nullReasonText(NullReason reason)
{
    return QCoreApplication::translate("NullReason", entryOf(reason).text);
}

} // namespace rollcall::session
