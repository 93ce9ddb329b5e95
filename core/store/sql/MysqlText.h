#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

namespace rollcall::store {

/// A statement as MySQL and MariaDB take it. **Thread-safety:** plain value.
struct MysqlText
{
    QByteArray sql;
    std::vector<std::size_t> places; ///< of each `?` in turn: the parameter bound there, from 0
};

/// Writes a statement of ours ("name" in double quotes, $1, $2, …) with names in back quotes and `?` for each
/// placeholder. The server could be told to take double quotes (sql_mode ANSI_QUOTES), but not every proxy in front of
/// one can. **Thread-safety:** thread-safe.
[[nodiscard]] MysqlText mysqlText(const QString &sql);

/// The same with the placeholders left as they are: for people to read and copy. **Thread-safety:** thread-safe.
[[nodiscard]] QString withBackQuotes(const QString &sql);

} // namespace rollcall::store
