#include "ui/main/ActivityRow.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>
#include <QProgressBar>
#include <QTimer>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/ReturnWatch.h"
#include "ui/revoke/UnfinishedView.h"

namespace rollcall::main {

using common::ActState;
using common::Button;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

constexpr int barWidth = 140;
constexpr int paceWidth = 252;

Icon iconOf(const QString &kind)
{
    if (kind == revoke::restoreKind())
        return Icon::Undo;
    if (kind == revoke::pruneKind())
        return Icon::Prune;
    if (kind == common::measurementKind())
        return Icon::Latency;
    return kind == revoke::revocationKind() ? Icon::Revoked : Icon::Cache;
}

QString stateOf(const revoke::Operation &operation)
{
    switch (operation.state) {
    case revoke::OperationState::Running:
        return ActivityRow::tr("Running in another process");
    case revoke::OperationState::Paused:
        return ActivityRow::tr("Paused");
    case revoke::OperationState::Interrupted:
        break;
    }
    return ActivityRow::tr("Interrupted");
}

QString watchWords(const common::ReturnWatch &watch)
{
    const QString returned = QLocale().toString(qint64(watch.returned().size()));
    const QString watched = QLocale().toString(watch.watched());
    if (watch.error())
        return ActivityRow::tr("%1 of %2 came back; %3").arg(returned, watched, base::describe(*watch.error()).message);
    if (!watch.returned().empty())
        return ActivityRow::tr("%1 of %2 came back: something writes them again").arg(returned, watched);
    if (watch.isRunning())
        return ActivityRow::tr("None has come back");
    if (watch.isExpected())
        return ActivityRow::tr("Ended, as an undo was begun; none had come back");
    return watch.isCutShort() ? ActivityRow::tr("Ended before its time; none had come back")
                              : ActivityRow::tr("None came back while it looked");
}

} // namespace

