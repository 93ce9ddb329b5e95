#pragma once

#include <QString>

class QWidget;

namespace rollcall::common {
class Theme;
} // namespace rollcall::common

namespace rollcall::main {

/// Opens a sheet over the host of @p origin with @p markdown, rendered without a network.
void openHelp(const common::Theme &theme, QWidget &origin, const QString &title, const QString &markdown);

/// Opens a sheet with name, version, licence and purpose.
void openAbout(const common::Theme &theme, QWidget &origin);

/// The keys that work everywhere, as Markdown (translated).
[[nodiscard]] QString keyboardHelp();

} // namespace rollcall::main
