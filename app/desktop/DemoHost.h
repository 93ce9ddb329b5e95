#pragma once

#include <QObject>

#include <memory>
#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/audit/AuditLog.h"
#include "core/demo/DemoDeployment.h"
#include "core/deployment/ConnectionConfig.h"
#include "core/revoke/Operations.h"

namespace rollcall::app {

/// The embedded demo with a vault and an audit log of its own in its directory, never in the user's. Started and
/// stopped on a worker. **Thread-safety:** GUI thread only; never blocks but in the destructor, which waits for its
/// requests.
class DemoHost final : public QObject
{
    Q_OBJECT

public:
    /// @p clock is borrowed.
    explicit DemoHost(const base::Clock &clock, QObject *parent = nullptr);
    ~DemoHost() override;

    /// Ends in started() or failed().
    void start();

    /// True once started() came: everything below is there.
    [[nodiscard]] bool isRunning() const { return m_demo && m_audit; }
    /// The audit log of what is done to the demo; valid after started().
    [[nodiscard]] audit::AuditLog &auditLog() { return *m_audit; }
    /// Where what is done to the demo rests until it has ended; valid after started().
    [[nodiscard]] revoke::OperationPlace operations() const;
    /// How to connect to the demo; valid after started().
    [[nodiscard]] workspace::ConnectionProfile profile() const;
    /// The demo's secret, read from its secret file on the worker; valid after started().
    [[nodiscard]] workspace::ConnectionSecrets secrets() const { return m_secrets->clone(); }
    [[nodiscard]] const demo::DemoInfo &info() const { return m_demo->info(); }

Q_SIGNALS:
    void started();
    void failed(const rollcall::base::Error &error);
    /// An act found this amiss with the audit log.
    void logFaulty(const rollcall::base::Error &fault);

private:
    const base::Clock &m_clock;
    async::Mailbox m_mailbox;
    std::shared_ptr<demo::DemoDeployment> m_demo;
    std::shared_ptr<const workspace::ConnectionSecrets> m_secrets;
    std::unique_ptr<base::SecretVault> m_vault;
    std::unique_ptr<audit::AuditLog> m_audit;
    async::Worker m_worker; ///< last: it is joined before anything its jobs use is gone
};

} // namespace rollcall::app
