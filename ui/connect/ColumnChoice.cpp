#include "ui/connect/ColumnChoice.h"

namespace rollcall::connect {

ColumnChoice::ColumnChoice(const QString &name, bool optional, QWidget *parent)
    : QComboBox(parent), m_optional(optional)
{
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed); // long names are cut, the form keeps its width
    offer(nullptr, std::nullopt);
}

void ColumnChoice::offer(const store::TableInfo *table, const std::optional<QString> &wanted)
{
    clear();
    addItem(m_optional ? tr("none") : tr("choose…"));
    if (table) {
        for (const store::ColumnInfo &column : table->columns)
            addItem(QStringLiteral("%1 (%2)").arg(column.name, column.type), column.name);
    }
    setCurrentIndex(wanted ? std::max(findData(*wanted), 0) : 0);
    setEnabled(table != nullptr);
}

std::optional<QString> ColumnChoice::column() const
{
    const QVariant chosen = currentData();
    return chosen.isValid() ? std::optional(chosen.toString()) : std::nullopt;
}

TableChoice::TableChoice(const QString &name, bool optional, const std::vector<store::TableInfo> &tables,
                         const QString &schema, const QString &table, QWidget *parent)
    : QComboBox(parent), m_tables(tables)
{
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    addItem(optional ? tr("none") : tr("choose…"), -1);
    for (std::size_t i = 0; i < tables.size(); ++i) {
        const store::TableInfo &each = tables[i];
        addItem(each.schema.isEmpty() ? each.name : each.schema + QLatin1Char('.') + each.name, static_cast<int>(i));
        // A map may leave the schema out where it is the database's own.
        if (each.name == table && (schema.isEmpty() || each.schema == schema))
            setCurrentIndex(count() - 1);
    }
}

const store::TableInfo *TableChoice::table() const
{
    const int chosen = currentData().toInt();
    return chosen < 0 ? nullptr : &m_tables.at(static_cast<std::size_t>(chosen));
}

} // namespace rollcall::connect
