#include "core/revoke/UserList.h"

#include <QSet>

#include <algorithm>
#include <optional>

namespace rollcall::revoke {

namespace {

/// The separator that stands most often outside quotes in the first line that holds anything; comma where none does.
QChar separatorOf(QStringView line)
{
    QChar best(u',');
    qsizetype most = 0;
    for (const QChar candidate : {QChar(u','), QChar(u';'), QChar(u'\t')}) {
        qsizetype count = 0;
        bool quoted = false;
        for (const QChar character : line) {
            if (character == u'"')
                quoted = !quoted;
            else if (!quoted && character == candidate)
                ++count;
        }
        if (count > most) {
            most = count;
            best = candidate;
        }
    }
    return best;
}

/// "Ada <ada@example.com>" is its address.
QString addressOf(const QString &field)
{
    const QString name = field.trimmed();
    const qsizetype open = name.lastIndexOf(u'<');
    if (open >= 0 && name.endsWith(u'>'))
        return name.sliced(open + 1, name.size() - open - 2).trimmed();
    return name;
}

QStringList fieldsOf(QStringView line, QChar separator)
{
    QStringList fields;
    QString field;
    bool quoted = false;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar character = line[i];
        if (character == u'"' && quoted && i + 1 < line.size() && line[i + 1] == u'"') {
            field += character; // a quote that is meant
            ++i;
        } else if (character == u'"') {
            quoted = !quoted;
        } else if (character == separator && !quoted) {
            fields << addressOf(field);
            field.clear();
        } else {
            field += character;
        }
    }
    fields << addressOf(field);
    return fields;
}

/// Which of these heads is that of the column to take; nullopt where they are no heads.
std::optional<qsizetype> columnOf(const QStringList &heads)
{
    QStringList words;
    for (const QString &head : heads) {
        QString word = head.toLower();
        word.removeIf([](QChar character) { return !character.isLetterOrNumber(); });
        words << word;
    }
    // E-mails first: an id beside them may be another system's.
    for (const char *known :
         {"email", "mail", "emailaddress", "useremail", "userid", "user", "id", "users", "ids", "emails"}) {
        if (const qsizetype at = words.indexOf(QLatin1StringView(known)); at >= 0)
            return at;
    }
    return std::nullopt;
}

/// Whom a line without heads names.
QStringList namesIn(const QStringList &fields)
{
    QStringList addresses;
    std::ranges::copy_if(fields, std::back_inserter(addresses),
                         [](const QString &field) { return field.contains(u'@'); });
    return addresses.isEmpty() ? fields.first(1) : addresses;
}

} // namespace

QStringList UserList::names() const
{
    QStringList all;
    all.reserve(static_cast<qsizetype>(users.size()));
    for (const NamedUser &user : users)
        all << user.name;
    return all;
}

UserList readUserList(QStringView text)
{
    UserList list;
    QSet<QString> seen;
    if (text.startsWith(QChar(QChar::ByteOrderMark)))
        text = text.sliced(1);
    std::optional<qsizetype> column;
    std::optional<QChar> separator;
    int number = 0;
    for (const QStringView line : text.tokenize(u'\n')) {
        ++number;
        if (line.trimmed().isEmpty() || line.trimmed().startsWith(u'#'))
            continue;
        const bool isFirst = !separator;
        if (isFirst)
            separator = separatorOf(line);
        const QStringList fields = fieldsOf(line, *separator);
        if (isFirst) {
            column = columnOf(fields);
            if (column) {
                list.column = fields[*column];
                continue;
            }
        }
        QStringList names = column ? fields.mid(*column, 1) : namesIn(fields);
        names.removeAll(QString());
        if (names.isEmpty())
            list.unread.push_back(number);
        for (const QString &name : std::as_const(names)) {
            if (seen.contains(name)) {
                ++list.repeated;
            } else {
                seen << name;
                list.users.push_back({name, number});
            }
        }
    }
    return list;
}

} // namespace rollcall::revoke
