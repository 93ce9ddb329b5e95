#pragma once

#include "core/engine/SessionRuntime.h"
#include "core/jose/JsonText.h"
#include "core/store/SessionStore.h"

namespace rollcall::test {

/// The time at which all of these runtimes live.
inline const base::Instant runtimeNow{std::chrono::seconds(1'760'000'000)};

/// A configuration with one secret, "secret".
inline std::shared_ptr<session::AuthProfile> profileOf(session::AuthVersion version, session::Strategy strategy)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = strategy;
    profile->secrets.emplace_back(QByteArrayView("secret"));
    return profile;
}

/// What answers by @p profile in this process.
inline engine::LocalRuntime localOf(std::shared_ptr<const session::AuthProfile> profile)
{
    engine::LocalRuntime runtime;
    runtime.profile = std::move(profile);
    runtime.clock = std::make_shared<const base::FixedClock>(runtimeNow);
    return runtime;
}

/// A row of @p user, who is called so too.
inline store::SessionRow rowOf(const QString &user, base::Instant expires)
{
    store::SessionRow row;
    row.userId = user;
    row.userName = user;
    row.hasUser = true;
    row.expires = expires;
    return row;
}

/// Requests with these Cookie headers.
struct Requests
{
    explicit Requests(QByteArrayList texts) : cookies(std::move(texts))
    {
        for (const QByteArray &cookie : std::as_const(cookies))
            headers.push_back(engine::RequestHeaders::fromCookie(cookie));
    }
    QByteArrayList cookies;
    std::vector<engine::RequestHeaders> headers;
};

/// The user's name in an answer, or why there is none.
inline QByteArray nameOf(const engine::RuntimeSession &answer)
{
    if (!answer.session)
        return answer.reason ? session::nullReasonName(*answer.reason).toUtf8() : QByteArray("no reason");
    const auto body = jose::parseJson(QString::fromUtf8(*answer.session)).value_or(jose::JsonValue());
    const auto *user = body.find(u"user");
    const auto *name = user ? user->find(u"name") : nullptr;
    return name && name->string() ? name->string()->toUtf8() : QByteArray("no name");
}

/// The same of all answers.
inline QByteArrayList namesOf(const base::Result<std::vector<engine::RuntimeSession>> &answers)
{
    QByteArrayList names;
    for (const engine::RuntimeSession &answer : answers.value())
        names << nameOf(answer);
    return names;
}

} // namespace rollcall::test
