#include <QtTest>

#include <QProcess>
#include <QTemporaryDir>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <unistd.h>

#include "tests/conformance/Isolation.h"
#include "tests/support/TestPaths.h"

using namespace rollcall;

namespace {

/// A case that agrees.
const QByteArray goodCase =
    "{\"id\":\"good\",\"version\":\"v4\",\"secrets\":[\"s\"],\"salt\":\"\",\"now\":0,\"token\":\"\","
    "\"expected\":{\"ok\":false,\"error\":{\"kind\":\"empty\"}}}";

struct Ran
{
    int exit = -1;
    QStringList lines;
    QByteArray errors;
};

Ran runConformance(const QStringList &arguments)
{
    QProcess process;
    process.start(test::buildFile(QStringLiteral("tests/conformance/rollcall_conformance")), arguments);
    if (!process.waitForFinished())
        return {};
    const QString out = QString::fromUtf8(process.readAllStandardOutput());
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            out.trimmed().split(QLatin1Char('\n')), process.readAllStandardError()};
}

QByteArray fileOf(const QByteArray &cases)
{
    return "{\"description\":\"d\",\"packages\":{},\"cases\":[" + cases + "]}";
}

/// goodCase with @p before replaced.
QByteArray changed(const char *before, const char *after)
{
    return QByteArray(goodCase).replace(before, after);
}

} // namespace

/// The runner itself: what it must not let through.
class ConformanceTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void judges_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QString>("tally");
        QTest::addColumn<QString>("says"); // in some line
        const auto row = [](const char *name, const QByteArray &file, const char *tally, const char *says) {
            QTest::newRow(name) << file << QString::fromLatin1(tally) << QString::fromLatin1(says);
        };
        row("agrees", fileOf(goodCase), "1 passed, 0 failed", "");
        row("differs", fileOf(changed("empty", "expired")), "0 passed, 1 failed", "kind: expected \"expired\", got");
        row("names the case", fileOf(changed("empty", "expired")), "0 passed, 1 failed", "FAIL a.json:good");
        row("unknown word", fileOf(changed("empty", "bored")), "0 passed, 1 failed", "not a known word");
        row("unknown version", fileOf(changed("v4", "v6")), "0 passed, 1 failed", "not a known word");
        row("unknown field", fileOf(changed("\"now\"", "\"later\":1,\"now\"")), "0 passed, 1 failed",
            "field later is not a known field here");
        row("unknown field inside", fileOf(changed("\"kind\"", "\"more\":1,\"kind\"")), "0 passed, 1 failed",
            "field expected.error.more is not a known field here");
        row("missing field", fileOf(changed("\"now\":0,", "")), "0 passed, 1 failed", "field now is missing");
        row("wrong type", fileOf(changed("\"now\":0", "\"now\":\"0\"")), "0 passed, 1 failed",
            "field now is not a number");
        row("unknown format", fileOf("{\"id\":\"x\",\"riddle\":1}"), "0 passed, 1 failed", "no known format");
        row("not an object", fileOf("7"), "0 passed, 1 failed", "no id");
        row("the same id twice", fileOf(goodCase + ',' + goodCase), "1 passed, 1 failed", "taken");
        row("one bad among good", fileOf(goodCase + ",{\"id\":\"x\"}," + changed("\"good\"", "\"two\"")),
            "2 passed, 1 failed", "FAIL a.json:x");
        row("unknown member of the file", "{\"cases\":[" + goodCase + "],\"spice\":1}", "1 passed, 1 failed", "spice");
        row("no case", fileOf({}), "0 passed, 1 failed", "empty");
        row("no cases", "{}", "0 passed, 1 failed", "no array of cases");
        row("not JSON", "{", "0 passed, 1 failed", "not a JSON object");
        row("not UTF-8", "{\"a\":\"\xff\"}", "0 passed, 1 failed", "not UTF-8");
    }
    void judges()
    {
        QFETCH(QByteArray, file);
        QFETCH(QString, tally);
        QFETCH(QString, says);
        const QTemporaryDir folder;
        QFile data(folder.filePath(QStringLiteral("a.json")));
        QVERIFY(data.open(QIODevice::WriteOnly));
        data.write(file);
        data.close();
        const Ran ran = runConformance({folder.path()});
        QCOMPARE(ran.lines.last(), tally);
        QCOMPARE(ran.exit, tally.endsWith(QStringLiteral(" 0 failed")) ? 0 : 1);
        QVERIFY2(ran.lines.join(QLatin1Char('\n')).contains(says), qPrintable(ran.lines.join(QLatin1Char('\n'))));
    }

    void nothingToRunIsAFailure()
    {
        const QTemporaryDir folder;
        for (const QStringList &arguments :
             {QStringList(), QStringList{folder.path(), folder.path()}, QStringList{folder.path()},
              QStringList{folder.filePath(QStringLiteral("absent"))}}) {
            const Ran ran = runConformance(arguments);
            QCOMPARE(ran.exit, 1);
            QVERIFY2(ran.lines.last().startsWith(QStringLiteral("0 passed, ")), qPrintable(ran.lines.last()));
            QCOMPARE(ran.errors.isEmpty(), arguments.size() == 1);
        }
    }

    void unreadableFile()
    {
        const QTemporaryDir folder;
        // A link to nowhere: root may read everything else.
        QVERIFY(QFile::link(folder.filePath(QStringLiteral("nowhere")), folder.filePath(QStringLiteral("a.json"))));
        const Ran ran = runConformance({folder.path()});
        QCOMPARE(ran.exit, 1);
        QCOMPARE(ran.lines.last(), QStringLiteral("0 passed, 1 failed"));
    }

    void badCasesStayAlone()
    {
        using conformance::runIsolated;
        constexpr std::chrono::seconds limit{1};
        QCOMPARE(runIsolated(
                     [] {
                         return QStringList{QStringLiteral("a"), QStringLiteral("b")};
                     },
                     limit),
                 (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
        QCOMPARE(runIsolated([] { return QStringList(); }, limit), QStringList());
        const QStringList crashed = runIsolated(
            []() -> QStringList {
                ::signal(SIGSEGV, SIG_DFL);
                ::raise(SIGSEGV);
                return {};
            },
            limit);
        QVERIFY2(crashed.value(0).startsWith(QStringLiteral("it crashed: ")), qPrintable(crashed.value(0)));
        QCOMPARE(runIsolated([]() -> QStringList { throw std::runtime_error("oh"); }, limit),
                 QStringList{QStringLiteral("it threw: oh")});
        QCOMPARE(runIsolated([]() -> QStringList { std::_Exit(3); }, limit),
                 QStringList{QStringLiteral("it ended the process with status 3")});
        QCOMPARE(runIsolated(
                     []() -> QStringList {
                         ::signal(SIGALRM, SIG_DFL);
                         for (;;)
                             ::pause();
                     },
                     limit),
                 QStringList{QStringLiteral("it took longer than 1 s")});
    }
};

QTEST_GUILESS_MAIN(ConformanceTest)
#include "tst_Conformance.moc"
