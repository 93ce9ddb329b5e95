#include "ui/common/ReturnWatch.h"

namespace rollcall::common {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

/// A short watch looks more often, so that it looks more than once.
revoke::ResurrectionWatch::Options optionsFor(milliseconds lasts)
{
    revoke::ResurrectionWatch::Options options;
    options.lasts = lasts;
    options.interval = std::min(options.interval, std::max<milliseconds>(lasts / 4, 50ms));
    return options;
}

} // namespace

ReturnWatch::ReturnWatch(const revoke::RevocationPlan &plan, const revoke::RevocationReport &report,
                         ReturnWatchHead head, std::shared_ptr<const deployment::Deployment> deployment,
                         audit::AuditLog &log, QObject *parent)
    : QObject(parent),
      m_head(std::move(head)),
      m_deployment(std::move(deployment)),
      m_until(std::chrono::steady_clock::now() + m_head.lasts)
{
    auto watch =
        std::make_unique<revoke::ResurrectionWatch>(plan, report, optionsFor(m_head.lasts), *m_deployment, log);
    m_watched = static_cast<qint64>(watch->watched());
    m_thread = std::jthread([this, watch = std::move(watch), sender = m_mailbox.sender()](const std::stop_token &stop) {
        const auto status = watch->run(
            [this, &sender](const revoke::ResurrectionLook &look) { sender.post([this, look] { take(look); }); }, stop);
        sender.post([this, status] { end(status); });
    });
}

ReturnWatch::~ReturnWatch() = default;

milliseconds ReturnWatch::left() const
{
    const auto left = m_until - std::chrono::steady_clock::now();
    return m_running && left > 0ns ? std::chrono::duration_cast<milliseconds>(left) : 0ms;
}

void ReturnWatch::stop()
{
    m_isCutShort = m_isCutShort || m_running;
    m_thread.request_stop();
}

void ReturnWatch::expect()
{
    m_isExpected = m_isExpected || m_running;
    stop();
}

void ReturnWatch::take(const revoke::ResurrectionLook &look)
{
    if (m_isExpected)
        return;
    m_returned.insert(m_returned.end(), look.returned.begin(), look.returned.end());
    if (look.unrecorded)
        m_error = look.unrecorded;
    Q_EMIT sessionsReturned(look.returned);
    Q_EMIT changed();
}

void ReturnWatch::end(const base::Status &status)
{
    m_running = false;
    if (!status)
        m_error = status.error();
    Q_EMIT changed();
}

} // namespace rollcall::common
