#include "core/store/sql/SqliteDialect.h"

#include <QRegularExpression>

#include <algorithm>

namespace rollcall::store {

namespace {

/// Whether values are stored in a column of @p type as they come, numbers beside texts of the same digits; other
/// columns make one of both, and bytes alone are something else. Source: sqlite.org/datatype3.html §3.1.
bool keepsKinds(const QString &type)
{
    const QString upper = type.toUpper();
    const auto has = [&upper](const char *word) { return upper.contains(QLatin1StringView(word)); };
    return !has("INT") && !has("CHAR") && !has("CLOB") && !has("TEXT") &&
           (upper.isEmpty() || has("BLOB") || upper == QStringLiteral("ANY"));
}

} // namespace

QString SqliteDialect::textOfAll(const QStringList &texts) const
{
    return QStringLiteral("json_array(%1)").arg(texts.join(QStringLiteral(", ")));
}

bool SqliteDialect::nullsAreLargest() const
{
    return false;
}

QString SqliteDialect::cell(const QString &column, const QString &) const
{
    return column; // cells are read as text, whatever they hold
}

QString SqliteDialect::asText(const QString &expression) const
{
    return QStringLiteral("CAST(%1 AS TEXT)").arg(expression);
}

QString SqliteDialect::typed(const QString &placeholder, const QString &type) const
{
    // A bound text takes on the affinity of the column that it is compared with. Source: sqlite.org/datatype3.html
    // §4.2. Bytes do not: idCell() gives them as literals.
    return keepsKinds(type) ? placeholder : QStringLiteral("rollcall_id(%1)").arg(placeholder);
}

QString SqliteDialect::idCell(const QString &column, const QString &type) const
{
    return QStringLiteral("CASE typeof(%1) WHEN 'blob' THEN 'x''' || lower(hex(%1)) || '''' ELSE %2 END")
        .arg(column, keepsKinds(type) ? asText(column) : column);
}

QString SqliteDialect::idColumn(const QString &column, const QString &type) const
{
    return keepsKinds(type) ? idCell(column, type) : column; // no index serves that
}

QString SqliteDialect::matches(const QString &column, const QString &value, const QString &) const
{
    return QStringLiteral("%1 = %2").arg(column, value);
}

QString SqliteDialect::matchesId(const QString &column, const QString &value, const QString &type) const
{
    return QStringLiteral("%1 = %2").arg(idColumn(column, type), typed(value, type));
}

QString SqliteDialect::matchesRead(const QString &column, const QString &value, const QString &) const
{
    return QStringLiteral("%1 IN (%2, CAST(%2 AS BLOB))").arg(column, value);
}

bool SqliteDialect::accepts(const QString &, const QString &) const
{
    return true;
}

bool SqliteDialect::comparable(const QString &, const QString &) const
{
    return true;
}

QString SqliteDialect::isOneOf(const QString &column, std::span<const QByteArrayView> values, const QString &type,
                               SqlParams &params) const
{
    // A text of JSON ends at its first NUL.
    if (std::ranges::any_of(values, [](QByteArrayView value) { return value.contains('\0'); }))
        return SqlDialect::isOneOf(column, values, type, params);
    // One parameter: of hundreds, SQLite looks each up among all of them by its name.
    const bool holdsBytes = std::ranges::any_of(values, [](QByteArrayView value) { return value.startsWith("x'"); });
    return QStringLiteral("%1 IN (SELECT %2 FROM json_each(%3))")
        .arg(column, holdsBytes ? typed(QStringLiteral("value"), type) : QStringLiteral("value"),
             params.add(QByteArrayView(listValue(values))));
}

QString SqliteDialect::isOneOfTokens(const QString &column, std::span<const QByteArrayView> values, const QString &,
                                     SqlParams &params) const
{
    // JSON ends at a NUL, and holds text alone: what it cannot hold is bound by itself.
    const auto isText = [](QByteArrayView value) { return !value.contains('\0') && value.isValidUtf8(); };
    std::vector<QByteArrayView> texts;
    QStringList others;
    for (const QByteArrayView value : values) {
        if (isText(value)) {
            texts.push_back(value);
        } else {
            const QString bytes = params.add(value);
            others << QStringLiteral("%1, CAST(%1 AS BLOB)").arg(bytes);
        }
    }
    const QString list = params.add(QByteArrayView(listValue(texts)));
    const QString oneOfTexts =
        QStringLiteral(
            "%1 IN (SELECT value FROM json_each(%2) UNION ALL SELECT CAST(value AS BLOB) FROM json_each(%2))")
            .arg(column, list);
    return others.isEmpty()
               ? oneOfTexts
               : QStringLiteral("(%1 OR %2 IN (%3))").arg(oneOfTexts, column, others.join(QStringLiteral(", ")));
}

QString SqliteDialect::sha256Hex(const QString &expression) const
{
    return QStringLiteral("rollcall_sha256(%1)").arg(expression);
}

QString SqliteDialect::contains(const QString &expression, const QString &needle, SqlParams &params) const
{
    return QStringLiteral("rollcall_contains(%1, %2)").arg(expression, params.add(needle));
}

QString SqliteDialect::listRows(const QString &placeholder) const
{
    return QStringLiteral("(SELECT value AS token, key AS n FROM json_each(%1)) t").arg(placeholder);
}

QByteArray SqliteDialect::listValue(std::span<const QByteArrayView> texts) const
{
    return quotedList(texts, '[', ']', true); // JSON
}

QString SqliteDialect::same(const QString &left, const QString &right) const
{
    return QStringLiteral("%1 IS %2").arg(left, right);
}

InstantSql SqliteDialect::instant(const QString &column, const QString &, ExpiresEncoding, const QTimeZone &,
                                  SqlParams &) const
{
    // Any value may stand in any column here, so each is read by itself (in the connection's zone), as microseconds.
    return {QStringLiteral("rollcall_instant(%1)").arg(column), QStringLiteral("CAST(%1 AS INTEGER)"),
            ExpiresEncoding::EpochMicroseconds};
}

QString SqliteDialect::instantValue(base::Instant value, const QString &sample, ExpiresEncoding encoding,
                                    const QTimeZone &, SqlParams &params) const
{
    const bool number = encoding == ExpiresEncoding::EpochSeconds || encoding == ExpiresEncoding::EpochMilliseconds ||
                        encoding == ExpiresEncoding::EpochMicroseconds;
    const QString fallback =
        number ? QStringLiteral("CAST(%1 AS INTEGER)").arg(params.add(epochRoundedUp(value, encoding)))
               : params.add(base::toIso(value));
    if (sample.isEmpty())
        return fallback;
    return QStringLiteral("coalesce(rollcall_write_like(%1, CAST(%2 AS INTEGER)), %3)")
        .arg(sample, params.add(qint64{value.time_since_epoch().count()}), fallback);
}

ExpiresEncoding SqliteDialect::encodingOfType(const QString &) const
{
    return ExpiresEncoding::Mixed; // declared types mean nothing in SQLite
}

QString SqliteDialect::serverClock() const
{
    // No server: the clock of this machine.
    return QStringLiteral("strftime('%Y-%m-%dT%H:%M:%fZ', 'now')");
}

QString SqliteDialect::shown(const QString &sql) const
{
    // Literals of bytes need no function of ours there.
    static const QRegularExpression ofBound(QStringLiteral("rollcall_id\\((\\$[0-9]+|value)\\)"));
    return QString(sql).replace(ofBound, QStringLiteral("\\1"));
}

} // namespace rollcall::store
