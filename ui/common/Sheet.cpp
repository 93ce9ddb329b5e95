#include "ui/common/Sheet.h"

#include <QAbstractButton>
#include <QApplication>
#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>
#include <QVariantAnimation>

#include "ui/common/Label.h"
#include "ui/common/Overlay.h"

namespace rollcall::common {

namespace {

constexpr const char *hostProperty = "sheetHost";
constexpr int marginBelow = 24;
constexpr int titleHeight = 60;
constexpr int footHeight = 56;

QWidget *hostOf(QWidget &origin)
{
    for (QWidget *widget = &origin; widget != nullptr; widget = widget->parentWidget()) {
        if (widget->property(hostProperty).toBool() || widget->isWindow()) {
            return widget;
        }
    }
    return &origin;
}

/// The panel paints its own rounded foot: a style sheet's border would be drawn at the top edge too.
class Panel final : public QFrame
{
public:
    Panel(const Theme &theme, QWidget *parent) : QFrame(parent), m_theme(theme) {}

protected:
    void paintEvent(QPaintEvent * /*event*/) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(m_theme.color(ColorToken::LineStrong));
        painter.setBrush(m_theme.color(ColorToken::Raised));
        // Begins above the visible edge, so that only the foot is round.
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, -20, -0.5, -0.5), measure::sheetRadius,
                                measure::sheetRadius);
    }

private:
    const Theme &m_theme;
};

/// A container with a line on one side.
class Ruled final : public QWidget
{
public:
    Ruled(const Theme &theme, Qt::Edge edge, QWidget *parent) : QWidget(parent), m_theme(theme), m_edge(edge) {}

protected:
    void paintEvent(QPaintEvent * /*event*/) override
    {
        QPainter painter(this);
        painter.fillRect(0, m_edge == Qt::TopEdge ? 0 : height() - 1, width(), 1, m_theme.color(ColorToken::Line));
    }

private:
    const Theme &m_theme;
    Qt::Edge m_edge;
};

void deleteItems(QLayout &layout)
{
    while (QLayoutItem *item = layout.takeAt(0)) {
        if (QWidget *widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item; // Qt hands the item itself over in takeAt()
    }
}

} // namespace

Sheet::Sheet(const Theme &theme, QWidget &origin)
    : QWidget(hostOf(origin)),
      m_theme(theme),
      m_panel(new Panel(theme, this)),
      m_layout(new QVBoxLayout(m_panel)),
      m_head(new Ruled(theme, Qt::BottomEdge, m_panel)),
      m_glyph(new Label(theme)),
      m_title(new Label(theme, {}, FontToken::Title)),
      m_subtitle(new Label(theme, {}, FontToken::Body, ColorToken::Muted)),
      m_aside(new Label(theme, {}, FontToken::Body, ColorToken::Muted)),
      m_scroll(new QScrollArea(m_panel)),
      m_foot(new Ruled(theme, Qt::TopEdge, m_panel)),
      m_footStart(new QHBoxLayout),
      m_footEnd(new QHBoxLayout),
      m_slide(new QVariantAnimation(this))
{
    hide();
    setFocusPolicy(Qt::NoFocus);
    m_layout->setContentsMargins(1, 0, 1, 1);
    m_layout->setSpacing(0);

    auto *head = new QHBoxLayout(m_head);
    head->setContentsMargins(20, space::s, 20, space::s);
    head->setSpacing(space::m);
    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    words->addStretch();
    words->addWidget(m_title);
    words->addWidget(m_subtitle);
    words->addStretch();
    m_subtitle->setWordWrap(true);
    m_subtitle->hide();
    head->addWidget(m_glyph);
    head->addLayout(words, 1);
    head->addWidget(m_aside);
    m_head->setMinimumHeight(titleHeight);

    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);

    auto *foot = new QHBoxLayout(m_foot);
    foot->setContentsMargins(20, 0, 20, 0);
    foot->setSpacing(space::s);
    m_footStart->setSpacing(space::s);
    m_footEnd->setSpacing(space::s);
    foot->addLayout(m_footStart);
    foot->addStretch();
    foot->addLayout(m_footEnd);
    m_foot->setFixedHeight(footHeight);

    m_layout->addWidget(m_head);
    m_layout->addWidget(m_scroll, 1);
    m_layout->addWidget(m_foot);

    m_slide->setStartValue(0.0);
    m_slide->setEndValue(1.0);
    m_slide->setEasingCurve(QEasingCurve::OutCubic);
    connect(m_slide, &QVariantAnimation::valueChanged, this, &Sheet::place);
    connect(&m_theme, &Theme::changed, this,
            [this] { setHeading(m_icon, m_tint, m_title->text(), m_subtitle->text()); });
    parentWidget()->installEventFilter(this);
}

