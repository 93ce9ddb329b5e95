#pragma once

#include <QByteArray>

#include <atomic>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/SpinMutex.h"
#include "core/cache/TokenHash.h"

namespace rollcall::cache {

/// What a shard keeps of one resolution. Times are milliseconds.
struct CachedValue
{
    static constexpr qint64 noEnd = std::numeric_limits<qint64>::max();

    QByteArray session; ///< JSON, shared with whoever found it; empty for an absence
    qint64 until = 0;   ///< of base::Clock::steadyNow(): the last instant at which it is young enough to be used
    /// Since 1970: the session's own end, or noEnd; of an absence: MemoryCache's count of sign-ins when it was looked
    /// for.
    qint64 expires = 0;
    quint32 userTag = 0; ///< keyed hash of the user; 0: unknown
    quint8 reason = 0;   ///< session::NullReason of an absence; 0: it is a session
};

/// One part of a MemoryCache: entries in an array of pages, found by an open-addressing index of 8 bytes a cell,
/// replaced in CLOCK order when their bytes are at the bound. When many small entries have made way for few large ones,
/// the entries move together and the free pages are given back. The index only grows, to three eighths of the bound.
/// **Thread-safety:** thread-safe; finding holds the lock for two or three memory accesses, eraseUser() and, now and
/// then, store() for a pass over all entries.
class alignas(64) CacheShard final
{
public:
    /// @p maxBytes: of bytes(); fixed costs of the shard are not counted.
    explicit CacheShard(std::size_t maxBytes);
    CacheShard(const CacheShard &) = delete;
    CacheShard &operator=(const CacheShard &) = delete;
    ~CacheShard();

    /// Fills @p value with the entry of @p digest, whatever its time; false where there is none. @p generation is set
    /// in any case: how many removals there were.
    [[nodiscard]] bool find(const TokenDigest &digest, CachedValue &value, quint32 &generation);

    /// Has that part of the index brought near which glimpse() will read, while the caller has something else to do.
    void approach(const TokenDigest &digest) const;
    /// Where an entry was seen without the lock.
    struct Glimpse;
    /// Looks where the entry of @p digest may be, and has it brought near in the same way.
    [[nodiscard]] Glimpse glimpse(const TokenDigest &digest) const;
    /// As find(), where @p seen is a session that surely lasts: until @p steadyBy by the steady clock and @p wallBy by
    /// the wall clock. Fills @p session and @p expires (as in CachedValue) then, and copies nothing else. False says
    /// nothing: ask find().
    [[nodiscard]] bool findSession(const TokenDigest &digest, const Glimpse &seen, qint64 steadyBy, qint64 wallBy,
                                   std::optional<QByteArray> &session, qint64 &expires);

    /// Puts @p value in place of what is there for @p digest, unless something was removed since @p generation: then it
    /// may be older than that. What the shard has no room for when it is empty is not kept.
    /// @p now (of base::Clock::steadyNow()): entries whose time is over go first.
    void store(const TokenDigest &digest, CachedValue value, qint64 now, quint32 generation);

    /// True where there was an entry. A removal in any case, as are the following.
    bool erase(const TokenDigest &digest);
    /// Removes every entry with @p userTag and every one of an unknown user, as it may be his; the number of the
    /// former.
    qint64 eraseUser(quint32 userTag);
    void clear();

    /// Bytes that the entries cost: payload, slot, and what the allocator adds; slots that were left free; and what the
    /// index has grown by.
    [[nodiscard]] std::size_t bytes();
    [[nodiscard]] std::size_t entries();

private:
    /// Exactly a cache line, so that a look at a random entry is one memory access.
    struct alignas(64) Slot
    {
        TokenDigest digest;
        QByteArray session; // from here on as in CachedValue
        qint64 until = 0;
        qint64 expires = 0;
        quint32 userTag = 0;
        quint8 reason = 0;
        bool taken = false;
        bool used = false; ///< found since the CLOCK's hand last passed
    };
    static constexpr std::size_t pageSlots = 256;
    using Position = std::size_t; // of an index cell
    static constexpr Position nowhere = std::numeric_limits<Position>::max();
    /// A slot's address without its low bits, which are 0, and above them a tag: 14 bits of the digest that spare
    /// nearly all looks at wrong slots. 0: free. Written under the lock, read without it by glimpse().
    using Cell = std::atomic<quint64>;
    static constexpr int addressBits = 50; // of the 56 that processors have at most, 6 being the alignment's
    static constexpr quint64 addressMask = (quint64{1} << addressBits) - 1;

    [[nodiscard]] static quint64 tagOf(const TokenDigest &digest)
    {
        // The shard is chosen by the high bits of `high`, the cell by the low bits of `low`.
        return digest.high << addressBits;
    }
    [[nodiscard]] static Slot *slotOf(quint64 cell)
    {
        // NOLINTNEXTLINE(performance-no-int-to-ptr): a cell is an address and a tag in one word
        return reinterpret_cast<Slot *>((cell & addressMask) * alignof(Slot));
    }
    [[nodiscard]] static quint64 cellOf(const TokenDigest &digest, const Slot &slot)
    {
        return tagOf(digest) | reinterpret_cast<quintptr>(&slot) / alignof(Slot);
    }
    static bool isFree(quint64 cell) { return cell == 0; }

