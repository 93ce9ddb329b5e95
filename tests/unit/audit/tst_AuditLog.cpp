#include <QtTest>

#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "AuditLogFixture.h"

using namespace rollcall;
using namespace rollcall::audit;

/// What is written to the log, and read from it.
class AuditLogTest final : public QObject, private test::AuditLogFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }

    void neverWrittenIsWhole()
    {
        const AuditState state = verified();
        QVERIFY(state.ok);
        QCOMPARE(state.entries, 0);
        QVERIFY(!state.brokenAt);
        QVERIFY2(!QFile::exists(m_root->filePath(QStringLiteral("keys"))), "a read made the key file");
        QVERIFY(!QFile::exists(folder()));
        QVERIFY(log().list(0, 10)->empty());
    }

    void keepsEntriesInOrder()
    {
        write(5);
        const auto all = log().list(0, 100);
        QVERIFY(all);
        QCOMPARE(all->size(), size_t(5));
        QCOMPARE(all->at(3).seq, 4);
        QCOMPARE(all->at(3).reason, entry(3).reason);
        QCOMPARE(all->at(3).verification, entry(3).verification);
        QCOMPARE(all->at(3).previousHash, all->at(2).hash);
        QVERIFY(!all->at(2).verification);
        QCOMPARE(log().list(2, 2)->front().seq, 3);
        QCOMPARE(log().list(2, 2)->size(), size_t(2));
        const AuditState state = verified();
        QVERIFY(state.ok && state.sealed);
        QCOMPARE(state.entries, 5);
        QCOMPARE(QFile::permissions(logFile()) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }

    void withoutKeysNothingIsWritten()
    {
        AuditLog keyless(folder(), nullptr, m_clock);
        QCOMPARE(keyless.append(entry(0), m_call).error().code, base::ErrorCode::NoKeyStore);
        QVERIFY(!QFile::exists(folder()));
        write(3);
        const auto state = keyless.verify(m_call);
        QVERIFY(state && state->ok && !state->sealed);
        QCOMPARE(state->entries, 3);
    }

    void aCrashsHalfLineIsMendedAndNoted_data()
    {
        QTest::addColumn<int>("length");
        QTest::newRow("one byte") << 1;
        QTest::newRow("forty bytes") << 40;
    }
    void aCrashsHalfLineIsMendedAndNoted()
    {
        QFETCH(int, length);
        write(3);
        setContent(content() + content().first(length));
        AuditState state = verified();
        QVERIFY(state.ok);
        QCOMPARE(state.entries, 3);
        QCOMPARE(log().list(0, 10)->size(), size_t(3));
        QVERIFY(log().append(entry(3), m_call));
        state = verified();
        QVERIFY(state.ok && state.sealed);
        QCOMPARE(state.entries, 4);
        QVERIFY(log().list(3, 1)->front().note.contains(u"half-written"));
    }

    void killedAtAnyMomentItIsNotCalledTampering_data()
    {
        QTest::addColumn<int>("microseconds");
        for (int i = 0; i < 12; ++i)
            QTest::addRow("after %d us", i * 700) << i * 700;
    }
    void killedAtAnyMomentItIsNotCalledTampering()
    {
        QFETCH(int, microseconds);
        write(1);
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            AuditLog target = log();
            for (int i = 0; i < 1000; ++i) {
                if (!target.append(entry(i), m_call))
                    _exit(1);
            }
            _exit(0);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
        QCOMPARE(kill(child, SIGKILL), 0);
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        const AuditState state = verified();
        QVERIFY2(state.ok, qPrintable(QStringLiteral("broken at %1").arg(state.brokenAt.value_or(-1))));
        QVERIFY(log().append(entry(1), m_call));
        QVERIFY(verified().ok);
        QCOMPARE(verified().entries, qint64(log().list(0, 10'000)->size()));
    }

    void processesAppendSideBySide()
    {
        constexpr int each = 5;
        std::vector<pid_t> children;
        for (int c = 0; c < 4; ++c) {
            const pid_t child = fork();
            QVERIFY(child >= 0);
            if (child == 0) {
                AuditLog target = log();
                for (int i = 0; i < each; ++i) {
                    if (!target.append(entry(i), m_call))
                        _exit(1);
                }
                _exit(0);
            }
            children.push_back(child);
        }
        for (const pid_t child : children) {
            int status = 0;
            QCOMPARE(waitpid(child, &status, 0), child);
            QCOMPARE(status, 0);
        }
        const AuditState state = verified();
        QVERIFY(state.ok && state.sealed);
        QCOMPARE(state.entries, 4 * each);
    }

    void aFullDiskLeavesNoHalfLine()
    {
        write(2);
        const QByteArray before = content();
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{static_cast<rlim_t>(before.size() + 100), static_cast<rlim_t>(before.size() + 100)};
            setrlimit(RLIMIT_FSIZE, &limit);
            _exit(log().append(entry(2), m_call) ? 1 : 0);
        }
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        QCOMPARE(status, 0);
        QCOMPARE(content(), before);
        QVERIFY(verified().ok);
    }

    void anUnwritableFolderIsSaid()
    {
        // A file where the folder should be: also root cannot write there.
        QFile blocker(folder());
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        const auto appended = log().append(entry(0), m_call);
        QVERIFY(!appended);
        QCOMPARE(appended.error().code, base::ErrorCode::AuditUnwritable);
    }

    void goesOnUnderAnotherKey_data()
    {
        QTest::addColumn<QByteArray>("half");
        QTest::newRow("after a whole line") << QByteArray();
        QTest::newRow("after the half line of a crash") << QByteArray("{\"action\":\"sess");
    }
    void goesOnUnderAnotherKey()
    {
        QFETCH(QByteArray, half);
        write(2);
        setContent(content() + half);
        m_vault = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("other-keys")));
        QVERIFY(verified().ok);
        QVERIFY(!verified().sealed);
        QVERIFY(log().append(entry(2), m_call));
        const AuditState state = verified();
        QVERIFY(state.ok);
        QVERIFY2(!state.sealed, "entries under a lost key cannot be vouched for");
        QCOMPARE(state.entries, 3);
        QCOMPARE(log().list(2, 1)->front().note.contains(u"half-written"), !half.isEmpty());
    }

    void aReadIsCancelledHalfway()
    {
        write(5);
        std::stop_source stop;
        int taken = 0;
        const auto read = log().forEach(0, {m_call.deadline, stop.get_token()}, [&](AuditEntry &&) {
            if (++taken == 2)
                stop.request_stop();
            return true;
        });
        QVERIFY(!read);
        QCOMPARE(read.error().code, base::ErrorCode::Cancelled);
        QCOMPARE(taken, 2);
    }

    void operationIdsAreNew()
    {
        const QString id = newOperationId();
        QCOMPARE(id.size(), 23);
        QVERIFY(id.startsWith(u"op-"));
        QVERIFY(id != newOperationId());
        QVERIFY(currentActor().contains(u'@'));
    }
};

QTEST_GUILESS_MAIN(AuditLogTest)
#include "tst_AuditLog.moc"
