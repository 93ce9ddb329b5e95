#pragma once

#include <QString>

#include "ui/common/Theme.h"

class QWidget;

namespace rollcall::test {

/// Saves what @p widget shows now as `screenshots/<name>-light.png` or `-dark.png` in the build tree, after layouts and
/// animations of at most one second have settled (processes events). False, with a message, where it cannot be written.
[[nodiscard]] bool saveScreenshot(QWidget &widget, const common::Theme &theme, const QString &name);

/// Saves @p widget in light and in dark, and gives @p theme back the appearance it had.
[[nodiscard]] bool saveScreenshots(QWidget &widget, common::Theme &theme, const QString &name);

} // namespace rollcall::test
