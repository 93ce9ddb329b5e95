#pragma once

#include <vector>

#include "core/probe/Random.h"

namespace rollcall::probe {

/// How the gaps between intended starts are drawn.
enum class Arrival { Poisson, Constant };

/// One visit of a cell.
struct Visit
{
    int cell = 0;
    int block = 0;
};

/// Randomised complete blocks: each block visits every cell once, in a fresh random order fixed by the seed, whatever
/// the answers are. **Source:** facts/latency-method.md §1.3. **Thread-safety:** one thread at a time.
class BlockScheduler final
{
public:
    /// Visits @p cells (ids, may be empty) in blocks from 0 to @p blocks - 1.
    BlockScheduler(std::vector<int> cells, int blocks, quint64 seed);

    [[nodiscard]] bool atEnd() const { return m_cells.empty() || m_block >= m_blocks; }
    /// The visit that take() would return; only where not atEnd().
    [[nodiscard]] Visit peek() const { return {m_cells[m_next], m_block}; }
    Visit take();
    /// Adds @p blocks at the end.
    void extend(int blocks) { m_blocks += blocks; }

private:
    void shuffle();

    std::vector<int> m_cells;
    int m_blocks;
    int m_block = 0;
    std::size_t m_next = 0;
    Random m_random;
};

/// Intended starts of an open run: generated from the seed alone, never reacting to answers.
/// **Thread-safety:** one thread at a time.
class ArrivalClock final
{
public:
    /// @p perSecond > 0 requests a second.
    ArrivalClock(Arrival law, double perSecond, quint64 seed);

    /// Nanoseconds after the run's begin of the next intended start; never falls.
    [[nodiscard]] qint64 next();

private:
    Arrival m_law;
    double m_meanGapNs;
    double m_at = 0;
    Random m_random;
};

} // namespace rollcall::probe
