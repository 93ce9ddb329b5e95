#include "ui/main/CommandModel.h"

#include <QPainter>

namespace rollcall::main {

using common::ColorToken;
using common::FontToken;

namespace {

constexpr int rowHeight = 36;
constexpr int headingHeight = 34;
constexpr int outer = 8;  // between panel and row
constexpr int inner = 16; // between row and content
constexpr int iconSize = 20;
constexpr int gap = 12;

bool matches(const Command &command, const QStringList &words)
{
    const QString text = command.group + QLatin1Char(' ') + command.title;
    return std::all_of(words.begin(), words.end(),
                       [&text](const QString &word) { return text.contains(word, Qt::CaseInsensitive); });
}

} // namespace

void CommandModel::setCommands(QList<Command> commands)
{
    m_commands = std::move(commands);
    setFilter({});
}

void CommandModel::setFilter(const QString &text)
{
    beginResetModel();
    m_filter = text.trimmed();
    m_rows.clear();
    const QStringList words = m_filter.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    QString group;
    for (qsizetype i = 0; i < m_commands.size(); ++i) {
        if (!matches(m_commands[i], words)) {
            continue;
        }
        if (m_commands[i].group != group) {
            group = m_commands[i].group;
            m_rows += Row{group, -1};
        }
        m_rows += Row{{}, i};
    }
    endResetModel();
}

const Command *CommandModel::command(int row) const
{
    if (row < 0 || row >= m_rows.size() || m_rows[row].command < 0) {
        return nullptr;
    }
    return &m_commands[m_rows[row].command];
}

int CommandModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant CommandModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const Command *entry = command(index.row());
    if (role == HeadingRole) {
        return entry == nullptr;
    }
    if (entry == nullptr) {
        return role == Qt::DisplayRole ? QVariant(m_rows[index.row()].heading) : QVariant();
    }
    switch (role) {
    case Qt::DisplayRole:
        return entry->title;
    case Qt::AccessibleTextRole:
        return entry->reason.isEmpty() ? entry->title : tr("%1, not available: %2").arg(entry->title, entry->reason);
    case IconRole:
        return static_cast<int>(entry->icon);
    case KeysRole:
        return entry->keys;
    case ReasonRole:
        return entry->reason;
    default:
        return {};
    }
}

Qt::ItemFlags CommandModel::flags(const QModelIndex &index) const
{
    return command(index.row()) == nullptr ? Qt::NoItemFlags : Qt::ItemIsEnabled | Qt::ItemIsSelectable;
}

CommandDelegate::CommandDelegate(const common::Theme &theme, const CommandModel &model, QObject *parent)
    : QStyledItemDelegate(parent), m_theme(theme), m_model(model)
{}

QSize CommandDelegate::sizeHint(const QStyleOptionViewItem & /*option*/, const QModelIndex &index) const
{
    return {0, index.data(CommandModel::HeadingRole).toBool() ? headingHeight : rowHeight};
}

void CommandDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect row = option.rect.adjusted(outer, 0, -outer, 0);
    const QRect content = row.adjusted(inner, 0, -inner, 0);
    const QString words = index.data().toString();
    if (index.data(CommandModel::HeadingRole).toBool()) {
        painter->setFont(m_theme.font(FontToken::Caption));
        painter->setPen(m_theme.color(ColorToken::Muted));
        painter->drawText(content.adjusted(0, 0, 0, -6), Qt::AlignBottom | Qt::AlignLeft, words);
        painter->restore();
        return;
    }
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    if (selected) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme.color(ColorToken::AccentSoft));
        painter->drawRoundedRect(row, common::measure::radius, common::measure::radius);
    }
    const QString reason = index.data(CommandModel::ReasonRole).toString();
    common::drawIcon(*painter, m_theme, static_cast<common::Icon>(index.data(CommandModel::IconRole).toInt()),
                     QRect(content.left(), content.top(), iconSize, content.height()),
                     selected && reason.isEmpty() ? ColorToken::Accent : ColorToken::Muted);
    int right = paintKeys(*painter, content, content.right(), index.data(CommandModel::KeysRole).toString());
    if (!reason.isEmpty()) {
        painter->setFont(m_theme.font(FontToken::Body));
        painter->setPen(m_theme.color(ColorToken::Muted));
        const int width = painter->fontMetrics().horizontalAdvance(reason);
        painter->drawText(QRect(right - width, content.top(), width + 1, content.height()), Qt::AlignVCenter, reason);
        right -= width + 18;
        common::drawIcon(*painter, m_theme, common::Icon::Lock, QRect(right, content.top(), 14, content.height()),
                         ColorToken::Muted);
    }
    paintTitle(*painter,
               QRect(QPoint(content.left() + iconSize + gap, content.top()), QPoint(right - gap, content.bottom())),
               words, reason.isEmpty() ? ColorToken::Text : ColorToken::Muted);
    painter->restore();
}

void CommandDelegate::paintTitle(QPainter &painter, const QRect &rect, const QString &title, ColorToken tint) const
{
    const QString typed = m_model.filter().section(QLatin1Char(' '), 0, 0);
    const qsizetype at = typed.isEmpty() ? -1 : title.indexOf(typed, 0, Qt::CaseInsensitive);
    const auto draw = [&](int x, const QString &part, FontToken font, ColorToken color) {
        painter.setFont(m_theme.font(font));
        painter.setPen(m_theme.color(color));
        const QRect room(x, rect.top(), rect.right() - x, rect.height());
        painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(part, Qt::ElideRight, room.width()));
        return x + painter.fontMetrics().horizontalAdvance(part);
    };
    if (at < 0) {
        draw(rect.left(), title, FontToken::Body, tint);
        return;
    }
    int x = draw(rect.left(), title.left(at), FontToken::Body, tint);
    x = draw(x, title.mid(at, typed.size()), FontToken::Section, ColorToken::Accent);
    draw(x, title.mid(at + typed.size()), FontToken::Body, tint);
}

int CommandDelegate::paintKeys(QPainter &painter, const QRect &row, int right, const QString &keys) const
{
    if (keys.isEmpty()) {
        return right;
    }
    painter.setFont(m_theme.font(FontToken::Small));
    const int width = painter.fontMetrics().horizontalAdvance(keys) + 10;
    const QRectF cap(right - width + 0.5, row.center().y() - 8.5, width, 18);
    painter.setPen(m_theme.color(ColorToken::LineStrong));
    painter.setBrush(m_theme.color(ColorToken::Surface));
    painter.drawRoundedRect(cap, 4, 4);
    painter.setPen(m_theme.color(ColorToken::Muted));
    painter.drawText(cap, Qt::AlignCenter, keys);
    return right - width - 10;
}

} // namespace rollcall::main
