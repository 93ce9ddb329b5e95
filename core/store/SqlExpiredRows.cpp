#include "core/store/SqlExpiredRows.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

/// Rows that a block of 8 KiB can hold at most. **Source:** PostgreSQL, MaxHeapTuplesPerPage.
constexpr qint64 mostRowsOfBlock = 291;
constexpr int lastRowOfBlock = 65535;  ///< more than any block has, and still a place
constexpr int firstWithTidRanges = 14; ///< before, a range of ctid reads the whole table

/// A ctid: "(block,row)".
struct HeapPlace
{
    qint64 block = 0;
    int row = 0;

    [[nodiscard]] static HeapPlace of(const base::SecretBytes &position)
    {
        const QByteArray text = position.view().toByteArray();
        const qsizetype comma = text.indexOf(',');
        return comma < 0 ? HeapPlace()
                         : HeapPlace{text.mid(1, comma - 1).toLongLong(),
                                     text.mid(comma + 1, text.size() - comma - 2).toInt()};
    }
    [[nodiscard]] QByteArray text() const
    {
        return '(' + QByteArray::number(block) + ',' + QByteArray::number(row) + ')';
    }
};

} // namespace

SqlExpiredRows::SqlExpiredRows(SqlConnection &connection, DatabaseKind kind, const SchemaSql &schema, Access access,
                               Explain explain)
    : m_connection(connection), m_kind(kind), m_schema(schema), m_access(access), m_explain(std::move(explain))
{}

NeededRight SqlExpiredRows::onSessions(const char *right) const
{
    const auto &sessions = m_schema.profile().sessions;
    return {sessions.schema, sessions.table, QString::fromLatin1(right)};
}

QString SqlExpiredRows::expired(base::Instant before, SqlParams &params) const
{
    const auto &sessions = m_schema.profile().sessions;
    // No alias here: MariaDB takes none in a DELETE before 11.6.
    const InstantSql expiry = m_schema.dialect().instant(SqlDialect::quoted(sessions.expires), sessions.expiresType,
                                                         sessions.encoding, m_schema.zone(), params);
    return QStringLiteral(" FROM %1 WHERE %2 < %3%4")
        .arg(m_schema.table(), expiry.order, expiry.bind(params, before), expiry.andReadable);
}

QString SqlExpiredRows::statement() const
{
    SqlParams unused;
    const QString all = QStringLiteral("DELETE") + expired({}, unused);
    const auto next = unused.values().size() + 1;
    const QString position =
        m_kind == DatabaseKind::PostgreSql ? QStringLiteral("ctid") : SqlDialect::quoted(m_schema.bound().keyColumn());
    return m_schema.dialect().shown(QStringLiteral("%1 AND %2 > $%3 AND %2 <= $%4")
                                        .arg(all, position, QString::number(next), QString::number(next + 1)));
}

Status SqlExpiredRows::prepare(const Call &call)
{
    if (m_blocks)
        return {};
    if (m_kind != DatabaseKind::PostgreSql ||
        m_connection.serverVersion().section(QLatin1Char('.'), 0, 0).toInt() < firstWithTidRanges) {
        m_blocks = 0;
        return {};
    }
    const auto &sessions = m_schema.profile().sessions;
    SqlStatement statement;
    statement.sql = QStringLiteral("SELECT pg_catalog.pg_relation_size(c.oid) / "
                                   "pg_catalog.current_setting('block_size')::bigint FROM pg_catalog.pg_class c JOIN "
                                   "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND NOT "
                                   "EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid) AND "
                                   "n.nspname = %1 AND c.relname = %2")
                        .arg(statement.params.add(sessions.schema), statement.params.add(sessions.table));
    qint64 blocks = 0; // of a partitioned table, and of one with heirs: its rows are in several heaps
    const auto read = m_connection.read(
        statement, [&blocks](const SqlRow &row) { blocks = row.integer(0); }, call);
    if (!read)
        return fail(m_explain(read.error(), {onSessions("SELECT")}));
    m_blocks = blocks;
    return {};
}

Result<qint64> SqlExpiredRows::count(base::Instant before, const Call &call)
{
    SqlStatement statement;
    statement.sql = QStringLiteral("SELECT count(*)") + expired(before, statement.params);
    statement.fewRows = true;
    qint64 number = 0;
    const auto read = m_connection.read(
        statement, [&number](const SqlRow &row) { number = row.integer(0); }, call);
    if (!read)
        return fail(m_explain(read.error(), {onSessions("SELECT")}));
    return number;
}

Result<PruneStep> SqlExpiredRows::prune(const PruneRange &range, base::Instant before, qint64 rows,
                                        const BeforeCommit &beforeCommit, const Call &call)
{
    if (m_access != Access::Write)
        return fail(Error(ErrorCode::WriteRefused)
                        .with(ErrorParam::Detail, QStringLiteral("this connection was opened for reading only")));
    if (auto ready = prepare(call); !ready)
        return fail(std::move(ready.error()));
    auto transaction = SqlTransaction::begin(m_connection, TransactionMode::Write, call);
    if (!transaction)
        return fail(std::move(transaction.error()));
    auto step = pruneRange(range, before, rows, call);
    if (!step) {
        m_connection.rollback();
        return fail(m_explain(std::move(step.error()), {onSessions("DELETE"), onSessions("SELECT")}));
    }
    if (auto told = beforeCommit(*step); !told)
        return fail(std::move(told.error())); // undone with the transaction
    if (auto done = transaction->commit(call); !done)
        return fail(std::move(done.error()));
    return step;
}

QString SqlExpiredRows::walked() const
{
    return *m_blocks > 0 ? QStringLiteral("ctid")
                         : m_schema.dialect().idColumn(SqlDialect::quoted(m_schema.bound().keyColumn()),
                                                       m_schema.profile().sessions.keyType);
}

