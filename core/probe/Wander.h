#pragma once

#include <QtGlobal>

#include <span>

namespace rollcall::probe {

/// How much the level of @p inOrder, the times of one cell in the order of time, moved about during its run beyond what
/// chance makes of equal levels: the variance of the logarithm of its eight segments' medians less that of chance,
/// which interleaved halves of each segment tell, as they share the level. 0 where there are fewer than 160 values, of
/// which that could not be told. A run made at another time meets another level of at least this spread, which no
/// number of samples averages out. Pure: **thread-safe**.
[[nodiscard]] double wanderOf(std::span<const qint64> inOrder);

} // namespace rollcall::probe
