#include "core/store/inspect/HistogramSql.h"

namespace rollcall::store {

namespace {

constexpr int absentBucket = -2;
constexpr int unreadableBucket = -1;

/// The number of the bucket that `v.e` falls into, by halves: six comparisons a row for sixty buckets.
QString bucketOf(const QStringList &edges, qsizetype first, qsizetype last)
{
    if (first == last)
        return QString::number(first);
    const qsizetype middle = first + (last - first) / 2;
    return QStringLiteral("CASE WHEN v.e < %1 THEN %2 ELSE %3 END")
        .arg(edges.at(middle), bucketOf(edges, first, middle), bucketOf(edges, middle + 1, last));
}

} // namespace

SqlStatement histogramStatement(const SchemaSql &schema, std::span<const base::Instant> edges)
{
    SqlStatement statement;
    const InstantSql expires = schema.expires(statement.params);
    QStringList bound;
    for (const base::Instant edge : edges)
        bound << expires.bind(statement.params, edge);
    const auto &dialect = schema.dialect();
    statement.sql =
        QStringLiteral("SELECT b.bucket, count(*), %1, %2 FROM (SELECT CASE WHEN v.absent = 1 THEN %3 "
                       "WHEN v.e IS NULL THEN %4 ELSE %5 END AS bucket, v.e AS e "
                       "FROM (SELECT %6 AS e, CASE WHEN %7 IS NULL THEN 1 ELSE 0 END AS absent FROM %8 s) v) b "
                       "GROUP BY b.bucket")
            .arg(dialect.asText(QStringLiteral("min(b.e)")), dialect.asText(QStringLiteral("max(b.e)")),
                 QString::number(absentBucket), QString::number(unreadableBucket), bucketOf(bound, 0, bound.size()),
                 expires.order, schema.column(schema.profile().sessions.expires), schema.table());
    return statement;
}

void addHistogramRow(const SchemaSql &schema, const SqlRow &row, ExpiryHistogram &histogram)
{
    const qint64 number = row.integer(0);
    const qint64 rows = row.integer(1);
    if (number == absentBucket) {
        histogram.absent += rows;
    } else if (number == unreadableBucket) {
        histogram.unreadable += rows;
    } else if (number >= 0 && number < static_cast<qint64>(histogram.buckets.size())) {
        SqlParams unused;
        const InstantSql expires = schema.expires(unused);
        histogram.buckets[static_cast<std::size_t>(number)] = {rows, expires.decode(row.bytes(2)).instant(),
                                                               expires.decode(row.bytes(3)).instant()};
    }
}

} // namespace rollcall::store
