#pragma once

namespace rollcall::test {

/// How long, in milliseconds, a test waits for what will come: many times what it takes, as the machine may have other
/// things to do. It ends with what it waits for.
inline constexpr int patience = 30'000;

} // namespace rollcall::test
