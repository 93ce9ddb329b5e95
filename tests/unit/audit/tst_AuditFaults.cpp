#include <QtTest>

#include "core/audit/AuditLog.h"
#include "core/audit/AuditRenewal.h"
#include "core/audit/AuditSeal.h"
#include "core/audit/AuditVerifier.h"
#include "core/base/ErrorText.h"
#include "core/workspace/Workspace.h"

using namespace rollcall;
using namespace rollcall::audit;

/// What an act is told of the log as it puts its intent on record: nothing where it is whole, also after a crash; else
/// where it is broken, each time.
class AuditFaultsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aWholeLogIsNotSpokenOf();
    void aCrashIsNotSpokenOf();
    void aBrokenLogIsSpokenOf_data();
    void aBrokenLogIsSpokenOf();
    void itIsSpokenOfHoweverLongAgo();
    void itIsSpokenOfWithoutReadingIt();
    void aMendedLogIsSpokenOfUntilItIsRenewed();
    void aMarkFarBehindIsNoReasonToReadAll();
    void aRenewalEndsTheDisputeOfTwoKeys();
    void whatIsNoRenewalIsNoOtherLog();
    void aRenewalThatWasCutOffIsNoted();
    void aNewKeyIsSpokenOf();
    void anOutcomeIsNotHeldUp();

private:
    [[nodiscard]] QString folder() const { return m_root->filePath(QStringLiteral("data")); }
    [[nodiscard]] QString logFile() const { return folder() + QStringLiteral("/audit.ndjson"); }
    [[nodiscard]] AuditLog log()
    {
        return {folder(), m_vault.get(), m_clock, [this](const base::Error &fault) { m_faults.push_back(fault); }};
    }
    void append(Phase phase = Phase::Intent, int reason = 0)
    {
        AuditEntry entry;
        entry.operation = QStringLiteral("op-1");
        entry.phase = phase;
        entry.action = QStringLiteral("sessions.revoke");
        entry.reason = QString(reason, QLatin1Char('x'));
        QVERIFY(log().append(std::move(entry), m_call));
    }
    [[nodiscard]] QByteArray content() const
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
    /// Changes a digit of the log's @p line, from 1.
    void change(qsizetype line) const
    {
        QList<QByteArray> lines = content().split('\n');
        lines[line - 1].replace("op-1", "op-2");
        setContent(lines.join('\n'));
    }
    [[nodiscard]] QString lastNote()
    {
        const auto all = log().list(0, 10'000);
        return all && !all->empty() ? all->back().note : QStringLiteral("no entry");
    }

    std::unique_ptr<QTemporaryDir> m_root;
    std::unique_ptr<base::SecretVault> m_vault;
    base::SystemClock m_clock;
    base::Call m_call;
    std::vector<base::Error> m_faults;
};

void AuditFaultsTest::init()
{
    m_root = std::make_unique<QTemporaryDir>();
    m_vault = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("keys")));
    m_call = base::Call::within(std::chrono::seconds(30));
    m_faults.clear();
}

