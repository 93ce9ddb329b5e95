#include "tests/support/TestConnection.h"

namespace rollcall::test {

using namespace std::chrono_literals;

TestConnection::TestConnection(const base::Clock &clock)
    : m_clock(clock),
      m_vault(workspace::openKeyFileVault(m_folder.filePath(QStringLiteral("keys")))),
      m_log(m_folder.path(), m_vault.get(), clock)
{}

bool TestConnection::open(workspace::ConnectionProfile profile, workspace::ConnectionSecrets secrets,
                          deployment::Needs needs)
{
    auto config = deployment::ConnectionConfig::from(std::move(profile), std::move(secrets), 10s);
    if (!config)
        return false;
    auto opened = deployment::Deployment::open(std::move(*config), needs, m_clock, base::Call::within(20s));
    if (!opened)
        return false;
    m_connection = std::make_unique<common::OpenConnection>(*opened, deployment::CheckResult(), m_log, place());
    return true;
}

} // namespace rollcall::test
