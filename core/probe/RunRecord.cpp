#include "core/probe/RunRecord.h"

namespace rollcall::probe {

void RunRecord::copyNew(std::vector<Sample> &known) const
{
    const std::size_t count = m_samples.size();
    if (count <= known.size())
        return;
    const std::size_t first = known.size();
    std::vector<std::pair<std::size_t, quint32>> more; // of which sample, where
    m_samples.read(first, count, [&](const PackedSample &packed) {
        if (packed.more != PackedSample::nothingMore)
            more.emplace_back(known.size(), packed.more);
        known.push_back(packed.unpacked());
    });
    if (more.empty())
        return;
    // They stand in the order of their samples.
    auto next = more.begin();
    m_more.read(more.front().second - 1, more.back().second,
                [&](const SamplePhases &phases) { known[(next++)->first].phases = phases; });
}

qint64 RunRecord::State::pausedNs(qint64 nowNs) const
{
    qint64 sum = paused ? nowNs - pausedFromNs : 0;
    for (const TimeRange &pause : pauses)
        sum += pause.toNs - pause.fromNs;
    return sum;
}

} // namespace rollcall::probe
