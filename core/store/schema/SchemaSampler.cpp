#include "core/store/schema/SchemaSampler.h"

#include <QRegularExpression>
#include <QSet>

#include <array>

#include "core/store/inspect/InspectionDialect.h"
#include "core/store/schema/ExpiresCodec.h"
#include "core/store/sql/SqlDialect.h"

using rollcall::base::ErrorCode;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

constexpr int sampleRows = 200;
constexpr int shortestToken = 16;
constexpr std::chrono::milliseconds hintBudget(2000);

struct Sample
{
    int rows = 0, tokens = 0, shortTokens = 0, readable = 0, plausible = 0, withUser = 0, withUserId = 0;
    QSet<QByteArray> digests;
    QSet<int> encodings;
    bool zoneless = false;
};

bool isNumberType(const QString &type)
{
    static const QRegularExpression number(QStringLiteral("^(.*int(eger)?|numeric|decimal|double|real|float)\\b"),
                                           QRegularExpression::CaseInsensitiveOption);
    return number.match(type).hasMatch();
}

bool isPlausible(const StoredInstant &instant)
{
    using namespace std::chrono;
    if (instant.kind != StoredInstant::Kind::Finite)
        return instant.kind != StoredInstant::Kind::Unreadable;
    const auto at = instant.instant();
    return at && *at >= sys_days(year(2015) / January / 1) && *at < sys_days(year(2100) / January / 1);
}

/// The digits of a number before its point, whichever way it is written: numeric(15,2) and REAL hold epochs as well.
QByteArray wholeDigits(QByteArrayView number)
{
    bool ok = false;
    const double value = number.toDouble(&ok);
    constexpr double limit = 9e18;
    return ok && value > -limit && value < limit ? QByteArray::number(static_cast<qint64>(value)) : QByteArray();
}

void addRow(Sample &sample, const SqlRow &row, ExpiresEncoding ofType, const QTimeZone &zone)
{
    ++sample.rows;
    if (!row.isNull(0)) { // a row without one is odd, and says nothing of the others
        ++sample.tokens;
        sample.shortTokens += row.integer(0) < shortestToken ? 1 : 0;
        sample.digests.insert(row.bytes(1).toByteArray());
    }
    const QByteArray digits = row.flag(3) ? wholeDigits(row.bytes(2)) : QByteArray();
    const QByteArrayView expires = digits.isEmpty() ? row.bytes(2) : QByteArrayView(digits);
    const StoredInstant instant = readInstant(expires, zone);
    sample.readable += instant.kind == StoredInstant::Kind::Unreadable ? 0 : 1;
    sample.plausible += isPlausible(instant) ? 1 : 0;
    if (const auto encoding = encodingOf(expires, row.flag(3)))
        sample.encodings.insert(static_cast<int>(*encoding));
    sample.zoneless = sample.zoneless || ofType == ExpiresEncoding::TimestampNaive ||
                      (ofType == ExpiresEncoding::Mixed && namesNoZone(expires));
    sample.withUserId += row.flag(4) ? 1 : 0;
    sample.withUser += row.flag(5) ? 1 : 0;
}

SqlStatement sampleStatement(const SqlDialect &dialect, DatabaseKind kind, const QString &tokenType,
                             const SchemaProfile &profile)
{
    const auto column = [](const QString &name) -> QString { return QStringLiteral("s.") + SqlDialect::quoted(name); };
    const auto &sessions = profile.sessions;
    // A column's declared type means nothing in SQLite alone.
    const QString isNumber = kind == DatabaseKind::Sqlite
                                 ? QStringLiteral("typeof(%1) IN ('integer', 'real')").arg(column(sessions.expires))
                                 : QString::number(isNumberType(sessions.expiresType) ? 1 : 0);
    const QString token = dialect.tokenText(column(sessions.token), tokenType);
    QString hasUser = QStringLiteral("0");
    if (profile.users) {
        const QString id = QStringLiteral("u.") + SqlDialect::quoted(profile.users->id);
        const QString userId = column(sessions.userId);
        hasUser = QStringLiteral("CASE WHEN EXISTS (SELECT 1 FROM %1 u WHERE %2) THEN 1 ELSE 0 END")
                      .arg(SqlDialect::tableName(profile.users->schema, profile.users->table),
                           dialect.equal(id, profile.users->idType, userId, sessions.userIdType));
    }
    return {.sql = QStringLiteral("SELECT length(%1), %2, %3, %4, CASE WHEN %5 IS NULL THEN 0 ELSE 1 END, %6 FROM %7 s "
                                  "LIMIT %8")
                       .arg(dialect.asText(token), dialect.sha256Hex(token), dialect.asText(column(sessions.expires)),
                            isNumber, column(sessions.userId), hasUser,
                            SqlDialect::tableName(sessions.schema, sessions.table), QString::number(sampleRows))};
}

ExpiresEncoding encodingFor(const Sample &sample, ExpiresEncoding ofType, const QString &type)
{
    if (ofType != ExpiresEncoding::Mixed)
        return ofType;
    const auto encodings = sample.encodings.values();
    if (encodings.size() == 1)
        return static_cast<ExpiresEncoding>(encodings.constFirst());
    if (encodings.size() > 1)
        return ExpiresEncoding::Mixed;
    // Nothing to go by but the declared type: JavaScript's unit for numbers, ISO for the rest.
    return isNumberType(type) ? ExpiresEncoding::EpochMilliseconds : ExpiresEncoding::TextIso;
}

