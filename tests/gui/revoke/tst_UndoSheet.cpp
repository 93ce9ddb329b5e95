#include <QtTest>

#include <QLineEdit>

#include "core/demo/DemoDeployment.h"
#include "tests/support/Screenshots.h"
#include "tests/support/TestConnection.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/revoke/UndoSheet.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using revoke::UndoSheet;

/// Sessions of the demo deployment that were revoked are put back through the window.
class UndoSheetTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void putsBackWhatWasDeleted();
    void isSpentAfterwards();
    void saysWhatWasNeverKept();
    void aResumeThatFailsClaimsNothing();

private:
    static constexpr int deleted = 12;

    [[nodiscard]] qint64 liveSessions() const;
    /// Revokes a dozen sessions; @p options say whether they are kept.
    revoke::RevocationReport revoke(revoke::RevocationOptions options);
    void openSheet(const QString &auditId);
    [[nodiscard]] QString texts() const;
    common::Button *button(const char *name) { return m_window->findChild<common::Button *>(QLatin1String(name)); }
    /// Gives a reason and presses the button; the restore's name.
    QString putBack();

    base::SystemClock m_clock;
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<demo::DemoDeployment> m_demo;
    test::TestConnection m_open{m_clock};
    std::unique_ptr<QWidget> m_window;
    QPointer<UndoSheet> m_sheet;
};

void UndoSheetTest::initTestCase()
{
    m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
    demo::DemoOptions options;
    options.sessions = 500;
    auto started = demo::DemoDeployment::start(options, Call::within(30s));
    QVERIFY(started.has_value());
    m_demo = std::move(*started);
}

void UndoSheetTest::init()
{
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("demo");
    profile.database = m_demo->info().databaseUrl;
    QVERIFY(m_open.open(std::move(profile), {}, {true, false}));
    m_window = std::make_unique<QWidget>();
    m_window->resize(1040, 720);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void UndoSheetTest::cleanup()
{
    m_window.reset();
    m_open.close();
}

qint64 UndoSheetTest::liveSessions() const
{
    auto store = m_open.deployment().openStore(store::Access::ReadOnly, Call::within(10s));
    return store ? (*store)->count(store::SessionQuery(), m_clock.now(), Call::within(10s)).value_or(-1) : -1;
}

revoke::RevocationReport UndoSheetTest::revoke(revoke::RevocationOptions options)
{
    options.reason = QStringLiteral("Laptops stolen in Lyon");
    auto store = m_open.deployment().openStore(store::Access::Write, Call::within(10s));
    revoke::Selection selection;
    selection.query.emplace();
    auto plan = revoke::freezePlan(m_open.deployment(), **store, std::move(selection), 100'000, Call::within(10s));
    plan->rows.resize(deleted);
    plan->digest = plan->computeDigest();
    return revoke::carryOut(*plan, options, m_open.deployment(), **store, m_open.log(), m_open.place(),
                            Call::within(10s))
        .value();
}

void UndoSheetTest::openSheet(const QString &auditId)
{
    m_sheet = new UndoSheet(*m_theme, *m_window, m_open.connection(), auditId);
    m_sheet->open();
}

QString UndoSheetTest::texts() const
{
    QStringList all;
    for (const auto *label : m_window->findChildren<common::Label *>())
        all << label->text();
    return all.join(QLatin1Char('\n'));
}

QString UndoSheetTest::putBack()
{
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    QTest::keyClicks(m_window->findChild<QLineEdit *>(QStringLiteral("planReason")), QStringLiteral("It was a drill"));
    QSignalSpy done(m_sheet.data(), &UndoSheet::finished);
    QTest::mouseClick(button("undoExecute"), Qt::LeftButton);
    return done.wait(20'000) ? done.first().first().toString() : QString();
}

void UndoSheetTest::putsBackWhatWasDeleted()
{
    const qint64 before = liveSessions();
    const auto report = revoke({});
    QCOMPARE(report.revoked, qint64{deleted});
    QCOMPARE(liveSessions(), before - deleted);
    openSheet(report.auditId);
    QTRY_VERIFY(button("undoExecute"));
    QVERIFY2(texts().contains(u"Insert 12 rows as they were"), qPrintable(texts()));
    // Reading is allowed, putting back is not.
    QVERIFY(!button("undoExecute")->isEnabled());
    QVERIFY2(texts().contains(u"read-only"), qPrintable(texts()));
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("undo-plan")));
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(!button("undoExecute")->isEnabled()); // without a reason
    const QString restore = putBack();
    QVERIFY(!restore.isEmpty());
    QVERIFY2(texts().contains(u"12 of 12 put back"), qPrintable(texts()));
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("undo-done")));
    QCOMPARE(liveSessions(), before);
    const auto entries = m_open.log().list(0, 1000);
    QVERIFY(entries.has_value());
    QCOMPARE(entries->back().operation, restore);
    QCOMPARE(entries->back().reason, QStringLiteral("It was a drill"));
}

void UndoSheetTest::isSpentAfterwards()
{
    const auto report = revoke({});
    openSheet(report.auditId);
    QTRY_VERIFY(button("undoExecute"));
    QVERIFY(!putBack().isEmpty());
    QTest::mouseClick(button("undoDone"), Qt::LeftButton);
    QTRY_VERIFY(m_sheet.isNull());
    // A second time there is nothing kept any more.
    openSheet(report.auditId);
    QTRY_VERIFY(button("actClose"));
    QVERIFY2(texts().contains(u"Nothing was put back"), qPrintable(texts()));
    QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("undo-spent")));
}

void UndoSheetTest::saysWhatWasNeverKept()
{
    revoke::RevocationOptions options;
    options.undoFor = 0ms;
    const auto report = revoke(options);
    QVERIFY(!report.undoUntil);
    openSheet(report.auditId);
    QTRY_VERIFY(button("actClose"));
    QVERIFY2(texts().contains(u"Nothing was put back"), qPrintable(texts()));
}

void UndoSheetTest::aResumeThatFailsClaimsNothing()
{
    revoke::Operation unfinished;
    unfinished.head.id = QStringLiteral("op-ended-meanwhile");
    unfinished.head.kind = revoke::restoreKind();
    unfinished.head.planned = deleted;
    unfinished.done = deleted / 2;
    m_sheet = new UndoSheet(*m_theme, *m_window, m_open.connection(), unfinished);
    m_sheet->open();
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    QTRY_VERIFY(button("undoExecute") && button("undoExecute")->isEnabled());
    QTest::mouseClick(button("undoExecute"), Qt::LeftButton);
    QTRY_VERIFY(button("actClose"));
    QVERIFY2(texts().contains(u"Nothing more was put back"), qPrintable(texts()));
}

QTEST_MAIN(UndoSheetTest)
#include "tst_UndoSheet.moc"
