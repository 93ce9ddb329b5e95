#pragma once

#include <vector>

#include "core/findings/Finding.h"
#include "core/findings/Survey.h"

namespace rollcall::findings {

/// All that is wrong by @p survey, the heaviest first. What could not be checked is said, not passed over.
/// **Thread-safety:** reentrant.
[[nodiscard]] std::vector<Finding> findingsOf(const Survey &survey);

} // namespace rollcall::findings