void AuditFaultsTest::aWholeLogIsNotSpokenOf()
{
    for (int i = 0; i < 100; ++i)
        append(i % 2 == 0 ? Phase::Intent : Phase::Outcome, 8'000); // longer than what is looked at
    QVERIFY(content().size() > 600'000);
    QVERIFY(m_faults.empty());
    QCOMPARE(lastNote(), QString());
    // A large entry at the end leaves none whole in what is looked at.
    append(Phase::Outcome, 400'000);
    append();
    append();
    QVERIFY(m_faults.empty());
    QVERIFY(log().verify(m_call)->sealed);
}

void AuditFaultsTest::aCrashIsNotSpokenOf()
{
    for (int i = 0; i < 4; ++i)
        append();
    setContent(content() + R"({"action":"sess)");
    append();
    QVERIFY(m_faults.empty());
    QVERIFY(lastNote().contains(u"half-written"));
    QVERIFY(log().verify(m_call)->ok);
}

void AuditFaultsTest::aBrokenLogIsSpokenOf_data()
{
    QTest::addColumn<std::function<void()>>("breakIt");
    QTest::addColumn<qint64>("at");
    QTest::addRow("an entry is changed") << std::function<void()>([this] { change(3); }) << qint64(3);
    QTest::addRow("the last is changed") << std::function<void()>([this] { change(6); }) << qint64(6);
    QTest::addRow("cut short") << std::function<void()>([this] {
        setContent(content().split('\n').mid(0, 4).join('\n') + '\n');
    }) << qint64(5);
    QTest::addRow("an entry is taken out") << std::function<void()>([this] {
        QList<QByteArray> lines = content().split('\n');
        lines.removeAt(1);
        setContent(lines.join('\n'));
    }) << qint64(2);
    QTest::addRow("removed") << std::function<void()>([this] { QVERIFY(QFile::remove(logFile())); }) << qint64(1);
    QTest::addRow("removed with its seal")
        << std::function<void()>([this] { QVERIFY(QFile::remove(logFile()) && QFile::remove(sealPath(logFile()))); })
        << qint64(1);
    QTest::addRow("its seal is removed") << std::function<void()>([this] {
        QVERIFY(QFile::remove(sealPath(logFile())));
    }) << qint64(7);
    QTest::addRow("the last is made anew") << std::function<void()>([this] {
        QList<QByteArray> lines = content().split('\n');
        auto entry = AuditEntry::fromLine(lines[5]);
        entry->operation = QStringLiteral("op-3");
        entry->hash = entry->computeHash();
        lines[5] = entry->toLine();
        setContent(lines.join('\n'));
    }) << qint64(6);
}

void AuditFaultsTest::aBrokenLogIsSpokenOf()
{
    QFETCH(const std::function<void()>, breakIt);
    QFETCH(const qint64, at);
    for (int i = 0; i < 6; ++i)
        append();
    QVERIFY(m_faults.empty());
    breakIt();
    QCOMPARE(log().verify(m_call)->brokenAt, std::optional(at));
    append();
    QCOMPARE(m_faults.size(), std::size_t(1));
    QCOMPARE(m_faults.front().code, base::ErrorCode::AuditBroken);
    QCOMPARE(m_faults.front().param(base::ErrorParam::Count), QString::number(at));
    QVERIFY2(lastNote().contains(QStringLiteral("broken at entry %1").arg(at)), qPrintable(lastNote()));
    const base::ErrorText text = base::describe(m_faults.front());
    QVERIFY(text.message.contains(QStringLiteral("entry %1").arg(at)) && !text.remedy.isEmpty());
    // The next act begins over the same.
    append();
    QCOMPARE(m_faults.size(), std::size_t(2));
    QCOMPARE(m_faults.back().param(base::ErrorParam::Count), QString::number(at));
    QCOMPARE(log().verify(m_call)->brokenAt, std::optional(at));
}

void AuditFaultsTest::itIsSpokenOfHoweverLongAgo()
{
    for (int i = 0; i < 10; ++i)
        append();
    change(8);
    append();
    QCOMPARE(m_faults.size(), std::size_t(1));
    append(Phase::Outcome, 300'000); // the break is now behind what is looked at
    append();
    QCOMPARE(m_faults.size(), std::size_t(2));
    QCOMPARE(m_faults.back().param(base::ErrorParam::Count), QStringLiteral("8"));
}

void AuditFaultsTest::itIsSpokenOfWithoutReadingIt()
{
    for (int i = 0; i < 10; ++i)
        append();
    change(8);
    append();
    append(Phase::Outcome, 300'000);
    change(2);
    append();
    QCOMPARE(m_faults.size(), std::size_t(2));
    QCOMPARE(m_faults.back().param(base::ErrorParam::Count), QStringLiteral("8"));
    QCOMPARE(log().verify(m_call)->brokenAt, std::optional<qint64>(2));
}

void AuditFaultsTest::aMendedLogIsSpokenOfUntilItIsRenewed()
{
    for (int i = 0; i < 4; ++i)
        append();
    const QByteArray whole = content();
    change(2);
    append();
    QCOMPARE(m_faults.size(), std::size_t(1));
    setContent(whole + content().mid(whole.size()));
    append();
    QCOMPARE(m_faults.size(), std::size_t(2));
    for (const auto &state : {log().verify(m_call), audit::verifyEnd(log(), m_call)}) // as acts say it
        QVERIFY(state && !state->ok && state->brokenAt == 2 && state->foundByAct);
    AuditLog current = log();
    QVERIFY(audit::renew(current, {}, m_clock, m_call));
    QVERIFY(log().verify(m_call)->ok);
    m_faults.clear();
    append();
    QVERIFY(m_faults.empty());
}

void AuditFaultsTest::aMarkFarBehindIsNoReasonToReadAll()
{
    for (int i = 0; i < 4; ++i)
        append();
    const QString keys = m_root->filePath(QStringLiteral("keys"));
    const QString kept = m_root->filePath(QStringLiteral("kept"));
    QVERIFY(QFile::copy(keys, kept));
    for (int i = 0; i < 4; ++i)
        append(Phase::Outcome, 100'000);
    QVERIFY(QFile::remove(keys) && QFile::copy(kept, keys));
    m_vault = workspace::openKeyFileVault(keys);
    change(2); // behind what is looked at
    append();
    QVERIFY(m_faults.empty());
    QCOMPARE(log().verify(m_call)->brokenAt, std::optional<qint64>(2));
}

void AuditFaultsTest::aRenewalEndsTheDisputeOfTwoKeys()
{
    const auto ours = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("ours")));
    const auto theirs = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("theirs")));
    const auto act = [this](base::SecretVault &vault) {
        m_faults.clear();
        AuditEntry entry;
        entry.operation = QStringLiteral("op-1");
        entry.action = QStringLiteral("sessions.revoke");
        AuditLog shared(folder(), &vault, m_clock, [this](const base::Error &fault) { m_faults.push_back(fault); });
        return shared.append(std::move(entry), m_call).has_value();
    };
    for (int i = 0; i < 3; ++i)
        QVERIFY(act(*ours) && act(*theirs));
    QVERIFY(act(*ours));
    QVERIFY2(!m_faults.empty(), "two keys by turns count as broken");
    const base::ErrorText text = base::describe(m_faults.back());
    QVERIFY2(text.message.contains(u"two keys"), qPrintable(text.message));
    AuditLog ourLog(folder(), ours.get(), m_clock);
    QVERIFY(audit::renew(ourLog, {}, m_clock, m_call));
    QVERIFY(act(*ours));
    QVERIFY(m_faults.empty());
    // The other key remembers the log that was put aside: it says so once, and goes on.
    QVERIFY(act(*theirs));
    QCOMPARE(m_faults.size(), std::size_t(1));
    QCOMPARE(m_faults.front().param(base::ErrorParam::Part), QStringLiteral("other"));
    QVERIFY2(lastNote().contains(u"another log lay here"), qPrintable(lastNote()));
    QVERIFY(act(*theirs));
    QVERIFY(m_faults.empty());
}

void AuditFaultsTest::whatIsNoRenewalIsNoOtherLog()
{
    for (int i = 0; i < 3; ++i)
        append();
    QVERIFY(QFile::remove(logFile()) && QFile::remove(sealPath(logFile())));
    const auto ours = std::move(m_vault);
    m_vault = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("forgers")));
    for (int i = 0; i < 5; ++i)
        append();
    m_vault = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("keys")));
    m_faults.clear();
    for (std::size_t act = 1; act <= 2; ++act) {
        append();
        QCOMPARE(m_faults.size(), act);
        QVERIFY(!m_faults.back().param(base::ErrorParam::Count).isEmpty());
    }
}

