#include <QtTest>

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QProcess>
#include <QScrollBar>

#include "core/workspace/Workspace.h"
#include "tests/support/LoopTicks.h"
#include "tests/support/Patience.h"
#include "tests/support/Screenshots.h"
#include "ui/audit/AuditDetailView.h"
#include "ui/audit/AuditPage.h"
#include "ui/audit/ChainBanner.h"
#include "ui/audit/LastOperations.h"
#include "ui/common/Button.h"
#include "ui/common/EmptyState.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/common/TableView.h"

using namespace rollcall;
using namespace rollcall::audit;

namespace {

constexpr std::chrono::milliseconds longestGap{500}; ///< a blocked loop is seconds

/// A clock that the test turns on by hand, so that entries differ in their moments.
class HandClock final : public base::Clock
{
public:
    [[nodiscard]] base::Instant now() const override { return m_now; }
    void turn(std::chrono::milliseconds by) { m_now += by; }

private:
    base::Instant m_now{std::chrono::milliseconds(1'795'182'000'000)}; // 20 Nov 2026, 13:40 UTC
};

} // namespace

class AuditPageTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<QTemporaryDir> m_root;
    std::unique_ptr<base::SecretVault> m_vault;
    std::unique_ptr<HandClock> m_clock;
    std::unique_ptr<AuditLog> m_log;
    std::unique_ptr<QWidget> m_window;
    AuditPage *m_page = nullptr;

    [[nodiscard]] QString folder() const { return m_root->filePath(QStringLiteral("data")); }

    void append(AuditEntry entry)
    {
        entry.actor = QStringLiteral("gideon@desk-7");
        entry.connection = QStringLiteral("orchard-shop");
        const auto written = m_log->append(std::move(entry), base::Call::within(std::chrono::seconds(10)));
        QVERIFY2(written, written ? "" : qPrintable(base::errorName(written.error().code)));
    }

    /// An act as the revoker writes it: intent, then outcome.
    void act(const QString &action, int rows, const QString &reason, const QJsonObject &outcome,
             const std::optional<QJsonObject> &verification)
    {
        AuditEntry entry;
        entry.operation = newOperationId();
        entry.action = action;
        entry.reason = reason;
        entry.planDigest = QStringLiteral("7c1e40ab9d13f0c27c1e40ab9d13f0c27c1e40ab9d13f0c27c1e40ab9d13f0c2");
        entry.phase = Phase::Intent;
        entry.counts = QJsonObject{{QStringLiteral("matched"), rows}};
        append(entry);
        m_clock->turn(std::chrono::milliseconds(120));
        entry.phase = Phase::Outcome;
        entry.counts = outcome;
        entry.verification = verification;
        append(entry);
        m_clock->turn(std::chrono::hours(7));
    }

    static QJsonObject revoked(int count, int skipped = 0)
    {
        return {{QStringLiteral("matched"), count + skipped},
                {QStringLiteral("revoked"), count},
                {QStringLiteral("skipped"), skipped},
                {QStringLiteral("cachePurged"), count}};
    }
    static QJsonObject proof(int refused, int accepted, int unchecked)
    {
        return {{QStringLiteral("checked"), refused + accepted + unchecked},
                {QStringLiteral("refused"), refused},
                {QStringLiteral("stillAccepted"), accepted},
                {QStringLiteral("unchecked"), unchecked},
                {QStringLiteral("timeToEffectMs"), 58}};
    }

    void writeHistory()
    {
        const QString revoke = QStringLiteral("sessions.revoke");
        act(revoke, 12, QStringLiteral("Password reset, OPS-2288"), revoked(12), proof(12, 0, 0));
        act(QStringLiteral("token.mint"), 1, QStringLiteral("Latency run 13"),
            QJsonObject{{QStringLiteral("matched"), 1}}, std::nullopt);
        act(QStringLiteral("token.remove"), 1, QStringLiteral("Latency run 13"), revoked(1), proof(1, 0, 0));
        act(revoke, 1, QStringLiteral("Lost phone, OPS-2280"), revoked(1), proof(0, 1, 0));
        act(revoke, 4, QStringLiteral("Left the company"), revoked(3, 1), proof(2, 0, 1));
        act(revoke, 2, {}, revoked(2), std::nullopt);
        AuditEntry cut;
        cut.operation = newOperationId();
        cut.action = revoke;
        cut.reason = QStringLiteral("Laptop reported stolen, ticket OPS-2291; the owner was told on the telephone");
        cut.counts = QJsonObject{{QStringLiteral("matched"), 3}};
        append(cut);
        m_clock->turn(std::chrono::minutes(2));
        act(revoke, 3, QStringLiteral("OPS-2291, laptop stolen"), revoked(3), proof(3, 0, 0));
    }

    void openPage(QSize size = {1224, 760})
    {
        m_window = std::make_unique<QWidget>();
        auto *row = new QHBoxLayout(m_window.get());
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(1);
        m_page = new AuditPage(*m_theme, *m_log, *m_clock);
        row->addWidget(m_page, 1);
        QWidget *details = m_page->details();
        details->setFixedWidth(344);
        row->addWidget(details);
        details->show();
        m_window->resize(size);
        m_window->show();
        new QAbstractItemModelTester(table()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest, m_page);
        m_page->activate();
        m_page->focusMain();
    }

    [[nodiscard]] common::TableView *table() const
    {
        return m_page->findChild<common::TableView *>(QStringLiteral("auditTable"));
    }
    [[nodiscard]] QString verdict() const { return m_page->findChild<ChainBanner *>()->verdict(); }
    [[nodiscard]] QString cell(int row, int column) const
    {
        return table()->model()->index(row, column).data().toString();
    }
    [[nodiscard]] QString detailText() const
    {
        QStringList lines;
        for (const auto *label : m_page->details()->findChildren<common::Label *>())
            lines << label->text();
        return lines.join(QLatin1Char('\n'));
    }
    [[nodiscard]] QAction *exportAction(const QString &word) const
    {
        const auto *button = m_page->findChild<common::Button *>(QStringLiteral("exportAudit"));
        for (QAction *action : button->menu()->actions()) {
            if (action->text() == word)
                return action;
        }
        return nullptr;
    }
    /// Chooses @p path in the dialog that the menu's @p word opens.
    void choose(const QString &word, const QString &path)
    {
        QAction *action = exportAction(word);
        QVERIFY(action);
        action->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(m_page->findChild<QFileDialog *>(), test::patience);
        QDialog *dialog = m_page->findChild<QFileDialog *>();
        dialog->findChild<QLineEdit *>(QStringLiteral("fileNameEdit"))->setText(path);
        dialog->accept();
        QTRY_VERIFY_WITH_TIMEOUT(!m_page->findChild<QFileDialog *>(), test::patience);
    }
    /// What the page says of the last export; empty where it says nothing.
    [[nodiscard]] QString said() const
    {
        const auto *note = m_page->findChild<common::Note *>(QStringLiteral("auditExported"));
        if (!note->isVisible())
            return {};
        QStringList lines;
        for (const auto *label : note->findChildren<common::Label *>())
            lines << label->text();
        lines.removeAll(QString());
        return lines.join(QLatin1Char('\n'));
    }
    void rewrite(const QByteArray &from, const QByteArray &to) const
    {
        QFile file(m_log->path());
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray text = file.readAll();
        const qsizetype at = text.indexOf(from);
        QVERIFY2(at >= 0, "nothing to tamper with");
        text.replace(at, from.size(), to);
        QVERIFY(file.resize(0) && file.seek(0));
        QCOMPARE(file.write(text), text.size());
    }

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light); }
    void cleanupTestCase() { m_theme.reset(); }
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        m_vault = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("keys")));
        m_clock = std::make_unique<HandClock>();
        m_log = std::make_unique<AuditLog>(folder(), m_vault.get(), *m_clock);
    }
    void cleanup() { m_window.reset(); }

    void emptyLogSaysSo();
    void wholeLogIsListedNewestFirst();
    void wholeLogOnASmallWindow();
    void tamperedEntryIsNamed();
    void lineThatIsNoEntryIsNamed();
    void logWithoutKeyIsNotCalledSealed();
    void unreadableLogIsAnErrorAndKeepsOldRows();
    void verifyReadsAnew();
    void manyEntriesShowTheNewest();
    void lastOperationsOfOneDeployment();
    void theLogIsExported_data();
    void theLogIsExported();
    void evidenceIsPacked();
    void whatCannotBeWrittenIsSaid();
};

