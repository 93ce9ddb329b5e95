#include <QtTest>

#include <QDirIterator>

#include <sys/wait.h>
#include <unistd.h>

#include "RevokeFixture.h"
#include "core/base/ErrorText.h"
#include "core/revoke/PlanFile.h"
#include "core/revoke/Restorer.h"
#include "core/store/UserDirectory.h"

using namespace rollcall;
using namespace rollcall::revoke;
using base::Error;
using base::ErrorCode;
using test::RevokeFixture;

namespace {

constexpr int planned = 5;
constexpr int killed = 9; // a child's exit code

RevocationOptions options(qsizetype batchSize = 2)
{
    RevocationOptions options;
    options.reason = QStringLiteral("stolen laptop");
    options.batchSize = batchSize;
    return options;
}

std::function<std::optional<Error>(int)> failsAt(int batch, ErrorCode code)
{
    return [batch, code](int number) { return number == batch ? std::optional(Error(code)) : std::nullopt; };
}

/// A path below the fixture's operations.
QString fileOf(const RevokeFixture &fixture, const QString &id, const QString &name)
{
    return fixture.place().folder + QLatin1Char('/') + id + QLatin1Char('/') + name;
}

void write(const QString &path, const QByteArray &content, QIODevice::OpenMode mode = QIODevice::Truncate)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | mode));
    QCOMPARE(file.write(content), qint64(content.size()));
}

/// The operation that is left when the link is lost in the second batch of two rows.
QString interrupted(RevokeFixture &fixture)
{
    fixture.store->beforeDelete = failsAt(2, ErrorCode::ConnectionLost);
    const auto report = fixture.carryOut(fixture.plan(planned), options());
    fixture.store->beforeDelete = {};
    return report && report->resumable ? report->auditId : QString();
}

} // namespace