    [[nodiscard]] Slot &slotAt(std::size_t number) const ROLLCALL_REQUIRES(m_mutex);
    [[nodiscard]] quint64 cellAt(Position position) const ROLLCALL_REQUIRES(m_mutex);
    void setCell(Position position, quint64 cell) ROLLCALL_REQUIRES(m_mutex);
    [[nodiscard]] Position locate(const TokenDigest &digest) const ROLLCALL_REQUIRES(m_mutex);
    [[nodiscard]] static std::size_t costOf(const QByteArray &session);
    Slot &takeSlot() ROLLCALL_REQUIRES(m_mutex);
    void growIndex(std::size_t cells) ROLLCALL_REQUIRES(m_mutex);
    void emptyIndex() ROLLCALL_REQUIRES(m_mutex);
    void fillIndex() ROLLCALL_REQUIRES(m_mutex);
    void insertCell(const Slot &slot) ROLLCALL_REQUIRES(m_mutex);
    void remove(Position position) ROLLCALL_REQUIRES(m_mutex);
    void makeRoom(std::size_t wanted, qint64 now) ROLLCALL_REQUIRES(m_mutex);
    [[nodiscard]] std::size_t cells() const ROLLCALL_REQUIRES(m_mutex);
    [[nodiscard]] static std::size_t indexBytes(std::size_t cells);
    /// Bytes of entries, of free slots and of the index.
    [[nodiscard]] std::size_t taken() const ROLLCALL_REQUIRES(m_mutex);
    void compact() ROLLCALL_REQUIRES(m_mutex);

    // What find() needs comes first: it is in one cache line.
    base::SpinMutex m_mutex;
    quint32 m_generation ROLLCALL_GUARDED_BY(m_mutex) = 0;
    // The index: an array of m_mask + 1 cells or, in between two steps of its growth, of more. Changed under the lock.
    std::atomic<Position> m_mask{0};
    std::atomic<Cell *> m_cells{nullptr};
    std::vector<std::unique_ptr<Slot[]>> m_pages ROLLCALL_GUARDED_BY(m_mutex);
    std::vector<Slot *> m_free ROLLCALL_GUARDED_BY(m_mutex); ///< slots to use again
    std::size_t m_slots ROLLCALL_GUARDED_BY(m_mutex) = 0;    ///< slots ever taken
    std::size_t m_hand ROLLCALL_GUARDED_BY(m_mutex) = 0;     ///< of the CLOCK
    std::size_t m_entries ROLLCALL_GUARDED_BY(m_mutex) = 0;
    std::size_t m_bytes ROLLCALL_GUARDED_BY(m_mutex) = 0;
    const std::size_t m_maxBytes;
    /// All that were the index: somebody without the lock may still be reading in one. Together they are no more than
    /// twice the last.
    std::vector<std::unique_ptr<Cell[]>> m_arrays ROLLCALL_GUARDED_BY(m_mutex);
};

struct CacheShard::Glimpse
{
    const Cell *place = nullptr;
    const Cell *cells = nullptr; ///< the array it is in
    quint64 cell = 0;
};

// Here, as they are each hit's own.

inline void CacheShard::approach(const TokenDigest &digest) const
{
    // In this order, as growth sets the array first: the mask is never that of a larger array.
    const Position mask = m_mask.load(std::memory_order_acquire);
    __builtin_prefetch(&m_cells.load(std::memory_order_acquire)[digest.low & mask]);
}

inline CacheShard::Glimpse CacheShard::glimpse(const TokenDigest &digest) const
{
    // In the same order.
    const Position mask = m_mask.load(std::memory_order_acquire);
    const Cell *cells = m_cells.load(std::memory_order_acquire);
    const quint64 tag = tagOf(digest);
    constexpr Position near = 64; // nearly all entries are in their first cell or soon behind it
    for (Position i = 0; i < near; ++i) {
        const Cell &place = cells[(digest.low + i) & mask];
        const quint64 cell = place.load(std::memory_order_relaxed);
        if (isFree(cell))
            break;
        if ((cell & ~addressMask) == tag) {
            // The slot may be gone by now, which hurts nobody: nothing is read.
            __builtin_prefetch(slotOf(cell));
            return {&place, cells, cell};
        }
    }
    return {};
}

inline bool CacheShard::findSession(const TokenDigest &digest, const Glimpse &seen, qint64 steadyBy, qint64 wallBy,
                                    std::optional<QByteArray> &session, qint64 &expires)
{
    if (!seen.place)
        return false;
    const base::SpinLock lock(m_mutex);
    if (seen.cells != m_cells.load(std::memory_order_relaxed) ||
        seen.cell != seen.place->load(std::memory_order_relaxed))
        return false;
    Slot &slot = *slotOf(seen.cell);
    if (slot.digest != digest || slot.reason != 0 || slot.until < steadyBy || slot.expires < wallBy)
        return false;
    session.emplace(slot.session);
    expires = slot.expires;
    slot.used = true;
    return true;
}

} // namespace rollcall::cache
