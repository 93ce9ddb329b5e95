#include <QtTest>

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "core/audit/AuditExport.h"
#include "core/audit/AuditLog.h"
#include "core/audit/AuditVerifier.h"
#include "core/audit/EvidencePack.h"
#include "core/workspace/Workspace.h"

using namespace rollcall;
using namespace rollcall::audit;

class AuditLogTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_root;
    std::unique_ptr<base::SecretVault> m_vault;
    base::FixedClock m_clock{base::Instant(std::chrono::milliseconds(1'760'000'000'123))};
    base::Call m_call;

    QString folder() const { return m_root->filePath(QStringLiteral("data")); }
    QString logFile() const { return folder() + QStringLiteral("/audit.ndjson"); }
    AuditLog log() { return {folder(), m_vault.get(), m_clock}; }

    static AuditEntry entry(int i)
    {
        AuditEntry entry;
        entry.operation = QStringLiteral("op-%1").arg(i);
        entry.phase = i % 2 == 0 ? Phase::Intent : Phase::Outcome;
        entry.action = QStringLiteral("sessions.revoke");
        entry.actor = QStringLiteral("ada@host");
        entry.connection = QStringLiteral("shop");
        entry.reason = QStringLiteral("stolen laptop, \"ünïcode\"\nand a second line");
        entry.counts = QJsonObject{{QStringLiteral("matched"), i}};
        if (i % 2 == 1)
            entry.verification = QJsonObject{{QStringLiteral("checked"), i}};
        return entry;
    }
    void write(int count)
    {
        AuditLog target = log();
        for (int i = 0; i < count; ++i)
            QVERIFY(target.append(entry(i), m_call));
    }
    QByteArray content() const
    {
        QFile file(logFile());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void setContent(const QByteArray &text) const
    {
        QFile file(logFile());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(text), text.size());
    }
    AuditState verified()
    {
        const auto state = log().verify(m_call);
        return state ? *state : AuditState{-1, false, -1, false};
    }
    static QList<QByteArray> lines(const QByteArray &text)
    {
        QList<QByteArray> list = text.split('\n');
        list.removeLast();
        return list;
    }
    static QByteArray joined(const QList<QByteArray> &list)
    {
        return list.isEmpty() ? QByteArray() : list.join('\n') + '\n';
    }

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        m_vault = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("keys")));
        m_call = base::Call::within(std::chrono::seconds(30));
    }

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

    void everyTamperingIsNamed_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("brokenAt");
        QTest::newRow("cut by one") << QStringLiteral("cut 1") << 6;
        QTest::newRow("cut by four") << QStringLiteral("cut 4") << 3;
        QTest::newRow("all lines cut") << QStringLiteral("cut 6") << 1;
        QTest::newRow("removed") << QStringLiteral("remove") << 1;
        QTest::newRow("removed with its seal") << QStringLiteral("remove all") << 1;
        QTest::newRow("last line cut in half") << QStringLiteral("half") << 6;
        QTest::newRow("line changed") << QStringLiteral("change 3") << 3;
        QTest::newRow("first line changed") << QStringLiteral("change 1") << 1;
        QTest::newRow("last line changed") << QStringLiteral("change 6") << 6;
        QTest::newRow("line taken out") << QStringLiteral("take 4") << 4;
        QTest::newRow("lines swapped") << QStringLiteral("swap 2") << 2;
        QTest::newRow("line doubled") << QStringLiteral("double 2") << 3;
        QTest::newRow("line spelled otherwise") << QStringLiteral("respell 5") << 5;
        QTest::newRow("chain computed anew") << QStringLiteral("forge 3") << 3;
        QTest::newRow("whole entry appended") << QStringLiteral("append") << 7;
        QTest::newRow("seal removed") << QStringLiteral("unseal") << 7;
        QTest::newRow("seal changed") << QStringLiteral("reseal") << 7;
        QTest::newRow("garbage line") << QStringLiteral("garbage") << 7;
    }
    void everyTamperingIsNamed()
    {
        QFETCH(QString, what);
        QFETCH(int, brokenAt);
        write(6);
        QList<QByteArray> list = lines(content());
        const QString word = what.section(u' ', 0, 0);
        const int at = what.section(u' ', 1, 1).toInt();
        const QString seal = sealPath(logFile());
        if (word == u"cut") {
            list.remove(6 - at, at);
            setContent(joined(list));
        } else if (word == u"remove") {
            QVERIFY(QFile::remove(logFile()));
            if (what.endsWith(u"all"))
                QVERIFY(QFile::remove(seal));
        } else if (word == u"half") {
            setContent(content().chopped(40));
        } else if (word == u"change") {
            list[at - 1].replace("stolen", "mislaid");
            setContent(joined(list));
        } else if (word == u"take") {
            list.removeAt(at - 1);
            setContent(joined(list));
        } else if (word == u"swap") {
            list.swapItemsAt(at - 1, at);
            setContent(joined(list));
        } else if (word == u"double") {
            list.insert(at, list.at(at - 1));
            setContent(joined(list));
        } else if (word == u"respell") {
            list[at - 1].replace("\":\"", "\": \"");
            setContent(joined(list));
        } else if (word == u"forge") {
            QString previous = AuditEntry::fromLine(list.at(at - 2))->hash;
            for (int i = at - 1; i < list.size(); ++i) {
                AuditEntry forged = *AuditEntry::fromLine(list.at(i));
                forged.reason = QStringLiteral("nothing happened");
                forged.previousHash = previous;
                forged.hash = previous = forged.computeHash();
                list[i] = forged.toLine();
            }
            setContent(joined(list));
        } else if (word == u"append") {
            AuditEntry more = *AuditEntry::fromLine(list.last());
            more.seq = 7;
            more.previousHash = more.hash;
            more.hash = more.computeHash();
            setContent(content() + more.toLine() + '\n');
        } else if (word == u"unseal") {
            QVERIFY(QFile::remove(seal));
        } else if (word == u"reseal") {
            QFile file(seal);
            QVERIFY(file.open(QIODevice::ReadWrite));
            QByteArray text = file.readAll();
            text.replace("\"entries\":6", "\"entries\":5");
            QVERIFY(file.resize(0) && file.seek(0) && file.write(text) == text.size());
        } else if (word == u"garbage") {
            setContent(content() + "{}\n");
        } else {
            QFAIL("unknown tampering");
        }
        const AuditState state = verified();
        QVERIFY(!state.ok);
        QVERIFY(!state.sealed);
        QVERIFY(state.brokenAt);
        QCOMPARE(*state.brokenAt, brokenAt);
        QCOMPARE(state.entries, brokenAt - 1);

        // An append after it hides nothing.
        QVERIFY(log().append(entry(9), m_call));
        QVERIFY(log().append(entry(10), m_call));
        const AuditState later = verified();
        QVERIFY(!later.ok);
        QCOMPARE(*later.brokenAt, brokenAt);
    }

    void everyByteCounts_data()
    {
        QTest::addColumn<bool>("ofSeal");
        QTest::newRow("of the log") << false;
        QTest::newRow("of its seal") << true;
    }
    void everyByteCounts()
    {
        QFETCH(bool, ofSeal);
        write(3);
        const QString path = ofSeal ? sealPath(logFile()) : logFile();
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray whole = file.readAll();
        const auto put = [&file](const QByteArray &text) {
            return file.resize(0) && file.seek(0) && file.write(text) == text.size() && file.flush();
        };
        for (qsizetype i = 0; i < whole.size(); ++i) {
            QByteArray flipped = whole;
            flipped[i] = static_cast<char>(flipped.at(i) ^ 1);
            QVERIFY(put(flipped));
            const AuditState state = verified();
            const qint64 entry = ofSeal ? 4 : whole.first(i).count('\n') + 1;
            QVERIFY2(!state.ok && !state.sealed && state.brokenAt == entry,
                     qPrintable(QStringLiteral("byte %1 flipped: %2").arg(i).arg(state.brokenAt.value_or(-1))));
            QVERIFY(put(whole.first(i)));
            QVERIFY2(!verified().ok, qPrintable(QStringLiteral("cut to %1 bytes").arg(i)));
        }
        QVERIFY(put(whole));
        QVERIFY(verified().ok && verified().sealed);
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

    /// The seal is read before the log and after it: here an entry comes in between.
    void whatIsAppendedMeanwhileIsRead()
    {
        const QString seal = sealPath(logFile());
        const auto sealed = [&seal] {
            QFile file(seal);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        write(2);
        const QByteArray log2 = content();
        const QByteArray seal2 = sealed();
        write(1);
        const QByteArray log3 = content();
        const QByteArray seal3 = sealed();
        setContent(log2);
        // Each who opens the seal gets the next answer: it is a pipe, and another one for the next reader.
        const auto putPipe = [&seal] {
            const QByteArray made = QFile::encodeName(seal + QStringLiteral(".next"));
            return ::mkfifo(made.constData(), 0600) == 0 &&
                   ::rename(made.constData(), QFile::encodeName(seal).constData()) == 0;
        };
        QVERIFY(putPipe());
        int answers = 0;
        const std::jthread writer([&](const std::stop_token &atEnd) {
            while (!atEnd.stop_requested()) {
                const int pipe = ::open(QFile::encodeName(seal).constData(), O_WRONLY | O_NONBLOCK);
                if (pipe < 0) { // nobody reads yet
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                    continue;
                }
                if (++answers == 2)
                    setContent(log3);
                const QByteArray &answer = answers == 1 ? seal2 : seal3;
                if (!putPipe() || ::write(pipe, answer.constData(), static_cast<size_t>(answer.size())) < 0)
                    qWarning("the pipe broke");
                ::close(pipe);
            }
        });
        const auto key = publicSealKey(m_vault.get(), m_call);
        QVERIFY(key && *key);
        const auto state = verifyLog(logFile(), {*key, {}, true}, m_call);
        QVERIFY(state && state->ok && state->sealed);
        QCOMPARE(state->entries, 3);
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

    /// Who can write the folder and has no key of ours writes another history, signed and sealed by a key of his own.
    void aLogInTheNameOfAnotherKeyTakesNoPlace_data()
    {
        QTest::addColumn<int>("forged");
        QTest::newRow("shorter") << 2;
        QTest::newRow("as long") << 3;
        QTest::newRow("longer") << 4;
    }
    void aLogInTheNameOfAnotherKeyTakesNoPlace()
    {
        QFETCH(int, forged);
        write(3);
        const auto theirs = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("their-keys")));
        AuditLog other(m_root->filePath(QStringLiteral("theirs")), theirs.get(), m_clock);
        for (int i = 0; i < forged; ++i)
            QVERIFY(other.append(entry(i), m_call));
        for (const auto &[from, to] :
             {std::pair(other.path(), logFile()), std::pair(sealPath(other.path()), sealPath(logFile()))})
            QVERIFY(QFile::remove(to) && QFile::copy(from, to));
        QVERIFY2(!verified().ok, "another's history stands for ours");
        QVERIFY(log().append(entry(7), m_call));
        QVERIFY(log().append(entry(8), m_call));
        QVERIFY2(!verified().ok, "an append hid it");
    }

    /// What earlier builds wrote, an HMAC in each entry and in the seal, is no entry and no seal.
    void whatEarlierBuildsWroteIsRefused()
    {
        write(2);
        QList<QByteArray> list = lines(content());
        const QByteArray whole = content();
        QVERIFY(list[1].contains("\"operation\":"));
        list[1].replace("\"operation\":", "\"mac\":\"00\",\"operation\":");
        setContent(joined(list));
        QVERIFY(!verified().ok && verified().brokenAt == 2);
        setContent(whole);
        QVERIFY(verified().ok);
        QFile seal(sealPath(logFile()));
        QVERIFY(seal.open(QIODevice::ReadWrite));
        QByteArray text = seal.readAll();
        QVERIFY(text.contains("\"version\":2"));
        text.replace("\"version\":2", "\"version\":1");
        QVERIFY(seal.resize(0) && seal.seek(0) && seal.write(text) == text.size() && seal.flush());
        QVERIFY(!verified().ok && verified().brokenAt == 3);
    }

    void anOlderCopyTakesNoPlace()
    {
        const QString seal = sealPath(logFile());
        const auto put = [](const QString &from, const QString &to) {
            return (!QFile::exists(to) || QFile::remove(to)) && QFile::copy(from, to);
        };
        write(4);
        const QString olderLog = m_root->filePath(QStringLiteral("older.ndjson"));
        QVERIFY(put(logFile(), olderLog) && put(seal, sealPath(olderLog)));
        write(2);
        QVERIFY(verified().ok);
        QVERIFY(put(olderLog, logFile()) && put(sealPath(olderLog), seal));
        const auto inItself = verifyFile(logFile(), m_vault.get(), m_call);
        QVERIFY(inItself && inItself->ok); // nothing in the two tells: the vault does
        QVERIFY2(!verified().ok && verified().brokenAt == 5, "an older copy stands for the log");
        QVERIFY(log().append(entry(7), m_call));
        QVERIFY(log().append(entry(8), m_call));
        QVERIFY2(!verified().ok && verified().brokenAt == 5, "an append hid it");
        QVERIFY(log().list(4, 1)->front().note.contains(u"older copy"));
    }

    void aLogThatWasMovedIsMissedToo()
    {
        write(2);
        const QString moved = m_root->filePath(QStringLiteral("moved"));
        QVERIFY(QDir().rename(folder(), moved));
        AuditLog there(moved, m_vault.get(), m_clock);
        QVERIFY(there.verify(m_call)->sealed);
        QVERIFY(there.append(entry(2), m_call));
        QVERIFY(there.verify(m_call)->sealed);
        QVERIFY(QFile::remove(there.path()) && QFile::remove(sealPath(there.path())));
        const auto state = there.verify(m_call);
        QVERIFY2(state && !state->ok, "log and seal are gone, and nothing is missed");
        QCOMPARE(*state->brokenAt, 1);
    }

    void copiesAreChecked()
    {
        write(4);
        const QString copy = m_root->filePath(QStringLiteral("copy.ndjson"));
        QVERIFY(QFile::copy(logFile(), copy));
        auto state = verifyFile(copy, m_vault.get(), m_call);
        QVERIFY(state && state->ok && !state->sealed);
        QVERIFY(QFile::copy(sealPath(logFile()), m_root->filePath(QStringLiteral("copy.seal"))));
        state = verifyFile(copy, m_vault.get(), m_call);
        QVERIFY(state && state->ok && state->sealed);
        QFile file(copy);
        QVERIFY(file.open(QIODevice::ReadWrite) && file.resize(content().indexOf('\n') + 1));
        state = verifyFile(copy, m_vault.get(), m_call);
        QVERIFY(state && !state->ok);
        QCOMPARE(*state->brokenAt, 2);
        QCOMPARE(verifyFile(QStringLiteral("/nowhere.ndjson"), m_vault.get(), m_call).error().code,
                 base::ErrorCode::FileUnreadable);
    }

    /// The method that an evidence pack of this log states; empty where none was packed.
    QString packedMethod(AuditState &state)
    {
        const QString path = m_root->filePath(QStringLiteral("evidence.tar"));
        const auto evidence = writeEvidence(log(), {}, path, m_clock.now(), m_call);
        if (!evidence)
            return {};
        state = evidence->log;
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return {};
        for (const QByteArray &line : file.readAll().split('\n')) {
            if (line.contains("\"method\":"))
                return QString::fromUtf8(line);
        }
        return {};
    }
    void evidenceClaimsOnlyWhatIsSo()
    {
        const QString claim = QStringLiteral("and signed by the key");
        AuditState state;
        write(2);
        QVERIFY(packedMethod(state).contains(claim));
        QVERIFY(state.ok && state.sealed);
        setContent(content().replace("\"matched\":1", "\"matched\":7"));
        QVERIFY(packedMethod(state).contains(QStringLiteral("broken at entry 2")));
        QVERIFY(!packedMethod(state).contains(claim));
        QVERIFY(!state.ok);
        setContent(content().replace("\"matched\":7", "\"matched\":1"));
        m_vault = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("other-keys")));
        QVERIFY(log().append(entry(2), m_call));
        QVERIFY(packedMethod(state).contains(QStringLiteral("the chain alone was checked")));
        QVERIFY(!packedMethod(state).contains(claim));
        QVERIFY(state.ok && !state.sealed);
    }

    void evidenceMakesNoKey()
    {
        write(2);
        m_vault = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("other-keys")));
        const auto evidence =
            writeEvidence(log(), {}, m_root->filePath(QStringLiteral("evidence.tar")), m_clock.now(), m_call);
        QVERIFY(!evidence);
        QCOMPARE(evidence.error().code, base::ErrorCode::NotFound);
        const auto key = publicSealKey(m_vault.get(), m_call);
        QVERIFY(key && !*key);
    }

    void exportsGoNowhereNearTheLog_data()
    {
        QTest::addColumn<QString>("target"); // below the root
        QTest::addColumn<bool>("isRefused");
        QTest::newRow("the log") << QStringLiteral("data/audit.ndjson") << true;
        QTest::newRow("its seal") << QStringLiteral("data/audit.seal") << true;
        QTest::newRow("another file beside it") << QStringLiteral("data/new.json") << true;
        QTest::newRow("by a detour") << QStringLiteral("other/../data/new.json") << true;
        QTest::newRow("through a linked folder") << QStringLiteral("linked/new.json") << true;
        QTest::newRow("a link to the log") << QStringLiteral("other/to-log") << true;
        QTest::newRow("a link to what is not there") << QStringLiteral("other/dangling") << true;
        QTest::newRow("a link to such a link") << QStringLiteral("other/twice") << true;
        QTest::newRow("elsewhere") << QStringLiteral("other/export.json") << false;
        QTest::newRow("a dangling link to elsewhere") << QStringLiteral("other/away") << false;
        QTest::newRow("a folder of a like name") << QStringLiteral("data2/export.json") << false;
    }
    void exportsGoNowhereNearTheLog()
    {
        QFETCH(QString, target);
        QFETCH(bool, isRefused);
        write(2);
        const QByteArray before = content();
        const QDir root(m_root->path());
        QVERIFY(root.mkdir(QStringLiteral("other")) && root.mkdir(QStringLiteral("data2")));
        const auto link = [&root](const char *to, const char *name) {
            return ::symlink(to, qPrintable(root.filePath(QLatin1StringView(name)))) == 0;
        };
        QVERIFY(link("data", "linked") && link("../data/audit.ndjson", "other/to-log") &&
                link("../data/dangling.json", "other/dangling") && link("dangling", "other/twice") &&
                link("../data2/away.json", "other/away"));
        const QStringList files = QDir(folder()).entryList(QDir::Files);
        const QString here = QDir::currentPath();
        for (const bool isRelative : {false, true}) {
            QVERIFY(QDir::setCurrent(root.path()));
            const auto exported =
                exportLog(log(), ExportForm::Json, isRelative ? target : root.filePath(target), m_call);
            QVERIFY(QDir::setCurrent(here));
            QCOMPARE(exported.has_value(), !isRefused);
            if (isRefused)
                QCOMPARE(exported.error().code, base::ErrorCode::FileUnwritable);
            QCOMPARE(QDir(folder()).entryList(QDir::Files), files);
            QCOMPARE(content(), before);
        }
    }

    void aReadErrorIsNoEnd()
    {
        write(2);
        // A file that opens, has a size, and cannot be read: which speed does the loopback have?
        const QString unreadable = QStringLiteral("/sys/class/net/lo/speed");
        QFile file(unreadable);
        if (!file.open(QIODevice::ReadOnly) || file.read(1).size() == 1 || file.error() == QFileDevice::NoError)
            QSKIP("this system has no file whose reading fails");
        QVERIFY(QFile::remove(logFile()) && QFile::link(unreadable, logFile()));
        const auto state = verifyLog(logFile(), {}, m_call);
        QVERIFY2(!state, "a log that was not read is called good");
        QCOMPARE(state.error().code, base::ErrorCode::FileUnreadable);
        const auto exported =
            exportLog(log(), ExportForm::Json, m_root->filePath(QStringLiteral("export.json")), m_call);
        QVERIFY2(!exported, "an export of nothing is called whole");
        QCOMPARE(exported.error().code, base::ErrorCode::FileUnreadable);
    }

    /// A log that takes a second or so to check: its chain is right, and nobody signed it.
    void writeLong()
    {
        QVERIFY(QDir().mkpath(folder()));
        QFile file(logFile());
        QVERIFY(file.open(QIODevice::WriteOnly));
        QString previous;
        for (int i = 1; i <= 20'000; ++i) {
            AuditEntry one = entry(i);
            one.seq = i;
            one.at = m_clock.now();
            one.previousHash = previous;
            one.hash = previous = one.computeHash();
            file.write(one.toLine() + '\n');
        }
        QVERIFY(file.flush());
    }

    void aCheckIsCancelledHalfway()
    {
        writeLong();
        std::stop_source stop;
        const std::jthread canceller([&stop] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            stop.request_stop();
        });
        const auto state = verifyLog(logFile(), {}, base::Call::within(std::chrono::seconds(30), stop.get_token()));
        QVERIFY(!state);
        QCOMPARE(state.error().code, base::ErrorCode::Cancelled);
        const auto whole = verifyLog(logFile(), {}, m_call);
        QVERIFY(whole && whole->ok);
        QCOMPARE(whole->entries, 20'000);
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

    void aCancelledExportLeavesWhatWasThere()
    {
        write(2);
        const QString path = m_root->filePath(QStringLiteral("export.json"));
        QCOMPARE(exportLog(log(), ExportForm::Json, path, m_call).value_or(-1), 2);
        const auto content = [&path] {
            QFile file(path);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const QByteArray before = content();
        QVERIFY(before.endsWith("]}\n"));
        writeLong();
        std::stop_source stop;
        const std::jthread canceller([&stop] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            stop.request_stop();
        });
        const auto cancelled = exportLog(log(), ExportForm::Json, path, {m_call.deadline, stop.get_token()});
        QVERIFY2(!cancelled, "it was over before it was cancelled");
        QCOMPARE(cancelled.error().code, base::ErrorCode::Cancelled);
        QCOMPARE(content(), before);
        QCOMPARE(QFileInfo(path).dir().entryList({QStringLiteral("export*")}).size(), 1);
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
