#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "AuditLogFixture.h"
#include "core/audit/AuditVerifier.h"

using namespace rollcall;
using namespace rollcall::audit;

/// What a check of the log and of copies of it finds.
class AuditTamperingTest final : public QObject, private test::AuditLogFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }

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

    /// Whoever can write to a log can have another key in each line: so many are not named, and none past a bad line.
    void changesOfTheKeyAreCounted()
    {
        constexpr int lines = 150;
        QByteArray text;
        QString last;
        for (int i = 1; i <= lines; ++i) {
            AuditEntry forged = entry(i);
            forged.seq = i;
            forged.at = m_clock.now();
            forged.previousHash = last;
            forged.keyId = QStringLiteral("key %1 %2").arg(i).arg(QString(100, u'x'));
            forged.hash = forged.computeHash();
            last = forged.hash;
            text += forged.toLine() + '\n';
        }
        const QString file = m_root->filePath(QStringLiteral("copy.ndjson"));
        const auto checked = [this, &file](const QByteArray &content) {
            QFile copy(file);
            KeyChanges changes;
            if (copy.open(QIODevice::WriteOnly | QIODevice::Truncate) && copy.write(content) == content.size() &&
                copy.flush())
                static_cast<void>(verifyCopy(file, m_vault.get(), m_call, &changes));
            return changes;
        };
        const KeyChanges all = checked(text);
        QCOMPARE(all.count, lines - 1);
        QCOMPARE(all.first.size(), mostKeyChanges);
        QCOMPARE(all.first.front().seq, 2);
        QCOMPARE(all.first.back().seq, lines); // the last one, which the break may be at
        QVERIFY(!all.first.front().isOurs);
        QVERIFY(all.first.front().keyId.startsWith(u"key 2 "));
        QCOMPARE(all.first.front().keyId.size(), 16);
        QByteArrayList broken = text.split('\n');
        broken[10] += ' ';
        QCOMPARE(checked(broken.join('\n')).count, 9);
    }

    void aCheckIsCancelledHalfway()
    {
        writeLong();
        // Sooner each time, until it falls into the check: how long one takes is the machine's affair.
        bool cancelled = false;
        for (auto after = std::chrono::microseconds(20'000); !cancelled && after.count() > 0; after /= 2) {
            std::stop_source stop;
            const std::jthread canceller([&stop, after] {
                std::this_thread::sleep_for(after);
                stop.request_stop();
            });
            const auto state = verifyLog(logFile(), {}, base::Call::within(std::chrono::minutes(5), stop.get_token()));
            if (!state)
                QCOMPARE(state.error().code, base::ErrorCode::Cancelled);
            cancelled = !state;
        }
        QVERIFY(cancelled);
        const auto whole = verifyLog(logFile(), {}, m_call);
        QVERIFY(whole && whole->ok);
        QCOMPARE(whole->entries, 20'000);
    }
};

QTEST_GUILESS_MAIN(AuditTamperingTest)
#include "tst_AuditTampering.moc"
