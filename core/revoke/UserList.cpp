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
QString addressOf(const QString &name)
{
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
            fields << field.trimmed();
            field.clear();
        } else {
            field += character;
        }
    }
    fields << field.trimmed();
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

/// Whom a line of these fields names, where there are no heads.
QStringList namesIn(const QStringList &fields)
{
    QStringList names;
    for (const QString &field : fields) {
        if (field.contains(u'@'))
            names << addressOf(field);
    }
    if (names.isEmpty())
        names << addressOf(fields.first());
    names.removeAll(QString());
    names.removeDuplicates();
    return names;
}

/// Whom the row @p line names in @p column. One that begins with # may be meant not to count: only its first field says
/// whether it is somebody's.
NamedUser inColumn(QStringView line, const QStringList &fields, qsizetype column)
{
    NamedUser user;
    user.isRemark = line.startsWith(u'#');
    user.name = user.isRemark && column > 0 ? line.toString() : fields.value(column);
    if (const QString address = addressOf(user.name); !user.isRemark && !address.isEmpty() && address != user.name)
        user.otherwise << address;
    return user;
}

/// Whom the line @p line names where there are no heads, as far as that can be said without knowing the users.
NamedUser inLine(QStringView line, const QStringList &fields, bool isHead)
{
    NamedUser user;
    user.isRemark = isHead || line.startsWith(u'#');
    if (std::ranges::all_of(fields, &QString::isEmpty))
        return user; // separators alone
    user.name = line.toString();
    if (!user.isRemark)
        user.otherwise = namesIn(fields);
    user.otherwise.removeAll(user.name);
    return user;
}

} // namespace

int questionsFor(const std::vector<NamedUser> &users)
{
    constexpr int ifCalledSo = 2;
    int questions = 0;
    for (const NamedUser &user : users)
        questions += 1 + (user.otherwise.isEmpty() ? 0 : ifCalledSo + static_cast<int>(user.otherwise.size()));
    return questions;
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
    for (const QStringView whole : text.tokenize(u'\n')) {
        ++number;
        const QStringView line = whole.trimmed();
        if (line.isEmpty())
            continue;
        const bool isFirst = !separator && !line.startsWith(u'#');
        if (isFirst)
            separator = separatorOf(line);
        const QStringList fields = fieldsOf(line, separator.value_or(separatorOf(line)));
        const auto head = isFirst ? columnOf(fields) : std::nullopt;
        if (head && fields.size() > 1) {
            column = head;
            list.column = fields[*column];
            continue;
        }
        NamedUser user = column ? inColumn(line, fields, *column) : inLine(line, fields, head.has_value());
        user.line = number;
        if (user.name.isEmpty()) {
            list.unread.push_back(number);
        } else if (seen.contains(user.name)) {
            ++list.repeated;
        } else {
            seen << user.name;
            list.users.push_back(std::move(user));
        }
    }
    return list;
}

} // namespace rollcall::revoke
