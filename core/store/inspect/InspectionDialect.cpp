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
