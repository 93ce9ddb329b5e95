#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>

#include "core/audit/AuditEntry.h"
#include "core/demo/DemoDeployment.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/TestPaths.h"

using namespace rollcall;
using test::contentOf;
using test::CtlProcess;
using test::CtlResult;
using test::words;

namespace {

void setContent(const QString &path, const QByteArray &text)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(file.write(text), text.size());
}

/// The entry of @p line with another reason and a hash that fits it.
QByteArray forged(const QByteArray &line)
{
    auto entry = audit::AuditEntry::fromLine(line);
    if (!entry)
        return {};
    entry->reason = QStringLiteral("nothing happened");
    entry->hash = entry->computeHash();
    return entry->toLine();
}

/// The commands that FORMAT.md shows, in their order: what a stranger would run.
QByteArrayList commandsIn(const QByteArray &format)
{
    QByteArrayList commands;
    const QByteArrayList parts = [&format] {
        QByteArrayList all;
        qsizetype from = 0;
        for (qsizetype at = format.indexOf("\n```\n"); at >= 0; at = format.indexOf("\n```\n", from)) {
            all << format.sliced(from, at - from);
            from = at + 5;
        }
        return all;
    }();
    for (qsizetype i = 1; i < parts.size(); i += 2)
        commands << parts.at(i);
    return commands;
}

} // namespace

