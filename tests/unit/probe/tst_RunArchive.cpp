#include <QtTest>

#include <QJsonDocument>
#include <QTemporaryDir>

#include <atomic>
#include <thread>

#include "core/probe/RunArchive.h"

using namespace rollcall;
using namespace rollcall::probe;

/// Saved runs: numbered, listed by their heads alone, whatever else lies in the folder.
class RunArchiveTest final : public QObject
{
    Q_OBJECT

private:
    static RunDocument document(const QString &startedAt, int routes)
    {
        RunDocument run;
        run.meta = {{QStringLiteral("startedAt"), startedAt},
                    {QStringLiteral("tool"), QStringLiteral("rollcall 0.1.0")},
                    {QStringLiteral("samples"), 4711}};
        run.stopReason = StopReason::Interval;
        for (int i = 0; i < routes; ++i) {
            for (const ProbeMode mode : {ProbeMode::Local, ProbeMode::Proxy}) {
                CellResult cell;
                cell.id = {QStringLiteral("/r%1").arg(i), mode, {}};
                run.cells.push_back(cell);
            }
        }
        return run;
    }
    static std::vector<SavedRun> listed(const QString &folder)
    {
        const auto runs = listRuns(folder, base::Call());
        return runs ? *runs : std::vector<SavedRun>();
    }

private Q_SLOTS:
    void runsAreNumberedAndListedNewestFirst()
    {
        const QTemporaryDir dir;
        const QString folder = runsBelow(dir.path(), QStringLiteral("a name / with: anything"));
        QVERIFY(listed(folder).empty()); // a folder that is not there
        const auto first = saveRun(folder, document(QStringLiteral("2026-11-20T13:20:00.000Z"), 1));
        const auto second = saveRun(folder, document(QStringLiteral("2026-11-20T14:20:00.000Z"), 3));
        QVERIFY(first && second);
        QCOMPARE(first->number, 1);
        QCOMPARE(second->number, 2);
        const auto runs = listed(folder);
        QCOMPARE(runs.size(), 2U);
        QCOMPARE(runs[0], *second); // a head says what the document said
        QCOMPARE(runs[1], *first);
        QCOMPARE(runs[0].routes, 3);
        QCOMPARE(runs[0].modes, 2);
        QCOMPARE(runs[0].cells, 6);
        QCOMPARE(runs[0].samples, 4711);
        QCOMPARE(runs[0].stopReason, StopReason::Interval);
        QCOMPARE(QFileInfo(folder).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }

    void aNumberIsNotUsedTwice()
    {
        const QTemporaryDir dir;
        const auto first = saveRun(dir.path(), document({}, 1));
        const auto second = saveRun(dir.path(), document({}, 1));
        QVERIFY(first && second);
        QVERIFY(QFile::remove(first->path));
        const auto third = saveRun(dir.path(), document({}, 1));
        QVERIFY(third);
        QCOMPARE(third->number, 3);
    }

    void newestIsByNumberNotByName()
    {
        const QTemporaryDir dir;
        const auto first = saveRun(dir.path(), document({}, 1));
        QVERIFY(first && QFile::rename(first->path, dir.filePath(QStringLiteral("run-9999.json"))));
        const auto second = saveRun(dir.path(), document({}, 1));
        QVERIFY(second);
        const auto runs = listed(dir.path());
        QCOMPARE(runs.size(), 2U);
        QCOMPARE(runs[0].number, 10'000);
        QCOMPARE(runs[1].number, 9'999);
    }

    void windowsThatSaveAtOnceLoseNothing()
    {
        const QTemporaryDir dir;
        std::vector<std::jthread> windows;
        std::atomic<int> saved = 0;
        for (int i = 0; i < 4; ++i) {
            windows.emplace_back([&] {
                for (int k = 0; k < 10; ++k)
                    saved += saveRun(dir.path(), document({}, 1)) ? 1 : 0;
            });
        }
        windows.clear();
        QCOMPARE(saved, 40);
        QCOMPARE(listed(dir.path()).size(), 40U);
    }

    void whatIsNoRunIsPassedOver()
    {
        const QTemporaryDir dir;
        const auto write = [&dir](int number, const QJsonObject &content) {
            QFile file(dir.filePath(QStringLiteral("run-%1.json").arg(number)));
            return file.open(QIODevice::WriteOnly) && file.write(QJsonDocument(content).toJson()) > 0;
        };
        QVERIFY(write(7, {}));
        QVERIFY(write(8, {{QStringLiteral("schema"), QStringLiteral("other/1")}}));
        QVERIFY(write(
            9, {{QStringLiteral("schema"), QLatin1String(RunDocument::schemaName)}, {QStringLiteral("cells"), 3}}));
        QVERIFY(listed(dir.path()).empty());
        const auto saved = saveRun(dir.path(), document({}, 1));
        QVERIFY(saved);
        QCOMPARE(saved->number, 10);
        QCOMPARE(listed(dir.path()).size(), 1U);
    }

    void aFolderThatCannotBeMadeIsAnError()
    {
        const QTemporaryDir dir;
        QFile file(dir.filePath(QStringLiteral("file")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const auto saved = saveRun(dir.filePath(QStringLiteral("file/below")), document({}, 1));
        QVERIFY(!saved);
        QCOMPARE(saved.error().code, base::ErrorCode::FileUnwritable);
    }
};

QTEST_APPLESS_MAIN(RunArchiveTest)
#include "tst_RunArchive.moc"
