#pragma once

#include <QKeySequence>
#include <QString>

#include <optional>

#include "ui/common/Icons.h"

class QAction;

namespace rollcall::common {

/// Makes an action, child of @p parent, with @p icon (also in the command palette), @p text with its mnemonic and
/// @p keys (may be empty), whose shortcut works in the whole window while a widget it was added to is shown.
[[nodiscard]] QAction *makeAction(const Theme &theme, QObject *parent, Icon icon, const QString &text,
                                  const QKeySequence &keys = {});

/// The icon that makeAction() gave; nullopt for other actions.
[[nodiscard]] std::optional<Icon> glyphOf(const QAction &action);

/// The words of @p action without mnemonic.
[[nodiscard]] QString plainText(const QAction &action);

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
