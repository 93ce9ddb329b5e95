#include <QtTest>

#include <QDirIterator>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "RestoreSteps.h"
#include "core/base/ErrorText.h"
#include "core/revoke/UndoTimer.h"

using namespace rollcall;
using namespace rollcall::revoke;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using test::cutInSecondBatch;
using test::failsAt;
using test::fileOf;
using test::planned;
using test::restored;
using test::restorePlan;
using test::revocation;
using test::revoked;
using test::RevokeFixture;
using test::undoOf;

namespace {

bool append(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly | QIODevice::Append) && file.write(content) == content.size();
}

} // namespace

/// How long what a revocation deleted is kept, and how.
class UndoRecordTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void afterTheWindowAllIsDestroyed()
    {
        RevokeFixture fixture;
        RevocationOptions options = revocation();
        options.undoFor = std::chrono::milliseconds(1);
        const QString id = revoked(fixture, options);
        QVERIFY(QDir(undoOf(fixture)).exists(id));
        QTRY_VERIFY(!restorePlan(fixture, id));
        const auto late = restorePlan(fixture, id);
        QCOMPARE(late.error().code, ErrorCode::WriteRefused);
        QVERIFY(late.error().param(ErrorParam::Detail).contains(QStringLiteral("destroyed")));
        QVERIFY(!QDir(undoOf(fixture)).exists(id));
        QCOMPARE(fixture.rows(), 0);
        const auto none = restorePlan(fixture, QStringLiteral("op-none"));
        QCOMPARE(none.error().code, ErrorCode::NotFound);
        QVERIFY(base::describe(none.error()).remedy.contains(QStringLiteral("audit log")));
        QCOMPARE(restorePlan(fixture, QStringLiteral("../x")).error().code, ErrorCode::NotFound);
    }

    void aWindowEndsWithoutAnybodysAct()
    {
        RevokeFixture fixture;
        const QString kept = revoked(fixture);
        fixture.run("INSERT INTO session SELECT 'again-' || id, id, 4102444800000 FROM user");
        RevocationOptions options = revocation();
        options.undoFor = std::chrono::milliseconds(1);
        revoke::Selection everyone;
        everyone.query.emplace();
        const auto plan = freezePlan(*fixture.deployment, *fixture.store, std::move(everyone), 100, fixture.call());
        QVERIFY(plan.has_value());
        const auto report = fixture.carryOut(*plan, options);
        QVERIFY(report && report->revoked == planned);
        const QString over = report->auditId;
        QVERIFY(QDir(undoOf(fixture)).exists(over));
        {
            const UndoTimer timer(fixture.place().folder, fixture.clock);
            QTRY_VERIFY_WITH_TIMEOUT(!QDir(undoOf(fixture)).exists(over), 30'000);
        }
        QVERIFY(QFile::exists(fileOf(fixture, kept, "rows.sealed")));
    }

    void untilItHasEndedNothingIsPutBackOrDestroyed()
    {
        RevokeFixture fixture;
        RevocationOptions options = revocation();
        options.undoFor = std::chrono::milliseconds(1);
        const auto cut = cutInSecondBatch(fixture, fixture.plan(planned), options);
        QVERIFY(cut && cut->resumable && cut->undoUntil);
        const QString id = cut->auditId;
        QTRY_VERIFY(fixture.clock.now() > *cut->undoUntil);
        const auto early = restorePlan(fixture, id);
        QCOMPARE(early.error().code, ErrorCode::WriteRefused);
        QVERIFY(early.error().param(ErrorParam::Detail).contains(QStringLiteral("has not ended")));
        destroyOldUndos(fixture.place().folder, fixture.clock.now());
        QVERIFY(QFile::exists(fileOf(fixture, id, "rows.sealed")));
        QVERIFY(discardOperation(id, fixture.place(), *fixture.log, fixture.call()).has_value());
        destroyOldUndos(fixture.place().folder, fixture.clock.now());
        QVERIFY(!QDir(undoOf(fixture)).exists(id));
    }

    void theWindowBeginsAtTheEnd()
    {
        RevokeFixture fixture;
        base::Instant late{};
        fixture.store->afterCommit = [&](int) -> std::optional<Error> {
            for (const auto begun = fixture.clock.now(); late <= begun;)
                late = fixture.clock.now();
            return std::nullopt;
        };
        const auto report = fixture.carryOut(fixture.plan(planned), revocation());
        QVERIFY(report && report->undoUntil);
        QVERIFY(*report->undoUntil >= late + std::chrono::hours(24));
        const auto head = readUndoHead(undoOf(fixture), report->auditId);
        QVERIFY(head && *head);
        QCOMPARE(base::toIso((*head)->keptUntil), base::toIso(*report->undoUntil));
    }

    /// Its rows are read in pieces: a record may be larger than memory.
    void aLargeRecordTakesLittleMemory()
    {
        RevokeFixture fixture;
        const auto seal = OperationSeal::load(fixture.vault.get(), true, fixture.call());
        QVERIFY(seal.has_value());
        constexpr std::size_t batches = 64;
        constexpr std::size_t rowsEach = 100;
        constexpr qsizetype cellBytes = 16 * 1024;
        auto record = UndoRecord::open(undoOf(fixture), {QStringLiteral("op-large"), {}, {}, {}, fixture.clock.now()},
                                       QStringLiteral("DELETE"), *seal);
        QVERIFY(record.has_value());
        for (std::size_t batch = 0; batch < batches; ++batch) {
            std::vector<store::KeptRow> rows;
            for (std::size_t i = 0; i < rowsEach; ++i) {
                store::KeptRow row;
                row.place = batch * rowsEach + i;
                row.key.token = base::SecretBytes(QByteArray::number(qulonglong(row.place)));
                row.key.userId = QStringLiteral("u%1").arg(row.place % 7);
                row.cells.push_back({QStringLiteral("data"), false,
                                     base::SecretBytes(QByteArray(cellBytes, static_cast<char>('a' + batch % 26)))});
                rows.push_back(std::move(row));
            }
            QVERIFY(record->keep(rows, {}));
        }
        const qint64 size = QFileInfo(undoOf(fixture) + QStringLiteral("/op-large/rows.sealed")).size();
        QVERIFY(size > 100'000'000);
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            const auto most = [] { // KiB
                rusage usage{};
                getrusage(RUSAGE_SELF, &usage);
                return usage.ru_maxrss;
            };
            const long before = most();
            const auto index = readUndoIndex(undoOf(fixture), QStringLiteral("op-large"), *seal);
            if (!index)
                _exit(1);
            bool isRight = index->rows.size() == batches * rowsEach && index->users() == 7;
            UndoReader reader(*index, *seal);
            // Rows of several batches come as they were asked for.
            const UndoIndex::Row *const mixed[] = {&index->rows[250], &index->rows[3], &index->rows[251]};
            const auto mixedRead = reader.read(mixed);
            isRight = isRight && mixedRead && mixedRead->size() == 3 && (*mixedRead)[0].place == 250 &&
                      (*mixedRead)[1].place == 3 && (*mixedRead)[2].place == 251;
            for (const UndoIndex::Row &row : index->rows) {
                const UndoIndex::Row *const wanted[] = {&row};
                const auto read = reader.read(wanted);
                isRight = isRight && read && read->front().place == row.place &&
                          read->front().cells.front().value.size() == cellBytes;
            }
            const long grown = most() - before;
            if (grown > 32 * 1024)
                qWarning("%ld KiB", grown);
            _exit(!isRight ? 1 : grown > 32 * 1024 ? 2 : 0);
        }
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        QVERIFY2(WIFEXITED(status), "a child that crashed has 0 for its exit status too");
        QCOMPARE(WEXITSTATUS(status), 0);
    }

    void badFiles_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("no head") << QStringLiteral("undo.json") << QByteArray("{}");
        QTest::newRow("another's head") << QStringLiteral("undo.json")
                                        << QByteArray("{\"format\":\"rollcall-undo\",\"version\":1,\"id\":\"op-x\"}");
        QTest::newRow("rows that nobody sealed")
            << QStringLiteral("rows.sealed") << QByteArray("\0\0\0\x40RCS1", 8).append(QByteArray(100, 'x'));
    }
    void badFiles()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        RevokeFixture fixture;
        const QString id = revoked(fixture);
        QFile file(undoOf(fixture) + QLatin1Char('/') + id + QLatin1Char('/') + name);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(content);
        file.close();
        const auto plan = restorePlan(fixture, id);
        QVERIFY(!plan);
        QCOMPARE(plan.error().code, ErrorCode::FileFormatInvalid);
        QCOMPARE(fixture.rows(), 0);
    }

    void aDamagedEndIsCutOff_data()
    {
        QTest::addColumn<QByteArray>("damage");
        QTest::newRow("zeros") << QByteArray(4096, '\0');
        QTest::newRow("half a batch") << QByteArray("\0\0\0\x40RCS1", 8);
        QTest::newRow("a batch of zeros") << QByteArray("\0\0\0\x40RCS1", 8).append(QByteArray(60, '\0'));
    }
    void aDamagedEndIsCutOff()
    {
        QFETCH(QByteArray, damage);
        RevokeFixture fixture;
        const auto cut = cutInSecondBatch(fixture, fixture.plan(planned));
        QVERIFY(cut && cut->resumable);
        const QString path = fileOf(fixture, cut->auditId, "rows.sealed");
        QVERIFY(append(path, damage));
        const auto report = fixture.resume(cut->auditId);
        QVERIFY2(report && !report->error, report ? "" : qPrintable(base::oneLine(report.error())));
        QVERIFY(append(path, damage)); // nobody goes on: it is left out
        const auto back = restored(fixture, cut->auditId);
        QVERIFY2(back && !back->error, back ? "" : qPrintable(base::oneLine(back.error())));
        QCOMPARE(back->restored, planned);
        QCOMPARE(fixture.rows(), planned);
    }

    void aDamagedBeginningIsSaid()
    {
        RevokeFixture fixture;
        const QString id = revoked(fixture);
        QFile file(fileOf(fixture, id, "rows.sealed"));
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(40));
        char byte = 0;
        QVERIFY(file.getChar(&byte) && file.seek(40) && file.putChar(static_cast<char>(byte ^ 1)));
        file.close();
        QCOMPARE(restorePlan(fixture, id).error().code, ErrorCode::FileFormatInvalid);
    }

    void halfARecordIsOver_data()
    {
        QTest::addColumn<QByteArray>("missing");
        QTest::newRow("without its rows") << QByteArray("rows.sealed");
        QTest::newRow("without its head") << QByteArray("undo.json");
    }
    void halfARecordIsOver()
    {
        QFETCH(QByteArray, missing);
        RevokeFixture fixture;
        const QString id = revoked(fixture);
        QVERIFY(QFile::remove(fileOf(fixture, id, missing.constData())));
        QCOMPARE(restorePlan(fixture, id).error().code, ErrorCode::WriteRefused);
        QVERIFY(!QDir(undoOf(fixture)).exists(id));
    }

    void noTokenIsOnDiskInClear()
    {
        RevokeFixture fixture;
        const QString of = revoked(fixture);
        fixture.store->afterRestore = failsAt(2, ErrorCode::ConnectionLost);
        QVERIFY(restored(fixture, of)->resumable);
        int files = 0;
        for (const QString &folder : {fixture.place().folder, undoOf(fixture)}) {
            QDirIterator it(folder, QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                QVERIFY(file.open(QIODevice::ReadOnly));
                const QByteArray content = file.readAll();
                for (int user = 1; user <= planned; ++user) {
                    QVERIFY2(!content.contains(RevokeFixture::token(user)), qPrintable(file.fileName()));
                    QVERIFY2(!content.contains(RevokeFixture::token(user).toHex()), qPrintable(file.fileName()));
                }
                QVERIFY2((file.permissions() & (QFile::ReadGroup | QFile::ReadOther)) == 0,
                         qPrintable(file.fileName()));
                ++files;
            }
        }
        QCOMPARE(files, 7); // head, plan, journal, lock; head, rows and the restore's mark of the record
    }
};

QTEST_GUILESS_MAIN(UndoRecordTest)
#include "tst_UndoRecord.moc"
