#include "core/probe/RunRecord.h"

#include <algorithm>
#include <new>

#include <sys/mman.h>

namespace rollcall::probe {

RunRecord::RunRecord(std::size_t samples)
{
    const base::MutexLock lock(m_mutex);
    m_chunks.resize((samples + chunkSize - 1) / chunkSize);
    std::generate(m_chunks.begin(), m_chunks.end(), makeChunk);
}

RunRecord::Chunk RunRecord::makeChunk()
{
    void *memory = std::aligned_alloc(chunkBytes, chunkBytes);
    if (memory == nullptr)
        throw std::bad_alloc();
    madvise(memory, chunkBytes, MADV_HUGEPAGE); // a wish: where it is not granted there are more faults
    return Chunk(static_cast<Sample *>(memory));
}

Sample *RunRecord::chunk(std::size_t index)
{
    const base::MutexLock lock(m_mutex);
    if (index == m_chunks.size())
        m_chunks.push_back(makeChunk());
    return m_chunks[index].get();
}

void RunRecord::copyNew(std::vector<Sample> &known) const
{
    const std::size_t count = m_count.load(std::memory_order_acquire);
    if (count <= known.size())
        return;
    std::vector<const Sample *> chunks;
    {
        const base::MutexLock lock(m_mutex);
        for (std::size_t i = known.size() / chunkSize; i * chunkSize < count; ++i)
            chunks.push_back(m_chunks[i].get());
    }
    for (const Sample *chunk : chunks) {
        const std::size_t from = known.size() % chunkSize;
        const std::size_t length = std::min(chunkSize - from, count - known.size());
        known.insert(known.end(), chunk + from, chunk + from + length);
    }
}

qint64 RunRecord::State::pausedNs(qint64 nowNs) const
{
    qint64 sum = paused ? nowNs - pausedFromNs : 0;
    for (const TimeRange &pause : pauses)
        sum += pause.toNs - pause.fromNs;
    return sum;
}

} // namespace rollcall::probe
