#include "core/store/sql/MysqlDialect.h"

#include <QDateTime>
#include <QUuid>

#include "core/store/sql/MysqlInstants.h"
#include "core/store/sql/MysqlText.h"

namespace rollcall::store {

namespace {

/// The type without the collation behind it.
QString baseType(const QString &type)
{
    return type.section(QLatin1Char(' '), 0, 0);
}

/// The collation behind a text type; empty for other types.
QString collationOf(const QString &type)
{
    return type.section(QLatin1Char(' '), 1, 1);
}

bool isInteger(const QString &type)
{
    return baseType(type).endsWith(QStringLiteral("int"));
}

bool isFractional(const QString &type)
{
    const QString base = baseType(type);
    return base == QStringLiteral("decimal") || base == QStringLiteral("double") || base == QStringLiteral("float");
}

bool isText(const QString &type)
{
    const QString base = baseType(type);
    return base.endsWith(QStringLiteral("char")) || base.endsWith(QStringLiteral("text"));
}

bool isBinary(const QString &type)
{
    return type.endsWith(QStringLiteral("binary")) || type.endsWith(QStringLiteral("blob"));
}

/// Bytes as the text that they are, where @p andIf holds; else as the server's own literal: what is no text (a UUID in
/// BINARY(16)) would come as question marks, or not at all.
QString textOrLiteral(const QString &column, const QString &andIf)
{
    return QStringLiteral("CASE WHEN CAST(CONVERT(%1 USING utf8mb4) AS BINARY) = %1%2 THEN CONVERT(%1 USING utf8mb4) "
                          "ELSE CONCAT('0x', LOWER(HEX(%1))) END")
        .arg(column, andIf);
}

QString wallClock(base::Instant instant, const QTimeZone &zone)
{
    return QDateTime::fromMSecsSinceEpoch(instant.time_since_epoch().count(), Qt::UTC)
        .toTimeZone(zone)
        .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz"));
}

} // namespace

QString MysqlDialect::textOfAll(const QStringList &texts) const
{
    return asText(QStringLiteral("JSON_ARRAY(%1)").arg(texts.join(QStringLiteral(", "))));
}

bool MysqlDialect::nullsAreLargest() const
{
    return false;
}

QString MysqlDialect::cell(const QString &column, const QString &type) const
{
    if (isBinary(type))
        return textOrLiteral(column, QString());
    // The connection's character set and libmariadb make text of these as they arrive.
    return isText(type) || isInteger(type) ? column : asText(column);
}

QString MysqlDialect::tokenText(const QString &column, const QString &type) const
{
    return isBinary(type) ? textOrLiteral(column, QString()) : column;
}

QString MysqlDialect::idCell(const QString &column, const QString &type) const
{
    // As literals come bytes that a text may hold and nobody can type, too, and a text that would be taken for a
    // literal: typed() reads all back. Not of any column: the pattern is for values as short as ids are.
    return isBinary(type) ? textOrLiteral(column, QStringLiteral(" AND CONVERT(%1 USING utf8mb4) NOT REGEXP "
                                                                 "'[[:cntrl:]]' AND CONVERT(%1 USING utf8mb4) NOT LIKE "
                                                                 "'0x%'")
                                                      .arg(column))
                          : cell(column, type);
}

QString MysqlDialect::asText(const QString &expression) const
{
    return QStringLiteral("CAST(%1 AS CHAR CHARACTER SET utf8mb4)").arg(expression);
}

QString MysqlDialect::typed(const QString &placeholder, const QString &type) const
{
    if (isInteger(type))
        return QStringLiteral("CAST(%1 AS %2)")
            .arg(placeholder,
                 type.contains(QStringLiteral("unsigned")) ? QStringLiteral("UNSIGNED") : QStringLiteral("SIGNED"));
    if (isBinary(type))
        return QStringLiteral("CASE WHEN %1 LIKE '0x%' THEN UNHEX(SUBSTR(%1, 3)) ELSE CAST(%1 AS BINARY) END")
            .arg(placeholder);
    // With the column's own collation said, an index on it serves, and nothing is an "illegal mix of collations".
    if (const QString collation = collationOf(type); isText(type) && !collation.isEmpty())
        return QStringLiteral("(CONVERT(%1 USING %2) COLLATE %3)")
            .arg(placeholder, collation.section(QLatin1Char('_'), 0, 0), collation);
    return placeholder;
}

bool MysqlDialect::accepts(const QString &type, const QString &value) const
{
    bool ok = false;
    if (isInteger(type)) {
        // Compared with an integer column, "12abc" would be 12.
        if (type.contains(QStringLiteral("unsigned")))
            value.toULongLong(&ok);
        else
            value.toLongLong(&ok);
        return ok;
    }
    if (isFractional(type)) {
        value.toDouble(&ok);
        return ok;
    }
    if (type == QStringLiteral("uuid"))
        return value.size() == 36 && !QUuid::fromString(value).isNull();
    return true;
}

bool MysqlDialect::comparable(const QString &type, const QString &other) const
{
    return type == other || (isText(type) && isText(other)) || (isInteger(type) && isInteger(other)) ||
           (isBinary(type) && isBinary(other));
}

QString MysqlDialect::equal(const QString &left, const QString &leftType, const QString &right,
                            const QString &rightType) const
{
    // Columns of two collations do not compare until one gives way; the right one does, so that an index on the left
    // serves the look-up.
    const bool collationsDiffer = isText(leftType) && isText(rightType) && leftType != rightType;
    return collationsDiffer ? QStringLiteral("%1 = %2").arg(left, typed(right, leftType))
                            : SqlDialect::equal(left, leftType, right, rightType);
}

QString MysqlDialect::matches(const QString &column, const QString &value, const QString &type) const
{
    // Most collations take "A" for "a", "é" for "e" and "a " for "a". The first condition finds the row by the index,
    // the second sees whether it is the one. A literal of bytes is a text like others, as it is to an adapter.
    const QString found = QStringLiteral("%1 = %2").arg(
        column, isBinary(type) ? QStringLiteral("CAST(%1 AS BINARY)").arg(value) : typed(value, type));
    if (!isText(type))
        return found;
    return QStringLiteral("(%1 AND CAST(CONVERT(%2 USING utf8mb4) AS BINARY) = CAST(CONVERT(%3 USING utf8mb4) AS "
                          "BINARY))")
        .arg(found, column, value);
}

QString MysqlDialect::matchesId(const QString &column, const QString &value, const QString &type) const
{
    return isBinary(type) ? QStringLiteral("%1 = %2").arg(column, typed(value, type)) : matches(column, value, type);
}

QString MysqlDialect::matchesRead(const QString &column, const QString &value, const QString &type) const
{
    // tokenText() gave a text, or the literal of what is none.
    return isBinary(type) ? QStringLiteral("%1 IN (CAST(%2 AS BINARY), %3)").arg(column, value, typed(value, type))
                          : matches(column, value, type);
}

QString MysqlDialect::isOneOfTokens(const QString &column, std::span<const QByteArrayView> values, const QString &type,
                                    SqlParams &params) const
{
    if (!isBinary(type))
        return isOneOfRead(column, values, type, params);
    QStringList any;
    for (const QByteArrayView value : values)
        any << matchesRead(column, params.add(value), type);
    return any.isEmpty() ? QStringLiteral("FALSE") : any.join(QStringLiteral(" OR "));
}

QString MysqlDialect::sha256Hex(const QString &expression) const
{
    return QStringLiteral("SHA2(CONVERT(%1 USING utf8mb4), 256)").arg(expression);
}

QString MysqlDialect::contains(const QString &expression, const QString &needle, SqlParams &params) const
{
    const QString folded = QStringLiteral("LOWER(CONVERT(%1 USING utf8mb4) COLLATE utf8mb4_bin)");
    return QStringLiteral("LOCATE(%1, %2) > 0").arg(folded.arg(params.add(needle)), folded.arg(expression));
}

QString MysqlDialect::listRows(const QString &placeholder) const
{
    return QStringLiteral("(SELECT j.token, j.place - 1 AS n FROM JSON_TABLE(%1, '$[*]' COLUMNS "
                          "(place FOR ORDINALITY, token TEXT CHARACTER SET utf8mb4 PATH '$')) j) t")
        .arg(placeholder);
}

QByteArray MysqlDialect::listValue(std::span<const QByteArrayView> texts) const
{
    return quotedList(texts, '[', ']', true); // JSON
}

QString MysqlDialect::same(const QString &left, const QString &right) const
{
    return QStringLiteral("%1 <=> %2").arg(left, right);
}

InstantSql MysqlDialect::instant(const QString &column, const QString &type, ExpiresEncoding encoding,
                                 const QTimeZone &zone, SqlParams &) const
{
    // Our ISO texts have T and Z, which strict mode takes for a wrong DATETIME when rows are changed.
    const QString asTime = QStringLiteral("CAST(REPLACE(REPLACE(%1, 'T', ' '), 'Z', '') AS DATETIME(6))");
    // "0000-00-00" and "2026-00-15", which servers take that are not strict.
    const QString noZeroDate = QStringLiteral(" AND MONTH(%1) > 0 AND DAY(%1) > 0").arg(column);
    switch (encoding) {
    case ExpiresEncoding::Timestamptz: // a TIMESTAMP, which the connection's time zone shows in UTC
        return {column, asTime, encoding, noZeroDate};
    case ExpiresEncoding::TimestampNaive:
        if (zone == QTimeZone::utc()) // the bare column, which an index can serve
            return {column, asTime, encoding, noZeroDate};
        return {QStringLiteral("(%1 - INTERVAL (%2) SECOND)").arg(column, zoneOffsetSql(column, zone)), asTime,
                encoding};
    case ExpiresEncoding::EpochSeconds:
    case ExpiresEncoding::EpochMilliseconds:
    case ExpiresEncoding::EpochMicroseconds:
        if (isInteger(type))
            return {column, QStringLiteral("CAST(%1 AS SIGNED)"), encoding};
        if (baseType(type) == QStringLiteral("decimal"))
            return {column, QStringLiteral("CAST(%1 AS DECIMAL(65, 10))"), encoding};
        // The text of a FLOAT has fewer digits than its value, that of a DOUBLE has them all.
        return {baseType(type) == QStringLiteral("float") ? QStringLiteral("(%1 + 0e0)").arg(column) : column,
                QStringLiteral("(%1 + 0e0)"), encoding};
    case ExpiresEncoding::TextIso:
    case ExpiresEncoding::TextEpochMilliseconds:
    case ExpiresEncoding::Mixed:
        break;
    }
    return {parsedMicrosecondsSql(isText(type) ? column : asText(column), zone), QStringLiteral("CAST(%1 AS SIGNED)"),
            ExpiresEncoding::EpochMicroseconds};
}

QString MysqlDialect::instantValue(base::Instant value, const QString &, ExpiresEncoding encoding,
                                   const QTimeZone &zone, SqlParams &params) const
{
    switch (encoding) {
    case ExpiresEncoding::Timestamptz:
        return params.add(wallClock(value, QTimeZone::utc()));
    case ExpiresEncoding::TimestampNaive:
        return params.add(wallClock(value, zone));
    case ExpiresEncoding::EpochSeconds:
    case ExpiresEncoding::EpochMilliseconds:
    case ExpiresEncoding::EpochMicroseconds:
    case ExpiresEncoding::TextEpochMilliseconds:
        return params.add(epochRoundedUp(value, encoding));
    case ExpiresEncoding::TextIso:
    case ExpiresEncoding::Mixed:
        break;
    }
    return params.add(base::toIso(value));
}

ExpiresEncoding MysqlDialect::encodingOfType(const QString &type) const
{
    const QString base = baseType(type);
    if (base == QStringLiteral("timestamp"))
        return ExpiresEncoding::Timestamptz;
    if (base == QStringLiteral("datetime") || base == QStringLiteral("date"))
        return ExpiresEncoding::TimestampNaive;
    return ExpiresEncoding::Mixed;
}

QString MysqlDialect::serverClock() const
{
    return QStringLiteral("CAST(UTC_TIMESTAMP(6) AS CHAR)");
}

QString MysqlDialect::shown(const QString &sql) const
{
    return withBackQuotes(sql);
}

} // namespace rollcall::store
