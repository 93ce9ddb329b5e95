#include "core/store/SqlKeptRows.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

/// What kept a row out because of other rows; nullopt: something else did.
std::optional<RestoreOutcome> inTheWay(const Error &error)
{
    const QString state = error.param(ErrorParam::SqlState);
    const QString detail = error.param(ErrorParam::Detail);
    const auto isOneOf = [](const QString &value, std::initializer_list<const char *> known) {
        return std::ranges::any_of(known, [&](const char *each) { return value == QLatin1StringView(each); });
    };
    // MySQL has one state for all constraints; SQLite tells foreign keys apart from primary, unique and row ids.
    const bool ofMysql = state == QStringLiteral("23000");
    if (isOneOf(state, {"23505", "SQLite 1555", "SQLite 2067", "SQLite 2579"}) ||
        (ofMysql && detail.contains(QStringLiteral("error 1062"))))
        return RestoreOutcome::ThereAgain;
    if (isOneOf(state, {"23503", "SQLite 787"}) || (ofMysql && detail.contains(QStringLiteral("error 1452"))))
        return RestoreOutcome::UserGone;
    return std::nullopt;
}

/// Whether one DELETE took both rows: without ids they had one key.
bool wentTogether(const KeptRow &one, const KeptRow &other)
{
    return one.place == other.place && one.key.key == other.key.key && one.key.token == other.key.token &&
           one.key.userId == other.key.userId;
}

} // namespace

SqlKeptRows::SqlKeptRows(SqlConnection &connection, DatabaseKind kind, const SchemaSql &schema, const RowSql &rows,
                         Access access, Explain explain)
    : m_connection(connection),
      m_kind(kind),
      m_schema(schema),
      m_rows(rows),
      m_access(access),
      m_explain(std::move(explain))
{}

NeededRight SqlKeptRows::onSessions(const char *right) const
{
    const auto &sessions = m_schema.profile().sessions;
    return {sessions.schema, sessions.table, QString::fromLatin1(right)};
}

Status SqlKeptRows::mayWrite() const
{
    if (m_access == Access::Write)
        return {};
    return fail(Error(ErrorCode::WriteRefused)
                    .with(ErrorParam::Detail, QStringLiteral("this connection was opened for reading only")));
}

Status SqlKeptRows::prepare(const Call &call)
{
    if (!m_columns.empty())
        return {};
    auto columns = readKeptColumns(m_connection, m_kind, m_schema, call);
    if (!columns)
        return fail(m_explain(std::move(columns.error()), {}));
    if (columns->empty())
        return fail(Error(ErrorCode::SchemaChanged).with(ErrorParam::Table, m_schema.table()));
    m_columns = std::move(*columns);
    return {};
}

Status SqlKeptRows::setTexts(const Call &call)
{
    const QString sql = exactTexts(m_kind);
    if (sql.isEmpty())
        return {};
    if (const auto set = m_connection.execute({.sql = sql}, {}, call); !set)
        return fail(set.error());
    return {};
}

Status SqlKeptRows::canKeep(const Call &call)
{
    if (auto ready = prepare(call); !ready)
        return ready;
    SqlStatement statement;
    if (auto alone = hasNoHeirs(call); !alone)
        return alone;
    const RowKey nobody{{}, {}, {}, QString()};
    const QString columns = given(nobody, statement.params);
    statement.sql = QStringLiteral("SELECT %1 FROM %2 LIMIT 0").arg(columns, m_schema.table());
    if (const auto read = m_connection.read(statement, {}, call); !read)
        return fail(m_explain(read.error(), {onSessions("SELECT")}));
    return {};
}

Status SqlKeptRows::hasNoHeirs(const Call &call)
{
    if (m_kind != DatabaseKind::PostgreSql)
        return {};
    const auto &sessions = m_schema.profile().sessions;
    SqlStatement statement;
    statement.sql = QStringLiteral("SELECT 1 FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class c ON c.oid = "
                                   "h.inhparent JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE "
                                   "c.relkind = 'r' AND n.nspname = %1 AND c.relname = %2 LIMIT 1")
                        .arg(statement.params.add(sessions.schema), statement.params.add(sessions.table));
    const auto found = m_connection.read(statement, {}, call);
    if (!found)
        return fail(m_explain(found.error(), {}));
    if (*found == 0)
        return {};
    return fail(Error(ErrorCode::WriteRefused)
                    .with(ErrorParam::Detail,
                          QStringLiteral("other tables inherit from %1, and an undo would put their rows into the "
                                         "wrong one; for an undo, connect with a map of the table that holds the "
                                         "rows")
                              .arg(m_schema.table())));
}