/// Operations that something stopped, in the middle or anywhere else.
class OperationsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsLeftOfOneThatEnded()
    {
        RevokeFixture fixture;
        const auto report = fixture.carryOut(fixture.plan(planned), options());
        QVERIFY(report && !report->error && !report->resumable);
        QVERIFY(fixture.operations().empty());
        QVERIFY(QDir(fixture.place().folder).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).isEmpty());
    }

    void aPlanOfAnotherVersionSaysSo()
    {
        RevokeFixture fixture;
        QByteArray bytes = planBytes(fixture.plan(planned), options()).view().toByteArray();
        QVERIFY(planOf(base::SecretBytes(bytes)));
        bytes[3] = 3; // of the four bytes of its version
        const auto older = planOf(base::SecretBytes(bytes));
        QVERIFY(!older);
        QCOMPARE(older.error().code, ErrorCode::PlanStale);
        const QString message = base::describe(older.error()).message;
        QVERIFY2(message.contains(u"another version of Rollcall") && message.contains(u"discarded"),
                 qPrintable(message));
        const auto cut = planOf(base::SecretBytes(bytes.first(2)));
        QVERIFY(!cut);
        QCOMPARE(cut.error().code, ErrorCode::FileFormatInvalid);
    }

    void aLostLinkIsGoneOnWith()
    {
        RevokeFixture fixture;
        const QString id = interrupted(fixture);
        QVERIFY(!id.isEmpty());
        QCOMPARE(fixture.rows(), 3);
        const auto unfinished = fixture.operations();
        QCOMPARE(unfinished.size(), std::size_t(1));
        QCOMPARE(unfinished.front().head.id, id);
        QCOMPARE(unfinished.front().head.reason, QStringLiteral("stolen laptop"));
        QCOMPARE(unfinished.front().head.planned, planned);
        QCOMPARE(unfinished.front().done, 2);
        QVERIFY(unfinished.front().state == OperationState::Interrupted);

        const auto report = fixture.resume(id);
        QVERIFY(report && !report->error);
        QCOMPARE(report->auditId, id);
        QCOMPARE(report->matched, planned);
        QCOMPARE(report->revoked, planned);
        QCOMPARE(report->skipped, 0);
        QCOMPARE(report->batches, 4); // two of the first run, of which one failed
        QCOMPARE(fixture.rows(), 0);
        QVERIFY(fixture.operations().empty());
        // Each run has an intent and an outcome, under one name; the last outcome counts all.
        const auto entries = fixture.audited();
        QCOMPARE(entries.size(), std::size_t(4));
        for (const audit::AuditEntry &entry : entries)
            QCOMPARE(entry.operation, id);
        QCOMPARE(entries.at(2).counts.value(u"doneBefore").toInteger(), 2);
        QCOMPARE(entries.back().counts.value(u"revoked").toInteger(), planned);
        QVERIFY(fixture.log->verify(fixture.call())->ok);
    }

    void aCanaryIsNotLeftBehind_data()
    {
        QTest::addColumn<bool>("isKilled");
        QTest::addColumn<bool>("isDiscarded");
        QTest::newRow("killed, gone on with") << true << false;
        QTest::newRow("killed, discarded") << true << true;
        QTest::newRow("its commit's answer lost") << false << false;
    }
    void aCanaryIsNotLeftBehind()
    {
        QFETCH(const bool, isKilled);
        QFETCH(const bool, isDiscarded);
        RevokeFixture fixture;
        const auto plan = fixture.plan(2);
        RevocationOptions wanted = options();
        wanted.verify = true;
        wanted.canary = true;
        const auto canaries = [&fixture] {
            const auto store = fixture.deployment->openStore(store::Access::ReadOnly, fixture.call());
            return (*store)->users()->canaries(fixture.call()).value();
        };
        if (!isKilled) {
            fixture.store->afterCanary = [] { return std::optional(Error(ErrorCode::ConnectionLost)); };
            const auto report = fixture.carryOut(plan, wanted);
            QVERIFY(report && !report->verification->whyNoControl.isEmpty());
            QVERIFY(canaries().empty());
            return;
        }
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            fixture.store->afterCanary = []() -> std::optional<Error> { _exit(killed); };
            static_cast<void>(fixture.carryOut(plan, wanted));
            _exit(1);
        }
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        QCOMPARE(WEXITSTATUS(status), killed);
        const auto left = canaries();
        QCOMPARE(left.size(), std::size_t(1));
        const QString id = fixture.operations().front().head.id;
        if (isDiscarded) {
            QVERIFY(discardOperation(id, fixture.place(), *fixture.log, fixture.call()));
            QCOMPARE(fixture.audited().back().counts.value(QStringLiteral("canaryLeft")).toString(),
                     left.front().fingerprint.text());
            return;
        }
        const auto report = fixture.resume(id);
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, 2);
        QVERIFY(canaries().empty());
        QVERIFY(fixture.operations().empty());
    }

    void whatStoppedElsewhereIsNotSaidToHaveEnded()
    {
        RevokeFixture fixture;
        const auto ended = fixture.carryOut(fixture.plan(1), options());
        QVERIFY(ended && !ended->error);
        const auto partOf = [&fixture](const QString &id) {
            return whyNoOperation(id, *fixture.log).param(base::ErrorParam::Part);
        };
        QCOMPARE(partOf(ended->auditId), QStringLiteral("ended operation"));
        RevokeFixture cut;
        const QString id = interrupted(cut);
        QVERIFY(QDir(cut.place().folder).removeRecursively());
        const Error why = whyNoOperation(id, *cut.log);
        QCOMPARE(why.param(base::ErrorParam::Part), QStringLiteral("operation elsewhere"));
        QVERIFY2(base::describe(why).message.contains(u"its files are not here"), qPrintable(base::oneLine(why)));
    }

    void killedAnywhere_data()
    {
        QTest::addColumn<int>("batch");
        QTest::addColumn<bool>("afterCommit");
        for (const int batch : {1, 2, 3}) {
            QTest::addRow("before the delete of batch %d", batch) << batch << false;
            QTest::addRow("after the commit of batch %d", batch) << batch << true;
        }
    }
    void killedAnywhere()
    {
        QFETCH(int, batch);
        QFETCH(bool, afterCommit);
        RevokeFixture fixture;
        const auto plan = fixture.plan(planned - 1); // one stays
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            auto &fault = afterCommit ? fixture.store->afterCommit : fixture.store->beforeDelete;
            fault = [batch](int number) -> std::optional<Error> {
                if (number == batch)
                    _exit(killed);
                return std::nullopt;
            };
            static_cast<void>(fixture.carryOut(plan, options(1)));
            _exit(1);
        }
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        QCOMPARE(WEXITSTATUS(status), killed);

        const auto unfinished = fixture.operations();
        QCOMPARE(unfinished.size(), std::size_t(1));
        QCOMPARE(unfinished.front().done, batch - 1);
        // What was deleted while nobody could note it is this operation's work all the same.
        const auto report = fixture.resume(unfinished.front().head.id);
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, planned - 1);
        QCOMPARE(report->skipped, 0);
        QCOMPARE(fixture.rows(), 1);
        QVERIFY(fixture.operations().empty());
        QCOMPARE(fixture.audited().size(), std::size_t(3)); // two intents, an outcome
        QVERIFY(fixture.log->verify(fixture.call())->ok);
    }

    void rowsOfAUtf16FileComeBackAsTheyWere()
    {
        RevokeFixture fixture(true, {}, "UTF-16");
        const auto report = fixture.carryOut(fixture.plan(planned), options());
        QVERIFY(report && !report->error && report->undoUntil);
        const auto plan =
            planRestore(report->auditId, *fixture.deployment, *fixture.log, fixture.place(), fixture.call());
        QVERIFY(plan.has_value());
        const auto back =
            carryOut(*plan, {}, *fixture.deployment, *fixture.store, *fixture.log, fixture.place(), fixture.call());
        QVERIFY(back && !back->error);
        QCOMPARE(back->restored, planned);
        for (int user = 1; user <= planned; ++user) {
            QCOMPARE(fixture.rowsOf(user), 1);
            const auto found = fixture.store->lookup(RevokeFixture::token(user), fixture.call());
            QVERIFY(found && *found);
        }
    }

    void whatChangedMeanwhileIsLeftAlone()
    {
        RevokeFixture fixture;
        const QString id = interrupted(fixture);
        fixture.run("UPDATE session SET userId = 'u1' WHERE userId = 'u3'; DELETE FROM session WHERE userId = 'u4';"
                    "INSERT INTO session VALUES ('newer','u1',99999999999999);");
        const auto report = fixture.resume(id);
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, 3);
        QCOMPARE(report->skipped, 2);
        QCOMPARE(report->rows.at(2).outcome, RowOutcome::Changed);
        QCOMPARE(report->rows.at(3).outcome, RowOutcome::AlreadyGone);
        QCOMPARE(fixture.rows(), 2); // the changed one, and one that no plan named
    }

    void cancelEndsIt()
    {
        RevokeFixture fixture;
        fixture.onProgress = [&](const RevocationProgress &progress) {
            if (progress.done == 2)
                fixture.stop.request_stop();
        };
        const auto report = fixture.carryOut(fixture.plan(planned), options());
        QVERIFY(report && report->error->code == ErrorCode::Cancelled && !report->resumable);
        QVERIFY(listOperations(fixture.place().folder, {})->empty());
    }

    void aMissingRightEndsItWhereNothingWasDone()
    {
        RevokeFixture fixture;
        fixture.store->beforeDelete = failsAt(1, ErrorCode::PermissionDenied);
        const auto report = fixture.carryOut(fixture.plan(planned), options());
        QVERIFY(report && report->error->code == ErrorCode::PermissionDenied && !report->resumable);
        QVERIFY(fixture.operations().empty());
    }

    void discardEndsItOnRecord()
    {
        RevokeFixture fixture;
        const QString id = interrupted(fixture);
        QVERIFY(discardOperation(id, fixture.place(), *fixture.log, fixture.call()).has_value());
        QVERIFY(fixture.operations().empty());
        QCOMPARE(fixture.rows(), 3);
        const audit::AuditEntry last = fixture.audited().back();
        QCOMPARE(last.action, QStringLiteral("operations.discard"));
        QCOMPARE(last.operation, id);
        QCOMPARE(last.counts.value(u"revoked").toInteger(), 2);
        QCOMPARE(last.counts.value(u"failed").toInteger(), 2);
        QCOMPARE(last.counts.value(u"notTried").toInteger(), 1);
        QCOMPARE(fixture.resume(id).error().code, ErrorCode::NotFound);
    }

    void oneProcessAtATime()
    {
        RevokeFixture fixture;
        const QString id = interrupted(fixture);
        const auto held = OperationJournal::reopen(fixture.place().folder, id, fixture.call());
        QVERIFY(held.has_value());
        QVERIFY(fixture.operations().front().state == OperationState::Running);
        QCOMPARE(fixture.resume(id).error().code, ErrorCode::WriteRefused);
        QCOMPARE(discardOperation(id, fixture.place(), *fixture.log, fixture.call()).error().code,
                 ErrorCode::WriteRefused);
        QCOMPARE(fixture.rows(), 3);
    }

    void aPauseStopsAtABatchBorder()
    {
        RevokeFixture fixture;
        QString id;
        fixture.onProgress = [&](const RevocationProgress &progress) {
            if (progress.done == 2 && id.isEmpty()) {
                id = fixture.operations().front().head.id;
                QVERIFY(pauseOperation(fixture.place().folder, id).has_value());
            }
        };
        const auto report = fixture.carryOut(fixture.plan(planned), options());
        QVERIFY(report && report->error && report->resumable);
        QCOMPARE(report->error->code, ErrorCode::Cancelled);
        QCOMPARE(report->revoked, 2);
        QCOMPARE(fixture.rows(), 3);
        QVERIFY(fixture.operations().front().state == OperationState::Paused);
        QCOMPARE(pauseOperation(fixture.place().folder, id).error().code, ErrorCode::WriteRefused);
        QCOMPARE(pauseOperation(fixture.place().folder, QStringLiteral("op-none")).error().code, ErrorCode::NotFound);
        fixture.onProgress = {};
        const auto rest = fixture.resume(id);
        QVERIFY(rest && !rest->error);
        QCOMPARE(rest->revoked, planned);
        QVERIFY(fixture.operations().empty());
    }

    void badFiles_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<int>("code");
        const int invalid = int(ErrorCode::FileFormatInvalid);
        QTest::newRow("no head") << QStringLiteral("operation.json") << QByteArray("{}") << invalid;
        QTest::newRow("a head that is no text")
            << QStringLiteral("operation.json") << QByteArray("\0\xff", 2) << invalid;
        QTest::newRow("no plan") << QStringLiteral("plan.sealed") << QByteArray() << invalid;
        QTest::newRow("a plan that nobody sealed")
            << QStringLiteral("plan.sealed") << QByteArray("RCS1").append(QByteArray(100, 'x')) << invalid;
        QTest::newRow("rows beyond the plan")
            << QStringLiteral("journal.ndjson") << QByteArray("{\"batch\":1,\"rows\":\"0-5\"}\n") << invalid;
        QTest::newRow("rows backwards") << QStringLiteral("journal.ndjson")
                                        << QByteArray("{\"batch\":1,\"rows\":\"3-1\"}\n") << invalid;
        QTest::newRow("outcomes of no batch")
            << QStringLiteral("journal.ndjson") << QByteArray("{\"batch\":1,\"outcomes\":\"R\"}\n") << invalid;
        QTest::newRow("an outcome that is none")
            << QStringLiteral("journal.ndjson")
            << QByteArray("{\"batch\":1,\"rows\":\"0\"}\n{\"batch\":1,\"outcomes\":\"X\"}\n") << invalid;
        QTest::newRow("nonsense") << QStringLiteral("journal.ndjson") << QByteArray("hello\n") << invalid;
    }
    void badFiles()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        QFETCH(int, code);
        RevokeFixture fixture;
        const QString id = interrupted(fixture);
        write(fileOf(fixture, id, name), content);
        const auto report = fixture.resume(id);
        QVERIFY(!report);
        QCOMPARE(int(report.error().code), code);
        QCOMPARE(fixture.rows(), 3);
    }

    void aHalfWrittenLineIsCutOff()
    {
        RevokeFixture fixture;
        const QString id = interrupted(fixture);
        write(fileOf(fixture, id, QStringLiteral("journal.ndjson")), "{\"batch\":3,\"ro", QIODevice::Append);
        QCOMPARE(fixture.operations().front().done, 2);
        const auto report = fixture.resume(id);
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, planned);
    }

    void anotherDatabaseOrKeyIsRefused()
    {
        RevokeFixture fixture;
        const QString id = interrupted(fixture);
        RevokeFixture other;
        const auto elsewhere =
            resumeOperation(id, *other.deployment, *other.store, *fixture.log, fixture.place(), fixture.call());
        QCOMPARE(elsewhere.error().code, ErrorCode::PlanStale);
        QCOMPARE(other.rows(), 5);
        const auto vault = workspace::openKeyFileVault(other.folder.filePath(QStringLiteral("other-keys")));
        const auto resumed = [&](base::SecretVault *keys) {
            return resumeOperation(id, *fixture.deployment, *fixture.store, *fixture.log,
                                   {fixture.place().folder, keys}, fixture.call());
        };
        QCOMPARE(resumed(nullptr).error().code, ErrorCode::NoKeyStore);
        // Keys are here, but not the one that sealed it: no remedy is a key file that was given already.
        QCOMPARE(resumed(vault.get()).error().param(base::ErrorParam::Part), QStringLiteral("sealed operation"));
        QVERIFY(other.carryOut(other.plan(1), options()).has_value()); // makes a key
        QCOMPARE(resumed(other.vault.get()).error().code, ErrorCode::FileFormatInvalid);
        QCOMPARE(fixture.rows(), 3);
    }

    void noTokenIsOnDiskInClear()
    {
        RevokeFixture fixture;
        QVERIFY(!interrupted(fixture).isEmpty());
        int files = 0;
        QDirIterator it(fixture.place().folder, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile file(it.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray content = file.readAll();
            for (int user = 1; user <= planned; ++user)
                QVERIFY2(!content.contains(RevokeFixture::token(user)), qPrintable(file.fileName()));
            QVERIFY2((file.permissions() & (QFile::ReadGroup | QFile::ReadOther)) == 0, qPrintable(file.fileName()));
            ++files;
        }
        QCOMPARE(files, 4);
    }
};

QTEST_GUILESS_MAIN(OperationsTest)
#include "tst_Operations.moc"
