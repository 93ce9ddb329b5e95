#pragma once

#include <chrono>
#include <optional>

#include "core/probe/Sample.h"

namespace rollcall::probe {

/// What came of asking for a session once. **Thread-safety:** a plain value.
struct PropagationAnswer
{
    Outcome outcome = Outcome::Ok; ///< Ok: a session; Unauthenticated: refused; else how it failed
    int status = 0;                ///< HTTP status of the deployment's answer; 0 where there was none
    std::optional<std::chrono::milliseconds> retryAfter; ///< what that answer asks for
};

} // namespace rollcall::probe