/// `audit evidence`, checked with the commands of its own description and nothing of ours.
class CtlEvidenceTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<demo::DemoDeployment> m_demo;
    CtlProcess m_ctl;
    QTemporaryDir m_open;
    QString m_operation;
    const QString m_reason = QStringLiteral("for J\u00f6rg <joerg@example.com>, \"urgent\" \\ \u0001");

    CtlResult evidence(const QStringList &flags, const QString &file)
    {
        return m_ctl.run(words("audit evidence --out") << file << flags);
    }
    /// Runs @p script in @p folder; true where it ended well.
    static bool runs(const QByteArray &script, const QString &folder, QByteArray &said)
    {
        QProcess shell;
        shell.setWorkingDirectory(folder);
        shell.setProcessChannelMode(QProcess::MergedChannels);
        shell.start(QStringLiteral("bash"), {QStringLiteral("-euo"), QStringLiteral("pipefail")});
        shell.write(script + '\n');
        shell.closeWriteChannel();
        const bool ended = shell.waitForFinished(30'000);
        said = shell.readAll();
        return ended && shell.exitStatus() == QProcess::NormalExit && shell.exitCode() == 0;
    }
    QString opened(const QString &archive, const char *name)
    {
        const QString folder = m_open.filePath(QLatin1StringView(name));
        QDir().mkpath(folder);
        QByteArray said;
        return runs("tar xf '" + archive.toUtf8() + "'", folder, said) ? folder : QString();
    }

private Q_SLOTS:
    void initTestCase()
    {
        demo::DemoOptions options;
        options.sessions = 20;
        auto started = demo::DemoDeployment::start(options, base::Call::within(std::chrono::seconds(30)));
        QVERIFY(started);
        m_demo = std::move(*started);
        const QStringList rows{QStringLiteral("--database"), m_demo->info().databaseUrl};
        for (int i = 0; i < 3; ++i)
            QCOMPARE(m_ctl.run(words("token mint --yes --reason") << m_reason << rows).exitCode, 0);
        const CtlResult removed = m_ctl.run(words("token remove --all --yes") + rows);
        QVERIFY2(removed.exitCode == 0, removed.all().constData());
        const QJsonArray entries = m_ctl.run(words("audit list")).json().value(QStringLiteral("entries")).toArray();
        QCOMPARE(entries.size(), 8);
        m_operation = entries.at(2).toObject().value(QStringLiteral("operation")).toString();
    }

    void anOperationIsProven()
    {
        const QString file = m_open.filePath(QStringLiteral("one.tar"));
        const CtlResult made = evidence({QStringLiteral("--operation"), m_operation}, file);
        QVERIFY2(made.exitCode == 0 && made.json().value(QStringLiteral("entries")).toInt() == 2,
                 made.all().constData());
        const QString folder = opened(file, "one");
        QVERIFY(!folder.isEmpty());
        const QByteArrayList commands = commandsIn(contentOf(folder + QStringLiteral("/FORMAT.md")));
        QCOMPARE(commands.size(), 3);
        QByteArray said;
        QVERIFY2(runs(commands.at(2), folder, said), said.constData());
        QVERIFY2(said.contains("FORMAT.md: OK") && said.contains("Signature Verified Successfully") &&
                     said.contains("chain, entries and seal fit") && !said.contains("of another key") &&
                     said.contains(made.json().value(QStringLiteral("keyDigest")).toString().toLatin1()),
                 said.constData());
        // Free of personal data: neither who nor why.
        const QByteArray all = contentOf(file);
        QVERIFY(!all.contains("joerg") && !all.contains("\"actor\":"));
        const QJsonObject about =
            QJsonDocument::fromJson(contentOf(folder + QStringLiteral("/evidence.json"))).object();
        const QJsonObject operation = about.value(QStringLiteral("operations")).toArray().first().toObject();
        QCOMPARE(operation.value(QStringLiteral("action")).toString(), QStringLiteral("token.mint"));
        QVERIFY(operation.value(QStringLiteral("finished")).toBool());
        QVERIFY(about.value(QStringLiteral("log")).toObject().value(QStringLiteral("sealed")).toBool());
    }

    void wholeEntriesAndTheLogCanBeComputedAgain()
    {
        const QString file = m_open.filePath(QStringLiteral("whole.tar"));
        const CtlResult made = evidence(words("--from -1h --whole"), file);
        QVERIFY2(made.exitCode == 0 && made.json().value(QStringLiteral("links")).toInt() == 8, made.all().constData());
        const QString folder = opened(file, "whole");
        const QByteArrayList commands = commandsIn(contentOf(folder + QStringLiteral("/FORMAT.md")));
        QByteArray said;
        QVERIFY2(runs(commands.at(2), folder, said), said.constData());
        QVERIFY(contentOf(folder + QStringLiteral("/entries.ndjson")).contains("joerg@example.com"));
        // The log itself, by the first script.
        const QString log = m_open.filePath(QStringLiteral("audit.ndjson"));
        QDirIterator files(m_ctl.folder(), {QStringLiteral("audit.ndjson")}, QDir::Files, QDirIterator::Subdirectories);
        QVERIFY(files.hasNext());
        const QString own = files.next();
        QVERIFY(QFile::copy(own, log));
        QVERIFY2(runs(commands.at(0), m_open.path(), said), said.constData());
        QVERIFY2(said.contains("8 entries, unbroken"), said.constData());
        // Its signatures, by the second, with the public key that came with the pack.
        QVERIFY(QFile::copy(QFileInfo(own).dir().filePath(QStringLiteral("audit.seal")),
                            m_open.filePath(QStringLiteral("audit.seal"))));
        QVERIFY(
            QFile::copy(folder + QStringLiteral("/public-key.pem"), m_open.filePath(QStringLiteral("public-key.pem"))));
        QVERIFY2(runs(commands.at(1), m_open.path(), said), said.constData());
        QCOMPARE(said.count("Signature Verified Successfully"), 2);
        const QByteArray whole = contentOf(log);
        setContent(log, whole.first(whole.lastIndexOf('\n', -2) + 1));
        QVERIFY2(runs(commands.at(0), m_open.path(), said), "a chain that is cut short is one all the same");
        QVERIFY(!runs(commands.at(1), m_open.path(), said));
        QVERIFY2(said.contains("7 entries, sealed were 8"), said.constData());
        QByteArray last = contentOf(own).trimmed();
        last = last.mid(last.lastIndexOf('\n') + 1);
        QVERIFY(last.contains("token.remove"));
        setContent(log, whole.first(whole.size() - last.size() - 1) + forged(last) + '\n');
        QVERIFY2(runs(commands.at(0), m_open.path(), said), "a chain that is computed anew is one all the same");
        QVERIFY(!runs(commands.at(1), m_open.path(), said));
        setContent(log, whole);
        QByteArray changed = contentOf(log);
        changed.replace("token.remove", "token.remote");
        setContent(log, changed);
        QVERIFY(!runs(commands.at(0), m_open.path(), said));
        QVERIFY2(said.contains("broken at 7"), said.constData());
    }

    void whatWasChangedIsFound_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name :
             {"evidence.json", "chain.ndjson", "entries.ndjson", "audit.seal", "SHA256SUMS", "SHA256SUMS.sig"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void whatWasChangedIsFound()
    {
        QFETCH(QString, name);
        const QString file = m_open.filePath(name + QStringLiteral(".tar"));
        QCOMPARE(evidence({QStringLiteral("--operation"), m_operation}, file).exitCode, 0);
        const QString folder = opened(file, qPrintable(name + QStringLiteral(".d")));
        QFile target(folder + QLatin1Char('/') + name);
        QVERIFY(target.open(QIODevice::ReadWrite));
        char first = 0;
        QVERIFY(target.getChar(&first) && target.seek(0) && target.putChar(static_cast<char>(first ^ 1)));
        target.close();
        QByteArray said;
        QVERIFY2(!runs(commandsIn(contentOf(folder + QStringLiteral("/FORMAT.md"))).at(2), folder, said),
                 said.constData());
    }

    void whatCannotBeCheckedFailsTheCheck()
    {
        QDirIterator files(m_ctl.folder(), {QStringLiteral("audit.ndjson")}, QDir::Files, QDirIterator::Subdirectories);
        QVERIFY(files.hasNext());
        const QString own = files.next();
        const QByteArray whole = contentOf(own);
        QByteArray changed = whole;
        changed.replace("token.remove", "token.remote");
        setContent(own, changed);
        const QString file = m_open.filePath(QStringLiteral("broken.tar"));
        const CtlResult made = evidence({QStringLiteral("--operation"), m_operation}, file);
        setContent(own, whole);
        QVERIFY2(made.exitCode == 1 && made.all().contains("broken at entry 7"), made.all().constData());
        QCOMPARE(made.json().value(QStringLiteral("logOk")), QJsonValue(false));
        const QString folder = opened(file, "broken");
        const QByteArray check = commandsIn(contentOf(folder + QStringLiteral("/FORMAT.md"))).at(2);
        QByteArray said;
        QVERIFY(!runs(check, folder, said));
        QVERIFY2(said.contains("broken at entry 7"), said.constData());
        // An entry that another key signed.
        const QString entries = folder + QStringLiteral("/entries.ndjson");
        QByteArray text = contentOf(entries);
        const qsizetype at = text.indexOf("\"keyId\":\"") + 9;
        text.replace(at, 16, "0123456789abcdef");
        setContent(entries, text);
        const QByteArray script = check.mid(check.indexOf("python3"));
        QVERIFY(!runs(script, folder, said));
        QVERIFY2(said.contains("another key"), said.constData());
    }

    void theLogIsExported()
    {
        const QString json = m_open.filePath(QStringLiteral("log.json"));
        const QString csv = m_open.filePath(QStringLiteral("log.csv"));
        const CtlResult made = m_ctl.run(words("audit export --out") << json);
        QVERIFY2(made.exitCode == 0 && made.json().value(QStringLiteral("entries")).toInt() == 8,
                 made.all().constData());
        QCOMPARE(contentOf(json), m_ctl.run(words("audit list --format json")).out);
        QCOMPARE(m_ctl.run(words("audit export --as csv --out") << csv).exitCode, 0);
        QCOMPARE(contentOf(csv), m_ctl.run(words("audit list --format csv")).out);
        QVERIFY(contentOf(csv).startsWith("seq,at,operation,"));
        // With all that its chain is followed by.
        QString previous;
        const QJsonArray entries =
            QJsonDocument::fromJson(contentOf(json)).object().value(QStringLiteral("entries")).toArray();
        for (const QJsonValue &value : entries) {
            const QJsonObject entry = value.toObject();
            QCOMPARE(entry.value(QStringLiteral("previousHash")).toString(), previous);
            previous = entry.value(QStringLiteral("hash")).toString();
            QCOMPARE(entry.value(QStringLiteral("keyId")).toString().size(), 16);
            QCOMPARE(entry.value(QStringLiteral("signature")).toString().size(), 88);
            QVERIFY(entry.contains(QStringLiteral("note")));
        }
    }

    void nothingTakesThePlaceOfTheLog_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("the log") << QStringLiteral("audit.ndjson");
        QTest::newRow("its seal") << QStringLiteral("audit.seal");
        QTest::newRow("a new file beside it") << QStringLiteral("export.json");
        QTest::newRow("a link to it") << QString();
    }
    void nothingTakesThePlaceOfTheLog()
    {
        QFETCH(QString, name);
        QDirIterator files(m_ctl.folder(), {QStringLiteral("audit.ndjson")}, QDir::Files, QDirIterator::Subdirectories);
        const QString log = files.next();
        const QByteArray before = contentOf(log);
        QString target = QFileInfo(log).dir().filePath(name);
        if (name.isEmpty()) {
            target = m_open.filePath(QStringLiteral("link.json"));
            QVERIFY(QFile::link(log, target));
        }
        for (const CtlResult &refused :
             {m_ctl.run(words("audit export --out") << target),
              m_ctl.run(words("audit export --as csv --out") << target), evidence(words("--from -1h"), target)}) {
            QVERIFY2(refused.exitCode == 2 && refused.err.contains("keeps the audit log"), refused.all().constData());
        }
        QCOMPARE(contentOf(log), before);
        QVERIFY(name != QStringLiteral("export.json") || !QFile::exists(target));
        const CtlResult verified = m_ctl.run(words("audit verify"));
        QVERIFY2(verified.exitCode == 0, verified.all().constData());
    }

    void whoWasChosenIsLeftOut()
    {
        const QStringList rows{QStringLiteral("--database"), m_demo->info().databaseUrl};
        QStringList users;
        const QJsonArray sessions =
            m_ctl.run(words("sessions list --limit 20") + rows).json().value(QStringLiteral("sessions")).toArray();
        for (const QJsonValue &session : sessions)
            users << session.toObject().value(QStringLiteral("email")).toString();
        users.removeDuplicates();
        QVERIFY(users.size() > 1 && users.first().contains(QLatin1Char('@')));
        // Nobody is named in the log whom nobody asked to name.
        const CtlResult quiet = m_ctl.run(words("sessions revoke --yes --user") << users.last() << rows);
        QVERIFY2(quiet.json().value(QStringLiteral("revoked")).toInt() > 0, quiet.all().constData());
        const QByteArray log = m_ctl.run(words("audit list")).out;
        QVERIFY2(log.contains("sessions of one user") && !log.contains(users.last().toUtf8()), log.constData());
        const QString user = users.first();
        const CtlResult revoked = m_ctl.run(words("sessions revoke --yes --audit-names --user") << user << rows);
        QVERIFY2(revoked.exitCode == 0 && revoked.json().value(QStringLiteral("revoked")).toInt() > 0,
                 revoked.all().constData());
        const QStringList scope{QStringLiteral("--operation"),
                                revoked.json().value(QStringLiteral("auditId")).toString()};
        const QString file = m_open.filePath(QStringLiteral("user.tar"));
        QCOMPARE(evidence(scope, file).exitCode, 0);
        QVERIFY(contentOf(file).contains("\"revoked\":") && !contentOf(file).contains(user.toUtf8()));
        QCOMPARE(evidence(scope + words("--whole --overwrite"), file).exitCode, 0);
        QVERIFY(contentOf(file).contains(user.toUtf8()));
    }

    void whatCannotBeMeant_data()
    {
        QTest::addColumn<QStringList>("flags");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("no file") << words("--operation op-x") << 2;
        QTest::newRow("no scope") << words("--out /tmp/never.tar") << 2;
        QTest::newRow("two scopes") << words("--out /tmp/never.tar --operation op-x --from -1h") << 2;
        QTest::newRow("nobody's") << words("--out /tmp/never.tar --operation op-x") << 1;
        QTest::newRow("no place") << words("--out /nowhere/never.tar --from -1h") << 2;
    }
    void whatCannotBeMeant()
    {
        QFETCH(QStringList, flags);
        QFETCH(int, exitCode);
        const CtlResult result = m_ctl.run(words("audit evidence") + flags);
        QVERIFY2(result.exitCode == exitCode, result.all().constData());
        QVERIFY(!QFile::exists(QStringLiteral("/tmp/never.tar")));
    }
};

QTEST_GUILESS_MAIN(CtlEvidenceTest)
#include "tst_CtlEvidence.moc"
