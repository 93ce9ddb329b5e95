#pragma once

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

#include <sys/mman.h>

#include "core/base/Mutex.h"

namespace rollcall::probe {

/// A list that one thread appends to while others read what is there: they never make add() wait, but for the
/// allocation of a chunk each some ten thousand. **Thread-safety:** add() from one thread, all else from any.
template <typename T>
class AppendLog final
{
public:
    static_assert(std::is_trivially_copyable_v<T> &&
                  std::is_trivially_destructible_v<T>); // chunks are freed as they are

    /// Room for @p items is made now, with its memory touched: the system clears it before, not while time is measured.
    explicit AppendLog(std::size_t items)
    {
        const base::MutexLock lock(m_mutex);
        m_chunks.resize((items + chunkSize - 1) / chunkSize);
        std::generate(m_chunks.begin(), m_chunks.end(), makeClearedChunk);
    }

    /// Sees to it that there is such room for @p items more than there are: for one of those who read.
    void keepAhead(std::size_t items)
    {
        for (;;) {
            {
                const base::MutexLock lock(m_mutex);
                if (m_chunks.size() * chunkSize >= size() + items)
                    return;
            }
            Chunk made = makeClearedChunk();
            const base::MutexLock lock(m_mutex);
            m_chunks.push_back(std::move(made));
        }
    }

    void add(const T &item)
    {
        const std::size_t count = m_count.load(std::memory_order_relaxed);
        if (count % chunkSize == 0)
            m_last = chunk(count / chunkSize);
        std::construct_at(m_last + count % chunkSize, item);
        m_count.store(count + 1, std::memory_order_release);
    }

    /// How many there are; those can be read.
    [[nodiscard]] std::size_t size() const { return m_count.load(std::memory_order_acquire); }

    /// Calls @p visit with each from @p from up to, not with, @p to, which is at most size().
    template <typename Visit>
    void read(std::size_t from, std::size_t to, Visit visit) const
    {
        std::vector<const T *> chunks;
        {
            const base::MutexLock lock(m_mutex);
            for (std::size_t i = from / chunkSize; i * chunkSize < to; ++i)
                chunks.push_back(m_chunks[i].get());
        }
        for (const T *chunk : chunks) {
            const std::size_t first = from % chunkSize;
            const std::size_t last = first + std::min(chunkSize - first, to - from);
            std::for_each(chunk + first, chunk + last, visit);
            from += last - first;
        }
    }

private:
    static constexpr std::size_t chunkBytes = std::size_t{2}
                                              << 20; ///< a large page: a fault each costs as much as a request
    static constexpr std::size_t chunkSize = chunkBytes / sizeof(T);
    struct Release
    {
        void operator()(T *items) const { std::free(items); }
    };
    /// Room for chunkSize items, which are made one by one: making them all first would touch the memory twice.
    using Chunk = std::unique_ptr<T, Release>;

    [[nodiscard]] static Chunk makeChunk()
    {
        void *memory = std::aligned_alloc(chunkBytes, chunkBytes);
        if (memory == nullptr)
            throw std::bad_alloc();
        madvise(memory, chunkBytes, MADV_HUGEPAGE); // a wish: where it is not granted there are more faults
        return Chunk(static_cast<T *>(memory));
    }
    [[nodiscard]] static Chunk makeClearedChunk()
    {
        Chunk chunk = makeChunk();
        madvise(chunk.get(), chunkBytes, MADV_POPULATE_WRITE); // a wish: what is not cleared now is when it is met
        return chunk;
    }
    /// The chunk at @p index, made where it is the next.
    [[nodiscard]] T *chunk(std::size_t index)
    {
        const base::MutexLock lock(m_mutex);
        if (index == m_chunks.size())
            m_chunks.push_back(makeChunk());
        return m_chunks[index].get();
    }

    mutable base::Mutex m_mutex;
    std::vector<Chunk> m_chunks ROLLCALL_GUARDED_BY(m_mutex);
    T *m_last = nullptr;                 ///< being filled; the writer's
    std::atomic<std::size_t> m_count{0}; ///< items that are there whole
};

} // namespace rollcall::probe
