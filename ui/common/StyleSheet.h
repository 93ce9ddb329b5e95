#pragma once

#include <QString>

namespace rollcall::common {

class Theme;

/// The application's one Qt style sheet, made from the tokens of @p theme: menus, fields, tabs, scroll bars, headers,
/// tool tips and the surfaces of setSurface(). What a style sheet cannot draw well is in FusionStyle and Button.
[[nodiscard]] QString styleSheet(const Theme &theme);

} // namespace rollcall::common
