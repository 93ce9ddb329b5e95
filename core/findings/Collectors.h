#pragma once

#include <vector>

#include "core/findings/Finding.h"
#include "core/findings/Survey.h"

namespace rollcall::findings {

// One function a kind of trouble, each in the file of its kind. All are pure: they conclude from the survey alone.
// **Thread-safety:** reentrant.

/// Columns that sessions are looked up by and that no index leads with.
[[nodiscard]] std::vector<Finding> indexFindings(const Survey &survey);
/// Rights of the connected role that are larger or smaller than needed.
[[nodiscard]] std::vector<Finding> rightsFindings(const Survey &survey);
/// Expired rows that nobody removed, and rows whose user is gone.
[[nodiscard]] std::vector<Finding> pruneFindings(const Survey &survey);
/// Tokens that are not unique, or could become so.
[[nodiscard]] std::vector<Finding> tokenFindings(const Survey &survey);
/// Expiry dates that cannot be read or meant, and zones that had to be assumed.
[[nodiscard]] std::vector<Finding> expiryFindings(const Survey &survey);
/// Rows that do not decide who is signed in: JWT cookies, Better Auth's secondary storage.
[[nodiscard]] std::vector<Finding> strategyFindings(const Survey &survey);

} // namespace rollcall::findings
