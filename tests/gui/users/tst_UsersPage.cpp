#include <QtTest>

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QTableView>
#include <QVBoxLayout>

#include "tests/support/DemoWindow.h"
#include "tests/support/Patience.h"
#include "ui/users/UsersPage.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using users::UserListModel;
using users::UsersPage;

/// The users of the demo deployment, beside what its directory answers.
class UsersPageTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void listsWhoHasMostFirst();
    void loadsMoreWhenScrolled();
    void isNotExactWhereAPageFailed();
    void ordersByNewestAndOldest();
    void searches();
    void showsEverySessionOfAUser();
    void hidesTheFormerUsersSessions();
    void plansTheEndOfAllOfThem();
    void fitsASmallWindow();

private:
    [[nodiscard]] QTableView *table() { return m_page->findChild<QTableView *>(QStringLiteral("userTable")); }
    [[nodiscard]] QString cell(int row, int column) { return table()->model()->index(row, column).data().toString(); }
    [[nodiscard]] std::vector<store::ListedUser> expected(store::UserQuery query);
    [[nodiscard]] QString status() const;

    test::DemoWindow m_demo{"users"};
    UsersPage *m_page = nullptr;
};

void UsersPageTest::initTestCase()
{
    QVERIFY(m_demo.start(1500));
}

void UsersPageTest::init()
{
    QVERIFY(m_demo.connect());
    QVERIFY(m_demo.show({1240, 700}));
    auto *row = new QHBoxLayout(&m_demo.window());
    row->setContentsMargins({});
    row->setSpacing(0);
    m_page = new UsersPage(m_demo.theme(), m_demo.connection());
    row->addWidget(m_page, 1);
    m_page->details()->setFixedWidth(344);
    row->addWidget(m_page->details());
    m_page->details()->show();
    QTRY_VERIFY_WITH_TIMEOUT(m_page->isVisible(), test::patience);
    m_page->activate();
    QTRY_VERIFY_WITH_TIMEOUT(table()->model()->rowCount() > 0, test::patience);
}

void UsersPageTest::cleanup()
{
    m_demo.close();
}

std::vector<store::ListedUser> UsersPageTest::expected(store::UserQuery query)
{
    query.limit = users::UserPager::pageSize;
    auto store = m_demo.open().deployment().openStore(store::Access::ReadOnly, Call::within(1min));
    auto page = store ? (*store)->users()->usersPage(query, std::nullopt, m_demo.clock().now(), Call::within(1min))
                      : base::Result<store::UserPage>(base::fail(store.error()));
    return page ? std::move(page->users) : std::vector<store::ListedUser>();
}

QString UsersPageTest::status() const
{
    QStringList all;
    for (const common::StatusItem &item : m_page->statusItems())
        all << item.text;
    return all.join(QLatin1Char('\n'));
}

void UsersPageTest::listsWhoHasMostFirst()
{
    const auto users = expected({});
    QVERIFY(users.size() > 20);
    for (int row = 0; row < 20; ++row) {
        const store::ListedUser &user = users[static_cast<std::size_t>(row)];
        QCOMPARE(cell(row, UserListModel::User), users::shownName(user, m_demo.connection().personal()));
        QCOMPARE(cell(row, UserListModel::Sessions), QString::number(user.sessions));
    }
    QVERIFY(!m_demo.button("usersRevoke")->isEnabled());
    QVERIFY(m_demo.photograph("list"));
}

void UsersPageTest::loadsMoreWhenScrolled()
{
    const int first = table()->model()->rowCount();
    QCOMPARE(first, users::UserPager::pageSize);
    table()->scrollToBottom();
    QTRY_VERIFY_WITH_TIMEOUT(table()->model()->rowCount() > first, test::patience);
    QSet<QString> names;
    const auto *model = qobject_cast<UserListModel *>(table()->model());
    for (int row = 0; row < model->rowCount(); ++row)
        names << model->at(row).id;
    QCOMPARE(names.size(), model->rowCount()); // nobody twice
}

void UsersPageTest::isNotExactWhereAPageFailed()
{
    QVERIFY2(status().contains(u"200 users shown, more there"), qPrintable(status()));
    QVERIFY(m_demo.execute("ALTER TABLE Session RENAME TO Hidden"));
    const auto restored = qScopeGuard([this] { QVERIFY(m_demo.execute("ALTER TABLE Hidden RENAME TO Session")); });
    table()->scrollToBottom();
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"The users could not be counted"), qPrintable(m_demo.texts()),
                              test::patience);
    QCOMPARE(table()->model()->rowCount(), users::UserPager::pageSize);
    QVERIFY2(!status().contains(u"exact") && status().contains(u"more there"), qPrintable(status()));
    // Nor where the count was begun anew and failed.
    m_page->refresh();
    QVERIFY2(!status().contains(u"exact"), qPrintable(status()));
    QTRY_VERIFY_WITH_TIMEOUT(!status().contains(u"Query running"), test::patience);
    QVERIFY2(!status().contains(u"exact"), qPrintable(status()));
}