void AuditPageTest::emptyLogSaysSo()
{
    openPage();
    auto *empty = m_page->findChild<common::EmptyState *>();
    QTRY_VERIFY_WITH_TIMEOUT(empty->isVisible(), test::patience);
    QVERIFY(!m_page->findChild<ChainBanner *>()->isVisible());
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("audit-empty")));
}

void AuditPageTest::wholeLogIsListedNewestFirst()
{
    writeHistory();
    openPage();
    const test::LoopTicks ticks;
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 15, test::patience);
    QVERIFY2(ticks.longestOwnGap() < longestGap, "reading the log blocked the window");
    QCOMPARE(verdict(), QStringLiteral("The chain is whole: 15 entries, none changed, removed or moved"));

    QCOMPARE(cell(0, AuditListModel::Entry), QStringLiteral("15"));
    QCOMPARE(cell(0, AuditListModel::Act), QStringLiteral("Revoked"));
    QCOMPARE(cell(0, AuditListModel::What), QStringLiteral("3 revoked"));
    QCOMPARE(cell(0, AuditListModel::Verified), QStringLiteral("3 of 3 refused"));
    QCOMPARE(cell(1, AuditListModel::Act), QStringLiteral("Revoke, intent"));
    QCOMPARE(cell(1, AuditListModel::Verified), QStringLiteral("see 15"));
    QCOMPARE(cell(2, AuditListModel::Verified), QStringLiteral("no outcome noted"));
    QCOMPARE(cell(3, AuditListModel::Verified), QStringLiteral("–"));
    QCOMPARE(cell(5, AuditListModel::Verified), QStringLiteral("1 of 3 not checked"));
    QCOMPARE(cell(7, AuditListModel::Verified), QStringLiteral("1 of 1 still accepted"));
    QCOMPARE(cell(9, AuditListModel::Act), QStringLiteral("Canary removed"));

    QTest::keyClick(table(), Qt::Key_Down);
    QTest::keyClick(table(), Qt::Key_Home);
    QTest::mouseClick(table()->viewport(), Qt::LeftButton, {},
                      table()->visualRect(table()->model()->index(0, AuditListModel::Act)).center());
    QVERIFY2(detailText().contains(QStringLiteral("Entry 15\noutcome of 14")), qPrintable(detailText()));
    QVERIFY(detailText().contains(QStringLiteral("gideon, on host desk-7")));
    QVERIFY(detailText().contains(QStringLiteral("58 ms at most after the deletion")));
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("audit-whole")));

    // To the other half of the operation, and what is copied is the entry.
    auto *details = qobject_cast<AuditDetailView *>(m_page->details());
    for (auto *button : details->findChildren<common::Button *>()) {
        if (button->accessibleName() == QStringLiteral("Show the intent"))
            QTest::mouseClick(button, Qt::LeftButton);
    }
    QCOMPARE(table()->currentIndex().row(), 1);
    for (auto *button : details->findChildren<common::Button *>()) {
        if (button->text() == QStringLiteral("Copy entry"))
            QTest::mouseClick(button, Qt::LeftButton);
    }
    QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("\"seq\": 14")));
}

