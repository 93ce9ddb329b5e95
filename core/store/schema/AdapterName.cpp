#include "core/store/schema/AdapterName.h"

namespace rollcall::store {

namespace {

/// Tables named "sessions" and their like: camelCase columns.
QString pluralLayout(const SchemaProfile &profile, const TableInfo &sessions, const TableInfo *users, DatabaseKind kind)
{
    const bool tokenIsKey = sessions.isPrimary(profile.sessions.token);
    if (tokenIsKey)
        return kind == DatabaseKind::Sqlite ? QStringLiteral("d1") : QStringLiteral("hasura");
    const QString type = sessions.column(profile.sessions.expires)->type.toLower();
    if (type.contains(QStringLiteral("char")))
        return QStringLiteral("typeorm");
    if (!sessions.isUnique(profile.sessions.token)) {
        const bool uniqueEmail =
            users && profile.users && profile.users->email && users->isUnique(*profile.users->email);
        return uniqueEmail ? QStringLiteral("neon") : QStringLiteral("pg");
    }
    return QStringLiteral("custom");
}

} // namespace

QString normalisedName(const QString &name)
{
    QString result;
    for (const QChar c : name) {
        if (c.isLetterOrNumber())
            result += c.toLower();
    }
    return result;
}

bool hasColumn(const TableInfo &table, const char *name)
{
    return std::ranges::any_of(table.columns, [&](const ColumnInfo &column) {
        return normalisedName(column.name) == QLatin1StringView(name);
    });
}

QString adapterName(const SchemaProfile &profile, const TableInfo &sessions, const TableInfo *users, DatabaseKind kind)
{
    const QString &token = profile.sessions.token;
    // Auth.js keeps there when an address was verified, Better Auth whether.
    if (users) {
        for (const ColumnInfo &column : users->columns) {
            if (normalisedName(column.name) == QStringLiteral("emailverified") &&
                column.type.startsWith(QStringLiteral("bool"), Qt::CaseInsensitive))
                return QStringLiteral("better-auth");
        }
    }
    if (normalisedName(token) == QStringLiteral("token") &&
        (hasColumn(sessions, "ipaddress") || hasColumn(sessions, "useragent")))
        return QStringLiteral("better-auth");
    if (hasColumn(sessions, "accesstoken"))
        return QStringLiteral("next-auth-v3");
    if (sessions.schema == QStringLiteral("next_auth"))
        return QStringLiteral("supabase");
    if (token == QStringLiteral("sessionToken")) {
        if (sessions.name == QStringLiteral("sessions"))
            return pluralLayout(profile, sessions, users, kind);
        if (sessions.name == QStringLiteral("session") && sessions.isPrimary(token))
            return QStringLiteral("drizzle");
        if (sessions.name == QStringLiteral("Session")) {
            // Prisma's DateTime is a timestamp without zone or DATETIME; the documented Kysely migration has neither.
            const QString type = sessions.column(profile.sessions.expires)->type.toLower();
            // On MySQL a port of the latter has DATETIME as well, but neither Prisma's createdAt nor its RESTRICT.
            const ForeignKeyInfo *key = sessions.foreignKey(profile.sessions.userId);
            const bool ported = kind == DatabaseKind::MySql && !profile.sessions.createdAt && key && key->cascades;
            const bool prisma = !ported && (type == QStringLiteral("datetime") ||
                                            type == QStringLiteral("timestamp without time zone"));
            return prisma ? QStringLiteral("prisma") : QStringLiteral("kysely");
        }
    }
    if (token == QStringLiteral("session_token")) {
        if (sessions.name == QStringLiteral("sessions"))
            return QStringLiteral("sequelize");
        if (sessions.name == QStringLiteral("session"))
            return QStringLiteral("mikro-orm");
    }
    return QStringLiteral("custom");
}

} // namespace rollcall::store