void Sheet::markHost(QWidget &host)
{
    host.setProperty(hostProperty, true);
}

Sheet *Sheet::openIn(const QWidget &host)
{
    for (Sheet *sheet : host.findChildren<Sheet *>()) {
        if (!sheet->isHidden()) {
            return sheet;
        }
    }
    return nullptr;
}

void Sheet::setHeading(Icon icon, ColorToken tint, const QString &title, const QString &subtitle)
{
    m_icon = icon;
    m_tint = tint;
    const int size = subtitle.isEmpty() ? 20 : 32;
    m_glyph->setPixmap(iconPixmap(m_theme, icon, size, tint, devicePixelRatioF()));
    m_title->setText(title);
    m_subtitle->setText(subtitle);
    m_subtitle->setVisible(!subtitle.isEmpty());
    m_head->setMinimumHeight(subtitle.isEmpty() ? titleHeight : 84);
    setAccessibleName(title);
    place();
}

void Sheet::setAside(const QString &text)
{
    m_aside->setText(text);
}

void Sheet::setBody(QWidget *body)
{
    m_scroll->setWidget(body); // deletes the former one
    body->setAutoFillBackground(false);
    body->installEventFilter(this);
    place();
}

void Sheet::addFootStart(QWidget *widget)
{
    m_footStart->addWidget(widget);
}

void Sheet::addFootEnd(QWidget *widget)
{
    m_footEnd->addWidget(widget);
}

void Sheet::clearFoot()
{
    deleteItems(*m_footStart);
    deleteItems(*m_footEnd);
    m_execute.clear();
}

void Sheet::setExecute(QAbstractButton *button)
{
    m_execute = button;
}

void Sheet::setDismissable(bool dismissable)
{
    m_dismissable = dismissable;
}

void Sheet::setPanelWidth(int width)
{
    m_panelWidth = width;
    place();
}

void Sheet::open(QWidget *first)
{
    m_focusBefore = QApplication::focusWidget();
    connect(qApp, &QApplication::focusChanged, this, &Sheet::keepFocus);
    show();
    raise();
    const auto duration = m_theme.motion(std::chrono::milliseconds(140));
    m_slide->setDuration(static_cast<int>(duration.count()));
    m_slide->start();
    place();
    if (QWidget *target = first != nullptr ? first : firstControl()) {
        target->setFocus(Qt::OtherFocusReason);
    }
}

void Sheet::dismiss()
{
    if (isHidden()) {
        return;
    }
    disconnect(qApp, &QApplication::focusChanged, this, &Sheet::keepFocus);
    hide();
    if (m_focusBefore != nullptr) {
        m_focusBefore->setFocus(Qt::OtherFocusReason);
    }
    Q_EMIT dismissed();
    deleteLater();
}

QWidget *Sheet::firstControl() const
{
    for (QWidget *widget = nextInFocusChain(); widget != nullptr && widget != this;
         widget = widget->nextInFocusChain()) {
        if (m_panel->isAncestorOf(widget) && (widget->focusPolicy() & Qt::TabFocus) != 0 && widget->isEnabled() &&
            widget->isVisibleTo(m_panel)) {
            return widget;
        }
    }
    return nullptr;
}

