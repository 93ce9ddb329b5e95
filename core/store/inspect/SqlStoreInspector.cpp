#include "core/store/inspect/SqlStoreInspector.h"

#include "core/store/AccessRights.h"
#include "core/store/inspect/HistogramSql.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {
constexpr int sampledRows = 200;
}

SqlStoreInspector::SqlStoreInspector(SqlConnection &connection, DatabaseKind kind, const SchemaSql &schema)
    : m_connection(connection),
      m_schema(schema),
      m_inspection(inspectionFor(kind)),
      m_kind(kind),
      m_namesSchemas(kind != DatabaseKind::Sqlite)
{}

bool SqlStoreInspector::tokenIsUnique() const
{
    return m_schema.bound().sessions.isUnique(schema().sessions.token);
}

bool SqlStoreInspector::userIsReferenced() const
{
    return m_schema.bound().sessions.foreignKey(schema().sessions.userId) != nullptr;
}

bool SqlStoreInspector::orderCanUseIndex() const
{
    // SQLite's values are ordered as they are stored where all are of one form, which each page finds out by itself.
    SqlParams unused;
    return m_kind == DatabaseKind::Sqlite ||
           m_schema.expires(unused).order == m_schema.column(schema().sessions.expires);
}

const QString &SqlStoreInspector::nameOf(LookupColumn column) const
{
    const auto &sessions = schema().sessions;
    switch (column) {
    case LookupColumn::Token:
        return sessions.token;
    case LookupColumn::User:
        return sessions.userId;
    case LookupColumn::Expires:
        break;
    }
    return sessions.expires;
}

QString SqlStoreInspector::createIndex(LookupColumn column, bool unique) const
{
    const TableInfo &sessions = m_schema.bound().sessions;
    const ColumnInfo *info = sessions.column(nameOf(column));
    return info ? m_inspection.createIndex(sessions, *info, unique) : QString();
}

QString SqlStoreInspector::createRole(RolePurpose purpose, const QString &role, const RoleRights &rights) const
{
    return m_inspection.createRole(purpose, role, rights, schema());
}

QString SqlStoreInspector::quotedTable(const QString &schema, const QString &table) const
{
    return m_schema.dialect().shown(SqlDialect::tableName(m_namesSchemas ? schema : QString(), table));
}

Result<qint64> SqlStoreInspector::read(const SqlStatement &statement, const RowHandler &onRow, const Call &call)
{
    auto done = m_connection.read(statement, onRow, call);
    if (done || done.error().code != ErrorCode::PermissionDenied)
        return done;
    const NeededRight needed{schema().sessions.schema, schema().sessions.table, QStringLiteral("SELECT")};
    return fail(missingRight(m_connection, std::move(done.error()), {&needed, 1}));
}

std::optional<SqlStatement> SqlStoreInspector::lookup(LookupColumn column) const
{
    SqlStatement statement;
    if (column == LookupColumn::Expires) {
        const InstantSql expires = m_schema.expires(statement.params);
        statement.sql =
            QStringLiteral("SELECT %1 FROM %2 s ORDER BY %1 LIMIT 100").arg(expires.order, m_schema.table());
        return statement;
    }
    const QString type = m_schema.bound().sessions.typeOf(nameOf(column));
    for (const char *value : {"rollcall", "0", "00000000-0000-4000-8000-000000000000"}) {
        const QString text = QString::fromLatin1(value);
        if (!m_schema.dialect().accepts(type, text))
            continue;
        statement.sql = QStringLiteral("SELECT 1 FROM %1 s WHERE %2")
                            .arg(m_schema.table(), m_schema.dialect().matches(m_schema.column(nameOf(column)),
                                                                              statement.params.add(text), type));
        return statement;
    }
    return std::nullopt;
}

Result<LookupPlan> SqlStoreInspector::plan(LookupColumn column, const Call &call)
{
    auto statement = lookup(column);
    if (!statement)
        return fail(Error(ErrorCode::StatementFailed)
                        .with(ErrorParam::Detail, QStringLiteral("no value of the column's type is known to ask for")));
    const auto rows = explain(std::move(*statement), call);
    if (!rows)
        return fail(rows.error());
    return m_inspection.planOf(*rows, schema().sessions.table);
}

Result<std::vector<QByteArrayList>> SqlStoreInspector::explain(SqlStatement select, const Call &call)
{
    select.sql = m_inspection.explained(select.sql);
    std::vector<QByteArrayList> rows;
    const auto done = read(
        select,
        [&rows](const SqlRow &row) {
            QByteArrayList cells;
            for (std::size_t i = 0; i < row.cells.size(); ++i)
                cells << row.bytes(i).toByteArray();
            rows.push_back(std::move(cells));
        },
        call);
    if (!done)
        return fail(done.error());
    return rows;
}

bool SqlStoreInspector::knowsExpiries() const
{
    switch (m_kind) {
    case DatabaseKind::PostgreSql: // of an expression it would guess a third
        return orderCanUseIndex();
    case DatabaseKind::MySql: // of a column without an index it would guess all
        return orderCanUseIndex() && schema().indexes.expires;
    case DatabaseKind::Sqlite:
    case DatabaseKind::Redis:
        break;
    }
    return false;
}

Result<std::optional<qint64>> SqlStoreInspector::estimatedRows(SqlStatement select, const Call &call)
{
    const auto rows = explain(std::move(select), call);
    if (!rows)
        return fail(rows.error());
    return m_inspection.estimatedRows(*rows);
}

