#pragma once

class QMenu;

namespace rollcall::common {
class Theme;
} // namespace rollcall::common

namespace rollcall::main {

class WindowState;

/// Fills @p menu with "As the system", "Light" and "Dark", applies to @p theme what @p state remembers, and remembers
/// what is chosen. Both outlive the menu. GUI thread only.
void fillAppearanceMenu(QMenu &menu, common::Theme &theme, const WindowState &state);

} // namespace rollcall::main
