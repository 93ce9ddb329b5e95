#pragma once

#include <QComboBox>

#include <optional>

#include "core/store/schema/Catalogue.h"

namespace rollcall::connect {

/// A box to choose a column of a table by its exact name; its type stands beside it. **Thread-safety:** GUI thread
/// only.
class ColumnChoice final : public QComboBox
{
    Q_OBJECT

public:
    /// @p name is for assistive tools. An @p optional one can be left at "none".
    ColumnChoice(const QString &name, bool optional, QWidget *parent = nullptr);

    /// Offers the columns of @p table (null: none) and chooses @p wanted where it is among them.
    void offer(const store::TableInfo *table, const std::optional<QString> &wanted);
    /// The chosen column; nullopt where none is.
    [[nodiscard]] std::optional<QString> column() const;
    /// Something is chosen, or nothing need be.
    [[nodiscard]] bool isSettled() const { return m_optional || column().has_value(); }

private:
    bool m_optional;
};

/// A box to choose a table. **Thread-safety:** GUI thread only.
class TableChoice final : public QComboBox
{
    Q_OBJECT

public:
    /// Offers @p tables, which outlive it, and chooses the one named @p schema and @p table.
    TableChoice(const QString &name, bool optional, const std::vector<store::TableInfo> &tables, const QString &schema,
                const QString &table, QWidget *parent = nullptr);
    /// The chosen table; null where none is.
    [[nodiscard]] const store::TableInfo *table() const;

private:
    const std::vector<store::TableInfo> &m_tables;
};

} // namespace rollcall::connect
