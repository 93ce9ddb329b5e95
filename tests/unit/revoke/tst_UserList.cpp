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
    QTest::addColumn<QStringList>("names");
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
        {QStringLiteral("a@x.io"), QStringLiteral("b@x.io"), QStringLiteral("c@x.io")}, {1, 1, 1});
    row("heads", QStringLiteral("\uFEFFid,Name,E-Mail\n1,\"Lovelace, Ada\",ada@x.io\n2,Bo,\n3,Cy,cy@x.io"),
        {QStringLiteral("ada@x.io"), QStringLiteral("cy@x.io")}, {2, 4}, {3}, 0, QStringLiteral("E-Mail"));
    row("heads of ids", QStringLiteral("user_id;plan\nu1;pro\nu2;free"), {QStringLiteral("u1"), QStringLiteral("u2")},
        {2, 3}, {}, 0, QStringLiteral("user_id"));
    row("a table without heads", QStringLiteral("u1\tAda\tada@x.io\nu2\tBo\t"),
        {QStringLiteral("ada@x.io"), QStringLiteral("u2")}, {1, 2});
    row("quotes that are meant", QStringLiteral("name,id\n\"Ada \"\"the\"\", L\",\"u\"\"1\""), {QStringLiteral("u\"1")},
        {2}, {}, 0, QStringLiteral("id"));
    row("comments", QStringLiteral("# leavers\n \"ada@x.io\"\n  # and, since May\nu#7\n"),
        {QStringLiteral("ada@x.io"), QStringLiteral("u#7")}, {2, 4});
    row("a row too short", QStringLiteral("name,email\nAda"), {}, {}, {2}, 0, QStringLiteral("email"));
}

void UserListTest::reads()
{
    QFETCH(QString, text);
    const UserList list = revoke::readUserList(text);
    QList<int> lines;
    for (const revoke::NamedUser &user : list.users)
        lines << user.line;
    QTEST(list.names(), "names");
    QTEST(lines, "lines");
    QTEST(QList<int>(list.unread.begin(), list.unread.end()), "unread");
    QTEST(list.repeated, "repeated");
    QTEST(list.column, "column");
}

QTEST_APPLESS_MAIN(UserListTest)
#include "tst_UserList.moc"
