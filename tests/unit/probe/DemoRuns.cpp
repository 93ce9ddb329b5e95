#include "tests/unit/probe/DemoRuns.h"

#include <QFile>

namespace rollcall::test {

using namespace std::chrono_literals;
using base::Call;

std::unique_ptr<demo::DemoDeployment> DemoRuns::startDemo(int sessions)
{
    demo::DemoOptions options;
    options.sessions = sessions;
    auto started = demo::DemoDeployment::start(options, Call::within(30s));
    return started ? std::move(*started) : nullptr;
}

std::shared_ptr<const deployment::Deployment> DemoRuns::open(bool rows, const QString &rulesAt) const
{
    QFile secret(m_demo->info().secretFile);
    if (!secret.open(QIODevice::ReadOnly))
        return nullptr;
    workspace::ConnectionProfile profile;
    workspace::ConnectionSecrets secrets;
    profile.name = QStringLiteral("demo");
    profile.version = session::AuthVersion::V5;
    profile.strategy = rows ? session::Strategy::Database : session::Strategy::Jwt;
    profile.baseUrl = (rows ? m_demo->info().baseUrl : m_demo->info().jwtBaseUrl).toString();
    profile.database = rows ? m_demo->info().databaseUrl : rulesAt;
    secrets.authSecrets.emplace_back(QByteArrayView(secret.readAll().trimmed()));
    auto config = deployment::ConnectionConfig::from(std::move(profile), std::move(secrets), 10s);
    if (!config)
        return nullptr;
    auto opened = deployment::Deployment::open(std::move(*config), {rows, true}, m_clock, Call::within(20s));
    return opened ? std::move(*opened) : nullptr;
}

qint64 DemoRuns::rowsOf(const deployment::Deployment &deployment) const
{
    auto store = deployment.openStore(store::Access::ReadOnly, Call::within(10s));
    store::SessionQuery everything;
    everything.state = store::StateFilter::All;
    return store ? (*store)->count(everything, m_clock.now(), Call::within(10s)).value_or(-1) : -1;
}

} // namespace rollcall::test
