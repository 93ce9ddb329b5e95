#include "ui/overview/ProviderBars.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>

#include "ui/overview/OverviewWords.h"

namespace rollcall::overview {

using common::ColorToken;
using common::FontToken;

namespace {
constexpr int rowHeight = 24;
constexpr std::size_t mostRows = 6;
constexpr int nameWidth = 128;
constexpr int countWidth = 76;
constexpr int shareWidth = 48;
} // namespace

ProviderBars::ProviderBars(const common::Theme &theme, QWidget *parent) : QWidget(parent), m_theme(theme)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Live sessions by provider"));
    connect(&theme, &common::Theme::changed, this, qOverload<>(&QWidget::update));
}

void ProviderBars::display(std::vector<std::pair<QString, qint64>> counts, qint64 live)
{
    std::ranges::stable_sort(counts, std::ranges::greater(), &std::pair<QString, qint64>::second);
    if (counts.size() > mostRows) {
        qint64 rest = 0;
        for (std::size_t i = mostRows - 1; i < counts.size(); ++i)
            rest += counts[i].second;
        counts.resize(mostRows - 1);
        counts.emplace_back(tr("others"), rest);
    }
    m_counts = std::move(counts);
    m_live = live;
    QStringList words;
    for (const auto &[name, count] : m_counts)
        words << QStringLiteral("%1 %2").arg(name, QLocale().toString(count));
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize ProviderBars::sizeHint() const
{
    return {360, static_cast<int>(m_counts.size()) * rowHeight};
}

QSize ProviderBars::minimumSizeHint() const
{
    return {nameWidth + countWidth + shareWidth + 40, sizeHint().height()};
}

void ProviderBars::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setFont(m_theme.font(FontToken::Body));
    const qint64 most = m_counts.empty() ? 1 : std::max<qint64>(m_counts.front().second, 1);
    const int room = width() - nameWidth - countWidth - shareWidth;
    QRect row(0, 0, width(), rowHeight);
    for (const auto &[name, count] : m_counts) {
        painter.setPen(m_theme.color(ColorToken::Text));
        painter.drawText(row.adjusted(0, 0, nameWidth - common::space::s - width(), 0),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(name, Qt::ElideRight, nameWidth - common::space::s));
        const auto length =
            static_cast<int>(static_cast<double>(room) * static_cast<double>(count) / static_cast<double>(most));
        painter.fillRect(QRect(nameWidth, row.center().y() - 3, std::max(length, 2), 8),
                         m_theme.color(ColorToken::Bar));
        painter.drawText(row.adjusted(0, 0, -shareWidth, 0), Qt::AlignRight | Qt::AlignVCenter,
                         QLocale().toString(count));
        painter.setPen(m_theme.color(ColorToken::Muted));
        painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, shareText(count, m_live));
        row.translate(0, rowHeight);
    }
}

} // namespace rollcall::overview
