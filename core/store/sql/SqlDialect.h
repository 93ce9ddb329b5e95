#pragma once

#include <QTimeZone>

#include "core/store/schema/ExpiresCodec.h"
#include "core/store/schema/StoredForm.h"
#include "core/store/sql/DatabaseUrl.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

/// A time column in SQL: an expression that orders by instant and is NULL where a value cannot be read, and how to
/// write values that compare with it. **Thread-safety:** plain value.
struct InstantSql
{
    QString order; ///< the bare column wherever an index on it can serve
    QString cast;  ///< "%1::timestamptz": makes a bound text comparable with @ref order
    ExpiresEncoding encoding = ExpiresEncoding::Timestamptz; ///< of the values of @ref order
    /// " AND …", where the bare column can hold what is no instant and yet not NULL (a zero date, NaN); else empty.
    QString andReadable = {};
    /// Of a bare column of SQLite whose values all have one form: what is bound is written in it, too. bindText() still
    /// takes microseconds. What is bound must be there in that form.
    std::optional<StoredForm> form = {};

    /// Binds @p instant, rounded up to the column's unit: exact for `order >= …` and `order < …`.
    [[nodiscard]] QString bind(SqlParams &params, base::Instant instant) const;
    /// Binds a value that was read as the text of @ref order: exact to the last digit.
    [[nodiscard]] QString bindText(SqlParams &params, QByteArrayView text) const;
    /// What the text of @ref order means.
    [[nodiscard]] StoredInstant decode(QByteArrayView text) const;
};

/// How one database spells things. SQL is put together from names of the SchemaProfile, quoted here, and from bound
/// values; never from text that a person or a row supplied. **Thread-safety:** immutable; thread-safe.
class SqlDialect
{
public:
    virtual ~SqlDialect() = default;

    /// "name" with quotes doubled.
    [[nodiscard]] static QString quoted(const QString &name);
    /// Schema and table, quoted.
    [[nodiscard]] static QString tableName(const QString &schema, const QString &table);

