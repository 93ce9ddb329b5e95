#pragma once

#include <QByteArray>
#include <QColor>

class QWidget;

namespace rollcall::charts {

/// @p widget as it stands over @p ground, at twice its size in pixels, as a PNG file; empty where that fails.
[[nodiscard]] QByteArray asPng(QWidget &widget, const QColor &ground);

/// @p widget as it stands over @p ground as an SVG file, drawn with lines and words, not pixels (a heatmap's cells
/// excepted).
/// @p title names the picture in the file.
[[nodiscard]] QByteArray asSvg(QWidget &widget, const QColor &ground, const QString &title);

} // namespace rollcall::charts