void AuditPageTest::wholeLogOnASmallWindow()
{
    writeHistory();
    openPage({972, 520}); // the page of a window of 1024 × 640
    m_page->details()->hide();
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 15, test::patience);
    QCOMPARE(table()->horizontalScrollBar()->maximum(), 0);
    QVERIFY(table()->columnWidth(AuditListModel::Why) >= 120);
    table()->selectRow(2);
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("audit-narrow")));
}

void AuditPageTest::tamperedEntryIsNamed()
{
    writeHistory();
    rewrite("\"reason\":\"Lost phone, OPS-2280\"", "\"reason\":\"Lost phone, OPS-2299\"");
    openPage();
    QTRY_COMPARE_WITH_TIMEOUT(verdict(), QStringLiteral("The chain is broken at entry 7"), test::patience);
    QCOMPARE(table()->model()->rowCount(), 15);
    const auto link = [this](int row) {
        return static_cast<Link>(table()->model()->index(row, 0).data(AuditListModel::LinkRole).toInt());
    };
    QCOMPARE(link(8), Link::Broken);
    QCOMPARE(link(9), Link::Whole);
    QCOMPARE(link(0), Link::AfterBreak);
    table()->selectRow(8);
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("audit-broken")));
}

void AuditPageTest::lineThatIsNoEntryIsNamed()
{
    writeHistory();
    rewrite("\"operation\":", "\"operation\" ");
    openPage();
    QTRY_COMPARE_WITH_TIMEOUT(verdict(), QStringLiteral("The chain is broken at entry 1"), test::patience);
    QVERIFY(m_page->findChild<common::EmptyState *>()->isVisible());
    QVERIFY(!table()->isVisible());
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("audit-unreadable-entry")));
}

void AuditPageTest::logWithoutKeyIsNotCalledSealed()
{
    writeHistory();
    m_log = std::make_unique<AuditLog>(folder(), nullptr, *m_clock);
    openPage();
    QTRY_COMPARE_WITH_TIMEOUT(verdict(), QStringLiteral("The chain is whole in itself, not sealed: 15 entries"),
                              test::patience);
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("audit-unsealed")));
}

