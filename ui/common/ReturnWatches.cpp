#include "ui/common/ReturnWatches.h"

#include <algorithm>
#include <set>

#include "ui/common/OpenConnection.h"

namespace rollcall::common {

ReturnWatches::ReturnWatches(OpenConnection &connection) : m_connection(connection) {}

ReturnWatches::~ReturnWatches()
{
    // All are told before the first is waited for.
    for (ReturnWatch *watch : std::as_const(m_all))
        watch->stop();
}

std::chrono::milliseconds ReturnWatches::time() const
{
    const std::chrono::seconds own = m_connection.profile().watchFor;
    return own.count() > 0 ? std::chrono::milliseconds(own) : std::chrono::milliseconds(usualTime);
}

void ReturnWatches::begin(const revoke::RevocationPlan &plan, const revoke::RevocationReport &report,
                          std::chrono::milliseconds lasts)
{
    if (report.revoked == 0 || lasts.count() <= 0)
        return;
    auto *watch = new ReturnWatch(plan, report, {report.auditId, plan.digest, lasts}, m_connection.shared(),
                                  m_connection.auditLog(), this);
    connect(watch, &ReturnWatch::changed, this, &ReturnWatches::changed);
    connect(watch, &ReturnWatch::sessionsReturned, this, [this](const std::vector<revoke::Resurrection> &sessions) {
        m_alarm.insert(m_alarm.end(), sessions.begin(), sessions.end());
        Q_EMIT raised();
    });
    m_all.prepend(watch);
    makeRoom();
    Q_EMIT changed();
}

void ReturnWatches::makeRoom()
{
    qsizetype running = std::ranges::count_if(m_all, &ReturnWatch::isRunning);
    for (qsizetype i = m_all.size() - 1; i >= 0 && running > mostRunning; --i) {
        if (m_all[i]->isRunning()) {
            m_all[i]->stop();
            --running;
        }
    }
    for (qsizetype i = m_all.size() - 1; i >= 0 && m_all.size() > mostKept; --i) {
        if (!m_all[i]->isRunning())
            m_all.takeAt(i)->deleteLater();
    }
}

ReturnWatch *ReturnWatches::find(const QString &auditId) const
{
    const auto found =
        std::ranges::find_if(m_all, [&auditId](const ReturnWatch *watch) { return watch->head().auditId == auditId; });
    return found == m_all.end() ? nullptr : *found;
}

bool ReturnWatches::isWatching() const
{
    return std::ranges::any_of(m_all, &ReturnWatch::isRunning);
}

void ReturnWatches::silence()
{
    if (m_alarm.empty())
        return;
    m_alarm.clear();
    Q_EMIT changed();
}

void ReturnWatches::answer(const revoke::RevocationReport &report)
{
    if (m_alarm.empty())
        return;
    std::set<base::Fingerprint> gone;
    for (const revoke::RowReport &row : report.rows) {
        if (row.outcome == revoke::RowOutcome::Revoked || row.outcome == revoke::RowOutcome::AlreadyGone)
            gone.insert(row.fingerprint);
    }
    const auto answered = std::erase_if(
        m_alarm, [&gone](const revoke::Resurrection &session) { return gone.contains(session.fingerprint); });
    if (answered > 0)
        Q_EMIT changed();
}

void ReturnWatches::expect(const QString &planDigest)
{
    for (ReturnWatch *watch : std::as_const(m_all)) {
        if (watch->head().planDigest == planDigest)
            watch->expect();
    }
}

} // namespace rollcall::common
