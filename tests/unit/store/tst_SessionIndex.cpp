#include <QtTest>

#include <random>

#include "core/store/redis/SessionIndex.h"

using namespace rollcall;
using store::SessionFields;
using store::SessionIndex;
using store::SessionOrder;

namespace {

base::Instant at(qint64 milliseconds)
{
    return base::Instant(std::chrono::milliseconds(milliseconds));
}

/// A text of its own for each number, of many lengths.
QByteArray textOf(quint32 number)
{
    return QByteArray::number(number) + QByteArray(static_cast<qsizetype>(number % 700), 'x');
}

} // namespace

class SessionIndexTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsStatesAndProviders()
    {
        SessionIndex index;
        index.addUser("u1");
        index.addUser("u2");
        index.addAccount("u1", QStringLiteral("github"));
        index.addAccount("u1", QStringLiteral("google"));
        index.addAccount("u1", QStringLiteral("github"));
        index.addAccount("gone", QStringLiteral("github"));
        index.addSession("a", {"u1", at(1'000), {}, false});
        index.addSession("b", {"u1", at(1'000), {}, false});
        index.addSession("c", {"u2", at(999), {}, false});
        index.addSession("d", {"u2", at(1'000 + 3'600'000), {}, false});
        index.addSession("e", {"gone", at(5'000), {}, false});
        index.addSession("f", {std::nullopt, at(5'000), {}, false});
        index.addSession("g", {"u1", std::nullopt, {}, false});
        index.addSession("a", {"u1", at(1'000), {}, false}); // SCAN may say it twice
        index.addSession({}, {"u1", at(1'000), {}, false});
        index.addSession(QByteArray(5'000, 'x'), {"u1", at(1'000), {}, false});
        const auto missing = index.missingUsers();
        QCOMPARE(missing.size(), std::size_t{1});
        QCOMPARE(index.users().at(missing.front()), QByteArrayView("gone"));
        index.finish();
        QCOMPARE(index.entries().size(), std::size_t{7});
        const auto stats = index.stats(at(1'000));
        QCOMPARE((std::array{stats.live, stats.expired, stats.orphan, stats.activeUsers}),
                 (std::array{qint64{3}, qint64{1}, qint64{1}, qint64{2}}));
        QCOMPARE((std::array{stats.expiring1h, stats.expiring24h, stats.expiring7d}),
                 (std::array{qint64{3}, qint64{3}, qint64{3}}));
        const std::vector<std::pair<QString, qint64>> byProvider{
            {QStringLiteral("github"), 2}, {QStringLiteral("google"), 2}, {QStringLiteral("none"), 1}};
        QCOMPARE(stats.byProvider, byProvider);
        QCOMPARE(index.providersOf(*index.users().find("u1")),
                 (QStringList{QStringLiteral("github"), QStringLiteral("google")}));
        QCOMPARE(index.providersOf(*index.users().find("u2")), QStringList());
        QVERIFY(!index.users().find("nobody"));
    }

    void thePlaceOfARowIsItsNumber_data()
    {
        QTest::addColumn<SessionOrder>("order");
        QTest::newRow("expires") << SessionOrder::Expires;
        QTest::newRow("user") << SessionOrder::User;
        QTest::newRow("created") << SessionOrder::Created;
    }
    /// Places are in strictly rising order, each finds its own row, and an index that lacks rows agrees on the rest.
    void thePlaceOfARowIsItsNumber()
    {
        QFETCH(SessionOrder, order);
        std::mt19937 random(7);
        SessionIndex whole;
        SessionIndex half;
        for (int i = 0; i < 2'000; ++i) {
            const QByteArray token = "token-" + QByteArray::number(i);
            SessionFields fields;
            if (random() % 20 != 0)
                fields.userId = "u" + QByteArray::number(random() % 50);
            if (random() % 20 != 0)
                fields.expires = at(qint64(random() % 100));
            if (random() % 3 != 0)
                fields.createdAt = at(qint64(random() % 100));
            whole.addSession(token, fields);
            if (random() % 2 == 0 && fields.userId != QByteArray("u7"))
                half.addSession(token, fields);
        }
        whole.finish();
        half.finish();
        whole.sortBy(order);
        half.sortBy(order);
        for (std::size_t i = 0; i < whole.entries().size(); ++i) {
            const auto place = whole.placeOf(whole.entries()[i]);
            QCOMPARE(whole.countBefore(place, false), i);
            QCOMPARE(whole.countBefore(place, true), i + 1);
        }
        std::size_t next = 0; // of the other index
        for (const auto &entry : whole.entries()) {
            const bool there = next < half.entries().size() && half.entries()[next].digest == entry.digest;
            QCOMPARE(half.countBefore(whole.placeOf(entry), false), next);
            QCOMPARE(half.countBefore(whole.placeOf(entry), true), next + (there ? 1 : 0));
            next += there ? 1 : 0;
        }
        QCOMPARE(next, half.entries().size());
    }

    void numbersTextsOnce()
    {
        store::TextPool pool;
        for (int round = 0; round < 2; ++round) {
            for (quint32 i = 0; i < 5'000; ++i)
                QCOMPARE(pool.number(textOf(i)), i);
        }
        QCOMPARE(pool.size(), 5'000U);
        QCOMPARE(pool.at(17), QByteArrayView(textOf(17)));
        QVERIFY(!pool.find("17"));
        QVERIFY(pool.bytes() > 1'000'000);
    }
};

QTEST_GUILESS_MAIN(SessionIndexTest)
#include "tst_SessionIndex.moc"
