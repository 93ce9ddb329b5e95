#pragma once

#include <QAbstractListModel>
#include <QStyledItemDelegate>

#include "ui/main/CommandPalette.h"

namespace rollcall::main {

/// The commands that match what was typed, with a heading before each group. **Thread-safety:** GUI thread only.
class CommandModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { HeadingRole = Qt::UserRole + 1, IconRole, KeysRole, ReasonRole };

    using QAbstractListModel::QAbstractListModel;

    void setCommands(QList<Command> commands);
    /// Keeps the commands whose title or group has every word of @p text in it, in any case.
    void setFilter(const QString &text);
    [[nodiscard]] QString filter() const { return m_filter; }
    /// The command in @p row; null for a heading.
    [[nodiscard]] const Command *command(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;

private:
    /// A heading (@ref command is -1) or a command.
    struct Row
    {
        QString heading;
        qsizetype command = -1;
    };

    QList<Command> m_commands;
    QList<Row> m_rows;
    QString m_filter;
};

/// Draws a line of the palette: icon, title with the typed letters in accent, reason and shortcut at the right.
class CommandDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    CommandDelegate(const common::Theme &theme, const CommandModel &model, QObject *parent);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void paintTitle(QPainter &painter, const QRect &rect, const QString &title, common::ColorToken tint) const;
    /// Paints a key cap ending at @p right; returns its left edge.
    int paintKeys(QPainter &painter, const QRect &row, int right, const QString &keys) const;

    const common::Theme &m_theme;
    const CommandModel &m_model;
};

} // namespace rollcall::main
