#include <QtTest>

#include <algorithm>
#include <map>

#include "core/base/ErrorText.h"
#include "core/store/UserDirectory.h"
#include "tests/integration/store/RedisStoreFixture.h"

using namespace rollcall;
using store::UserOrder;
using test::fixtureNow;

namespace {

constexpr qint64 mostRows = 100'000;

/// What the listed sessions themselves say of a user.
struct Counted
{
    qint64 sessions = 0;
    std::optional<base::Instant> newest, oldest;
    std::optional<QString> email;
    QStringList providers;
};

std::map<QString, Counted> countedFrom(store::SessionStore &sessions, base::Instant now, const base::Call &call)
{
    std::map<QString, Counted> users;
    const auto rows = sessions.planRows({}, mostRows, now, call);
    if (!rows)
        return users;
    const bool created = std::ranges::any_of(*rows, [](const auto &row) { return row.shown.createdAt.has_value(); });
    for (const store::PlannedRow &row : *rows) {
        Counted &user = users[row.shown.userId.value_or(QString())];
        const auto time = created ? row.shown.createdAt : row.shown.expires;
        user.sessions += 1;
        user.newest = user.newest ? std::max(user.newest, time) : time;
        user.oldest = user.oldest ? std::min(user.oldest, time) : time;
        user.email = row.shown.email;
        user.providers = row.shown.providers;
    }
    return users;
}

bool standsBefore(const store::ListedUser &a, const store::ListedUser &b, UserOrder order)
{
    switch (order) {
    case UserOrder::Sessions:
        return a.sessions > b.sessions || (a.sessions == b.sessions && a.id < b.id);
    case UserOrder::Newest:
        return *a.newest > *b.newest || (a.newest == b.newest && a.id < b.id);
    case UserOrder::Oldest:
        return *a.oldest < *b.oldest || (a.oldest == b.oldest && a.id < b.id);
    }
    Q_UNREACHABLE();
}

} // namespace

/// Users by their live sessions, on every adapter's real tables and keys, against what listing the sessions says.
class UserDirectoryTest final : public QObject, private test::RedisStoreFixture
{
    Q_OBJECT

private Q_SLOTS:
    void everyUserOnce_data()
    {
        QTest::addColumn<QString>("fixture");
        QTest::addColumn<int>("order");
        const QStringList names = test::fixtureExpectations().keys()
                                  << QStringLiteral("redis adapter") << QStringLiteral("redis better-auth");
        for (const QString &name : names) {
            for (const UserOrder order : {UserOrder::Sessions, UserOrder::Newest, UserOrder::Oldest})
                QTest::addRow("%s by %d", qPrintable(name), static_cast<int>(order)) << name << static_cast<int>(order);
        }
    }

    void everyUserOnce()
    {
        QFETCH(QString, fixture);
        QFETCH(int, order);
        store::SessionStore *sessions = open(fixture);
        QVERIFY(sessions);
        const base::Instant now = fixture == QStringLiteral("redis better-auth") ? test::betterAuthNow() : fixtureNow();
        const auto expected = countedFrom(*sessions, now, soon());
        QVERIFY(expected.size() >= 2);
        store::UserQuery query;
        query.order = static_cast<UserOrder>(order);
        query.limit = 1;
        std::vector<store::ListedUser> users;
        std::optional<QByteArray> cursor;
        do {
            auto page = sessions->users()->usersPage(query, cursor, now, soon());
            QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
            QCOMPARE(page->users.size(), std::size_t{1});
            users.push_back(page->users.front());
            cursor = page->next;
        } while (cursor && users.size() <= expected.size());
        QCOMPARE(users.size(), expected.size());
        for (std::size_t i = 0; i < users.size(); ++i) {
            const auto found = expected.find(users[i].id);
            QVERIFY2(found != expected.end(), qPrintable(users[i].id));
            QCOMPARE(users[i].sessions, found->second.sessions);
            QVERIFY(users[i].newest == found->second.newest);
            QVERIFY(users[i].oldest == found->second.oldest);
            QCOMPARE(users[i].email, found->second.email);
            QCOMPARE(users[i].providers, found->second.providers);
            // Ids are numbers in some schemas and texts in others: which of two comes first is the database's matter.
            const bool tie =
                i > 0 && ((query.order == UserOrder::Sessions && users[i].sessions == users[i - 1].sessions) ||
                          (query.order == UserOrder::Newest && users[i].newest == users[i - 1].newest) ||
                          (query.order == UserOrder::Oldest && users[i].oldest == users[i - 1].oldest));
            QVERIFY(i == 0 || tie || standsBefore(users[i - 1], users[i], query.order));
        }
    }