void UsersPageTest::ordersByNewestAndOldest()
{
    for (const auto &[action, order] :
         {std::pair("orderByNewest", store::UserOrder::Newest), std::pair("orderByOldest", store::UserOrder::Oldest),
          std::pair("orderBySessions", store::UserOrder::Sessions)}) {
        store::UserQuery query;
        query.order = order;
        const auto users = expected(query);
        m_page->findChild<QAction *>(QLatin1String(action))->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(cell(0, UserListModel::User),
                                  users::shownName(users.front(), m_demo.connection().personal()), test::patience);
        QTRY_COMPARE_WITH_TIMEOUT(cell(5, UserListModel::User),
                                  users::shownName(users[5], m_demo.connection().personal()), test::patience);
    }
    // The head does the same for the pointer.
    store::UserQuery query;
    query.order = store::UserOrder::Oldest;
    Q_EMIT table()->horizontalHeader()->sectionClicked(UserListModel::Oldest);
    QTRY_COMPARE_WITH_TIMEOUT(cell(0, UserListModel::User),
                              users::shownName(expected(query).front(), m_demo.connection().personal()),
                              test::patience);
    // Not what the directory orders by: nothing happens.
    const QString before = cell(0, UserListModel::User);
    Q_EMIT table()->horizontalHeader()->sectionClicked(UserListModel::Providers);
    QCOMPARE(cell(0, UserListModel::User), before);
}

void UsersPageTest::searches()
{
    const QString wanted = expected({}).front().email.value();
    auto *search = m_page->findChild<QLineEdit *>(QStringLiteral("userSearch"));
    m_page->focusFilter();
    QTest::keyClicks(search, wanted);
    QTest::keyClick(search, Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), 1, test::patience);
    search->clear();
    QTest::keyClicks(search, QStringLiteral("nobody-has-this-name"));
    QTest::keyClick(search, Qt::Key_Return);
    QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(u"No user with a live session matches"),
                              qPrintable(m_demo.texts()), test::patience);
    QVERIFY(m_demo.photograph("nobody"));
    QTest::mouseClick(m_demo.button("clearSearch"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(table()->isVisible() && table()->model()->rowCount() > 1, test::patience);
}

void UsersPageTest::showsEverySessionOfAUser()
{
    table()->setFocus();
    table()->selectRow(0);
    const store::ListedUser user = expected({}).front();
    store::SessionQuery query;
    query.state = store::StateFilter::All;
    query.user = user.id;
    auto store = m_demo.open().deployment().openStore(store::Access::ReadOnly, Call::within(1min));
    const auto sessions = (*store)->page(query, std::nullopt, m_demo.clock().now(), Call::within(1min));
    QVERIFY(sessions.has_value() && !sessions->sessions.empty());
    for (const session::ListedSession &session : sessions->sessions)
        QTRY_VERIFY2_WITH_TIMEOUT(m_demo.texts().contains(session.fingerprint.grouped().first(9)),
                                  qPrintable(m_demo.texts()), test::patience);
    QVERIFY(m_demo.photograph("user"));
    QSignalSpy wanted(m_page, &UsersPage::sessionsRequested);
    QTest::mouseClick(m_demo.button("userOpenSessions"), Qt::LeftButton);
    QCOMPARE(wanted.count(), 1);
    QCOMPARE(wanted.first().first().toString(), user.id);
}

void UsersPageTest::hidesTheFormerUsersSessions()
{
    auto *sessions = m_demo.window().findChild<QWidget *>(QStringLiteral("userSessions"));
    QVERIFY(sessions);
    table()->selectRow(0);
    QTRY_VERIFY_WITH_TIMEOUT(sessions->isVisible(), test::patience);
    table()->selectRow(1);
    QVERIFY(!sessions->isVisible()); // at once: what stands there is the former user's
    QVERIFY2(m_demo.texts().contains(u"Reading…"), qPrintable(m_demo.texts()));
    QTRY_VERIFY_WITH_TIMEOUT(sessions->isVisible(), test::patience);
    QVERIFY2(!m_demo.texts().contains(u"Reading…") && m_demo.texts().contains(expected({})[1].id),
             qPrintable(m_demo.texts()));
}

void UsersPageTest::plansTheEndOfAllOfThem()
{
    std::optional<revoke::Selection> selection;
    connect(m_page, &UsersPage::revokeRequested, this,
            [&selection](const revoke::Selection &wanted) { selection = wanted; });
    table()->setFocus();
    table()->selectRow(2);
    QTest::mouseClick(m_demo.button("usersRevoke"), Qt::LeftButton);
    const QString id = expected({})[2].id;
    QVERIFY(selection && selection->query && selection->query->user == id);
    QVERIFY(selection->query->state == store::StateFilter::All); // ended ones too
    selection.reset();
    QTest::keyClick(table(), Qt::Key_Delete);
    QVERIFY(selection && selection->query->user == id);
}

void UsersPageTest::fitsASmallWindow()
{
    m_page->details()->hide();
    m_demo.window().resize(972, 560);
    QVERIFY(m_demo.photograph("small"));
    for (int column = 0; column < UserListModel::Providers; ++column)
        QVERIFY(!table()->isColumnHidden(column));
}

QTEST_MAIN(UsersPageTest)
#include "tst_UsersPage.moc"
