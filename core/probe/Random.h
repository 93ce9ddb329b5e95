#pragma once

#include <QtGlobal>

#include <array>

namespace rollcall::probe {

/// A seeded generator whose sequence is the same on every machine and compiler (the standard library's distributions
/// are not): xoshiro256** seeded by splitmix64. Not for secrets. **Source:** Blackman and Vigna, prng.di.unimi.it.
/// **Thread-safety:** one object belongs to one thread at a time.
class Random final
{
public:
    explicit Random(quint64 seed);

    [[nodiscard]] quint64 next();
    /// Uniform in [0, 1).
    [[nodiscard]] double uniform();
    /// Uniform in [0, @p bound), without modulo bias; @p bound > 0.
    [[nodiscard]] quint64 below(quint64 bound);

private:
    std::array<quint64, 4> m_state;
};

} // namespace rollcall::probe
