#include <numeric>

#include "core/findings/Collectors.h"
#include "core/findings/FindingText.h"

namespace rollcall::findings {

namespace {

constexpr qint64 manyRows = 10'000;
constexpr double largeShare = 0.5;
constexpr qint64 worthTheShare = 100; ///< below so many rows a share says nothing
constexpr int growthDays = 7;

/// Rows that expire a day and stay, by those of the last week: what the table grows by where nothing removes them.
double growthPerDay(const Expiries &expiries)
{
    const auto now = expiries.days.begin() + daysBefore;
    return static_cast<double>(std::accumulate(now - growthDays, now, qint64{0})) / growthDays;
}

QString growthText(double perDay, bool estimated)
{
    if (perDay < 1)
        return QStringLiteral(" Less than one a day is added to them.");
    return QStringLiteral(" About %1 a day are added to them.").arg(countText(qRound64(perDay), estimated));
}

Finding pruneDue(qint64 expired, qint64 all, const QString &evidence)
{
    const bool much = expired >= manyRows ||
                      (all >= worthTheShare && static_cast<double>(expired) > largeShare * static_cast<double>(all));
    return {.id = QStringLiteral("prune-due"),
            .weight = much ? Weight::Medium : Weight::Low,
            .title = QStringLiteral("Expired sessions are not pruned"),
            .evidence = evidence,
            .remedy = QStringLiteral("Have expired rows deleted regularly, from 24 h past their expiry on: that "
                                     "outlasts any mistake about a time zone."),
            .statement = {}};
}

QString sizeText(const SurveyedTables &tables)
{
    if (!tables.size || tables.size->bytes <= 0)
        return {};
    return tables.size->bytesAreOfDatabase
               ? QStringLiteral(" The whole database takes %1.").arg(bytesText(tables.size->bytes))
               : QStringLiteral(" The table takes %1 with its indexes.").arg(bytesText(tables.size->bytes));
}

/// By the expiry of every row.
std::vector<Finding> byExpiries(const Expiries &expiries, const SurveyedTables &tables, bool hasOrphans)
{
    if (expiries.prunable == 0)
        return {};
    const qint64 all = expiries.rows();
    QString evidence = QStringLiteral("%1%2 of %3 expired more than 24 h ago (%4 %)")
                           .arg(expiries.estimated ? QStringLiteral("About ") : QString(),
                                countText(expiries.prunable, expiries.estimated),
                                expiries.estimated ? countText(all, true) + QStringLiteral(" rows") : rowsText(all),
                                countText(qRound64(100.0 * static_cast<double>(expiries.prunable) /
                                                   static_cast<double>(std::max<qint64>(all, 1)))));
    if (hasOrphans) // which the count of expired sessions leaves out
        evidence += QStringLiteral(", orphans among them");
    if (expiries.oldest)
        evidence += QStringLiteral(", the oldest on ") + dayText(*expiries.oldest);
    evidence += QLatin1Char('.') + growthText(growthPerDay(expiries), expiries.estimated) + sizeText(tables);
    return {pruneDue(expiries.prunable, all, evidence)};
}

std::vector<Finding> orphanFindings(const Survey &survey)
{
    if (!survey.stats)
        return {unchecked(QStringLiteral("counts"), QStringLiteral("how many sessions there are, and orphans"),
                          survey.stats.error())};
    if (survey.depth == Depth::Estimates)
        return {{.id = QStringLiteral("uncounted"),
                 .weight = Weight::Low,
                 .title = QStringLiteral("Not counted: sessions whose user is gone, expiry dates that cannot be meant"),
                 .evidence = QStringLiteral("The table is large: the counts are what the database reckons by its own "
                                            "statistics, which say nothing of these."),
                 .remedy = QStringLiteral("Count exactly when the database has little to do."),
                 .statement = {}}};
    if (survey.stats->estimated)
        return {{.id = QStringLiteral("unchecked-orphans"),
                 .weight = Weight::Low,
                 .title = QStringLiteral("Could not be checked: sessions whose user is gone"),
                 .evidence = QStringLiteral("Counting took longer than allowed; the other counts are estimates."),
                 .remedy = QStringLiteral("Allow more time (--timeout) when the database has little to do."),
                 .statement = {}}};
    if (survey.stats->orphan == 0)
        return {};
    const bool referenced = !survey.tables || survey.tables->userIsReferenced;
    return {{.id = QStringLiteral("orphans"),
             .weight = Weight::Medium,
             .title = QStringLiteral("Sessions whose user is gone"),
             .evidence = QStringLiteral("%1 no user.%2")
                             .arg(survey.stats->orphan == 1
                                      ? QStringLiteral("1 session has")
                                      : QStringLiteral("%1 sessions have").arg(countText(survey.stats->orphan)),
                                  referenced ? QString()
                                             : QStringLiteral(" No foreign key holds sessions to their users: deleting "
                                                              "a user leaves the sessions behind.")),
             .remedy = QStringLiteral("See which ones (state:orphan in the filter, or --state orphan); revoke them, "
                                      "and delete a user's sessions together with the user."),
             .statement = {}}};
}

} // namespace

std::vector<Finding> pruneFindings(const Survey &survey)
{
    std::vector<Finding> found = orphanFindings(survey);
    if (survey.tables && survey.tables->expiries) {
        std::ranges::move(
            byExpiries(*survey.tables->expiries, *survey.tables, survey.stats && survey.stats->orphan > 0),
            std::back_inserter(found));
        return found;
    }
    if (survey.tables)
        found.push_back(unchecked(QStringLiteral("expiries"), QStringLiteral("expiry dates row by row"),
                                  survey.tables->expiries.error()));
    // No tables, or too many rows to look at: the counts say something all the same.
    if (survey.stats && survey.stats->expired > 0) {
        const qint64 all = survey.stats->live + survey.stats->expired + survey.stats->orphan;
        found.push_back(
            pruneDue(survey.stats->expired, all,
                     QStringLiteral("%1%2 have expired.")
                         .arg(survey.stats->estimated ? QStringLiteral("About ") : QString(),
                              QStringLiteral("%1 of %2").arg(countText(survey.stats->expired), rowsText(all)))));
    }
    return found;
}

} // namespace rollcall::findings
