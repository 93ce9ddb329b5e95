#include "core/store/sql/SqlDialect.h"

#include "core/store/sql/MysqlDialect.h"
#include "core/store/sql/PostgresDialect.h"
#include "core/store/sql/SqliteDialect.h"

namespace rollcall::store {

namespace {

bool isEpoch(ExpiresEncoding encoding)
{
    return encoding == ExpiresEncoding::EpochSeconds || encoding == ExpiresEncoding::EpochMilliseconds ||
           encoding == ExpiresEncoding::EpochMicroseconds;
}

} // namespace

QString InstantSql::bind(SqlParams &params, base::Instant instant) const
{
    if (form) {
        const auto bound = form->notBefore(std::chrono::microseconds(instant.time_since_epoch()).count());
        return cast.arg(params.add(QByteArrayView(bound.value_or(QByteArray()))));
    }
    if (isEpoch(encoding))
        return cast.arg(params.add(epochRoundedUp(instant, encoding)));
    return cast.arg(params.add(base::toIso(instant)));
}

QString InstantSql::bindText(SqlParams &params, QByteArrayView text) const
{
    if (form)
        return cast.arg(params.add(QByteArrayView(form->exactly(text.toLongLong()).value_or(QByteArray()))));
    return cast.arg(params.add(text));
}

StoredInstant InstantSql::decode(QByteArrayView text) const
{
    static const QTimeZone utc = QTimeZone::utc(); // to make one takes a lock
    if (!isEpoch(encoding))
        return readInstant(text, utc);
    bool ok = false;
    const qint64 value = text.toLongLong(&ok);
    if (ok)
        return readEpoch(value, encoding);
    // numeric and double columns may hold fractions
    const double fractional = text.toDouble(&ok);
    constexpr double limit = 9e15;
    if (!ok || !(fractional > -limit && fractional < limit))
        return {};
    const double unit = encoding == ExpiresEncoding::EpochSeconds        ? 1e6
                        : encoding == ExpiresEncoding::EpochMilliseconds ? 1e3
                                                                         : 1;
    return readEpoch(qRound64(fractional * unit), ExpiresEncoding::EpochMicroseconds);
}

QString SqlDialect::quoted(const QString &name)
{
    QString text = name;
    text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + text + QLatin1Char('"');
}

QString SqlDialect::tableName(const QString &schema, const QString &table)
{
    return schema.isEmpty() ? quoted(table) : quoted(schema) + QLatin1Char('.') + quoted(table);
}

QString SqlDialect::tokenText(const QString &column, const QString &) const
{
    return column;
}

QString SqlDialect::equal(const QString &left, const QString &leftType, const QString &right,
                          const QString &rightType) const
{
    const bool direct = comparable(leftType, rightType);
    return QStringLiteral("%1 = %2").arg(direct ? left : asText(left), direct ? right : asText(right));
}

QString SqlDialect::matches(const QString &column, const QString &value, const QString &type) const
{
    return QStringLiteral("%1 = %2").arg(column, typed(value, type));
}

QString SqlDialect::isOneOf(const QString &column, std::span<const QByteArrayView> values, const QString &type,
                            SqlParams &params) const
{
    QStringList placeholders;
    for (const QByteArrayView value : values)
        placeholders << typed(params.add(value), type);
    return values.empty() ? QStringLiteral("FALSE")
                          : QStringLiteral("%1 IN (%2)").arg(column, placeholders.join(QStringLiteral(", ")));
}

QString SqlDialect::isOneOfTexts(const QString &column, const QStringList &values, const QString &type,
                                 SqlParams &params) const
{
    std::vector<QByteArray> texts;
    for (const QString &value : values)
        texts.push_back(value.toUtf8());
    return isOneOf(column, std::vector<QByteArrayView>(texts.begin(), texts.end()), type, params);
}

QByteArray quotedList(std::span<const QByteArrayView> texts, char open, char close, bool json)
{
    static constexpr char digits[] = "0123456789abcdef";
    qsizetype most = 2;
    for (const QByteArrayView text : texts)
        most += 3 + text.size() * (json ? 6 : 2);
    // Written in place: growing would leave copies of tokens behind.
    QByteArray list(most, Qt::Uninitialized);
    char *at = list.data();
    *at++ = open;
    for (const QByteArrayView &text : texts) {
        if (&text != texts.data())
            *at++ = ',';
        *at++ = '"';
        for (const char c : text) {
            if (json && c >= 0 && c < ' ') {
                at = std::copy_n("\\u00", 4, at);
                *at++ = digits[c >> 4];
                *at++ = digits[c & 15];
                continue;
            }
            if (c == '"' || c == '\\')
                *at++ = '\\';
            *at++ = c;
        }
        *at++ = '"';
    }
    *at++ = close;
    list.truncate(at - list.data());
    return list;
}

const SqlDialect &dialectFor(DatabaseKind kind)
{
    static const PostgresDialect postgres;
    static const MysqlDialect mysql;
    static const SqliteDialect sqlite;
    switch (kind) {
    case DatabaseKind::PostgreSql:
        return postgres;
    case DatabaseKind::MySql:
        return mysql;
    case DatabaseKind::Sqlite:
        return sqlite;
    case DatabaseKind::Redis:
        break; // it is asked in commands, not in SQL
    }
    return postgres;
}

} // namespace rollcall::store
