#include "ui/common/OpenConnection.h"

#include <utility>

namespace rollcall::common {

OpenConnection::OpenConnection(std::shared_ptr<const deployment::Deployment> deployment, deployment::CheckResult check,
                               audit::AuditLog &auditLog, revoke::OperationPlace operations, QObject *parent)
    : QObject(parent),
      m_deployment(std::move(deployment)),
      m_check(std::move(check)),
      m_auditLog(auditLog),
      m_operations(std::move(operations)),
      m_workers(m_deployment)
{}

void OpenConnection::setWriteMode(WriteMode mode)
{
    if (std::exchange(m_writeMode, mode) != mode)
        Q_EMIT writeModeChanged(mode);
}

} // namespace rollcall::common