/// Where the newest expiry lies a whole number of hours off now + 30 or 7 days, the zone is probably not UTC.
Result<QString> zoneHint(SqlConnection &connection, const SqlDialect &dialect, const SchemaProfile &profile,
                         const QTimeZone &zone, const base::Call &call)
{
    using namespace std::chrono;
    SqlStatement statement;
    const InstantSql expires =
        dialect.instant(SqlDialect::quoted(profile.sessions.expires), profile.sessions.expiresType,
                        profile.sessions.encoding, zone, statement.params);
    statement.sql = QStringLiteral("SELECT %1 FROM %2")
                        .arg(dialect.asText(QStringLiteral("max(%1)").arg(expires.order)),
                             SqlDialect::tableName(profile.sessions.schema, profile.sessions.table));
    std::optional<base::Instant> newest;
    const auto read = connection.read(
        statement, [&](const SqlRow &row) { newest = expires.decode(row.bytes(0)).instant(); },
        call.atMost(hintBudget));
    if (!read && read.error().code != ErrorCode::Timeout) // a hint is not worth a long wait, and none is fine
        return fail(read.error());
    if (!newest)
        return QString();
    static constexpr std::array<seconds, 2> lifetimes{hours(24 * 30), hours(24 * 7)};
    if (const auto off = zoneOffsetHint(*newest, floor<milliseconds>(system_clock::now()), lifetimes))
        return QStringLiteral(" The newest expiry lies %1 h off what the clock suggests: the zone is probably another.")
            .arg(off->count());
    return QString();
}

void addIndexWarnings(SchemaProfile &profile, const TableInfo &table, DatabaseKind kind)
{
    const auto &sessions = profile.sessions;
    const QString name =
        SqlDialect::tableName(kind == DatabaseKind::Sqlite ? QString() : sessions.schema, sessions.table);
    if (!table.isUnique(sessions.token))
        profile.warnings << QStringLiteral("Column %1 of %2 is not unique: one token can stand in several rows.")
                                .arg(SqlDialect::quoted(sessions.token), name);
    const auto missing = [&](bool present, const QString &column, const QString &cost) {
        if (present)
            return;
        const QString index = inspectionFor(kind).createIndex(table, *table.column(column), false);
        const QString remedy = index.isEmpty() ? QString() : QStringLiteral(" To add one: ") + index;
        profile.warnings
            << QStringLiteral("No index leads with %1, so %2.%3").arg(SqlDialect::quoted(column), cost, remedy);
    };
    missing(profile.indexes.token, sessions.token,
            QStringLiteral("every request of the application reads the whole table"));
    missing(profile.indexes.userId, sessions.userId,
            QStringLiteral("finding one user's sessions reads the whole table"));
    missing(profile.indexes.expires, sessions.expires, QStringLiteral("sorting by expiry reads the whole table"));
}

} // namespace

Result<bool> confirmWithData(SqlConnection &connection, DatabaseKind kind, const TableInfo &table,
                             const QTimeZone &zone, SchemaProfile &profile, const base::Call &call)
{
    const SqlDialect &dialect = dialectFor(kind);
    auto &sessions = profile.sessions;
    sessions.userIdType = table.typeOf(sessions.userId);
    const ExpiresEncoding ofType = dialect.encodingOfType(sessions.expiresType);
    Sample sample;
    const auto read = connection.read(
        sampleStatement(dialect, kind, table.typeOf(sessions.token), profile),
        [&](const SqlRow &row) { addRow(sample, row, ofType, zone); }, call);
    if (!read)
        return fail(read.error());
    sessions.encoding = encodingFor(sample, ofType, sessions.expiresType);
    addIndexWarnings(profile, table, kind);
    if (sample.zoneless) {
        const auto hint = zoneHint(connection, dialect, profile, zone, call);
        if (!hint)
            return fail(hint.error());
        profile.warnings << QStringLiteral(
                                "Column %1 holds times without a zone; they are read as %2. Say --timezone where "
                                "the application writes another.%3")
                                .arg(SqlDialect::quoted(sessions.expires), QString::fromUtf8(zone.id()), *hint);
    }
    const bool isMysqlTimestamp = kind == DatabaseKind::MySql && ofType == ExpiresEncoding::Timestamptz;
    if (isMysqlTimestamp) {
        // mysql2 sends its process's wall clock, which the server takes for a time in the session's zone.
        const auto hint = zoneHint(connection, dialect, profile, zone, call);
        if (!hint)
            return fail(hint.error());
        profile.warnings << QStringLiteral("Column %1 is a TIMESTAMP: it holds the right instant only where the "
                                           "application writes in the zone of its database session.%2")
                                .arg(SqlDialect::quoted(sessions.expires), *hint);
    }
    if (profile.adapter == QStringLiteral("better-auth"))
        profile.warnings << QStringLiteral("Better Auth can keep sessions in a secondary storage or a cookie cache as "
                                           "well: deleting a row alone does not end those.");
    if (sample.rows == 0) {
        profile.warnings << QStringLiteral("The sessions table is empty: with the JWT strategy it stays so.");
        return true;
    }
    const bool tokensFit = sample.tokens * 2 >= sample.rows && sample.shortTokens == 0 &&
                           (sample.digests.size() == sample.tokens || !table.isUnique(sessions.token));
    const bool timesFit = sample.plausible * 2 >= sample.rows;
    const bool usersFit = !profile.users || sample.withUser * 2 >= sample.withUserId;
    if (!tokensFit)
        profile.warnings
            << QStringLiteral("Values of %1 do not look like session tokens.").arg(SqlDialect::quoted(sessions.token));
    if (!timesFit)
        profile.warnings
            << QStringLiteral("Values of %1 do not look like expiry times.").arg(SqlDialect::quoted(sessions.expires));
    if (!usersFit)
        profile.warnings << QStringLiteral("Most sessions' users are not in the users table.");
    return tokensFit && timesFit && usersFit;
}

} // namespace rollcall::store
