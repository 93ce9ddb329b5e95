#include "core/store/AccessRights.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/store/sql/SqlDialect.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorParam;

namespace rollcall::store {

namespace {

enum class Missing { Nothing, SchemaUsage, TableRight };

base::Result<Missing> ask(SqlConnection &connection, const NeededRight &needed, const Call &call)
{
    SqlStatement statement;
    const QString schema = statement.params.add(needed.schema);
    const QString table = statement.params.add(needed.table);
    const QString right = statement.params.add(needed.right);
    // Columns can be granted one by one, but not for DELETE.
    const QString byColumn = needed.right == QStringLiteral("DELETE")
                                 ? QString()
                                 : QStringLiteral(" OR has_any_column_privilege(c.oid, %1)").arg(right);
    statement.sql = QStringLiteral("SELECT has_schema_privilege(n.oid, 'USAGE')::int, "
                                   "(has_table_privilege(c.oid, %1)%2)::int FROM pg_catalog.pg_class c "
                                   "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                                   "WHERE n.nspname = %3 AND c.relname = %4")
                        .arg(right, byColumn, schema, table);
    Missing missing = Missing::Nothing;
    const auto read = connection.read(
        statement,
        [&missing](const SqlRow &row) {
            if (!row.flag(0))
                missing = Missing::SchemaUsage;
            else if (!row.flag(1))
                missing = Missing::TableRight;
        },
        call);
    if (!read)
        return base::fail(read.error());
    return missing;
}

} // namespace

Error missingRight(SqlConnection &connection, Error denied, std::span<const NeededRight> needed)
{
    if (!denied.param(ErrorParam::Right).isEmpty()) // MySQL says it at once
        return denied;
    const Call call = Call::within(std::chrono::seconds(2));
    const NeededRight *lacking = needed.empty() ? nullptr : &needed.front();
    for (const NeededRight &right : needed) {
        const auto missing = ask(connection, right, call);
        if (!missing)
            break; // the refusal itself is what matters: it is reported with the first table
        if (*missing == Missing::SchemaUsage)
            return std::move(denied)
                .with(ErrorParam::Table, QStringLiteral("SCHEMA ") + right.schema)
                .with(ErrorParam::Right, QStringLiteral("USAGE"));
        if (*missing == Missing::TableRight) {
            lacking = &right;
            break;
        }
    }
    if (!lacking)
        return denied;
    return std::move(denied)
        .with(ErrorParam::Table, SqlDialect::tableName(lacking->schema, lacking->table))
        .with(ErrorParam::Right, lacking->right);
}

} // namespace rollcall::store
