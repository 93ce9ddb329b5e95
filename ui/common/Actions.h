#pragma once

#include <QString>

class QAction;

namespace rollcall::common {

/// Enables @p action, or disables it with a @p reason that menus (as tool tip) and the command palette show. An empty
/// reason enables.
void setUnavailable(QAction &action, const QString &reason);

/// Why @p action is disabled; empty where it is enabled or nobody said.
[[nodiscard]] QString unavailableReason(const QAction &action);

/// Puts @p action under the heading @p group in the command palette ("Actions on 3 selected sessions").
void setPaletteGroup(QAction &action, const QString &group);

/// The heading of @p action in the command palette; empty where it has none of its own.
[[nodiscard]] QString paletteGroup(const QAction &action);

} // namespace rollcall::common
