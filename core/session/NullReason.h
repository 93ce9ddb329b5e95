#pragma once

#include <QString>

#include <optional>

namespace rollcall::session {

/// Why a request has no session: the numbered catalogue of the protocol facts (N01…N99). The enumerators carry the
/// catalogue's numbers; nullReasonName() gives its names ("no-cookie"), which are stable and appear in JSON.
enum class NullReason {
    NoCookie = 1,
    EmptyCookie = 2,
    SecurePrefixMismatch = 3,
    OtherMajorName = 4,
    CustomNameMismatch = 5,
    DuplicateCookie = 6,
    CookieNotParsed = 7,
    BearerOnly = 8,
    DomainPathMismatch = 9,
    CookieDropped = 10,
    ChunkMissing = 11,
    ChunkOrder = 12,
    StaleChunk = 13,
    PrefixSharer = 14,
    MalformedToken = 20,
    WrongSecret = 21,
    WrongSalt = 22,
    KidUnknown = 23,
    OtherMajorToken = 24,
    AlgOrEncRefused = 25,
    Tampered = 26,
    DecompressionFailed = 27,
    PayloadNotObject = 28,
    ClaimType = 29,
    Expired = 30,
    NotBefore = 31,
    ClockSkew = 32,
    IatAbsent = 33,
    HeaderClaimMismatch = 34,
    EmptySecret = 35,
    CustomDecodeNull = 36,
    DbTokenAtJwt = 37,
    JwtAtDatabase = 38,
    SessionCbNull = 40,
    SessionCbThrew = 41,
    SessionCbEmpty = 42,
    JwtCbNull = 43,
    JwtCbThrew = 44,
    RowMissing = 45,
    RowExpired = 46,
    UserMissing = 47,
    AdapterError = 48,
    AdapterWriteError = 49,
    BadRow = 50,
    AdapterMissing = 51,
    MissingSecret = 52,
    UntrustedHost = 53,
    WrongBasePath = 54,
    InvalidCallbackUrl = 55,
    UnconfiguredRuntime = 56,
    UnusableUrl = 57,
    MethodRefused = 58,
    HelperWithoutRequest = 59,
    ProxyNetworkError = 60,
    ProxyTimeout = 61,
    ProxyNotJson = 62,
    ProxyRedirect = 63,
    Proxy4xx = 64,
    Proxy5xx = 65,
    ProxyEmptyObject = 66,
    ProxyNull = 67,
    ProxyOriginMismatch = 68,
    ProxyTooLarge = 69,
    MatcherNotCovering = 70,
    WithauthDatabase = 71,
    AuthorizedSaidNo = 72,
    MiddlewareNoSecret = 73,
    MiddlewareExempt = 74,
    CacheStaleNegative = 80,
    CacheStalePositive = 81,
    CacheUnavailable = 82,
    BaBadSignature = 90,
    BaUnsigned = 91,
    BaCacheRefused = 92,
    BaCacheWithoutToken = 93,
    BaStorageMiss = 94,
    BaGoneWhileRenewing = 95,
    BaStoreError = 96,
    CancelledOrDeadline = 99,
};

/// The catalogue's name: "no-cookie", "row-expired", "proxy-network-error", …
[[nodiscard]] QString nullReasonName(NullReason reason);

/// The reason of that name; nullopt where there is none.
[[nodiscard]] std::optional<NullReason> nullReasonOf(const QString &name);

/// The catalogue's id: "N01".
[[nodiscard]] QString nullReasonId(NullReason reason);

/// One sentence for people: what it means (translated).
[[nodiscard]] QString nullReasonText(NullReason reason);

} // namespace rollcall::session
