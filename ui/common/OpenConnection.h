#pragma once

#include <QObject>

#include <memory>

#include "core/audit/AuditLog.h"
#include "core/deployment/DeploymentWorkers.h"
#include "core/revoke/Operations.h"

namespace rollcall::common {

/// What the application may do to the connected deployment.
enum class WriteMode {
    ReadOnly, ///< nothing is written; every connection begins here
    Guarded,  ///< each act is planned, shown and confirmed
};

/// A deployment the user is connected to, as its pages share it: what is known of it, its workers, and the write mode.
/// **Thread-safety:** GUI thread only; the workers may be used from there without blocking.
class OpenConnection final : public QObject
{
    Q_OBJECT

public:
    /// @p auditLog and the vault of @p operations are borrowed and outlive this object. @p check is what connecting
    /// found.
    OpenConnection(std::shared_ptr<const deployment::Deployment> deployment, deployment::CheckResult check,
                   audit::AuditLog &auditLog, revoke::OperationPlace operations, QObject *parent = nullptr);

    [[nodiscard]] const deployment::Deployment &deployment() const { return *m_deployment; }
    [[nodiscard]] std::shared_ptr<const deployment::Deployment> shared() const { return m_deployment; }
    [[nodiscard]] const deployment::CheckResult &check() const { return m_check; }
    [[nodiscard]] deployment::DeploymentWorkers &workers() { return m_workers; }
    [[nodiscard]] audit::AuditLog &auditLog() { return m_auditLog; }
    /// Where acts that have not ended rest.
    [[nodiscard]] const revoke::OperationPlace &operations() const { return m_operations; }
    [[nodiscard]] const workspace::ConnectionProfile &profile() const { return m_deployment->config().profile; }

    [[nodiscard]] WriteMode writeMode() const { return m_writeMode; }
    /// Changes the mode; emits writeModeChanged() where it differs.
    void setWriteMode(WriteMode mode);

    /// While an act changes the deployment (a revocation) the connection must not be closed: its outcome would be lost.
    [[nodiscard]] bool isActing() const { return m_acts > 0; }
    void beginAct() { ++m_acts; }
    void endAct() { --m_acts; }

    /// The bound of one database or network operation.
    [[nodiscard]] std::chrono::milliseconds timeout() const { return m_deployment->config().storeOptions.timeout; }

Q_SIGNALS:
    void writeModeChanged(rollcall::common::WriteMode mode);
    /// Sessions were revoked: listings are out of date.
    void sessionsChanged();

private:
    std::shared_ptr<const deployment::Deployment> m_deployment;
    deployment::CheckResult m_check;
    audit::AuditLog &m_auditLog;
    revoke::OperationPlace m_operations;
    deployment::DeploymentWorkers m_workers;
    WriteMode m_writeMode = WriteMode::ReadOnly;
    int m_acts = 0;
};

} // namespace rollcall::common