Result<TableSize> SqlStoreInspector::size(const Call &call)
{
    TableSize size;
    size.bytesAreOfDatabase = m_inspection.sizeIsOfDatabase();
    const auto done = read(
        m_inspection.size(schema().sessions.schema, schema().sessions.table),
        [&size](const SqlRow &row) {
            if (!row.isNull(0))
                size.rows = row.integer(0);
            size.bytes = row.integer(1);
        },
        call);
    if (!done)
        return fail(done.error());
    return size;
}

Result<std::optional<RoleRights>> SqlStoreInspector::rights(const Call &call)
{
    return m_inspection.rights(m_connection, schema(), call);
}

Result<ExpiryHistogram> SqlStoreInspector::expiries(std::span<const base::Instant> edges, const Call &call)
{
    ExpiryHistogram histogram;
    histogram.buckets.resize(edges.size() + 1);
    const auto done = read(
        histogramStatement(m_schema, edges), [&](const SqlRow &row) { addHistogramRow(m_schema, row, histogram); },
        call);
    if (!done)
        return fail(done.error());
    return histogram;
}

Result<std::optional<ExpiryHistogram>> SqlStoreInspector::estimatedExpiries(std::span<const base::Instant> edges,
                                                                            const Call &call)
{
    if (!knowsExpiries())
        return std::nullopt;
    const auto rowsWhere = [&](const auto &condition) -> Result<std::optional<qint64>> {
        SqlStatement select;
        const InstantSql expires = m_schema.expires(select.params);
        const QString where = condition(expires, select.params);
        select.sql = QStringLiteral("SELECT 1 FROM %1 s WHERE %2").arg(m_schema.table(), where);
        return estimatedRows(std::move(select), call);
    };
    ExpiryHistogram histogram;
    for (std::size_t i = 0; i <= edges.size(); ++i) {
        const auto rows = rowsWhere([&](const InstantSql &expires, SqlParams &params) {
            QStringList all;
            if (i > 0)
                all << QStringLiteral("%1 >= %2").arg(expires.order, expires.bind(params, edges[i - 1]));
            if (i < edges.size())
                all << QStringLiteral("%1 < %2").arg(expires.order, expires.bind(params, edges[i]));
            return all.join(QStringLiteral(" AND "));
        });
        if (!rows)
            return fail(rows.error());
        if (!*rows)
            return std::nullopt;
        histogram.buckets.push_back({**rows, std::nullopt, std::nullopt});
    }
    if (m_schema.bound().sessions.isNeverNull(schema().sessions.expires))
        return histogram;
    const auto absent = rowsWhere(
        [](const InstantSql &expires, SqlParams &) -> QString { return expires.order + QStringLiteral(" IS NULL"); });
    if (!absent)
        return fail(absent.error());
    histogram.absent = absent->value_or(0);
    return histogram;
}

Result<DuplicateTokens> SqlStoreInspector::duplicates(const Call &call)
{
    // By their digests: most of MySQL's collations take "A" for "a".
    const SqlStatement statement{
        .sql = QStringLiteral("SELECT sum(d.n), count(CASE WHEN d.n > 1 THEN 1 END), "
                              "sum(CASE WHEN d.n > 1 THEN d.n ELSE 0 END) FROM (SELECT count(*) AS n "
                              "FROM (SELECT %1 AS h FROM %2 s LIMIT %3) t GROUP BY t.h) d")
                   .arg(m_schema.dialect().sha256Hex(m_schema.token()), m_schema.table(),
                        QString::number(mostRowsCompared))};
    DuplicateTokens found;
    const auto done = read(
        statement,
        [&found](const SqlRow &row) {
            found.rowsRead = row.integer(0);
            found.tokens = row.integer(1);
            found.rows = row.integer(2);
        },
        call);
    if (!done)
        return fail(done.error());
    found.complete = found.rowsRead < mostRowsCompared;
    return found;
}

bool SqlStoreInspector::dependsOnWritersZone() const
{
    return m_kind == DatabaseKind::MySql && schema().sessions.encoding == ExpiresEncoding::Timestamptz;
}

Result<bool> SqlStoreInspector::isZoneless(const Call &call)
{
    const auto &sessions = schema().sessions;
    switch (sessions.encoding) {
    case ExpiresEncoding::TimestampNaive:
        return true;
    case ExpiresEncoding::TextIso:
    case ExpiresEncoding::Mixed:
        break;
    case ExpiresEncoding::Timestamptz:
    case ExpiresEncoding::EpochSeconds:
    case ExpiresEncoding::EpochMilliseconds:
    case ExpiresEncoding::EpochMicroseconds:
    case ExpiresEncoding::TextEpochMilliseconds:
        return false;
    }
    bool zoneless = false;
    const SqlStatement statement{.sql = QStringLiteral("SELECT %1 FROM %2 s LIMIT %3")
                                            .arg(m_schema.dialect().asText(m_schema.column(sessions.expires)),
                                                 m_schema.table(), QString::number(sampledRows))};
    const auto done = read(
        statement, [&zoneless](const SqlRow &row) { zoneless = zoneless || namesNoZone(row.bytes(0)); }, call);
    if (!done)
        return fail(done.error());
    return zoneless;
}

} // namespace rollcall::store
