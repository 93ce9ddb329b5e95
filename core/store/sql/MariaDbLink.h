#pragma once

#include <mysql.h>

#include <QByteArray>

#include <memory>

#include "core/store/StoreFactory.h"
#include "core/store/sql/MariaDbErrors.h"

namespace rollcall::store {

struct MysqlDeleter
{
    void operator()(MYSQL *mysql) const { mysql_close(mysql); }
};
using MysqlPtr = std::unique_ptr<MYSQL, MysqlDeleter>;

/// Waits at most one slice (50 ms) for what libmariadb waits for; what came of it, 0 for nothing.
[[nodiscard]] int waitForMariaDb(MYSQL *mysql, int wanted);

/// Drives one of libmariadb's operations that come as a _start and a _cont half. False where @p call ended first: the
/// operation is then still open, and @p waiting what it waits for.
template <typename Continue>
[[nodiscard]] bool driveMariaDb(MYSQL *mysql, int &waiting, Continue next, const base::Call &call)
{
    while (waiting != 0) {
        if (call.cancelled() || call.expired())
            return false;
        if (const int ready = waitForMariaDb(mysql, waiting))
            waiting = next(ready);
    }
    return true;
}

[[nodiscard]] MariaDbFailure failureOf(MYSQL *mysql);

/// Opens the link to a MySQL or MariaDB server: TLS as the house rules ask, everything within @p call. No option file
/// is read, no local file ever sent. Errors: as probeDatabase().
[[nodiscard]] base::Result<MysqlPtr> connectMariaDb(const DatabaseUrl &url, const StoreOptions &options,
                                                    const base::Call &call);

} // namespace rollcall::store
