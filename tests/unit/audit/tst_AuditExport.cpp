#include <QtTest>

#include <thread>
#include <unistd.h>

#include "AuditLogFixture.h"
#include "core/audit/AuditExport.h"
#include "core/audit/AuditVerifier.h"
#include "core/audit/EvidencePack.h"

using namespace rollcall;
using namespace rollcall::audit;

/// What is made of the log: exports and evidence.
class AuditExportTest final : public QObject, private test::AuditLogFixture
{
    Q_OBJECT

private:
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

private Q_SLOTS:
    void init() { begin(); }

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
};

QTEST_GUILESS_MAIN(AuditExportTest)
#include "tst_AuditExport.moc"
