#include "core/findings/Collectors.h"
#include "core/findings/FindingText.h"

namespace rollcall::findings {

namespace {

/// Rows where the deployment is said to need none.
std::vector<Finding> unusedRows(const Expiries &expiries, const QString &table)
{
    if (expiries.rows() == 0)
        return {};
    const bool live = expiries.live > 0;
    return {{.id = QStringLiteral("sessions-unused"),
             .weight = live ? Weight::Medium : Weight::Low,
             .title = live ? QStringLiteral("Sessions are said to be JWTs, yet there are live rows")
                           : QStringLiteral("Sessions are JWTs; old rows are left"),
             .evidence = QStringLiteral("%1 holds %2, %3 of them not yet expired.")
                             .arg(table, rowsText(expiries.rows()), countText(expiries.live)),
             .remedy = live ? QStringLiteral("Check which strategy the deployment runs: rows are written under the "
                                             "database strategy alone (--strategy database).")
                            : QStringLiteral("Left from before the strategy was changed: prune them."),
             .statement = {}}};
}

/// A table of sessions that nobody is signed in by.
std::vector<Finding> idleTable(const Survey &survey, const Expiries &expiries, const QString &table)
{
    if (expiries.live > 0 || expiries.tooLate > 0)
        return {};
    QString evidence = QStringLiteral("%1 is empty.").arg(table);
    if (expiries.rows() > 0) {
        evidence = QStringLiteral("No row of %1 is live").arg(table);
        evidence += expiries.newest ? QStringLiteral("; the newest one expired on %1.").arg(dayText(*expiries.newest))
                                    : QStringLiteral(".");
    }
    return {{.id = QStringLiteral("sessions-idle"),
             .weight = Weight::Medium,
             .title = QStringLiteral("The sessions table is idle"),
             .evidence = evidence + QStringLiteral(" If people are signed in, the deployment sets JWT cookies, and "
                                                   "deleting rows signs nobody out."),
             .remedy = survey.strategyIsSaid
                           ? QStringLiteral("Check the deployment's session strategy; this connection says database.")
                           : QStringLiteral("Check the deployment's session strategy, and say --strategy jwt where it "
                                            "is that. Without a strategy of its own, Auth.js uses JWT where it has "
                                            "no adapter."),
             .statement = {}}};
}

} // namespace

std::vector<Finding> strategyFindings(const Survey &survey)
{
    std::vector<Finding> found;
    if (!survey.tables)
        return found;
    const SurveyedTables &tables = *survey.tables;
    if (tables.expiries)
        found = survey.strategy == session::Strategy::Jwt ? unusedRows(*tables.expiries, tables.sessions)
                                                          : idleTable(survey, *tables.expiries, tables.sessions);
    const bool betterAuth =
        survey.version == session::AuthVersion::BetterAuth || tables.schema.adapter == QStringLiteral("better-auth");
    if (betterAuth && !survey.hasCache && survey.strategy == session::Strategy::Database)
        found.push_back({.id = QStringLiteral("secondary-storage-possible"),
                         .weight = Weight::Medium,
                         .title = QStringLiteral("Better Auth may keep sessions elsewhere as well"),
                         .evidence = QStringLiteral("Its secondary storage is read before the rows, and cannot be seen "
                                                    "from the database. This connection has no cache. Where the "
                                                    "deployment uses one, deleting a row alone signs nobody out."),
                         .remedy = QStringLiteral("Where the deployment's auth configuration names a secondaryStorage, "
                                                  "give its Redis as the connection's cache (--cache)."),
                         .statement = {}});
    return found;
}

} // namespace rollcall::findings
