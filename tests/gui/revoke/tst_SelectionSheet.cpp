#include <QtTest>

#include <QCheckBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QRadioButton>
#include <QSpinBox>

#include <map>

#include "tests/support/DemoWindow.h"
#include "tests/support/Patience.h"
#include "ui/revoke/PlanSheet.h"
#include "ui/revoke/SelectionSheet.h"
#include "ui/revoke/UserListEdit.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using revoke::SelectionSheet;

/// Sessions of the demo deployment are chosen by lists and rules, and the plans are those of the command line.
class SelectionSheetTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void countsThoseOfAPastedList();
    void readsACsvFile();
    void saysWhyAFileCannotBeRead();
    void anEmptyListIsNobody();
    void keepsTheNewestOfEachUser();
    void beginsWithThePagesFilter();
    void everybodyIsTyped();
    void theLastWordCounts();
    void aListTooLongIsNotRead();

private:
    void openSheet(const common::SelectionRequest &request = {});
    void choose(const char *scope) { QTest::mouseClick(m_demo.find<QRadioButton>(scope), Qt::LeftButton, {}, {8, 8}); }
    void paste(const QString &text) { m_demo.find<QPlainTextEdit>("userList")->setPlainText(text); }
    [[nodiscard]] bool canPlan() const { return m_demo.button("selectionPlan")->isEnabled(); }
    /// Live sessions, as the store plans them.
    [[nodiscard]] std::vector<store::PlannedRow> live() const;
    /// E-mails of users who are signed in.
    [[nodiscard]] QStringList someEmails(int count) const;

    test::DemoWindow m_demo{"selection"};
    QPointer<SelectionSheet> m_sheet;
    std::optional<revoke::Selection> m_wanted;
};

void SelectionSheetTest::initTestCase()
{
    QVERIFY(m_demo.start(800));
}

void SelectionSheetTest::init()
{
    QVERIFY(m_demo.connect());
    QVERIFY(m_demo.show({1040, 720}));
    m_wanted.reset();
}

void SelectionSheetTest::cleanup()
{
    m_demo.close();
}

void SelectionSheetTest::openSheet(const common::SelectionRequest &request)
{
    m_sheet = new SelectionSheet(m_demo.theme(), m_demo.window(), m_demo.connection(), request);
    connect(m_sheet, &SelectionSheet::planRequested, this,
            [this](const revoke::Selection &selection) { m_wanted = selection; });
    m_sheet->open();
}

std::vector<store::PlannedRow> SelectionSheetTest::live() const
{
    auto store = m_demo.open().deployment().openStore(store::Access::ReadOnly, Call::within(1min));
    auto rows = (*store)->planRows(store::SessionQuery(), 100'000, m_demo.clock().now(), Call::within(1min));
    return rows ? std::move(*rows) : std::vector<store::PlannedRow>();
}

QStringList SelectionSheetTest::someEmails(int count) const
{
    QStringList emails;
    for (const store::PlannedRow &row : live()) {
        if (row.shown.email && !emails.contains(*row.shown.email) && emails.size() < count)
            emails << *row.shown.email;
    }
    return emails;
}

void SelectionSheetTest::countsThoseOfAPastedList()
{
    const QStringList emails = someEmails(2);
    QCOMPARE(emails.size(), 2);
    qsizetype sessions = 0;
    for (const store::PlannedRow &row : live())
        sessions += emails.contains(row.shown.email.value_or(QString())) ? 1 : 0;
    openSheet();
    QVERIFY(!canPlan());
    QVERIFY(m_demo.photograph("empty"));
    paste(emails.join(QStringLiteral("\n\n")) + QStringLiteral("\nnobody@example.com\n") + emails.first());
    QTRY_VERIFY_WITH_TIMEOUT(canPlan(), test::patience);
    const QString texts = m_demo.texts();
    QVERIFY2(texts.contains(u"3 users named · 1 named before"), qPrintable(texts));
    QVERIFY2(texts.contains(u"line 4: nobody@example.com"), qPrintable(texts));
    QVERIFY2(texts.contains(QStringLiteral("Sessions that match\n%1\n").arg(sessions)), qPrintable(texts));
    QVERIFY2(texts.contains(u"of 3"), qPrintable(texts));
    QVERIFY(m_demo.photograph("list"));
    QTest::mouseClick(m_demo.button("selectionPlan"), Qt::LeftButton);
    QVERIFY(m_wanted.has_value());
    QStringList wanted;
    for (const revoke::NamedUser &user : m_wanted->users)
        wanted << user.name;
    QCOMPARE(wanted, QStringList(emails) << QStringLiteral("nobody@example.com"));
    QTRY_VERIFY_WITH_TIMEOUT(m_sheet.isNull(), test::patience);
    // The same plan, as the sheet that carries it out shows it.
    revoke::PlanSheet plan(m_demo.theme(), m_demo.window(), m_demo.connection(), *m_wanted);
    plan.open();
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("planExecute"), test::patience);
    QVERIFY2(m_demo.texts().contains(u"1 of 3 named users has no such session"), qPrintable(m_demo.texts()));
    QCOMPARE(m_demo.button("planExecute")->text(),
             sessions == 1 ? QStringLiteral("Revoke 1 session") : QStringLiteral("Revoke %1 sessions").arg(sessions));
    QVERIFY(m_demo.photograph("plan"));
}

