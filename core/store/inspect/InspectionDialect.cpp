#include "core/store/inspect/InspectionDialect.h"

#include "core/store/inspect/MysqlInspection.h"
#include "core/store/inspect/PostgresInspection.h"
#include "core/store/inspect/SqliteInspection.h"

namespace rollcall::store {

QString indexName(const QString &table, const QString &column, bool unique)
{
    constexpr qsizetype longest = 63; // PostgreSQL's limit is the smallest
    const QString end = unique ? QStringLiteral("_key") : QStringLiteral("_idx");
    QString name = table + QLatin1Char('_') + column;
    while (name.toUtf8().size() > longest - end.size())
        name.chop(name.size() > 1 && name.back().isLowSurrogate() ? 2 : 1);
    return name + end;
}

QStringList columnsRead(const SchemaProfile::Users &users)
{
    QStringList columns{users.id};
    for (const auto &column : {users.name, users.email, users.image}) {
        if (column)
            columns << *column;
    }
    columns.removeDuplicates();
    return columns;
}

QStringList columnsRead(const SchemaProfile::Accounts &accounts)
{
    return {accounts.userId, accounts.provider};
}

base::Status readTableRights(const SchemaProfile &schema,
                             const std::function<base::Result<TableRights>(const QString &, const QString &)> &ofTable,
                             RoleRights &rights)
{
    const auto read = [&](const auto &table, auto &into) -> base::Status {
        auto found = ofTable(table.schema, table.table);
        if (!found)
            return base::fail(std::move(found.error()));
        into = *found;
        return {};
    };
    auto done = read(schema.sessions, rights.sessions);
    if (done && schema.users)
        done = read(*schema.users, rights.users);
    if (done && schema.accounts)
        done = read(*schema.accounts, rights.accounts);
    return done;
}

const InspectionDialect &inspectionFor(DatabaseKind kind)
{
    static const PostgresInspection postgres;
    static const MysqlInspection mysql;
    static const SqliteInspection sqlite;
    switch (kind) {
    case DatabaseKind::PostgreSql:
        return postgres;
    case DatabaseKind::MySql:
        return mysql;
    case DatabaseKind::Sqlite:
        return sqlite;
    case DatabaseKind::Redis:
        break; // it has no tables
    }
    return postgres;
}

} // namespace rollcall::store
