#pragma once

#include <QString>

namespace rollcall::findings {

/// How much a finding matters.
enum class Weight { Low, Medium, High };

/// "low", "medium", "high".
[[nodiscard]] QString weightName(Weight weight);

/// Something that is wrong with a deployment, or that could not be checked (ids that begin with "unchecked-"). For
/// people, but for the id; holds no token and no row's content. **Thread-safety:** plain value.
struct Finding
{
    QString id; ///< stable: "index-token-missing"
    Weight weight = Weight::Low;
    QString title;     ///< one line
    QString evidence;  ///< what was seen, with figures
    QString remedy;    ///< what to do about it
    QString statement; ///< SQL to copy, never run by Rollcall; empty where there is none

    bool operator==(const Finding &) const = default;
};

} // namespace rollcall::findings
