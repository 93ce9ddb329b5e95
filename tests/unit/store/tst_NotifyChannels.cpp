#include <QtTest>

#include "core/store/watch/NotifyChannels.h"

using rollcall::store::notifyChannels;

/// What the source of a trigger function says of the channels it notifies.
class NotifyChannelsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsThem_data();
    void findsThem();
};

void NotifyChannelsTest::findsThem_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QStringList>("channels");
    const auto row = [](const char *name, const char *source, std::initializer_list<const char *> channels) {
        QStringList names;
        for (const char *channel : channels)
            names << QString::fromLatin1(channel);
        QTest::newRow(name) << QString::fromLatin1(source) << names;
    };
    row("pg_notify", "BEGIN PERFORM pg_notify('sessions', NEW.id::text); RETURN NEW; END", {"sessions"});
    row("qualified, spaced", "select pg_catalog . PG_NOTIFY ( 'Auth Sessions' , '' )", {"Auth Sessions"});
    row("doubled quote", "PERFORM pg_notify('it''s', '');", {"it's"});
    row("NOTIFY", "BEGIN NOTIFY Sessions_Changed; RETURN NULL; END", {"sessions_changed"});
    row("NOTIFY with payload", "NOTIFY sessions, 'x';", {"sessions"});
    row("NOTIFY of a quoted name", "NOTIFY \"Sessions\"\"1\";", {"Sessions\"1"});
    row("two, one twice", "PERFORM pg_notify('a',''); NOTIFY b; PERFORM pg_notify('a','');", {"a", "b"});
    row("in a line comment", "-- pg_notify('a', '')\nPERFORM pg_notify('b','');", {"b"});
    row("in a block comment", "/* NOTIFY a; */ RETURN NEW;", {});
    row("in a text", "RAISE NOTICE 'NOTIFY a; pg_notify(''b'', 1)';", {});
    row("a comment's mark in a text", "x := 'a--b'; NOTIFY c;", {"c"});
    row("made at run time", "PERFORM pg_notify(TG_TABLE_NAME, '');", {});
    row("put together", "PERFORM pg_notify('a' || TG_OP, '');", {});
    row("executed", "EXECUTE 'NOTIFY ' || channel;", {});
    row("another function", "PERFORM my_pg_notify('a', ''); PERFORM notify('b');", {});
    row("a variable", "IF notify AND x THEN NOTIFY d; END IF;", {"d"});
    row("cut off", "PERFORM pg_notify('a", {});
    row("empty", "", {});
}

void NotifyChannelsTest::findsThem()
{
    QFETCH(QString, source);
    QFETCH(QStringList, channels);
    QCOMPARE(notifyChannels(source), channels);
}

QTEST_GUILESS_MAIN(NotifyChannelsTest)
#include "tst_NotifyChannels.moc"
