#include "core/store/sql/MysqlText.h"

namespace rollcall::store {

namespace {

/// Copies the literal that begins at @p from, and returns what follows it. A doubled quote ends one and begins the
/// next.
qsizetype copyLiteral(const QString &sql, qsizetype from, QString &into)
{
    const qsizetype end = sql.indexOf(QLatin1Char('\''), from + 1);
    const qsizetype next = end < 0 ? sql.size() : end + 1;
    into += QStringView(sql).sliced(from, next - from);
    return next;
}

/// Writes the name that begins at @p from in back quotes, and returns what follows it.
qsizetype copyName(const QString &sql, qsizetype from, QString &into)
{
    const QChar quote = QLatin1Char('"');
    const QChar backQuote = QLatin1Char('`');
    into += backQuote;
    qsizetype at = from + 1;
    for (; at < sql.size(); ++at) {
        if (sql[at] == quote) {
            if (at + 1 == sql.size() || sql[at + 1] != quote)
                break;
            ++at;
        }
        into += sql[at];
        if (sql[at] == backQuote)
            into += backQuote;
    }
    into += backQuote;
    return at + 1;
}

/// @p sql with names in back quotes; where @p places is given, with `?` for placeholders as well.
QString rewritten(const QString &sql, std::vector<std::size_t> *places)
{
    QString text;
    text.reserve(sql.size() + 16);
    for (qsizetype at = 0; at < sql.size();) {
        const QChar c = sql[at];
        if (c == QLatin1Char('\'')) {
            at = copyLiteral(sql, at, text);
        } else if (c == QLatin1Char('"')) {
            at = copyName(sql, at, text);
        } else if (c == QLatin1Char('$') && places) {
            std::size_t number = 0;
            for (++at; at < sql.size() && sql[at].isDigit(); ++at)
                number = number * 10 + static_cast<std::size_t>(sql[at].digitValue());
            Q_ASSERT(number > 0);
            places->push_back(number - 1);
            text += QLatin1Char('?');
        } else {
            text += c;
            ++at;
        }
    }
    return text;
}

} // namespace

MysqlText mysqlText(const QString &sql)
{
    MysqlText text;
    text.sql = rewritten(sql, &text.places).toUtf8();
    return text;
}

QString withBackQuotes(const QString &sql)
{
    return rewritten(sql, nullptr);
}

} // namespace rollcall::store
