#include <QtTest>

#include <array>

#include <QTemporaryDir>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "core/base/Call.h"
#include "core/base/Clock.h"
#include "core/base/ErrorText.h"
#include "core/base/FileLock.h"
#include "core/base/Secret.h"
#include "core/base/Sha256.h"
#include "core/base/TextWriter.h"

using namespace rollcall::base;
using namespace std::chrono_literals;

class BaseTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Of a text without an address nothing is written. (That memcpy was given it shows under the sanitizers alone.)
    void writesNothingOfAnEmptyText()
    {
        std::array<char, 4> room{'a', 'b', 'c', 'd'};
        rollcall::base::TextWriter writer(room.data());
        writer.put(QByteArrayView());
        QVERIFY(writer.at() == room.data()); // QCOMPARE would read texts
        writer.put(QByteArrayView("xy"));
        QCOMPARE(QByteArrayView(room.data(), writer.at()), QByteArrayView("xy"));
        QCOMPARE(room.at(2), 'c');
    }

    void fingerprintIsTheStartOfSha256()
    {
        // echo -n abc | sha256sum
        QCOMPARE(Fingerprint::of("abc").text(), QStringLiteral("ba7816bf8f01cfea"));
        QCOMPARE(Fingerprint::of("abc").grouped(), QStringLiteral("ba78 16bf 8f01 cfea"));
        QVERIFY(Fingerprint::of("").isEmpty());
        QCOMPARE(Fingerprint::fromText(QStringLiteral("BA78 16BF 8F01 CFEA")), Fingerprint::of("abc"));
        QVERIFY(Fingerprint::fromText(QStringLiteral("ba7816bf8f01cfe")).isEmpty());
        QVERIFY(Fingerprint::fromText(QStringLiteral("ga7816bf8f01cfea")).isEmpty());
    }

    void hashesPartsAsOne()
    {
        const auto hex = [](std::initializer_list<QByteArrayView> parts) {
            const Sha256Hex digits = sha256Hex(parts);
            return QByteArrayView(digits).toByteArray();
        };
        // FIPS 180-4, the examples; and printf '' | sha256sum
        const QByteArray abc("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        QCOMPARE(hex({"abc"}), abc);
        QCOMPARE(hex({"a", QByteArrayView(), "bc"}), abc);
        QCOMPARE(hex({"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"}),
                 QByteArray("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
        QCOMPARE(hex({}), QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    }

    void aFileLockExcludesAndEndsWithItsProcess()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("lock"));
        const auto soon = Call::within(std::chrono::milliseconds(20));
        {
            const FileLock held(path, soon);
            QVERIFY(held.isHeld());
            QCOMPARE(FileLock(path, soon).state(), FileLock::State::Busy);
        }
        QVERIFY(FileLock(path, soon).isHeld());
        QCOMPARE(FileLock(folder.filePath(QStringLiteral("no/lock")), soon).state(), FileLock::State::Unwritable);
        std::array<int, 2> ready{};
        QCOMPARE(pipe(ready.data()), 0);
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            const FileLock held(path, soon);
            const char said = held.isHeld() ? 'y' : 'n';
            static_cast<void>(!write(ready[1], &said, 1));
            pause();
        }
        char said = 0;
        QCOMPARE(read(ready[0], &said, 1), ssize_t{1});
        QCOMPARE(said, 'y');
        QCOMPARE(FileLock(path, soon).state(), FileLock::State::Busy);
        QCOMPARE(kill(child, SIGKILL), 0);
        QCOMPARE(waitpid(child, nullptr, 0), child);
        QVERIFY(FileLock(path, soon).isHeld());
        close(ready[0]);
        close(ready[1]);
    }

    void secretsMoveAndWipe()
    {
        QByteArray source("open sesame");
        source.detach();
        SecretBytes secret = SecretBytes::fromAndWipe(source);
        QVERIFY(source.isEmpty());
        QCOMPARE(secret.view().toByteArray(), QByteArray("open sesame"));
        const SecretBytes moved = std::move(secret);
        QVERIFY(secret.isEmpty()); // NOLINT(bugprone-use-after-move): the moved-from state is part of the contract
        QVERIFY(moved == SecretBytes(QByteArrayView("open sesame")));
        QVERIFY(!(moved == SecretBytes(QByteArrayView("open sesamf"))));
    }

    void times_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("utc") << "2026-12-20T21:48:07.731Z"
                             << "2026-12-20T21:48:07.731Z";
        QTest::newRow("no milliseconds") << "2026-12-20T21:48:07Z"
                                         << "2026-12-20T21:48:07.000Z";
        QTest::newRow("offset") << "2026-12-20T23:48:07+02:00"
                                << "2026-12-20T21:48:07.000Z";
        QTest::newRow("in an hour") << "+1h"
                                    << "2026-06-15T13:00:00.000Z";
        QTest::newRow("a week ago") << "-7d"
                                    << "2026-06-08T12:00:00.000Z";
        QTest::newRow("no zone") << "2026-12-20T21:48:07"
                                 << "";
        QTest::newRow("word") << "tomorrow"
                              << "";
        QTest::newRow("sign alone") << "+"
                                    << "";
        QTest::newRow("empty") << ""
                               << "";
    }

    void times()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const Instant now{std::chrono::milliseconds(1781524800000)}; // 2026-06-15T12:00:00Z
        const auto time = parseTime(text, now);
        QCOMPARE(time ? toIso(*time) : QString(), expected);
    }

    void durations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("ns");
        QTest::newRow("ns") << "15ns" << qint64(15);
        QTest::newRow("ms") << "250ms" << qint64(250'000'000);
        QTest::newRow("fraction") << "1.5s" << qint64(1'500'000'000);
        QTest::newRow("minutes") << "2m" << qint64(120'000'000'000);
        QTest::newRow("days") << "30d" << qint64(2'592'000'000'000'000);
        QTest::newRow("no unit") << "10" << qint64(-1);
        QTest::newRow("negative") << "-1s" << qint64(-1);
        QTest::newRow("overflow") << "99999999999999d" << qint64(-1);
        QTest::newRow("unknown unit") << "3w" << qint64(-1);
    }

    void durations()
    {
        QFETCH(QString, text);
        QFETCH(qint64, ns);
        const auto duration = parseDuration(text);
        QCOMPARE(duration ? duration->count() : -1, ns);
    }

    void callsEnd()
    {
        std::stop_source source;
        const Call call = Call::within(1h, source.get_token());
        QVERIFY(call.check(QStringLiteral("x")).has_value());
        QVERIFY(call.remaining() > 59min);
        QCOMPARE(Call::within(0ms).check(QStringLiteral("x")).error().code, ErrorCode::Timeout);
        source.request_stop();
        QCOMPARE(call.check(QStringLiteral("x")).error().code, ErrorCode::Cancelled);
    }

    void everyErrorSaysWhatWhyAndWhatToDo()
    {
        // Internal is the last enumerator: a new code before it is covered without touching this test.
        for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
            const auto code = static_cast<ErrorCode>(i);
            const ErrorText text = describe(Error(code).with(ErrorParam::Detail, QStringLiteral("because")));
            QVERIFY2(!text.message.isEmpty(), qPrintable(errorName(code)));
            QVERIFY2(!text.remedy.isEmpty(), qPrintable(errorName(code)));
            QVERIFY2(!errorName(code).isEmpty(), qPrintable(QString::number(i)));
            if (code != ErrorCode::Internal) {
                QVERIFY2(!text.message.startsWith(QStringLiteral("An internal error")), qPrintable(errorName(code)));
            }
        }
    }
};

QTEST_GUILESS_MAIN(BaseTest)
#include "tst_Base.moc"
