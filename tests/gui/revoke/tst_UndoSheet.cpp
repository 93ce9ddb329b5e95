#include <QtTest>

#include <QLineEdit>

#include "tests/support/DemoWindow.h"
#include "tests/support/Patience.h"
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
    void initTestCase() { QVERIFY(m_demo.start(500)); }
    void init();
    void cleanup() { m_demo.close(); }
    void putsBackWhatWasDeleted();
    void whatIsLeftOutIsNamed();
    void isSpentAfterwards();
    void saysWhatWasNeverKept();
    void aResumeThatFailsClaimsNothing();

private:
    static constexpr int deleted = 12;

    /// Revokes a dozen sessions; @p options say whether they are kept.
    revoke::RevocationReport revoke(revoke::RevocationOptions options);
    void openSheet(const QString &auditId);
    /// Gives a reason and presses the button; the restore's name.
    QString putBack();

    test::DemoWindow m_demo{"undo"};
    QPointer<UndoSheet> m_sheet;
};

void UndoSheetTest::init()
{
    QVERIFY(m_demo.connect());
    QVERIFY(m_demo.show({1040, 720}));
}

revoke::RevocationReport UndoSheetTest::revoke(revoke::RevocationOptions options)
{
    options.reason = QStringLiteral("Laptops stolen in Lyon");
    auto store = m_demo.open().deployment().openStore(store::Access::Write, Call::within(1min));
    revoke::Selection selection;
    selection.query.emplace();
    auto plan =
        revoke::freezePlan(m_demo.open().deployment(), **store, std::move(selection), 100'000, Call::within(1min));
    plan->rows.resize(deleted);
    plan->digest = plan->computeDigest();
    return revoke::carryOut(*plan, options, m_demo.open().deployment(), **store, m_demo.open().log(),
                            m_demo.open().place(), Call::within(1min))
        .value();
}

void UndoSheetTest::openSheet(const QString &auditId)
{
    m_sheet = new UndoSheet(m_demo.theme(), m_demo.window(), m_demo.connection(), auditId);
    m_sheet->open();
}

QString UndoSheetTest::putBack()
{
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QTest::keyClicks(m_demo.window().findChild<QLineEdit *>(QStringLiteral("planReason")),
                     QStringLiteral("It was a drill"));
    QSignalSpy done(m_sheet.data(), &UndoSheet::finished);
    QTest::mouseClick(m_demo.button("undoExecute"), Qt::LeftButton);
    return done.wait(test::patience) ? done.first().first().toString() : QString();
}

void UndoSheetTest::putsBackWhatWasDeleted()
{
    const qint64 before = m_demo.liveSessions();
    const auto report = revoke({});
    QCOMPARE(report.revoked, qint64{deleted});
    QCOMPARE(m_demo.liveSessions(), before - deleted);
    openSheet(report.auditId);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("undoExecute"), test::patience);
    QVERIFY2(m_demo.texts().contains(u"Insert 12 rows as they were"), qPrintable(m_demo.texts()));
    // Reading is allowed, putting back is not.
    QVERIFY(!m_demo.button("undoExecute")->isEnabled());
    QVERIFY2(m_demo.texts().contains(u"read-only"), qPrintable(m_demo.texts()));
    QVERIFY(m_demo.photograph("plan"));
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(!m_demo.button("undoExecute")->isEnabled()); // without a reason
    const QString restore = putBack();
    QVERIFY(!restore.isEmpty());
    QVERIFY2(m_demo.texts().contains(u"12 of 12 put back"), qPrintable(m_demo.texts()));
    QVERIFY(m_demo.photograph("done"));
    QCOMPARE(m_demo.liveSessions(), before);
    const auto entries = m_demo.open().log().list(0, 1000);
    QVERIFY(entries.has_value());
    QCOMPARE(entries->back().operation, restore);
    QCOMPARE(entries->back().reason, QStringLiteral("It was a drill"));
}

void UndoSheetTest::whatIsLeftOutIsNamed()
{
    const auto report = revoke({});
    // Two of the rows have come back by another hand before.
    auto store = m_demo.open().deployment().openStore(store::Access::Write, Call::within(10s));
    QVERIFY(store.has_value() && (*store)->keptRows());
    const auto seal = revoke::OperationSeal::load(m_demo.open().place().vault, false, Call::within(5s));
    QVERIFY(seal.has_value());
    const auto index = revoke::readUndoIndex(revoke::undoBeside(m_demo.open().place().folder), report.auditId, *seal);
    QVERIFY(index.has_value());
    const std::array two{&index->rows[3], &index->rows[7]};
    const auto rows = revoke::UndoReader(*index, *seal).read(two);
    QVERIFY(rows.has_value());
    QVERIFY((*store)->keptRows()->restoreRows(*rows, Call::within(10s)).has_value());
    openSheet(report.auditId);
    QTRY_VERIFY(m_demo.button("undoExecute"));
    QVERIFY(!putBack().isEmpty());
    QVERIFY2(m_demo.texts().contains(u"2 left out"), qPrintable(m_demo.texts()));
    for (const store::KeptRow &row : *rows)
        QVERIFY2(m_demo.texts().contains(row.key.fingerprint.grouped()), qPrintable(m_demo.texts()));
    QVERIFY2(m_demo.texts().contains(u"another row is in the way"), qPrintable(m_demo.texts()));
    QVERIFY(m_demo.photograph("left-out"));
}

void UndoSheetTest::isSpentAfterwards()
{
    const auto report = revoke({});
    openSheet(report.auditId);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("undoExecute"), test::patience);
    QVERIFY(!putBack().isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("undoDone"), test::patience);
    QTest::mouseClick(m_demo.button("undoDone"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_sheet.isNull(), test::patience);
    // A second time there is nothing kept any more.
    openSheet(report.auditId);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("actClose"), test::patience);
    QVERIFY2(m_demo.texts().contains(u"Nothing was put back"), qPrintable(m_demo.texts()));
    QVERIFY(m_demo.photograph("spent"));
}

void UndoSheetTest::saysWhatWasNeverKept()
{
    revoke::RevocationOptions options;
    options.undoFor = 0ms;
    const auto report = revoke(options);
    QVERIFY(!report.undoUntil);
    openSheet(report.auditId);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("actClose"), test::patience);
    QVERIFY2(m_demo.texts().contains(u"Nothing was put back"), qPrintable(m_demo.texts()));
}

void UndoSheetTest::aResumeThatFailsClaimsNothing()
{
    revoke::Operation unfinished;
    unfinished.head.id = QStringLiteral("op-ended-meanwhile");
    unfinished.head.kind = revoke::restoreKind();
    unfinished.head.planned = deleted;
    unfinished.done = deleted / 2;
    m_sheet = new UndoSheet(m_demo.theme(), m_demo.window(), m_demo.connection(), unfinished);
    m_sheet->open();
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("undoExecute") && m_demo.button("undoExecute")->isEnabled(), test::patience);
    QTest::mouseClick(m_demo.button("undoExecute"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("actClose"), test::patience);
    QVERIFY2(m_demo.texts().contains(u"Nothing more was put back"), qPrintable(m_demo.texts()));
}

QTEST_MAIN(UndoSheetTest)
#include "tst_UndoSheet.moc"
