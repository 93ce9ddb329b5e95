#include "ui/common/PersonalData.h"

#include <algorithm>

#include "core/audit/AuditedAct.h"
#include "core/base/PersonalText.h"
#include "core/engine/PersonalMask.h"

namespace rollcall::common {

using std::chrono::milliseconds;

PersonalData::PersonalData(bool isMasked, const QString &connection, audit::AuditLog &log, milliseconds timeout,
                           QObject *parent)
    : QObject(parent), m_isMaskable(isMasked), m_connection(connection), m_log(log), m_timeout(timeout)
{
    m_tick.setSingleShot(true);
    m_tick.setTimerType(Qt::PreciseTimer);
    connect(&m_tick, &QTimer::timeout, this, &PersonalData::tick);
}

PersonalData::~PersonalData() = default;

QString PersonalData::name(const QString &text) const
{
    return isMasked() ? base::maskedName(text) : text;
}

std::optional<QString> PersonalData::name(const std::optional<QString> &text) const
{
    return text ? std::optional(name(*text)) : std::nullopt;
}

QString PersonalData::user(const QString &text) const
{
    return isMasked() ? base::maskedUser(text) : text;
}

QByteArray PersonalData::session(const QByteArray &json) const
{
    return isMasked() ? engine::withPersonalMasked(json) : json;
}

QString PersonalData::lastingName(const QString &text) const
{
    return m_isMaskable ? base::maskedName(text) : text;
}

QString PersonalData::lastingUser(const QString &text) const
{
    return m_isMaskable ? base::maskedUser(text) : text;
}

void PersonalData::follow(const QObject *context, const std::function<void()> &show)
{
    connect(this, &PersonalData::changed, context, show);
    show();
}

void PersonalData::reveal()
{
    if (!isMasked() || m_asked)
        return;
    m_asked = true;
    // A log on a slow disk must not hold up the window.
    m_recording = std::jthread([this, &log = m_log, connection = m_connection, timeout = m_timeout,
                                shownFor = m_shownFor, sender = m_mailbox.sender()](const std::stop_token &stop) {
        audit::AuditEntry entry;
        entry.action = QStringLiteral("personal.reveal");
        entry.connection = connection;
        entry.counts = {{QStringLiteral("seconds"), qint64(std::chrono::ceil<std::chrono::seconds>(shownFor).count())}};
        const auto status = audit::audited(log, entry, audit::WithoutRecord::Refuse, base::Call::within(timeout, stop),
                                           [](audit::AuditEntry & /*outcome*/) { return base::Status(); });
        sender.post([this, status, shownFor, stop] {
            m_asked = false;
            if (status) {
                m_shownUntil = m_sinceBoot() + shownFor;
                Q_EMIT changed();
                tick();
            } else if (!stop.stop_requested()) {
                Q_EMIT failed(status.error());
            }
            Q_EMIT settled();
        });
    });
}

void PersonalData::mask()
{
    if (!m_shownUntil)
        return;
    m_tick.stop();
    m_shownUntil.reset();
    Q_EMIT changed();
}

void PersonalData::tick()
{
    constexpr milliseconds longest(1000);
    if (isShown())
        m_tick.start(std::min(left(), longest));
    else
        mask();
}

milliseconds PersonalData::left() const
{
    return isShown() ? std::chrono::ceil<milliseconds>(*m_shownUntil - m_sinceBoot()) : milliseconds(0);
}

} // namespace rollcall::common
