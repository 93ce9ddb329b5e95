#include "tests/unit/engine/reasons/Produced.h"

namespace rollcall::test {

using session::AuthVersion;
using session::NullReason;

namespace {

store::SessionRow rowUntil(std::optional<base::Instant> expires, bool hasUser = true)
{
    store::SessionRow row;
    row.userId = QStringLiteral("u1");
    row.expires = expires;
    row.hasUser = hasUser;
    return row;
}

/// What a v4 deployment with a row "t" answers to a request with @p token.
Produced overRow(const store::SessionRow &row, const QStringList &failing = {}, const QByteArray &token = "t",
                 const base::Call &call = {})
{
    FakeStore store;
    store.rows.insert("t", row);
    store.failing = failing;
    auto runtime = localRuntime(profileOf(AuthVersion::V4, session::Strategy::Database));
    runtime.effects = engine::Effects::Apply;
    runtime.openAdapter = [&store](const base::Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
        return engine::makeStoreAdapter(store);
    };
    const QByteArray cookie = "next-auth.session-token=" + token;
    return ask(std::move(runtime), engine::RequestHeaders::fromCookie(cookie), call);
}

} // namespace

Produced produceOfRows(NullReason reason)
{
    const auto live = rowUntil(testNow + std::chrono::hours(1));
    const auto over = rowUntil(testNow - std::chrono::milliseconds(1));
    switch (static_cast<int>(reason)) {
    case 38:
        return overRow(live, {}, tokenOf(AuthVersion::V4));
    case 45:
        return overRow(live, {}, "unknown");
    case 46:
        return overRow(over);
    case 47:
        return overRow(rowUntil(testNow + std::chrono::hours(1), false));
    case 48:
        return overRow(live, {QStringLiteral("lookup")});
    case 49:
        return overRow(over, {QStringLiteral("delete")});
    case 50:
        return overRow(rowUntil(std::nullopt));
    case 51:
        return askCookie(localRuntime(profileOf(AuthVersion::V4, session::Strategy::Database)),
                         "next-auth.session-token=t");
    case 99:
        return overRow(live, {}, "t", base::Call::within(std::chrono::milliseconds(-1)));
    default:
        return {};
    }
}

} // namespace rollcall::test
