#include "ui/main/NavigationBar.h"

#include <QButtonGroup>
#include <QPainter>
#include <QVBoxLayout>

#include "ui/main/NavigationItem.h"

namespace rollcall::main {

NavigationBar::NavigationBar(const common::Theme &theme, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_group(new QButtonGroup(this)), m_top(new QVBoxLayout), m_foot(new QVBoxLayout)
{
    setAccessibleName(tr("Pages"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 9, 8); // a pixel more at the line
    column->setSpacing(0);
    m_top->setSpacing(2);
    m_foot->setSpacing(2);
    column->addLayout(m_top);
    column->addStretch();
    column->addLayout(m_foot);
    setFixedWidth(wideWidth);
}

void NavigationBar::addItem(const QString &id, common::Icon icon, const QString &title, const QString &keys,
                            bool atFoot)
{
    auto *item = new NavigationItem(m_theme, icon, title, this);
    item->setObjectName(QStringLiteral("rail-") + id);
    item->setToolTip(keys.isEmpty() ? title : QStringLiteral("%1 (%2)").arg(title, keys));
    item->setNarrow(m_narrow);
    m_group->addButton(item);
    (atFoot ? m_foot : m_top)->addWidget(item);
    m_items.insert(id, item);
    // Toggled, not clicked: arrow keys check the next item of an exclusive group without a click.
    connect(item, &QAbstractButton::toggled, this, [this, id](bool on) {
        if (on) {
            Q_EMIT chosen(id);
        }
    });
}

void NavigationBar::removeItem(const QString &id)
{
    if (NavigationItem *item = m_items.take(id)) {
        m_group->removeButton(item);
        item->hide();
        item->deleteLater();
    }
}

void NavigationBar::setCurrent(const QString &id)
{
    if (NavigationItem *item = m_items.value(id)) {
        const QSignalBlocker quiet(item);
        item->setChecked(true);
        item->update();
    }
    for (NavigationItem *item : std::as_const(m_items)) {
        item->update(); // a blocked signal leaves the former one painted as chosen
    }
}

void NavigationBar::setBadge(const QString &id, const QString &text, bool alarming)
{
    if (NavigationItem *item = m_items.value(id)) {
        item->setBadge(text, alarming);
    }
}

void NavigationBar::setNarrow(bool narrow)
{
    m_narrow = narrow;
    setFixedWidth(narrow ? narrowWidth : wideWidth);
    for (NavigationItem *item : std::as_const(m_items)) {
        item->setNarrow(narrow);
    }
}

void NavigationBar::focusCurrent()
{
    if (QAbstractButton *current = m_group->checkedButton()) {
        current->setFocus(Qt::OtherFocusReason);
    }
}

void NavigationBar::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(common::ColorToken::Window));
    painter.fillRect(width() - 1, 0, 1, height(), m_theme.color(common::ColorToken::Line));
}

} // namespace rollcall::main