int Sheet::bodyHeight(int width) const
{
    const QWidget *body = m_scroll->widget();
    if (body == nullptr) {
        return 0;
    }
    const int byWidth = body->layout() != nullptr && body->layout()->hasHeightForWidth()
                            ? body->layout()->totalHeightForWidth(width)
                            : 0;
    return qMax(byWidth, byWidth > 0 ? body->minimumHeight() : body->sizeHint().height());
}

void Sheet::place()
{
    const QRect area = parentWidget()->rect();
    setGeometry(area);
    const int width = qMin(m_panelWidth, area.width() - 2 * space::l);
    const int wanted =
        qMax(m_head->minimumHeight(), m_head->sizeHint().height()) + bodyHeight(width - 2) + m_foot->height() + 1;
    const int height = qMin(wanted, area.height() - marginBelow);
    const bool sliding = m_slide->state() == QAbstractAnimation::Running;
    const qreal progress = sliding ? m_slide->currentValue().toReal() : 1;
    m_panel->setGeometry((area.width() - width) / 2, qRound((progress - 1) * height), width, height);
    update();
}

bool Sheet::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        // Otherwise the covered page's own shortcuts (F5, Del, Ctrl+1) would act behind the scrim.
        const auto *key = static_cast<QKeyEvent *>(event);
        event->setAccepted(!key->modifiers().testFlag(Qt::AltModifier));
        return true;
    }
    return QWidget::event(event);
}

void Sheet::keyPressEvent(QKeyEvent *event)
{
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Escape) {
        if (m_dismissable) {
            dismiss();
        }
    } else if (enter && event->modifiers().testFlag(Qt::ControlModifier)) {
        QAbstractButton *const execute = m_execute; // one read of the guarded pointer
        if (execute != nullptr && execute->isEnabled()) {
            execute->click();
        }
    }
    event->accept(); // keys never reach the page below
}

void Sheet::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    paintOverlay(painter, m_theme, rect(), m_panel->geometry(), true);
}

bool Sheet::focusNextPrevChild(bool next)
{
    QWidget *from = QApplication::focusWidget();
    if (from == nullptr || !m_panel->isAncestorOf(from)) {
        from = m_panel;
    }
    const auto step = [next](QWidget *widget) {
        return next ? widget->nextInFocusChain() : widget->previousInFocusChain();
    };
    for (QWidget *widget = step(from); widget != from; widget = step(widget)) {
        if (m_panel->isAncestorOf(widget) && (widget->focusPolicy() & Qt::TabFocus) == Qt::TabFocus &&
            widget->isEnabled() && widget->isVisible()) {
            widget->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
            m_scroll->ensureWidgetVisible(widget);
            return true;
        }
    }
    return false;
}

void Sheet::keepFocus(QWidget * /*from*/, QWidget *to)
{
    // Popups and dialogs opened from the sheet are windows of their own: only the covered page is out of bounds.
    if (to != nullptr && to != this && parentWidget()->isAncestorOf(to) && !isAncestorOf(to)) {
        // Another sheet above this one (help, say) keeps the keyboard: two that pull at it would never end.
        for (const QWidget *widget = to; widget != nullptr; widget = widget->parentWidget()) {
            if (qobject_cast<const Sheet *>(widget) != nullptr) {
                return;
            }
        }
        if (QWidget *control = firstControl()) {
            control->setFocus(Qt::OtherFocusReason);
        }
    }
}

bool Sheet::eventFilter(QObject *watched, QEvent *event)
{
    const bool hostResized = watched == parentWidget() && event->type() == QEvent::Resize;
    const bool bodyChanged = watched == m_scroll->widget() && event->type() == QEvent::LayoutRequest;
    if (hostResized || bodyChanged) {
        place();
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace rollcall::common
