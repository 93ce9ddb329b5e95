#include "core/store/sql/MysqlInstants.h"

#include <QDateTime>

#include <span>
#include <vector>

namespace rollcall::store {

namespace {

constexpr int firstYear = 2010;
constexpr int lastYear = 2040;

/// A change of a zone's offset, by the wall clock.
struct Change
{
    QString wall; ///< the first wall time of the new offset
    int offset;   ///< from then on, in seconds ahead of UTC
};

std::vector<Change> changesOf(const QTimeZone &zone, const QDateTime &from, const QDateTime &to)
{
    std::vector<Change> changes;
    for (const auto &transition : zone.transitions(from, to)) {
        const int offset = transition.offsetFromUtc;
        changes.push_back(
            {transition.atUtc.toUTC().addSecs(offset).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")), offset});
    }
    return changes;
}

/// A search tree of comparisons, so that no row pays for all changes. @p before holds until the first of them.
QString offsetTree(const QString &wall, int before, std::span<const Change> changes)
{
    if (changes.empty())
        return QString::number(before);
    const std::size_t middle = changes.size() / 2;
    const Change &change = changes[middle];
    return QStringLiteral("CASE WHEN %1 < '%2' THEN %3 ELSE %4 END")
        .arg(wall, change.wall, offsetTree(wall, before, changes.first(middle)),
             offsetTree(wall, change.offset, changes.subspan(middle + 1)));
}

} // namespace

QString zoneOffsetSql(const QString &wall, const QTimeZone &zone)
{
    const QDateTime from(QDate(firstYear, 1, 1), QTime(0, 0), Qt::UTC);
    const QDateTime to(QDate(lastYear, 1, 1), QTime(0, 0), Qt::UTC);
    return offsetTree(wall, zone.offsetFromUtc(from), changesOf(zone, from, to));
}

QString parsedMicrosecondsSql(const QString &column, const QTimeZone &zone)
{
    static const QString number = QStringLiteral("CAST(COALESCE(NULLIF(%1, ''), '0') AS SIGNED)");
    static const QString suffix = QStringLiteral("NULLIF(REGEXP_SUBSTR(SUBSTR(%1, 17), '[+-][0-9:]+$'), '')");
    const auto part = [&](int from, int length) {
        return number.arg(
            QStringLiteral("SUBSTR(%1, %2, %3)").arg(column, QString::number(from), QString::number(length)));
    };
    const QString seconds =
        QStringLiteral("CASE WHEN SUBSTR(%1, 17, 1) = ':' THEN %2 ELSE 0 END").arg(column, part(18, 2));
    const QString fraction =
        QStringLiteral("CASE WHEN SUBSTR(%1, 20, 1) = '.' THEN "
                       "CAST(RPAD(LEFT(REGEXP_SUBSTR(SUBSTR(%1, 21), '^[0-9]+'), 6), 6, '0') AS SIGNED) ELSE 0 END")
            .arg(column);
    const QString offset = suffix.arg(column);
    const QString offsetMinutes = number.arg(QStringLiteral("SUBSTR(REPLACE(%1, ':', ''), 4, 2)").arg(offset));
    const QString written = QStringLiteral("(CASE LEFT(%1, 1) WHEN '-' THEN -60 ELSE 60 END * "
                                           "(CAST(SUBSTR(%1, 2, 2) AS SIGNED) * 60 + %2))")
                                .arg(offset, offsetMinutes);
    const QString ahead = QStringLiteral("CASE WHEN %1 REGEXP 'Z$' THEN 0 WHEN %2 IS NOT NULL THEN %3 ELSE %4 END")
                              .arg(column, offset, written,
                                   zoneOffsetSql(QStringLiteral("REPLACE(LEFT(%1, 19), 'T', ' ')").arg(column), zone));
    // Days beyond a month's end run on into the next, as in ExpiresCodec.
    const QString days =
        QStringLiteral("DATEDIFF(CONCAT(LEFT(%1, 8), '01'), '1970-01-01') + %2 - 1").arg(column, part(9, 2));
    const QString iso = QStringLiteral("(((%1) * 86400 + %2 * 3600 + %3 * 60 + %4 - %5) * 1000000 + %6)")
                            .arg(days, part(12, 2), part(15, 2), seconds, ahead, fraction);
    return QStringLiteral(
               "(CASE WHEN %1 REGEXP '^[0-9]{9,18}$' THEN CAST(%1 AS SIGNED) * "
               "CASE WHEN CAST(%1 AS SIGNED) >= 100000000000000 THEN 1 WHEN CAST(%1 AS SIGNED) >= 100000000000 "
               "THEN 1000 ELSE 1000000 END "
               "WHEN %1 REGEXP '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9]"
               "(:[0-5][0-9]([.][0-9]{1,9})?)?( ?(Z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?))?)?$' THEN %2 END)")
        .arg(column, iso);
}

} // namespace rollcall::store
