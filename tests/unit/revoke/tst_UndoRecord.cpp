#include <QtTest>

#include <QDirIterator>

#include "UndoTools.h"
#include "core/base/ErrorText.h"
#include "core/revoke/UndoTimer.h"

using namespace rollcall;
using namespace rollcall::revoke;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using test::cutInSecondBatch;
using test::failsAt;
using test::planned;
using test::restored;
using test::restorePlan;
using test::revocation;
using test::revoked;
using test::RevokeFixture;
using test::undoOf;

namespace {

QString fileOf(const RevokeFixture &fixture, const QString &id, const char *name)
{
    return undoOf(fixture) + QLatin1Char('/') + id + QLatin1Char('/') + QLatin1String(name);
}

bool append(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly | QIODevice::Append) && file.write(content) == content.size();
}

} // namespace

/// What a revocation deleted is kept for a while: which rows, how long, and how it rests on the disk.
class UndoRecordTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatCannotBePutBackIsRevokedAllTheSame()
    {
        RevokeFixture fixture;
        fixture.store->whyNotKept =
            Error(ErrorCode::WriteRefused).with(base::ErrorParam::Detail, QStringLiteral("others inherit from it"));
        const auto report = fixture.carryOut(fixture.plan(planned), revocation());
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, planned);
        QVERIFY(!report->undoUntil);
        QCOMPARE(report->whyNoUndo, QStringLiteral("others inherit from it"));
    }

    void whatWasUndoneAndNotTriedAgainIsNotKept()
    {
        // A cluster answers the second batch's commit with a conflict; then the user stops.
        RevokeFixture fixture;
        fixture.store->beforeCommit = [&](int number) -> std::optional<Error> {
            if (number != 2)
                return std::nullopt;
            fixture.stop.request_stop();
            return Error(ErrorCode::StatementFailed).with(base::ErrorParam::SqlState, QStringLiteral("40001"));
        };
        const auto plan = fixture.plan(planned);
        const auto report = fixture.carryOut(plan, revocation(2));
        QVERIFY(report && report->error);
        QCOMPARE(report->revoked, 2);
        fixture.stop = std::stop_source();
        const auto seal = OperationSeal::load(fixture.vault.get(), false, fixture.call());
        QVERIFY(seal.has_value());
        const auto kept = readUndoRows(undoOf(fixture), report->auditId, *seal);
        QVERIFY(kept.has_value());
        QCOMPARE(kept->rows.size(), std::size_t{2});
    }

    void withoutUndoIsSaid()
    {
        RevokeFixture fixture;
        fixture.store->keepsRows = false;
        const auto report = fixture.carryOut(fixture.plan(planned), revocation());
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, planned);
        QVERIFY(!report->undoUntil);
        QVERIFY(!report->whyNoUndo.isEmpty());
        QVERIFY(!QDir(undoOf(fixture)).exists(report->auditId));
        const auto none = restorePlan(fixture, report->auditId);
        QCOMPARE(none.error().code, ErrorCode::WriteRefused);
    }

    void whoWantsNoneKeepsNone()
    {
        RevokeFixture fixture;
        RevocationOptions options = revocation();
        options.undoFor = std::chrono::milliseconds(0);
        const auto report = fixture.carryOut(fixture.plan(planned), options);
        QVERIFY(report && !report->undoUntil && report->whyNoUndo.isEmpty());
        QVERIFY(!QDir(undoOf(fixture)).exists(report->auditId));
    }

    void whatDeletedNothingKeepsNothing()
    {
        RevokeFixture fixture;
        const auto plan = fixture.plan(planned);
        fixture.run("DELETE FROM session");
        const auto report = fixture.carryOut(plan, revocation());
        QVERIFY(report && !report->undoUntil);
        QVERIFY(!QDir(undoOf(fixture)).exists(report->auditId));
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
            QTRY_VERIFY(!QDir(undoOf(fixture)).exists(over));
        }
        QVERIFY(QFile::exists(fileOf(fixture, kept, "rows.sealed")));
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
        QCOMPARE(files, 6);
    }
};

QTEST_GUILESS_MAIN(UndoRecordTest)
#include "tst_UndoRecord.moc"
