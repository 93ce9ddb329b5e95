#pragma once

#include <QByteArray>

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

/// One part of a MemoryCache: entries in an array of pages, found by an open-addressing index of 4 bytes a cell,
/// replaced in CLOCK order when their bytes are at the bound. When many small entries have made way for few large ones,
/// the entries move together and the free pages are given back.
/// **Thread-safety:** thread-safe; finding holds the lock for two or three memory accesses, eraseUser() and, now and
/// then, store() for a pass over all entries.
class alignas(64) CacheShard final
{
public:
    /// @p maxBytes: of entries with all that they cost; fixed costs of the shard are not counted.
    explicit CacheShard(std::size_t maxBytes);
    CacheShard(const CacheShard &) = delete;
    CacheShard &operator=(const CacheShard &) = delete;
    ~CacheShard();

    /// Fills @p value with the entry of @p digest, whatever its time; false where there is none. @p generation is set
    /// in any case: how many removals there were.
    [[nodiscard]] bool find(const TokenDigest &digest, CachedValue &value, quint32 &generation);

    /// Puts @p value in place of what is there for @p digest, unless something was removed since @p generation: then it
    /// may be older than that. What alone is larger than the shard is not kept.
    /// @p now (of base::Clock::steadyNow()): entries whose time is over go first.
    void store(const TokenDigest &digest, CachedValue value, qint64 now, quint32 generation);

    /// True where there was an entry. A removal in any case, as are the following.
    bool erase(const TokenDigest &digest);
    /// Removes every entry with @p userTag; their number.
    qint64 eraseUser(quint32 userTag);
    void clear();

    /// Bytes that the entries cost: payload, slot, index, and what the allocator adds; and slots that were left free.
    [[nodiscard]] std::size_t bytes();
    [[nodiscard]] std::size_t entries();

private:
    struct Slot;
    static constexpr std::size_t pageSlots = 256;
    using Position = std::size_t; // of an index cell
    static constexpr Position nowhere = std::numeric_limits<Position>::max();

    [[nodiscard]] Slot &slotAt(quint32 number) const ROLLCALL_REQUIRES(m_mutex);
    [[nodiscard]] Position locate(const TokenDigest &digest) const ROLLCALL_REQUIRES(m_mutex);
    [[nodiscard]] static std::size_t costOf(const QByteArray &session);
    quint32 takeSlot() ROLLCALL_REQUIRES(m_mutex);
    void fillIndex(std::size_t cells) ROLLCALL_REQUIRES(m_mutex);
    void insertCell(const TokenDigest &digest, quint32 number) ROLLCALL_REQUIRES(m_mutex);
    void remove(Position position) ROLLCALL_REQUIRES(m_mutex);
    void makeRoom(std::size_t wanted, qint64 now) ROLLCALL_REQUIRES(m_mutex);
    /// Bytes of entries and of free slots.
    [[nodiscard]] std::size_t taken() const ROLLCALL_REQUIRES(m_mutex);
    void compact() ROLLCALL_REQUIRES(m_mutex);

    // What find() needs comes first: it is in one cache line.
    base::SpinMutex m_mutex;
    quint32 m_generation ROLLCALL_GUARDED_BY(m_mutex) = 0;
    std::vector<quint32> m_index ROLLCALL_GUARDED_BY(m_mutex); ///< cells: tag and slot number + 1; 0: free
    std::vector<std::unique_ptr<Slot[]>> m_pages ROLLCALL_GUARDED_BY(m_mutex);
    std::vector<quint32> m_free ROLLCALL_GUARDED_BY(m_mutex); ///< slots to use again
    quint32 m_slots ROLLCALL_GUARDED_BY(m_mutex) = 0;         ///< slots ever taken
    quint32 m_hand ROLLCALL_GUARDED_BY(m_mutex) = 0;          ///< of the CLOCK
    std::size_t m_entries ROLLCALL_GUARDED_BY(m_mutex) = 0;
    std::size_t m_bytes ROLLCALL_GUARDED_BY(m_mutex) = 0;
    const std::size_t m_maxBytes;
};

} // namespace rollcall::cache
