#pragma once

#include <QIcon>
#include <QPixmap>

#include "ui/common/Theme.h"

class QPainter;
class QRect;

namespace rollcall::common {

/// The one family of icons: 20 px grid, 1.6 px strokes, tinted by the theme. In alphabetical order, named as their
/// files.
enum class Icon {
    Accepted, ///< shield with !: still accepted; shields with a sign are for proof only
    Audit,
    Busy,
    Cache,
    Calendar,
    Canary,
    Check,
    Clip,
    Close,
    Columns,
    Copy,
    Database,
    Demo,
    Doctor,
    Down,
    Expired,
    Expiring,
    Export,
    External,
    Eye,
    Fail,
    File,
    Filter,
    Globe,
    Guard, ///< plain shield: Guarded
    Help,
    Import,
    Info,
    Key,
    Keyboard,
    Latency,
    Left,
    Link,
    Live,
    Lock,
    Mask,
    More,
    Ok,
    Orphan,
    Overview,
    Pause,
    Play,
    Plus,
    Prune,
    Refresh,
    Refused, ///< shield with tick: verified refused
    Revoked,
    Right,
    Routes,
    Seal,
    Search,
    Sessions,
    Settings,
    Skip,
    Stop,
    Undo,
    Unlock,
    Up,
    Users,
    Warn,
    You,
};
inline constexpr int iconCount = static_cast<int>(Icon::You) + 1;

/// The resource path of @p icon's drawing.
[[nodiscard]] QString iconPath(Icon icon);

/// @p icon in @p tint, @p size logical pixels square, for a screen of @p devicePixelRatio. Cached (QPixmapCache).
[[nodiscard]] QPixmap iconPixmap(const Theme &theme, Icon icon, int size, ColorToken tint, qreal devicePixelRatio);

/// Paints @p icon centred into @p rect, as large as its shorter side, sharp at the painter's pixel ratio.
void drawIcon(QPainter &painter, const Theme &theme, Icon icon, const QRect &rect, ColorToken tint);

/// A QIcon for actions and buttons: painted in @p tint of the theme as it is at that moment (disabled: in
/// ColorToken::Disabled), so it need not be set again when the theme changes. @p theme outlives it.
[[nodiscard]] QIcon themedIcon(const Theme &theme, Icon icon, ColorToken tint = ColorToken::Text);

/// The application's own icon, with a drawing of its own for 16 px.
[[nodiscard]] QIcon applicationIcon();

} // namespace rollcall::common
