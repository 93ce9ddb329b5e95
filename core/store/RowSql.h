#pragma once

#include "core/store/SchemaSql.h"
#include "core/store/SessionStore.h"
#include "core/store/WholeColumns.h"

namespace rollcall::store {

/// Composes the statements about single rows: looking one up, and the few writes that Rollcall knows.
/// **Thread-safety:** immutable; thread-safe.
class RowSql final
{
public:
    /// @p schema outlives the object.
    explicit RowSql(const SchemaSql &schema);

    /// False where no row can have this token: the server would only complain of it.
    [[nodiscard]] bool canBeToken(QByteArrayView token) const;
    /// The row an adapter's getSessionAndUser would find, as readLookup() takes it. @p token passed canBeToken().
    [[nodiscard]] SqlStatement lookup(QByteArrayView token) const;
    /// The rows of all of @p tokens, as readLookup() and placeOf() take them, in any order; more than one for a token
    /// where tokens are not unique.
    [[nodiscard]] SqlStatement lookupMany(std::span<const QByteArrayView> tokens) const;
    [[nodiscard]] SessionRow readLookup(const SqlRow &row) const;
    /// lookupMany() with every column of both tables, as readWhole() takes them.
    [[nodiscard]] SqlStatement wholeRows(std::span<const QByteArrayView> tokens) const;
    [[nodiscard]] WholeRow readWhole(const SqlRow &row) const;
    /// The place in the tokens of lookupMany() of the one that @p row is of.
    [[nodiscard]] static std::size_t placeOf(const SqlRow &row);
    /// Deletes the row of that key if token and user are still the same.
    [[nodiscard]] SqlStatement deleteRow(const RowKey &key) const;
    /// One row if the key's row (same key and token, if it has one) exists.
    [[nodiscard]] SqlStatement exists(const RowKey &key) const;
    /// The same of a row that was to be deleted: where rows of several users can have the same key, it is that user's.
    [[nodiscard]] SqlStatement isLeft(const RowKey &key) const;
    /// The condition that a row is of the user of @p key.
    [[nodiscard]] QString isOfUser(const RowKey &key, SqlParams &params) const;
    /// Moves the expiry of a token's row, in the form that the column has.
    [[nodiscard]] SqlStatement extend(QByteArrayView token, base::Instant expires) const;
    /// Deletes a token's row if it is expired at @p now.
    [[nodiscard]] SqlStatement deleteExpired(QByteArrayView token, base::Instant now) const;

private:
    /// A statement that is run often: composed once, and what it binds before the token.
    struct Kept
    {
        QString sql;
        QByteArray name;
        std::vector<QByteArray> bound;
        [[nodiscard]] SqlStatement with(QByteArrayView last) const;
    };
    [[nodiscard]] Kept keep(bool many, const QStringList &more = {}) const;
    [[nodiscard]] SqlStatement withList(const Kept &kept, std::span<const QByteArrayView> tokens) const;
    [[nodiscard]] QString idMatches(const RowKey &key, SqlParams &params) const;
    [[nodiscard]] QString keyMatches(const RowKey &key, SqlParams &params) const;

    const SchemaSql &m_schema;
    InstantSql m_expires; ///< to decode with
    RowColumns m_columns;
    Kept m_lookup;
    Kept m_lookupMany;
    Kept m_wholeRows;
    WholeColumns m_whole;
};

} // namespace rollcall::store
