#pragma once

#include <QTimeZone>

#include <memory>

#include "core/base/Call.h"
#include "core/store/SessionStore.h"
#include "core/store/redis/ScanPace.h"
#include "core/store/schema/Catalogue.h"
#include "core/store/schema/SchemaProfile.h"
#include "core/store/sql/DatabaseUrl.h"

namespace rollcall::store {

/// How to reach a database.
struct StoreOptions
{
    QString caFile;                            ///< PEM; empty: the system's bundle
    QStringList insecureHosts;                 ///< hosts for which unverified links were deliberately allowed
    QTimeZone timeZone = QTimeZone::utc();     ///< how zoneless timestamps are read
    std::chrono::milliseconds timeout{10'000}; ///< bound of each operation, also told to the server
    ScanPace scanPace;                         ///< of Redis alone
};

/// Name and version of the server: {"PostgreSQL", "15.20"}.
struct DatabaseVersion
{
    QString kind;
    QString version;
    QString tls; ///< for people: "TLS 1.3, certificate verified", "loopback, not encrypted", "file"
};

/// What introspection found.
struct SchemaDetection
{
    DatabaseVersion database;
    std::optional<SchemaProfile> best;     ///< set where sure enough
    std::vector<SchemaProfile> candidates; ///< ranked, the best first; empty: no sessions table at all
    qint64 tablesSeen = 0;                 ///< of Redis, keys looked at
};

enum class Access { ReadOnly, Write };

/// Removes the variables by which libpq and libmariadb would override an address or their own checks (PGPASSWORD,
/// PGHOSTADDR, MARIADB_PLUGIN_DIR, …): a connection is what it was said to be, and nothing of the process's
/// environment. Call it first in main(), before any thread starts.
void ignoreDatabaseEnvironment();

/// Connects and says who answers. Errors: HostNotFound, ConnectRefused, ConnectTimeout, TlsFailed, TlsUnavailable,
/// AuthenticationFailed, DatabaseNotFound, NotADatabase, InsecureTransport, FileUnreadable, Timeout, Cancelled.
[[nodiscard]] base::Result<DatabaseVersion> probeDatabase(const DatabaseUrl &url, const StoreOptions &options,
                                                          const base::Call &call);

/// Reads the catalogue (of Redis, a sample of its keys and values) and ranks candidates. Errors: as probeDatabase,
/// PermissionDenied, StatementFailed.
[[nodiscard]] base::Result<SchemaDetection> detectSchema(const DatabaseUrl &url, const StoreOptions &options,
                                                         const base::Call &call);

/// Reads the catalogue alone: all tables with their columns, for choosing among them; Redis has none. Errors: as
/// probeDatabase,
/// PermissionDenied, StatementFailed.
[[nodiscard]] base::Result<std::vector<TableInfo>> readTables(const DatabaseUrl &url, const StoreOptions &options,
                                                              const base::Call &call);

/// Opens a store. With Access::ReadOnly the server session itself is held to reading; a Redis server has none such, so
/// there a channel that knows only commands that read is used. Errors: as probeDatabase, SchemaChanged.
[[nodiscard]] base::Result<std::unique_ptr<SessionStore>> openStore(const DatabaseUrl &url, const SchemaProfile &schema,
                                                                    const StoreOptions &options, Access access,
                                                                    const base::Call &call);

} // namespace rollcall::store
