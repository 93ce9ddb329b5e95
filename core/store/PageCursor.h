#pragma once

#include <QByteArray>

#include <optional>

#include "core/base/Result.h"
#include "core/store/SessionQuery.h"

namespace rollcall::store {

/// The place after the last row of a page. Its text form is base64url of: version (1 byte), digest of the query it
/// belongs to (8), presence and length-prefixed value of the order column, the same of the key, number (1) and
/// length-prefixed digests of the rows before, length-prefixed tie, rows passed (4), check sum (8). The key is the row
/// id, or the SHA-256 of the token where the token is the key: a cursor never holds a token.
/// **Thread-safety:** plain value.
struct PageCursor
{
    std::optional<QByteArray> order; ///< the order column's exact text; nullopt for NULL
    std::optional<QByteArray> key;   ///< nullopt for NULL
    /// Where the token is the key (else empty): the first digits of the keys before it of the same order, nearest
    /// first, up to an empty one for NULL. A digest does not tell its place once its row is gone; the row before it
    /// then does.
    std::vector<QByteArray> before = {};
    /// Where rows can share a key (none is unique, or it is NULL): a digest of the whole row, by which such rows are
    /// ordered; else empty.
    QByteArray tie = {};
    quint32 passed = 1; ///< rows alike in all of that, up to this one

    static constexpr qsizetype digitsBefore = 16;

    /// Fills @ref passed and, where the keys are digests (@p ofDigests), @ref before: @p previous is the place one row
    /// earlier.
    void comesAfter(const PageCursor &previous, bool ofDigests);
    /// Whether a row here and one at @p other cannot be told apart.
    [[nodiscard]] bool isLike(const PageCursor &other) const
    {
        return order == other.order && key == other.key && tie == other.tie;
    }
    /// 0 where @p digest is the key, 1 and up where it is one of those before it, nullopt where it is none of them.
    [[nodiscard]] std::optional<std::size_t> rankOf(QByteArrayView digest) const;

    /// @p scope names the table and key it is made for.
    [[nodiscard]] QByteArray encode(const SessionQuery &query, const QString &scope) const;
    /// Errors: CursorInvalid where @p text is damaged or was made for another filter, order or table.
    [[nodiscard]] static base::Result<PageCursor> decode(const QByteArray &text, const SessionQuery &query,
                                                         const QString &scope);
    bool operator==(const PageCursor &) const = default;
};

} // namespace rollcall::store
