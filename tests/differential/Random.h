#pragma once

#include <QtGlobal>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <random>

namespace rollcall::differential {

/// Chance from a seed: a seed gives the same requests each time (with one compiler: the order in which operands are
/// evaluated is its own). **Thread-safety:** one object, one thread.
class Random final
{
public:
    explicit Random(quint64 seed) : m_engine(seed) {}

    /// 0 … @p bound - 1. (Not a std distribution: theirs differ between libraries.)
    [[nodiscard]] qint64 below(qint64 bound) { return static_cast<qint64>(m_engine() % static_cast<quint64>(bound)); }
    /// @p from … @p to.
    [[nodiscard]] qint64 between(qint64 from, qint64 to) { return from + below(to - from + 1); }
    /// True @p percent times in a hundred.
    [[nodiscard]] bool chance(int percent) { return below(100) < percent; }
    [[nodiscard]] quint64 next() { return m_engine(); }

    template <typename T, std::size_t size>
    [[nodiscard]] const T &pick(const std::array<T, size> &choices)
    {
        return choices.at(static_cast<std::size_t>(below(static_cast<qint64>(size))));
    }
    template <typename T>
    [[nodiscard]] T pick(std::initializer_list<T> choices)
    {
        return *(choices.begin() + below(static_cast<qint64>(choices.size())));
    }

private:
    std::mt19937_64 m_engine;
};

} // namespace rollcall::differential
