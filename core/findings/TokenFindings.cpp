#include "core/findings/Collectors.h"
#include "core/findings/FindingText.h"

namespace rollcall::findings {

std::vector<Finding> tokenFindings(const Survey &survey)
{
    if (!survey.tables || survey.tables->tokenIsUnique)
        return {};
    const SurveyedTables &tables = *survey.tables;
    const QString column = tables.schema.sessions.token;
    if (tables.duplicates && tables.duplicates->tokens > 0) {
        const store::DuplicateTokens &found = *tables.duplicates;
        return {
            {.id = QStringLiteral("tokens-duplicated"),
             .weight = Weight::High,
             .title = QStringLiteral("One token stands in several rows"),
             .evidence =
                 QStringLiteral("%1 in %2, among %3%4. Which user such a token signs in is left to chance.")
                     .arg(found.tokens == 1 ? QStringLiteral("1 token stands")
                                            : QStringLiteral("%1 tokens stand").arg(countText(found.tokens)),
                          rowsText(found.rows), found.complete ? QStringLiteral("all ") : QStringLiteral("the first "),
                          rowsText(found.rowsRead)),
             .remedy = QStringLiteral("Find out what writes them; end these sessions; then make %1 unique so that "
                                      "it cannot happen again.")
                           .arg(column),
             .statement = {}}};
    }
    const IndexState *index = tables.indexes.empty() ? nullptr : &tables.indexes.front();
    const QString statement = index != nullptr ? index->createUnique : QString();
    QString evidence =
        QStringLiteral("Nothing in the database keeps two rows of %1 from holding one token.").arg(tables.sessions);
    if (tables.duplicates)
        evidence += tables.duplicates->complete
                        ? QStringLiteral(" Now there are no such rows.")
                        : QStringLiteral(" Among the first %1 there are no such rows; the rest was not compared.")
                              .arg(rowsText(tables.duplicates->rowsRead));
    std::vector<Finding> found{{.id = QStringLiteral("token-not-unique"),
                                .weight = Weight::Medium,
                                .title = QStringLiteral("Tokens need not be unique"),
                                .evidence = evidence,
                                .remedy = index != nullptr && index->takesNoUnique()
                                              ? QStringLiteral("The table is partitioned: a unique index on it must "
                                                               "have the partition key in it, so none keeps %1 alone "
                                                               "unique. Partition it by %1, or leave it to the "
                                                               "application's random tokens.")
                                                    .arg(column)
                                              : QStringLiteral("Make a unique index on %1, best in the application's "
                                                               "own migrations; it serves the look-up as well.")
                                                    .arg(column),
                                // Refused where two rows hold one token, which on PostgreSQL leaves a broken index.
                                .statement = tables.duplicates && tables.duplicates->complete ? statement : QString()}};
    if (!tables.duplicates)
        found.push_back(unchecked(QStringLiteral("duplicates"), QStringLiteral("tokens that stand in several rows"),
                                  tables.duplicates.error()));
    return found;
}

} // namespace rollcall::findings
