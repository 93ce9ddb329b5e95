#include "ui/common/OpenConnection.h"

#include <algorithm>
#include <utility>

#include "ui/common/Activities.h"
#include "ui/common/BootClock.h"
#include "ui/common/PersonalData.h"

namespace rollcall::common {

OpenConnection::OpenConnection(std::shared_ptr<const deployment::Deployment> deployment, deployment::CheckResult check,
                               audit::AuditLog &auditLog, revoke::OperationPlace operations, QObject *parent)
    : QObject(parent),
      m_deployment(std::move(deployment)),
      m_check(std::move(check)),
      m_auditLog(auditLog),
      m_operations(std::move(operations)),
      m_workers(m_deployment),
      m_personal(std::make_unique<PersonalData>(profile().maskPersonal, m_deployment->config().displayName(), auditLog,
                                                timeout())),
      m_activities(std::make_unique<Activities>(*this))
{
    m_disarm.setInterval(std::chrono::seconds(1));
    connect(&m_disarm, &QTimer::timeout, this, &OpenConnection::disarmWhenDue);
}

OpenConnection::~OpenConnection() = default;

void OpenConnection::setWriteMode(WriteMode mode, std::chrono::nanoseconds lasting)
{
    if (mode == WriteMode::Armed) {
        m_armedUntil = sinceBoot() + lasting;
        m_disarm.start();
    } else {
        m_disarm.stop();
        m_standingReason.clear();
    }
    if (std::exchange(m_writeMode, mode) != mode)
        Q_EMIT writeModeChanged(mode);
}

void OpenConnection::disarmWhenDue()
{
    if (m_writeMode == WriteMode::Armed && armedLeft().count() == 0)
        setWriteMode(WriteMode::Guarded);
}

std::chrono::milliseconds OpenConnection::armedLeft() const
{
    if (m_writeMode != WriteMode::Armed)
        return std::chrono::milliseconds(0);
    const auto left = std::max(m_armedUntil - sinceBoot(), std::chrono::nanoseconds(0));
    return std::chrono::duration_cast<std::chrono::milliseconds>(left);
}

void OpenConnection::noteReason(const QString &reason)
{
    if (m_writeMode == WriteMode::Armed)
        m_standingReason = reason;
}

} // namespace rollcall::common
