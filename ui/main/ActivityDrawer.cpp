#include "ui/main/ActivityDrawer.h"

#include <QApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/ReturnWatches.h"
#include "ui/main/ActivityRow.h"

namespace rollcall::main {

using common::Activity;
using common::Button;
using common::ColorToken;
using common::FontToken;
using common::Label;

namespace {

constexpr int headHeight = 36;
constexpr int mostRows = 4;

} // namespace

ActivityDrawer::ActivityDrawer(const common::Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_summary(new Label(theme, {}, FontToken::Status, ColorToken::Muted)),
      m_problem(new Label(theme, {}, FontToken::Status, ColorToken::Bad)),
      m_close(new Button(theme, common::Icon::Close, tr("Close the drawer (Esc)"))),
      m_scroll(new QScrollArea),
      m_rows(new QVBoxLayout),
      m_empty(new Label(theme,
                        tr("Nothing runs, and nothing was left unfinished. Revocations, prunes, restores and "
                           "latency runs are listed here."),
                        FontToken::Body, ColorToken::Muted))
{
    setObjectName(QStringLiteral("activityDrawer"));
    setAccessibleName(tr("Activity"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 1, 0, 0);
    column->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(common::space::l, 0, common::space::s, 0);
    head->setSpacing(common::space::m);
    head->addWidget(new Label(theme, tr("Activity"), FontToken::Section));
    head->addWidget(m_summary);
    head->addWidget(m_problem);
    head->addStretch();
    head->addWidget(m_close);
    auto *headBox = new QWidget;
    headBox->setLayout(head);
    headBox->setFixedHeight(headHeight);
    column->addWidget(headBox);
    auto *content = new QWidget;
    m_rows->setContentsMargins({});
    m_rows->setSpacing(0);
    m_empty->setWordWrap(true);
    m_empty->setContentsMargins(common::space::l, common::space::m, common::space::l, 0);
    m_rows->addWidget(m_empty);
    m_rows->addStretch();
    content->setLayout(m_rows);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    column->addWidget(m_scroll, 1);
    connect(m_close, &Button::clicked, this, &ActivityDrawer::closeRequested);
    m_problem->hide();
    hide();
}

void ActivityDrawer::setActivities(common::Activities *activities)
{
    if (m_activities)
        m_activities->disconnect(this);
    m_activities = activities;
    m_problem->hide();
    if (activities) {
        connect(activities, &common::Activities::changed, this, &ActivityDrawer::display);
        connect(activities, &common::Activities::failed, this, &ActivityDrawer::showError);
    }
    display();
}

void ActivityDrawer::showError(const base::Error &error)
{
    m_problem->setText(base::describe(error).message);
    m_problem->show();
}

QString ActivityDrawer::idleText()
{
    return tr("nothing running");
}

QString ActivityDrawer::summary() const
{
    const common::Activities *const activities = m_activities;
    if (!activities)
        return idleText();
    QStringList parts;
    int running = 0;
    int paused = 0;
    // Rows of one and samples of another add up to nothing: the mean of their shares, of those who know theirs.
    int shares = 0;
    int sharing = 0;
    for (const Activity *activity : activities->acts()) {
        if (activity->isEnded())
            continue;
        if (activity->state() == common::ActState::Paused) {
            ++paused;
            continue;
        }
        ++running;
        if (activity->head().planned > 0) {
            shares += activity->doneOfThousand();
            ++sharing;
        }
    }
    int elsewhere = 0;
    int interrupted = 0;
    for (const revoke::Operation &operation : activities->unfinished()) {
        switch (operation.state) {
        case revoke::OperationState::Running:
            ++elsewhere;
            break;
        case revoke::OperationState::Paused:
            ++paused;
            break;
        case revoke::OperationState::Interrupted:
            ++interrupted;
            break;
        }
    }
    if (sharing > 0)
        parts << tr("%1 running, %2 %").arg(running).arg(shares * 100 / sharing / common::permille);
    else if (running > 0)
        parts << tr("%1 running").arg(running);
    if (elsewhere > 0)
        parts << tr("%1 in another process").arg(elsewhere);
    if (paused > 0)
        parts << tr("%1 paused").arg(paused);
    if (interrupted > 0)
        parts << tr("%1 interrupted").arg(interrupted);
    if (const std::size_t returned = activities->returns().alarm().size(); returned > 0)
        parts << tr("%1 came back").arg(returned);
    else if (activities->returns().isWatching())
        parts << tr("watching for returns");
    return parts.isEmpty() ? idleText() : parts.join(QStringLiteral(", "));
}

QSize ActivityDrawer::sizeHint() const
{
    const int rows = m_shown == 0 ? ActivityRow::rowHeight : std::min(m_shown, mostRows) * ActivityRow::rowHeight;
    return {width(), headHeight + rows + 1};
}

void ActivityDrawer::focusFirst()
{
    for (auto *button : m_scroll->findChildren<Button *>()) {
        if (button->isEnabled() && button->isVisibleTo(this)) {
            button->setFocus(Qt::TabFocusReason);
            return;
        }
    }
    m_close->setFocus(Qt::TabFocusReason);
}

QStringList ActivityDrawer::rowKeys() const
{
    QStringList keys;
    const common::Activities *const activities = m_activities;
    if (!activities)
        return keys;
    for (const Activity *activity : activities->acts())
        keys << QStringLiteral("%1 %2").arg(reinterpret_cast<quintptr>(activity)).arg(activity->isEnded());
    for (const revoke::Operation &operation : activities->unfinished())
        keys << QStringLiteral("%1 %2 %3")
                    .arg(operation.head.id)
                    .arg(operation.done)
                    .arg(revoke::operationStateName(operation.state));
    for (const common::ReturnWatch *watch : activities->returns().all())
        keys << QStringLiteral("%1 %2 %3")
                    .arg(reinterpret_cast<quintptr>(watch))
                    .arg(watch->isRunning())
                    .arg(watch->returned().size());
    return keys;
}

void ActivityDrawer::display()
{
    m_summary->setText(summary());
    if (const QStringList keys = rowKeys(); keys != m_keys) {
        m_keys = keys;
        makeRows();
    }
    Q_EMIT changed();
}

void ActivityDrawer::makeRows()
{
    const bool hadFocus = isAncestorOf(QApplication::focusWidget());
    const auto old = m_scroll->widget()->findChildren<ActivityRow *>();
    for (ActivityRow *row : old) {
        m_rows->removeWidget(row);
        row->hide();
        row->deleteLater(); // one of its buttons may be speaking
    }
    m_shown = 0;
    if (common::Activities *const activities = m_activities) {
        // What wants a decision comes first, then what runs, then what is over.
        for (common::ReturnWatch *watch : activities->returns().all()) {
            if (!watch->returned().empty())
                addWatch(*watch);
        }
        for (const revoke::Operation &operation : activities->unfinished())
            addUnfinished(*activities, operation);
        for (const bool ended : {false, true}) {
            for (Activity *activity : activities->acts()) {
                if (activity->isEnded() == ended)
                    addAct(*activities, *activity);
            }
            for (common::ReturnWatch *watch : activities->returns().all()) {
                if (watch->returned().empty() && watch->isRunning() != ended)
                    addWatch(*watch);
            }
        }
    }
    m_empty->setVisible(m_shown == 0);
    updateGeometry();
    if (hadFocus)
        focusFirst();
}

void ActivityDrawer::addUnfinished(common::Activities &activities, const revoke::Operation &operation)
{
    auto *row = new ActivityRow(m_theme, operation);
    connect(row, &ActivityRow::resumeRequested, this, [this, operation] { Q_EMIT resumeRequested(operation); });
    connect(row, &ActivityRow::pauseRequested, &activities,
            [&activities, id = operation.head.id] { activities.pauseOperation(id); });
    m_rows->insertWidget(m_shown++, row);
}

void ActivityDrawer::addAct(common::Activities &activities, Activity &activity)
{
    // One that was paused stands above, with the way back into it.
    const auto isIt = [&activity](const revoke::Operation &operation) {
        return activity.isEnded() && operation.head.id == activity.end()->auditId;
    };
    if (std::ranges::any_of(activities.unfinished(), isIt))
        return;
    auto *row = new ActivityRow(m_theme, activity);
    connect(row, &ActivityRow::pauseRequested, &activity, [&activities, &activity] { activities.pause(activity); });
    connect(row, &ActivityRow::stopRequested, &activity, &Activity::stop);
    connect(row, &ActivityRow::resultRequested, this, [this, &activity] { Q_EMIT resultRequested(activity); });
    connect(row, &ActivityRow::auditRequested, this, &ActivityDrawer::auditRequested);
    m_rows->insertWidget(m_shown++, row);
}

void ActivityDrawer::addWatch(common::ReturnWatch &watch)
{
    auto *row = new ActivityRow(m_theme, watch);
    connect(row, &ActivityRow::stopRequested, &watch, &common::ReturnWatch::stop);
    connect(row, &ActivityRow::revokeAgainRequested, &watch,
            [this, &watch] { Q_EMIT revokeAgainRequested(watch.returned()); });
    m_rows->insertWidget(m_shown++, row);
}

void ActivityDrawer::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        Q_EMIT closeRequested();
    else
        QWidget::keyPressEvent(event);
}

void ActivityDrawer::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(ColorToken::Surface));
    painter.fillRect(0, 0, width(), 1, m_theme.color(ColorToken::LineStrong));
    painter.fillRect(0, headHeight, width(), 1, m_theme.color(ColorToken::Line));
}

} // namespace rollcall::main
