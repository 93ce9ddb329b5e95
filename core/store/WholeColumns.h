#pragma once

#include "core/store/SchemaSql.h"
#include "core/store/SessionStore.h"

namespace rollcall::store {

/// All columns of a sessions table and its users table: how they are selected, and what a JavaScript driver makes of
/// their values. **Thread-safety:** immutable; thread-safe.
class WholeColumns final
{
public:
    /// @p schema outlives the object.
    explicit WholeColumns(const SchemaSql &schema);

    /// The columns of both tables for a SELECT over SchemaSql::source(), in the order in which read() takes them.
    [[nodiscard]] QStringList cells() const;
    /// Fills in the cells of @p into, whose @ref WholeRow::row is read already, from @p row's column @p first on.
    void read(const SqlRow &row, std::size_t first, WholeRow &into) const;

private:
    /// What a driver makes of a column of that type.
    enum class Kind { Text, Number, Boolean, Instant, Json };
    struct Column
    {
        QString name;
        QString type;
        ColumnRole role = ColumnRole::Other;
        Kind kind = Kind::Text;
        QTimeZone zone; ///< of times without an offset
    };
    [[nodiscard]] Column columnOf(const ColumnInfo &info, ColumnRole role) const;
    [[nodiscard]] jose::JsonValue valueOf(const Column &column, const std::optional<QByteArrayView> &text) const;

    const SchemaSql &m_schema;
    std::vector<Column> m_session;
    std::vector<Column> m_user;
};

} // namespace rollcall::store