void AuditPageTest::unreadableLogIsAnErrorAndKeepsOldRows()
{
    writeHistory();
    openPage();
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 15, test::patience);
    // A folder in the log's place can be read by nobody, not even by root.
    QVERIFY(QFile::rename(m_log->path(), m_log->path() + QStringLiteral(".away")));
    QVERIFY(QDir().mkdir(m_log->path()));
    QTest::keyClick(m_page, Qt::Key_F5);
    m_page->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(m_page->findChild<common::ErrorBanner *>()->isVisible(), test::patience);
    QCOMPARE(table()->model()->rowCount(), 15);
    QVERIFY(table()->isStale());
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("audit-error")));
}

void AuditPageTest::verifyReadsAnew()
{
    writeHistory();
    openPage();
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 15, test::patience);
    act(QStringLiteral("sessions.revoke"), 1, QStringLiteral("one more"), revoked(1), proof(1, 0, 0));
    QTest::mouseClick(m_page->findChild<common::Button *>(QStringLiteral("verifyAudit")), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 17, test::patience);
    rewrite("\"matched\":12", "\"matched\":11");
    QTest::mouseClick(m_page->findChild<common::Button *>(QStringLiteral("verifyAudit")), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(verdict(), QStringLiteral("The chain is broken at entry 1"), test::patience);
}

void AuditPageTest::manyEntriesShowTheNewest()
{
    // Written as lines, unsealed: two thousand appends would each wait for the disk.
    QVERIFY(QDir().mkpath(folder()));
    QFile file(m_log->path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    AuditEntry entry;
    constexpr int count = AuditReader::mostShown + 500;
    for (int seq = 1; seq <= count; ++seq) {
        entry.seq = seq;
        entry.at = m_clock->now();
        entry.operation = QStringLiteral("op-%1").arg(seq);
        entry.action = QStringLiteral("sessions.reveal");
        entry.phase = Phase::Outcome;
        entry.previousHash = entry.hash;
        entry.hash = entry.computeHash();
        QVERIFY(file.write(entry.toLine() + '\n') > 0);
    }
    file.close();
    openPage();
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), AuditReader::mostShown, test::patience);
    QCOMPARE(cell(0, AuditListModel::Entry), QLocale().toString(count));
}

void AuditPageTest::lastOperationsOfOneDeployment()
{
    auto *card = new LastOperations(*m_theme, *m_log, QStringLiteral("orchard-shop"), *m_clock);
    m_window.reset(card);
    card->setFixedWidth(440);
    card->show();
    auto *words = card->findChild<common::Label *>(QStringLiteral("lastOperationsWords"));
    QTRY_COMPARE_WITH_TIMEOUT(words->text(), QStringLiteral("Nothing was done to this deployment yet."),
                              test::patience);
    writeHistory();
    AuditEntry elsewhere;
    elsewhere.operation = newOperationId();
    elsewhere.action = QStringLiteral("sessions.revoke");
    elsewhere.connection = QStringLiteral("another-shop");
    QVERIFY(m_log->append(elsewhere, base::Call::within(std::chrono::seconds(10))));
    card->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!words->isVisible(), test::patience);
    const auto shown = [card] {
        QStringList lines;
        for (const auto *label : card->findChildren<common::Label *>()) {
            if (label->isVisible() && label->wordWrap())
                lines << label->text();
        }
        return lines;
    };
    QTRY_COMPARE_WITH_TIMEOUT(
        shown(),
        (QStringList{
            QStringLiteral("Revoked 3 of 3, 3 of 3 refused"), QStringLiteral("Revoke, intent: no end on record"),
            QStringLiteral("Revoked 2 of 2"), QStringLiteral("Revoked 3 of 4, 1 of 3 not checked"),
            QStringLiteral("Revoked 1 of 1, 1 of 1 still accepted"), QStringLiteral("Canary removed, 1 of 1 refused")}),
        test::patience);
    QSignalSpy wanted(card, &LastOperations::auditWanted);
    QTest::mouseClick(card->findChild<common::Button *>(QStringLiteral("openAudit")), Qt::LeftButton);
    QCOMPARE(wanted.size(), 1);
    card->resize(card->width(), card->heightForWidth(card->width()));
    QVERIFY(test::saveScreenshots(*card, *m_theme, QStringLiteral("last-operations")));
    rewrite("\"revoked\":12", "\"revoked\":13");
    card->refresh();
    QTRY_COMPARE_WITH_TIMEOUT(words->text(), QStringLiteral("The audit log is broken; Audit says where."),
                              test::patience);
}

