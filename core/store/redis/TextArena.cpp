#include "core/store/redis/TextArena.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <string_view>

namespace rollcall::store {

namespace {

constexpr qsizetype chunkSize = 1 << 20;

} // namespace

TextArena::~TextArena()
{
    for (const Chunk &chunk : m_chunks)
        OPENSSL_cleanse(chunk.data.get(), static_cast<std::size_t>(chunk.used));
}

QByteArrayView TextArena::keep(QByteArrayView text)
{
    if (m_chunks.empty() || m_chunks.back().size - m_chunks.back().used < text.size()) {
        const qsizetype size = std::max(chunkSize, text.size());
        // Not zeroed: a chunk takes memory only as far as it is filled.
        m_chunks.push_back({std::unique_ptr<char[]>(new char[static_cast<std::size_t>(size)]), size, 0});
        m_bytes += size;
    }
    Chunk &chunk = m_chunks.back();
    char *at = chunk.data.get() + chunk.used;
    if (!text.isEmpty())
        std::memcpy(at, text.data(), static_cast<std::size_t>(text.size()));
    chunk.used += text.size();
    return {at, text.size()};
}

std::size_t TextPool::slotOf(QByteArrayView text) const
{
    const std::size_t mask = m_slots.size() - 1;
    std::size_t slot = std::hash<std::string_view>()({text.data(), static_cast<std::size_t>(text.size())}) & mask;
    while (m_slots[slot] != 0 && m_texts[m_slots[slot] - 1] != text)
        slot = (slot + 1) & mask;
    return slot;
}

void TextPool::grow()
{
    m_slots.assign(std::max<std::size_t>(1024, m_slots.size() * 2), 0);
    for (quint32 i = 0; i < size(); ++i)
        m_slots[slotOf(m_texts[i])] = i + 1;
}

quint32 TextPool::number(QByteArrayView text)
{
    if ((m_texts.size() + 1) * 4 > m_slots.size() * 3)
        grow();
    const std::size_t slot = slotOf(text);
    if (m_slots[slot] == 0) {
        m_texts.push_back(m_arena.keep(text));
        m_slots[slot] = size();
    }
    return m_slots[slot] - 1;
}

std::optional<quint32> TextPool::find(QByteArrayView text) const
{
    if (m_slots.empty())
        return std::nullopt;
    const quint32 found = m_slots[slotOf(text)];
    return found == 0 ? std::nullopt : std::optional(found - 1);
}

qsizetype TextPool::bytes() const
{
    return m_arena.bytes() +
           static_cast<qsizetype>(m_texts.capacity() * sizeof(QByteArrayView) + m_slots.capacity() * sizeof(quint32));
}

} // namespace rollcall::store