QString SqlKeptRows::userIsThere(const RowKey &key, SqlParams &params) const
{
    const auto &users = m_schema.profile().users;
    if (!users)
        return QStringLiteral("TRUE");
    if (!key.userId || !m_schema.dialect().acceptsId(users->idType, *key.userId))
        return QStringLiteral("FALSE");
    const auto &dialect = m_schema.dialect();
    const QString id = SqlDialect::quoted(users->id);
    const QString value = params.add(*key.userId);
    const QString isUsers = dialect.comparable(users->idType, m_schema.profile().sessions.userIdType)
                                ? dialect.matchesId(id, value, users->idType)
                                : dialect.matches(id, value, users->idType); // it may be no value of that type
    return QStringLiteral("EXISTS (SELECT 1 FROM %1 WHERE %2)")
        .arg(SqlDialect::tableName(users->schema, users->table), isUsers);
}

QString SqlKeptRows::isThere(const RowKey &key, SqlParams &params) const
{
    const auto &sessions = m_schema.profile().sessions;
    const auto &dialect = m_schema.dialect();
    const auto isId = [&] {
        return dialect.matchesId(SqlDialect::quoted(m_schema.bound().keyColumn()), params.add(key.key.view()),
                                 sessions.keyType);
    };
    const auto isToken = [&] {
        return dialect.matchesRead(SqlDialect::quoted(sessions.token), params.add(key.token.view()),
                                   m_schema.tokenType());
    };
    // Where several rows may hold one token, another is not in the way: it may have been there all along. Without ids a
    // row is told by its token and user.
    QString condition = m_schema.bound().keyIsId && m_schema.bound().tokenCanRepeat() ? isId() : isToken();
    if (m_schema.bound().keyIsId && !m_schema.bound().tokenCanRepeat())
        condition = QStringLiteral("(%1 OR %2)").arg(condition, isId());
    else if (!m_schema.bound().keyIsId && m_schema.bound().tokenCanRepeat())
        condition += QStringLiteral(" AND ") + m_rows.isOfUser(key, params);
    return QStringLiteral("EXISTS (SELECT 1 FROM %1 WHERE %2)").arg(m_schema.table(), condition);
}

QString SqlKeptRows::given(const RowKey &key, SqlParams &params) const
{
    QStringList columns;
    for (const KeptColumn &column : m_columns)
        columns << column.given;
    columns << QStringLiteral("CASE WHEN %1 THEN 1 ELSE 0 END").arg(userIsThere(key, params));
    return columns.join(QStringLiteral(", "));
}

KeptRow SqlKeptRows::keptRow(const SqlRow &row, const RowKey &key, std::size_t place) const
{
    KeptRow kept{place, key.clone(), row.flag(m_columns.size()), {}};
    kept.cells.reserve(m_columns.size());
    for (std::size_t i = 0; i < m_columns.size(); ++i)
        kept.cells.push_back({m_columns[i].name, row.isNull(i), base::SecretBytes(row.bytes(i))});
    return kept;
}

Result<DeleteOutcome> SqlKeptRows::deleteRow(const RowKey &key, std::size_t place, std::vector<KeptRow> &kept,
                                             const Call &call)
{
    const auto keepRow = [&](const SqlRow &row) { kept.push_back(keptRow(row, key, place)); };
    SqlStatement statement = m_rows.deleteRow(key);
    if (m_kind != DatabaseKind::MySql)
        statement.sql += QStringLiteral(" RETURNING ") + given(key, statement.params);
    if (m_kind == DatabaseKind::MySql) {
        SqlStatement locked = m_rows.deleteRow(key);
        const QString columns = given(key, locked.params);
        locked.sql = QStringLiteral("SELECT %1%2 FOR UPDATE")
                         .arg(columns, QStringView(locked.sql).sliced(QStringView(u"DELETE").size()));
        const auto read = m_connection.execute(locked, keepRow, call);
        if (!read)
            return fail(read.error());
    }
    const auto deleted = m_connection.execute(statement, keepRow, call);
    if (!deleted)
        return fail(deleted.error());
    if (*deleted > 0)
        return DeleteOutcome::Deleted;
    const auto there = m_connection.execute(m_rows.isLeft(key), {}, call);
    if (!there)
        return fail(there.error());
    return *there > 0 ? DeleteOutcome::Changed : DeleteOutcome::AlreadyGone;
}

