#include <QtTest>

#include "core/http/ServerTiming.h"

using namespace rollcall::http;

class ServerTimingTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected"); // name|ns or -|description, one a line
        const auto row = [](const char *name, const QByteArray &text, const QByteArray &expected) {
            QTest::newRow(name) << text << expected;
        };
        row("one", "db;dur=53.2", "db|53200000|\n");
        row("several", "miss, db;dur=53, app;dur=47.2;desc=\"a, b; c\"",
            "miss|-|\ndb|53000000|\napp|47200000|a, b; c\n");
        row("blanks and case", " db ; DUR = 1.5 ; Desc = x ", "db|1500000|x\n");
        row("quoted duration", "db;dur=\"2\"", "db|2000000|\n");
        row("escapes", "db;desc=\"a\\\"b\"", "db|-|a\"b\n");
        row("first parameter wins", "db;dur=1;dur=2", "db|1000000|\n");
        row("first metric wins", "db;dur=1, db;dur=2", "db|1000000|\n");
        row("unknown parameter", "db;x=1;dur=3", "db|3000000|\n");
        row("bad numbers", "a;dur=x, b;dur=-1, c;dur=inf, d;dur=nan, e;dur=1e99", "a|-|\nb|-|\nc|-|\nd|-|\ne|-|\n");
        row("bad names", "=;dur=1, a b, , ok", "ok|-|\n");
        row("unclosed quote", "a;desc=\"x, b;dur=1", "a|-|\"x, b;dur=1\n");
        row("empty", "", "");
    }

    void parses()
    {
        QFETCH(QByteArray, text);
        QByteArray actual;
        for (const ServerTiming &metric : parseServerTiming({{"server-timing", text}})) {
            actual += metric.name + '|' +
                      (metric.duration ? QByteArray::number(qint64{metric.duration->count()}) : "-") + '|' +
                      metric.description + '\n';
        }
        QTEST(actual, "expected");
    }

    void isBounded()
    {
        QByteArray many;
        for (int i = 0; i < 100; ++i)
            many += "m" + QByteArray::number(i) + ",";
        QCOMPARE(parseServerTiming({{"Server-Timing", many}}).size(), 32U);
        const QByteArray far = QByteArray(5000, ' ') + "a";
        QVERIFY(parseServerTiming({{"Server-Timing", far}}).empty());
        const HeaderList two{{"Server-Timing", "a;dur=1"}, {"X", "y"}, {"server-timing", "b;dur=2"}};
        QCOMPARE(parseServerTiming(two).size(), 2U);
    }
};

QTEST_GUILESS_MAIN(ServerTimingTest)
#include "tst_ServerTiming.moc"
