#include "core/cache/CacheShard.h"

#include <utility>

namespace rollcall::cache {

namespace {

constexpr std::size_t firstIndexSize = 16;

bool isOverfull(std::size_t entries, std::size_t cells)
{
    return entries * 8 > cells * 7;
}

} // namespace

CacheShard::CacheShard(std::size_t maxBytes) : m_maxBytes(maxBytes)
{
    const base::SpinLock lock(m_mutex);
    growIndex(firstIndexSize);
}

CacheShard::~CacheShard() = default;

std::size_t CacheShard::costOf(const QByteArray &session)
{
    static_assert(sizeof(Slot) == 64);
    // A byte array's header, end byte and the allocator's share.
    constexpr std::size_t block = 16 + 1 + 16;
    return sizeof(Slot) + (session.isEmpty() ? 0 : block + static_cast<std::size_t>(session.size()));
}

inline CacheShard::Slot &CacheShard::slotAt(std::size_t number) const
{
    return m_pages[number / pageSlots][number % pageSlots];
}

inline quint64 CacheShard::cellAt(Position position) const
{
    return m_cells.load(std::memory_order_relaxed)[position].load(std::memory_order_relaxed);
}

inline void CacheShard::setCell(Position position, quint64 cell)
{
    m_cells.load(std::memory_order_relaxed)[position].store(cell, std::memory_order_relaxed);
}

CacheShard::Position CacheShard::locate(const TokenDigest &digest) const
{
    const Position mask = m_mask.load(std::memory_order_relaxed);
    const quint64 tag = tagOf(digest);
    // The index is never full, so there is a free cell to end at.
    for (Position at = digest.low & mask; !isFree(cellAt(at)); at = (at + 1) & mask) {
        if ((cellAt(at) & ~addressMask) == tag && slotOf(cellAt(at))->digest == digest)
            return at;
    }
    return nowhere;
}

bool CacheShard::find(const TokenDigest &digest, CachedValue &value, quint32 &generation)
{
    const base::SpinLock lock(m_mutex);
    generation = m_generation;
    const Position at = locate(digest);
    if (at == nowhere)
        return false;
    Slot &slot = *slotOf(cellAt(at));
    value.session = slot.session;
    value.until = slot.until;
    value.expires = slot.expires;
    value.userTag = slot.userTag;
    value.reason = slot.reason;
    slot.used = true;
    return true;
}

void CacheShard::store(const TokenDigest &digest, CachedValue value, qint64 now, quint32 generation)
{
    const base::SpinLock lock(m_mutex);
    if (generation != m_generation)
        return;
    if (const Position at = locate(digest); at != nowhere)
        remove(at);
    const std::size_t cost = costOf(value.session);
    if (cost + indexBytes(cells()) > m_maxBytes)
        return;
    makeRoom(cost, now);
    if (isOverfull(m_entries + 1, cells())) {
        growIndex(cells() * 2);
        fillIndex();
    }
    Slot &slot = takeSlot();
    slot.digest = digest;
    slot.session = std::move(value.session);
    slot.until = value.until;
    slot.expires = value.expires;
    slot.userTag = value.userTag;
    slot.reason = value.reason;
    slot.taken = true;
    slot.used = false;
    insertCell(slot);
    ++m_entries;
    m_bytes += cost;
}

bool CacheShard::erase(const TokenDigest &digest)
{
    const base::SpinLock lock(m_mutex);
    ++m_generation;
    const Position at = locate(digest);
    if (at == nowhere)
        return false;
    remove(at);
    return true;
}

qint64 CacheShard::eraseUser(quint32 userTag)
{
    const base::SpinLock lock(m_mutex);
    ++m_generation;
    qint64 erased = 0;
    for (std::size_t number = 0; number < m_slots; ++number) {
        const Slot &slot = slotAt(number);
        if (!slot.taken || (slot.userTag != userTag && slot.userTag != 0))
            continue;
        erased += slot.userTag != 0 ? 1 : 0;
        remove(locate(slot.digest));
    }
    return erased;
}

void CacheShard::clear()
{
    // Freed after the lock is held: a million entries take longer to free than anybody should wait. The index stays,
    // and is emptied cell by cell.
    std::vector<std::unique_ptr<Slot[]>> pages;
    std::vector<Slot *> freeSlots;
    const base::SpinLock lock(m_mutex);
    ++m_generation;
    emptyIndex();
    m_pages.swap(pages);
    m_free.swap(freeSlots);
    m_slots = m_hand = 0;
    m_entries = m_bytes = 0;
}

std::size_t CacheShard::bytes()
{
    const base::SpinLock lock(m_mutex);
    return taken();
}

std::size_t CacheShard::entries()
{
    const base::SpinLock lock(m_mutex);
    return m_entries;
}

CacheShard::Slot &CacheShard::takeSlot()
{
    if (!m_free.empty()) {
        Slot *slot = m_free.back();
        m_free.pop_back();
        return *slot;
    }
    if (m_slots == m_pages.size() * pageSlots)
        m_pages.push_back(std::make_unique<Slot[]>(pageSlots));
    return slotAt(m_slots++);
}

void CacheShard::growIndex(std::size_t cells)
{
    m_arrays.push_back(std::make_unique<Cell[]>(cells));
    // In this order: see approach().
    m_cells.store(m_arrays.back().get(), std::memory_order_release);
    m_mask.store(cells - 1, std::memory_order_release);
}

void CacheShard::emptyIndex()
{
    for (Position at = 0; at <= m_mask.load(std::memory_order_relaxed); ++at)
        setCell(at, 0);
}

void CacheShard::fillIndex()
{
    for (std::size_t number = 0; number < m_slots; ++number) {
        if (const Slot &slot = slotAt(number); slot.taken)
            insertCell(slot);
    }
}

void CacheShard::insertCell(const Slot &slot)
{
    const Position mask = m_mask.load(std::memory_order_relaxed);
    Position at = slot.digest.low & mask;
    while (!isFree(cellAt(at)))
        at = (at + 1) & mask;
    setCell(at, cellOf(slot.digest, slot));
    Q_ASSERT(slotOf(cellAt(at)) == &slot); // no address has more bits than a cell has room for
}

void CacheShard::remove(Position position)
{
    Slot &slot = *slotOf(cellAt(position));
    m_bytes -= costOf(slot.session);
    --m_entries;
    slot.session.clear();
    slot.taken = false;
    m_free.push_back(&slot);

    // Close the gap: every cell behind it that the gap lies on the way to moves up, so that no grave markers pile up.
    const Position mask = m_mask.load(std::memory_order_relaxed);
    Position gap = position;
    for (Position at = (gap + 1) & mask; !isFree(cellAt(at)); at = (at + 1) & mask) {
        const Position home = slotOf(cellAt(at))->digest.low & mask;
        if (((at - home) & mask) >= ((at - gap) & mask)) {
            setCell(gap, cellAt(at));
            gap = at;
        }
    }
    setCell(gap, 0);
}

std::size_t CacheShard::cells() const
{
    return m_mask.load(std::memory_order_relaxed) + 1;
}

std::size_t CacheShard::indexBytes(std::size_t cells)
{
    // The arrays that the first one grew to: each is twice the one before.
    return 2 * (cells - firstIndexSize) * sizeof(Cell);
}

std::size_t CacheShard::taken() const
{
    return m_bytes + m_free.size() * sizeof(Slot) + indexBytes(cells());
}

void CacheShard::compact()
{
    std::vector<std::unique_ptr<Slot[]>> pages;
    std::size_t slots = 0;
    std::size_t hand = 0;
    for (std::size_t number = 0; number < m_slots; ++number) {
        if (number == m_hand)
            hand = slots;
        Slot &from = slotAt(number);
        if (!from.taken)
            continue;
        if (slots == pages.size() * pageSlots)
            pages.push_back(std::make_unique<Slot[]>(pageSlots));
        Slot &to = pages[slots / pageSlots][slots % pageSlots];
        to.digest = from.digest;
        to.session = std::move(from.session);
        to.until = from.until;
        to.expires = from.expires;
        to.userTag = from.userTag;
        to.reason = from.reason;
        to.taken = true;
        to.used = from.used;
        ++slots;
    }
    m_pages = std::move(pages);
    m_free = {};
    m_slots = slots;
    m_hand = slots == 0 ? 0 : hand % slots;
    emptyIndex();
    fillIndex();
}

void CacheShard::makeRoom(std::size_t wanted, qint64 now)
{
    const auto isOver = [this, wanted]() ROLLCALL_REQUIRES(m_mutex) {
        // A slot that is free already costs nothing more when it is used again.
        const std::size_t then = taken() + wanted - (m_free.empty() ? 0 : sizeof(Slot));
        const std::size_t growth =
            isOverfull(m_entries + 1, cells()) ? indexBytes(cells() * 2) - indexBytes(cells()) : 0;
        return then + growth > m_maxBytes;
    };
    // Each round of the hand clears all bits, so the second finds a victim at the latest.
    while (isOver()) {
        // Small entries leave slots whose bytes are of no use to larger ones. An eighth keeps moving rare; where no
        // entry is left, those slots are all that can go.
        if (m_entries == 0 || m_free.size() * sizeof(Slot) > m_maxBytes / 8) {
            compact();
            continue;
        }
        Slot &slot = slotAt(m_hand);
        m_hand = (m_hand + 1) % m_slots;
        if (!slot.taken)
            continue;
        if (slot.until < now || !std::exchange(slot.used, false))
            remove(locate(slot.digest));
    }
}

} // namespace rollcall::cache