    /// (a, b) > (c, d) enters an index that leads with a, as the planner of this database reckons best.
    [[nodiscard]] virtual bool comparesRows() const { return false; }
    /// True where rows that an index brings in the order of the first columns are sorted by further ones as they come,
    /// not all at once.
    [[nodiscard]] virtual bool sortsByParts() const { return true; }
    /// Binds a text on which it depends how rows are best found: the server sees it when it plans the statement, also
    /// where that is kept prepared and one plan serves for many values.
    [[nodiscard]] virtual QString plannedWith(const QString &value, SqlParams &params) const
    {
        return params.add(value);
    }
    /// A text for @p texts (expressions of texts, which may be NULL) that is another wherever one of them is.
    [[nodiscard]] virtual QString textOfAll(const QStringList &texts) const = 0;
    /// True where NULL sorts after everything in ascending order.
    [[nodiscard]] virtual bool nullsAreLargest() const = 0;
    /// A column of @p type as a cell of a result: the text that asText() gives, made as cheaply as may be.
    [[nodiscard]] virtual QString cell(const QString &column, const QString &type) const = 0;
    [[nodiscard]] virtual QString asText(const QString &expression) const = 0;
    /// A token column of @p type as the text of the token.
    [[nodiscard]] virtual QString tokenText(const QString &column, const QString &type) const;
    /// A placeholder made comparable with a column of @p type.
    [[nodiscard]] virtual QString typed(const QString &placeholder, const QString &type) const = 0;
    /// Whether text can be a value of @p type at all ("abc" is no integer: nothing can match).
    [[nodiscard]] virtual bool accepts(const QString &type, const QString &value) const = 0;
    /// The same of what idCell() of such a column can have given, or people took from there.
    [[nodiscard]] virtual bool acceptsId(const QString &type, const QString &value) const
    {
        return accepts(type, value);
    }
    /// Whether columns of the two types can be compared as they are.
    [[nodiscard]] virtual bool comparable(const QString &type, const QString &other) const = 0;
    /// Equality of two columns, as text where their types do not compare. An index on @p left can serve it.
    [[nodiscard]] virtual QString equal(const QString &left, const QString &leftType, const QString &right,
                                        const QString &rightType) const;
    /// A column of ids as the text by which people and cursors name what it holds, of whatever kind that is: typed()
    /// takes it back.
    [[nodiscard]] virtual QString idCell(const QString &column, const QString &type) const
    {
        return cell(column, type);
    }
    /// A column of ids as what is ordered by, and compared with typed() or isOneOf().
    [[nodiscard]] virtual QString idColumn(const QString &column, const QString &) const { return column; }
    /// Exact equality of a column of ids and a placeholder for what idCell() gave of a column of @p type.
    [[nodiscard]] virtual QString matchesId(const QString &column, const QString &value, const QString &type) const
    {
        return matches(column, value, type);
    }
    /// Exact equality of a column of tokens and a placeholder for one that was read from it; adapters, which look one
    /// up by its text, may not find that.
    [[nodiscard]] virtual QString matchesRead(const QString &column, const QString &value, const QString &type) const
    {
        return matches(column, value, type);
    }
    /// Exact equality of a column of @p type, to the last byte where it holds text, and a placeholder or text.
    [[nodiscard]] virtual QString matches(const QString &column, const QString &value, const QString &type) const;
    /// A column of @p type holds one of @p values, all of which it accepts.
    [[nodiscard]] virtual QString isOneOf(const QString &column, std::span<const QByteArrayView> values,
                                          const QString &type, SqlParams &params) const;
    /// The same for values that were read from columns of @p type.
    [[nodiscard]] virtual QString isOneOfRead(const QString &column, std::span<const QByteArrayView> values,
                                              const QString &type, SqlParams &params) const
    {
        return isOneOf(column, values, type, params);
    }
    /// matchesRead() for any of @p values, and perhaps for others that a collation takes for one of them.
    [[nodiscard]] virtual QString isOneOfTokens(const QString &column, std::span<const QByteArrayView> values,
                                                const QString &type, SqlParams &params) const
    {
        return isOneOfRead(column, values, type, params);
    }
    /// isOneOf() for texts.
    [[nodiscard]] QString isOneOfTexts(const QString &column, const QStringList &values, const QString &type,
                                       SqlParams &params) const;
    /// isOneOf() binds one value, however many there are: the statement's text does not tell how many.
    [[nodiscard]] virtual bool bindsLists() const { return false; }
    /// Lower-case hex SHA-256 of a text expression.
    [[nodiscard]] virtual QString sha256Hex(const QString &expression) const = 0;
    /// True where the text expression contains @p needle, ignoring case; the needle has no wildcards.
    [[nodiscard]] virtual QString contains(const QString &expression, const QString &needle,
                                           SqlParams &params) const = 0;
    /// The rows of the list that is bound as @p placeholder: a table `t` of `token` (text) and `n`, its place from 0.
    [[nodiscard]] virtual QString listRows(const QString &placeholder) const = 0;
    /// @p texts (UTF-8 without NUL) as one value to bind for listRows().
    [[nodiscard]] virtual QByteArray listValue(std::span<const QByteArrayView> texts) const = 0;
    /// Equality that takes NULL for a value.
    [[nodiscard]] virtual QString same(const QString &left, const QString &right) const = 0;
    /// A time column. @p zone is bound where the encoding has none of its own.
    [[nodiscard]] virtual InstantSql instant(const QString &column, const QString &type, ExpiresEncoding encoding,
                                             const QTimeZone &zone, SqlParams &params) const = 0;
    /// A value to store in a time column; @p sample is an SQL expression for a stored value whose form is kept, or
    /// empty.
    [[nodiscard]] virtual QString instantValue(base::Instant value, const QString &sample, ExpiresEncoding encoding,
                                               const QTimeZone &zone, SqlParams &params) const = 0;
    /// The encoding that a column of @p type most likely has; Mixed where only values can tell.
    [[nodiscard]] virtual ExpiresEncoding encodingOfType(const QString &type) const = 0;
    /// The server's clock, in UTC, as text that readInstant() takes.
    [[nodiscard]] virtual QString serverClock() const = 0;
    /// @p sql as people paste it into the server's own shell.
    [[nodiscard]] virtual QString shown(const QString &sql) const { return sql; }
};

/// @p texts in double quotes, separated by commas, between @p open and @p close; quotes and backslashes escaped by a
/// backslash, and control characters as JSON has them where @p json.
[[nodiscard]] QByteArray quotedList(std::span<const QByteArrayView> texts, char open, char close, bool json);

/// The dialect of @p kind; lives as long as the process.
[[nodiscard]] const SqlDialect &dialectFor(DatabaseKind kind);

} // namespace rollcall::store