void AuditFaultsTest::aRenewalThatWasCutOffIsNoted()
{
    append();
    QVERIFY(QFile::remove(logFile()) && QFile::remove(sealPath(logFile())));
    AuditMark mark; // as it is while a renewal has put the old log aside and not begun the new one
    mark.firstHash = QStringLiteral("abc");
    QVERIFY(mark.write(*m_vault, folder(), m_call));
    append();
    QVERIFY2(lastNote().contains(u"renewal cut off"), qPrintable(lastNote()));
    append();
    QCOMPARE(lastNote(), QString());
    QVERIFY(log().verify(m_call)->ok);
}

void AuditFaultsTest::aNewKeyIsSpokenOf()
{
    append();
    QVERIFY2(m_faults.empty(), "the first key of all is nothing to speak of");
    m_vault = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("other-keys")));
    append();
    QCOMPARE(m_faults.size(), std::size_t(1));
    QCOMPARE(m_faults.front().param(base::ErrorParam::Part), QStringLiteral("key"));
    QVERIFY(base::describe(m_faults.front()).message.contains(u"new one"));
    QVERIFY2(lastNote().contains(u"another key"), qPrintable(lastNote()));
    append();
    QCOMPARE(m_faults.size(), std::size_t(1));
}

void AuditFaultsTest::anOutcomeIsNotHeldUp()
{
    append();
    append();
    change(1);
    append(Phase::Outcome);
    QVERIFY(m_faults.empty());
    append();
    QCOMPARE(m_faults.size(), std::size_t(1));
}

QTEST_GUILESS_MAIN(AuditFaultsTest)
#include "tst_AuditFaults.moc"
