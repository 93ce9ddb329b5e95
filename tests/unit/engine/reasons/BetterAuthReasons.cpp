#include "core/engine/betterauth/BetterAuthResolver.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/http/Cookie.h"
#include "tests/support/MemorySessionRows.h"
#include "tests/unit/engine/reasons/Produced.h"

namespace rollcall::test {

using session::AuthVersion;
using session::NullReason;

namespace {

QByteArray tokenCookie(const QByteArray &token, const QByteArray &secret = "current")
{
    return "better-auth.session_token=" +
           http::encodeUriComponent(engine::betterauth::signCookie(secret, token).view());
}

std::unique_ptr<MemorySessionRows> makeRows()
{
    const auto row = [](const char *text) { return jose::parseJson(QString::fromLatin1(text)).value(); };
    return std::make_unique<MemorySessionRows>(
        jose::JsonValue::Array{row(R"({"id":"1","token":"live","expiresAt":"2025-10-16T07:53:20.000Z","userId":"u1"})"),
                               row(R"({"id":"2","token":"due","expiresAt":"2025-10-10T08:53:20.000Z","userId":"u1"})")},
        jose::JsonValue::Array{row(R"({"id":"u1","name":"Ada"})")});
}

std::shared_ptr<session::AuthProfile> betterAuthProfile()
{
    return profileOf(AuthVersion::BetterAuth, session::Strategy::Database);
}

Produced runtime(const QByteArray &cookies, std::shared_ptr<const session::AuthProfile> profile = betterAuthProfile())
{
    auto local = localRuntime(std::move(profile));
    local.openRows = [](const base::Call &) -> base::Result<std::unique_ptr<engine::betterauth::SessionRows>> {
        return makeRows();
    };
    local.openStorage = [](const base::Call &) -> base::Result<std::unique_ptr<engine::betterauth::SecondaryStorage>> {
        return std::make_unique<MemoryStorage>(jose::JsonValue(jose::JsonValue::Object()));
    };
    return askCookie(std::move(local), cookies);
}

/// What the endpoint's code answers over @p rows, whose session is due.
Produced endpoint(MemorySessionRows &rows)
{
    const auto config = engine::betterauth::makeConfig(*betterAuthProfile(), false);
    const QByteArray cookies = tokenCookie("due");
    const auto answer =
        engine::betterauth::answerRequest(config, rows, nullptr, engine::Effects::Apply, cookies, testNow, {});
    return {answer.status >= 400 ? "throws" : answer.found ? "session" : "null", answer.resolution.reason};
}

/// A cookie cache that is no cache at all, beside a good token.
Produced refusedCache()
{
    const base::FixedClock clock(testNow);
    const auto profile = betterAuthProfile();
    profile->betterAuth.cookieCache.emplace();
    engine::betterauth::BetterAuthResolver resolver(engine::betterauth::makeConfig(*profile, false), makeRows(),
                                                    nullptr, engine::Effects::Observe, clock);
    const auto resolution = resolver.resolve(QByteArray(tokenCookie("live") + "; better-auth.session_data=e30"), {});
    Produced produced{resolution.session ? "session" : "null", std::nullopt};
    for (const session::TraceStep &step : resolution.trace) {
        if (step.step == u"cache")
            produced.reason = session::nullReasonOf(step.detail.section(u':', 0, 0));
    }
    return produced;
}

Produced emptyStorage()
{
    const auto profile = betterAuthProfile();
    profile->betterAuth.secondaryStorage = true;
    return runtime(tokenCookie("live"), profile);
}

} // namespace

Produced produceOfBetterAuth(NullReason reason)
{
    const auto rows = makeRows();
    switch (static_cast<int>(reason)) {
    case 90:
        return runtime(tokenCookie("live", "another"));
    case 91:
        return runtime("better-auth.session_token=live");
    case 92:
        return refusedCache();
    case 93:
        return runtime("better-auth.session_data=e30");
    case 94:
        return emptyStorage();
    case 95:
        rows->loseOnRenewal();
        return endpoint(*rows);
    case 96:
        rows->breakDown();
        return endpoint(*rows);
    default:
        return {};
    }
}

} // namespace rollcall::test
