#include "core/store/sql/PostgresDialect.h"

#include <QUuid>

#include <algorithm>
#include <cctype>

namespace rollcall::store {

namespace {

bool isInteger(const QString &type)
{
    return type == QStringLiteral("integer") || type == QStringLiteral("bigint") || type == QStringLiteral("smallint");
}

bool isFractional(const QString &type)
{
    return type == QStringLiteral("numeric") || type == QStringLiteral("double precision") ||
           type == QStringLiteral("real");
}

bool isText(const QString &type)
{
    return type == QStringLiteral("text") || type == QStringLiteral("character varying") ||
           type == QStringLiteral("bpchar");
}

/// Whether accepts() tells what the server takes for a value. Any text may be refused by other types (enumerations,
/// those of extensions), and a statement with it: their columns are compared as text.
bool isKnown(const QString &type)
{
    return isInteger(type) || isFractional(type) || isText(type) || type == QStringLiteral("uuid") ||
           type == QStringLiteral("bytea") || type == QStringLiteral("citext") ||
           type.endsWith(QStringLiteral(".citext"));
}

/// ISO text or digits as timestamptz, NULL where it is neither. Nothing in it can raise an error, whatever stands in
/// the column: the parts are cut out by position after a strict match and added up as intervals.
QString parsedText(const QString &column, const QString &zone)
{
    static const QString form = QStringLiteral(
        "(CASE "
        "WHEN %1 ~ '^[0-9]{9,18}$' THEN timestamptz 'epoch' + CASE "
        "WHEN %1::bigint >= 100000000000000 THEN interval '1 microsecond' "
        "WHEN %1::bigint >= 100000000000 THEN interval '1 millisecond' ELSE interval '1 second' END * %1::bigint "
        "WHEN %1 ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9]"
        "(:[0-5][0-9](\\.[0-9]{1,9})?)?( ?(Z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?))?)?$' "
        "THEN (timestamp '0001-01-01' + make_interval(years => left(%1, 4)::int - 1, "
        "months => substr(%1, 6, 2)::int - 1, days => substr(%1, 9, 2)::int - 1, "
        "hours => coalesce(nullif(substr(%1, 12, 2), ''), '0')::int, "
        "mins => coalesce(nullif(substr(%1, 15, 2), ''), '0')::int, "
        "secs => coalesce(substring(%1 from '^.{16}:([0-9]{2}(?:\\.[0-9]{1,6})?)'), '0')::double precision) "
        "- make_interval(mins => coalesce((substring(%1 from '^.{16}.*([+-])[0-9:]+$') || '1')::int * "
        "(substring(%1 from '^.{16}.*[+-]([0-9]{2}):?[0-9]*$')::int * 60 + "
        "coalesce(nullif(substring(%1 from '^.{16}.*[+-][0-9]{2}:?([0-9]*)$'), ''), '0')::int), 0))) "
        "AT TIME ZONE CASE WHEN %1 ~ '(Z|:[0-9.]+ ?[+-][0-9:]+)$' THEN 'UTC' ELSE %2 END END)");
    return form.arg(column, zone);
}

} // namespace

QString PostgresDialect::plannedWith(const QString &value, SqlParams &) const
{
    // Of a bound value a plan that is kept knows nothing. Hex digits are all of it that comes into the statement.
    return QStringLiteral("convert_from(decode('%1', 'hex'), 'UTF8')").arg(QLatin1StringView(value.toUtf8().toHex()));
}

QString PostgresDialect::textOfAll(const QStringList &texts) const
{
    return asText(QStringLiteral("ARRAY[%1]").arg(texts.join(QStringLiteral(", "))));
}

bool PostgresDialect::nullsAreLargest() const
{
    return true;
}

QString PostgresDialect::cell(const QString &column, const QString &type) const
{
    // Their output is their text already; bpchar's has blanks at its end, a boolean's is "t".
    const bool isItsText = isInteger(type) || type == QStringLiteral("text") ||
                           type == QStringLiteral("character varying") || type == QStringLiteral("uuid") ||
                           type.startsWith(QStringLiteral("timestamp"));
    return isItsText ? column : asText(column);
}

QString PostgresDialect::tokenText(const QString &column, const QString &type) const
{
    // The bytes of a token, not their digits. What is no ASCII comes as \ooo: that reads back as the same bytea, too.
    return type == QStringLiteral("bytea") ? QStringLiteral("encode(%1, 'escape')").arg(column) : column;
}

QString PostgresDialect::asText(const QString &expression) const
{
    return QStringLiteral("(%1)::text").arg(expression);
}

QString PostgresDialect::typed(const QString &placeholder, const QString &type) const
{
    // The type is the server's own spelling of it (format_type), quoted where need be.
    return type.isEmpty() ? placeholder : placeholder + QStringLiteral("::") + type;
}

bool PostgresDialect::accepts(const QString &type, const QString &value) const
{
    if (isInteger(type)) {
        bool ok = false;
        const qint64 number = value.toLongLong(&ok);
        const qint64 limit = type == QStringLiteral("integer")    ? INT32_MAX
                             : type == QStringLiteral("smallint") ? INT16_MAX
                                                                  : INT64_MAX;
        return ok && number <= limit && number >= -limit;
    }
    if (type == QStringLiteral("uuid"))
        return value.size() == 36 && !QUuid::fromString(value).isNull();
    if (isFractional(type)) {
        bool ok = false;
        value.toDouble(&ok);
        return ok;
    }
    if (type == QStringLiteral("bytea")) // what stands for its own bytes in a bytea's text form
        return std::ranges::none_of(value, [](QChar c) { return c.unicode() > 0x7f || c == QLatin1Char('\\'); });
    return true;
}

bool PostgresDialect::acceptsId(const QString &type, const QString &value) const
{
    // As the server itself shows a bytea.
    const bool isLiteral = type == QStringLiteral("bytea") && value.startsWith(QStringLiteral("\\x"));
    if (!isLiteral)
        return accepts(type, value);
    const QStringView digits = QStringView(value).sliced(2);
    return digits.size() % 2 == 0 && std::ranges::all_of(digits, [](QChar c) {
               return c.unicode() < 0x80 && std::isxdigit(static_cast<unsigned char>(c.toLatin1())) != 0;
           });
}

bool PostgresDialect::comparable(const QString &type, const QString &other) const
{
    return type == other || (isText(type) && isText(other)) || (isInteger(type) && isInteger(other));
}

QString PostgresDialect::matches(const QString &column, const QString &value, const QString &type) const
{
    return isKnown(type) ? SqlDialect::matches(column, value, type)
                         : QStringLiteral("%1 = %2::text").arg(asText(column), value);
}

QString PostgresDialect::matchesId(const QString &column, const QString &value, const QString &type) const
{
    // What was read of such a column is one of its values, whatever its type: the bare column, which an index can
    // serve.
    return SqlDialect::matches(column, value, type);
}

QString PostgresDialect::matchesRead(const QString &column, const QString &value, const QString &type) const
{
    return SqlDialect::matches(column, value, type);
}

QString PostgresDialect::isOneOf(const QString &column, std::span<const QByteArrayView> values, const QString &type,
                                 SqlParams &params) const
{
    return isKnown(type) ? isOneOfRead(column, values, type, params)
                         : isOneOfRead(asText(column), values, QStringLiteral("text"), params);
}

QString PostgresDialect::isOneOfRead(const QString &column, std::span<const QByteArrayView> values, const QString &type,
                                     SqlParams &params) const
{
    // One parameter, however many values: the statement's text stays the same, and is read and planned faster.
    const QString array = typed(params.add(QByteArrayView(listValue(values))), type);
    return QStringLiteral("%1 = ANY (%2[])").arg(column, array);
}

QString PostgresDialect::sha256Hex(const QString &expression) const
{
    return QStringLiteral("encode(sha256(convert_to((%1)::text, 'UTF8')), 'hex')").arg(expression);
}

QString PostgresDialect::contains(const QString &expression, const QString &needle, SqlParams &params) const
{
    QString pattern = needle;
    pattern.replace(QLatin1Char('\\'), QStringLiteral("\\\\"));
    pattern.replace(QLatin1Char('%'), QStringLiteral("\\%"));
    pattern.replace(QLatin1Char('_'), QStringLiteral("\\_"));
    return QStringLiteral("(%1)::text ILIKE %2::text").arg(expression, params.add(QStringLiteral("%%1%").arg(pattern)));
}

QString PostgresDialect::listRows(const QString &placeholder) const
{
    return QStringLiteral(
               "(SELECT o.token, o.place - 1 AS n FROM unnest(%1::text[]) WITH ORDINALITY o(token, place)) t")
        .arg(placeholder);
}

QByteArray PostgresDialect::listValue(std::span<const QByteArrayView> texts) const
{
    return quotedList(texts, '{', '}', false);
}

QString PostgresDialect::same(const QString &left, const QString &right) const
{
    return QStringLiteral("%1 IS NOT DISTINCT FROM %2").arg(left, right);
}

InstantSql PostgresDialect::instant(const QString &column, const QString &type, ExpiresEncoding encoding,
                                    const QTimeZone &zone, SqlParams &params) const
{
    const QString absolute = QStringLiteral("%1::timestamptz");
    switch (encoding) {
    case ExpiresEncoding::Timestamptz:
        return {column, absolute, encoding};
    case ExpiresEncoding::TimestampNaive:
        if (zone == QTimeZone::utc()) // the bare column, which an index can serve
            return {column, QStringLiteral("%1::timestamp"), encoding};
        return {QStringLiteral("(%1 AT TIME ZONE %2::text)").arg(column, params.add(QByteArrayView(zone.id()))),
                absolute, encoding};
    case ExpiresEncoding::EpochSeconds:
    case ExpiresEncoding::EpochMilliseconds:
    case ExpiresEncoding::EpochMicroseconds:
        if (isInteger(type))
            return {column, QStringLiteral("%1::bigint"), encoding};
        return {column, QStringLiteral("%1::numeric"), encoding, QStringLiteral(" AND %1 <> 'NaN'").arg(column)};
    case ExpiresEncoding::TextIso:
    case ExpiresEncoding::TextEpochMilliseconds:
    case ExpiresEncoding::Mixed:
        break;
    }
    const bool isPadded = type == QStringLiteral("bpchar"); // a pattern sees the blanks at its end
    const QString text = isText(type) && !isPadded ? column : asText(column);
    return {parsedText(text, params.add(QByteArrayView(zone.id())) + QStringLiteral("::text")), absolute, encoding};
}

QString PostgresDialect::instantValue(base::Instant value, const QString &, ExpiresEncoding encoding,
                                      const QTimeZone &zone, SqlParams &params) const
{
    switch (encoding) {
    case ExpiresEncoding::Timestamptz:
        return params.add(base::toIso(value)) + QStringLiteral("::timestamptz");
    case ExpiresEncoding::TimestampNaive:
        return QStringLiteral("(%1::timestamptz AT TIME ZONE %2::text)")
            .arg(params.add(base::toIso(value)), params.add(QByteArrayView(zone.id())));
    case ExpiresEncoding::EpochSeconds:
    case ExpiresEncoding::EpochMilliseconds:
    case ExpiresEncoding::EpochMicroseconds:
        return params.add(epochRoundedUp(value, encoding)) + QStringLiteral("::bigint");
    case ExpiresEncoding::TextEpochMilliseconds:
        return params.add(epochRoundedUp(value, encoding)) + QStringLiteral("::text");
    case ExpiresEncoding::TextIso:
    case ExpiresEncoding::Mixed:
        break;
    }
    return params.add(base::toIso(value)) + QStringLiteral("::text");
}

ExpiresEncoding PostgresDialect::encodingOfType(const QString &type) const
{
    if (type == QStringLiteral("timestamp with time zone"))
        return ExpiresEncoding::Timestamptz;
    if (type == QStringLiteral("timestamp without time zone") || type == QStringLiteral("date"))
        return ExpiresEncoding::TimestampNaive;
    return ExpiresEncoding::Mixed;
}

QString PostgresDialect::serverClock() const
{
    return QStringLiteral("clock_timestamp()::text");
}

} // namespace rollcall::store
