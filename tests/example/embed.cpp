// How a C++ program asks Rollcall's engine whose session a request has. Built and run by tst_Embed; the README
// ("Embed the engine") tells what stands here.
//
//   DATABASE_URL=… AUTH_SECRET=… embed 'authjs.session-token=…' …
//
// answers a line for each Cookie header: the session as JSON, or why there is none.

#include <QDir>

#include <cstdio>
#include <future>

#include "core/async/Worker.h"
#include "core/base/ErrorText.h"
#include "core/engine/Adapter.h"
#include "core/engine/SessionRuntime.h"
#include "core/store/StoreFactory.h"

using namespace rollcall;

namespace {

constexpr std::chrono::seconds patience{10};

/// What the deployment is: here an Auth.js 5 with sessions in a database.
std::shared_ptr<const session::AuthProfile> profileOf(const QByteArray &secret)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = session::AuthVersion::V5;
    profile->strategy = session::Strategy::Database;
    profile->secrets.emplace_back(secret); // the library answers nothing without one, rows or not
    return profile;
}

/// Finds the sessions table behind @p address and puts a runtime in force that looks into it. Blocks.
base::Status configure(engine::SessionRuntime &runtime, const QByteArray &address, const QByteArray &secret)
{
    auto url = store::DatabaseUrl::parse(address, QDir::currentPath());
    if (!url)
        return base::fail(std::move(url.error()));
    const store::StoreOptions options;
    auto found = store::detectSchema(*url, options, base::Call::within(patience));
    if (!found)
        return base::fail(std::move(found.error()));
    if (!found->best)
        return base::fail(base::Error(base::ErrorCode::SchemaNotFound).with(base::ErrorParam::Name, url->database));

    engine::LocalRuntime local;
    local.profile = profileOf(secret);
    local.baseUrl = "http://localhost:3000"; // its scheme decides whether cookies are called __Secure-…
    // Called for each thread that resolves at the same time, up to local.mostAdapters.
    local.openAdapter = [url = std::make_shared<const store::DatabaseUrl>(std::move(*url)), schema = *found->best,
                         options](const base::Call &call) -> base::Result<std::unique_ptr<engine::Adapter>> {
        auto store = store::openStore(*url, schema, options, store::Access::ReadOnly, call);
        if (!store)
            return base::fail(std::move(store.error()));
        return engine::makeStoreAdapter(std::move(*store));
    };
    return runtime.configureLocal(std::move(local));
}

QByteArray answerTo(const engine::SessionRuntime &runtime, const QByteArray &cookies, const std::stop_token &stop)
{
    const auto request = engine::RequestHeaders::fromCookie(cookies);
    const auto answer = runtime.getServerSession(request, base::Call::within(patience, stop));
    if (!answer)
        return base::describe(answer.error()).message.toUtf8();
    if (answer->session)
        return *answer->session;
    return "null: " + session::nullReasonName(*answer->reason).toUtf8();
}

} // namespace

int main(int argc, char **argv)
{
    store::ignoreDatabaseEnvironment(); // first of all: PGPASSWORD and the like must not override the address
    engine::SessionRuntime runtime;
    if (const auto status = configure(runtime, qgetenv("DATABASE_URL"), qgetenv("AUTH_SECRET")); !status) {
        const base::ErrorText text = base::describe(status.error());
        std::fprintf(stderr, "%s %s\n", qPrintable(text.message), qPrintable(text.remedy));
        return 1;
    }
    // Calls block, so a program with an event loop makes them on a worker.
    async::Worker worker("sessions");
    for (int i = 1; i < argc; ++i) {
        std::promise<QByteArray> answered;
        const auto queued = worker.submit([&runtime, &answered, cookies = QByteArray(argv[i])](std::stop_token stop) {
            answered.set_value(answerTo(runtime, cookies, stop));
        });
        if (!queued)
            return 1;
        std::printf("%s\n", answered.get_future().get().constData());
    }
    return 0;
}