Result<std::vector<DeleteOutcome>> SqlKeptRows::deleteRows(std::span<const RowKey> keys, const Keep &keep,
                                                           const Call &call)
{
    if (auto allowed = mayWrite(); !allowed)
        return fail(std::move(allowed.error()));
    if (auto ready = prepare(call); !ready)
        return fail(std::move(ready.error()));
    auto transaction = SqlTransaction::begin(m_connection, TransactionMode::Write, call);
    if (!transaction)
        return fail(std::move(transaction.error()));
    const auto explained = [this](Error error) {
        m_connection.rollback();
        return fail(m_explain(std::move(error), {onSessions("DELETE"), onSessions("SELECT")}));
    };
    if (auto set = setTexts(call); !set)
        return explained(std::move(set.error()));
    std::vector<DeleteOutcome> outcomes;
    outcomes.reserve(keys.size());
    std::vector<KeptRow> kept;
    kept.reserve(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        auto outcome = deleteRow(keys[i], i, kept, call);
        if (!outcome)
            return explained(std::move(outcome.error()));
        outcomes.push_back(*outcome);
    }
    if (!kept.empty()) {
        if (auto safe = keep(kept); !safe)
            return fail(std::move(safe.error())); // undone with the transaction
    }
    if (auto done = transaction->commit(call); !done)
        return fail(std::move(done.error()));
    return outcomes;
}

Result<const KeptColumn *> SqlKeptRows::columnOf(const KeptCell &cell) const
{
    const auto column = std::ranges::find(m_columns, cell.column, &KeptColumn::name);
    if (column != m_columns.end())
        return &*column;
    return fail(Error(ErrorCode::SchemaChanged)
                    .with(ErrorParam::Table, m_schema.table())
                    .with(ErrorParam::Column, cell.column));
}

Result<SqlStatement> SqlKeptRows::insert(const KeptRow &row, bool isFollower) const
{
    SqlStatement statement;
    QStringList names;
    QStringList values;
    for (const KeptCell &cell : row.cells) {
        const auto column = columnOf(cell);
        if (!column)
            return fail(column.error());
        const QString placeholder =
            cell.isNull ? statement.params.addOptional(std::nullopt) : statement.params.add(cell.value.view());
        names << SqlDialect::quoted(cell.column);
        values << (*column)->taken.arg(placeholder);
    }
    QString condition =
        isFollower ? QStringLiteral("1 = 1") : QStringLiteral("NOT ") + isThere(row.key, statement.params);
    if (row.hadUser)
        condition += QStringLiteral(" AND ") + userIsThere(row.key, statement.params);
    const QString overriding =
        m_kind == DatabaseKind::PostgreSql ? QStringLiteral(" OVERRIDING SYSTEM VALUE") : QString();
    const QString from = m_kind == DatabaseKind::MySql ? QStringLiteral(" FROM DUAL") : QString();
    statement.sql = QStringLiteral("INSERT INTO %1 (%2)%3 SELECT %4%5 WHERE %6")
                        .arg(m_schema.table(), names.join(QStringLiteral(", ")), overriding,
                             values.join(QStringLiteral(", ")), from, condition);
    return statement;
}

Result<bool> SqlKeptRows::exists(const RowKey &key, const Call &call)
{
    SqlStatement statement;
    statement.sql = QStringLiteral("SELECT 1 WHERE ") + isThere(key, statement.params);
    if (m_kind == DatabaseKind::MySql)
        statement.sql.replace(QStringLiteral("SELECT 1 WHERE "), QStringLiteral("SELECT 1 FROM DUAL WHERE "));
    const auto rows = m_connection.execute(statement, {}, call);
    if (!rows)
        return fail(rows.error());
    return *rows > 0;
}

