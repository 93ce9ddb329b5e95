#pragma once

#include <QString>

#include "core/findings/Finding.h"
#include "ui/common/Icons.h"

namespace rollcall::overview {

/// @p part of @p whole: "70 %", "<1 %"; empty where there is no whole.
[[nodiscard]] QString shareText(qint64 part, qint64 whole);

/// "Severe", "Warning", "Note".
[[nodiscard]] QString weightWord(findings::Weight weight);
[[nodiscard]] common::Icon weightIcon(findings::Weight weight);
[[nodiscard]] common::ColorToken weightTint(findings::Weight weight);
/// What the button that copies a finding's statement says; empty where it has none.
[[nodiscard]] QString copyText(const findings::Finding &finding);

} // namespace rollcall::overview
