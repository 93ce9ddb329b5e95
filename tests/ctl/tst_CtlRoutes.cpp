#include <QtTest>

#include "tests/support/CtlProcess.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;

/// `routes match`: the matchers of a Next.js middleware.
class CtlRoutesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matches_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QStringList>("patterns");
        QTest::addColumn<QString>("by"); // empty: none
        const QString docs = QStringLiteral("/((?!api|_next/static|_next/image|favicon.ico).*)");
        QTest::newRow("second") << QStringLiteral("/orders/7")
                                << QStringList{QStringLiteral("/a"), QStringLiteral("/orders/:id*")}
                                << QStringLiteral("/orders/:id*");
        QTest::newRow("query") << QStringLiteral("/a?b=c") << QStringList{QStringLiteral("/a")} << QStringLiteral("/a");
        QTest::newRow("look-ahead") << QStringLiteral("/x") << QStringList{docs} << docs;
        QTest::newRow("kept out") << QStringLiteral("/apix") << QStringList{docs} << QString();
        QTest::newRow("case") << QStringLiteral("/A") << QStringList{QStringLiteral("/a")} << QString();
    }
    void matches()
    {
        QFETCH(QString, path);
        QFETCH(QStringList, patterns);
        QFETCH(QString, by);
        CtlProcess ctl;
        QStringList words{QStringLiteral("routes"), QStringLiteral("match"), path};
        for (const QString &pattern : patterns)
            words << QStringLiteral("--matcher") << pattern;
        const CtlResult result = ctl.run(words);
        QVERIFY2(result.exitCode == (by.isEmpty() ? 1 : 0), result.all().constData());
        const QJsonObject answer = result.json();
        QCOMPARE(answer.keys(), (QStringList{QStringLiteral("by"), QStringLiteral("matches"), QStringLiteral("path")}));
        QCOMPARE(answer.value(QStringLiteral("path")).toString(), path);
        QCOMPARE(answer.value(QStringLiteral("matches")).toBool(), !by.isEmpty());
        QCOMPARE(answer.value(QStringLiteral("by")), by.isEmpty() ? QJsonValue() : QJsonValue(by));
    }

    void readsWhatStandsInTheConfiguration_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("by"); // empty: none
        const QString list = QStringLiteral("--matcher=[\"/a\",{\"source\":\"/orders/:id*\"}]");
        QTest::newRow("a list") << QStringList{QStringLiteral("/orders/7"), list} << QStringLiteral("/orders/:id*");
        const QString object =
            QStringLiteral("--matcher={\"source\":\"/b\",\"has\":[{\"type\":\"query\",\"key\":\"beta\"}]}");
        QTest::newRow("has") << QStringList{QStringLiteral("/b?beta=1"), object} << QStringLiteral("/b");
        QTest::newRow("has not") << QStringList{QStringLiteral("/b"), object} << QString();
        const QString basePath = QStringLiteral("--next-base-path=/docs");
        QTest::newRow("base path") << QStringList{QStringLiteral("/docs/a"), list, basePath} << QStringLiteral("/a");
        QTest::newRow("without it") << QStringList{QStringLiteral("/a"), list, basePath} << QString();
    }
    void readsWhatStandsInTheConfiguration()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, by);
        CtlProcess ctl;
        const CtlResult result = ctl.run(QStringList{QStringLiteral("routes"), QStringLiteral("match")} + words);
        QVERIFY2(result.exitCode == (by.isEmpty() ? 1 : 0), result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("by")).toString(), by);
    }

    void aBasePathOfAnotherKindIsSaidToBeOne()
    {
        CtlProcess ctl;
        const CtlResult result = ctl.run({QStringLiteral("routes"), QStringLiteral("match"), QStringLiteral("/docs/a"),
                                          QStringLiteral("--matcher=/a"), QStringLiteral("--base-path=/docs")});
        QVERIFY2(result.exitCode == 1, result.all().constData());
        QVERIFY2(result.err.contains("--next-base-path"), result.all().constData());
    }

    void refuses_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("bad pattern") << QStringList{QStringLiteral("/a"), QStringLiteral("--matcher=/a(b")}
                                     << QByteArray("Unbalanced pattern at 2");
        QTest::newRow("no slash") << QStringList{QStringLiteral("/a"), QStringLiteral("--matcher=a")}
                                  << QByteArray("source must start with /");
        QTest::newRow("which of several")
            << QStringList{QStringLiteral("/a"), QStringLiteral("--matcher=/a"), QStringLiteral("--matcher=orders/:id")}
            << QByteArray("orders/:id");
        QTest::newRow("which of a list") << QStringList{QStringLiteral("/a"),
                                                        QStringLiteral("--matcher=[\"/a\",\"orders\"]")}
                                         << QByteArray("(in orders)");
        QTest::newRow("JavaScript, no JSON")
            << QStringList{QStringLiteral("/a"), QStringLiteral("--matcher=['/a']")} << QByteArray("no JSON");
        QTest::newRow("unknown member") << QStringList{QStringLiteral("/a"),
                                                       QStringLiteral("--matcher={\"source\":\"/a\",\"x\":1}")}
                                        << QByteArray("--matcher");
        QTest::newRow("base path") << QStringList{QStringLiteral("/a"), QStringLiteral("--matcher=/a"),
                                                  QStringLiteral("--next-base-path=docs")}
                                   << QByteArray("--next-base-path");
        QTest::newRow("too hard") << QStringList{QString(u'/' + QStringLiteral("a").repeated(5000) + u'!'),
                                                 QStringLiteral("--matcher=/((?:a+)+)b")}
                                  << QByteArray("steps");
        QTest::newRow("no pattern") << QStringList{QStringLiteral("/a")} << QByteArray("--matcher");
        QTest::newRow("no path") << QStringList{QStringLiteral("--matcher=/a")} << QByteArray("PATH");
        QTest::newRow("relative path") << QStringList{QStringLiteral("a"), QStringLiteral("--matcher=/a")}
                                       << QByteArray("slash");
    }
    void refuses()
    {
        QFETCH(QStringList, words);
        QFETCH(QByteArray, says);
        CtlProcess ctl;
        const CtlResult result = ctl.run(QStringList{QStringLiteral("routes"), QStringLiteral("match")} + words);
        QVERIFY2(result.exitCode == 2, result.all().constData());
        QCOMPARE(result.errorCode(), QStringLiteral("UsageInvalid"));
        QVERIFY2(result.err.contains(says), result.all().constData());
    }

    void help()
    {
        CtlProcess ctl;
        const CtlResult result = ctl.run({QStringLiteral("routes"), QStringLiteral("match"), QStringLiteral("--help")});
        QCOMPARE(result.exitCode, 0);
        QVERIFY2(result.out.contains("--matcher"), result.all().constData());
    }
};

QTEST_GUILESS_MAIN(CtlRoutesTest)
#include "tst_CtlRoutes.moc"
