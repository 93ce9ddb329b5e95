#include "ui/main/StatusLine.h"

#include <QHBoxLayout>
#include <QPainter>

#include "ui/main/ActivityButton.h"

namespace rollcall::main {

using common::ColorToken;
using common::StatusItem;

namespace {

constexpr int iconSize = 14;
constexpr int iconGap = 4;
constexpr int gap = 12;
constexpr int buttonPadding = 6; ///< the button's own words begin there

} // namespace

StatusLine::StatusLine(const common::Theme &theme, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_activity(new ActivityButton(theme))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 1, gap - buttonPadding, 0);
    row->addStretch();
    row->addWidget(m_activity);
    m_activity->hide();
    setFixedHeight(24);
    setFont(theme.font(common::FontToken::Status));
}

void StatusLine::setItems(const QList<StatusItem> &items)
{
    m_items = items;
    QStringList words;
    for (const StatusItem &item : items) {
        words += item.text;
    }
    setAccessibleName(tr("Status: %1").arg(words.join(QStringLiteral(", "))));
    setToolTip(words.join(QLatin1Char('\n')));
    update();
}

void StatusLine::setActivityShown(bool shown)
{
    m_activity->setVisible(shown);
    update();
}

int StatusLine::widthOf(const StatusItem &item) const
{
    return fontMetrics().horizontalAdvance(item.text) + (item.icon ? iconSize + iconGap : 0);
}

int StatusLine::paintItem(QPainter &painter, const StatusItem &item, int x) const
{
    const int start = x;
    if (item.icon) {
        common::drawIcon(painter, m_theme, *item.icon, QRect(x, 0, iconSize, height()), item.tint);
        x += iconSize + iconGap;
    }
    painter.setPen(m_theme.color(ColorToken::Muted));
    const int words = fontMetrics().horizontalAdvance(item.text);
    painter.drawText(QRect(x, 0, words + 1, height()), Qt::AlignVCenter | Qt::AlignLeft, item.text);
    return x + words - start;
}

void StatusLine::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(ColorToken::Window));
    painter.fillRect(0, 0, width(), 1, m_theme.color(ColorToken::Line));
    const auto separator = [&](int x) { painter.fillRect(x, 6, 1, 12, m_theme.color(ColorToken::LineStrong)); };
    // Those at the end first: what stands at the left gives way where both do not fit.
    int right = m_activity->isVisible() ? m_activity->x() - buttonPadding : width() - gap;
    bool last = !m_activity->isVisible();
    for (auto it = m_items.rbegin(); it != m_items.rend(); ++it) {
        if (!it->atEnd) {
            continue;
        }
        if (!last) {
            separator(right);
            right -= gap;
        }
        right -= widthOf(*it);
        paintItem(painter, *it, right);
        right -= gap;
        last = false;
    }
    int left = gap;
    bool first = true;
    for (const StatusItem &item : std::as_const(m_items)) {
        if (item.atEnd || left + widthOf(item) > right) {
            continue;
        }
        if (!first) {
            separator(left);
            left += gap;
        }
        left += paintItem(painter, item, left) + gap;
        first = false;
    }
}

} // namespace rollcall::main
