#include "core/probe/BlockScheduler.h"

#include <cmath>
#include <utility>

namespace rollcall::probe {

BlockScheduler::BlockScheduler(std::vector<int> cells, int blocks, quint64 seed)
    : m_cells(std::move(cells)), m_blocks(blocks), m_random(seed)
{
    shuffle();
}

Visit BlockScheduler::take()
{
    const Visit visit = peek();
    if (++m_next == m_cells.size()) {
        m_next = 0;
        ++m_block;
        shuffle();
    }
    return visit;
}

void BlockScheduler::shuffle()
{
    for (std::size_t i = m_cells.size(); i > 1; --i)
        std::swap(m_cells[i - 1], m_cells[m_random.below(i)]);
}

ArrivalClock::ArrivalClock(Arrival law, double perSecond, quint64 seed)
    : m_law(law), m_meanGapNs(1e9 / perSecond), m_random(seed)
{}

qint64 ArrivalClock::next()
{
    m_at += m_law == Arrival::Constant ? m_meanGapNs : -std::log1p(-m_random.uniform()) * m_meanGapNs;
    return static_cast<qint64>(m_at);
}

} // namespace rollcall::probe
