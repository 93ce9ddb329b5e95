#include "core/probe/RunRecord.h"

#include <algorithm>

namespace rollcall::probe {

namespace {
constexpr std::size_t mostMadeBefore = 16'384; // 3 MB: touching more delays a run's begin
}

RunRecord::RunRecord(std::size_t samples)
{
    const base::MutexLock lock(m_mutex);
    m_chunks.resize((std::min(samples, mostMadeBefore) + chunkSize - 1) / chunkSize);
    for (std::unique_ptr<Chunk> &chunk : m_chunks)
        chunk = std::make_unique<Chunk>();
}

RunRecord::Chunk &RunRecord::chunk(std::size_t index)
{
    const base::MutexLock lock(m_mutex);
    if (index == m_chunks.size())
        m_chunks.push_back(std::make_unique<Chunk>());
    return *m_chunks[index];
}

void RunRecord::copyNew(std::vector<Sample> &known) const
{
    const std::size_t count = m_count.load(std::memory_order_acquire);
    if (count <= known.size())
        return;
    std::vector<const Chunk *> chunks;
    {
        const base::MutexLock lock(m_mutex);
        for (std::size_t i = known.size() / chunkSize; i * chunkSize < count; ++i)
            chunks.push_back(m_chunks[i].get());
    }
    for (const Chunk *chunk : chunks) {
        const std::size_t from = known.size() % chunkSize;
        const std::size_t length = std::min(chunkSize - from, count - known.size());
        known.insert(known.end(), chunk->begin() + from, chunk->begin() + from + length);
    }
}

} // namespace rollcall::probe
