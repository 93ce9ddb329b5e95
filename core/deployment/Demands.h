#pragma once

#include <vector>

#include "core/deployment/ConnectionConfig.h"

namespace rollcall::deployment {

/// Holds @p config to what those of @p saved demand that are of the same place, so that nobody gets around it by
/// another connection. Where one of the same database wants approval (ConnectionProfile::needsApproval), it wants
/// approval. Where one of the same database or cache is a production connection, it is one, and goes by that one's name
/// where it has none, as a confirmation asks for a name. A Redis is the same place as database and as cache. The same
/// place is the same kind, host, port and name, whoever logs in; of SQLite the same file, also by links. Hosts are
/// compared as written, but for case, a dot at the end, how an IP address is spelt, and all that mean this machine:
/// `localhost`, loopback addresses, its own name, Unix sockets. An address that cannot be read is no such place.
/// **Thread-safety:** reentrant.
void holdToDemands(ConnectionConfig &config, const std::vector<workspace::ConnectionProfile> &saved);

/// The names of those of @p saved that want approval of revocations in the database of @p config: whom they list may
/// approve. **Thread-safety:** reentrant.
[[nodiscard]] QStringList whoWantApproval(const ConnectionConfig &config,
                                          const std::vector<workspace::ConnectionProfile> &saved);

/// Whether the database of @p config is the one at @p address, an address without its password: what was planned, kept
/// or left unfinished there may be carried out here. Stricter than the above, as a wrong yes deletes elsewhere: a Unix
/// socket is its path and no host, only `localhost`, 127.0.0.1 and ::1 are one, any other name is itself.
/// **Thread-safety:** reentrant.
[[nodiscard]] bool isDatabaseOf(const ConnectionConfig &config, const QString &address);

/// The same of two addresses without their passwords. **Thread-safety:** reentrant.
[[nodiscard]] bool isSameDatabase(const QString &left, const QString &right);

/// What those of @p saved demand of who works on the database at @p address without connecting to it, as
/// holdToDemands(); @p name: the connection that is meant, if it is one of them: what it demands itself counts for any
/// address, as flags can give it another. One that cannot be read may be any of theirs, and counts as production where
/// one of them is. **Thread-safety:** reentrant.
[[nodiscard]] workspace::ConnectionProfile demandsOn(const QString &address, const QString &name,
                                                     const std::vector<workspace::ConnectionProfile> &saved);

/// What of what protects a place is given up by saving its connection anew. **Thread-safety:** plain value.
struct GivenUp
{
    bool production = false; ///< a database or cache that was held as production is so no longer
    bool approval = false;   ///< revocations in a database that wanted approval want it no longer
    bool approvers = false;  ///< others may approve than those listed

    bool operator==(const GivenUp &) const = default;
    /// Whether it is nothing more than @p other.
    [[nodiscard]] bool isWithin(const GivenUp &other) const;
};

/// What is given up where @p now takes the place of @p old: each of its demands, and of its parts (database, cache),
/// each for itself, that holdToDemands() would no longer hold by @p now. An address that cannot be read is held by the
/// same text. GivenUp::approvers stays false: they are no part of a profile. **Thread-safety:** reentrant.
[[nodiscard]] GivenUp givenUpBy(const workspace::ConnectionProfile &old, const workspace::ConnectionProfile &now);

/// The path, without links, of the SQLite file that the database at @p address is; empty where it is none, or where
/// there is no such file. **Thread-safety:** reentrant.
[[nodiscard]] QString sqliteFileAt(const QString &address);

} // namespace rollcall::deployment
