#pragma once

#include <QObject>
#include <QTimer>

#include <memory>

#include "core/audit/AuditLog.h"
#include "core/deployment/DeploymentWorkers.h"
#include "core/revoke/Operations.h"

namespace rollcall::common {

class Activities;
class PersonalData;

/// What the application may do to the connected deployment.
enum class WriteMode {
    ReadOnly, ///< nothing is written; every connection begins here
    Guarded,  ///< each act is planned, shown and confirmed with a reason
    Armed,    ///< for a few minutes the reason given last stands for the next acts as well; then Guarded again
};

/// So long a connection stays armed.
inline constexpr std::chrono::minutes armedFor{5};

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
    ~OpenConnection() override;

    [[nodiscard]] const deployment::Deployment &deployment() const { return *m_deployment; }
    [[nodiscard]] std::shared_ptr<const deployment::Deployment> shared() const { return m_deployment; }
    [[nodiscard]] const deployment::CheckResult &check() const { return m_check; }
    [[nodiscard]] deployment::DeploymentWorkers &workers() { return m_workers; }
    [[nodiscard]] audit::AuditLog &auditLog() { return m_auditLog; }
    /// Where acts that have not ended rest.
    [[nodiscard]] const revoke::OperationPlace &operations() const { return m_operations; }
    /// The folder where the approvers of saved connections are listed; empty until told: nobody is.
    [[nodiscard]] const QString &configFolder() const { return m_configFolder; }
    void setConfigFolder(const QString &folder) { m_configFolder = folder; }
    [[nodiscard]] const workspace::ConnectionProfile &profile() const { return m_deployment->config().profile; }

    [[nodiscard]] WriteMode writeMode() const { return m_writeMode; }
    /// Changes the mode; emits writeModeChanged() where it differs. Armed ends by itself after @p lasting; asked for
    /// again, its time begins anew. The time in which the machine is suspended counts.
    void setWriteMode(WriteMode mode, std::chrono::nanoseconds lasting = armedFor);
    /// Goes back to Guarded where the time of Armed is over. Asked each second, and before an act begins: a machine
    /// that wakes up may have the one before the other.
    void disarmWhenDue();
    /// How long it stays armed; zero in other modes.
    [[nodiscard]] std::chrono::milliseconds armedLeft() const;
    /// The reason that stands for the next acts as well: the last one given while armed. Empty in other modes.
    [[nodiscard]] QString standingReason() const { return m_standingReason; }
    /// An act was begun for @p reason.
    void noteReason(const QString &reason);

    /// What is and was done to the deployment. While one of its acts runs, the connection must not be closed: its
    /// outcome would be lost.
    [[nodiscard]] Activities &activities() { return *m_activities; }

    /// How names and e-mails of the deployment's users show.
    [[nodiscard]] PersonalData &personal() { return *m_personal; }
    [[nodiscard]] const PersonalData &personal() const { return *m_personal; }

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
    QString m_configFolder;
    deployment::DeploymentWorkers m_workers;
    WriteMode m_writeMode = WriteMode::ReadOnly;
    QTimer m_disarm;                          ///< runs while armed
    std::chrono::nanoseconds m_armedUntil{0}; ///< since the machine started
    QString m_standingReason;
    std::unique_ptr<PersonalData> m_personal;
    std::unique_ptr<Activities> m_activities;
};

} // namespace rollcall::common