QString SqlExpiredRows::bound(const base::SecretBytes &position, SqlParams &params) const
{
    const QString placeholder = params.add(position.view());
    return *m_blocks > 0 ? placeholder + QStringLiteral("::tid")
                         : m_schema.dialect().typed(placeholder, m_schema.profile().sessions.keyType);
}

Result<std::optional<base::SecretBytes>> SqlExpiredRows::first(const SqlStatement &statement, const Call &call)
{
    std::optional<base::SecretBytes> found;
    const auto read = m_connection.execute(
        statement, [&found](const SqlRow &row) { found.emplace(row.bytes(0)); }, call);
    if (!read)
        return fail(read.error());
    return found;
}

Result<std::optional<base::SecretBytes>> SqlExpiredRows::endOfBlocks(const base::SecretBytes &after, qint64 rows,
                                                                     base::Instant before, const Call &call)
{
    const HeapPlace from = HeapPlace::of(after);
    const qint64 block = from.block + (from.row == lastRowOfBlock ? 1 : 0);
    const qint64 last = block + std::max<qint64>(1, rows / mostRowsOfBlock) - 1;
    const base::SecretBytes blockEnd(HeapPlace{last, lastRowOfBlock}.text());
    if (rows < mostRowsOfBlock) { // the block may hold more than may go at once
        SqlStatement statement;
        statement.sql = QStringLiteral("SELECT ctid") + expired(before, statement.params);
        if (!after.isEmpty())
            statement.sql += QStringLiteral(" AND ctid > ") + bound(after, statement.params);
        statement.sql += QStringLiteral(" AND ctid <= %1 ORDER BY ctid LIMIT 1 OFFSET %2")
                             .arg(bound(blockEnd, statement.params), QString::number(rows - 1));
        auto end = first(statement, call);
        if (!end || *end)
            return end;
    }
    if (last >= *m_blocks - 1)
        return std::nullopt;
    return blockEnd.clone();
}

Result<std::optional<base::SecretBytes>> SqlExpiredRows::endOfKeys(const base::SecretBytes &after, qint64 rows,
                                                                   const Call &call)
{
    // Without an index each step would read all rows before it.
    const QString &key = m_schema.bound().keyColumn();
    if (!m_schema.bound().sessions.isIndexed(key) ||
        !m_schema.isIdBare(SqlDialect::quoted(key), m_schema.profile().sessions.keyType))
        return std::nullopt;
    SqlStatement statement;
    // A row without a key bounds nothing.
    const QString from = after.isEmpty() ? QStringLiteral("%1 IS NOT NULL").arg(walked())
                                         : QStringLiteral("%1 > %2").arg(walked(), bound(after, statement.params));
    statement.sql = QStringLiteral("SELECT %1 FROM %2 WHERE %3 ORDER BY %4 LIMIT 1 OFFSET %5")
                        .arg(m_schema.dialect().idCell(SqlDialect::quoted(m_schema.bound().keyColumn()),
                                                       m_schema.profile().sessions.keyType),
                             m_schema.table(), from, walked(), QString::number(rows - 1));
    auto end = first(statement, call);
    // An empty position means the beginning; what does not move on would never end.
    if (end && *end && ((*end)->isEmpty() || **end == after))
        return fail(
            Error(ErrorCode::WriteRefused)
                .with(ErrorParam::Detail, QStringLiteral("the keys in %1 cannot be walked in order: one is empty "
                                                         "or does not read back as it is stored; mend that "
                                                         "row first")
                                              .arg(m_schema.table())));
    return end;
}

Result<PruneStep> SqlExpiredRows::pruneRange(const PruneRange &range, base::Instant before, qint64 rows,
                                             const Call &call)
{
    std::optional<base::SecretBytes> end;
    if (range.until) {
        end.emplace(range.until->clone());
    } else {
        auto found = *m_blocks > 0 ? endOfBlocks(range.after, rows, before, call) : endOfKeys(range.after, rows, call);
        if (!found)
            return fail(std::move(found.error()));
        end = std::move(*found);
    }
    SqlStatement statement;
    statement.sql = QStringLiteral("DELETE") + expired(before, statement.params);
    if (!range.after.isEmpty()) {
        const QString position = bound(range.after, statement.params);
        // Rows without a key, which SQLite allows, are in no range of keys: they go with the last one.
        const bool takesKeyless = !end && *m_blocks == 0;
        statement.sql +=
            (takesKeyless ? QStringLiteral(" AND (%1 > %2 OR %1 IS NULL)") : QStringLiteral(" AND %1 > %2"))
                .arg(walked(), position);
    }
    if (end)
        statement.sql += QStringLiteral(" AND %1 <= %2").arg(walked(), bound(*end, statement.params));
    const auto deleted = m_connection.execute(statement, {}, call);
    if (!deleted)
        return fail(deleted.error());
    return PruneStep{*deleted, std::move(end)};
}

Result<std::optional<std::chrono::milliseconds>> SqlExpiredRows::replicaLag(const Call &call)
{
    std::optional<std::chrono::milliseconds> lag;
    if (m_kind != DatabaseKind::PostgreSql)
        return lag;
    // What this role may not know is NULL.
    const auto read = m_connection.read(
        {.sql = QStringLiteral("SELECT max(extract(epoch FROM replay_lag) * 1000)::bigint FROM "
                               "pg_catalog.pg_stat_replication")},
        [&lag](const SqlRow &row) {
            if (!row.isNull(0))
                lag = std::chrono::milliseconds(row.integer(0));
        },
        call);
    if (!read)
        return fail(m_explain(read.error(), {}));
    return lag;
}

} // namespace rollcall::store
