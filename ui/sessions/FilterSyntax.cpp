#include "ui/sessions/FilterSyntax.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace rollcall::sessions {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("FilterSyntax", text);
}

/// Words, with "…" holding blanks together.
QStringList tokens(const QString &text)
{
    static const QRegularExpression word(QStringLiteral("(?:[^\\s\"]|\"[^\"]*\"?)+"));
    QStringList result;
    for (auto it = word.globalMatch(text); it.hasNext();)
        result << it.next().captured(0);
    return result;
}

QString unquoted(QString text)
{
    return text.remove(QLatin1Char('"'));
}

bool applyState(const QString &value, ParsedFilter &filter)
{
    static const QList<std::pair<QString, store::StateFilter>> states{
        {QStringLiteral("live"), store::StateFilter::Live},
        {QStringLiteral("expired"), store::StateFilter::Expired},
        {QStringLiteral("orphan"), store::StateFilter::Orphan},
        {QStringLiteral("all"), store::StateFilter::All},
    };
    for (const auto &[name, state] : states) {
        if (value.compare(name, Qt::CaseInsensitive) == 0) {
            filter.query.state = state;
            filter.chips << tr("State is %1").arg(name);
            return true;
        }
    }
    filter.problem = tr("State is one of live, expired, orphan, all; not \"%1\".").arg(value);
    return false;
}

bool applyExpires(QChar comparison, const QString &value, base::Instant now, ParsedFilter &filter)
{
    const bool past = value.startsWith(QLatin1Char('-'));
    const auto duration = base::parseDuration(past ? value.mid(1) : value);
    if (!duration) {
        filter.problem = tr("A time is a number and a unit, like 24h or 7d; not \"%1\".").arg(value);
        return false;
    }
    const auto offset = std::chrono::duration_cast<std::chrono::milliseconds>(*duration);
    const base::Instant bound = past ? now - offset : now + offset;
    if (comparison == QLatin1Char('<')) {
        filter.query.expiresBefore = bound;
        filter.chips << tr("Expires within %1").arg(value);
    } else {
        filter.query.expiresAfter = bound;
        filter.chips << tr("Expires after %1").arg(value);
    }
    return true;
}

bool applyToken(const QString &token, base::Instant now, ParsedFilter &filter, QStringList &words)
{
    static const QRegularExpression keyed(QStringLiteral("^(state|provider|user):(.*)$"),
                                          QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression expires(QStringLiteral("^expires([<>])(.*)$"),
                                            QRegularExpression::CaseInsensitiveOption);
    if (const auto match = expires.match(token); match.hasMatch())
        return applyExpires(match.capturedView(1).front(), match.captured(2), now, filter);
    const auto match = keyed.match(token);
    if (!match.hasMatch()) {
        words << unquoted(token);
        return true;
    }
    const QString key = match.captured(1).toLower();
    const QString value = unquoted(match.captured(2));
    if (value.isEmpty()) {
        filter.problem = tr("%1: what? Write a value behind the colon.").arg(key);
        return false;
    }
    if (key == QLatin1StringView("state"))
        return applyState(value, filter);
    if (key == QLatin1StringView("provider")) {
        filter.query.provider = value;
        filter.chips << tr("Provider is %1").arg(value);
    } else {
        filter.query.user = value;
        filter.chips << tr("User is %1").arg(value);
    }
    return true;
}

} // namespace

ParsedFilter parseFilter(const QString &text, base::Instant now)
{
    ParsedFilter filter;
    QStringList words;
    for (const QString &token : tokens(text)) {
        if (!applyToken(token, now, filter, words))
            return filter;
    }
    if (!words.isEmpty()) {
        filter.query.search = words.join(QLatin1Char(' '));
        filter.chips << tr("Name or e-mail has \"%1\"").arg(*filter.query.search);
    }
    return filter;
}

} // namespace rollcall::sessions
