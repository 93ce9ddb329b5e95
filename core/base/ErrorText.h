#pragma once

#include <QString>

#include "core/base/Error.h"

namespace rollcall::base {

/// An error in words for people: what failed and why, and what to do about it. Both are non-empty.
struct ErrorText
{
    QString message; ///< One sentence: what failed, why.
    QString remedy;  ///< One sentence: what to do.
};

/// The one place where codes become words (translated in context "ErrorText"). Contains no secret, because Error
/// cannot.
[[nodiscard]] ErrorText describe(const Error &error);

/// "message remedy" on one line.
[[nodiscard]] QString oneLine(const Error &error);

} // namespace rollcall::base
