#include "core/cache/CacheShard.h"

#include <utility>

namespace rollcall::cache {

namespace {

// A cell holds 24 bits of slot number + 1 and, above them, 8 bits of the digest that spare most looks at wrong slots.
constexpr quint32 numberMask = 0xFF'FFFF;
constexpr quint32 tagShift = 24;
constexpr quint32 mostSlots = numberMask - 1;
constexpr std::size_t firstIndexSize = 16;

quint32 tagOf(const TokenDigest &digest)
{
    // The shard is chosen by the high bits of `high`, the cell by those of `low`.
    return static_cast<quint32>(digest.high & 0xFF) << tagShift;
}

bool isOverfull(std::size_t entries, std::size_t cells)
{
    return entries * 8 > cells * 7;
}

} // namespace

/// Exactly a cache line, so that a look at a random entry is one memory access.
struct alignas(64) CacheShard::Slot
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

CacheShard::CacheShard(std::size_t maxBytes) : m_index(firstIndexSize), m_maxBytes(maxBytes) {}

CacheShard::~CacheShard() = default;

std::size_t CacheShard::costOf(const QByteArray &session)
{
    static_assert(sizeof(Slot) == 64);
    // Index cells between half and seven eighths full; a byte array's header, end byte and the allocator's share.
    constexpr std::size_t own = sizeof(Slot) + 6;
    constexpr std::size_t block = 16 + 1 + 16;
    return own + (session.isEmpty() ? 0 : block + static_cast<std::size_t>(session.size()));
}

inline CacheShard::Slot &CacheShard::slotAt(quint32 number) const
{
    return m_pages[number / pageSlots][number % pageSlots];
}

inline CacheShard::Position CacheShard::locate(const TokenDigest &digest) const
{
    const std::size_t mask = m_index.size() - 1;
    const quint32 tag = tagOf(digest);
    // The index is never full, so there is a free cell to end at.
    for (Position at = digest.low & mask; m_index[at] != 0; at = (at + 1) & mask) {
        if ((m_index[at] & ~numberMask) == tag && slotAt((m_index[at] & numberMask) - 1).digest == digest)
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
    Slot &slot = slotAt((m_index[at] & numberMask) - 1);
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
    if (cost > m_maxBytes)
        return;
    makeRoom(cost, now);
    if (isOverfull(m_entries + 1, m_index.size()))
        fillIndex(m_index.size() * 2);
    const quint32 number = takeSlot();
    Slot &slot = slotAt(number);
    slot.digest = digest;
    slot.session = std::move(value.session);
    slot.until = value.until;
    slot.expires = value.expires;
    slot.userTag = value.userTag;
    slot.reason = value.reason;
    slot.taken = true;
    slot.used = false;
    insertCell(digest, number);
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
    for (quint32 number = 0; number < m_slots; ++number) {
        const Slot &slot = slotAt(number);
        if (slot.taken && slot.userTag == userTag) {
            remove(locate(slot.digest));
            ++erased;
        }
    }
    return erased;
}

void CacheShard::clear()
{
    // Made before and freed after the lock is held: a million entries take longer to free than anybody should wait.
    std::vector<quint32> index(firstIndexSize);
    std::vector<std::unique_ptr<Slot[]>> pages;
    std::vector<quint32> freeSlots;
    const base::SpinLock lock(m_mutex);
    ++m_generation;
    m_index.swap(index);
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

quint32 CacheShard::takeSlot()
{
    if (!m_free.empty()) {
        const quint32 number = m_free.back();
        m_free.pop_back();
        return number;
    }
    if (m_slots == m_pages.size() * pageSlots)
        m_pages.push_back(std::make_unique<Slot[]>(pageSlots));
    return m_slots++;
}

void CacheShard::fillIndex(std::size_t cells)
{
    m_index.assign(cells, 0);
    m_index.shrink_to_fit();
    for (quint32 number = 0; number < m_slots; ++number) {
        if (const Slot &slot = slotAt(number); slot.taken)
            insertCell(slot.digest, number);
    }
}

void CacheShard::insertCell(const TokenDigest &digest, quint32 number)
{
    const std::size_t mask = m_index.size() - 1;
    Position at = digest.low & mask;
    while (m_index[at] != 0)
        at = (at + 1) & mask;
    m_index[at] = tagOf(digest) | (number + 1);
}

void CacheShard::remove(Position position)
{
    const quint32 number = (m_index[position] & numberMask) - 1;
    Slot &slot = slotAt(number);
    m_bytes -= costOf(slot.session);
    --m_entries;
    slot.session.clear();
    slot.taken = false;
    m_free.push_back(number);

    // Close the gap: every cell behind it that the gap lies on the way to moves up, so that no grave markers pile up.
    const std::size_t mask = m_index.size() - 1;
    Position gap = position;
    for (Position at = (gap + 1) & mask; m_index[at] != 0; at = (at + 1) & mask) {
        const Position home = slotAt((m_index[at] & numberMask) - 1).digest.low & mask;
        if (((at - home) & mask) >= ((at - gap) & mask)) {
            m_index[gap] = m_index[at];
            gap = at;
        }
    }
    m_index[gap] = 0;
}

std::size_t CacheShard::taken() const
{
    return m_bytes + m_free.size() * sizeof(Slot);
}

void CacheShard::compact()
{
    std::vector<std::unique_ptr<Slot[]>> pages;
    quint32 slots = 0;
    quint32 hand = 0;
    for (quint32 number = 0; number < m_slots; ++number) {
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
    std::size_t cells = firstIndexSize;
    while (isOverfull(slots + 1, cells))
        cells *= 2;
    fillIndex(cells);
}

void CacheShard::makeRoom(std::size_t wanted, qint64 now)
{
    // A slot that is free already costs nothing more when it is used again.
    const auto isOver = [this, wanted]() ROLLCALL_REQUIRES(m_mutex) {
        return taken() + wanted - (m_free.empty() ? 0 : sizeof(Slot)) > m_maxBytes || m_entries == mostSlots;
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
