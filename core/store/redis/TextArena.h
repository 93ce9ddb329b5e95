#pragma once

#include <QByteArrayView>

#include <memory>
#include <optional>
#include <vector>

namespace rollcall::store {

/// Many short texts, close together in memory that is wiped at the end and never moves, so that no copy of a token is
/// left behind by growing. **Thread-safety:** one thread.
class TextArena final
{
public:
    TextArena() = default;
    ~TextArena();
    TextArena(const TextArena &) = delete;
    TextArena &operator=(const TextArena &) = delete;

    /// A copy of @p text that lives as long as the arena.
    [[nodiscard]] QByteArrayView keep(QByteArrayView text);
    /// Memory taken.
    [[nodiscard]] qsizetype bytes() const { return m_bytes; }

private:
    struct Chunk
    {
        std::unique_ptr<char[]> data;
        qsizetype size = 0;
        qsizetype used = 0;
    };
    std::vector<Chunk> m_chunks;
    qsizetype m_bytes = 0;
};

/// Distinct texts and their numbers, counted from 0 in the order in which they came. **Thread-safety:** one thread.
class TextPool final
{
public:
    /// The number of @p text, which is added where it is new.
    [[nodiscard]] quint32 number(QByteArrayView text);
    /// The number of @p text; nullopt where it is not there.
    [[nodiscard]] std::optional<quint32> find(QByteArrayView text) const;
    [[nodiscard]] QByteArrayView at(quint32 number) const { return m_texts[number]; }
    [[nodiscard]] quint32 size() const { return static_cast<quint32>(m_texts.size()); }
    /// Memory taken.
    [[nodiscard]] qsizetype bytes() const;

private:
    [[nodiscard]] std::size_t slotOf(QByteArrayView text) const;
    void grow();

    TextArena m_arena;
    std::vector<QByteArrayView> m_texts;
    std::vector<quint32> m_slots; ///< open addressing: number + 1, or 0
};

} // namespace rollcall::store
