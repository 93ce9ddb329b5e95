#pragma once

#include <QString>

#include <optional>

#include "core/store/SessionQuery.h"

namespace rollcall::common {

/// Somebody wants to choose sessions by a rule instead of by rows, as a page can begin it.
struct SelectionRequest
{
    std::optional<store::SessionQuery> filter; ///< what the page lists now; nullopt: it lists everybody
    QString filterWords;                       ///< that filter for people
};

} // namespace rollcall::common
