#include "ui/common/OpenConnection.h"

#include <utility>

#include "ui/common/Activities.h"

namespace rollcall::common {

OpenConnection::OpenConnection(std::shared_ptr<const deployment::Deployment> deployment, deployment::CheckResult check,
                               audit::AuditLog &auditLog, revoke::OperationPlace operations, QObject *parent)
    : QObject(parent),
      m_deployment(std::move(deployment)),
      m_check(std::move(check)),
      m_auditLog(auditLog),
      m_operations(std::move(operations)),
      m_workers(m_deployment),
      m_activities(std::make_unique<Activities>(*this))
{
    m_disarm.setSingleShot(true);
    m_disarm.setInterval(armedFor);
    connect(&m_disarm, &QTimer::timeout, this, [this] { setWriteMode(WriteMode::Guarded); });
}

OpenConnection::~OpenConnection() = default;

void OpenConnection::setWriteMode(WriteMode mode)
{
    if (mode == WriteMode::Armed) {
        m_disarm.start();
    } else {
        m_disarm.stop();
        m_standingReason.clear();
    }
    if (std::exchange(m_writeMode, mode) != mode)
        Q_EMIT writeModeChanged(mode);
}

std::chrono::milliseconds OpenConnection::armedLeft() const
{
    return m_disarm.isActive() ? m_disarm.remainingTimeAsDuration() : std::chrono::milliseconds(0);
}

void OpenConnection::noteReason(const QString &reason)
{
    if (m_writeMode == WriteMode::Armed)
        m_standingReason = reason;
}

} // namespace rollcall::common
