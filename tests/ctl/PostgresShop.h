#pragma once

#include <QString>

#include "tests/support/CtlProcess.h"
#include "tests/support/PostgresServer.h"

namespace rollcall::test {

/// A deployment's tables in a PostgreSQL server of their own, for tests of commands that change rows: a hundred users,
/// no session. **Thread-safety:** one thread.
class PostgresShop
{
protected:
    /// Every session's token is to begin so: no command may show it.
    static constexpr char tokenStart[] = "4b1d0000-0000-4000-8000-";

    /// Makes the tables, @p columns more in that of the sessions (", device jsonb"), and runs @p sql.
    void makeTables(const QString &columns, const QString &sql);
    /// Fails the running test where @p sql cannot be run.
    void run(const QString &sql);
    /// Fails the running test where @p condition, SQL, does not hold.
    void require(const QString &condition);
    /// Puts the address into the variable DB: as the superuser, or as @p user, whose password is "pw".
    void giveAddress(CtlProcess &ctl, const QString &user = {}) const;

    PostgresServer m_server;
};

} // namespace rollcall::test
