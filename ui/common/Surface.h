#pragma once

class QWidget;

namespace rollcall::common {

/// What a container is painted as; the style sheet knows their fills and edges.
enum class Surface {
    Window, ///< behind cards
    Plain,  ///< behind tables and text
    Sunken,
    Card,   ///< raised, 1 px line, radius 6
    Dashed, ///< a card that takes a drop
    Code,   ///< sunken, 1 px line
    Good,   ///< soft fills of notes
    Warn,
    Bad,
    Info,
};

/// Gives @p widget the look of @p surface; may be called again. A plain QWidget paints it as well.
void setSurface(QWidget &widget, Surface surface);

} // namespace rollcall::common
