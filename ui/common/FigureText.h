#pragma once

#include <QString>

namespace rollcall::common {

/// "1,842"; an estimate rounded to three digits and called one: "about 601,000", "about 1.2 million".
[[nodiscard]] QString figureText(qint64 number, bool estimated);

} // namespace rollcall::common
