#include <QtTest>

#include "core/revoke/UserList.h"

using namespace rollcall;
using revoke::UserList;

/// Lists of users as people paste and export them.
class UserListTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
};

void UserListTest::reads_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("names"); // "name|otherwise|…", with a ? where it may be a remark
    QTest::addColumn<QList<int>>("lines");
    QTest::addColumn<QList<int>>("unread");
    QTest::addColumn<int>("repeated");
    QTest::addColumn<QString>("column");
    const auto row = [](const char *name, const QString &text, const QStringList &names, const QList<int> &lines,
                        const QList<int> &unread = {}, int repeated = 0, const QString &column = {}) {
        QTest::newRow(name) << text << names << lines << unread << repeated << column;
    };
    row("nothing", QStringLiteral(" \n\n"), {}, {});
    row("one a line", QStringLiteral("ada@example.com\r\n\r\n  user_17  \nada@example.com\n"),
        {QStringLiteral("ada@example.com"), QStringLiteral("user_17")}, {1, 3}, {}, 1);
    row("addresses in one line", QStringLiteral("a@x.io, Bo <b@x.io>, c@x.io"),
        {QStringLiteral("a@x.io, Bo <b@x.io>, c@x.io|a@x.io|b@x.io|c@x.io")}, {1});
    row("heads", QStringLiteral("\uFEFFid,Name,E-Mail\n1,\"Lovelace, Ada\",ada@x.io\n2,Bo,\n3,Cy,cy@x.io"),
        {QStringLiteral("ada@x.io"), QStringLiteral("cy@x.io")}, {2, 4}, {3}, 0, QStringLiteral("E-Mail"));
    row("heads of ids", QStringLiteral("user_id;plan\nu1;pro\nu2;free"), {QStringLiteral("u1"), QStringLiteral("u2")},
        {2, 3}, {}, 0, QStringLiteral("user_id"));
    row("a table without heads", QStringLiteral("u1\tAda\tada@x.io\nu2\tBo\t"),
        {QStringLiteral("u1\tAda\tada@x.io|ada@x.io"), QStringLiteral("u2\tBo|u2")}, {1, 2});
    row("quotes that are meant", QStringLiteral("name,id\n\"Ada \"\"the\"\", L\",\"u\"\"1\""), {QStringLiteral("u\"1")},
        {2}, {}, 0, QStringLiteral("id"));
    row("comments", QStringLiteral("# leavers\n \"ada@x.io\"\n  # and, since May\nu#7\n"),
        {QStringLiteral("# leavers?"), QStringLiteral("\"ada@x.io\"|ada@x.io"), QStringLiteral("# and, since May?"),
         QStringLiteral("u#7")},
        {1, 2, 3, 4});
    row("a row too short", QStringLiteral("name,email\nAda"), {}, {}, {2}, 0, QStringLiteral("email"));
    // Ids may be anything.
    row("an id with a comma", QStringLiteral("corp,ada\n"), {QStringLiteral("corp,ada|corp")}, {1});
    row("an id like an address", QStringLiteral("a <b>\n"), {QStringLiteral("a <b>|b")}, {1});
    row("an id with a quote", QStringLiteral("x\"y\n"), {QStringLiteral("x\"y|xy")}, {1});
    row("an id like a head", QStringLiteral("id\nu1\n"), {QStringLiteral("id?"), QStringLiteral("u1")}, {1, 2});
    row("an id like a comment", QStringLiteral("#7\n"), {QStringLiteral("#7?")}, {1});
    row("such ids in a table", QStringLiteral("# leavers\nid,name\n#7,Ada\na <b>,Bo\n"),
        {QStringLiteral("# leavers?"), QStringLiteral("#7?"), QStringLiteral("a <b>|b")}, {1, 3, 4}, {}, 0,
        QStringLiteral("id"));
    row("a row that was taken out", QStringLiteral("id,email\n#7,ada@x.io\n"), {QStringLiteral("#7,ada@x.io?")}, {2},
        {}, 0, QStringLiteral("email"));
    row("separators alone", QStringLiteral("u1\n,\n"), {QStringLiteral("u1")}, {1}, {2});
}

void UserListTest::reads()
{
    QFETCH(QString, text);
    const UserList list = revoke::readUserList(text);
    QStringList names;
    QList<int> lines;
    for (const revoke::NamedUser &user : list.users) {
        names << (QStringList(user.name) + user.otherwise).join(u'|') + QLatin1StringView(user.isRemark ? "?" : "");
        lines << user.line;
    }
    QTEST(names, "names");
    QTEST(lines, "lines");
    QTEST(QList<int>(list.unread.begin(), list.unread.end()), "unread");
    QTEST(list.repeated, "repeated");
    QTEST(list.column, "column");
}

QTEST_APPLESS_MAIN(UserListTest)
#include "tst_UserList.moc"
