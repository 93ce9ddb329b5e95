#include "ui/latency/RunBar.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>
#include <QProgressBar>

#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"
#include "ui/latency/VerdictText.h"

namespace rollcall::latency {

using common::ColorToken;
using common::FontToken;
using common::Label;
using common::State;
using std::chrono::nanoseconds;

namespace {

constexpr int separatorOffset = common::space::l / 2 + 4; ///< in the gap before a part

QString number(qint64 value)
{
    return QLocale().toString(value);
}

} // namespace

RunBar::RunBar(const common::Theme &theme, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_state(new common::StateLabel(theme, State::Testing)),
      m_progress(new QProgressBar),
      m_pause(new common::Button(theme, tr("Pause"), common::ButtonKind::Quiet)),
      m_record(new common::Button(theme, tr("Run record"), common::ButtonKind::Link))
{
    setObjectName(QStringLiteral("runBar"));
    common::setSurface(*this, common::Surface::Card);
    setFixedHeight(40);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(common::space::m, 0, common::space::m, 0);
    row->setSpacing(common::space::xl);
    m_state->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
    row->addWidget(m_state);
    m_progress->setTextVisible(false);
    m_progress->setMinimumWidth(48); // gives way in a narrow window
    m_progress->setMaximumWidth(160);
    m_progress->setAccessibleName(tr("Progress of the run"));
    row->addWidget(m_progress, 1);
    m_samples = addPart(*row);
    m_time = addPart(*row);
    m_blocks = addPart(*row);
    m_guard = addPart(*row);
    m_guard->setObjectName(QStringLiteral("runGuard"));
    m_canary = addPart(*row);
    row->addStretch(1);
    m_pause->setObjectName(QStringLiteral("pauseRun"));
    m_pause->hide();
    connect(m_pause, &common::Button::clicked, this, &RunBar::pauseToggled);
    row->addWidget(m_pause);
    m_record->setObjectName(QStringLiteral("runRecordLink"));
    m_record->hide();
    connect(m_record, &common::Button::clicked, this, &RunBar::recordWanted);
    row->addWidget(m_record);
}

Label *RunBar::addPart(QHBoxLayout &row)
{
    auto *label = new Label(m_theme, {}, FontToken::Body);
    row.addWidget(label);
    m_parts.append(label);
    return label;
}

void RunBar::paintEvent(QPaintEvent *event)
{
    QFrame::paintEvent(event);
    QPainter painter(this);
    for (const Label *part : std::as_const(m_parts)) {
        if (part != m_parts.first() && !part->text().isEmpty())
            painter.fillRect(part->x() - separatorOffset, 10, 1, height() - 20, m_theme.color(ColorToken::Line));
    }
}

void RunBar::showStarting()
{
    m_record->hide();
    m_pause->hide(); // nothing is asked yet that could stand still
    m_state->setState(State::Testing, tr("Preparing"));
    m_progress->setRange(0, 1);
    m_progress->setValue(0);
    m_samples->setText(tr("asking the deployment"));
    m_time->clear();
    m_blocks->clear();
    m_guard->clear();
    m_guard->setToolTip({});
    m_canary->clear();
}

void RunBar::showProgress(const probe::RunProgress &progress, bool guarded)
{
    if (progress.paused)
        m_state->setState(State::Skipped, tr("Paused"));
    else
        m_state->setState(State::Testing, progress.warmup ? tr("Warming up") : tr("Measuring"));
    m_pause->setText(progress.paused ? tr("Go on") : tr("Pause"));
    m_pause->setGlyph(progress.paused ? common::Icon::Play : common::Icon::Pause);
    m_pause->setToolTip(progress.paused ? tr("The schedule goes on where it stood still (P)")
                                        : tr("Nothing is asked until it goes on; eight minutes in all at most (P)"));
    m_pause->show();
    m_progress->setRange(0, static_cast<int>(std::max<qint64>(1, progress.total)));
    m_progress->setValue(static_cast<int>(progress.done));
    m_samples->setText(progress.total > 0 ? tr("%1 of %2 samples").arg(number(progress.done), number(progress.total))
                                          : tr("%1 samples").arg(number(progress.done)));
    QString time = common::durationText(progress.elapsed);
    if (progress.total > 0 && progress.done > progress.total / 20) {
        const double whole = static_cast<double>(progress.elapsed.count()) * static_cast<double>(progress.total) /
                             static_cast<double>(progress.done);
        time = tr("%1 of about %2").arg(time, common::durationText(nanoseconds(static_cast<qint64>(whole))));
    }
    m_time->setText(time);
    m_blocks->setText(progress.blocks > 0
                          ? tr("Block %1 of %2").arg(number(progress.block + 1), number(progress.blocks))
                          : tr("Block %1").arg(number(progress.block + 1)));
    const QString state = tr("%1 in flight, %2")
                              .arg(progress.inFlight)
                              .arg(progress.errors == 1 ? tr("1 error") : tr("%1 errors").arg(number(progress.errors)));
    // It asks for fewer requests, or fails: that is why nothing moves for a while, and then half as fast.
    m_guard->setText(progress.guardPausedUntil
                         ? tr("Guard paused it until %1: %2").arg(common::clockText(*progress.guardPausedUntil), state)
                     : progress.guardPause ? tr("Guard watching, half the rate: %1").arg(state)
                     : guarded             ? tr("Guard watching: %1").arg(state)
                                           : tr("No guard: %1").arg(state));
    m_guard->setToolTip(progress.guardPause ? progress.guardPause->detail : QString());
    m_guard->setTint(progress.errors > 0 || progress.guardPause ? ColorToken::Warn : ColorToken::Text);
    m_canary->clear();
}

void RunBar::showFinished(const probe::RunDocument &document, qint64 samples)
{
    m_record->show();
    m_pause->hide();
    const bool stopped =
        document.stopReason == probe::StopReason::Guard || document.stopReason == probe::StopReason::Saturated;
    const bool cancelled = document.stopReason == probe::StopReason::Cancelled;
    m_state->setState(stopped     ? State::Warning
                      : cancelled ? State::Skipped
                                  : State::Ok,
                      stopped     ? tr("Stopped")
                      : cancelled ? tr("Stopped by you")
                                  : tr("Finished"));
    if (!cancelled && !stopped)
        m_progress->setRange(0, 1);
    m_progress->setValue(cancelled || stopped ? m_progress->value() : 1);
    m_samples->setText(tr("%1 samples").arg(number(samples)));
    m_time->setText(common::durationText(nanoseconds(document.meta.value(QStringLiteral("elapsedNs")).toInteger() -
                                                     document.meta.value(QStringLiteral("pausedNs")).toInteger())));
    m_blocks->setText(tr("Ended: %1").arg(stopReasonText(document.stopReason)));
    const probe::GuardEvent *event = stoppingEvent(document);
    m_guard->setText(event ? tr("Guard: %1").arg(event->rule) : tr("Guard quiet"));
    m_guard->setTint(event ? ColorToken::Bad : ColorToken::Text);
    const QJsonObject canary = document.meta.value(QStringLiteral("canary")).toObject();
    if (canary.isEmpty())
        m_canary->setText(tr("No canary"));
    else if (!canary.value(QStringLiteral("row")).toBool())
        m_canary->setText(tr("Canary token, nothing written"));
    else
        m_canary->setText(canary.value(QStringLiteral("removed")).toBool() ? tr("Canary removed")
                                                                           : tr("Canary left behind"));
}

} // namespace rollcall::latency
