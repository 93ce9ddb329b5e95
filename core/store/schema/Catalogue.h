#pragma once

#include <QString>

#include <algorithm>
#include <vector>

namespace rollcall::store {

/// A column as the catalogue describes it.
struct ColumnInfo
{
    QString name;
    QString type; ///< the server's own spelling, without length; of a domain, what it is a domain of
    bool notNull = false;
    bool filledByServer = false; ///< has a default, is generated, or is SQLite's row id
};

/// An index or key, by what it can serve.
struct IndexInfo
{
    QString firstColumn;
    bool unique = false;  ///< that one column alone is unique, over all rows
    bool primary = false; ///< … and is the primary key
};

/// A foreign key of one column.
struct ForeignKeyInfo
{
    QString column;
    QString targetSchema, targetTable;
    bool cascades = false;
};

/// A base table. **Thread-safety:** plain value.
struct TableInfo
{
    QString schema, name;
    std::vector<ColumnInfo> columns;
    std::vector<IndexInfo> indexes;
    std::vector<ForeignKeyInfo> foreignKeys;
    /// PostgreSQL's INHERITS: schema and name of the tables whose statements include this one's rows.
    std::vector<std::pair<QString, QString>> parents = {};
    bool isPartitioned = false; ///< PostgreSQL's: its rows are in the tables below it

    /// The column of that exact name; null where there is none.
    [[nodiscard]] const ColumnInfo *column(const QString &wanted) const
    {
        const auto found = std::ranges::find(columns, wanted, &ColumnInfo::name);
        return found == columns.end() ? nullptr : &*found;
    }
    /// The type of the column @p wanted; empty where there is no such column.
    [[nodiscard]] QString typeOf(const QString &wanted) const
    {
        const ColumnInfo *found = column(wanted);
        return found ? found->type : QString();
    }
    [[nodiscard]] bool isNeverNull(const QString &wanted) const
    {
        const ColumnInfo *found = column(wanted);
        return found && found->notNull;
    }
    [[nodiscard]] bool isIndexed(const QString &wanted) const
    {
        return std::ranges::any_of(indexes, [&](const IndexInfo &index) { return index.firstColumn == wanted; });
    }
    [[nodiscard]] bool isUnique(const QString &wanted) const
    {
        return std::ranges::any_of(indexes,
                                   [&](const IndexInfo &index) { return index.unique && index.firstColumn == wanted; });
    }
    [[nodiscard]] bool isPrimary(const QString &wanted) const
    {
        return std::ranges::any_of(
            indexes, [&](const IndexInfo &index) { return index.primary && index.firstColumn == wanted; });
    }
    /// The foreign key on that column; null where there is none.
    [[nodiscard]] const ForeignKeyInfo *foreignKey(const QString &wanted) const
    {
        const auto found = std::ranges::find(foreignKeys, wanted, &ForeignKeyInfo::column);
        return found == foreignKeys.end() ? nullptr : &*found;
    }
};

} // namespace rollcall::store