ActivityRow::ActivityRow(const common::Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_row(new QHBoxLayout(this)),
      m_glyph(new Label(theme)),
      m_title(new Label(theme, {}, FontToken::Section)),
      m_words(new Label(theme, {}, FontToken::Status, ColorToken::Muted)),
      m_bar(new QProgressBar),
      m_pace(new Label(theme, {}, FontToken::Status, ColorToken::Muted))
{
    setFixedHeight(rowHeight);
    m_row->setContentsMargins(common::space::l, 0, common::space::l, 1);
    m_row->setSpacing(common::space::s);
    m_glyph->setFixedWidth(common::measure::icon + common::space::xs);
    auto *words = new QVBoxLayout;
    words->setContentsMargins(0, common::space::xs, 0, common::space::xs);
    words->setSpacing(0);
    words->addWidget(m_title);
    words->addWidget(m_words);
    m_words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_bar->setRange(0, common::permille);
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(barWidth);
    m_pace->setFixedWidth(paceWidth);
    m_row->addWidget(m_glyph);
    m_row->addLayout(words, 1);
    m_row->addWidget(m_bar);
    m_row->addSpacing(common::space::xs);
    m_row->addWidget(m_pace);
}

ActivityRow::ActivityRow(const common::Theme &theme, common::Activity &activity, QWidget *parent)
    : ActivityRow(theme, parent)
{
    m_title->setText(activity.head().title);
    m_bar->setAccessibleName(activity.head().title);
    if (activity.isEnded()) {
        const common::ActEnd &end = *activity.end();
        setGlyph(end.good ? Icon::Ok : Icon::Warn, end.good ? ColorToken::Good : ColorToken::Warn);
        setWords(end.words);
        m_bar->hide();
        m_pace->hide();
        if (end.report)
            connect(addButton(tr("Result"), "activityResult"), &Button::clicked, this, &ActivityRow::resultRequested);
        if (!end.auditId.isEmpty())
            connect(addButton(tr("Audit"), "activityAudit"), &Button::clicked, this, &ActivityRow::auditRequested);
        return;
    }
    setGlyph(iconOf(activity.head().kind), ColorToken::Muted);
    m_pause = addButton(tr("Pause"), "activityPause");
    m_pause->setGlyph(Icon::Pause);
    m_pause->setToolTip(activity.isMeasurement() ? tr("Nothing is asked until it goes on.")
                                                 : tr("At the next batch; it can be gone on with."));
    connect(m_pause, &Button::clicked, this, &ActivityRow::pauseRequested);
    m_stop = addButton(tr("Stop"), "activityStop");
    m_stop->setGlyph(Icon::Stop);
    m_stop->setToolTip(activity.isMeasurement()
                           ? tr("Ends it at once: what was measured until then is kept.")
                           : tr("Ends it at the next batch: what was done stays done, the rest is not touched."));
    connect(m_stop, &Button::clicked, this, &ActivityRow::stopRequested);
    connect(&activity, &common::Activity::changed, this, [this, &activity] { display(activity); });
    display(activity);
}

ActivityRow::ActivityRow(const common::Theme &theme, const revoke::Operation &operation, QWidget *parent)
    : ActivityRow(theme, parent)
{
    const revoke::OperationHead &head = operation.head;
    const bool isRunning = operation.state == revoke::OperationState::Running;
    const bool isPaused = operation.state == revoke::OperationState::Paused;
    const QLocale locale;
    setGlyph(isPaused    ? Icon::Pause
             : isRunning ? iconOf(head.kind)
                         : Icon::Warn,
             isPaused || isRunning ? ColorToken::Muted : ColorToken::Warn);
    m_title->setText(revoke::UnfinishedView::actTitle(operation));
    const QString begun = locale.toString(QDateTime::fromMSecsSinceEpoch(head.startedAt.time_since_epoch().count()),
                                          QLocale::ShortFormat);
    const QString state = tr("%1 · begun %2").arg(stateOf(operation), begun);
    setWords(head.reason.isEmpty() ? state : state + QStringLiteral(" · ") + head.reason);
    m_bar->setAccessibleName(m_title->text());
    m_bar->setValue(head.planned <= 0 ? 0 : static_cast<int>(operation.done * common::permille / head.planned));
    m_pace->setText(tr("%1 of %2 settled").arg(locale.toString(operation.done), locale.toString(head.planned)));
    if (isRunning) {
        m_pause = addButton(tr("Pause"), "activityPause");
        m_pause->setGlyph(Icon::Pause);
        connect(m_pause, &Button::clicked, this, &ActivityRow::pauseRequested);
    } else {
        auto *resume = addButton(tr("Go on…"), "activityResume");
        resume->setGlyph(Icon::Play);
        connect(resume, &Button::clicked, this, &ActivityRow::resumeRequested);
    }
}

ActivityRow::ActivityRow(const common::Theme &theme, common::ReturnWatch &watch, QWidget *parent)
    : ActivityRow(theme, parent)
{
    const QLocale locale;
    const auto returned = static_cast<qint64>(watch.returned().size());
    m_title->setText(watch.watched() == 1
                         ? tr("Watch for 1 revoked session coming back")
                         : tr("Watch for %1 revoked sessions coming back").arg(locale.toString(watch.watched())));
    m_bar->setAccessibleName(m_title->text());
    setGlyph(returned > 0 || watch.error() ? Icon::Warn
             : watch.isRunning()           ? Icon::Eye
             : watch.isCutShort()          ? Icon::Info
                                           : Icon::Ok,
             returned > 0                              ? ColorToken::Bad
             : watch.error()                           ? ColorToken::Warn
             : watch.isRunning() || watch.isCutShort() ? ColorToken::Muted
                                                       : ColorToken::Good);
    setWords(watchWords(watch));
    if (returned > 0)
        connect(addButton(tr("Revoke again…"), "activityRevokeAgain"), &Button::clicked, this,
                &ActivityRow::revokeAgainRequested);
    if (!watch.isRunning()) {
        m_bar->hide();
        m_pace->hide();
        return;
    }
    m_stop = addButton(tr("Stop"), "activityStopWatch");
    m_stop->setGlyph(Icon::Stop);
    m_stop->setToolTip(tr("Looks no further; what was revoked stays revoked."));
    connect(m_stop, &Button::clicked, this, [this] {
        m_stop->setEnabled(false);
        Q_EMIT stopRequested();
    });
    auto *second = new QTimer(this);
    second->setInterval(std::chrono::seconds(1));
    connect(second, &QTimer::timeout, &watch, [this, &watch] { displayLeft(watch); });
    second->start();
    displayLeft(watch);
}

void ActivityRow::displayLeft(const common::ReturnWatch &watch)
{
    const auto lasts = watch.head().lasts.count();
    m_bar->setValue(static_cast<int>((lasts - watch.left().count()) * common::permille / std::max<qint64>(lasts, 1)));
    m_pace->setText(
        tr("%1 left").arg(common::durationText(std::chrono::duration_cast<std::chrono::seconds>(watch.left()))));
}

Button *ActivityRow::addButton(const QString &text, const char *objectName)
{
    auto *button = new Button(m_theme, text);
    button->setObjectName(QLatin1String(objectName));
    button->setAccessibleName(QStringLiteral("%1: %2").arg(text, m_title->text()));
    m_row->addWidget(button);
    return button;
}

void ActivityRow::setGlyph(Icon icon, ColorToken tint)
{
    const auto draw = [this, icon, tint] {
        m_glyph->setPixmap(common::iconPixmap(m_theme, icon, common::measure::icon, tint, devicePixelRatioF()));
    };
    connect(&m_theme, &common::Theme::changed, this, draw);
    draw();
}

void ActivityRow::setWords(const QString &words)
{
    m_wordsText = words;
    m_words->setToolTip(words);
    m_words->setAccessibleName(words);
    elide();
}

void ActivityRow::elide()
{
    m_words->setText(m_words->fontMetrics().elidedText(m_wordsText, Qt::ElideRight, std::max(m_words->width(), 80)));
}

void ActivityRow::display(const common::Activity &activity)
{
    if (activity.isEnded())
        return; // the drawer takes this row away
    m_bar->setValue(activity.doneOfThousand());
    m_pace->setText(activity.state() == ActState::Waiting ? QString() : activity.paceText());
    m_pause->setEnabled(activity.canPause());
    const bool paused = activity.state() == ActState::Paused;
    m_pause->setText(paused ? tr("Go on") : tr("Pause"));
    m_pause->setGlyph(paused ? Icon::Play : Icon::Pause);
    m_pause->setAccessibleName(QStringLiteral("%1: %2").arg(m_pause->text(), m_title->text()));
    m_stop->setEnabled(activity.state() != ActState::Stopping);
    switch (activity.state()) {
    case ActState::Waiting:
        return setWords(tr("Waiting for what runs before it"));
    case ActState::Pausing:
        return setWords(tr("Pausing at the next batch"));
    case ActState::Stopping:
        return setWords(activity.isMeasurement() ? tr("Stopping") : tr("Stopping at the next batch"));
    case ActState::Paused:
        return setWords(tr("Paused"));
    case ActState::Running:
    case ActState::Ended:
        setWords(activity.step());
    }
}

void ActivityRow::paintEvent(QPaintEvent * /*event*/)
{
    QPainter(this).fillRect(0, height() - 1, width(), 1, m_theme.color(ColorToken::Line));
}

void ActivityRow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // The layout places the label first.
    QMetaObject::invokeMethod(this, &ActivityRow::elide, Qt::QueuedConnection);
}

} // namespace rollcall::main
