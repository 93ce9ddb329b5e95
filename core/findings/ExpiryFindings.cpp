#include <array>

#include "core/findings/Collectors.h"
#include "core/findings/FindingText.h"
#include "core/store/schema/ExpiresCodec.h"

namespace rollcall::findings {

namespace {

std::vector<Finding> oddDates(const Expiries &expiries, const QString &column)
{
    std::vector<Finding> found;
    if (const qint64 bad = expiries.unreadable + expiries.absent; bad > 0)
        found.push_back(
            {.id = QStringLiteral("expiry-unreadable"),
             .weight = Weight::Medium,
             .title = QStringLiteral("Expiry dates that cannot be read"),
             .evidence = QStringLiteral("%1 of %2: %3 hold nothing, %4 something that is no time.")
                             .arg(column, rowsText(bad), countText(expiries.absent), countText(expiries.unreadable)),
             .remedy = QStringLiteral("See which ones (--state all). Such rows are "
                                      "never counted as live; what the application makes of them is open."),
             .statement = {}});
    if (const qint64 odd = expiries.tooEarly + expiries.tooLate; odd > 0)
        found.push_back(
            {.id = QStringLiteral("expiry-absurd"),
             .weight = Weight::Medium,
             .title = QStringLiteral("Expiry dates that cannot be meant"),
             .evidence = QStringLiteral("%1 of %2: %3 before 2015, %4 after 2099 or never.")
                             .arg(column, rowsText(odd), countText(expiries.tooEarly), countText(expiries.tooLate)),
             .remedy = QStringLiteral("Sessions that never end stay open until they are revoked. Find out "
                                      "what wrote them; a wrong unit (seconds for milliseconds) is usual."),
             .statement = {}});
    return found;
}

std::vector<Finding> zoneFindings(const Survey &survey)
{
    const SurveyedTables &tables = *survey.tables;
    if (!tables.zoneless)
        return {unchecked(QStringLiteral("zone"), QStringLiteral("whether expiries name their time zone"),
                          tables.zoneless.error())};
    if (!*tables.zoneless)
        return {};
    std::optional<std::chrono::hours> off;
    if (tables.expiries && tables.expiries->newest && survey.lifetime > std::chrono::seconds(0)) {
        const std::array lifetimes{survey.lifetime};
        off = store::zoneOffsetHint(*tables.expiries->newest, survey.now, lifetimes);
    }
    if (survey.timeZoneIsSaid && !off)
        return {}; // somebody chose it, and nothing speaks against it
    const QString column = tables.schema.sessions.expires;
    QString evidence = QStringLiteral("%1 holds times without a zone; they are read as %2, %3.")
                           .arg(column, survey.timeZone,
                                survey.timeZoneIsSaid ? QStringLiteral("as this connection says")
                                                      : QStringLiteral("which is an assumption"));
    if (off)
        evidence += QStringLiteral(" The newest one lies %1%2 h off now plus the session lifetime: the application "
                                   "probably writes another zone.")
                        .arg(off->count() > 0 ? QStringLiteral("+") : QString(), QString::number(off->count()));
    return {{.id = QStringLiteral("zone-assumed"),
             .weight = off ? Weight::Medium : Weight::Low,
             .title = off ? QStringLiteral("The time zone of %1 is probably wrong").arg(column)
                          : QStringLiteral("The time zone of %1 is assumed").arg(column),
             .evidence = evidence,
             .remedy = QStringLiteral("Say in which zone the application writes (--timezone, or the connection's "
                                      "schema): the process's own for Kysely, MikroORM and Better Auth over mysql2, "
                                      "UTC for Prisma, Drizzle and Sequelize."),
             .statement = {}}};
}

} // namespace

std::vector<Finding> expiryFindings(const Survey &survey)
{
    if (!survey.tables)
        return {};
    std::vector<Finding> found = zoneFindings(survey);
    if (survey.tables->expiries) // that they could not be read is said where pruning is looked at
        std::ranges::move(oddDates(*survey.tables->expiries, survey.tables->schema.sessions.expires),
                          std::back_inserter(found));
    return found;
}

} // namespace rollcall::findings
