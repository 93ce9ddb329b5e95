#include "core/engine/Circumstances.h"
#include "tests/unit/engine/reasons/Produced.h"

namespace rollcall::test {

using session::AuthVersion;
using session::NullReason;

namespace {

const QByteArray v4Name = QByteArrayLiteral("next-auth.session-token=");
const QByteArray v5Name = QByteArrayLiteral("authjs.session-token=");

Produced v4(const QByteArray &token)
{
    return askCookie(localRuntime(profileOf(AuthVersion::V4)), v4Name + token);
}

Produced v5(const QByteArray &token)
{
    return askCookie(localRuntime(profileOf(AuthVersion::V5)), v5Name + token);
}

Produced crafted(const QByteArray &header, const QByteArray &payload)
{
    return v4(craftedToken(AuthVersion::V4, header, payload));
}

QByteArray altered(QByteArray token)
{
    char &c = token[token.size() - 5];
    c = c == 'A' ? 'B' : 'A';
    return token;
}

QByteArray claim(const char *claimName, std::chrono::seconds fromNow)
{
    const auto time = testNow + fromNow;
    return QByteArray("{\"") + claimName + "\":" + QByteArray::number(qint64{time.time_since_epoch().count() / 1000}) +
           '}';
}

/// A token that is over by a deployment's clock, which is a day ahead of ours.
Produced clockSkew()
{
    const auto profile = profileOf(AuthVersion::V5);
    const QByteArray cookie = v5Name + tokenOf(AuthVersion::V5);
    const std::chrono::hours skew(24);
    const base::FixedClock ours(testNow);
    const base::FixedClock theirs(testNow + skew);
    const auto resolve = [&](const base::Clock &clock) {
        return engine::makeLocalResolver(profile, nullptr, engine::Effects::Observe, clock)->resolve(cookie, {});
    };
    const auto there = resolve(theirs);
    const auto why = engine::whyByTheClock(there, resolve(ours), skew);
    return {there.session ? "session" : "null", why ? std::optional(why->reason) : std::nullopt};
}

Produced emptySecret()
{
    const auto profile = profileOf(AuthVersion::V5);
    profile->secrets.insert(profile->secrets.begin(), base::SecretBytes(""));
    return askCookie(localRuntime(profile), v5Name + tokenOf(AuthVersion::V5));
}

Produced decodeReturnsNull()
{
    engine::Callbacks callbacks;
    callbacks.decode = [](QByteArrayView) -> engine::CallbackResult { return jose::JsonValue(); };
    return askCookie(localRuntime(profileOf(AuthVersion::V5), callbacks), v5Name + tokenOf(AuthVersion::V5));
}

} // namespace

Produced produceOfTokens(NullReason reason)
{
    const QByteArray gcm = R"({"alg":"dir","enc":"A256GCM"})";
    switch (static_cast<int>(reason)) {
    case 20:
        return v5("a.b.c.d.e");
    case 21:
        return v5(tokenOf(AuthVersion::V5, "{}", "authjs.session-token", "another"));
    case 22:
        return v5(tokenOf(AuthVersion::V5, "{}", "__Secure-authjs.session-token"));
    case 23:
        return v5(craftedToken(AuthVersion::V5, R"({"alg":"dir","enc":"A256GCM","kid":"mine"})", "{}"));
    case 24:
        return v5(tokenOf(AuthVersion::V4));
    case 25:
        return v5("eyJhbGciOiJIUzI1NiJ9.e30.AAAA");
    case 26:
        return v5(altered(tokenOf(AuthVersion::V5)));
    case 27:
        return crafted(R"({"alg":"dir","enc":"A256GCM","zip":"DEF"})", "not deflated");
    case 28:
        return crafted(gcm, "[]");
    case 29:
        return v5(tokenOf(AuthVersion::V5, R"({"nbf":"soon"})"));
    case 30:
        return crafted(gcm, claim("exp", -std::chrono::seconds(15)));
    case 31:
        return v5(tokenOf(AuthVersion::V5, claim("nbf", std::chrono::seconds(16))));
    case 32:
        return clockSkew();
    case 33:
        return crafted(gcm, R"({"name":"Ada"})");
    case 34:
        return crafted(R"({"alg":"dir","enc":"A256GCM","iss":"a"})", R"({"iss":"b"})");
    case 35:
        return emptySecret();
    case 36:
        return decodeReturnsNull();
    case 37:
        return v5("0b5a1d7e-3a50-4a3c-9f51-0f6a7a6f9d11");
    default:
        return {};
    }
}

} // namespace rollcall::test