void SelectionSheetTest::readsACsvFile()
{
    const QString email = someEmails(1).constFirst();
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write("Name,Email\n\"Lovelace, Ada\"," + email.toUtf8() + "\nnobody,\n");
    file.close();
    openSheet();
    m_sheet->findChild<revoke::UserListEdit *>()->open(file.fileName());
    QTRY_VERIFY_WITH_TIMEOUT(canPlan(), test::patience);
    const QString texts = m_demo.texts();
    QVERIFY2(texts.contains(u"1 user named · from the column \"Email\" · nobody named in line 3"), qPrintable(texts));
    QVERIFY(m_demo.photograph("csv"));
}

void SelectionSheetTest::saysWhyAFileCannotBeRead()
{
    openSheet();
    m_sheet->findChild<revoke::UserListEdit *>()->open(QStringLiteral("/nowhere/users.csv"));
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"/nowhere/users.csv"), qPrintable(m_demo.texts()),
                              test::patience);
    QVERIFY(!canPlan());
}

void SelectionSheetTest::anEmptyListIsNobody()
{
    openSheet();
    paste(QStringLiteral(" \n,\n"));
    QVERIFY(!canPlan());
    QVERIFY2(m_demo.texts().contains(u"Name users first."), qPrintable(m_demo.texts()));
    QTest::keyClick(m_sheet.data(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(!m_wanted);
}

void SelectionSheetTest::keepsTheNewestOfEachUser()
{
    std::map<QString, int> ofUser;
    for (const store::PlannedRow &row : live()) {
        if (row.key.userId)
            ++ofUser[*row.key.userId];
    }
    int expected = 0;
    for (const auto &[user, sessions] : ofUser)
        expected += std::max(sessions - 2, 0);
    QVERIFY(expected > 0);
    openSheet();
    choose("scopeEverybody");
    QTest::mouseClick(m_demo.find<QCheckBox>("keepNewest"), Qt::LeftButton, {}, {8, 8});
    m_demo.find<QSpinBox>("keptNumber")->setValue(2);
    QTRY_VERIFY_WITH_TIMEOUT(canPlan(), test::patience);
    QVERIFY2(m_demo.texts().contains(QStringLiteral("Sessions that match\n%1\n").arg(expected)),
             qPrintable(m_demo.texts()));
    QVERIFY2(!m_demo.texts().contains(u"signs everybody out"), qPrintable(m_demo.texts()));
    QVERIFY(m_demo.photograph("newest"));
    QTest::mouseClick(m_demo.button("selectionPlan"), Qt::LeftButton);
    QVERIFY(m_wanted && m_wanted->keepNewest == 2 && m_wanted->users.empty());
}

void SelectionSheetTest::beginsWithThePagesFilter()
{
    common::SelectionRequest request;
    request.filter.emplace().provider = QStringLiteral("github");
    request.filterWords = QStringLiteral("Provider github");
    openSheet(request);
    QVERIFY(m_demo.find<QRadioButton>("scopeFilter")->isChecked());
    QVERIFY2(m_demo.texts().contains(u"Provider github"), qPrintable(m_demo.texts()));
    QTRY_VERIFY_WITH_TIMEOUT(canPlan(), test::patience);
    QVERIFY(m_demo.photograph("filter"));
    QTest::keyClick(m_sheet.data(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(m_wanted && m_wanted->query == request.filter && m_wanted->users.empty());
}

void SelectionSheetTest::everybodyIsTyped()
{
    m_demo.connection().setWriteMode(common::WriteMode::Guarded);
    openSheet();
    choose("scopeEverybody");
    QTRY_VERIFY_WITH_TIMEOUT(canPlan(), test::patience);
    QVERIFY2(m_demo.texts().contains(u"This signs everybody out"), qPrintable(m_demo.texts()));
    QTest::mouseClick(m_demo.button("selectionPlan"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_sheet.isNull(), test::patience);
    revoke::PlanSheet plan(m_demo.theme(), m_demo.window(), m_demo.connection(), *m_wanted);
    plan.open();
    QTRY_VERIFY_WITH_TIMEOUT(m_demo.button("planExecute"), test::patience);
    QTest::keyClicks(m_demo.find<QLineEdit>("planReason"), QStringLiteral("Keys leaked"));
    QVERIFY(!m_demo.button("planExecute")->isEnabled());
    QTest::keyClicks(m_demo.find<QLineEdit>("planConfirmation"),
                     QStringLiteral("everyone %1").arg(m_demo.liveSessions()));
    QVERIFY(m_demo.button("planExecute")->isEnabled());
    QVERIFY(m_demo.photograph("everyone"));
}

void SelectionSheetTest::theLastWordCounts()
{
    // A list that was being counted is not what is shown after another was chosen.
    openSheet();
    paste(someEmails(1).constFirst());
    QVERIFY(QMetaObject::invokeMethod(m_sheet->findChild<QTimer *>({}, Qt::FindDirectChildrenOnly), "timeout",
                                      Qt::DirectConnection)); // the count is under way
    choose("scopeEverybody");
    choose("scopeList");
    paste(QStringLiteral("nobody@example.com"));
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"No live session matches."), qPrintable(m_demo.texts()),
                              test::patience);
    QVERIFY(!canPlan());
}

void SelectionSheetTest::aListTooLongIsNotRead()
{
    openSheet();
    paste(QStringLiteral("ada@example.com\n").repeated(1 << 17));
    QVERIFY2(m_demo.texts().contains(u"This is too long to be read"), qPrintable(m_demo.texts()));
    QVERIFY(!canPlan());
}

QTEST_MAIN(SelectionSheetTest)
#include "tst_SelectionSheet.moc"
