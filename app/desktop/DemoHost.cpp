#include "app/desktop/DemoHost.h"

#include <QFile>

#include "core/workspace/Workspace.h"

namespace rollcall::app {

namespace {

constexpr std::chrono::seconds startBudget{30};
constexpr qint64 secretLimit = 4096;

base::Result<workspace::ConnectionSecrets> readSecret(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return base::fail(base::Error(base::ErrorCode::FileUnreadable)
                              .with(base::ErrorParam::Path, path)
                              .with(base::ErrorParam::Detail, file.errorString()));
    }
    QByteArray line = file.readLine(secretLimit);
    while (line.endsWith('\n') || line.endsWith('\r'))
        line.chop(1);
    workspace::ConnectionSecrets secrets;
    secrets.authSecrets.push_back(base::SecretBytes::fromAndWipe(line));
    return secrets;
}

} // namespace

DemoHost::DemoHost(const base::Clock &clock, QObject *parent) : QObject(parent), m_clock(clock), m_worker("rc-demo") {}

DemoHost::~DemoHost() = default;

void DemoHost::start()
{
    const auto submitted = m_worker.submit([this, sender = m_mailbox.sender()](const std::stop_token &stop) {
        auto demo = demo::DemoDeployment::start({}, base::Call::within(startBudget, stop));
        if (!demo) {
            sender.post([this, error = demo.error()] { Q_EMIT failed(error); });
            return;
        }
        auto secrets = readSecret((*demo)->info().secretFile);
        if (!secrets) {
            sender.post([this, error = secrets.error()] { Q_EMIT failed(error); });
            return;
        }
        sender.post([this, demo = std::shared_ptr<demo::DemoDeployment>(std::move(*demo)),
                     secrets = std::make_shared<const workspace::ConnectionSecrets>(std::move(*secrets))] {
            m_demo = demo;
            m_secrets = secrets;
            m_vault = workspace::openKeyFileVault(demo->info().keyFile);
            m_audit = std::make_unique<audit::AuditLog>(
                workspace::Folders::below(demo->info().dir).data, m_vault.get(), m_clock,
                [this, sender = m_mailbox.sender()](const base::Error &fault) {
                    // A full box loses a remark that stands in the log as well, and that the next act makes again.
                    static_cast<void>(sender.post([this, fault] { Q_EMIT logFaulty(fault); }));
                });
            Q_EMIT started();
        });
    });
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

revoke::OperationPlace DemoHost::operations() const
{
    return {revoke::operationsBelow(workspace::Folders::below(m_demo->info().dir).state), m_vault.get()};
}

workspace::ConnectionProfile DemoHost::profile() const
{
    const demo::DemoInfo &info = m_demo->info();
    workspace::ConnectionProfile profile;
    profile.name = tr("Demo");
    profile.database = info.databaseUrl;
    profile.baseUrl = info.baseUrl.toString();
    return profile;
}

} // namespace rollcall::app
