#include "core/store/StoreFactory.h"

#include "core/store/AccessRights.h"
#include "core/store/SqlSessionStore.h"
#include "core/store/redis/RedisAccess.h"
#include "core/store/schema/SchemaDetector.h"
#include "core/store/schema/SchemaFingerprint.h"
#include "core/store/schema/SchemaSampler.h"
#include "core/store/sql/OpenConnection.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

constexpr std::size_t mostCandidates = 5;
constexpr double fullScore = 90; ///< what the layouts with foreign keys reach: facts/database-schemas.md §8 step 5

DatabaseVersion versionOf(const SqlConnection &connection)
{
    return {connection.productName(), connection.serverVersion(), connection.linkDescription()};
}

/// Detection reads sessions and users of a candidate: says which of them may not be read.
Error withMissingRight(SqlConnection &connection, Error error, const SchemaProfile &profile)
{
    if (error.code != ErrorCode::PermissionDenied)
        return error;
    const QString select = QStringLiteral("SELECT");
    std::vector<NeededRight> needed{{profile.sessions.schema, profile.sessions.table, select}};
    if (profile.users)
        needed.push_back({profile.users->schema, profile.users->table, select});
    return missingRight(connection, std::move(error), needed);
}

} // namespace

Result<DatabaseVersion> probeDatabase(const DatabaseUrl &url, const StoreOptions &options, const Call &call)
{
    if (url.redis)
        return probeRedis(url, options, call);
    const auto connection = openConnection(url, options, Access::ReadOnly, call);
    if (!connection)
        return fail(connection.error());
    return versionOf(**connection);
}

Result<SchemaDetection> detectSchema(const DatabaseUrl &url, const StoreOptions &options, const Call &call)
{
    if (url.redis)
        return detectRedis(url, options, call);
    const auto connection = openConnection(url, options, Access::ReadOnly, call);
    if (!connection)
        return fail(connection.error());
    const auto tables = readCatalogue(**connection, url.kind, {.schema = url.schema, .tables = {}}, call);
    if (!tables)
        return fail(tables.error());
    SchemaDetection detection;
    detection.database = versionOf(**connection);
    detection.tablesSeen = static_cast<qint64>(tables->size());
    auto ranked = rankSchemas(*tables, url.kind);
    const bool sure = isSure(ranked);
    if (ranked.size() > mostCandidates)
        ranked.erase(ranked.begin() + mostCandidates, ranked.end());
    for (SchemaCandidate &candidate : ranked) {
        SchemaProfile &profile = candidate.profile;
        const auto table = std::ranges::find_if(*tables, [&](const TableInfo &info) {
            return info.schema == profile.sessions.schema && info.name == profile.sessions.table;
        });
        const auto confirmed = confirmWithData(**connection, url.kind, *table, options.timeZone, profile, call);
        // A guess that may not be read says nothing of the rest.
        if (!confirmed && isGuess(profile) && confirmed.error().code == base::ErrorCode::PermissionDenied)
            continue;
        if (!confirmed)
            return fail(withMissingRight(**connection, confirmed.error(), profile));
        profile.fingerprint = schemaFingerprint(*table);
        profile.confidence = std::clamp(candidate.score / fullScore, 0.0, 1.0) * (*confirmed ? 1.0 : 0.5);
        if (sure && *confirmed && &candidate == &ranked.front())
            detection.best = profile;
        detection.candidates.push_back(std::move(profile));
    }
    return detection;
}

Result<std::vector<TableInfo>> readTables(const DatabaseUrl &url, const StoreOptions &options, const Call &call)
{
    if (url.kind == DatabaseKind::Redis)
        return std::vector<TableInfo>(); // keys, and no tables
    const auto connection = openConnection(url, options, Access::ReadOnly, call);
    if (!connection)
        return fail(connection.error());
    return readCatalogue(**connection, url.kind, {.schema = url.schema, .tables = {}}, call);
}

Result<std::unique_ptr<SessionStore>> openStore(const DatabaseUrl &url, const SchemaProfile &schema,
                                                const StoreOptions &options, Access access, const Call &call)
{
    if (url.redis)
        return openRedis(url, schema, options, access, call);
    auto connection = openConnection(url, options, access, call);
    if (!connection)
        return fail(std::move(connection.error()));
    auto bound = bindSchema(**connection, url.kind, schema, call);
    if (!bound)
        return fail(std::move(bound.error()));
    return std::make_unique<SqlSessionStore>(std::move(*connection), url.kind, std::move(*bound), options.timeZone,
                                             access);
}

void ignoreDatabaseEnvironment()
{
    for (const char *name : {"PGHOST",
                             "PGHOSTADDR",
                             "PGPORT",
                             "PGDATABASE",
                             "PGUSER",
                             "PGPASSWORD",
                             "PGPASSFILE",
                             "PGSERVICE",
                             "PGSERVICEFILE",
                             "PGOPTIONS",
                             "PGSSLMODE",
                             "PGSSLCERT",
                             "PGSSLKEY",
                             "PGSSLROOTCERT",
                             "PGREQUIRESSL",
                             "PGTARGETSESSIONATTRS",
                             "MYSQL_TCP_PORT",
                             "MYSQL_UNIX_PORT",
                             "MARIADB_PLUGIN_DIR",
                             "LIBMYSQL_PLUGINS",
                             "MARIADB_TLS_DISABLE_PEER_VERIFICATION"})
        qunsetenv(name);
}

} // namespace rollcall::store
