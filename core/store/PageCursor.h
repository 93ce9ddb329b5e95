#pragma once

#include <QByteArray>

#include <optional>

#include "core/base/Result.h"
#include "core/store/SessionQuery.h"

namespace rollcall::store {

/// The place after the last row of a page. Its text form is base64url of: version (1 byte), digest of the query it
/// belongs to (8), presence and length-prefixed value of the order column, length-prefixed key, check sum (8). The key
/// is the row id, or the SHA-256 of the token where the token is the key: a cursor never holds a token.
/// **Thread-safety:** plain value.
struct PageCursor
{
    std::optional<QByteArray> order; ///< the order column's exact text; nullopt for NULL
    QByteArray key;

    /// @p scope names the table and key it is made for.
    [[nodiscard]] QByteArray encode(const SessionQuery &query, const QString &scope) const;
    /// Errors: CursorInvalid where @p text is damaged or was made for another filter, order or table.
    [[nodiscard]] static base::Result<PageCursor> decode(const QByteArray &text, const SessionQuery &query,
                                                         const QString &scope);
    bool operator==(const PageCursor &) const = default;
};

} // namespace rollcall::store
