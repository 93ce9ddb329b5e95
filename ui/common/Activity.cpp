#include "ui/common/Activity.h"

#include <QLocale>

#include <cmath>

#include "ui/common/RelativeTime.h"

namespace rollcall::common {

namespace {

/// A rate over less than this is noise.
constexpr qint64 leastMs = 1500;

} // namespace

QString measurementKind()
{
    return QStringLiteral("measurement");
}

Activity::Activity(ActHead head, QObject *parent) : QObject(parent), m_head(std::move(head)) {}

bool Activity::isEnded() const
{
    return m_state == ActState::Ended;
}

bool Activity::canPause() const
{
    const bool isJournalled = m_head.kind == revoke::revocationKind() || m_head.kind == revoke::restoreKind() ||
                              m_head.kind == revoke::pruneKind();
    if (isMeasurement())
        return m_head.stands && (m_state == ActState::Running || m_state == ActState::Paused);
    return isJournalled && m_state == ActState::Running && m_done < m_head.planned;
}

int Activity::doneOfThousand() const
{
    return m_head.planned <= 0 ? 0 : static_cast<int>(std::min<qint64>(m_done * permille / m_head.planned, permille));
}

/// How long it has run, pauses aside; 0 before its first progress.
qint64 Activity::runMs() const
{
    const qint64 standing = m_state == ActState::Paused && m_standing.isValid() ? m_standing.elapsed() : 0;
    return m_running.isValid() ? m_running.elapsed() - m_stoodMs - standing : 0;
}

std::optional<double> Activity::rate() const
{
    const qint64 ms = runMs();
    if (isEnded() || ms < leastMs || !m_before || m_done <= *m_before)
        return std::nullopt;
    return static_cast<double>(m_done - *m_before) * 1000.0 / static_cast<double>(ms);
}

std::optional<std::chrono::seconds> Activity::timeLeft() const
{
    const auto perSecond = rate();
    if (!perSecond || m_done >= m_head.planned)
        return std::nullopt;
    return std::chrono::seconds(std::llround(std::ceil(static_cast<double>(m_head.planned - m_done) / *perSecond)));
}

QString Activity::paceText() const
{
    const QLocale locale;
    // A measurement for a time does not know its number.
    QStringList parts{m_head.planned > 0 ? tr("%1 of %2").arg(locale.toString(m_done), locale.toString(m_head.planned))
                                         : locale.toString(m_done)};
    if (const auto perSecond = rate())
        parts << tr("%1 a second").arg(locale.toString(std::max<qint64>(std::llround(*perSecond), 1)));
    if (const auto left = timeLeft())
        parts << tr("%1 left").arg(durationText(*left));
    return parts.join(QStringLiteral(" · "));
}

void Activity::stop()
{
    if (isEnded())
        return;
    m_stop.request_stop();
    m_state = ActState::Stopping;
    Q_EMIT changed();
}

void Activity::setPausing(bool pausing)
{
    if (isEnded() || m_state == ActState::Stopping)
        return;
    m_state = pausing ? ActState::Pausing : ActState::Running;
    Q_EMIT changed();
}

void Activity::setPaused(bool paused)
{
    const bool changes = m_state == (paused ? ActState::Running : ActState::Paused);
    if (!changes)
        return;
    m_state = paused ? ActState::Paused : ActState::Running;
    if (paused)
        m_standing.start();
    else if (m_running.isValid())
        m_stoodMs += m_standing.elapsed();
    Q_EMIT changed();
}

void Activity::beginRunning()
{
    if (m_state != ActState::Waiting)
        return;
    m_state = ActState::Running;
    m_step = tr("Beginning");
    Q_EMIT changed();
}

void Activity::advance(const revoke::RevocationProgress &progress)
{
    if (isEnded())
        return;
    if (m_state == ActState::Waiting)
        m_state = ActState::Running;
    const auto runFromNow = [this] {
        m_running.start();
        m_stoodMs = 0;
        if (m_standing.isValid())
            m_standing.start(); // paused already: only from now on it stands within what is counted
    };
    if (!m_running.isValid())
        runFromNow();
    // Core says 0 before it has read what an earlier run did; the first rows are no rate of this run.
    if (!m_before && progress.done > 0) {
        m_before = progress.done;
        runFromNow();
    }
    m_done = progress.done;
    if (isMeasurement())
        m_head.planned = progress.planned; // its checks add to what was asked for
    m_step = progress.step;
    Q_EMIT changed();
}

void Activity::finish(ActEnd end)
{
    m_state = ActState::Ended;
    m_end = std::move(end);
    Q_EMIT changed();
}

} // namespace rollcall::common