    void nearlyTheirNameFindsThem_data()
    {
        QTest::addColumn<QString>("fixture");
        for (const QString &name : test::fixtureExpectations().keys())
            QTest::newRow(qPrintable(name)) << name;
    }

    void nearlyTheirNameFindsThem()
    {
        QFETCH(QString, fixture);
        store::SessionStore *sessions = open(fixture);
        QVERIFY(sessions);
        const auto alike = [&](const QString &name) {
            const auto found = sessions->users()->usersAlike(name, soon());
            if (!found)
                qWarning("%s", qPrintable(base::oneLine(found.error())));
            return found.value_or(std::vector<store::KnownUser>());
        };
        const auto ada = alike(QStringLiteral(" ADA@Example.com"));
        QCOMPARE(ada.size(), std::size_t{1});
        QCOMPARE(ada.front().email, QStringLiteral("ada@example.com"));
        QCOMPARE(alike(ada.front().id.toUpper() + QLatin1Char(' ')), ada);
        QVERIFY(alike(QStringLiteral("da@example.com")).empty());
        const auto isThere = [&](const QString &name) {
            const auto known = sessions->users()->hasUser(name, soon());
            if (!known)
                qWarning("%s", qPrintable(base::oneLine(known.error())));
            return known.value_or(std::nullopt);
        };
        QCOMPARE(isThere(QStringLiteral("ada@example.com")), std::optional(true));
        QCOMPARE(isThere(ada.front().id), std::optional(true));
        for (const char *nobody : {"da@example.com", "nobody", "4711471"})
            QCOMPARE(isThere(QString::fromLatin1(nobody)), std::optional(false));
    }

    void searchNarrows_data()
    {
        QTest::addColumn<QString>("fixture");
        for (const char *name :
             {"pg-adapter-postgres", "prisma-adapter-mysql", "prisma-adapter-sqlite", "redis adapter"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void searchNarrows()
    {
        QFETCH(QString, fixture);
        store::SessionStore *sessions = open(fixture);
        QVERIFY(sessions);
        store::UserQuery query;
        query.search = QStringLiteral("ADA@EXAMPLE");
        const auto found = sessions->users()->usersPage(query, std::nullopt, fixtureNow(), soon());
        QVERIFY2(found.has_value(), found ? "" : qPrintable(base::oneLine(found.error())));
        QCOMPARE(found->users.size(), std::size_t{1});
        QCOMPARE(found->users.front().email, QStringLiteral("ada@example.com"));
        query.search = QStringLiteral("%");
        QCOMPARE(sessions->users()->usersPage(query, std::nullopt, fixtureNow(), soon())->users.size(), std::size_t{0});
        // A cursor belongs to its search and order.
        store::UserQuery all;
        all.limit = 1;
        const auto first = sessions->users()->usersPage(all, std::nullopt, fixtureNow(), soon());
        QVERIFY(first && first->next);
        all.order = UserOrder::Oldest;
        for (const store::UserQuery &other : {all, query}) {
            const auto foreign = sessions->users()->usersPage(other, first->next, fixtureNow(), soon());
            QVERIFY(!foreign && foreign.error().code == base::ErrorCode::CursorInvalid);
        }
        const auto damaged = sessions->users()->usersPage({}, QByteArray("nonsense"), fixtureNow(), soon());
        QVERIFY(!damaged && damaged.error().code == base::ErrorCode::CursorInvalid);
    }

private:
    /// Opened once: a test by each order needs no other database.
    store::SessionStore *open(const QString &fixture)
    {
        if (m_opened == fixture)
            return m_store.get();
        m_opened = fixture;
        m_store.reset();
        QString problem;
        if (fixture.startsWith(QStringLiteral("redis"))) {
            if (!m_server)
                problem = start();
            if (problem.isEmpty() && test::redisCommand(m_server->url(), {"FLUSHALL"}) == "OK") {
                load(fixture.endsWith(QStringLiteral("adapter")) ? m_adapters : m_betterAuth);
                m_store = test::RedisStoreFixture::open();
            }
        } else {
            const auto url = m_fixtures.load(fixture, problem);
            if (problem.isEmpty())
                m_store = test::openDetected(url, store::Access::ReadOnly, problem);
        }
        if (!problem.isEmpty())
            qWarning("%s", qPrintable(problem));
        return m_store.get();
    }

    test::StoreFixtures m_fixtures;
    QString m_opened;
    std::unique_ptr<store::SessionStore> m_store;
};

QTEST_GUILESS_MAIN(UserDirectoryTest)
#include "tst_UserDirectory.moc"
