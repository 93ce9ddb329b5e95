#include "core/findings/Collectors.h"
#include "core/findings/FindingText.h"

namespace rollcall::findings {

namespace {

using store::LookupColumn;

constexpr qint64 largeTable = 100'000; ///< rows from which on sorting them all is felt

struct Kind
{
    const char *id;
    Weight weight;
    const char *cost; ///< what is slow without the index
};

Kind kindOf(LookupColumn column, std::optional<qint64> rows)
{
    switch (column) {
    case LookupColumn::Token:
        return {"index-token-missing", Weight::High, "Every request of the application that checks a session"};
    case LookupColumn::User:
        return {"index-user-missing", Weight::Medium, "Finding or ending one user's sessions, and deleting a user,"};
    case LookupColumn::Expires:
        break;
    }
    return {"index-expires-missing", rows.value_or(0) >= largeTable ? Weight::Medium : Weight::Low,
            "Listing sessions by expiry, and finding expired ones to prune,"};
}

/// Such values are ordered as they are stored in SQLite alone; a text may be written in more than one way.
bool isText(store::ExpiresEncoding encoding)
{
    using enum store::ExpiresEncoding;
    return encoding == TextIso || encoding == TextEpochMilliseconds || encoding == Mixed;
}

QString evidenceOf(const IndexState &index, const Kind &kind, const SurveyedTables &tables)
{
    QString rows = QStringLiteral("all rows");
    if (tables.expiries)
        rows = QStringLiteral("all ") + rowsText(tables.expiries->rows());
    else if (tables.size && tables.size->rows)
        rows = QStringLiteral("all of about ") + rowsText(*tables.size->rows);
    QString text = QStringLiteral("%1 reads %2 of %3").arg(QString::fromLatin1(kind.cost), rows, tables.sessions);
    if (index.plan && *index.plan && !(*index.plan)->text.isEmpty())
        text += QStringLiteral(" (EXPLAIN: %1)").arg((*index.plan)->text);
    text += QLatin1Char('.');
    if (index.plan && !*index.plan)
        text += QStringLiteral(" The plan could not be had: ") + unchecked({}, {}, index.plan->error()).evidence;
    if (index.column == LookupColumn::Expires && !tables.orderCanUseIndex)
        text += QStringLiteral(" The times are computed from each row first, so an index helps queries on the bare "
                               "column alone: not Rollcall's own order by expiry.");
    if (index.column == LookupColumn::Expires && tables.orderCanUseIndex && isText(tables.schema.sessions.encoding))
        text += QStringLiteral(" In SQLite an index serves Rollcall's own order by expiry where every row stores it in "
                               "one form.");
    return text;
}

} // namespace

std::vector<Finding> indexFindings(const Survey &survey)
{
    std::vector<Finding> found;
    if (!survey.tables)
        return found;
    const SurveyedTables &tables = *survey.tables;
    std::optional<qint64> rows;
    if (tables.expiries)
        rows = tables.expiries->rows();
    else if (tables.size)
        rows = tables.size->rows;
    for (const IndexState &index : tables.indexes) {
        if (index.exists)
            continue;
        const Kind kind = kindOf(index.column, rows);
        const bool unique = index.column == LookupColumn::Token && tables.duplicates && tables.duplicates->complete &&
                            tables.duplicates->tokens == 0;
        const QString statement = unique && !index.takesNoUnique() ? index.createUnique : index.create;
        const QString whyNotUnique =
            unique && index.takesNoUnique()
                ? QStringLiteral(" It is not a unique one: the table is partitioned, and a unique index must have the "
                                 "partition key in it.")
                : QString();
        found.push_back({.id = QString::fromLatin1(kind.id),
                         .weight = kind.weight,
                         .title = QStringLiteral("No index on %1").arg(index.name),
                         .evidence = evidenceOf(index, kind, tables),
                         .remedy = statement.isEmpty()
                                       ? QStringLiteral("Give the column a type of limited length (varchar), then an "
                                                        "index, in the application's own migrations.")
                                       : QStringLiteral("Make the index, best in the application's own migrations. The "
                                                        "statement lets readers and writers go on meanwhile where the "
                                                        "database can; Rollcall never runs it.") +
                                             whyNotUnique,
                         .statement = statement});
    }
    return found;
}

} // namespace rollcall::findings
