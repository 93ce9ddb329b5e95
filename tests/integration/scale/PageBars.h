#pragma once

#include "core/base/Call.h"

// What is asked of pages of large databases beside SQL written by hand.
namespace rollcall::test {

inline constexpr int scalePageSize = 500;
inline constexpr double mostTimesByHand = 1.2;
/// In the test command others load the machine: here only what a wrong plan costs is told from what is noise.
inline constexpr double mostTimesUnderLoad = 5;

/// A bound that no round on a loaded machine meets by chance.
[[nodiscard]] inline base::Call patient()
{
    return base::Call::within(std::chrono::minutes(5));
}

} // namespace rollcall::test
