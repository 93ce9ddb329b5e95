#pragma once

#include <QStringList>

#include <vector>

namespace rollcall::revoke {

/// A user as somebody wrote them down. Anything may be an id: only who knows the users can say what a line is that
/// looks like a table's row, an address, a comment or a column's name.
struct NamedUser
{
    QString name;          ///< id or e-mail
    int line = 0;          ///< from 1; of the first where they stand more than once
    QStringList otherwise; ///< whom the line names where nobody is called @ref name: its fields
    bool isRemark = false; ///< a comment or a column's name where nobody is called so

    bool operator==(const NamedUser &) const = default;
};

/// Users named in a text that was pasted or read from a file.
struct UserList
{
    std::vector<NamedUser> users; ///< each once, in the order of the text
    std::vector<int> unread;      ///< lines, from 1, that hold something but name nobody
    int repeated = 0;             ///< names that stood there before
    QString column;               ///< what the column of the names is called; empty: the text has no heads
};

/// How many questions it may take to find @p users.
[[nodiscard]] int questionsFor(const std::vector<NamedUser> &users);

/// So many users at most are planned for at once: each is a query of its own.
inline constexpr std::size_t mostNamedUsers = 10'000;

/// Reads ids or e-mails, one a line, or a table with comma, semicolon or tab between its fields, quoted as in RFC 4180
/// (line ends within quotes aside).
/// Where the first line has several fields and one names a column of e-mails or else of ids ("email", "E-Mail",
/// "user_id", "id", …), that column is taken. Else a line is the name of a user as it stands, and only where nobody is
/// called so, every field of it with an @, or where none has one, the first. `Ada <ada@example.com>` is the address
/// where it is nobody's name; a line that begins with # a comment likewise, and the first line a column's name.
/// **Source:** RFC 4180 §2. **Thread-safety:** pure.
[[nodiscard]] UserList readUserList(QStringView text);

} // namespace rollcall::revoke