Result<RestoreOutcome> SqlKeptRows::restoreRow(const KeptRow &row, bool isFollower, const Call &call)
{
    const auto statement = insert(row, isFollower);
    if (!statement)
        return fail(statement.error());
    const auto inserted = m_connection.execute(*statement, {}, call);
    if (!inserted)
        return fail(inserted.error());
    if (*inserted > 0)
        return RestoreOutcome::Restored;
    if (isFollower)
        return RestoreOutcome::UserGone;
    const auto there = exists(row.key, call);
    if (!there)
        return fail(there.error());
    return *there ? RestoreOutcome::ThereAgain : RestoreOutcome::UserGone;
}

Result<std::vector<RestoreOutcome>> SqlKeptRows::restoreAll(std::span<const KeptRow> rows, const Call &call)
{
    auto transaction = SqlTransaction::begin(m_connection, TransactionMode::Write, call);
    if (!transaction)
        return fail(std::move(transaction.error()));
    if (auto set = setTexts(call); !set)
        return fail(std::move(set.error()));
    std::vector<RestoreOutcome> outcomes;
    outcomes.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool isFollower =
            i > 0 && outcomes.back() == RestoreOutcome::Restored && wentTogether(rows[i - 1], rows[i]);
        auto outcome = restoreRow(rows[i], isFollower, call);
        if (!outcome)
            return fail(std::move(outcome.error()));
        outcomes.push_back(*outcome);
    }
    if (auto done = transaction->commit(call); !done)
        return fail(std::move(done.error()));
    return outcomes;
}

Result<std::vector<RestoreOutcome>> SqlKeptRows::restoreRows(std::span<const KeptRow> rows, const Call &call)
{
    if (auto allowed = mayWrite(); !allowed)
        return fail(std::move(allowed.error()));
    if (auto ready = prepare(call); !ready)
        return fail(std::move(ready.error()));
    const auto explained = [this](Error error) {
        return fail(m_explain(std::move(error), {onSessions("INSERT"), onSessions("SELECT")}));
    };
    auto all = restoreAll(rows, call);
    if (all)
        return all;
    if (!inTheWay(all.error()))
        return explained(std::move(all.error()));
    std::vector<RestoreOutcome> outcomes;
    outcomes.reserve(rows.size());
    for (std::size_t from = 0; from < rows.size();) {
        std::size_t count = 1;
        while (from + count < rows.size() && wentTogether(rows[from], rows[from + count]))
            ++count;
        auto some = restoreAll(rows.subspan(from, count), call);
        const auto why = some ? std::nullopt : inTheWay(some.error());
        if (!some && !why)
            return explained(std::move(some.error()));
        if (some)
            outcomes.insert(outcomes.end(), some->begin(), some->end());
        else
            outcomes.insert(outcomes.end(), count, *why);
        from += count;
    }
    return outcomes;
}

Result<std::vector<RestoreOutcome>> SqlKeptRows::wouldRestore(std::span<const KeptRow> rows, const Call &call)
{
    if (auto ready = prepare(call); !ready)
        return fail(std::move(ready.error()));
    std::vector<RestoreOutcome> outcomes;
    outcomes.reserve(rows.size());
    for (const KeptRow &row : rows) {
        for (const KeptCell &cell : row.cells) {
            if (const auto column = columnOf(cell); !column)
                return fail(column.error());
        }
        SqlStatement statement;
        const QString isInTheWay = isThere(row.key, statement.params);
        const QString hasUser = row.hadUser ? userIsThere(row.key, statement.params) : QStringLiteral("TRUE");
        statement.sql = QStringLiteral("SELECT CASE WHEN %1 THEN 1 ELSE 0 END, CASE WHEN %2 THEN 1 ELSE 0 END")
                            .arg(isInTheWay, hasUser);
        const auto read = m_connection.read(
            statement,
            [&outcomes](const SqlRow &found) {
                outcomes.push_back(found.flag(0)   ? RestoreOutcome::ThereAgain
                                   : found.flag(1) ? RestoreOutcome::Restored
                                                   : RestoreOutcome::UserGone);
            },
            call);
        if (!read)
            return fail(m_explain(read.error(), {onSessions("SELECT")}));
    }
    return outcomes;
}

} // namespace rollcall::store
