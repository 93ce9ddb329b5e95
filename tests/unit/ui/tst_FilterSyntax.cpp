#include <QtTest>

#include "ui/sessions/FilterSyntax.h"

using namespace rollcall;

class FilterSyntaxTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingListsLiveSessions()
    {
        const auto filter = sessions::parseFilter(QStringLiteral("  "), {});
        QCOMPARE(filter.query, store::SessionQuery{});
        QVERIFY(filter.chips.isEmpty());
        QVERIFY(filter.problem.isEmpty());
    }

    void readsEveryKey()
    {
        const base::Instant now{std::chrono::milliseconds(1'000'000'000)};
        const auto filter = sessions::parseFilter(
            QStringLiteral("state:all provider:github user:ada@example.com expires<24h expires>-3d \"zoë b\" x"), now);
        QCOMPARE(filter.problem, QString());
        QCOMPARE(filter.query.state, store::StateFilter::All);
        QCOMPARE(filter.query.provider, QStringLiteral("github"));
        QCOMPARE(filter.query.user, QStringLiteral("ada@example.com"));
        QVERIFY(filter.query.expiresBefore == now + std::chrono::hours(24));
        QVERIFY(filter.query.expiresAfter == now - std::chrono::hours(72));
        QCOMPARE(filter.query.search, QStringLiteral("zoë b x"));
        QCOMPARE(filter.chips.size(), 6);
    }

    void saysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("state") << "state:alive";
        QTest::newRow("time") << "expires<tomorrow";
        QTest::newRow("no value") << "provider:";
    }

    void saysWhatIsWrong()
    {
        QFETCH(QString, text);
        QVERIFY(!sessions::parseFilter(text, {}).problem.isEmpty());
    }

    void aColonInAWordIsAWord()
    {
        QCOMPARE(sessions::parseFilter(QStringLiteral("foo:bar"), {}).query.search, QStringLiteral("foo:bar"));
    }
};

QTEST_GUILESS_MAIN(FilterSyntaxTest)
#include "tst_FilterSyntax.moc"
