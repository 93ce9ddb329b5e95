#pragma once

#include <QByteArray>
#include <QStringView>

namespace rollcall::base {

/// @p text as UTF-8, half of a surrogate pair as the three bytes that its number would have (WTF-8), which are no
/// UTF-8: so that it is known later that JavaScript's `encodeURIComponent` throws for it. **Thread-safety:** pure.
[[nodiscard]] QByteArray utf8WithHalves(QStringView text);

} // namespace rollcall::base
