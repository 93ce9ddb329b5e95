#pragma once

#include <QByteArray>
#include <QString>

namespace rollcall::base {

/// @p text as a cell of CSV: in quotes where it must be, and with a ' before what a spreadsheet would take for a
/// formula. **Source:** RFC 4180. **Thread-safety:** pure.
[[nodiscard]] QByteArray csvCell(QString text);

} // namespace rollcall::base
