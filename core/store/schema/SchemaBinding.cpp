#include "core/store/schema/SchemaBinding.h"

#include "core/store/schema/SchemaFingerprint.h"
#include "core/store/sql/SqlDialect.h"

using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

using Names = std::vector<std::optional<QString>>;

Error changed(const QString &schema, const QString &table, const QString &column = {})
{
    return Error(ErrorCode::SchemaChanged)
        .with(ErrorParam::Table, schema + QLatin1Char('.') + table)
        .with(ErrorParam::Column, column);
}

/// The table of that name, holding all of @p columns.
Result<TableInfo> tableWith(const std::vector<TableInfo> &tables, const QString &schema, const QString &name,
                            const Names &columns)
{
    const auto found = std::ranges::find_if(
        tables, [&](const TableInfo &table) { return table.schema == schema && table.name == name; });
    if (found == tables.end())
        return fail(changed(schema, name));
    for (const auto &column : columns) {
        if (column && !found->column(*column))
            return fail(changed(schema, name, *column));
    }
    return *found;
}

/// Whether a column of @p type can hold @p encoding at all.
bool fits(DatabaseKind kind, const QString &type, ExpiresEncoding encoding)
{
    if (kind == DatabaseKind::Sqlite)
        return true;
    const ExpiresEncoding ofType = dialectFor(kind).encodingOfType(type);
    if (ofType != ExpiresEncoding::Mixed)
        return encoding == ofType;
    const bool number = type.contains(QStringLiteral("int")) || type == QStringLiteral("numeric") ||
                        type == QStringLiteral("double precision") || type == QStringLiteral("decimal") ||
                        type == QStringLiteral("double") || type == QStringLiteral("float") ||
                        type == QStringLiteral("real");
    switch (encoding) {
    case ExpiresEncoding::Timestamptz:
    case ExpiresEncoding::TimestampNaive:
        return false;
    case ExpiresEncoding::EpochSeconds:
    case ExpiresEncoding::EpochMilliseconds:
    case ExpiresEncoding::EpochMicroseconds:
        return number;
    case ExpiresEncoding::TextIso:
    case ExpiresEncoding::TextEpochMilliseconds:
        return !number;
    case ExpiresEncoding::Mixed:
        return true;
    }
    return false;
}

/// The schema that names without one stand for.
Result<QString> ownSchema(SqlConnection &connection, DatabaseKind kind, const base::Call &call)
{
    if (kind != DatabaseKind::MySql)
        return kind == DatabaseKind::PostgreSql ? QStringLiteral("public") : QStringLiteral("main");
    QString schema;
    const auto read = connection.read(
        {.sql = QStringLiteral("SELECT DATABASE()")},
        [&schema](const SqlRow &row) { schema = row.text(0).value_or(QString()); }, call);
    if (!read)
        return fail(read.error());
    return schema;
}

/// MySQL's catalogue hides a table that the role has no right on. Asking for it tells one that is gone from such a one.
base::Status visible(SqlConnection &connection, DatabaseKind kind, const CatalogueScope &scope,
                     const std::vector<TableInfo> &found, const base::Call &call)
{
    if (kind != DatabaseKind::MySql)
        return {};
    for (const auto &asked : scope.tables) {
        const auto &[schema, table] = asked;
        const bool there = std::ranges::any_of(
            found, [&asked](const TableInfo &info) { return info.schema == asked.first && info.name == asked.second; });
        if (there)
            continue;
        const auto read = connection.read(
            {.sql = QStringLiteral("SELECT 1 FROM %1 LIMIT 0").arg(SqlDialect::tableName(schema, table))}, {}, call);
        if (!read && read.error().code == ErrorCode::PermissionDenied)
            return fail(read.error());
    }
    return {};
}

} // namespace

Result<BoundSchema> bindSchema(SqlConnection &connection, DatabaseKind kind, SchemaProfile profile,
                               const base::Call &call)
{
    auto &sessions = profile.sessions;
    const auto own = ownSchema(connection, kind, call);
    if (!own)
        return fail(own.error());
    const auto complete = [&own](QString &schema) {
        if (schema.isEmpty())
            schema = *own;
    };
    complete(sessions.schema);
    CatalogueScope scope;
    scope.tables.emplace_back(sessions.schema, sessions.table);
    if (profile.users) {
        complete(profile.users->schema);
        scope.tables.emplace_back(profile.users->schema, profile.users->table);
    }
    if (profile.accounts) {
        complete(profile.accounts->schema);
        scope.tables.emplace_back(profile.accounts->schema, profile.accounts->table);
    }
    const auto tables = readCatalogue(connection, kind, scope, call);
    if (!tables)
        return fail(tables.error());
    if (auto allowed = visible(connection, kind, scope, *tables, call); !allowed)
        return fail(std::move(allowed.error()));

    BoundSchema bound;
    if (sessions.id == sessions.token)
        sessions.id.reset();
    auto table = tableWith(*tables, sessions.schema, sessions.table,
                           {sessions.token, sessions.userId, sessions.expires, sessions.id, sessions.createdAt,
                            sessions.ipAddress, sessions.userAgent, sessions.impersonatedBy, sessions.organization});
    if (!table)
        return fail(std::move(table.error()));
    if (!profile.fingerprint.isEmpty() && profile.fingerprint != schemaFingerprint(*table))
        return fail(changed(sessions.schema, sessions.table));
    bound.sessions = std::move(*table);
    bound.keyIsId = sessions.id && (bound.sessions.isUnique(*sessions.id) || !bound.sessions.isUnique(sessions.token));
    sessions.keyType = bound.sessions.column(bound.keyIsId ? *sessions.id : sessions.token)->type;
    sessions.userIdType = bound.sessions.column(sessions.userId)->type;
    sessions.expiresType = bound.sessions.column(sessions.expires)->type;
    if (!fits(kind, sessions.expiresType, sessions.encoding))
        return fail(changed(sessions.schema, sessions.table, sessions.expires));
    profile.indexes = {bound.sessions.isIndexed(sessions.token), bound.sessions.isIndexed(sessions.userId),
                       bound.sessions.isIndexed(sessions.expires)};
    if (profile.users) {
        auto &users = *profile.users;
        auto found = tableWith(*tables, users.schema, users.table, {users.id, users.name, users.email, users.image});
        if (!found)
            return fail(std::move(found.error()));
        users.idType = found->column(users.id)->type;
        bound.users = std::move(*found);
    }
    if (profile.accounts) {
        const auto &accounts = *profile.accounts;
        const auto found = tableWith(*tables, accounts.schema, accounts.table, {accounts.userId, accounts.provider});
        if (!found)
            return fail(found.error());
        bound.accountUserIdType = found->column(accounts.userId)->type;
        bound.accountProviderType = found->column(accounts.provider)->type;
    }
    bound.profile = std::move(profile);
    return bound;
}

std::vector<ExpiresEncoding> encodingsFor(DatabaseKind kind, const QString &type)
{
    std::vector<ExpiresEncoding> fitting;
    // What reads every form comes last, except where a column's type says nothing of its values.
    using enum ExpiresEncoding;
    for (const ExpiresEncoding encoding : {Timestamptz, TimestampNaive, EpochMilliseconds, EpochSeconds,
                                           EpochMicroseconds, TextIso, TextEpochMilliseconds, Mixed}) {
        if (fits(kind, type, encoding))
            fitting.push_back(encoding);
    }
    if (kind == DatabaseKind::Sqlite)
        std::ranges::rotate(fitting, fitting.end() - 1);
    return fitting;
}

} // namespace rollcall::store
