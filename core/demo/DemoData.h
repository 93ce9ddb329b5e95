#pragma once

#include <QString>

#include "core/base/Call.h"
#include "core/base/Clock.h"
#include "core/base/Secret.h"

namespace rollcall::demo {

/// How much to make up.
struct DemoPopulation
{
    int sessions = 4000; ///< rows of all states: about two thirds live, 4 % orphans, the rest expired
    quint64 seed = 1;    ///< the same seed and time give the same rows
    base::Instant now;   ///< what "live" is measured against
};

/// The user and session that the demo gives the person at the keyboard.
struct DemoVisitor
{
    QString name = QStringLiteral("Demo visitor");
    QString email = QStringLiteral("visitor@example.com");
    base::SecretBytes token; ///< of a live session of this user
};

/// Makes the database file @p path, which must not exist: the tables of Prisma's Auth.js schema (User, Account,
/// Session, VerificationToken; expires in epoch milliseconds) with the columns createdAt, ipAddress and userAgent on
/// sessions, and an application's own Order table. Filled in one transaction; the journal is WAL, so that readers and
/// the server do not wait for each other. The visitor's session is one of population.sessions. Blocks (about 0.2 s for
/// 4,000 sessions). Errors: FileUnwritable, DiskFull, Timeout, Cancelled; nothing is left behind then.
/// **Source:** facts/database-schemas.md (prisma 7, timestampFormat unixepoch-ms).
[[nodiscard]] base::Status createDemoDatabase(const QString &path, const DemoPopulation &population,
                                              const DemoVisitor &visitor, const base::Call &call);

/// True where @p path is a database that createDemoDatabase() made. Errors: FileUnreadable.
[[nodiscard]] base::Result<bool> isDemoDatabase(const QString &path);

} // namespace rollcall::demo
