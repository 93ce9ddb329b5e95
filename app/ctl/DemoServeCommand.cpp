#include <QJsonArray>

#include <condition_variable>
#include <mutex>

#include "app/ctl/Commands.h"
#include "core/demo/DemoDeployment.h"

namespace rollcall::ctl {

namespace {

constexpr int mostSessions = 1'000'000;
constexpr int operations = 30; ///< times --timeout: a million rows take a while to make

void waitFor(const std::stop_token &stop)
{
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait(lock, stop, [] { return false; });
}

JsonRecord recordOf(const demo::DemoInfo &info)
{
    JsonRecord record;
    record.add(QStringLiteral("baseUrl"), info.baseUrl.toString())
        .add(QStringLiteral("databaseUrl"), info.databaseUrl)
        .add(QStringLiteral("secretFile"), info.secretFile)
        .add(QStringLiteral("jwtBaseUrl"), info.jwtBaseUrl.toString())
        .add(QStringLiteral("routes"), QJsonArray::fromStringList(info.routes))
        .add(QStringLiteral("keyFile"), info.keyFile)
        .add(QStringLiteral("cookieFile"), info.cookieFile)
        .add(QStringLiteral("jwtCookieFile"), info.jwtCookieFile);
    return record;
}

class DemoServeCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("demo"), QStringLiteral("serve")},
                {},
                false,
                QStringLiteral("run the embedded demo deployment until Ctrl-C"),
                {{QStringLiteral("port"), QStringLiteral("N"), QStringLiteral("of the deployment (0: a free one)")},
                 {QStringLiteral("sessions"), QStringLiteral("N"), QStringLiteral("rows of all states (4000)")},
                 {QStringLiteral("dir"), QStringLiteral("DIR"),
                  QStringLiteral("where it lives (a temporary folder, removed at the end)")}},
                {}};
    }

    Outcome run(Context &context) const override
    {
        demo::DemoOptions options;
        const auto port = context.arguments().integer(QStringLiteral("port"), 0, 0, 65'535);
        if (!port)
            return Outcome::failed(port.error());
        options.port = static_cast<quint16>(*port);
        const auto sessions =
            context.arguments().integer(QStringLiteral("sessions"), options.sessions, 1, mostSessions);
        if (!sessions)
            return Outcome::failed(sessions.error());
        options.sessions = static_cast<int>(*sessions);
        options.dir = context.arguments().value(QStringLiteral("dir")).value_or(QString());

        const auto demo = demo::DemoDeployment::start(options, context.callFor(operations));
        if (!demo)
            return Outcome::failed(demo.error());
        if (const auto status = context.output().line(recordOf((*demo)->info())); !status)
            return Outcome::failed(status.error());
        waitFor(context.stop());
        (*demo)->stop();
        return {}; // Ctrl-C is how it ends: no failure
    }
};

} // namespace

std::unique_ptr<const Command> makeDemoServe()
{
    return std::make_unique<DemoServeCommand>();
}

} // namespace rollcall::ctl