void AuditPageTest::theLogIsExported_data()
{
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("begin");
    QTest::newRow("JSON") << QStringLiteral("Export the log as JSON…") << QStringLiteral("out.json")
                          << QByteArray(R"({"entries":[{"seq":1,"at":")");
    QTest::newRow("CSV") << QStringLiteral("Export the log as CSV…") << QStringLiteral("out.csv")
                         << QByteArray("seq,at,operation,phase,");
}

void AuditPageTest::theLogIsExported()
{
    QFETCH(QString, word);
    QFETCH(QString, name);
    QFETCH(QByteArray, begin);
    writeHistory();
    openPage();
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 15, test::patience);
    const QString path = m_root->filePath(name);
    const test::LoopTicks ticks;
    choose(word, path);
    QTRY_VERIFY_WITH_TIMEOUT(said().startsWith(QStringLiteral("15 entries exported")), test::patience);
    QVERIFY2(said().contains(path), qPrintable(said()));
    QVERIFY2(ticks.longestOwnGap() < longestGap, "writing the file blocked the window");
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    QVERIFY2(text.startsWith(begin), text.left(80).constData());
    QVERIFY(text.contains("OPS-2291, laptop stolen"));
    QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("audit-exported")));
}

void AuditPageTest::evidenceIsPacked()
{
    writeHistory();
    openPage();
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 15, test::patience);
    table()->setCurrentIndex({}); // the keyboard's focus makes the first row the current one, whenever it comes
    QVERIFY(!exportAction(QStringLiteral("Evidence of the selected operation…"))->isEnabled());
    table()->selectRow(0);
    QVERIFY(exportAction(QStringLiteral("Evidence of the selected operation…"))->isEnabled());
    const QString one = m_root->filePath(QStringLiteral("one.tar"));
    choose(QStringLiteral("Evidence of the selected operation…"), one);
    QTRY_VERIFY_WITH_TIMEOUT(said().startsWith(QStringLiteral("Evidence of 2 entries packed")), test::patience);
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("audit-evidence")));
    // Its key is the one that was said, and nobody is named in it.
    QProcess tar;
    tar.start(QStringLiteral("bash"),
              {QStringLiteral("-c"), QStringLiteral("tar xOf \"$0\" public-key.pem | sha256sum"), one});
    QVERIFY(tar.waitForFinished(10'000) && tar.exitCode() == 0);
    const QString digest = QString::fromLatin1(tar.readAll().left(64));
    QVERIFY2(digest.size() == 64 && said().contains(digest), qPrintable(said() + digest));
    QFile archive(one);
    QVERIFY(archive.open(QIODevice::ReadOnly));
    const QByteArray bytes = archive.readAll();
    QVERIFY(bytes.contains("\"revoked\":3") && !bytes.contains("gideon") && !bytes.contains("laptop stolen"));
    // Of what was selected when it was asked for, whatever is when a file is named.
    exportAction(QStringLiteral("Evidence of the selected operation…"))->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(m_page->findChild<QFileDialog *>(), test::patience);
    table()->setCurrentIndex({});
    auto *dialog = m_page->findChild<QFileDialog *>();
    const QString later = m_root->filePath(QStringLiteral("later.tar"));
    dialog->findChild<QLineEdit *>(QStringLiteral("fileNameEdit"))->setText(later);
    static_cast<QDialog *>(dialog)->accept();
    QTRY_VERIFY_WITH_TIMEOUT(said().contains(later), test::patience);
    QVERIFY2(said().startsWith(QStringLiteral("Evidence of 2 entries packed")), qPrintable(said()));
    choose(QStringLiteral("Evidence of the whole log…"), m_root->filePath(QStringLiteral("all.tar")));
    QTRY_VERIFY_WITH_TIMEOUT(said().startsWith(QStringLiteral("Evidence of 15 entries packed")), test::patience);
}

void AuditPageTest::whatCannotBeWrittenIsSaid()
{
    writeHistory();
    openPage();
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 15, test::patience);
    m_page->exportLog(ExportForm::Json, m_root->filePath(QStringLiteral("nowhere/out.json")));
    QTRY_VERIFY_WITH_TIMEOUT(said().startsWith(QStringLiteral("Nothing was written")), test::patience);
    QVERIFY2(said().contains(u"nowhere/out.json"), qPrintable(said()));
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("audit-export-failed")));
}

QTEST_MAIN(AuditPageTest)
#include "tst_AuditPage.moc"
